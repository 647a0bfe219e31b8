"""One metric by its name: the same function for notebooks, the API and the command line."""

from __future__ import annotations

from typing import Any

from graph_models.analysis.registry import metric_named
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import SPECS, Parameters, effective
from graph_models.ecosystem.rules import SHIPPED, Rules
from graph_models.metrics.result import Metric, MetricResult
from graph_models.scores.profile import DEFAULT_PROFILE, Profile
from graph_models.scores.scores import SCORES, score_result


def compute(ecosystem: Ecosystem, metric: str, *, rules: Rules = SHIPPED, **parameters: Any) -> MetricResult:
    """Compute a metric or score; ``.values``, ``.reasons``, ``.parameters`` and ``.warnings`` hold the answer. ``rules`` are those of classes and risks.

    >>> from graph_models import Ecosystem, compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("S", "A", "B")]
    >>> for source, target, utility in (("S", "A", .5), ("A", "S", .8), ("S", "B", .3), ("B", "S", .4)):
    ...     records.append({"type": "value_flow", "id": source + target, "source": source, "target": target, "kind": "knowledge", "utility": utility})
    >>> ecosystem = Ecosystem.from_records(records, focal_party="S", as_of="2025-12-31")
    >>> {party: round(value, 6) for party, value in compute(ecosystem, "wso").values.items()}
    {'A': 0.769231, 'B': 0.230769, 'S': 1.0}
    """
    entry = metric_named(metric)
    return computed(ecosystem, entry, entry.parameters_of(parameters, ecosystem.vocabulary).with_(rules=rules))


def computed(ecosystem: Ecosystem, metric: Metric, parameters: Parameters, name: str | None = None, profile: Profile = DEFAULT_PROFILE) -> MetricResult:
    """A metric with checked parameters, a score with the weights of a profile; the result says with which parameters it ran."""
    result = score_result(ecosystem, parameters, metric.name, profile) if metric.name in SCORES else metric.compute(ecosystem, parameters)
    result.name = name or metric.name
    result.parameters = effective_parameters(ecosystem, metric, parameters) | result.parameters
    return result


def effective_parameters(ecosystem: Ecosystem, metric: Metric, parameters: Parameters) -> dict[str, Any]:
    """What a metric runs with: its defaults where nothing is given."""
    own = {parameter.name: parameter for parameter in metric.parameters}
    return effective(parameters, [own.get(name, SPECS[name]) for name in sorted(metric.parameter_names)], ecosystem.period(parameters))

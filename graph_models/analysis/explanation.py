"""Why a party has a score or a class: the one way to ask, whatever it is."""

from __future__ import annotations

from typing import Any

from graph_models.analysis.registry import EXPLAINED, metric_named
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import DEFAULTS, Parameters
from graph_models.errors import InvalidInput
from graph_models.metrics.focal import place_of
from graph_models.metrics.result import Metric
from graph_models.scores.explanation import explain as explain_score
from graph_models.scores.profile import DEFAULT_PROFILE, Profile
from graph_models.scores.scores import SCORES


def explain(
    ecosystem: Ecosystem, party: str, score: str, parameters: Parameters = DEFAULTS, profile: Profile = DEFAULT_PROFILE, *, counterfactual: bool = False
) -> dict[str, Any]:
    """One party's score or class, explained: what it is made of, with the facts behind it.

    Parameters
    ----------
    ecosystem : Ecosystem
    party : str
        The id of a party.
    score : str
        ``influence``, ``value_flow``, or a class or a weighted number of parties (``tier``, ``churn_risk`` ...).
    parameters : Parameters
        Those that the score ran with; classes go by its ``rules``.
    profile : Profile
        The weights of the parts of a score.
    counterfactual : bool
        Of a score: also which fact, of those on its top paths, would move it most if it were not there.

    Returns
    -------
    dict
        As ``GET .../explain`` answers it: ``value``, ``reason``, ``parts`` with ``raw normalised weight points reason evidence``.

    Raises
    ------
    InvalidInput
        Where there is no such party (``unknown-party``), or nothing of that name is explained (``unknown-score``).
    """
    if score in SCORES:
        return explain_score(ecosystem, party, score, parameters, profile, counterfactual=counterfactual)
    if score not in EXPLAINED:
        raise InvalidInput.of("unknown-score", f"{score!r} is not explained; these are: {', '.join(EXPLAINED)}", "score")
    return _explained(ecosystem, party, metric_named(score), parameters)


def _explained(ecosystem: Ecosystem, party: str, metric: Metric, parameters: Parameters) -> dict[str, Any]:
    assert metric.explained_by is not None
    place = place_of(ecosystem, party)
    made_of = metric.explained_by(ecosystem, parameters)
    result = made_of.result(ecosystem, metric.name)
    value = result.values[party]
    return {
        "party_id": party,
        "score": metric.name,
        "value": value,
        "reason": result.reason(place),
        "rank": int(result.ranks[place]) or None,
        "rank_range": None,
        "coverage": None if value is None or result.coverage is None else float(result.coverage[place]),
        "parts": [] if value is None else made_of.parts_of(ecosystem, place),
        "most_influential_fact": None,
        "rule": dict(made_of.rule),
        "rules": parameters.rules.versions_of(metric.rules),
        "warnings": [warning._asdict() for warning in result.warnings],
        "snapshot_id": ecosystem.snapshot_id,
    }

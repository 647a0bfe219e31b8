"""What an analysis is asked to do: the body of a request, checked field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from graph_models.analysis.memory_estimate import estimated_bytes
from graph_models.analysis.registry import DEFAULT_SET, metric_named
from graph_models.decoding import decode_request
from graph_models.ecosystem.parameters import Parameters, parameters_of
from graph_models.ecosystem.rules import SHIPPED, Rules
from graph_models.errors import InvalidInput, NotFound, TooCostly
from graph_models.metrics.result import STREAM
from graph_models.records.closed_lists import lists_of
from graph_models.records.dates import day_of, days_by
from graph_models.records.vocabulary import Vocabulary
from graph_models.scores.profile import DEFAULT_PROFILE, Profile
from service.facts.instants import instant
from service.facts.reading import every_revision
from service.stores.interface.store import At, Store
from service.workspaces.context import Service
from service.workspaces.score_profiles import profile_asked

MAX_DATES = 1_000
"""Of a series."""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One metric of a request; ``name`` tells two runs of a metric apart."""

    metric: str
    name: str | None = None
    parameters: dict[str, Any] = {}


class Series(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"begin": "from", "end": "to"}):
    """The days of an analysis over time: from a day to a day by a duration (``P1M``)."""

    begin: str
    end: str
    step: str = "P1M"


class Filter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of whom the results are shown: parties that have one of the roles, and are of one of the kinds."""

    role: list[str] | str | None = None
    kind: list[str] | str | None = None


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST W/analyses``."""

    metrics: list[str | Asked] | None = None
    parameters: dict[str, Any] = {}
    profile: str = "default"
    as_of: str | None = None
    known_at: str | int | None = None
    filter: Filter = Filter()
    series: Series | None = None


class Plan(NamedTuple):
    """A checked request: what is to be computed, by name."""

    metrics: dict[str, tuple[str, Parameters]]
    parameters: Parameters
    request: Request
    filter: dict[str, list[str]]
    """Field -> the ids that an answer is limited to; empty: everybody."""
    days: tuple[int, ...] = ()
    """Those of a series, in order."""
    rules: Rules = SHIPPED
    """By which the metrics class parties."""

    @property
    def is_default(self) -> bool:
        """Does it ask for nothing of its own: no filter, profile or parameters, and what is known now?"""
        asked = (self.filter, self.request.known_at, self.request.profile != DEFAULT_PROFILE.name, self.parameters.given())
        return not any(asked) and not any(_own(metric, parameters) for metric, parameters in self.metrics.values())


def check_request(fields: Any, vocabulary: Vocabulary, rules: Rules = SHIPPED) -> Plan:
    """``InvalidInput`` with the field of everything that is wrong with a request. The metrics go by the rules of the workspace."""
    request = decode_request(fields, Request)
    outer = _checked(parameters_of, request.parameters, vocabulary, "parameters")
    metrics: dict[str, tuple[str, Parameters]] = {}
    for place, asked in enumerate(request.metrics if request.metrics is not None else DEFAULT_SET):
        asked = Asked(asked) if isinstance(asked, str) else asked
        name = asked.name or asked.metric
        if name in metrics:
            raise InvalidInput.of("duplicate", f"two results would be called {name!r}", f"metrics[{place}].name")
        metrics[name] = asked.metric, _metric_parameters(asked, request.parameters, vocabulary, f"metrics[{place}]").with_(rules=rules)
    return Plan(metrics, outer, request, _filter(request.filter, vocabulary), _days(request), rules)


def _filter(asked: Filter, vocabulary: Vocabulary) -> dict[str, list[str]]:
    """The ids that a filter names, by themselves or by their labels."""
    lists = {"role": lists_of(vocabulary, "role")["role"], "kind": lists_of(vocabulary, "party")["kind"]}
    named = {field: [texts] if isinstance(texts, str) else texts for field, texts in msgspec.structs.asdict(asked).items() if texts}
    return {field: [lists[field].value(text, f"filter.{field}") for text in texts] for field, texts in named.items()}


def _own(metric: str, parameters: Parameters) -> bool:
    """Is any parameter other than the metric has it by itself?"""
    defaults = {parameter.name: parameter.default for parameter in metric_named(metric).parameters}
    return any(value != defaults.get(name) for name, value in parameters.given().items())


def _days(request: Request) -> tuple[int, ...]:
    series = request.series
    if series is None:
        return ()
    if request.as_of is not None:
        raise InvalidInput.of("invalid", "a series has days of its own: leave out as_of", "as_of")
    begin, end = _day(series.begin, "series.from"), _day(series.end, "series.to")
    try:
        days = tuple(islice(days_by(begin, end, series.step), MAX_DATES + 1))
    except ValueError as error:
        raise InvalidInput.of("invalid", str(error), "series.step") from None
    if not days:
        raise InvalidInput.of("out-of-range", "the series ends before it begins", "series.to")
    if len(days) > MAX_DATES:
        raise InvalidInput.of("out-of-range", f"a series has {MAX_DATES:,} dates at the most; take a longer step", "series.step")
    return days


def check_place(service: Service, workspace_id: str, plan: Plan) -> tuple[At, Profile]:
    """The instant that a request asks of, at a revision that exists, and its weights; ``InvalidInput`` where there is no such day, time or profile.

    ``TooCostly`` where it would need more memory than one analysis may have.
    """
    request = plan.request
    store, known_at = service.store(workspace_id), None if request.known_at is None else str(request.known_at)
    at = instant(store, service.default_day(service.workspace(workspace_id)), request.as_of, known_at)
    at = At(plan.days[-1] if plan.days else at.day, min(at.revision, store.head()))
    profile = profile_asked(service, workspace_id, request.profile)
    _check_memory(store, at, plan, service.settings.analysis_bytes)
    return at, profile


def _check_memory(store: Store, at: At, plan: Plan, most: int) -> None:
    """By an estimate from the size of the workspace: of its facts all that were ever written, for counting those of the day takes seconds."""
    parties = store.count("party", {}, at)
    written = sum(revision.counts.get("created", 0) for revision in every_revision(store))
    needed = estimated_bytes(parties, max(written - parties, 0), [metric for metric, _ in plan.metrics.values()], plan.parameters)
    if needed > most:
        raise TooCostly(
            f"This analysis would need about {needed >> 20:,} MB of memory; the limit is {most >> 20:,} MB: ask for fewer metrics, or raise "
            "STAKEHOLDER_GRAPH_ANALYSIS_MEMORY_MB",
            limit=most,
            needed=needed,
        )


def _day(text: str, field: str) -> int:
    try:
        return day_of(text)
    except ValueError as error:
        raise InvalidInput.of("bad-date", str(error), field) from None


def _metric_parameters(asked: Asked, outer: Mapping[str, Any], vocabulary: Vocabulary, field: str) -> Parameters:
    try:
        metric = metric_named(asked.metric)
    except NotFound as error:
        raise InvalidInput.of("unknown-metric", error.message, field) from None
    if metric.kind == STREAM:
        raise InvalidInput.of("unknown-metric", f"{asked.metric} is of streams, not of parties: ask for the view flows", field)
    known = {name: value for name, value in outer.items() if name in metric.parameter_names}
    _checked(metric.parameters_of, asked.parameters, vocabulary, f"{field}.parameters")
    return _checked(metric.parameters_of, {**known, **asked.parameters}, vocabulary, "parameters")


def _checked(check: Callable[[Mapping[str, Any], Vocabulary], Parameters], fields: Mapping[str, Any], vocabulary: Vocabulary, field: str) -> Parameters:
    """Parameters of an analysis or a metric; errors name the field of the request."""
    try:
        return check(fields, vocabulary)
    except InvalidInput as error:
        raise InvalidInput(error.message, errors=[fault._replace(field=f"{field}.{fault.field}") for fault in error.errors]) from None

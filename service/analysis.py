"""An analysis from the request to the answer: the ecosystem at its instant, metrics run on it, results kept, explained and viewed."""

from __future__ import annotations

import hashlib
import platform
import secrets
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from graph_models.computation import computed
from graph_models.ecosystem import Ecosystem
from graph_models.errors import FieldError, InvalidInput, NotFound
from graph_models.explanation import explain as explain_score
from graph_models.graphs import graph_of
from graph_models.metrics import DEFAULT_SET, metric_named
from graph_models.metrics.result import STREAM, Metric, MetricResult
from graph_models.parameters import COMMON, STRUCTURAL, Parameters, parameters_of
from graph_models.paths import strongest_paths
from graph_models.scores import DEFAULT_PROFILE, Profile
from graph_models.time import day_of, day_text, now_text
from graph_models.views import VIEWS
from graph_models.vocabulary import BUILT_IN, Vocabulary, terms_of
from graph_models.warning import Warning
from service import results
from service.ecosystems import ecosystems
from service.jobs import Progress
from service.profiles import profile_asked, profile_named
from service.reads import instant
from service.stores.store import At
from service.workplace import Service

ENGINE = ("stakeholder-graph", "numpy", "scipy", "networkx", "pyarrow")
FILTERS = ("role", "kind")
NO_PARAMETERS = Parameters()


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One metric of a request; ``name`` tells two runs of a metric apart."""

    metric: str
    name: str | None = None
    parameters: dict[str, Any] = {}


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST W/analyses``."""

    metrics: list[str | Asked] | None = None
    parameters: dict[str, Any] = {}
    profile: str = "default"
    as_of: str | None = None
    known_at: str | int | None = None
    filter: dict[str, list[str] | str] = {}


class Plan(NamedTuple):
    """A checked request: what is to be computed, by name."""

    metrics: dict[str, tuple[str, Parameters]]
    parameters: Parameters
    request: Request


def check_request(fields: Any, vocabulary: Vocabulary) -> Plan:
    """``InvalidInput`` with the field of everything that is wrong with a request."""
    try:
        request = msgspec.convert(fields, Request)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$.")
        raise InvalidInput.of("invalid", message, where.rstrip("`") or (message.split("`")[1] if "`" in message else None)) from None
    outer = _parameters(request.parameters, None, vocabulary, "parameters")
    if unknown := set(request.filter) - set(FILTERS):
        raise InvalidInput.of("unknown-filter", f"a filter is one of {', '.join(FILTERS)}", f"filter.{min(unknown)}")
    metrics: dict[str, tuple[str, Parameters]] = {}
    for place, asked in enumerate(request.metrics if request.metrics is not None else DEFAULT_SET):
        asked = Asked(asked) if isinstance(asked, str) else asked
        name = asked.name or asked.metric
        if name in metrics:
            raise InvalidInput.of("duplicate", f"two results would be called {name!r}", f"metrics[{place}].name")
        metrics[name] = asked.metric, _metric_parameters(asked, request.parameters, vocabulary, f"metrics[{place}]")
    return Plan(metrics, outer, request)


def check_place(service: Service, workspace_id: str, plan: Plan) -> tuple[At, Profile]:
    """The instant that a request asks of, at a revision that exists, and its weights; ``InvalidInput`` where there is no such day, time or profile."""
    request = plan.request
    store, known_at = service.store(workspace_id), None if request.known_at is None else str(request.known_at)
    at = instant(store, service.workspace(workspace_id).default_as_of, request.as_of, known_at)
    return At(at.day, min(at.revision, store.head())), profile_asked(service, workspace_id, request.profile)


def _metric_parameters(asked: Asked, outer: Mapping[str, Any], vocabulary: Vocabulary, field: str) -> Parameters:
    try:
        metric = metric_named(asked.metric)
    except NotFound as error:
        raise InvalidInput.of("unknown-metric", error.message, field) from None
    if metric.kind == STREAM:
        raise InvalidInput.of("unknown-metric", f"{asked.metric} is of streams, not of parties: ask for the view flows", field)
    accepted = metric.parameter_names(COMMON | STRUCTURAL if metric.structural else COMMON)
    known = {name: value for name, value in outer.items() if name in accepted}
    _parameters(asked.parameters, asked.metric, vocabulary, f"{field}.parameters")
    return _parameters({**known, **asked.parameters}, asked.metric, vocabulary, "parameters")


def _parameters(fields: Mapping[str, Any], metric: str | None, vocabulary: Vocabulary, field: str) -> Parameters:
    try:
        return parameters_of(fields, metric, vocabulary)
    except InvalidInput as error:
        raise InvalidInput(error.message, errors=[fault._replace(field=f"{field}.{fault.field}") for fault in error.errors]) from None


def run_job(service: Service, workspace_id: str, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The handler of analysis jobs: ``arguments`` is the request's body; the result names the analysis."""
    vocabulary = service.vocabulary(workspace_id)
    plan = check_request(arguments, vocabulary)
    at, profile = check_place(service, workspace_id, plan)
    progress(0, len(plan.metrics) + 1, "ecosystem")
    ecosystem = ecosystems.get(service, workspace_id, at, vocabulary)
    found: dict[str, MetricResult] = {}
    timings: dict[str, float] = {}
    for done, (name, (metric, parameters)) in enumerate(plan.metrics.items(), 1):
        progress(done, len(plan.metrics) + 1, name)
        if plan.request.metrics is None and not _has_data(ecosystem, metric_named(metric)):
            continue
        begin = time.perf_counter()
        found[name] = computed(ecosystem, metric_named(metric), parameters, name, profile)
        timings[name] = round(time.perf_counter() - begin, 6)
    analysis_id = f"{time.time_ns():x}{secrets.token_hex(4)}"
    results.keep(directory(service, workspace_id, analysis_id), ecosystem, found)
    about = _about(analysis_id, plan, ecosystem, at, found, timings, vocabulary, profile)
    service.catalog.put_thing(workspace_id, "analysis", analysis_id, about)
    return {"analysis_id": analysis_id}


def _has_data(ecosystem: Ecosystem, metric: Metric) -> bool:
    """Of the default set, ownership is computed only where somebody owns something."""
    if metric.family != "ownership":
        return True
    return bool(graph_of(ecosystem, "ownership", NO_PARAMETERS).weight.size)


def _about(
    analysis_id: str,
    plan: Plan,
    ecosystem: Ecosystem,
    at: At,
    found: Mapping[str, MetricResult],
    timings: Mapping[str, float],
    vocabulary: Vocabulary,
    profile: Profile,
) -> dict[str, Any]:
    engine = {name: version(name) for name in ENGINE} | {"python": platform.python_version()}
    each = {name: {"metric": result.metric, "parameters": result.parameters} for name, result in found.items()}
    parameters = {"parameters": plan.request.parameters, "metrics": each, "profile": plan.request.profile, "filter": plan.request.filter}
    hashed = {
        **parameters,
        "engine": engine,
        "vocabulary": vocabulary.hash,
        "profile": msgspec.to_builtins(profile),
        "base_currency": ecosystem.base_currency,
        "focal_party": ecosystem.focal_party,
        "rates": ecosystem.columns["exchange_rates"].to_pylist(),
    }
    digest = hashlib.blake2b(msgspec.json.encode(hashed, order="deterministic"), digest_size=12).hexdigest()
    return {
        "analysis_id": analysis_id,
        "state": "done",
        "as_of": day_text(ecosystem.as_of),
        "known_at": at.revision,
        "snapshot_id": ecosystem.snapshot_id,
        **parameters,
        "profile_version": profile.version,
        "parameters_hash": digest,
        "engine": engine,
        "timings": dict(timings),
        "warnings": _warnings(found),
        "undefined": _undefined(found),
        "recorded_at": now_text(),
        "now": plan.request.known_at is None,
        "own_vocabulary": msgspec.to_builtins(vocabulary.own),
        "focal_party_id": ecosystem.focal_party,
        "base_currency": ecosystem.base_currency,
    }


def _undefined(found: Mapping[str, MetricResult]) -> list[dict[str, Any]]:
    """How many parties have no value, by result and reason."""
    return [
        {"name": name, "reason": reason, "parties": int((result.reason_codes == code).sum())}
        for name, result in found.items()
        for code, reason in enumerate(result.reason_names, 1)
        if (result.reason_codes == code).any()
    ]


def _warnings(found: Mapping[str, MetricResult]) -> list[dict[str, Any]]:
    each: dict[Warning, None] = {}
    for result in found.values():
        each |= dict.fromkeys(result.warnings)
    return [{"code": item.code, "message": item.message, "facts": list(item.facts), "parties": list(item.parties)} for item in sorted(each)]


# -- what was found


HIDDEN = ("now", "own_vocabulary")


def listing(service: Service, workspace_id: str) -> list[dict[str, Any]]:
    """The analyses of a workspace, newest first, as they are answered."""
    service.workspace(workspace_id)
    return [answered(about) for about in service.catalog.things(workspace_id, "analysis")]


def answered(about: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in about.items() if name not in HIDDEN}


def analysis(service: Service, workspace_id: str, analysis_id: str, holding: Sequence[str] = ()) -> dict[str, Any]:
    """What is known of an analysis. ``latest`` is the newest without filter, of what is known now, that holds all that is named."""
    service.workspace(workspace_id)
    if analysis_id != "latest":
        return service.catalog.thing(workspace_id, "analysis", analysis_id)
    before = None
    while found := service.catalog.things(workspace_id, "analysis", before=before, limit=50):
        for about in found:
            if about["now"] and not about["filter"] and about["profile"] == DEFAULT_PROFILE.name and set(holding) <= about["metrics"].keys():
                return about
        before = found[-1]["analysis_id"]
    raise NotFound("There is no finished analysis" + (f" with {', '.join(holding)}" if holding else "") + "; POST one first")


def directory(service: Service, workspace_id: str, analysis_id: str) -> Path:
    return service.directory(workspace_id, "analyses") / analysis_id


def scores(
    service: Service,
    workspace_id: str,
    analysis_id: str,
    name: str,
    *,
    roles: Sequence[str] = (),
    descending: bool = True,
    cursor: str | None = None,
    limit: int = 100,
) -> dict[str, Any]:
    """A page of one result of an analysis."""
    about = analysis(service, workspace_id, analysis_id, [name])
    where = directory(service, workspace_id, about["analysis_id"])
    kept = about["filter"]
    mask = results.shown(where, _list(kept.get("role")), _list(kept.get("kind"))) & results.shown(where, roles)
    return results.page(where, results.named(where, name), mask, descending, cursor, limit)


def _list(value: str | Sequence[str] | None) -> Sequence[str]:
    return () if value is None else [value] if isinstance(value, str) else value


def party_scores(service: Service, workspace_id: str, analysis_id: str, party: str) -> dict[str, Any]:
    """Every number that an analysis has of one party."""
    about = analysis(service, workspace_id, analysis_id)
    where = directory(service, workspace_id, about["analysis_id"])
    place = results.place_of(where, party)
    items = [{"metric": found.metric, "name": found.name, **results.item(found.table.slice(place, 1).to_pylist()[0])} for found in results.every(where)]
    return {"party_id": party, "items": items}


def ecosystem_of(service: Service, workspace_id: str, about: Mapping[str, Any]) -> Ecosystem:
    """The ecosystem that an analysis was made on, the vocabulary as it was then included."""
    vocabulary = Vocabulary(BUILT_IN.terms, terms_of(about["own_vocabulary"]))
    return ecosystems.get(service, workspace_id, At(day_of(about["as_of"]), about["known_at"]), vocabulary)


def explain(service: Service, workspace_id: str, analysis_id: str, party: str, score: str, *, counterfactual: bool = False) -> dict[str, Any]:
    """Why a party has its score: parts, points, evidence."""
    about = analysis(service, workspace_id, analysis_id, [score])
    ecosystem = ecosystem_of(service, workspace_id, about)
    if party not in ecosystem.places:
        raise NotFound(f"There is no party {party!r} in this analysis")
    parameters = parameters_of(about["metrics"][score]["parameters"], score)
    profile = profile_named(service, workspace_id, about["profile"], about["profile_version"])
    return explain_score(ecosystem, party, score, parameters, profile, counterfactual=counterfactual)


def view(service: Service, workspace_id: str, analysis_id: str, name: str, query: Mapping[str, Any]) -> dict[str, Any]:
    """A view computed from the snapshot of an analysis, with its outer parameters."""
    about = analysis(service, workspace_id, analysis_id)
    ecosystem = ecosystem_of(service, workspace_id, about)
    for key in ("party", "from", "to"):
        if query.get(key) is not None and query[key] not in ecosystem.places:
            raise InvalidInput("The view cannot be made", errors=[FieldError("unknown-party", f"there is no party {query[key]!r}", key)])
    return VIEWS[name](ecosystem, parameters_of(about["parameters"]), **query)


def paths(
    service: Service,
    workspace_id: str,
    begin: str,
    end: str,
    *,
    k: int = 3,
    max_hops: int = 6,
    diverse: bool = True,
    as_of: str | None = None,
    known_at: str | None = None,
) -> dict[str, Any]:
    """The strongest paths between two parties that are valid at an instant."""
    at = instant(service.store(workspace_id), service.workspace(workspace_id).default_as_of, as_of, known_at)
    ecosystem = ecosystems.get(service, workspace_id, at)
    for party in (begin, end):
        if party not in ecosystem.places:
            raise NotFound(f"There is no party {party!r} on that day")
    found = strongest_paths(ecosystem, begin, end, k, max_hops, diverse=diverse)
    truncated = None if found.complete else {"shown": len(found.items), "left_out": None, "why": "the search was cut after so many partial paths"}
    return {"items": [item._asdict() for item in found.items], "truncated": truncated}

"""An analysis from the request to the answer: the ecosystem at its instant, metrics run on it, results kept, explained and viewed."""

from __future__ import annotations

import hashlib
import platform
import secrets
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from graph_models.computation import computed
from graph_models.ecosystem import Ecosystem
from graph_models.errors import FieldError, InvalidInput, NotFound
from graph_models.explanation import explain as explain_score
from graph_models.graphs import graph_of
from graph_models.metrics import metric_named
from graph_models.metrics.result import Metric, MetricResult
from graph_models.parameters import Parameters, parameters_of
from graph_models.paths import strongest_paths
from graph_models.scores import DEFAULT_PROFILE, Profile
from graph_models.time import day_of, day_text, now_text
from graph_models.views import VIEWS
from graph_models.vocabulary import BUILT_IN, Vocabulary, terms_of
from graph_models.warning import Warning
from service import results
from service.analysis_request import Plan, check_place, check_request
from service.ecosystems import ecosystems
from service.jobs import Progress
from service.profiles import profile_named
from service.reads import instant
from service.stores.store import At
from service.workplace import Service

ENGINE = ("stakeholder-graph", "numpy", "scipy", "networkx", "pyarrow")
NO_PARAMETERS = Parameters()


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
    parameters = parameters_of(about["parameters"])
    if name == "communities" and about["metrics"].get("community", {}).get("metric") == "community":  # as they are called in the result
        kept = results.named(directory(service, workspace_id, about["analysis_id"]), "community")
        query, parameters = {**query, "known": kept.table["value"].to_pylist()}, parameters_of(kept.parameters, "community")
    return VIEWS[name](ecosystem, parameters, **query)


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

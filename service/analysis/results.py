"""An analysis that was made: what is known of it, its scores page by page, explained and viewed. How one is made: ``analysis_job``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from graph_models.analysis.explanation import explain as explained
from graph_models.analysis.registry import metric_named
from graph_models.analysis.view_registry import VIEWS
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import COMMON, Parameters, parameters_of
from graph_models.errors import FieldError, InvalidInput, NotFound
from graph_models.graphs.strongest_paths import strongest_paths
from graph_models.notices import Warning
from graph_models.records.closed_lists import lists_of
from graph_models.records.dates import day_of
from graph_models.records.vocabulary import BUILT_IN, Vocabulary, terms_of
from graph_models.scores.profile import DEFAULT_PROFILE
from service.analysis import result_files as results
from service.analysis.ecosystem_loader import ecosystems
from service.facts.instants import instant
from service.stores.interface.store import At
from service.workspaces.context import Service
from service.workspaces.rules import rules_of
from service.workspaces.score_profiles import profile_named

ABSENT = "absent"
"""Of a party that was not there on a date, or a result that was not computed on it."""
RULES_OFF: dict[str, Any] = {"implied_returns": False, "materiality": 0.0, "products": "mixed"}
"""Parameters that are younger than the first analyses, as these were made."""
SAME = 1e-9
"""Scores that differ by less are the same."""
HIDDEN = ("now", "default", "of_today", "own_vocabulary", "network")


def listing(service: Service, workspace_id: str) -> list[dict[str, Any]]:
    """The analyses of a workspace, newest first, as they are answered."""
    service.workspace(workspace_id)
    return [answered(about) for about in service.catalog.things(workspace_id, "analysis")]


def answered(about: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in about.items() if name not in HIDDEN}


def analysis(service: Service, workspace_id: str, analysis_id: str, holding: Sequence[str] = (), *, series: bool = False) -> dict[str, Any]:
    """What is known of an analysis; ``latest`` is the :func:`latest` that holds all that is named (with ``series``: the newest series that does)."""
    if analysis_id == "latest":
        return latest(service, workspace_id, holding, series=series)
    service.workspace(workspace_id)
    return service.catalog.thing(workspace_id, "analysis", analysis_id)


def latest(service: Service, workspace_id: str, holding: Sequence[str] = (), *, series: bool = False, day: str | None = None) -> dict[str, Any]:
    """The newest analysis that asked for nothing of its own (``Plan.is_default``), of the workspace's default day, or of the ``day`` that is named."""
    workspace = service.workspace(workspace_id)
    day = day or workspace.default_as_of
    before = None
    while found := service.catalog.things(workspace_id, "analysis", before=before, limit=50):
        for about in found:
            of_day = series or (about["as_of"] == day if day else about.get("of_today", True))
            if of_day and _is_default(about) and ("dates" in about) == series and set(holding) <= about["metrics"].keys():
                return about
        before = found[-1]["analysis_id"]
    what = "series" if series else "analysis"
    of = "" if series else f" as of {day}" if day else " of today"
    with_ = f" with {', '.join(holding)}" if holding else ""
    raise NotFound(f"There is no finished {what}{of}{with_} and default parameters: POST one first, or name one by its id")


def _is_default(about: Mapping[str, Any]) -> bool:
    """One made before this was noted is judged by what it says of itself."""
    noted: bool | None = about.get("default")
    return noted if noted is not None else bool(about["now"] and not about["filter"] and not about["parameters"] and about["profile"] == DEFAULT_PROFILE.name)


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
    offset: int = 0,
    limit: int = 100,
) -> dict[str, Any]:
    """A page of one result of an analysis; ``roles`` are ids or labels of the vocabulary."""
    listed = lists_of(service.vocabulary(workspace_id), "role")["role"]
    roles = [listed.value(role, "role") for role in roles]
    about = analysis(service, workspace_id, analysis_id, [name])
    where = directory(service, workspace_id, about["analysis_id"])
    kept = about["filter"]
    mask = results.shown(where, _list(kept.get("role")), _list(kept.get("kind"))) & results.shown(where, roles)
    found = results.named(where, name)
    rules = {section: about["rules"][section] for section in metric_named(found.metric).rules if section in about.get("rules", {})}
    return results.page(where, found, mask, descending, offset, limit) | ({"rules": rules} if rules else {})


def _list(value: str | Sequence[str] | None) -> Sequence[str]:
    return () if value is None else [value] if isinstance(value, str) else value


def party_scores(service: Service, workspace_id: str, analysis_id: str, party: str) -> dict[str, Any]:
    """Every number that an analysis has of one party."""
    about = analysis(service, workspace_id, analysis_id)
    where = directory(service, workspace_id, about["analysis_id"])
    place = results.place_of(where, party)
    items = [{"metric": found.metric, "name": found.name, **results.item(found.table.slice(place, 1).to_pylist()[0])} for found in results.every(where)]
    return {"party_id": party, "items": items}


def over_time(service: Service, workspace_id: str, analysis_id: str, name: str, party: str) -> dict[str, Any]:
    """One result of one party, date by date; on a date on which it was not there, or the result not computed, it has none."""
    about = analysis(service, workspace_id, analysis_id, [name], series=True)
    where = directory(service, workspace_id, about["analysis_id"])
    if "dates" not in about:
        raise NotFound("This analysis is no series: it was made of one date")
    metric = results.named(where, name).metric
    rows = {date["as_of"]: results.on_date(where, date["as_of"], name, party) for date in about["dates"]}
    if not any(rows.values()):
        results.place_of(where, party)
    items = [
        {"as_of": day, **{field: None if row is None else row[field] for field in ("value", "rank")}, "reason": ABSENT if row is None else row["reason"]}
        for day, row in rows.items()
    ]
    return {"party_id": party, "metric": metric, "name": name, "items": items}


def ecosystem_of(service: Service, workspace_id: str, about: Mapping[str, Any]) -> Ecosystem:
    """The ecosystem that an analysis was made on, the vocabulary as it was then included."""
    vocabulary = Vocabulary(BUILT_IN.terms, terms_of(about["own_vocabulary"]))
    return ecosystems.get(service, workspace_id, At(day_of(about["as_of"]), about["known_at"]), vocabulary)


def explain(service: Service, workspace_id: str, analysis_id: str, party: str, score: str, *, counterfactual: bool = False) -> dict[str, Any]:
    """Why a party has its score: parts, points, evidence. The warning ``made-before`` says where the rules of today give another score."""
    about = analysis(service, workspace_id, analysis_id, [score])
    ecosystem = ecosystem_of(service, workspace_id, about)
    if party not in ecosystem.places:
        raise NotFound(f"There is no party {party!r} in this analysis")
    profile = profile_named(service, workspace_id, about["profile"], about["profile_version"])
    parameters = _score_parameters(about, score).with_(rules=rules_of(service, workspace_id, about.get("rules")))
    answer = explained(ecosystem, party, score, parameters, profile, counterfactual=counterfactual)
    where = directory(service, workspace_id, about["analysis_id"])
    scored = results.named(where, score).table["value"][results.place_of(where, party)].as_py()
    if not _same(scored, answer["value"]):
        message = f"the analysis scored this party {scored}, by the rules of the version that made it; this is explained by the rules of today"
        answer["warnings"] = [*answer["warnings"], Warning("made-before", message, (), (party,))._asdict()]
    return answer


def _score_parameters(about: Mapping[str, Any], score: str) -> Parameters:
    """What a score ran with. An analysis from before a rule that can be switched off names no parameter for it: it is explained without that rule."""
    named = about["metrics"][score]["parameters"]
    switched_off = {name: value for name, value in RULES_OFF.items() if name in COMMON and name not in named}
    return metric_named(score).parameters_of(switched_off | named)


def _same(before: float | str | None, now: float | str | None) -> bool:
    return abs(before - now) <= SAME if isinstance(before, float) and isinstance(now, float) else before == now


def view(service: Service, workspace_id: str, analysis_id: str, name: str, query: Mapping[str, Any]) -> dict[str, Any]:
    """A view computed from the snapshot of an analysis, with its outer parameters."""
    about = analysis(service, workspace_id, analysis_id)
    ecosystem = ecosystem_of(service, workspace_id, about)
    for key in ("party", "from", "to", "through"):
        if query.get(key) is not None and query[key] not in ecosystem.places:
            raise InvalidInput("The view cannot be made", errors=[FieldError("unknown-party", f"there is no party {query[key]!r}", key)])
    parameters = parameters_of(about["parameters"]).with_(rules=rules_of(service, workspace_id, about.get("rules")))
    if query.get("role") is not None:
        query = {**query, "role": lists_of(ecosystem.vocabulary, "role")["role"].value(query["role"], "role")}
    if name == "communities" and about["metrics"].get("community", {}).get("metric") == "community":  # as they are called in the result
        kept = results.named(directory(service, workspace_id, about["analysis_id"]), "community")
        query, parameters = {**query, "known": kept.table["value"].to_pylist()}, metric_named("community").parameters_of(kept.parameters)
    if name == "network" and about.get("network"):
        query = {**query, "known": about["network"]}
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
    at = instant(service.store(workspace_id), service.default_day(service.workspace(workspace_id)), as_of, known_at)
    ecosystem = ecosystems.get(service, workspace_id, at)
    for party in (begin, end):
        if party not in ecosystem.places:
            raise NotFound(f"There is no party {party!r} on that day")
    found = strongest_paths(ecosystem, begin, end, k, max_hops, diverse=diverse)
    truncated = None if found.complete else {"shown": len(found.items), "left_out": None, "why": "the search was cut after so many partial paths"}
    return {"items": [item._asdict() for item in found.items], "truncated": truncated}

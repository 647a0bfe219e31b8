"""Scenarios: what would be if. Asked for as jobs, computed on the loaded ecosystem, kept with their results, compared; never written to the store."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, NamedTuple

import msgspec

from graph_models.decoding import decode_request
from graph_models.ecosystem.columns import columns_of
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import COMMON, Parameters, check_kinds, checked
from graph_models.ecosystem.record_columns import tables_of
from graph_models.errors import InvalidInput
from graph_models.records.dates import day_text, now_text
from graph_models.records.json_codec import decode_record
from graph_models.records.record_types import BY_CLASS, BY_NAME, Record, documents_named, parties_named
from graph_models.records.vocabulary import Vocabulary
from graph_models.scenarios.apply import edited
from graph_models.scenarios.edits import Add, Edit, Merge, Redirect, RemoveFact, RemoveParty, Replace, Scale, edits_of, record_in
from graph_models.scenarios.outcome import Case, outcome
from graph_models.scores.profile import Profile
from service.analysis.ecosystem_loader import ecosystems
from service.facts.instants import instant
from service.jobs.job import Progress
from service.stores.interface.store import At, Store
from service.workspaces.context import Service
from service.workspaces.score_profiles import profile_asked

STAGES = 8
MAX_COMPARED = 10
HELD = ("base", "snapshot_id", "parameters", "profile", "profile_version", "focal_party_id", "base_currency")
"""What scenarios may differ in beside their edits; where they do, their numbers are not of the same thing."""
FACT_TYPES = tuple(kind.name for kind in BY_NAME.values() if kind.is_fact)


class Base(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which instant the ecosystem is that the edits start from."""

    as_of: str | None = None
    known_at: str | int | None = None


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST W/scenarios``."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    edits: list[Any]
    base: Base = Base()
    parameters: dict[str, Any] = {}
    profile: str = "default"


class Plan(NamedTuple):
    """A checked request."""

    request: Request
    edits: list[Edit]
    parameters: Parameters
    profile: Profile
    at: At


def plan_of(service: Service, workspace_id: str, fields: Any) -> Plan:
    """``InvalidInput`` with the field of everything that can be seen to be wrong without the records."""
    request = decode_request(fields, Request)
    vocabulary = service.vocabulary(workspace_id)
    with _inside("parameters"):
        parameters = checked(request.parameters, COMMON)
        check_kinds(parameters, vocabulary)
    store, base = service.store(workspace_id), request.base
    with _inside("base"):
        known_at = None if base.known_at is None else str(base.known_at)
        at = instant(store, service.default_day(service.workspace(workspace_id)), base.as_of, known_at)
    profile = profile_asked(service, workspace_id, request.profile)
    return Plan(request, edits_of(request.edits, vocabulary), parameters, profile, At(at.day, min(at.revision, store.head())))


def submission(service: Service, workspace_id: str, fields: Any) -> dict[str, Any]:
    """The arguments of the job: the request, of an instant that no later write changes. ``InvalidInput`` where an edit cannot be done."""
    plan = plan_of(service, workspace_id, fields)
    assert plan.at.day is not None
    edited(_named_only(service, workspace_id, plan), plan.edits)
    return {**fields, "base": _base(plan)}


def run_job(service: Service, workspace_id: str, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The job ``scenario``: the ecosystem, the edits, what they come to. The result names the scenario."""
    plan = plan_of(service, workspace_id, arguments)
    progress(0, STAGES, "ecosystem")
    before = ecosystems.get(service, workspace_id, plan.at)
    case = Case(before, edited(before, plan.edits), plan.edits, plan.parameters, plan.profile)
    done = iter(range(1, STAGES))
    found = outcome(case, lambda stage: progress(next(done), STAGES, stage))
    scenario_id = f"{time.time_ns():x}{secrets.token_hex(4)}"
    body = {
        "id": scenario_id,
        "name": plan.request.name,
        "base": _base(plan),
        "snapshot_id": before.snapshot_id,
        "focal_party_id": before.focal_party,
        "base_currency": before.base_currency,
        "parameters": plan.request.parameters,
        "profile": plan.profile.name,
        "profile_version": plan.profile.version,
        "edits": plan.request.edits,
        **found,
        "recorded_at": now_text(),
    }
    service.catalog.put_thing(workspace_id, "scenario", scenario_id, body)
    return {"scenario_id": scenario_id}


def scenario(service: Service, workspace_id: str, scenario_id: str) -> dict[str, Any]:
    """A scenario: its definition and what it came to."""
    service.workspace(workspace_id)
    return service.catalog.thing(workspace_id, "scenario", scenario_id)


def in_short(body: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario as lists show it."""
    shown = ("id", "name", "base", "snapshot_id", "value_lost", "scores_moved", "recorded_at")
    return {name: body[name] for name in shown} | {"edit_count": len(body["edits"])}


def compared(service: Service, workspace_id: str, ids: str) -> dict[str, Any]:
    """Scenarios side by side; ``differs`` names what else than their edits is not the same."""
    named = ids.split(",")
    if not all(named) or len(set(named)) < len(named) or not 2 <= len(named) <= MAX_COMPARED:
        raise InvalidInput.of("invalid", f"ids are those of 2 to {MAX_COMPARED} scenarios, each once: a,b", "ids")
    found = [scenario(service, workspace_id, scenario_id) for scenario_id in named]
    differs = [name for name in HELD if any(body[name] != found[0][name] for body in found)]
    return {"scenarios": [{name: value for name, value in body.items() if name != "edits"} for body in found], "differs": differs}


def remove(service: Service, workspace_id: str, scenario_id: str) -> dict[str, Any]:
    """Forget a scenario. ``NotFound`` where there is none."""
    scenario(service, workspace_id, scenario_id)
    service.catalog.remove_thing(workspace_id, "scenario", scenario_id)
    return {"id": scenario_id, "deleted": True}


def _base(plan: Plan) -> dict[str, Any]:
    assert plan.at.day is not None
    return {"as_of": day_text(plan.at.day), "known_at": plan.at.revision}


@contextmanager
def _inside(field: str) -> Iterator[None]:
    """What is wrong in here is wrong in a field of the request."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(error.message, errors=[fault._replace(field=f"{field}.{fault.field}") for fault in error.errors]) from None


# -- can the edits be done? Only the records that they name are looked at, so that the client need not wait for the job.


def _named_only(service: Service, workspace_id: str, plan: Plan) -> Ecosystem:
    """An ecosystem of the records that the edits name and nothing else: for it an edit is as valid as for the whole."""
    store, workspace = service.store(workspace_id), service.workspace(workspace_id)
    vocabulary: Vocabulary = service.vocabulary(workspace_id)
    assert plan.at.day is not None
    parties, others = _names(plan.edits, vocabulary)
    facts = [record for name in FACT_TYPES for record in _stored(store, name, others.get(name, set()) | others["fact"], plan.at)]
    parties |= {party for record in facts for _, party in parties_named(record)}
    records = [*_stored(store, "party", parties, plan.at), *facts]
    records += [record for name in ("document", "exchange_rate") for record in _stored(store, name, others.get(name, set()), plan.at)]
    columns = columns_of(tables_of(records, plan.at.day))
    return Ecosystem.from_columns(columns, workspace.focal_party_id or "", plan.at.day, workspace.base_currency, vocabulary)


def _stored(store: Store, type_name: str, ids: Iterable[str], at: At) -> list[Record]:
    rows = store.get(type_name, sorted(ids), at) if ids else ()
    return [decode_record(row.body) for row in rows if row.body is not None]


def _names(edits: Iterable[Edit], vocabulary: Vocabulary) -> tuple[set[str], Mapping[str, set[str]]]:
    """The parties that edits name, and the other records by type (``fact``: of whatever type it is)."""
    parties: set[str] = set()
    others: dict[str, set[str]] = {"fact": set()}
    for edit in edits:
        match edit:
            case RemoveParty():
                parties.add(edit.id)
            case Merge():
                parties |= {edit.id, edit.into}
            case Scale():
                others["fact"].update(edit.ids)
            case RemoveFact():
                others["fact"].add(edit.id)
            case Redirect():
                others["fact"].add(edit.id)
                parties |= {edit.source, edit.target} - {None}  # type: ignore[arg-type]
            case Add() | Replace():
                record = record_in(edit, vocabulary)
                parties.update(party for _, party in parties_named(record))
                others.setdefault(BY_CLASS[type(record)].name, set()).add(record.id)
                others.setdefault("document", set()).update(documents_named(record))
    return parties | others.pop("party", set()), others

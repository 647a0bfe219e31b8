"""All that one page shows of a party: its record, roles, scores, what it gives and gets, its last touchpoints."""

from __future__ import annotations

from typing import Any

import msgspec

from graph_models.analysis.view_registry import VIEWS
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.errors import NotFound
from service.analysis import results as analysis
from service.analysis.ecosystem_loader import ecosystems
from service.facts import reading as reads
from service.facts.instants import instant
from service.stores.interface.store import At, Row
from service.workspaces.context import Service

LAST_TOUCHPOINTS = 10
FACTS_READ = 5_000


def party_page(service: Service, workspace_id: str, party: str, as_of: str | None = None, known_at: str | None = None) -> bytes:
    """The answer of ``GET W/parties/{id}``; the service's own parts are empty where there is nothing."""
    workspace, store = service.workspace(workspace_id), service.store(workspace_id)
    at = instant(store, service.default_day(workspace), as_of, known_at)
    row = reads.record(store, "party", party, at)
    facts = store.adjacent([party], at, None, FACTS_READ)
    roles = [_decoded(fact) for fact in facts if fact.type == "role" and _decoded(fact)["source"] == party]
    touchpoints = [_decoded(fact) for fact in facts if fact.type == "touchpoint"]
    touchpoints.sort(key=lambda fields: (fields["occurred_at"], fields["id"]), reverse=True)
    added = {
        "roles": roles,
        "scores": _scores(service, workspace_id, party),
        "give_get": _give_get(service, workspace_id, party, at),
        "touchpoints": touchpoints[:LAST_TOUCHPOINTS],
    }
    return reads.answer(row)[:-1] + b"," + msgspec.json.encode(added)[1:]


def _decoded(row: Row) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.json.decode(row.body or b"{}")
    return fields


def _scores(service: Service, workspace_id: str, party: str) -> list[dict[str, Any]]:
    try:
        return list(analysis.party_scores(service, workspace_id, "latest", party)["items"])
    except NotFound:
        return []


def _give_get(service: Service, workspace_id: str, party: str, at: At) -> list[dict[str, Any]]:
    ecosystem = ecosystems.get(service, workspace_id, at)
    if ecosystem.focal is None or party not in ecosystem.places or party == ecosystem.focal_party:
        return []
    return list(VIEWS["give-get"](ecosystem, DEFAULTS, party=party)["items"])

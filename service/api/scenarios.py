"""Scenarios: asked for as jobs, read, compared, forgotten."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from service import scenarios
from service.api import examples
from service.api.answers import accepted, json_answer, list_of_things
from service.api.documented import answers, listed, page, takes
from service.dependencies import JsonDep, PageDep, PlaceDep, WritingDep
from service.idempotency import once
from service.submissions import submit

router = APIRouter(prefix="/v1/workspaces/{workspace}/scenarios", tags=["analyses"])
ScenarioId = Annotated[str, Path(description="The id of a scenario.", examples=["18f2a1c0"])]
_ASKED: dict[str, Any] = {
    "name": "Without Steel Works, half of it from East China",
    "base": {"as_of": "2025-12-31"},
    "edits": [
        {"op": "remove_party", "id": "s1"},
        {"op": "add", "record": {"type": "party", "id": "s9", "name": "New Steel", "kind": "organization"}},
        {
            "op": "add",
            "record": {"type": "value_flow", "id": "n1", "source": "firm", "target": "s9", "kind": "money", "amount": "600000", "valid_from": "2025"},
        },
        {"op": "scale", "ids": ["v1"], "factor": 0.5},
        {"op": "redirect", "id": "v2", "target": "d2"},
    ],
    "parameters": {"period": {"from": "2025-01-01", "to": "2025-12-31"}},
}
_ABOUT: dict[str, Any] = {
    "id": "18f2a1c0", "name": "Without Steel Works", "base": {"as_of": "2025-12-31", "known_at": 12}, "snapshot_id": "5f0c2a", "value_lost": 900000.0,
    "scores_moved": 1, "recorded_at": "2026-03-02T09:30:01.300000Z",
}  # fmt: skip
_FOUND: dict[str, Any] = {
    "focal_party_id": "firm", "base_currency": "CNY", "parameters": {}, "profile": "default", "profile_version": 2,
    "scores": [{
        "party_id": "s1", "score": "value_flow", "before": 31.2, "after": None, "change": None, "rank_before": 2, "rank_after": None, "bound": False,
        "reason": "removed",
    }],
    "value": {
        "currency": "CNY",
        "sales": {"before": 5000000.0, "after": 5000000.0, "lost": 0.0},
        "purchases": {"before": 3000000.0, "after": 2100000.0, "lost": 900000.0},
    },
    "disruption": [{"party_id": "s1", "value": 0.12, "reason": None}],
    "cut_off": ["mine"], "lost_only_channel": [], "lost_only_channel_value": {},
    "substitution": [{
        "party_id": "s1", "buyer_id": "firm", "product": "steel", "lost": 900000.0, "facts": ["v7"], "facts_left_out": 0, "from_others": 200000.0,
        "others_in_all": 600000.0, "at_most": 400000.0, "share_at_most": 0.4444, "suppliers_left_out": 0,
        "suppliers": [{"party_id": "s2", "to_buyer": 200000.0, "in_all": 600000.0, "facts": ["v8"], "facts_left_out": 0}],
    }],
    "truncated": {"scores": None, "cut_off": None, "lost_only_channel": None, "substitution": None}, "reasons": {}, "warnings": [],
}  # fmt: skip


@router.post(
    "", status_code=202, response_class=Response,
    responses=answers(examples.JOB_QUEUED | {"kind": "scenario"}, "Queued.", status=202), openapi_extra=takes(_ASKED),
)  # fmt: skip
def submit_scenario(place: PlaceDep, fields: JsonDep, writing: WritingDep) -> Response:
    """Compute what would be if. Edits are done one after the other: `remove_party remove_fact add replace scale redirect merge`; nothing is written."""
    service, workspace_id = place.service, place.workspace.id
    return accepted(submit(service, workspace_id, "scenario", writing, lambda: scenarios.submission(service, workspace_id, fields)))


@router.get("", response_class=Response, responses=answers(page(_ABOUT | {"edit_count": 5}), schema=listed({"type": "object"})))
def list_scenarios(place: PlaceDep, asked: PageDep) -> Response:
    """Scenarios, newest first, in short."""
    return list_of_things(place, asked, "scenario", scenarios.in_short)


@router.get("/compare", response_class=Response, responses=answers({"scenarios": [_ABOUT | _FOUND, _ABOUT | _FOUND | {"id": "18f2a2d1"}], "differs": []}))
def compare_scenarios(
    place: PlaceDep, ids: Annotated[str, Query(description="Two to ten scenarios, with commas between.", examples=["18f2a1c0,18f2a2d1"])]
) -> Response:
    """Scenarios side by side; `differs` names what else than their edits is not the same (base, parameters, profile ...)."""
    return json_answer(scenarios.compared(place.service, place.workspace.id, ids))


@router.get("/{scenario_id}", response_class=Response, responses=answers(_ABOUT | {"edits": _ASKED["edits"]} | _FOUND))
def get_scenario(place: PlaceDep, scenario_id: ScenarioId) -> Response:
    """The definition of a scenario and what it came to."""
    return json_answer(scenarios.scenario(place.service, place.workspace.id, scenario_id))


@router.delete("/{scenario_id}", response_class=Response, responses=answers({"id": "18f2a1c0", "deleted": True}))
def delete_scenario(place: PlaceDep, scenario_id: ScenarioId, writing: WritingDep) -> Response:
    """Forget a scenario."""
    return json_answer(once(place.service.catalog, place.workspace.id, writing, lambda: scenarios.remove(place.service, place.workspace.id, scenario_id)))

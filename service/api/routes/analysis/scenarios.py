"""Scenarios: asked for as jobs, read, compared, forgotten."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from service.analysis import scenarios
from service.api.io.dependencies import JsonDep, PageDep, PlaceDep, WritingDep
from service.api.io.operation_docs import answers, takes
from service.api.io.responses import accepted, json_answer, list_of_things
from service.api.schemas.analysis.scenarios import Scenario, ScenarioComparison, ScenarioList, ScenarioRequest
from service.api.schemas.platform.jobs import Job
from service.api.schemas.shapes import Deleted
from service.catalog.idempotency import once
from service.imports.pipeline.submission import submit

router = APIRouter(prefix="/v1/workspaces/{workspace}/scenarios", tags=["analyses"])
ScenarioId = Annotated[str, Path(description="The id of a scenario.", examples=["18f2a1c0"])]


@router.post("", status_code=202, response_class=Response, responses=answers(Job, "Queued.", status=202), openapi_extra=takes(ScenarioRequest))
def submit_scenario(place: PlaceDep, fields: JsonDep, writing: WritingDep) -> Response:
    """Compute what would be if. Edits are done one after the other: `remove_party remove_fact add replace scale redirect merge`; nothing is written."""
    service, workspace_id = place.service, place.workspace.id
    return accepted(submit(service, workspace_id, "scenario", writing, lambda: scenarios.submission(service, workspace_id, fields)))


@router.get("", response_class=Response, responses=answers(ScenarioList))
def list_scenarios(place: PlaceDep, asked: PageDep) -> Response:
    """Scenarios, newest first, in short."""
    return list_of_things(place, asked, "scenario", scenarios.in_short)


@router.get("/compare", response_class=Response, responses=answers(ScenarioComparison))
def compare_scenarios(
    place: PlaceDep, ids: Annotated[str, Query(description="Two to ten scenarios, with commas between.", examples=["18f2a1c0,18f2a2d1"])]
) -> Response:
    """Scenarios side by side; `differs` names what else than their edits is not the same (base, parameters, profile ...)."""
    return json_answer(scenarios.compared(place.service, place.workspace.id, ids))


@router.get("/{scenario_id}", response_class=Response, responses=answers(Scenario))
def get_scenario(place: PlaceDep, scenario_id: ScenarioId) -> Response:
    """The definition of a scenario and what it came to."""
    return json_answer(scenarios.scenario(place.service, place.workspace.id, scenario_id))


@router.delete("/{scenario_id}", response_class=Response, responses=answers(Deleted))
def delete_scenario(place: PlaceDep, scenario_id: ScenarioId, writing: WritingDep) -> Response:
    """Forget a scenario."""
    return json_answer(once(place.service.catalog, place.workspace.id, writing, lambda: scenarios.remove(place.service, place.workspace.id, scenario_id)))

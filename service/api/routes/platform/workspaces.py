"""Workspaces: one isolated ecosystem each."""

from __future__ import annotations

from fastapi import APIRouter, Response

from graph_models.errors import AlreadyExists, OneWorkspace
from service.api.io.dependencies import JsonDep, PageDep, PlaceDep, ServiceDep, WorkspaceIdDep, WritingDep
from service.api.io.operation_docs import answers, fails_with, takes
from service.api.io.responses import json_answer, list_by_key
from service.api.schemas.platform.workspaces import Workspace, WorkspaceList, WorkspacePatch, WorkspaceRequest
from service.api.schemas.shapes import Deleted
from service.catalog.catalog import Workspace as KeptWorkspace
from service.catalog.idempotency import once, once_here
from service.http.encoded_slashes import in_path

router = APIRouter(prefix="/v1/workspaces", tags=["workspaces"])


@router.get("", response_class=Response, responses=answers(WorkspaceList))
async def list_workspaces(service: ServiceDep, asked: PageDep) -> Response:
    """All workspaces, in the order of their ids."""
    return json_answer(list_by_key(asked, service.catalog.workspaces(), lambda workspace: workspace.id, _shown))


@router.post("", status_code=201, response_class=Response, responses=answers(Workspace, "Made.", status=201),
             openapi_extra=takes(WorkspaceRequest) | fails_with(AlreadyExists, OneWorkspace))  # fmt: skip
def create_workspace(service: ServiceDep, fields: JsonDep, writing: WritingDep) -> Response:
    """Make a workspace. On a Neo4j store there is one: a second is 409 `one-workspace`."""
    made = once_here(service.catalog, "", writing, lambda: service.create_workspace(fields).as_json())
    return json_answer(made, 201, {"Location": f"/v1/workspaces/{in_path(made['id'])}"})


@router.get("/{workspace}", response_class=Response, responses=answers(Workspace))
async def get_workspace(service: ServiceDep, workspace_id: WorkspaceIdDep) -> Response:
    """One workspace."""
    return json_answer(_shown(service.workspace(workspace_id)))


@router.patch("/{workspace}", response_class=Response, responses=answers(Workspace), openapi_extra=takes(WorkspacePatch))
def change_workspace(place: PlaceDep, fields: JsonDep, writing: WritingDep) -> Response:
    """Change the fields that are sent; the id stays."""
    return json_answer(once(place.service.catalog, place.workspace.id, writing, lambda: place.service.change_workspace(place.workspace.id, fields).as_json()))


@router.delete("/{workspace}", response_class=Response, responses=answers(Deleted))
def delete_workspace(service: ServiceDep, workspace_id: WorkspaceIdDep, writing: WritingDep) -> Response:
    """Delete a workspace with all that is in it; on a Neo4j store this frees the place."""
    return json_answer(once_here(service.catalog, "", writing, lambda: service.delete_workspace(workspace_id)))


def _shown(workspace: KeptWorkspace) -> Workspace:
    return Workspace(**workspace.as_json())

"""Workspaces: one isolated ecosystem each."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from service.api import examples
from service.api.answers import list_by_key
from service.api.documented import answers, takes
from service.api.schemas import DeletedWorkspace, Workspace, Workspaces
from service.catalog import Workspace as KeptWorkspace
from service.dependencies import JsonDep, PageDep, PlaceDep, ServiceDep, WorkspaceIdDep, WritingDep
from service.http_paths import in_path
from service.idempotency import once, once_here

router = APIRouter(prefix="/v1/workspaces", tags=["workspaces"])


@router.get("", responses=answers({"items": [examples.WORKSPACE], "next_cursor": None, "total": 1}))
async def list_workspaces(service: ServiceDep, asked: PageDep) -> Workspaces:
    """All workspaces, in the order of their ids."""
    return Workspaces(**list_by_key(asked, service.catalog.workspaces(), lambda workspace: workspace.id, _shown))


@router.post("", status_code=201, response_model=Workspace, responses=answers(examples.WORKSPACE, "Made.", status=201), openapi_extra=takes(examples.WORKSPACE))
def create_workspace(service: ServiceDep, fields: JsonDep, writing: WritingDep, response: Response) -> dict[str, Any]:
    """Make a workspace. On a Neo4j store there is one: a second is 409 `one-workspace`."""
    made = once_here(service.catalog, "", writing, lambda: service.create_workspace(fields).as_json())
    response.headers["Location"] = f"/v1/workspaces/{in_path(made['id'])}"
    return made


@router.get("/{workspace}", responses=answers(examples.WORKSPACE))
async def get_workspace(service: ServiceDep, workspace_id: WorkspaceIdDep) -> Workspace:
    """One workspace."""
    return _shown(service.workspace(workspace_id))


@router.patch("/{workspace}", response_model=Workspace, responses=answers(examples.WORKSPACE), openapi_extra=takes({"default_as_of": "2025-12-31"}))
def change_workspace(place: PlaceDep, fields: JsonDep, writing: WritingDep) -> dict[str, Any]:
    """Change the fields that are sent; the id stays."""
    return once(place.service.catalog, place.workspace.id, writing, lambda: place.service.change_workspace(place.workspace.id, fields).as_json())


@router.delete("/{workspace}", response_model=DeletedWorkspace, responses=answers({"id": "demo", "deleted": True}))
def delete_workspace(service: ServiceDep, workspace_id: WorkspaceIdDep, writing: WritingDep) -> dict[str, Any]:
    """Delete a workspace with all that is in it; on a Neo4j store this frees the place."""
    return once_here(service.catalog, "", writing, lambda: service.delete_workspace(workspace_id))


def _shown(workspace: KeptWorkspace) -> Workspace:
    return Workspace(**workspace.as_json())

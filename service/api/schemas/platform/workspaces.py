"""Workspaces, and what the service says of itself."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from service.api.schemas.shapes import Answer, Listed
from service.catalog import catalog


class Workspace(Answer, frozen=True, kw_only=True):
    """One isolated ecosystem."""

    id: str
    name: str
    focal_party_id: Annotated[str | None, Meta(description="Whose ecosystem it is; the party need not be there yet.")]
    base_currency: Annotated[str, Meta(description="ISO 4217; other currencies are converted into it.")]
    locale: catalog.Locale
    time_zone: Annotated[str, Meta(description="IANA name; it decides what today is.", examples=["Asia/Shanghai"])]
    default_as_of: Annotated[str | None, Meta(description="The day that reads are of by default; null: today.")]


class WorkspaceList(Listed, frozen=True, kw_only=True):
    """All workspaces, by id."""

    items: list[Workspace]


class WorkspaceRequest(catalog.Workspace, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A workspace to be made."""


WorkspacePatch = msgspec.defstruct(
    "WorkspacePatch",
    [(field.name, field.type | UnsetType, UNSET) for field in msgspec.structs.fields(catalog.Workspace)],
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    module=__name__,
)
WorkspacePatch.__doc__ = "The fields of a workspace that change; the id stays."


class Alive(Answer, frozen=True, kw_only=True):
    """The process answers."""

    status: Annotated[str, Meta(extra_json_schema={"const": "ok"})]


class Ready(Answer, frozen=True, kw_only=True):
    """Whether requests can be served, and what stands in the way."""

    status: Literal["ok", "unavailable"]
    checks: Annotated[dict[str, str], Meta(description="What was checked -> `ok` or the reason why not.")]


class Version(Answer, frozen=True, kw_only=True):
    """The versions of the service and of what it computes with."""

    version: str
    api: str
    python: str
    engine: Annotated[dict[str, str], Meta(description="Library -> version.")]

"""The shapes of answers that are no records: what the service says of itself, its workspaces, jobs and writes."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field


class Workspace(BaseModel):
    """One isolated ecosystem."""

    id: str
    name: str
    focal_party_id: str | None
    base_currency: str
    locale: Literal["en", "zh"]
    time_zone: str
    default_as_of: str | None


class Workspaces(BaseModel):
    """All workspaces."""

    items: list[Workspace]
    next_cursor: str | None
    total: int | None


class DeletedWorkspace(BaseModel):
    """A workspace that is no more."""

    id: str
    deleted: Literal[True]


class RevisionAnswer(BaseModel):
    """The revision that a write made."""

    revision: int


class LineError(BaseModel):
    """One thing that is wrong with a line."""

    line: int | None
    field: str | None
    code: str
    message: str


class BatchAnswer(BaseModel):
    """What a batch did; accepted = created + updated + unchanged."""

    accepted: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    errors: list[LineError]
    revision: int | None


class JobProgress(BaseModel):
    """How far a job is: so many of so many, in which stage."""

    done: int
    total: int | None
    stage: str | None


class Job(BaseModel):
    """Long work: poll it, or follow its events."""

    id: str
    workspace: str
    kind: Literal["analysis", "import", "report"]
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: JobProgress
    result: dict[str, Any] | None
    problem: dict[str, Any] | None
    submitted_at: str
    started_at: str | None
    finished_at: str | None


class Revision(BaseModel):
    """One write: who changed how much, when."""

    number: int
    time: str
    who: str | None
    key: str | None
    counts: dict[str, int]
    import_id: str | None


class Revisions(BaseModel):
    """Revisions in order."""

    items: list[Revision]
    next_cursor: str | None
    total: int | None


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"]


class Ready(BaseModel):
    """Whether requests can be served, and what stands in the way."""

    status: Literal["ok", "unavailable"]
    checks: dict[str, str] = Field(description="What was asked -> `ok` or the reason why not.")


class Version(BaseModel):
    """The versions of the service and of what it computes with."""

    version: str
    api: str
    python: str
    engine: dict[str, str]


class SavedMapping(BaseModel):
    """One version of a mapping."""

    name: str
    version: int
    mapping: str = Field(description="The YAML as it was sent.")
    recorded_at: str

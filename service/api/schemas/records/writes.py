"""What writes answer, and the list of all writes."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from service.api.schemas.shapes import Answer, Listed, Time, Truncated


class RevisionAnswer(Answer, frozen=True, kw_only=True):
    """The write that was made."""

    revision: int


class LineError(Answer, frozen=True, kw_only=True):
    """One thing that is wrong with a line."""

    line: Annotated[int | None, Meta(description="Counts from 1, blank lines included.")]
    field: str | None
    code: str
    message: str


class FaultGroup(Answer, frozen=True, kw_only=True):
    """The same fault of several lines."""

    code: str
    field: str | None
    message: str
    count: int
    lines: Annotated[list[int], Meta(description="The first of them.")]


class BatchAnswer(Answer, frozen=True, kw_only=True):
    """What a batch did; accepted = created + updated + unchanged."""

    accepted: int
    created: int
    updated: int
    unchanged: int
    rejected: Annotated[int, Meta(description="Lines that were not written.")]
    errors: list[LineError]
    revision: Annotated[int | None, Meta(description="The write that was made; null where nothing changed.")]
    truncated: Annotated[Truncated | UnsetType, Meta(description="Says that `errors` was cut.")] = UNSET


class Revision(Answer, frozen=True, kw_only=True):
    """One write."""

    number: int
    time: Time
    who: str | None
    key: Annotated[str | None, Meta(description="The `Idempotency-Key` that was sent.")]
    counts: Annotated[dict[str, int], Meta(description="How many records were `created`, `updated`, `unchanged`, `rejected`, `taken_back` ...")]
    import_id: Annotated[str | None, Meta(description="The import that made it.")]


class RevisionList(Listed, frozen=True, kw_only=True):
    """Writes, the oldest first."""

    items: list[Revision]

"""Problems (RFC 9457): the one shape of all errors."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from service.api.schemas.records.imports import LaterWrite
from service.api.schemas.records.writes import FaultGroup, LineError
from service.api.schemas.shapes import Answer, Truncated


class Problem(Answer, frozen=True, kw_only=True):
    """What went wrong. Fields after `errors` are there with some types only."""

    type: Annotated[str, Meta(description="Stable; `/problems/` and a slug.", pattern="^/problems/[a-z0-9-]+$")]
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    instance: Annotated[str | UnsetType, Meta(description="The path that was asked; left out of the problem of a job.")] = UNSET
    errors: Annotated[list[LineError], Meta(description="Each thing that is wrong, with its line and field.")]
    truncated: Annotated[Truncated | UnsetType, Meta(description="Says that `errors` or `later` was cut.")] = UNSET
    faults: Annotated[list[FaultGroup] | UnsetType, Meta(description="Of an import: `errors` in groups.")] = UNSET
    count: Annotated[int | UnsetType, Meta(description="`in-use`: how many facts need it.")] = UNSET
    current: Annotated[Any, Meta(description="`version-conflict`: the version that there is.")] = UNSET
    sent: Annotated[str | UnsetType, Meta(description="`version-conflict`: the versions in `If-Match`.")] = UNSET
    limit: Annotated[float | int | UnsetType, Meta(description="`too-large`, `too-costly`, `parameter-out-of-range`: the limit.")] = UNSET
    needed: Annotated[int | UnsetType, Meta(description="`too-costly`: what would be needed.")] = UNSET
    day: Annotated[str | UnsetType, Meta(description="`too-costly`: of which of the two days.")] = UNSET
    metric: Annotated[str | UnsetType, Meta(description="`parameter-out-of-range`, `not-found`: which metric.")] = UNSET
    parameter: Annotated[str | UnsetType, Meta(description="`parameter-out-of-range`: which parameter.")] = UNSET
    import_id: Annotated[str | UnsetType, Meta(description="`built-on`: of which import.")] = UNSET
    later: Annotated[list[LaterWrite] | UnsetType, Meta(description="`built-on`: the writes that build on it.")] = UNSET
    revision: Annotated[int | UnsetType | None, Meta(description="`conflict`: the write that took the import back.")] = UNSET
    file: Annotated[str | UnsetType, Meta(description="`malformed`, `too-large`: which of the files.")] = UNSET
    line: Annotated[int | UnsetType, Meta(description="`malformed`: which line of the file.")] = UNSET
    operators: Annotated[list[str] | UnsetType, Meta(description="`cypher-not-read-only`: what the statement does beside reading.")] = UNSET
    neo4j_code: Annotated[str | UnsetType | None, Meta(description="`query-failed`: the code of Neo4j.")] = UNSET
    deadline_passed: Annotated[bool | UnsetType, Meta(description="`store-unavailable`: the store did not answer in time.")] = UNSET

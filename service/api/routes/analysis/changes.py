"""What changed between two days."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from graph_models.errors import TooCostly
from service.api.io.dependencies import CalculatorDep, KnownAtQuery, PageDep, PlaceDep
from service.api.io.operation_docs import answers, fails_with
from service.api.io.responses import json_answer, with_cursor
from service.api.schemas.analysis.changes import Changes

router = APIRouter(prefix="/v1/workspaces/{workspace}/changes", tags=["analyses"])


@router.get("", response_class=Response, responses=answers(Changes), openapi_extra=fails_with(TooCostly))
def list_changes(
    place: PlaceDep,
    calculator: CalculatorDep,
    begin: Annotated[str, Query(alias="from", description="A full day.", examples=["2024-12-31"])],
    end: Annotated[str, Query(alias="to", description="A full day, not before `from`.", examples=["2025-12-31"])],
    asked: PageDep,
    known_at: KnownAtQuery = None,
    kind: Annotated[Literal["rank", "structure", "fact"] | None, Query(description="Only these.")] = None,
    party: Annotated[str | None, Query(description="Only what is about this party.", examples=["d1"])] = None,
) -> Response:
    """Ranks that changed (those that moved most first) with the facts behind them, then the structure, then each fact that began, ended or changed."""
    revision, first = asked.place(known_at or "")
    query = {"kind": kind, "party": party, "limit": asked.limit, "offset": first}
    found: dict[str, Any] = calculator.ask("changes", place.workspace.id, begin=begin, end=end, known_at=revision or None, **query)
    return json_answer(with_cursor(found, asked, str(found["known_at"]), first))

"""What changed between two days."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from service.api.answers import json_answer, with_cursor
from service.api.documented import answers, page
from service.dependencies import CalculatorDep, KnownAtQuery, PageDep, PlaceDep

router = APIRouter(prefix="/v1/workspaces/{workspace}/changes", tags=["analyses"])
_RANK: dict[str, Any] = {
    "kind": "rank", "change": "fell", "party_id": "d1", "score": "value_flow", "before": {"value": 62.5, "rank": 1}, "after": {"value": 20.0, "rank": 4},
    "facts": ["r1"], "through": "paths",
}  # fmt: skip
_STRUCTURE: dict[str, Any] = {
    "kind": "structure", "change": "community-merged", "party_id": None, "before": "2", "after": "1", "message": "community 2 of 3 merged into 1",
    "parties": ["d1", "d2", "d3"], "facts": ["t1"],
}  # fmt: skip
_FACT: dict[str, Any] = {
    "kind": "fact", "change": "ended", "party_id": "d1", "type": "role",
    "before": {"source": "d1", "target": "firm", "kind": "distributor", "valid_from": "2023-04-01", "valid_to": "2025-06-30"}, "after": None, "facts": ["r1"],
}  # fmt: skip
_CHANGES = {"from": "2024-12-31", "to": "2025-12-31", "known_at": 12} | page(_RANK, _STRUCTURE, _FACT)


@router.get("", response_class=Response, responses=answers(_CHANGES))
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

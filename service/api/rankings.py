"""Rankings over time: asked for as jobs, then read."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from service import rankings
from service.api import examples
from service.api.answers import accepted, json_answer, list_of_things
from service.api.documented import answers, listed, page, takes
from service.dependencies import JsonDep, PageDep, PlaceDep, WritingDep
from service.submissions import submit

router = APIRouter(prefix="/v1/workspaces/{workspace}/rankings", tags=["analyses"])
_ASKED: dict[str, Any] = {"role": "supplier", "every": "year", "from": "2024-01-01", "to": "2025-12-31"}
_PERIOD: dict[str, Any] = {"from": "2024-01-01", "to": "2024-12-31", "analysis_id": "a-3f2c", "warnings": [], "undefined": []}
_ITEM: dict[str, Any] = {
    "party_id": "s1", "name": "Steel Works",
    "by_period": [
        {"influence": {"value": 20.5, "rank": 4, "change": None}},
        {"influence": {"value": 31.0, "rank": 2, "change": {"value": 10.5, "rank": 2}}},
    ],
}  # fmt: skip
_ABOUT: dict[str, Any] = {"ranking_id": "r-3f2c", "role": "supplier", "every": "year", "periods": [_PERIOD], "total": 1}
_RANKING = _ABOUT | {"items": [_ITEM]}


@router.post(
    "", status_code=202, response_class=Response,
    responses=answers(examples.JOB_QUEUED | {"kind": "ranking"}, "Queued.", status=202), openapi_extra=takes(_ASKED),
)  # fmt: skip
def submit_ranking(place: PlaceDep, fields: JsonDep, writing: WritingDep) -> Response:
    """Rank the parties of a role by both scores, in each `year`, `quarter` or `month`. Without `from` and `to`: of all days on which value flowed."""

    def arguments() -> dict[str, Any]:
        rankings.check(fields, place.vocabulary)
        return fields

    return accepted(submit(place.service, place.workspace.id, "ranking", writing, arguments))


@router.get("", response_class=Response, responses=answers(page(_ABOUT), schema=listed({"type": "object"})))
def list_rankings(place: PlaceDep, asked: PageDep) -> Response:
    """Rankings, newest first, without their items."""
    return list_of_things(place, asked, "ranking", lambda body: {name: value for name, value in body.items() if name != "items"})


@router.get("/{ranking_id}", response_class=Response, responses=answers(_RANKING))
def get_ranking(place: PlaceDep, ranking_id: Annotated[str, Path(description="The id of a ranking, or `latest`.", examples=["latest"])]) -> Response:
    """The thousand parties that stood highest in any period: value and rank in each, and the change from the one before (rank: places won)."""
    return json_answer(rankings.ranking(place.service, place.workspace.id, ranking_id))

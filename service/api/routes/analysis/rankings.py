"""Rankings over time: asked for as jobs, then read."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from service.analysis import rankings
from service.api.io.dependencies import JsonDep, PageDep, PlaceDep, WritingDep
from service.api.io.operation_docs import answers, takes
from service.api.io.responses import accepted, json_answer, list_of_things
from service.api.schemas.analysis.rankings import Ranking, RankingList, RankingRequest
from service.api.schemas.platform.jobs import Job
from service.imports.pipeline.submission import submit

router = APIRouter(prefix="/v1/workspaces/{workspace}/rankings", tags=["analyses"])


@router.post("", status_code=202, response_class=Response, responses=answers(Job, "Queued.", status=202), openapi_extra=takes(RankingRequest))
def submit_ranking(place: PlaceDep, fields: JsonDep, writing: WritingDep) -> Response:
    """Rank the parties of a role by both scores, in each `year`, `quarter` or `month`. Without `from` and `to`: of all days on which value flowed."""

    def arguments() -> dict[str, Any]:
        rankings.check(fields, place.vocabulary)
        return fields

    return accepted(submit(place.service, place.workspace.id, "ranking", writing, arguments))


@router.get("", response_class=Response, responses=answers(RankingList))
def list_rankings(place: PlaceDep, asked: PageDep) -> Response:
    """Rankings, newest first, without their items."""
    return list_of_things(place, asked, "ranking", lambda body: {name: value for name, value in body.items() if name != "items"})


@router.get("/{ranking_id}", response_class=Response, responses=answers(Ranking))
def get_ranking(place: PlaceDep, ranking_id: Annotated[str, Path(description="The id of a ranking, or `latest`.", examples=["latest"])]) -> Response:
    """The thousand parties that stood highest in any period: value and rank in each, and the change from the one before (rank: places won)."""
    return json_answer(rankings.ranking(place.service, place.workspace.id, ranking_id))

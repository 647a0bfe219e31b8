"""Analyses: asked for as jobs, then read: scores page by page, what one party has, and why."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from graph_models.errors import ParameterOutOfRange, TooCostly
from service.analysis import comparison
from service.analysis import results as analysis
from service.analysis.request import check_place, check_request
from service.api.io.dependencies import CalculatorDep, JsonDep, PageDep, PlaceDep, WritingDep
from service.api.io.operation_docs import answers, fails_with, takes
from service.api.io.responses import accepted, json_answer, list_of_things, with_cursor
from service.api.schemas.analysis.analyses import Analysis, AnalysisList, AnalysisRequest
from service.api.schemas.analysis.scores import Comparison, ExplainedName, Explanation, PartyScores, ScoreList, Series
from service.api.schemas.platform.jobs import Job
from service.http.encoded_slashes import id_in_path
from service.imports.pipeline.submission import submit
from service.workspaces.rules import rules_of

router = APIRouter(prefix="/v1/workspaces/{workspace}/analyses", tags=["analyses"])
AnalysisId = Annotated[str, Path(description="The id of an analysis, or `latest`.", examples=["latest"])]
_FAILS = fails_with(TooCostly, ParameterOutOfRange)
PartyId = Annotated[str, Path(description="A party's id, percent-encoded.", examples=["d1"])]


@router.post("", status_code=202, response_class=Response, responses=answers(Job, "Queued.", status=202),
             openapi_extra=takes(AnalysisRequest) | fails_with(TooCostly))  # fmt: skip
def submit_analysis(place: PlaceDep, fields: JsonDep, writing: WritingDep) -> Response:
    """Compute metrics in the worker. Left out, `metrics` are the default set. With `series` there is one result a date, up to a thousand:
    `{"from": "2024-12-31", "to": "2025-12-31", "step": "P1M"}` (`P7D`, `P1W`, `P3M`, `P1Y`), each with its own default period."""

    def arguments() -> dict[str, Any]:
        check_place(place.service, place.workspace.id, check_request(fields, place.vocabulary, rules_of(place.service, place.workspace.id)))
        return fields

    return accepted(submit(place.service, place.workspace.id, "analysis", writing, arguments))


@router.get("", response_class=Response, responses=answers(AnalysisList))
def list_analyses(place: PlaceDep, asked: PageDep) -> Response:
    """Analyses, newest first."""
    return list_of_things(place, asked, "analysis", analysis.answered)


@router.get("/compare", response_class=Response, responses=answers(Comparison))
def compare_analyses(
    place: PlaceDep,
    ids: Annotated[str, Query(description="Two analyses, `before,after`; one may be `latest`.", examples=["18c2a9,latest"])],
    asked: PageDep,
    name: Annotated[str, Query(description="The name of a result that both have.", examples=["influence"])] = "influence",
) -> Response:
    """One result of two analyses, party by party, the largest change first; `differs` says in what else the two are not alike."""
    ids, first = asked.place(ids)
    found = comparison.compared(place.service, place.workspace.id, ids, name, offset=first, limit=asked.limit)
    return json_answer(with_cursor(found, asked, ",".join(side["analysis_id"] for side in found["analyses"]), first))


@router.get("/{analysis_id}", response_class=Response, responses=answers(Analysis))
def get_analysis(place: PlaceDep, analysis_id: AnalysisId) -> Response:
    """An analysis: of which snapshot, with which parameters and versions, how long it took, and what a reader has to know."""
    return json_answer(analysis.answered(analysis.analysis(place.service, place.workspace.id, analysis_id)))


@router.get("/{analysis_id}/scores/{name}", response_class=Response, responses=answers(ScoreList))
def list_scores(
    place: PlaceDep,
    analysis_id: AnalysisId,
    name: Annotated[str, Path(description="The name of a result.", examples=["influence"])],
    asked: PageDep,
    role: Annotated[str | None, Query(description="Only parties that have this role.", examples=["supplier"])] = None,
    order: Annotated[Literal["asc", "desc"], Query()] = "desc",
) -> Response:
    """One result, the highest first; parties for which it is undefined come last, without rank."""
    roles = () if role is None else (role,)
    result = id_in_path(name)
    analysis_id, first = asked.place(analysis_id)
    about = analysis.analysis(place.service, place.workspace.id, analysis_id, [result])
    found = analysis.scores(
        place.service, place.workspace.id, about["analysis_id"], result, roles=roles, descending=order == "desc", offset=first, limit=asked.limit
    )
    return json_answer(with_cursor(found, asked, about["analysis_id"], first))


@router.get("/{analysis_id}/series/{name}", response_class=Response, responses=answers(Series))
def get_series(
    place: PlaceDep,
    analysis_id: AnalysisId,
    name: Annotated[str, Path(description="The name of a result.", examples=["influence"])],
    party: Annotated[str, Query(description="A party's id.", examples=["d1"])],
) -> Response:
    """One result of one party over the dates of a series. `latest` is the newest series that has it."""
    return json_answer(analysis.over_time(place.service, place.workspace.id, analysis_id, id_in_path(name), party))


@router.get("/{analysis_id}/parties/{party_id}", response_class=Response, responses=answers(PartyScores))
def get_party_scores(place: PlaceDep, analysis_id: AnalysisId, party_id: PartyId) -> Response:
    """Every number that the analysis has of one party."""
    return json_answer(analysis.party_scores(place.service, place.workspace.id, analysis_id, id_in_path(party_id)))


@router.get(
    "/{analysis_id}/parties/{party_id}/explain",
    response_class=Response,
    responses=answers(Explanation),
    openapi_extra=fails_with(TooCostly, ParameterOutOfRange),
)
def explain_score(
    place: PlaceDep,
    calculator: CalculatorDep,
    analysis_id: AnalysisId,
    party_id: PartyId,
    score: Annotated[ExplainedName, Query(description="A score, or a class of parties.")] = "influence",
    counterfactual: Annotated[bool, Query(description="Of a score: also find the one fact without which the score would change most.")] = False,
) -> Response:
    """Why a party has its score or class: the parts, their points, and the paths and facts behind them."""
    asked = {"analysis_id": analysis_id, "party": id_in_path(party_id), "score": score, "counterfactual": counterfactual}
    return json_answer(calculator.ask("explain", place.workspace.id, **asked))

"""Pages for people: the start page, explanations, the report, the documentation. They are no part of the documented API."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from graph_models.errors import NotFound
from service.api.io.dependencies import CalculatorDep, Place, PlaceDep, ServiceDep
from service.http.encoded_slashes import id_in_path, in_path
from service.http.gate import COOKIE, PAGE_HEADERS
from service.http.sessions import Sessions
from service.pages.api_docs import docs_page
from service.pages.explanation import explained, explanation_page
from service.pages.report import made_report, newest_report, report_page
from service.pages.sign_in import own_path, sign_in_page
from service.pages.start import start_page
from service.pages.templating import Locale, locale_of
from service.stores.interface.store import At

router = APIRouter(include_in_schema=False)


async def _locale(request: Request, lang: Annotated[Literal["en", "zh"] | None, Query()] = None) -> Locale:
    return locale_of(lang, request.headers.get("accept-language", ""))


LocaleDep = Annotated[Locale, Depends(_locale)]
AnalysisQuery = Annotated[str, Query(alias="analysis")]


@router.get("/")
def start(service: ServiceDep, locale: LocaleDep) -> HTMLResponse:
    """The start page."""
    return HTMLResponse(start_page(service, locale), headers=PAGE_HEADERS)


@router.get("/openapi.json")
def openapi_document(request: Request) -> Response:
    """The OpenAPI document; made in a thread, for it takes a second."""
    return Response(_encoded(request.app), media_type="application/json")


@lru_cache(4)
def _encoded(app: FastAPI) -> bytes:
    return msgspec.json.encode(app.openapi())


@router.get("/docs")
def documentation(request: Request, locale: LocaleDep) -> HTMLResponse:
    """The API's documentation."""
    return HTMLResponse(docs_page(request.app.openapi(), locale), headers=PAGE_HEADERS)


@router.get("/pages/{workspace}/parties/{party_id}")
def explanation(
    place: PlaceDep,
    calculator: CalculatorDep,
    party_id: str,
    locale: LocaleDep,
    score: Annotated[Literal["influence", "value_flow"], Query()] = "influence",
    analysis_id: AnalysisQuery = "latest",
) -> HTMLResponse:
    """Why a party has its score in an analysis, `latest` by default."""
    shown = explained(place.service, calculator, place.workspace, analysis_id, id_in_path(party_id), score)
    return HTMLResponse(explanation_page(place.store, place.vocabulary, shown, At(), locale), headers=PAGE_HEADERS)


@router.get("/pages/{workspace}/report")
def report(place: PlaceDep, locale: LocaleDep, analysis_id: AnalysisQuery = "latest") -> Response:
    """The newest report of an analysis, `latest` by default; where there is none, a button that makes one."""
    report_id = newest_report(place.service, place.workspace.id, locale, analysis_id)
    if report_id is None:
        return HTMLResponse(report_page(place.workspace, locale, analysis_id), headers=PAGE_HEADERS)
    return _to_report(place, report_id)


@router.post("/pages/{workspace}/report")
async def make_report(place: PlaceDep, locale: LocaleDep, analysis_id: AnalysisQuery = "latest") -> Response:
    """Make the report of an analysis, if it is not there, and go to it."""
    return _to_report(place, await made_report(place.service, place.workspace.id, locale, analysis_id))


@router.post("/auth/session")
async def sign_in(request: Request, locale: LocaleDep, token: Annotated[str, Form()], following: Annotated[str, Form(alias="next")] = "/") -> Response:
    """Take the token from the form of the page that asks for it; a browser that sent it has a session from there on."""
    sessions: Sessions | None = request.app.state.gate.sessions
    if sessions is None:
        raise NotFound("This service asks for no token")
    if not sessions.is_token(token.strip().encode()):
        return HTMLResponse(sign_in_page(locale, following, was_wrong=True), 401, PAGE_HEADERS)
    answer = RedirectResponse(own_path(following), 303, {"Cache-Control": "no-store"})
    answer.set_cookie(COOKIE, sessions.session(), path="/", httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return answer


def _to_report(place: Place, report_id: str) -> Response:
    return RedirectResponse(f"/v1/workspaces/{in_path(place.workspace.id)}/reports/{report_id}", 303)

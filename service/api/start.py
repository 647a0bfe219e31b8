"""Pages for people: the start page, explanations, the report, the documentation. They are no part of the documented API."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from service.dependencies import CalculatorDep, PlaceDep, ServiceDep
from service.http_paths import id_in_path, in_path
from service.pages import Locale, locale_of
from service.pages.api_docs import docs_page
from service.pages.explanation import explained, explanation_page
from service.pages.report import newest_report
from service.pages.start import start_page
from service.stores.store import At

router = APIRouter(include_in_schema=False)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


async def _locale(request: Request, lang: Annotated[Literal["en", "zh"] | None, Query()] = None) -> Locale:
    return locale_of(lang, request.headers.get("accept-language", ""))


LocaleDep = Annotated[Locale, Depends(_locale)]
AnalysisQuery = Annotated[str, Query(alias="analysis")]


@router.get("/")
def start(service: ServiceDep, locale: LocaleDep) -> HTMLResponse:
    """The start page."""
    return HTMLResponse(start_page(service, locale), headers=_HEADERS)


@router.get("/docs")
def documentation(request: Request, locale: LocaleDep) -> HTMLResponse:
    """The API's documentation."""
    return HTMLResponse(docs_page(request.app.openapi(), locale), headers=_HEADERS)


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
    return HTMLResponse(explanation_page(place.store, place.vocabulary, shown, At(), locale), headers=_HEADERS)


@router.get("/pages/{workspace}/report")
async def report(place: PlaceDep, locale: LocaleDep, analysis_id: AnalysisQuery = "latest") -> RedirectResponse:
    """The report of an analysis, `latest` by default."""
    report_id = await newest_report(place.service, place.workspace.id, locale, analysis_id)
    return RedirectResponse(f"/v1/workspaces/{in_path(place.workspace.id)}/reports/{report_id}", 303)

"""Reports: made as jobs, fetched as files."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.responses import FileResponse

from service.api.io.dependencies import JsonDep, PageDep, PlaceDep, WritingDep
from service.api.io.operation_docs import TEXT, answers, answers_as, takes
from service.api.io.responses import accepted, fixed_list
from service.api.schemas.analysis.reports import ReportKindList, ReportRequest
from service.api.schemas.platform.jobs import Job
from service.imports.pipeline.submission import submit
from service.reports import registry as reports

router = APIRouter(prefix="/v1/workspaces/{workspace}/reports", tags=["reports"])
_KINDS = [kind.as_json() for kind in reports.KINDS.values()]
_FILE = answers_as("text/html", TEXT, "The file.")
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""A report is one file without scripts; whatever a name in it says, it can load and run nothing."""


@router.get("/kinds", response_class=Response, responses=answers(ReportKindList))
async def list_report_kinds(place: PlaceDep, asked: PageDep) -> Response:
    """The kinds of reports and their sections."""
    return fixed_list(asked, _KINDS)


@router.post("", status_code=202, response_class=Response, responses=answers(Job, "Queued.", status=202), openapi_extra=takes(ReportRequest))
def submit_report(place: PlaceDep, fields: JsonDep, writing: WritingDep) -> Response:
    """Make a report of an analysis in the worker."""

    def arguments() -> dict[str, Any]:
        reports.check_request(fields)
        return fields

    return accepted(submit(place.service, place.workspace.id, "report", writing, arguments))


@router.get("/{report_id}", response_class=FileResponse, responses=_FILE)
def get_report(place: PlaceDep, report_id: Annotated[str, Path(description="The id of a report.", examples=["18f2a1"])]) -> FileResponse:
    """The file of a report."""
    report = reports.report_file(place.service, place.workspace.id, report_id)
    return FileResponse(report.path, media_type=report.media_type, headers={"Content-Security-Policy": _ALONE, "X-Content-Type-Options": "nosniff"})

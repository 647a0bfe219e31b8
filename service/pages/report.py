"""The newest strategy report of an analysis in a language, and how a person has one made."""

from __future__ import annotations

import asyncio
from time import monotonic

from fastapi.concurrency import run_in_threadpool

from graph_models.errors import NotFound, StoreUnavailable
from service.analysis import results as analysis
from service.catalog.catalog import Workspace
from service.jobs.job import FINAL, Job
from service.pages.templating import Locale, page
from service.reports.sections.report_data import NEEDED
from service.stores.interface.store import Writing
from service.workspaces.context import Service

WAIT_S = 30.0
POLL_S = 0.1
KIND, FORMAT = "strategy", "html"


def newest_report(service: Service, workspace_id: str, locale: Locale, analysis_id: str = "latest") -> str | None:
    """The id of the newest report of an analysis, where there is one. Raises ``NotFound`` where nothing was scored."""
    wanted = {"kind": KIND, "format": FORMAT, "locale": locale, "analysis_id": _analysed(service, workspace_id, analysis_id)}
    reports = service.catalog.things(workspace_id, "report")
    return next((str(report["report_id"]) for report in reports if all(report.get(name) == value for name, value in wanted.items())), None)


def report_page(workspace: Workspace, locale: Locale, analysis_id: str = "latest") -> str:
    """The page that says that there is no such report yet, with the button that makes one."""
    return page("report.html", locale, workspace=workspace, analysis_id=analysis_id)


async def made_report(service: Service, workspace_id: str, locale: Locale, analysis_id: str = "latest") -> str:
    """The id of a report of an analysis. Raises ``NotFound`` where nothing was scored, ``StoreUnavailable`` where the worker does not come to it."""
    job = await run_in_threadpool(_submitted, service, workspace_id, locale, analysis_id)
    limit = monotonic() + WAIT_S
    while job.state not in FINAL and monotonic() < limit:
        await asyncio.sleep(POLL_S)
        job = service.jobs.get(job.id)
    if job.state != "done" or job.result is None:
        raise StoreUnavailable("The report is not ready; try again soon", job=job.id, state=job.state)
    return str(job.result["report_id"])


def _submitted(service: Service, workspace_id: str, locale: Locale, analysis_id: str) -> Job:
    """The job of this analysis and language: its key makes it one, however often the page is asked for."""
    analysis_id = _analysed(service, workspace_id, analysis_id)
    arguments = {"kind": KIND, "format": FORMAT, "locale": locale, "analysis": analysis_id}
    job = service.jobs.submit("report", workspace_id, arguments, Writing(key=f"page-report-{locale}-{analysis_id}", body_hash=""))
    return job if job.state not in ("failed", "cancelled") else service.jobs.submit("report", workspace_id, arguments)


def _analysed(service: Service, workspace_id: str, analysis_id: str) -> str:
    """The id of the analysis, which has all that a report needs."""
    about = analysis.analysis(service, workspace_id, analysis_id, NEEDED)
    if missing := sorted(set(NEEDED) - about["metrics"].keys()):
        raise NotFound(f"The analysis {about['analysis_id']!r} has no {', '.join(missing)}: a report needs them")
    return str(about["analysis_id"])

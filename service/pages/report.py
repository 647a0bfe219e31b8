"""The newest strategy report of an analysis in a language; it is made where there is none yet."""

from __future__ import annotations

import asyncio
from time import monotonic

from fastapi.concurrency import run_in_threadpool

from graph_models.errors import NotFound, StoreUnavailable
from service import analysis
from service.jobs import FINAL, Job
from service.pages import Locale
from service.reports.answers import NEEDED
from service.stores.store import Writing
from service.workplace import Service

WAIT_S = 30.0
POLL_S = 0.1


async def newest_report(service: Service, workspace_id: str, locale: Locale, analysis_id: str = "latest") -> str:
    """The id of the report. Raises ``NotFound`` where nothing was scored, ``StoreUnavailable`` where the worker does not come to it."""
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
    about = analysis.analysis(service, workspace_id, analysis_id, NEEDED)
    if missing := sorted(set(NEEDED) - about["metrics"].keys()):
        raise NotFound(f"The analysis {about['analysis_id']!r} has no {', '.join(missing)}: a report needs them")
    analysis_id = about["analysis_id"]
    arguments = {"kind": "strategy", "format": "html", "locale": locale, "analysis": analysis_id}
    job = service.jobs.submit("report", workspace_id, arguments, Writing(key=f"page-report-{locale}-{analysis_id}", body_hash=""))
    return job if job.state not in ("failed", "cancelled") else service.jobs.submit("report", workspace_id, arguments)

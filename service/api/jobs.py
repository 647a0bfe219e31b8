"""Jobs: long work, polled, followed as events, cancelled."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse

from service.api import examples
from service.api.answers import json_answer
from service.api.documented import answers
from service.api.events import EVENT_STREAM, job_events
from service.api.schemas import Job
from service.dependencies import ServiceDep, WritingDep
from service.idempotency import once

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
JobId = Annotated[str, Path(description="The id of the job.", examples=[examples.JOB_QUEUED["id"]])]


@router.get("/{job_id}", response_model=Job, responses=answers(examples.JOB_DONE))
async def get_job(service: ServiceDep, job_id: JobId) -> Response:
    """How far a job is, and its result or problem once it has ended."""
    return json_answer(service.jobs.get(job_id).as_json())


@router.delete("/{job_id}", response_model=Job, responses=answers(examples.JOB_QUEUED | {"state": "cancelled"}))
def cancel_job(service: ServiceDep, job_id: JobId, writing: WritingDep) -> Response:
    """Cancel a job: a queued one at once, a running one within two seconds, also in the middle of a computation."""
    return json_answer(once(service.catalog, "", writing, lambda: service.jobs.cancel(job_id).as_json()))


@router.get(
    "/{job_id}/events",
    response_class=StreamingResponse,
    responses=answers("id: 1\\nevent: progress\\ndata: {}\\n\\n", schema={"type": "string"}, media=EVENT_STREAM),
)
async def follow_job(request: Request, service: ServiceDep, job_id: JobId) -> StreamingResponse:
    """Server-sent events: one whenever the job goes on, the last when it has ended."""
    service.jobs.get(job_id)
    return StreamingResponse(job_events(request, service, job_id), media_type=EVENT_STREAM, headers={"Cache-Control": "no-store"})

"""Jobs: long work, polled, followed as events, cancelled."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse

from service.api.io.dependencies import ServiceDep, WritingDep
from service.api.io.event_stream import EVENT_STREAM, job_events
from service.api.io.operation_docs import TEXT, answers, answers_as
from service.api.io.responses import json_answer
from service.api.schemas.platform.jobs import Job
from service.catalog.idempotency import once

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
JobId = Annotated[str, Path(description="The id of the job.")]


@router.get("/{job_id}", response_class=Response, responses=answers(Job))
async def get_job(service: ServiceDep, job_id: JobId) -> Response:
    """How far a job is, and its result or problem once it has ended."""
    return json_answer(service.jobs.get(job_id).as_json())


@router.delete("/{job_id}", response_class=Response, responses=answers(Job))
def cancel_job(service: ServiceDep, job_id: JobId, writing: WritingDep) -> Response:
    """Cancel a job: a queued one at once, a running one within two seconds, also in the middle of a computation."""
    return json_answer(once(service.catalog, "", writing, lambda: service.jobs.cancel(job_id).as_json()))


@router.get("/{job_id}/events", response_class=StreamingResponse, responses=answers_as(EVENT_STREAM, TEXT, "Events; the data of each is a job."))
async def follow_job(request: Request, service: ServiceDep, job_id: JobId) -> StreamingResponse:
    """Server-sent events: one whenever the job goes on, the last when it has ended."""
    service.jobs.get(job_id)
    return StreamingResponse(job_events(request, service, job_id), media_type=EVENT_STREAM, headers={"Cache-Control": "no-store"})

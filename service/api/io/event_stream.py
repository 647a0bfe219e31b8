"""Server-sent events: what changes is looked up and sent on, with a heartbeat, until the client leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

import msgspec
from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from service.jobs.job import FINAL
from service.stores.interface.store import Revision, Store
from service.workspaces.context import Service

EVENT_STREAM = "text/event-stream"
JOB_POLL_S = 0.2
REVISION_POLL_S = 1.0
HEARTBEAT_S = 15.0
REVISIONS_AT_ONCE = 500


async def job_events(request: Request, service: Service, job_id: str) -> AsyncIterator[bytes]:
    """A job whenever it goes on; ends with it."""
    last: dict[str, Any] | None = None
    number, sent_at = 0, monotonic()
    while not await request.is_disconnected():
        job = service.jobs.get(job_id).as_json()
        if job != last:
            number, last, sent_at = number + 1, job, monotonic()
            yield _event(number, "ended" if job["state"] in FINAL else "progress", job)
        if job["state"] in FINAL:
            return
        if monotonic() - sent_at > HEARTBEAT_S:
            sent_at = monotonic()
            yield b": still here\n\n"
        await asyncio.sleep(JOB_POLL_S)


async def revision_events(request: Request, store: Store, after: int) -> AsyncIterator[bytes]:
    """Revisions after a number, as they are made."""
    sent_at = monotonic()
    while not await request.is_disconnected():
        found = await run_in_threadpool(store.revisions, after, REVISIONS_AT_ONCE)
        for revision in found:
            after, sent_at = revision.number, monotonic()
            yield _event(revision.number, "revision", revision_json(revision))
        if monotonic() - sent_at > HEARTBEAT_S:
            sent_at = monotonic()
            yield b": still here\n\n"
        if not found:
            await asyncio.sleep(REVISION_POLL_S)


def revision_json(revision: Revision) -> dict[str, Any]:
    """A revision as it is answered: without the hash and the answer that are kept for its key."""
    return {name: value for name, value in revision._asdict().items() if name not in ("body_hash", "answer")}


def _event(number: int, name: str, content: Any) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (number, name.encode(), msgspec.json.encode(content))

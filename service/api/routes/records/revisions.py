"""Revisions: who changed how much, when; as a list and as events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from service.api.io.dependencies import MAX_NUMBER, PageDep, PlaceDep
from service.api.io.event_stream import EVENT_STREAM, revision_events, revision_json
from service.api.io.operation_docs import answers
from service.api.io.responses import json_answer
from service.api.schemas.records.writes import RevisionList

router = APIRouter(prefix="/v1/workspaces/{workspace}/revisions", tags=["revisions"])
After = Annotated[int, Query(ge=0, le=MAX_NUMBER, description="Only those after this number.")]


@router.get("", response_class=Response, responses=answers(RevisionList))
def list_revisions(
    request: Request,
    place: PlaceDep,
    asked: PageDep,
    after: After = 0,
    last_event_id: Annotated[int | None, Header(ge=0, le=MAX_NUMBER)] = None,
) -> Response:
    """Writes in order. With `Accept: text/event-stream` they are sent as they are made."""
    begun = after if asked.after is None else int(asked.after)
    start = begun if last_event_id is None else last_event_id
    if EVENT_STREAM in request.headers.get("accept", ""):
        return StreamingResponse(revision_events(request, place.store, start), media_type=EVENT_STREAM, headers={"Cache-Control": "no-store"})
    found = place.store.revisions(start, asked.limit + 1)
    following = found[asked.limit - 1].number if len(found) > asked.limit else None
    return json_answer({"items": [revision_json(revision) for revision in found[: asked.limit]], "next_cursor": asked.cursor(following), "total": None})

"""Batches: up to 50,000 records in one revision."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from service.api.io.dependencies import LinesDep, PlaceDep, WritingDep
from service.api.io.operation_docs import NDJSON, answers, takes_as
from service.api.io.responses import json_answer
from service.api.schemas.records.writes import BatchAnswer
from service.facts.batches import take_batch

router = APIRouter(prefix="/v1/workspaces/{workspace}/batches", tags=["batches"])
OnError = Annotated[Literal["abort", "skip"], Query(description="`abort`: with any error nothing is written (422); `skip`: what is good is written.")]


_LINES = {"type": "string", "description": "One record a line, each with its `type`; gzip is taken too."}


@router.post("", response_class=Response, responses=answers(BatchAnswer), openapi_extra=takes_as(NDJSON, _LINES))
def write_batch(place: PlaceDep, body: LinesDep, writing: WritingDep, on_error: OnError = "abort") -> Response:
    """Write NDJSON, optionally gzipped, one record a line with its `type`, all in one transaction. A fact may name a party of the same batch, in any order."""
    return json_answer(take_batch(place.service, place.workspace.id, body, on_error, writing).as_json())

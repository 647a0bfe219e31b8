"""Export: a workspace as one file that can be imported again."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from service.api import examples
from service.api.documented import NDJSON, answers
from service.dependencies import AsOfQuery, PlaceDep
from service.export import ndjson

router = APIRouter(prefix="/v1/workspaces/{workspace}/export", tags=["export"])


@router.get("", response_class=StreamingResponse, responses=answers(examples.BATCH, schema={"type": "string"}, media=NDJSON))
def export_records(
    place: PlaceDep, format: Annotated[Literal["ndjson"], Query(description="`ndjson` is lossless.")] = "ndjson", as_of: AsOfQuery = None
) -> StreamingResponse:
    """Every slice and event believed now (with `as_of`: what reads so on that day), own vocabulary first, in a fixed order, without fields of the service."""
    headers = {"Content-Disposition": 'attachment; filename="export.ndjson"'}
    return StreamingResponse(ndjson(place.store, place.vocabulary, as_of), media_type=NDJSON, headers=headers)

"""Export: a workspace as one file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from service.api.io.dependencies import AsOfQuery, PlaceDep
from service.api.io.operation_docs import NDJSON, TEXT, answers_as
from service.exports.registry import FORMATS, exported, format_named

router = APIRouter(prefix="/v1/workspaces/{workspace}/export", tags=["export"])
_MEANT = "; ".join(f"`{form.name}`: {form.description[0].lower()}{form.description[1:]}" for form in FORMATS)
FormatName = Literal["ndjson", "csv", "xlsx", "graphml", "parquet", "cypher"]
_FILE = {"schema": {"type": "string", "format": "binary"}, "example": "(the bytes of the file)"}
_DOCUMENTED: dict[int | str, dict[str, Any]] = answers_as(NDJSON, TEXT, "The file.")
_DOCUMENTED[200]["content"] |= {form.media: _FILE for form in FORMATS if form.media != NDJSON}


@router.get("", response_class=StreamingResponse, responses=_DOCUMENTED)
def export_records(place: PlaceDep, format: Annotated[FormatName, Query(description=f"{_MEANT}.")] = "ndjson", as_of: AsOfQuery = None) -> StreamingResponse:
    """Every slice and event believed now (with `as_of`: what reads so on that day), own vocabulary first, in a fixed order, without fields of the service.

    Cells of `csv` and `xlsx` that a spreadsheet would run as a formula begin with an apostrophe.
    """
    form = format_named(format)
    headers = {"Content-Disposition": f'attachment; filename="export.{form.ending}"'}
    return StreamingResponse(exported(place.store, place.vocabulary, form, as_of, place.workspace.locale), media_type=form.media, headers=headers)

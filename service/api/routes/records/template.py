"""The Excel template, which imports without a mapping."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from graph_models.records.vocabulary import BUILT_IN
from service.api.io.operation_docs import answers_as
from service.imports.template.workbook import template

router = APIRouter(prefix="/v1", tags=["imports"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/template.xlsx", response_class=Response, responses=answers_as(XLSX, {"type": "string", "format": "binary"}, "The workbook."))
def get_template(locale: Annotated[Literal["en", "zh"], Query(description="The language of its words.")] = "en") -> Response:
    """A workbook to fill in: customers, orders, suppliers, contacts, surveys, owners, people. `POST W/imports` takes it without a mapping."""
    return Response(template(BUILT_IN, locale), media_type=XLSX, headers={"Content-Disposition": 'attachment; filename="template.xlsx"'})

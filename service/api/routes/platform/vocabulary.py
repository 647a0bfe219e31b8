"""The vocabulary: the product's, and the workspace's own on top of it."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Response

from graph_models.records.vocabulary import BUILT_IN, terms_of
from service.api.io.dependencies import JsonDep, PlaceDep, WritingDep
from service.api.io.operation_docs import answers, takes
from service.api.io.responses import json_answer
from service.api.schemas.platform import vocabulary as shapes

router = APIRouter(prefix="/v1", tags=["vocabulary"])
_BUILT_IN_ANSWER = msgspec.json.encode(BUILT_IN.as_json())


@router.get("/vocabulary", responses=answers(shapes.Vocabulary), response_class=Response)
async def get_vocabulary() -> Response:
    """The vocabulary of the product: every kind with its labels, direction, default strength, Neo4j label or type."""
    return json_answer(_BUILT_IN_ANSWER)


@router.get("/workspaces/{workspace}/vocabulary", responses=answers(shapes.Vocabulary), response_class=Response)
def get_workspace_vocabulary(place: PlaceDep) -> Response:
    """The vocabulary with the workspace's own entries (`own`: true)."""
    return json_answer(place.vocabulary.as_json())


@router.post("/workspaces/{workspace}/vocabulary", responses=answers(shapes.Vocabulary), response_class=Response, openapi_extra=takes(shapes.OwnVocabulary))
def add_to_vocabulary(place: PlaceDep, fields: JsonDep, writing: WritingDep) -> Response:
    """Add entries of the workspace's own; an own entry of the same id is replaced, one of the product's is 422."""
    return json_answer(place.service.extend_vocabulary(place.workspace.id, terms_of(fields), writing).as_json())

"""The neighborhood of a party: asked more often than anything else, so its parameters are read by hand.

FastAPI resolves each declared parameter and dependency anew for every request, which took longer here than finding the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import parse_qsl

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from graph_models.decoding import decode_query
from graph_models.errors import InvalidInput
from service.api.io.dependencies import at_once, place_of
from service.api.io.list_filters import kinds_named
from service.api.io.operation_docs import answers
from service.api.io.responses import json_answer
from service.api.schemas.records.records import Neighborhood
from service.facts.instants import instant
from service.facts.neighborhood import neighborhood
from service.http.encoded_slashes import id_in_path
from service.workspaces.context import Service

PATH = "/v1/workspaces/{workspace}/parties/{record_id}/neighborhood"
router = APIRouter(tags=["parties"])
MAX_HOPS = 3


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The query parameters."""

    hops: Annotated[int, msgspec.Meta(ge=1, le=MAX_HOPS, description="How many facts away.")] = 1
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000, description="How many parties at the most, the party itself included.")] = 100
    kinds: Annotated[str, msgspec.Meta(description="Only along facts of these kinds, parted by commas.", examples=["money,owns"])] | None = None
    as_of: Annotated[str, msgspec.Meta(description="A full day; default: the workspace's `default_as_of`, else today in its `time_zone`.")] | None = None
    known_at: Annotated[str, msgspec.Meta(description="A time with zone, or digits only: a revision; default: now.")] | None = None

    def wanted(self, service: Service, workspace_id: str) -> Sequence[str] | None:
        """The ids of the kinds that are named, one by one; ``None``: all."""
        return None if self.kinds is None else kinds_named(service.vocabulary(workspace_id), self.kinds)


def _documented() -> dict[str, Any]:
    path = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in ("workspace", "record_id")]
    schemas: Mapping[str, Any] = msgspec.json.schema(Asked)["$defs"]["Asked"]["properties"]
    return {"parameters": path + [{"name": name, "in": "query", "required": False, "schema": schema} for name, schema in schemas.items()]}


@router.get(PATH, response_class=Response, responses=answers(Neighborhood), openapi_extra=_documented())
async def get_neighborhood(request: Request) -> Response:
    """Parties at most so many facts away, the nearest first, and the facts among them, as records."""
    workspace, record_id = request.path_params["workspace"], request.path_params["record_id"]
    place = await place_of(request, id_in_path(workspace))
    asked = _asked(request.scope["query_string"])
    at = await at_once(place.store, instant, place.store, place.service.default_day(place.workspace), asked.as_of, asked.known_at)
    arguments = (place.store, id_in_path(record_id), at, asked.hops, asked.limit, asked.wanted(place.service, place.workspace.id))
    found = await (at_once(place.store, neighborhood, *arguments) if asked.hops == 1 else run_in_threadpool(neighborhood, *arguments))
    return json_answer(found.as_json())


def answer_at_once(service: Service, workspace_id: str, record_id: str, query: bytes) -> bytes | None:
    """The same in the event loop; ``None`` where it might keep others waiting. Errors are not told apart: see ``http_direct.py``."""
    workspace, store, asked = service.workspace(workspace_id), service.opened(workspace_id), _asked(query)
    if store is None or not store.answers_at_once or asked.hops > 1:
        return None
    at = instant(store, service.default_day(workspace), asked.as_of, asked.known_at)
    return neighborhood(store, record_id, at, 1, asked.limit, asked.wanted(service, workspace_id)).as_json()


@lru_cache(maxsize=1024)
def _asked(query: bytes) -> Asked:
    """``InvalidInput`` names the parameter that is unknown or not valid."""
    try:
        text = query.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput.of("wrong-type", f"the query is not UTF-8: {error}") from None
    return decode_query(parse_qsl(text, keep_blank_values=True), Asked)

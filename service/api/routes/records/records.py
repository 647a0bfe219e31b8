"""Records, one router a collection: lists, single records, their history, and writes that restate, correct and take away."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from graph_models.errors import InUse, StageNotAllowed
from graph_models.records.record_types import BY_COLLECTION, RECORD_TYPES, RecordType
from service.api.io.dependencies import GuardDep, InstantDep, JsonBytesDep, PageDep, Place, PlaceDep, RecordIdDep, WritingDep, at_once
from service.api.io.list_filters import filters_of, parameters
from service.api.io.operation_docs import answers, fails_with, takes
from service.api.io.record_bodies import fields_sent, record_sent
from service.api.io.responses import etag, json_answer
from service.api.schemas.records.records import ANSWERED, HISTORIES, LISTS, PATCHES, PUTS
from service.api.schemas.records.writes import RevisionAnswer
from service.facts import reading as reads
from service.facts import record_editing as edits
from service.facts.instants import period_asked
from service.http.encoded_slashes import in_path
from service.stores.interface.store import At, Row

FromQuery = Annotated[str | None, Query(alias="from", description="The first day to take away; default: since ever.", examples=["2025-06-01"])]
ToQuery = Annotated[str | None, Query(alias="to", description="The last day to take away (inclusive); default: for ever.", examples=["2025-12-31"])]
CascadeQuery = Annotated[bool, Query(description="Take the facts that need it away too, in the same revision.")]


def router_of(kind: RecordType) -> APIRouter:
    """The operations on one collection."""
    router = APIRouter(prefix=f"/v1/workspaces/{{workspace}}/{kind.collection}", tags=[kind.collection])
    name = kind.name.replace("_", " ")
    _reads(router, kind, name)
    _writes(router, kind, name)
    return router


def _reads(router: APIRouter, kind: RecordType, name: str) -> None:
    @router.get("", operation_id=f"list_{kind.collection}", summary=f"List {kind.collection}", response_class=Response,
                responses=answers(LISTS[kind.name]), openapi_extra={"parameters": parameters(kind)})  # fmt: skip
    def list_records(request: Request, place: PlaceDep, at: InstantDep, asked: PageDep) -> Response:
        """A page in the order of ids, of what reads so at the instant; filters hold together, and an unknown one is 422."""
        filters = filters_of(kind, request.query_params, place.vocabulary)
        found = reads.records(place.store, kind.name, filters, at, asked.after, asked.limit)
        return json_answer(found.as_json(asked.cursor(found.following)))

    if kind.name != "party":  # a party is a page of its own (parties.py)

        @router.get("/{record_id}", operation_id=f"get_{kind.name}", summary=f"Get one {name}", response_class=Response,
                    responses=answers(ANSWERED[kind.name]))  # fmt: skip
        async def get_record(place: PlaceDep, record_id: RecordIdDep, at: InstantDep) -> Response:
            """The record as it reads at the instant; an event is there on any day."""
            return answer_record(await at_once(place.store, reads.record, place.store, kind.name, record_id, at))

    @router.get("/{record_id}/history", operation_id=f"get_{kind.name}_history", summary=f"History of one {name}", response_class=Response,
                responses=answers(HISTORIES[kind.name]))  # fmt: skip
    def get_history(place: PlaceDep, record_id: RecordIdDep, at: InstantDep) -> Response:
        """Everything that was ever said under the id, newest first, periods taken away included."""
        return json_answer(reads.history(place.store, kind.name, record_id, at))


def _writes(router: APIRouter, kind: RecordType, name: str) -> None:
    record, stages = ANSWERED[kind.name], fails_with(StageNotAllowed) if "stage" in kind.record.__struct_fields__ else {}
    body = takes(kind.record) | stages
    made = answers(record, "Made.", status=201) | answers(record, "Was there: written as by PUT.")

    @router.post("", operation_id=f"create_{kind.name}", summary=f"Write a {name}", status_code=201, response_class=Response,
                 responses=made, openapi_extra=body)  # fmt: skip
    def create_record(place: PlaceDep, content: JsonBytesDep, writing: WritingDep, guard: GuardDep) -> Response:
        """State a record for its period (`valid_from`, `valid_to`; default: for all time)."""
        return _written(place, edits.put(place.store, place.vocabulary, record_sent(content, kind), writing, guard))

    @router.put("/{record_id}", operation_id=f"put_{kind.name}", summary=f"State a {name}", response_class=Response,
                responses=answers(record), openapi_extra=takes(PUTS[kind.name]) | stages)  # fmt: skip
    def put_record(place: PlaceDep, record_id: RecordIdDep, content: JsonBytesDep, writing: WritingDep, guard: GuardDep) -> Response:
        """State a record for its period; an event is replaced whole."""
        return _written(place, edits.put(place.store, place.vocabulary, record_sent(content, kind, record_id), writing, guard)._replace(created=False))

    @router.patch("/{record_id}", operation_id=f"patch_{kind.name}", summary=f"Change a {name}", response_class=Response,
                  responses=answers(record), openapi_extra=takes(PATCHES[kind.name]) | stages)  # fmt: skip
    def patch_record(place: PlaceDep, record_id: RecordIdDep, content: JsonBytesDep, at: InstantDep, writing: WritingDep, guard: GuardDep) -> Response:
        """Merge fields (RFC 7396): without `valid_from` into the slice of `as_of`, else from that day on."""
        day = at.day or 0
        return _written(place, edits.patch(place.store, place.vocabulary, kind.name, record_id, fields_sent(content), day, writing, guard))

    @router.delete("/{record_id}", operation_id=f"delete_{kind.name}", summary=f"Take a {name} away", response_class=Response,
                   responses=answers(RevisionAnswer), openapi_extra=fails_with(InUse) if kind.name in ("party", "document") else {})  # fmt: skip
    def delete_record(place: PlaceDep, record_id: RecordIdDep, writing: WritingDep, guard: GuardDep, begin: FromQuery = None, end: ToQuery = None,
                      cascade: CascadeQuery = False) -> Response:  # fmt: skip
        """Take a record away for a period (default: it was never true). What other records need is 409 `in-use`."""
        period = period_asked(begin, end)
        return json_answer({"revision": edits.delete(place.store, kind.name, record_id, period, writing, cascade=cascade, guard=guard)})


def answer_record(row: Row) -> Response:
    """A record with its ``ETag``."""
    return json_answer(reads.answer(row), headers=etag(row))


def _written(place: Place, written: edits.Written) -> Response:
    """The record as it reads after a write, for the period that was written."""
    row = reads.record(place.store, written.type, written.id, At(written.day, written.revision))
    response = answer_record(row)
    if written.created:
        response.status_code = 201
        collection = next(name for name, kind in BY_COLLECTION.items() if kind.name == written.type)
        response.headers["Location"] = f"/v1/workspaces/{in_path(place.workspace.id)}/{collection}/{in_path(written.id)}"
    return response


ROUTERS = tuple(router_of(kind) for kind in RECORD_TYPES)

"""What endpoints ask for by type: the service, the workspace of the path, the instant of a read, one page, who writes and under which guard."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple, ParamSpec, Protocol, TypeVar

from fastapi import Depends, Header, Path, Query, Request
from fastapi.concurrency import run_in_threadpool

from graph_models.errors import InvalidInput
from graph_models.records.vocabulary import Vocabulary
from service.catalog.catalog import Workspace
from service.facts.cursors import cursor_of, list_name, position_of
from service.facts.instants import instant
from service.facts.record_editing import FREE, Guard
from service.http.encoded_slashes import id_in_path
from service.http.request_bodies import (
    beside_if_large,
    json_bytes,
    json_object,
    json_object_or_nothing,
    limit_of,
    mapping_text,
    ndjson,
    unpacked_body,
)
from service.stores.interface.store import At, Store, Writing
from service.workspaces.context import Service

P = ParamSpec("P")
T = TypeVar("T")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_TAGS = re.compile(r'(?:W/)?"([^"]*)"|(\*)|([^\s,"]+)')


class Place(NamedTuple):
    """The workspace that a request is about."""

    service: Service
    workspace: Workspace
    store: Store

    @property
    def vocabulary(self) -> Vocabulary:
        return self.service.vocabulary(self.workspace.id)


class Calculates(Protocol):
    """The process in which explanations, views and paths are computed (``calculator.py``)."""

    def ask(self, question: str, workspace_id: str, **arguments: Any) -> Any: ...


class PageAsked(NamedTuple):
    """Which page of a list, and how long: ``after`` is the position where the page before ended (``None``: the first page)."""

    limit: int
    after: str | None
    list_name: str

    def cursor(self, following: str | int | None) -> str | None:
        """The cursor of the page after this one, which goes on after a position; ``None`` where the list ends."""
        return None if following is None else cursor_of(self.list_name, str(following))

    def place(self, thing: str) -> tuple[str, int]:
        """Of a list that belongs to a thing and whose order does not change: the thing that the first page was of, and the place of this page."""
        if self.after is None:
            return thing, 0
        pinned, _, place = self.after.rpartition(" ")
        return pinned, int(place)


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def _calculator(request: Request) -> Calculates:
    calculator: Calculates = request.app.state.calculator
    return calculator


async def _workspace_id(workspace: Annotated[str, Path(description="The id of the workspace.", examples=["demo"])]) -> str:
    return id_in_path(workspace)


async def place_of(request: Request, workspace_id: str) -> Place:
    """The workspace with its store; a store that is not open yet is opened in a thread."""
    service: Service = request.app.state.service
    found = service.workspace(workspace_id)
    store = service.opened(workspace_id)
    return Place(service, found, await run_in_threadpool(service.store, workspace_id) if store is None else store)


async def _place(request: Request, workspace_id: Annotated[str, Depends(_workspace_id)]) -> Place:
    return await place_of(request, workspace_id)


async def _record_id(record_id: Annotated[str, Path(description="An id, percent-encoded; any character, `/` too.", examples=["d1"])]) -> str:
    return id_in_path(record_id)


_DAY = "A full day; default: the workspace's `default_as_of`, else today in its `time_zone`."
AsOfQuery = Annotated[str | None, Query(description=_DAY, examples=["2025-12-31"])]
KnownAtQuery = Annotated[str | None, Query(description="A time with zone, or digits only: a revision; default: now.", examples=["12"])]


async def _instant(place: Annotated[Place, Depends(_place)], as_of: AsOfQuery = None, known_at: KnownAtQuery = None) -> At:
    asked = (place.store, place.service.default_day(place.workspace), as_of, known_at)
    return instant(*asked) if known_at is None else await run_in_threadpool(instant, *asked)


async def _page(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at the most.")] = 100,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
) -> PageAsked:
    name = list_name(request.scope["path"], request.query_params.multi_items())
    return PageAsked(limit, None if cursor is None else position_of(name, cursor), name)


async def _writing(
    request: Request,
    idempotency_key: Annotated[str | None, Header(description="The same key with the same body has the same answer, and nothing is done twice.")] = None,
) -> Writing:
    if idempotency_key is None:
        return Writing()
    if not _KEY.fullmatch(idempotency_key):
        raise InvalidInput.of("bad-key", "a key is 1 to 255 visible ASCII characters", "Idempotency-Key")
    body = await _body(request)
    return Writing(key=idempotency_key, body_hash=await beside_if_large(body, lambda: _hash(request, body)))


def _hash(request: Request, body: bytes) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in (request.method.encode(), request.scope["raw_path"], request.scope["query_string"], body):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


async def _body(request: Request) -> bytes:
    """The body as it reads, however it was packed; of a form the parts are hashed by whoever takes them."""
    if request.headers.get("content-type", "").startswith("multipart/"):
        return b""
    return await unpacked_body(request, limit_of(request.url.path, request.app.state.service.settings))


async def _guard(
    if_match: Annotated[str | None, Header(description="The `ETag` that the record must still have, else 412.", examples=['"3"'])] = None,
) -> Guard:
    if if_match is None:
        return FREE
    return Guard(tuple(tag or star or bare for tag, star, bare in _TAGS.findall(if_match)))


async def at_once(store: Store, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a short read where it is quickest: here, if the store answers without waiting, else in a thread."""
    return call(*args, **kwargs) if store.answers_at_once else await run_in_threadpool(call, *args, **kwargs)


MAX_NUMBER = 2**63 - 1
"""As far as the stores can count."""
CalculatorDep = Annotated[Calculates, Depends(_calculator)]
ServiceDep = Annotated[Service, Depends(_service)]
WorkspaceIdDep = Annotated[str, Depends(_workspace_id)]
JsonDep = Annotated[dict[str, Any], Depends(json_object)]
OptionalJsonDep = Annotated[dict[str, Any], Depends(json_object_or_nothing)]
JsonBytesDep = Annotated[bytes, Depends(json_bytes)]
LinesDep = Annotated[bytes, Depends(ndjson)]
MappingTextDep = Annotated[str, Depends(mapping_text)]
PlaceDep = Annotated[Place, Depends(_place)]
RecordIdDep = Annotated[str, Depends(_record_id)]
InstantDep = Annotated[At, Depends(_instant)]
PageDep = Annotated[PageAsked, Depends(_page)]
WritingDep = Annotated[Writing, Depends(_writing)]
GuardDep = Annotated[Guard, Depends(_guard)]

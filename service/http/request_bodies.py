"""Bodies of requests: bounded while they stream in, unpacked within the same bounds, and read as JSON or as lines."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph_models.decoding import field_error
from graph_models.errors import FieldError, InvalidInput, Malformed, TooLarge, UnsupportedMedia
from graph_models.records.json_codec import MAX_NESTING, nesting
from service.core.settings import Settings
from service.http.problems import problem_of, problem_response

RECORD_BYTES = 1 << 20
"""A record is at most 1 MiB (api.md, "Records"), and so is every other JSON body."""
MULTIPART_BYTES = 1 << 20
"""What the parts of a form need beside the file."""
NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
NESTING = MAX_NESTING + 8
"""Levels of a JSON body: those of a record, and what may be around one."""
YAML = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain")
GZIP_MAGIC = b"\x1f\x8b"
MAX_MEMBERS = 10
MAX_RATIO = 100
SMALL_BYTES = 1 << 16
"""What is done with so many bytes takes no longer than other requests may wait."""
_CHUNK = 1 << 16
T = TypeVar("T")


def limit_of(path: str, settings: Settings) -> int:
    """The bytes that a body sent to this path may have."""
    if path.endswith("/batches"):
        return settings.batch_bytes
    if path.endswith(("/imports", "/mappings/suggest")):
        return settings.upload_bytes + MULTIPART_BYTES
    return RECORD_BYTES


class BodyLimits:
    """ASGI middleware: a body above its limit is refused as it comes in, by its announced length or at the first byte too many."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        limit = limit_of(scope["path"], self.settings)
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if announced.isdigit() and int(announced) > limit:
            await problem_response(problem_of(_too_large(limit), scope.get("raw_path", b"").decode("ascii", "replace")))(scope, receive, send)
            return
        await self.app(scope, _Counted(receive, limit), send)


class _Counted:
    def __init__(self, receive: Receive, limit: int) -> None:
        self.receive = receive
        self.limit = limit
        self.taken = 0

    async def __call__(self) -> Message:
        message = await self.receive()
        if message["type"] == "http.request":
            self.taken += len(message.get("body", b""))
            if self.taken > self.limit:
                raise _too_large(self.limit)
        return message


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is larger than {limit} bytes", limit=limit)


async def body_of(request: Request, limit: int, *, media: tuple[str, ...]) -> bytes:
    """The whole body, unpacked. Raises ``UnsupportedMedia`` for another kind, ``Malformed`` for bad gzip, ``TooLarge`` beyond the limit."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in media and not (media[0] == "application/json" and kind.endswith("+json")):
        raise UnsupportedMedia(f"The body is {kind or 'of no stated content type'}; {media[0]} is read here")
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise UnsupportedMedia(f"A body in the encoding {encoding!r} is not read; gzip is")
    return await unpacked_body(request, limit, is_packed=encoding != "identity")


async def unpacked_body(request: Request, limit: int, *, is_packed: bool = False) -> bytes:
    """The body of a request as it reads, however it was packed; unpacked once, and in a thread where that takes long enough to be noticed."""
    kept: bytes | None = getattr(request.state, "unpacked_body", None)
    if kept is not None:
        return kept
    body = await request.body()
    if is_packed or body[:2] == GZIP_MAGIC:
        body = await beside_if_large(body, lambda: unpacked(body, limit), small=SMALL_BYTES // MAX_RATIO)
    request.state.unpacked_body = body
    return body


async def beside_if_large(body: bytes, work: Callable[[], T], small: int = SMALL_BYTES) -> T:
    """Do some work on a body: here where that is small, else in a thread, so that other requests go on."""
    return work() if len(body) <= small else await run_in_threadpool(work)


def unpacked(body: bytes, limit: int) -> bytes:
    """What gzip packed, one or several members, in time and memory that grow with what comes out and no faster.

    ``TooLarge`` beyond ``limit`` bytes, beyond ``MAX_RATIO`` times what was sent (a megabyte may always come out), and beyond ``MAX_MEMBERS`` members.
    """
    bound = min(limit, max(RECORD_BYTES, MAX_RATIO * len(body)))
    found = bytearray()
    sent = memoryview(body)
    for _ in range(MAX_MEMBERS):
        try:
            taken = _member(sent, found, bound)
        except zlib.error as error:
            raise Malformed("The body is not valid gzip", errors=[FieldError("bad-gzip", str(error))]) from None
        if len(found) > bound:
            raise _too_large(limit) if bound == limit else TooLarge(f"The body unpacks to more than {MAX_RATIO} times its size", limit=bound)
        sent = sent[taken:]
        if not sent:
            return bytes(found)
    raise TooLarge(f"A gzip body has at most {MAX_MEMBERS} members", limit=MAX_MEMBERS)


def _member(sent: memoryview, found: bytearray, bound: int) -> int:
    """Unpack one member from the beginning of what was sent, until there is more than ``bound``; how many bytes it takes."""
    member = zlib.decompressobj(wbits=31)
    for start in range(0, len(sent), _CHUNK):
        chunk: bytes | memoryview = sent[start : start + _CHUNK]
        while chunk and not member.eof:
            found += member.decompress(chunk, _CHUNK)
            if len(found) > bound:
                return len(sent)
            chunk = member.unconsumed_tail
        if member.eof:
            return min(start + _CHUNK, len(sent)) - len(member.unused_data)
    raise Malformed("The gzip body is cut off", errors=[FieldError("truncated-gzip", "the gzip body ends before its end mark")])


async def json_bytes(request: Request) -> bytes:
    """The bytes of a JSON body, not yet read."""
    return await body_of(request, RECORD_BYTES, media=("application/json",))


async def json_object(request: Request) -> dict[str, Any]:
    """The object that a JSON body holds."""
    return object_of(await json_bytes(request))


async def json_object_or_nothing(request: Request) -> dict[str, Any]:
    """The object that a JSON body holds; an empty one where nothing was sent."""
    nothing = request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers
    return {} if nothing else await json_object(request)


def object_of(body: bytes) -> dict[str, Any]:
    """The object in a JSON text; ``Malformed`` where it is no JSON, ``InvalidInput`` where it is no object, or nested too deep."""
    try:
        found = msgspec.json.decode(body)
    except RecursionError:
        if _is_closed(body):
            raise _too_deep() from None
        raise Malformed("The body is not JSON: its brackets are not closed", errors=[FieldError("bad-json", "the brackets are not closed")]) from None
    except msgspec.ValidationError as error:
        raise InvalidInput("The body is not valid", errors=[field_error(error)]) from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Malformed(f"The body is not JSON: {error}", errors=[FieldError("bad-json", str(error))]) from None
    if not isinstance(found, dict):
        raise InvalidInput.of("wrong-type", "the body is a JSON object")
    if nesting(found) > NESTING:
        raise _too_deep()
    return found


def _is_closed(body: bytes) -> bool:
    """Are there as many closing brackets as opening ones, outside texts?"""
    outside = _TEXT.sub(b"", body)
    return outside.count(b"[") == outside.count(b"]") and outside.count(b"{") == outside.count(b"}")


def _too_deep() -> InvalidInput:
    return InvalidInput.of("too-deep", f"a body is nested at most {NESTING} levels deep")


async def ndjson(request: Request) -> bytes:
    """The lines of a batch, unpacked, not yet read."""
    settings: Settings = request.app.state.service.settings
    return await body_of(request, settings.batch_bytes, media=NDJSON)


async def mapping_text(request: Request) -> str:
    """The YAML of a mapping."""
    body = await body_of(request, RECORD_BYTES, media=YAML)
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Malformed("The mapping is not UTF-8", errors=[FieldError("not-utf8", str(error))]) from None

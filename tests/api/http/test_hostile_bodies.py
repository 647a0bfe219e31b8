"""Bodies made to cost more than they are long: refused by limits, or read in time that grows as they do and no faster."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser

from graph_models.errors import InvalidInput, Malformed, StakeholderGraphError, TooLarge
from service.facts.batches import MAX_BATCH_LINES
from service.facts.ndjson import parse_ndjson
from service.http.request_bodies import MAX_MEMBERS, MAX_RATIO, RECORD_BYTES, object_of, unpacked
from tests.api.conftest import Workspace, assert_problem, lines, party

LIMIT = 64 << 20
EMPTY_MEMBER = gzip.compress(b"")
BOUNDARY = b"b" * 16
FIELD = b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="mapping"\r\n\r\nx\r\n'
TIMES = 8
"""So many times larger is the second input of a pair. Linear work takes as many times longer, work that grows with the square the square of it."""


def seconds(read: Callable[[bytes], object], body: bytes) -> float:
    """The time of the processor, the least of three; an input may be refused."""

    def once() -> float:
        begun = time.thread_time()
        with suppress(StakeholderGraphError, MultiPartException):
            read(body)
        return time.thread_time() - begun

    return min(once() for _ in range(3))


def multipart(body: bytes) -> None:
    """Read a form as the framework does."""

    async def stream() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1 << 16):
            yield body[start : start + (1 << 16)]

    async def parse() -> None:
        form = await MultiPartParser(Headers({"content-type": f"multipart/form-data; boundary={BOUNDARY.decode()}"}), stream()).parse()
        await form.close()

    asyncio.run(parse())


def of_form(content: bytes, more_headers: bytes = b"") -> bytes:
    head = b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'
    return head + more_headers + b"\r\n" + content + b"\r\n--" + BOUNDARY + b"--\r\n"


GROWING: dict[str, tuple[Callable[[bytes], object], Callable[[int], bytes]]] = {
    "gzip: empty members": (lambda body: unpacked(body, LIMIT), lambda size: EMPTY_MEMBER * (size // len(EMPTY_MEMBER))),
    "gzip: one member of noise": (lambda body: unpacked(body, LIMIT), lambda size: gzip.compress(bytes(range(256)) * (size // 32), 0)),
    "gzip: all zero": (lambda body: unpacked(body, LIMIT), lambda size: gzip.compress(bytes(size * 100), 1)),
    "gzip: an end, and what is none": (lambda body: unpacked(body, LIMIT), lambda size: EMPTY_MEMBER + b"\x1f\x8b\x08\x00" * (size // 4)),
    "json: keys": (object_of, lambda size: b"{" + b",".join(b'"%d":1' % number for number in range(size // 10)) + b"}"),
    "json: the same key": (object_of, lambda size: b"{" + b",".join([b'"a":1'] * (size // 6)) + b"}"),
    "json: digits": (object_of, lambda size: b'{"a":' + b"1" * size + b"}"),
    "json: escapes": (object_of, lambda size: b'{"a":"' + b"\\u0041" * (size // 6) + b'"}'),
    "json: brackets": (object_of, lambda size: b'{"a":' + b"[" * size),
    "ndjson: blank lines": (lambda body: parse_ndjson(body.split(b"\n")), lambda size: b"\n" * (size // 8)),
    "ndjson: empty objects": (lambda body: parse_ndjson(body.split(b"\n")), lambda size: b"{}\n" * (size // 32)),
    "ndjson: one line": (lambda body: parse_ndjson(body.split(b"\n")), lambda size: b'{"type":"party","id":"' + b"x" * size),
    "multipart: line ends": (multipart, lambda size: of_form(b"\r\n" * (size // 2))),
    "multipart: half a boundary": (multipart, lambda size: of_form((b"\r\n--" + BOUNDARY[:-1]) * (size // 19))),
    "multipart: nearly a boundary": (multipart, lambda size: of_form((b"\r\n--" + BOUNDARY[:-1] + b"x") * (size // 20))),
    "multipart: headers": (multipart, lambda size: of_form(b"x", b"X: y\r\n" * (size // 6))),
    "multipart: a long header": (multipart, lambda size: of_form(b"x", b"X: " + b"y" * size + b"\r\n")),
    "multipart: a first lines": (multipart, lambda size: b"\r\n" * (size // 2) + of_form(b"x")),
    "multipart: parts": (multipart, lambda size: FIELD * (size // len(FIELD)) + b"--" + BOUNDARY + b"--\r\n"),
}


@pytest.mark.parametrize("name", GROWING)
def test_the_work_on_a_body_grows_as_the_body_does(name: str) -> None:
    read, made = GROWING[name]
    small, large = made(1 << 16), made(TIMES << 16)
    least = 0.002  # below this a clock says little
    assert seconds(read, large) < max(seconds(read, small), least) * TIMES * TIMES / 2


@given(st.lists(st.binary(max_size=400), min_size=1, max_size=MAX_MEMBERS), st.integers(0, 9))
def test_what_was_packed_in_members_reads_as_one(parts: list[bytes], level: int) -> None:
    assert unpacked(b"".join(gzip.compress(part, level) for part in parts), LIMIT) == b"".join(parts)


@given(st.binary(max_size=3000), st.integers(0, 3000))
def test_what_is_cut_off_or_damaged_is_said_to_be(content: bytes, cut: int) -> None:
    packed = gzip.compress(content)
    with pytest.raises(Malformed):
        unpacked(packed[: cut % len(packed)], LIMIT)
    with pytest.raises(Malformed):
        unpacked(packed + b"x", LIMIT)


def test_the_bounds_of_gzip_are_members_ratio_and_size() -> None:
    assert unpacked(EMPTY_MEMBER * MAX_MEMBERS, LIMIT) == b""
    for body in (EMPTY_MEMBER * (MAX_MEMBERS + 1), gzip.compress(bytes(8 << 20)), gzip.compress(bytes(range(256)) * 64, 0)):
        with pytest.raises(TooLarge):
            unpacked(body, 8192 if len(body) > 8192 else LIMIT)
    assert len(unpacked(gzip.compress(bytes(RECORD_BYTES)), LIMIT)) == RECORD_BYTES
    fits = zlib.compressobj(wbits=31)
    noise = b"".join(zlib.compress(b"%d" % number) for number in range(20_000))
    packed = fits.compress(noise + bytes(4 << 20)) + fits.flush()
    assert len(noise) + (4 << 20) < MAX_RATIO * len(packed)
    assert unpacked(packed, LIMIT) == noise + bytes(4 << 20)


def test_a_batch_of_empty_gzip_members_is_refused_at_once(w: Workspace) -> None:
    begun = time.monotonic()
    assert_problem(w.ask("POST", "/batches", EMPTY_MEMBER * 100_000, Content_Encoding="gzip"), 413, "too-large")
    assert time.monotonic() - begun < 20


def test_a_batch_of_blank_lines_is_refused_by_their_number(w: Workspace) -> None:
    assert w.ask("POST", "/batches", b"\n" * 1000 + lines(party("firm"))).json()["created"] == 1
    assert_problem(w.ask("POST", "/batches", b"\n" * (MAX_BATCH_LINES + 1)), 413, "too-large")


def test_a_form_of_ten_thousand_parts_is_refused(w: Workspace) -> None:
    for body in (FIELD * 10_000 + b"--" + BOUNDARY + b"--\r\n", of_form(b"x", b"X: y\r\n" * 10_000)):
        sent = w.client.post(f"{w.path}/imports", content=body, headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY.decode()}"})
        assert sent.status_code in (400, 422), sent.text
        assert sent.headers["content-type"] == "application/problem+json"


def test_an_object_is_wanted() -> None:
    with pytest.raises(InvalidInput):
        object_of(b"[]")

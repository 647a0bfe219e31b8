"""What a client may take of the server before its request is whole: bytes, connections and time; slow ones are let go, others are not held up."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from service.core.settings import Settings
from tests.api.conftest import Server, Workspace, money, party, role
from tests.api.http.test_fast_path import ASKED, line, said

SHORT_S = 1.0
"""Each limit of time here; connections are looked at once a second."""
LATEST_S = 20.0
"""By then it has been noticed, on a machine with much else to do."""
ADDRESSES = 12


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service with a small workspace, and little patience."""
    directory = tmp_path_factory.mktemp("limits")
    settings = Settings(
        store=f"sqlite:///{directory}", data=directory, worker=False, connections_per_address=ADDRESSES,
        head_s=SHORT_S, body_gap_s=SHORT_S, body_s=3 * SHORT_S, write_stall_s=2 * SHORT_S,
    )  # fmt: skip
    with Server(settings) as address, httpx.Client(base_url=address, timeout=60) as client:
        assert client.post("/v1/workspaces", json={"id": "w", "name": "w"}).status_code == 201
        Workspace(client, "w").write(party("firm"), party("d1"), role(), money())
        yield address


def connected(address: str) -> socket.socket:
    place = urlsplit(address)
    return socket.create_connection((place.hostname, place.port), timeout=LATEST_S)


def until_closed(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    found = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(1 << 16):
            found += piece
    return found


def head(*headers: str, path: str = "/healthz") -> bytes:
    return line("GET", path, "1.1", *headers)


TOO_LARGE = {
    "many headers": head(*[f"X{number}: y" for number in range(100)]),
    "a long header": head("X: " + "y" * 17_000),
    "a long name": head("X" * 17_000 + ": y"),
    "a long address": head(path="/" + "x" * 17_000),
    "in all": head(*[f"X{number}: {'y' * 15_000}" for number in range(3)]),
    "a line without end": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 40_000,
    "an address without end": b"GET /" + b"x" * 40_000,
    "a method without end": b"G" * 40_000,
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_head_above_its_limits_is_refused(served: str, name: str) -> None:
    with connected(served) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(TOO_LARGE[name])
        answer = until_closed(connection)
    first, _, body = answer.partition(b"\r\n\r\n")
    if name == "a method without end":
        assert first.startswith(b"HTTP/1.1 400 ")
        return
    assert first.startswith(b"HTTP/1.1 431 ")
    assert b"application/problem+json" in first
    assert json.loads(body)["type"] == "/problems/head-too-large"


def test_a_head_within_its_limits_is_served_however_it_is_cut(served: str) -> None:
    large = head(*[f"X{number}: {'y' * 300}" for number in range(90)])
    with connected(served) as connection:
        for start in range(0, len(large), 1000):
            connection.sendall(large[start : start + 1000])
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200 ")


def test_many_requests_at_once_are_each_within_the_limits(served: str) -> None:
    one = line("GET", ASKED, "1.1", "X: " + "y" * 3000)
    assert [first for first, _, _ in said(served, one * 40, answers=40)] == [b"HTTP/1.1 200 OK\r\n"] * 40


@pytest.mark.parametrize("after", [b"5;" + b"x" * 40_000, b"1\r\nx\r\n0\r\nX: " + b"y" * 40_000, b"1\r\nx\r\n0\r\n" + b"X: y\r\n" * 200])
def test_what_stands_between_the_parts_of_a_body_is_bounded_too(served: str, after: bytes) -> None:
    with connected(served) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(line("POST", "/v1/workspaces/w/batches", "1.1", "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked") + after)
        assert not until_closed(connection).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("sent", [b"", b"\r\n", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "])
def test_a_head_that_does_not_come_is_not_waited_for(served: str, sent: bytes) -> None:
    with connected(served) as connection:
        connection.sendall(sent)
        answer = until_closed(connection)
    assert answer.startswith(b"HTTP/1.1 408 ") if sent.strip() else answer in (b"", answer)


def test_a_head_that_comes_byte_by_byte_is_not_waited_for(served: str) -> None:
    with connected(served) as connection:
        begun = time.monotonic()
        with suppress(BrokenPipeError, ConnectionResetError):
            for byte in head("X: " + "y" * 1000):
                connection.sendall(bytes([byte]))
                time.sleep(0.05)
        assert time.monotonic() - begun < LATEST_S


@pytest.mark.parametrize("slowly", [False, True])
def test_a_body_that_does_not_come_is_not_waited_for(served: str, slowly: bool) -> None:
    with connected(served) as connection:
        connection.sendall(line("POST", "/v1/workspaces/w/parties", "1.1", "Content-Type: application/json", "Content-Length: 1000", body='{"id": '))
        begun = time.monotonic()
        with suppress(BrokenPipeError, ConnectionResetError):
            while slowly and time.monotonic() - begun < LATEST_S:
                connection.sendall(b" ")
                time.sleep(0.2)
        assert b"HTTP/1.1 408 " in until_closed(connection) or slowly
        assert time.monotonic() - begun < LATEST_S


def test_a_connection_between_two_requests_may_rest(served: str) -> None:
    with connected(served) as connection:
        for _ in range(2):
            connection.sendall(head())
            assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200 ")
            time.sleep(2.5 * SHORT_S)


def test_a_client_that_takes_nothing_of_its_answers_is_let_go(served: str) -> None:
    with connected(served) as connection:
        connection.settimeout(LATEST_S)
        asked = line("GET", "/openapi.json", "1.1") * 50
        with suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
            begun = time.monotonic()
            while time.monotonic() - begun < LATEST_S:
                connection.sendall(asked)
        with suppress(ConnectionResetError):
            while connection.recv(1 << 20):
                pass
    assert httpx.get(f"{served}/healthz").status_code == 200


def answered_at_once(served: str, count: int) -> int:
    """How many of so many connections, open at the same time, are answered."""
    with ExitStack() as opened:
        held = [opened.enter_context(connected(served)) for _ in range(count)]
        answered = []
        for connection in held:
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(head())
                answered.append(connection.recv(1 << 16).startswith(b"HTTP/1.1 200 "))
        return sum(answered)


def test_one_address_has_so_many_connections_and_no_more(served: str) -> None:
    """A connection that the test before held counts until the server has noticed that it is gone."""
    limit = time.monotonic() + LATEST_S
    while (answered := answered_at_once(served, ADDRESSES + 5)) < ADDRESSES and time.monotonic() < limit:
        time.sleep(0.1)
    assert answered == ADDRESSES
    limit = time.monotonic() + LATEST_S
    while time.monotonic() < limit:
        with suppress(httpx.TransportError):
            assert httpx.get(f"{served}/healthz").status_code == 200
            return
        time.sleep(0.1)
    raise AssertionError("connections that were closed are still counted")


def test_all_connections_together_are_limited(tmp_path: Path) -> None:
    with Server(Settings(store=f"sqlite:///{tmp_path}", data=tmp_path, worker=False, connections=3)) as address, ExitStack() as opened:
        held = [opened.enter_context(connected(address)) for _ in range(5)]
        for connection in held:
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(head())
        found = []
        for connection in held:
            with suppress(ConnectionResetError):
                found.append(connection.recv(1 << 16).startswith(b"HTTP/1.1 200 "))
        assert sum(found) == 3


def test_the_fast_path_can_be_switched_off(tmp_path: Path) -> None:
    with (
        Server(Settings(store=f"sqlite:///{tmp_path}", data=tmp_path, worker=False, fast_path=False)) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        assert client.post("/v1/workspaces", json={"id": "w", "name": "w"}).status_code == 201
        Workspace(client, "w").write(party("firm"), party("d1"), role(), money())
        assert len(client.get(ASKED).json()["parties"]) == 2
        assert 'method="GET",status="200"' in client.get("/metrics").text

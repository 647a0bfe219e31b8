"""HTTP around answers that go past the framework: the same as of every other answer, whatever the client sends, and however it sends it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from service.core.settings import Settings
from service.http.fast_path import WRITTEN_TOGETHER
from tests.api.conftest import Server, Workspace, money, party, role

ASKED = "/v1/workspaces/w/parties/firm/neighborhood"
USUAL = "/v1/workspaces/w/parties/firm/neighborhood?hops=2"
"""What finds its answer in a thread, on the usual way."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of a service with a small workspace ``w``."""
    with Server(Settings(store=f"sqlite:///{tmp_path}", data=tmp_path, worker=False)) as address, httpx.Client(base_url=address, timeout=60) as client:
        assert client.post("/v1/workspaces", json={"id": "w", "name": "w"}).status_code == 201
        Workspace(client, "w").write(party("firm"), party("d1"), role(), money())
        yield address


def line(method: str = "GET", path: str = ASKED, version: str = "1.1", *headers: str, body: str = "") -> bytes:
    """A request."""
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: localhost", *headers, "", body]).encode()


def said(address: str, *sent: bytes, answers: int = 1) -> list[tuple[bytes, dict[str, bytes], bytes]]:
    """First line, headers and body of each answer, as they come back on one connection."""
    place = urlsplit(address)
    found = []
    with socket.create_connection((place.hostname, place.port), timeout=60) as connection, connection.makefile("rb") as reader:
        for part in sent:
            connection.sendall(part)
        for _ in range(answers):
            first = reader.readline()
            headers = {}
            while (header := reader.readline().strip()) != b"":
                name, _, value = header.partition(b": ")
                headers[name.decode()] = value
            found.append((first, headers, reader.read(int(headers["content-length"]))))
        if found[-1][1].get("connection") == b"close":
            assert reader.read() == b""
    return found


def test_an_answer_has_the_headers_of_every_other_and_is_whole(served: str) -> None:
    ((first, headers, body),) = said(served, line())
    ((usual, its_headers, its_body),) = said(served, line(path=USUAL))
    assert (first, usual) == (b"HTTP/1.1 200 OK\r\n",) * 2
    assert headers.keys() == its_headers.keys() == {"date", "server", "content-length", "content-type"}
    assert (headers["content-type"], headers["server"]) == (its_headers["content-type"], its_headers["server"])
    assert abs(parsedate_to_datetime(headers["date"].decode()) - parsedate_to_datetime(its_headers["date"].decode())).total_seconds() < 60
    assert body == its_body  # all parties are one fact away


def test_an_answer_comes_in_one_piece(served: str) -> None:
    place = urlsplit(served)
    with socket.create_connection((place.hostname, place.port), timeout=60) as connection:
        for _ in range(20):
            connection.sendall(line())
            piece = connection.recv(1 << 20)
            head, _, body = piece.partition(b"\r\n\r\n")
            assert int(head.partition(b"content-length: ")[2].split(b"\r\n")[0]) == len(body) > 0


def test_requests_sent_at_once_are_answered_in_their_order(served: str) -> None:
    paths = [ASKED, USUAL, ASKED.replace("firm", "d1"), ASKED.replace("firm", "nobody"), ASKED, "/healthz", ASKED + "?limit=1", USUAL, ASKED] * 40
    alone = {path: said(served, line(path=path))[0] for path in set(paths)}
    together = said(served, b"".join(line(path=path) for path in paths), answers=len(paths))
    assert [(first, body) for first, _, body in together] == [(alone[path][0], alone[path][2]) for path in paths]


def test_clients_that_ask_at_once_get_each_its_own_answer(served: str) -> None:
    place = urlsplit(served)
    parties = ["firm", "d1"] * 2 * WRITTEN_TOGETHER
    alone = {name: said(served, line(path=ASKED.replace("firm", name)))[0][2] for name in set(parties)}
    assert alone["firm"] != alone["d1"]
    with ExitStack() as opened:
        clients = [opened.enter_context(socket.create_connection((place.hostname, place.port), timeout=10)) for _ in parties]
        for _ in range(5):
            for client, name in zip(clients, parties, strict=True):
                client.sendall(line(path=ASKED.replace("firm", name)))
            found = [client.recv(1 << 20).partition(b"\r\n\r\n")[2] for client in clients]
            assert found == [alone[name] for name in parties]


@pytest.mark.parametrize(("version", "header"), [("1.1", "Connection: close"), ("1.0", "Accept: */*")])
def test_a_client_that_wants_the_connection_closed_has_it_closed(served: str, version: str, header: str) -> None:
    ((first, headers, body),) = said(served, line("GET", ASKED, version, header))
    assert (first, headers["connection"]) == (b"HTTP/1.1 200 OK\r\n", b"close")
    assert body == said(served, line())[0][2]


def test_other_methods_go_the_usual_way(served: str) -> None:
    with httpx.Client(base_url=served) as client:
        assert client.post(ASKED, json={}).status_code == 405
        assert (client.head(ASKED).status_code, client.head(ASKED).content) == (200, b"")
        assert client.get(ASKED).status_code == 200


def test_a_body_that_comes_with_a_question_is_passed_over(served: str) -> None:
    length = "Content-Length: 200000"
    with_body = line("GET", ASKED, "1.1", length, body="x" * 200_000)
    answers = said(served, with_body[:300], with_body[300:], line(), answers=2)
    assert [(first, body) for first, _, body in answers] == [(b"HTTP/1.1 200 OK\r\n", said(served, line())[0][2])] * 2


def test_a_request_that_is_no_http_is_refused_and_the_server_lives_on(served: str) -> None:
    answers = said(served, line() + b"\x16\x03\x01 no request\r\n\r\n", answers=1)
    assert answers[0][0].startswith((b"HTTP/1.1 200", b"HTTP/1.1 400"))
    assert said(served, line())[0][0] == b"HTTP/1.1 200 OK\r\n"


def test_clients_that_leave_before_their_answer_do_no_harm(served: str) -> None:
    place = urlsplit(served)
    for _ in range(50):
        with socket.create_connection((place.hostname, place.port), timeout=60) as connection:
            connection.sendall(line() * 30)
    assert said(served, line())[0][0] == b"HTTP/1.1 200 OK\r\n"


def test_a_client_that_does_not_read_is_waited_for_and_keeps_nobody_waiting(served: str) -> None:
    place, count = urlsplit(served), 300
    with httpx.Client(base_url=served) as client:
        Workspace(client, "w").write(*[money(f"more{number}") for number in range(200)])
    ((_, _, whole),) = said(served, line())
    assert len(whole) * count > 10_000_000  # more than a socket holds
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(30)
        connection.connect((place.hostname, place.port))
        connection.sendall(line() * count)
        for _ in range(count):  # meanwhile all else is answered
            assert said(served, line())[0][2] == whole
        with connection.makefile("rb") as reader:
            for _ in range(count):
                assert reader.readline() == b"HTTP/1.1 200 OK\r\n"
                while reader.readline() != b"\r\n":
                    pass
                assert reader.read(len(whole)) == whole

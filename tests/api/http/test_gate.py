"""Before every request: the host must be ours, a change must not come from another site, and a token must be there where one is set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.settings import BadSetting, Settings, is_of_this_machine, read_settings
from service.http.gate import Gate
from tests.api.conftest import Server, Workspace, assert_problem, lines, money, party, role
from tests.api.http.test_fast_path import ASKED, said

TOKEN = "correct-horse-battery-staple"
CHANGING = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service with a small workspace ``w``."""
    directory = tmp_path_factory.mktemp("gate")
    with Server(Settings(store=f"sqlite:///{directory}", data=directory, worker=False)) as address, httpx.Client(base_url=address, timeout=60) as client:
        assert client.post("/v1/workspaces", json={"id": "w", "name": "w"}).status_code == 201
        Workspace(client, "w").write(party("firm"), party("d1"), role(), money())
        yield address


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same with a token."""
    directory = tmp_path_factory.mktemp("locked")
    settings = Settings(store=f"sqlite:///{directory}", data=directory, worker=False, token=TOKEN)
    with Server(settings) as address, httpx.Client(base_url=address, timeout=60, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        assert client.post("/v1/workspaces", json={"id": "w", "name": "w"}).status_code == 201
        Workspace(client, "w").write(party("firm"), party("d1"), role(), money())
        yield address


def operations(address: str) -> list[tuple[str, str]]:
    """Every operation of the documented API, and the pages, with a path that names something."""
    paths = httpx.get(f"{address}/openapi.json", headers={"Authorization": f"Bearer {TOKEN}"}).json()["paths"]
    found = [(method.upper(), path) for path, methods in paths.items() for method in methods if method != "parameters"]
    found += [
        ("GET", "/"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("POST", "/pages/w/report"),
        ("GET", "/pages/w/parties/d1"),
        ("GET", ASKED),
        ("GET", "/nowhere"),
    ]
    return [(method, path.replace("{workspace}", "w").replace("{", "").replace("}", "")) for method, path in found]


def first_line(address: str, *headers: str, version: str = "1.1", method: str = "GET", path: str = ASKED) -> tuple[int, bytes]:
    """Status and body of what a request with exactly these headers gets."""
    ((first, _, body),) = said(address, "\r\n".join([f"{method} {path} HTTP/{version}", *headers, "Connection: close", "", ""]).encode())
    return int(first.split()[1]), body


def test_a_host_that_is_not_ours_is_refused_on_every_operation(served: str) -> None:
    with httpx.Client(base_url=served, headers={"Host": "evil.example"}) as client:
        for method, path in operations(served):
            assert_problem(client.request(method, path), 400, "host-not-allowed")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:8000", "[::1]:8000", "localhost.:80"])
def test_our_names_are_served_on_any_port(served: str, host: str) -> None:
    assert first_line(served, f"Host: {host}")[0] == 200


@pytest.mark.parametrize(
    "host", ["", "evil", "localhost.evil.example", "localhost@evil", "127.0.0.1.nip.io", "[::2]", "localhost:80:80", "local host", "localhost/", "::1"]
)
def test_other_names_are_not(served: str, host: str) -> None:
    for path in (ASKED, "/healthz", "/nowhere"):
        status, body = first_line(served, f"Host: {host}", path=path)
        assert (status, b"host-not-allowed" in body) == (400, True)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_request_without_a_host_or_with_two_is_refused(served: str, version: str) -> None:
    assert first_line(served, "Accept: */*", version=version)[0] == 400
    assert first_line(served, "Host: localhost", "Host: localhost", version=version)[0] == 400
    assert first_line(served, "Host: localhost", "Host: evil.example", version=version)[0] == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost:1"}, {"Origin": "chrome-extension://abc"},
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "OWN", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, {"Origin": ""},
    ],
)  # fmt: skip
def test_a_change_that_another_site_sends_is_refused_on_every_operation(served: str, headers: dict[str, str]) -> None:
    with httpx.Client(base_url=served, headers={name: value.replace("OWN", served) for name, value in headers.items()}) as client:
        before = client.get("/v1/workspaces/w/revisions").json()
        for method, path in operations(served):
            if method in CHANGING:
                assert_problem(client.request(method, path, json={}), 403, "cross-site")
        simple = {"files": {"file": ("x.ndjson", lines(party("evil")))}}
        assert_problem(client.post("/v1/workspaces/w/imports", **simple), 403, "cross-site")  # type: ignore[arg-type]
        assert client.get("/v1/workspaces/w/revisions").json() == before


@pytest.mark.parametrize("headers", [{}, {"Origin": "OWN"}, {"Origin": "OWN", "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}])
def test_a_change_of_our_own_pages_or_of_a_program_is_taken(served: str, headers: dict[str, str]) -> None:
    with httpx.Client(base_url=served, headers={name: value.replace("OWN", served) for name, value in headers.items()}) as client:
        assert client.post("/v1/workspaces/w/parties", json=party("p")).status_code in (200, 201)


def test_an_origin_with_the_default_port_written_out_is_the_same(served: str) -> None:
    assert_problem(
        httpx.post(f"{served}/v1/workspaces/w/parties", json=party("p"), headers={"Origin": "https://localhost", "Host": "localhost:80"}), 403, "cross-site"
    )
    assert httpx.post(f"{served}/v1/workspaces/w/parties", json=party("p"), headers={"Origin": "http://localhost:80", "Host": "localhost"}).status_code < 300


@given(st.lists(st.tuples(st.sampled_from([b"host", b"origin", b"authorization", b"cookie", b"sec-fetch-site"]), st.binary(max_size=60)), max_size=4))
def test_the_gate_decides_whatever_the_headers_hold(headers: list[tuple[bytes, bytes]]) -> None:
    gate = Gate(read_settings(token=TOKEN))
    refusal = gate.refusal({"type": "http", "method": "POST", "path": "/", "headers": [(b"host", b"localhost"), *headers]})
    assert refusal is not None
    assert refusal.status in (400, 401, 403)


# -- the token


def test_without_the_token_only_health_is_answered(locked: str) -> None:
    with httpx.Client(base_url=locked) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 200
        for method, path in operations(locked):
            if path not in ("/healthz", "/readyz"):
                answer = client.request(method, path)
                assert_problem(answer, 401, "unauthenticated")
                assert answer.headers["www-authenticate"].startswith("Bearer ")


@pytest.mark.parametrize(
    "sent",
    [f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer", f"Basic {TOKEN}", TOKEN, "Bearer \xe9", f"Bearer {TOKEN} {TOKEN}", "Bearer " + "x" * 10_000],
)
def test_a_token_that_is_not_it_is_refused(locked: str, sent: str) -> None:
    for path in (ASKED, "/", "/v1/workspaces"):
        assert httpx.get(locked + path, headers={"Authorization": sent.encode("latin-1")}).status_code == 401


def test_the_token_opens_both_ways_of_answering(locked: str) -> None:
    for path in (ASKED, ASKED + "?hops=2", "/v1/workspaces", "/"):
        assert httpx.get(locked + path, headers={"Authorization": f"bearer {TOKEN}"}).status_code == 200
    assert first_line(locked, "Host: localhost", f"Authorization: Bearer {TOKEN}", f"Authorization: Bearer {TOKEN}")[0] == 401


def test_a_browser_is_asked_for_the_token_and_has_a_session_from_then_on(locked: str) -> None:
    with httpx.Client(base_url=locked, headers={"Accept": "text/html,*/*", "Accept-Language": "zh-CN"}) as browser:
        asked = browser.get("/docs?x=1")
        assert (asked.status_code, asked.headers["content-type"]) == (401, "text/html; charset=utf-8")
        assert 'value="/docs?x=1"' in asked.text
        assert "令牌" in asked.text
        assert "Token" in browser.get("/?lang=en").text
        wrong = browser.post("/auth/session", data={"token": "wrong", "next": "/docs"})
        assert (wrong.status_code, "set-cookie" in wrong.headers, "令牌不正确" in wrong.text) == (401, False, True)
        entered = browser.post("/auth/session", data={"token": TOKEN, "next": "/docs?x=1"}, headers={"Origin": locked, "Sec-Fetch-Site": "same-origin"})
        assert (entered.status_code, entered.headers["location"]) == (303, "/docs?x=1")
        cookie = entered.headers["set-cookie"]
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert TOKEN not in cookie
        assert browser.get("/docs").status_code == 200
        assert browser.get(ASKED).status_code == 200
        assert_problem(browser.post("/v1/workspaces", json={}, headers={"Sec-Fetch-Site": "cross-site"}), 403, "cross-site")
        assert browser.get("/docs", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_a_session_is_no_other_services_and_ends(locked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from service.http import sessions as http_sessions
    from service.http.sessions import Sessions

    made = Sessions(TOKEN).session()
    assert httpx.get(locked + ASKED, headers={"Cookie": f"a=b; sg_session={made}"}).status_code == 200
    ends, name, signature = made.split(".")
    for forged in (Sessions("another-token-of-16").session(), f"{int(ends) + 1}.{name}.{signature}", f"{ends}.{name}.", f"{ends}.{name}", "", "..", "é"):
        assert httpx.get(locked + ASKED, headers={"Cookie": f"sg_session={forged}".encode()}).status_code == 401
    now = http_sessions.time.time()
    monkeypatch.setattr(http_sessions.time, "time", lambda: now + http_sessions.SESSION_S + 1)
    assert not Sessions(TOKEN).is_session(made.encode())


@pytest.mark.parametrize("following", ["//evil.example", "https://evil.example", "/\\evil.example", "\\", "/a\r\nSet-Cookie: x=y", "", "x"])
def test_the_form_leads_nowhere_else(locked: str, following: str) -> None:
    answer = httpx.post(f"{locked}/auth/session", data={"token": TOKEN, "next": following})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


# -- addresses that others reach


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("localhost", True), ("::1", True), ("[::1]", True), ("::ffff:127.0.0.1", True),
     ("0.0.0.0", False), ("::", False), ("10.0.0.1", False), ("graph.example.org", False), ("", False)],
)  # fmt: skip
def test_which_addresses_are_this_machines_own(host: str, own: bool) -> None:
    assert is_of_this_machine(host) is own


@pytest.mark.parametrize(
    "setting", [{"token": "short"}, {"token": "fifteen-letters"}, {"token": "with blanks in between"}, {"hosts": "a,*"}, {"hosts": "http://a"}, {"hosts": ","}]
)
def test_what_protects_nothing_is_refused_as_a_setting(setting: dict[str, Any]) -> None:
    with pytest.raises(BadSetting):
        read_settings(**setting)


def test_named_hosts_take_the_place_of_the_default(tmp_path: Path) -> None:
    with Server(Settings(store=f"sqlite:///{tmp_path}", data=tmp_path, worker=False, hosts="Graph.Example.org, 10.0.0.7")) as address:
        port = urlsplit(address).port
        assert httpx.get(f"{address}/healthz", headers={"Host": f"graph.example.org:{port}"}).status_code == 200
        assert httpx.get(f"{address}/healthz", headers={"Host": "10.0.0.7"}).status_code == 200
        assert httpx.get(f"{address}/healthz").status_code == 400

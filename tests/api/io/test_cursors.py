"""Cursors of every list, HEAD of every resource, and addresses of what was made."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route

from service.http.head_requests import HeadAsGet
from tests.api.conftest import Workspace, assert_problem, money, party, role

STEPS = {"from": "2025-11-30", "to": "2025-12-31", "step": "P1M"}
ODD_IDS = ["华东", "東京", "서울", "Ω≈ç", "рынок", "سوق", "שוק", "ตลาด", "बाज़ार", "🍎", "a/b?c#d", "/", "?", "#", "a b", "100%", "a\\b", "..", ".", "é"]


@pytest.fixture(scope="module")
def filled(client: httpx.Client, store_kind: str) -> Any:
    """A workspace in which every list has at least two items."""
    if store_kind == "neo4j":
        for left in client.get("/v1/workspaces").json()["items"]:
            client.delete(f"/v1/workspaces/{left['id']}")
    w = Workspace(client, "filled")
    client.post("/v1/workspaces", json={"id": w.id, "name": "Filled", "focal_party_id": "firm", "default_as_of": "2025-12-31"})
    w.write(
        party("firm"), party("d1"), party("d2"),
        role("r1", valid_from="2024"), role("r2", source="d2", valid_from="2024"),
        money("v1", valid_from="2025-03"), money("v2", source="d2", valid_from="2025-03"),
        *(money(f"v{place}", source="firm", target=f"d{place - 2}", kind="goods", valid_from="2025-04") for place in (3, 4)),
    )  # fmt: skip
    w.write(party("late"))
    for _ in range(2):
        assert w.job(w.ask("POST", "/analyses", {"metrics": ["influence", "value_flow"]}))["state"] == "done"
        assert w.job(w.ask("POST", "/rankings", {"role": "distributor", "from": "2025-01-01", "to": "2025-12-31"}))["state"] == "done"
        assert w.job(w.ask("POST", "/scenarios", {"name": "x", "edits": [{"op": "remove_fact", "id": "v4"}]}))["state"] == "done"
    for name in ("one", "two"):
        w.ask("PUT", f"/score-profiles/{name}", {"influence": {"reach": 1.0}, "value_flow": {"pass_through": 1.0}})
        text = f"name: {name}\nfiles: {{a: {{pattern: a.csv, records: [{{type: party, id: '{{id}}', name: '{{id}}', kind: person}}]}}}}\n"
        w.client.put(f"{w.path}/mappings/{name}", content=text, headers={"content-type": "application/yaml"}).raise_for_status()
    yield w
    client.delete(w.path)


LISTS = [
    "/parties", "/roles", "/value-flows", "/parties/d1/facts", "/revisions", "/analyses", "/rankings", "/scenarios", "/mappings", "/score-profiles",
    "/queries", "/metrics", "/analyses/latest/scores/influence", "/analyses/latest/flows", "/analyses/latest/loops", "/analyses/latest/communities",
    "/changes?from=2024-12-31&to=2025-12-31", "/parties?role=distributor",
]  # fmt: skip


def walked(w: Workspace, path: str, limit: int) -> list[Any]:
    items: list[Any] = []
    cursor: str | None = None
    and_ = "&" if "?" in path else "?"
    while True:
        page = w.get(f"{path}{and_}limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
        assert len(page["items"]) <= limit
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


@pytest.mark.parametrize("path", LISTS)
def test_a_list_walked_by_cursors_is_the_whole_list(filled: Workspace, path: str) -> None:
    whole = walked(filled, path, 1000)
    assert walked(filled, path, 1 if len(whole) < 40 else 25) == whole


def test_a_cursor_that_is_cut_foreign_or_of_another_list_is_refused(filled: Workspace) -> None:
    cursors = {}
    for path in LISTS:
        and_ = "&" if "?" in path else "?"
        cursor = filled.get(f"{path}{and_}limit=1")["next_cursor"]
        if cursor is not None:
            cursors[path] = cursor
    assert len(cursors) >= 14
    for path in LISTS:
        and_ = "&" if "?" in path else "?"
        foreign = [cursor for other, cursor in cursors.items() if other != path][:2]
        for cursor in ("eyJ", "1" * 5_000, "banana", "", "99999999999999999999", cursors.get(path, "xx")[:-1], *foreign):
            assert_problem(filled.ask("GET", f"{path}{and_}cursor={cursor}"), 422, "invalid", code="bad-cursor", field="cursor")


def test_pages_of_latest_stay_with_the_analysis_of_the_first_page(filled: Workspace) -> None:
    first = filled.get("/analyses/latest/scores/influence?limit=1")
    whole = filled.get("/analyses/latest/scores/influence")["items"]
    filled.write(party("d3"), role("r3", source="d3"), money("v5", source="d3", amount="900000", valid_from="2025-05"))
    assert filled.job(filled.ask("POST", "/analyses", {"metrics": ["influence", "value_flow"]}))["state"] == "done"
    rest = filled.get(f"/analyses/latest/scores/influence?cursor={first['next_cursor']}")
    assert first["items"] + rest["items"] == whole
    assert len(filled.get("/analyses/latest/scores/influence")["items"]) == len(whole) + 1


def test_head_is_answered_like_get_without_the_body(filled: Workspace) -> None:
    for path in ("", *LISTS, "/parties/d1", "/roles/r1/history", "/export", "/vocabulary", "/parties/banana", "/parties?banana=1"):
        got, head = filled.ask("GET", path), filled.ask("HEAD", path)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        assert head.headers["content-type"] == got.headers["content-type"]
        assert head.headers.get("etag") == got.headers.get("etag")
    assert filled.client.head("/").status_code == filled.client.head("/healthz").status_code == filled.client.head("/openapi.json").status_code == 200


def test_head_of_a_stream_of_events_ends(filled: Workspace) -> None:
    answer = filled.client.head(f"{filled.path}/revisions", headers={"accept": "text/event-stream"}, timeout=10)
    assert (answer.status_code, answer.content) == (200, b"")


def test_head_makes_no_more_of_a_long_answer_than_its_first_piece() -> None:
    made: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(100):
            made.append(number)
            yield b"x"

    app = Starlette(routes=[Route("/", lambda request: StreamingResponse(pieces()))])
    sent: list[Any] = []

    async def ask() -> None:
        async def receive() -> Any:
            await asyncio.Event().wait()

        async def send(message: Any) -> None:
            sent.append(message)

        await HeadAsGet(app)({"type": "http", "method": "HEAD", "path": "/", "headers": [], "query_string": b""}, receive, send)

    asyncio.run(ask())
    assert ([message["type"] for message in sent], sent[-1]["body"], made) == (["http.response.start", "http.response.body"], b"", [0])


@pytest.mark.parametrize("record_id", ODD_IDS)
def test_the_address_of_a_record_that_was_made_leads_to_it(w: Workspace, record_id: str) -> None:
    made = w.ask("POST", "/parties", party(record_id))
    assert made.status_code == 201
    assert made.headers["location"].isascii()
    assert w.client.get(made.headers["location"]).json()["id"] == record_id


@pytest.mark.parametrize("workspace_id", ODD_IDS)
def test_the_address_of_a_workspace_that_was_made_leads_to_it(client: httpx.Client, store_kind: str, workspace_id: str) -> None:
    if store_kind == "neo4j":
        for left in client.get("/v1/workspaces").json()["items"]:
            client.delete(f"/v1/workspaces/{quote(left['id'], safe='')}")
    made = client.post("/v1/workspaces", json={"id": workspace_id, "name": "Odd", "focal_party_id": "firm"})
    assert made.status_code == 201, made.text
    location = made.headers["location"]
    assert (location.isascii(), client.get(location).json()["id"]) == (True, workspace_id)
    record = client.post(f"{location}/parties", json={"id": "a/b", "name": "A", "kind": "person"})
    assert client.get(record.headers["location"]).json()["id"] == "a/b"
    job = client.post(f"{location}/analyses", json={"metrics": ["degree"]})
    assert client.get(job.headers["location"]).json()["workspace"] == workspace_id
    assert client.delete(location).status_code == 200

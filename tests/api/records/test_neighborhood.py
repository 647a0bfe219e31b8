"""The neighborhood of a party: the same from the direct way and the usual one, and never older than the last write, whoever wrote it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest

from service.app import create_app
from service.core.settings import Settings
from tests.api.conftest import Server, Workspace, money, party, role
from tests.stores.sample_records import flow, tie

ROOT = Path(__file__).parents[3]
WRITE = """
import sys
from service.facts.batches import take_batch
from service.core.settings import read_settings
from service.stores.interface.store import Writing
from service.workspaces.context import Service
service = Service(read_settings(store="sqlite:///" + sys.argv[1]))
take_batch(service, sys.argv[2], sys.stdin.buffer.read(), "abort", Writing(who="somebody else"))
service.close()
"""


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Workspace, Workspace]]:
    """One workspace, asked of a service, and of another on the same files that has no direct way."""
    settings = Settings(store=f"sqlite:///{tmp_path}", data=tmp_path, worker=False)
    with_direct, without = Server(settings), Server(settings)
    assert with_direct.app.direct is not None
    without.app.direct = None
    with with_direct as one, without as other, httpx.Client(base_url=one) as direct, httpx.Client(base_url=other) as usual:
        made = direct.post("/v1/workspaces", json={"id": "w", "name": "w", "focal_party_id": "firm", "default_as_of": "2025-12-31"})
        assert made.status_code == 201
        yield Workspace(direct, "w"), Workspace(usual, "w")


def told(w: Workspace) -> None:
    """A hub with states cut into slices, a self-loop, an event still to come, a party still to come, one that is gone, ids of all kinds."""
    w.write(
        *map(party, ("firm", "d1", "a/b", "华东 家电", "gone")),
        role(stage="active", valid_from="2023"), role("r2", source="华东 家电"), role("r3", source="gone"),
        money(), money("self", source="firm"), money("later", valid_from="2026-05"),
        tie("t", source="a/b", target="firm", valid_to="2024"),
        {"type": "assessment", "id": "j", "target": "firm", "scheme": "salience", "values": {"power": 0.5}, "valid_from": "2025-01-01"},
    )  # fmt: skip
    w.write(party("late", valid_from="2026"), role(stage="lapsed", valid_from="2025-07"), flow("near", "late", "firm"))
    assert w.ask("DELETE", "/roles/r3").status_code == 200
    assert w.ask("DELETE", "/parties/gone").status_code == 200


QUERIES = (
    "", "?hops=1", "?limit=2", "?limit=1&kinds=money", "?kinds=money,distributor", "?kinds=", "?as_of=2024-06-30", "?as_of=2026-06-30", "?known_at=1",
    "?known_at=0", "?known_at=2000-01-01T00:00:00Z", "?known_at=99999999999999999999", "?hops=2", "?hops=9", "?limit=0", "?limit=x", "?as_of=2024",
    "?as_of=", "?known_at=yesterday", "?banana=1", "?kinds=%ff", "?limit=2&limit=3", "?as_of=2024-06-30&as_of=2023-06-30",
)  # fmt: skip


def test_the_direct_way_answers_byte_for_byte_as_the_usual_one(both: tuple[Workspace, Workspace]) -> None:
    direct, usual = both
    told(direct)
    places = ["/parties/" + quote(name, safe="") for name in ("firm", "d1", "a/b", "华东 家电", "late", "gone", "nobody")]
    places += ["/parties/%ff", "/parties/a%00b", "/parties/firm/"]
    asked = [place + "/neighborhood" + query for place in places for query in QUERIES]
    answers = [(direct.ask("GET", path), usual.ask("GET", path)) for path in asked * 2]
    assert [(one.status_code, one.content, one.headers["content-type"]) for one, _ in answers] == [
        (other.status_code, other.content, other.headers["content-type"]) for _, other in answers
    ]
    assert {one.status_code for one, _ in answers} == {200, 400, 404, 422}
    elsewhere = "/v1/workspaces/none/parties/firm/neighborhood"
    assert direct.client.get(elsewhere).json() == usual.client.get(elsewhere).json()


def test_requests_on_the_direct_way_are_counted(both: tuple[Workspace, Workspace]) -> None:
    direct, _ = both
    told(direct)
    before = _counted(direct)
    assert direct.ask("GET", "/parties/firm/neighborhood").status_code == 200
    assert direct.ask("GET", "/parties/nobody/neighborhood").status_code == 404
    assert _counted(direct) == before + 3  # the two, and the asking before


def _counted(w: Workspace) -> int:
    found = [line for line in w.client.get("/metrics").text.splitlines() if line.startswith('stakeholder_graph_requests_total{method="GET"')]
    return sum(int(float(line.rsplit(" ", 1)[1])) for line in found)


class Page(msgspec.Struct):
    """A list with its items as they stand in the answer."""

    items: list[msgspec.Raw]


def test_a_neighborhood_is_made_of_the_records_as_they_are_listed(w: Workspace) -> None:
    told(w)

    def listed(path: str, *wanted: str) -> bytes:
        items = {msgspec.json.decode(item)["id"]: bytes(item) for item in msgspec.json.decode(w.ask("GET", path).content, type=Page).items}
        return b",".join(items[name] for name in wanted)

    parties = listed("/parties", "firm", "d1", "华东 家电")
    facts = listed("/parties/firm/facts", "r1", "r2", "self", "v1", "j")
    assert w.ask("GET", "/parties/firm/neighborhood").content == b'{"parties":[' + parties + b'],"facts":[' + facts + b'],"truncated":null}'


@pytest.mark.embedded_only
def test_what_another_process_wrote_is_answered_at_once(both: tuple[Workspace, Workspace], tmp_path: Path) -> None:
    direct, _ = both
    told(direct)
    for number in range(3):
        before = direct.get("/parties/d1/neighborhood")
        line = f'{{"type":"value_flow","id":"other{number}","source":"d1","target":"firm","kind":"goods","valid_from":"2025-03"}}'
        subprocess.run([sys.executable, "-c", WRITE, str(tmp_path), "w"], input=line.encode(), cwd=ROOT, check=True)
        after = direct.get("/parties/d1/neighborhood")
        new = [fact for fact in after["facts"] if fact not in before["facts"]]
        assert [(fact["id"], fact["recorded_by"]) for fact in new] == [(f"other{number}", "somebody else")]


@pytest.mark.embedded_only
def test_a_workspace_that_another_service_deleted_and_made_anew_is_asked_anew(both: tuple[Workspace, Workspace]) -> None:
    direct, usual = both
    told(direct)
    assert usual.ask("GET", "/parties/firm/neighborhood").status_code == 200
    assert usual.client.delete("/v1/workspaces/w").status_code == 200
    assert direct.ask("GET", "/parties/firm/neighborhood").status_code == 404
    assert usual.client.post("/v1/workspaces", json={"id": "w", "name": "again"}).status_code == 201
    usual.write(party("firm", name="Again"))
    found: dict[str, Any] = direct.get("/parties/firm/neighborhood")
    assert ([item["name"] for item in found["parties"]], found["facts"]) == (["Again"], [])


def test_an_app_answers_neighborhoods_before_anything_else_was_asked_of_its_store(tmp_path: Path) -> None:
    settings = Settings(store=f"sqlite:///{tmp_path}", data=tmp_path, worker=False)
    with Server(settings) as address, httpx.Client(base_url=address) as client:
        client.post("/v1/workspaces", json={"id": "w", "name": "w"})
        Workspace(client, "w").write(party("firm"))
    assert create_app(settings).state.service.opened("w") is None
    with Server(settings) as address, httpx.Client(base_url=address) as client:
        assert [item["id"] for item in Workspace(client, "w").get("/parties/firm/neighborhood")["parties"]] == ["firm"]

"""The demo in a running service, loaded and scored as a user would: over HTTP."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from examples.demo import DEMO_WORKSPACE, demo_records
from service.core.settings import read_settings
from tests.api.conftest import Server, Workspace, lines

NEO4J = os.environ.get("STAKEHOLDER_GRAPH_TEST_NEO4J")
NO_NEO4J = pytest.mark.skipif(NEO4J is None, reason="STAKEHOLDER_GRAPH_TEST_NEO4J names no Neo4j")


class Demo(Workspace):
    """The demo's workspace; ``scored`` is the path of the analysis of the default set, whatever is analysed after it."""

    scored = ""

    def analysed(self, **request: Any) -> str:
        """Run an analysis; the path of its views."""
        job = self.job(self.ask("POST", "/analyses", request))
        assert job["state"] == "done", job
        return f"/analyses/{job['result']['analysis_id']}"

    def scores(self, metric: str, analysis: str | None = None) -> dict[str, Any]:
        """Party -> value, best first."""
        return {item["party_id"]: item["value"] for item in self.get(f"{analysis or self.scored}/scores/{metric}?limit=1000")["items"]}

    def part(self, party: str, score: str, part: str) -> dict[str, Any]:
        """One part of a party's score, explained."""
        parts = self.get(f"{self.scored}/parties/{party}/explain?score={score}")["parts"]
        found: dict[str, Any] = next(item for item in parts if item["part"] == part)
        return found


@pytest.fixture(scope="module", params=["embedded", pytest.param("neo4j", marks=[pytest.mark.neo4j, NO_NEO4J])])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, loaded as one batch and scored with the default set."""
    directory = tmp_path_factory.mktemp(f"demo-{request.param}")
    store = NEO4J if request.param == "neo4j" else f"sqlite:///{directory}"
    with Server(read_settings(store=store, data=directory)) as address, httpx.Client(base_url=address, timeout=120) as client:
        for left in client.get("/v1/workspaces").json()["items"]:
            client.delete(f"/v1/workspaces/{left['id']}")
        assert client.post("/v1/workspaces", json=DEMO_WORKSPACE).status_code == 201
        demo = Demo(client, DEMO_WORKSPACE["id"])
        answer = demo.ask("POST", "/batches", lines(*demo_records()))
        assert answer.status_code == 200, answer.text
        demo.scored = demo.analysed()
        yield demo
        client.delete(demo.path)

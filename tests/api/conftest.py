"""A real server on a port of its own for each store, and in it a workspace for each test.

Tests pull in ``w`` (a workspace with ``firm`` as its focal party, empty) and write what they need themselves. On Neo4j
there is one workspace at a time; tests that need two are marked ``embedded_only``.
"""

from __future__ import annotations

import json
import os
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn

from service.app import create_app
from service.core.settings import Settings
from service.http.fast_path import DirectProtocol

NEO4J = os.environ.get("STAKEHOLDER_GRAPH_TEST_NEO4J")
NDJSON = "application/x-ndjson"


class Server:
    """The service in a thread of this process, on a free port."""

    def __init__(self, settings: Settings) -> None:
        self.app = create_app(settings)
        self._server = uvicorn.Server(uvicorn.Config(self.app, http=DirectProtocol, port=0, log_level="warning", timeout_graceful_shutdown=2))
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        host, port = self._server.servers[0].sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(30)


class Workspace:
    """One workspace, asked by paths relative to it."""

    def __init__(self, client: httpx.Client, workspace_id: str) -> None:
        self.client = client
        self.id = workspace_id
        self.path = f"/v1/workspaces/{workspace_id}"

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """``headers`` are written with underscores; a body of bytes is NDJSON, everything else JSON."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, bytes):
            return self.client.request(method, self.path + path, content=body, headers={"Content-Type": NDJSON} | named)
        return self.client.request(method, self.path + path, json=body, headers=named)

    def get(self, path: str, **headers: str) -> Any:
        answer = self.ask("GET", path, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def batch(self, *records: dict[str, Any], query: str = "", **headers: str) -> httpx.Response:
        return self.ask("POST", f"/batches{query}", lines(*records), **headers)

    def write(self, *records: dict[str, Any]) -> int:
        """A batch that must succeed; its revision."""
        answer = self.batch(*records)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["revision"])

    @property
    def revision(self) -> int:
        """The newest revision."""
        found = self.get("/revisions?limit=1000")["items"]
        return max((item["number"] for item in found), default=0)

    def job(self, answer: httpx.Response, seconds: float = 60) -> dict[str, Any]:
        """The job that an answer names, once it has ended."""
        assert answer.status_code == 202, answer.text
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            job: dict[str, Any] = self.client.get(answer.headers["location"]).json()
            if job["state"] in ("done", "failed", "cancelled"):
                return job
            time.sleep(0.05)
        raise AssertionError(f"the job did not end: {job}")


def lines(*records: dict[str, Any]) -> bytes:
    return b"\n".join(json.dumps(record).encode() for record in records)


def party(party_id: str, **fields: Any) -> dict[str, Any]:
    return {"type": "party", "id": party_id, "name": party_id, "kind": "organization"} | fields


def role(role_id: str = "r1", **fields: Any) -> dict[str, Any]:
    return {"type": "role", "id": role_id, "source": "d1", "target": "firm", "role": "distributor"} | fields


def money(flow_id: str = "v1", **fields: Any) -> dict[str, Any]:
    return {"type": "value_flow", "id": flow_id, "source": "d1", "target": "firm", "kind": "money", "amount": "10.50", "currency": "CNY"} | fields


def assert_problem(answer: httpx.Response, status: int, slug: str, /, **first: Any) -> dict[str, Any]:
    """The answer is a problem in the one shape; ``first`` is what its first error says."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance", "errors"} <= body.keys()
    assert (body["type"], body["status"]) == (f"/problems/{slug}", status)
    assert all(error.keys() == {"line", "field", "code", "message"} for error in body["errors"])
    assert "Traceback" not in answer.text
    if first:
        assert body["errors"], body
        assert {name: body["errors"][0][name] for name in first} == first
    return body


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "store_kind" in metafunc.fixturenames:
        kinds: list[Any] = ["embedded"]
        if metafunc.definition.get_closest_marker("embedded_only") is None:
            absent = pytest.mark.skipif(NEO4J is None, reason="STAKEHOLDER_GRAPH_TEST_NEO4J names no Neo4j")
            kinds.append(pytest.param("neo4j", marks=[pytest.mark.neo4j, absent]))
        metafunc.parametrize("store_kind", kinds, scope="session")


@pytest.fixture(scope="session")
def server(store_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running service."""
    directory = tmp_path_factory.mktemp(f"service-{store_kind}")
    store = NEO4J if store_kind == "neo4j" else f"sqlite:///{directory}"
    with Server(Settings(store=store, data=directory, batch_bytes=4 << 20, upload_bytes=8 << 20)) as address:
        yield address


@pytest.fixture(scope="session")
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=30) as client:
        yield client


@pytest.fixture
def w(client: httpx.Client, store_kind: str) -> Iterator[Workspace]:
    """An empty workspace."""
    if store_kind == "neo4j":
        for left in client.get("/v1/workspaces").json()["items"]:
            client.delete(f"/v1/workspaces/{left['id']}")
    workspace = Workspace(client, f"t-{uuid.uuid4().hex[:10]}")
    made = client.post("/v1/workspaces", json={"id": workspace.id, "name": "test", "focal_party_id": "firm", "default_as_of": "2025-12-31"})
    assert made.status_code == 201, made.text
    yield workspace
    client.delete(workspace.path)


@pytest.fixture
def firm(w: Workspace) -> Workspace:
    """A workspace with the focal party and one distributor."""
    w.write(party("firm"), party("d1"))
    return w

"""Writes the answers in ``service/api/examples.json``: ``python docs/make_examples.py``, after a change of what the API answers.

The file holds for each operation its parameters and its body, which are written by hand, and what the demo answers to them, which this script
writes: cut to a few items, with ids and times of a fixed run, so that the same code writes the same file. Answers of Cypher are renewed only
where ``STAKEHOLDER_GRAPH_TEST_NEO4J`` names a Neo4j that may be emptied; the others come from the embedded store.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

FILE = Path(__file__).parents[1] / "service" / "api" / "examples.json"
NEO4J = os.environ.get("STAKEHOLDER_GRAPH_TEST_NEO4J")
W = "/v1/workspaces/{workspace}"
NDJSON = "application/x-ndjson"
A_TIME = "2026-03-02T09:30:00.000000Z"
SERVICE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z")
RANDOM_ID = re.compile(r"(?<![0-9a-z.])(?=[0-9]*[a-f])[0-9a-f]{16,40}(?![0-9a-z])")
COUNTED = re.compile(r"\} \d+$", re.MULTILINE)
RECORDS = re.compile(rf"POST {re.escape(W)}/(parties|roles|relationships|value-flows|touchpoints|assessments|documents|exchange-rates)")
CYPHER = (f"POST {W}/queries/{{name}}", f"POST {W}/query")
FAILS = {
    "invalid": ("POST", f"{W}/parties", {"id": "x", "name": "X", "kind": "organization", "colour": "red"}),
    "not-found": ("GET", f"{W}/parties/nobody", None),
    "malformed": ("POST", f"{W}/parties", b"{"),
    "unsupported-media": ("POST", f"{W}/batches", {}),
    "stage-not-allowed": ("PATCH", f"{W}/roles/role.silkroad-appliances.distributor.haiyue", {"stage": "prospect", "valid_from": "2026-01-01"}),
    "in-use": ("DELETE", f"{W}/parties/silkroad-appliances", None),
    "already-exists": ("POST", "/v1/workspaces", {"id": "demo", "name": "Demo"}),
    "needs-neo4j": ("POST", f"{W}/query", {"cypher": "RETURN 1 AS one"}),
}
"""Problems that the demo can be brought to answer with."""


class ExampleRun:
    """The documented requests, sent to a service whose workspace ``demo`` holds the demo."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.written: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
        self.operations: dict[str, dict[str, Any]] = self.written["operations"]
        self.made: dict[str, str] = {}
        """The id in an example -> the id of what was made in this service."""

    def prepare(self) -> None:
        """Make one of each thing that the examples name: analyses, a ranking, scenarios, a report, a mapping, an import."""
        compared = self._parameter(f"GET {W}/analyses/compare", "ids").partition(",")[0]
        self.made[compared] = self._done(f"POST {W}/analyses")["result"]["analysis_id"]
        series = {"metrics": ["influence"], "series": {"from": "2025-10-31", "to": "2025-12-31", "step": "P1M"}}
        self._done(f"POST {W}/analyses", series)
        self._done(f"POST {W}/rankings")
        for scenario in self._parameter(f"GET {W}/scenarios/compare", "ids").split(","):
            self.made[scenario] = self._done(f"POST {W}/scenarios")["result"]["scenario_id"]
        assert self.ask(f"PUT {W}/mappings/{{name}}").status_code == 200
        self.made[self._parameter(f"GET {W}/imports/{{import_id}}", "import_id")] = self._done(f"POST {W}/imports")["result"]["import_id"]
        job = self._done(f"POST {W}/analyses", {})  # the newest, so that `latest` is the default set
        self.made[self._parameter("GET /v1/jobs/{job_id}", "job_id")] = job["id"]
        self.made[self._parameter(f"GET {W}/reports/{{report_id}}", "report_id")] = self._done(f"POST {W}/reports")["result"]["report_id"]

    def ask(self, name: str, body: Any = None, **changed: Any) -> httpx.Response:
        """The request of an operation with the parameters and the body of its example; ``changed`` parameters are others (None: left out)."""
        method, path = name.split(" ")
        example = self.operations[name]
        query = {}
        for parameter, value in (example.get("parameters", {}) | changed).items():
            text = self._real(value)
            if f"{{{parameter}}}" in path:
                path = path.replace(f"{{{parameter}}}", quote(str(text), safe=""))
            elif text is not None:
                query[parameter] = str(text).lower() if isinstance(text, bool) else str(text)
        return self.client.request(method, path, params=query, **self._content(path, example.get("body") if body is None else body))

    def fail(self, code: str) -> httpx.Response:
        """The request that this problem answers."""
        method, path, body = FAILS[code]
        sent = {"content": body, "headers": {"Content-Type": "application/json"}} if isinstance(body, bytes) else self._content(path, body)
        answer = self.client.request(method, path.replace("{workspace}", "demo"), **sent)
        assert answer.json()["type"] == f"/problems/{code}", answer.text
        return answer

    def _content(self, path: str, body: Any) -> dict[str, Any]:
        if path.endswith(("/imports", "/mappings/suggest")) and body is not None:
            names = body["file"] if isinstance(body["file"], list) else [body["file"]]
            fields = {name: json.dumps(value) if isinstance(value, bool) else value for name, value in body.items() if name != "file"}
            return {"files": [("file", (name, self.written["files"][name].encode())) for name in names], "data": fields}
        if isinstance(body, str):
            media = NDJSON if path.endswith("/batches") else "application/yaml"
            return {"content": body.encode(), "headers": {"Content-Type": media}}
        return {} if body is None else {"json": body}

    def _parameter(self, name: str, parameter: str) -> str:
        return str(self.operations[name]["parameters"][parameter])

    def _real(self, value: Any) -> Any:
        if isinstance(value, str):
            for example, real in self.made.items():
                value = value.replace(example, real)
        return value

    def _done(self, name: str, body: Any = None) -> dict[str, Any]:
        """The job that a request queues, once it is done."""
        answer = self.ask(name, body)
        assert answer.status_code == 202, answer.text
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            job: dict[str, Any] = self.client.get(answer.headers["location"]).json()
            if job["state"] not in ("queued", "running"):
                assert job["state"] == "done", job
                return job
            time.sleep(0.05)
        raise AssertionError(f"{name} did not end")

    def names(self, *methods: str) -> list[str]:
        """The operations of these methods, in their order."""
        return [name for name in self.operations if name.split(" ")[0] in methods]

    def writes(self) -> Iterator[str]:
        """Operations that change something, each after those that it needs."""
        last = f"DELETE {W}"
        yield from self.names("POST", "PUT", "PATCH")
        yield from (name for name in reversed(self.names("DELETE")) if name != last)
        yield last


def cut(value: Any) -> Any:
    """An answer with the beginning of its lists: of objects the first (of changes and edits the first of each kind), of plain values six."""
    if isinstance(value, dict):
        return {name: _ENTRIES[name](item) if name in _ENTRIES and isinstance(item, dict) else cut(item) for name, item in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        first: dict[Any, Any] = {}
        for item in value:
            first.setdefault(item.get("op") or ("change" in item and item.get("kind")) or ("parameters_hash" in item and item["analysis_id"]), item)
        return [cut(item) for item in first.values()]
    return [cut(item) for item in value[:6]] if isinstance(value, list) else value


_ENTRIES: dict[str, Any] = {"metrics": lambda runs: dict(list(runs.items())[:2]), "timings": lambda seconds: dict.fromkeys(list(seconds)[:2], 0.01)}
"""Objects whose names are entries: two are enough, and times are those of a fixed run."""


class Fixed:
    """Answers with the ids and times of a fixed run in the place of those of this one."""

    def __init__(self, made: dict[str, str]) -> None:
        self.ids = {real: example for example, real in made.items()}

    def __call__(self, answer: httpx.Response) -> Any:
        if answer.headers.get("content-type", "").partition(";")[0] in ("application/json", "application/problem+json"):
            text = self._text(json.dumps(cut(answer.json()), ensure_ascii=False))
            return json.loads(text)
        if answer.headers["content-type"].startswith("application/vnd."):
            return "(the bytes of the file)"
        text = self._text("".join(answer.text.splitlines(keepends=True)[:3])[:600])
        return COUNTED.sub("} 42", text)

    def _text(self, text: str) -> str:
        return SERVICE_TIME.sub(A_TIME, RANDOM_ID.sub(self._id, text))

    def _id(self, found: re.Match[str]) -> str:
        if found[0] not in self.ids:
            self.ids[found[0]] = hashlib.blake2b(str(len(self.ids)).encode(), digest_size=20).hexdigest()[: len(found[0])]
        return self.ids[found[0]]


def record(run: ExampleRun) -> None:
    """Ask everything of the embedded demo and keep what it answers."""
    run.prepare()
    fixed = Fixed(run.made)
    for name in run.names("GET"):
        _keep(run, name, fixed)
    for code in FAILS:
        run.written["problems"][code] = fixed(run.fail(code))
    for name in run.writes():
        if name in CYPHER:
            continue
        _keep(run, name, fixed)
        if RECORDS.fullmatch(name):  # the same again: it is there already
            _keep(run, name, fixed)


def record_cypher(run: ExampleRun) -> None:
    """Ask the questions in Cypher of the demo on Neo4j."""
    for name in CYPHER:
        _keep(run, name, Fixed({}))


def _keep(run: ExampleRun, name: str, fixed: Fixed) -> None:
    answer = run.ask(name)
    assert answer.is_success, f"{name}: {answer.status_code} {answer.text}"
    run.operations[name].setdefault("answers", {})[str(answer.status_code)] = fixed(answer)


@contextmanager
def demo_service(store: str, directory: str) -> Iterator[httpx.Client]:
    """A client of a service with the demo in it."""
    import uvicorn

    from examples.demo import DEMO_WORKSPACE, demo_records
    from service.app import create_app
    from service.core.settings import read_settings

    server = uvicorn.Server(uvicorn.Config(create_app(read_settings(store=store, data=directory)), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
            for left in client.get("/v1/workspaces").json()["items"]:
                client.delete(f"/v1/workspaces/{left['id']}")
            assert client.post("/v1/workspaces", json=DEMO_WORKSPACE).status_code == 201
            lines = "\n".join(json.dumps(fields) for fields in demo_records())
            answer = client.post("/v1/workspaces/demo/batches", content=lines, headers={"Content-Type": NDJSON})
            assert answer.status_code == 200, answer.text
            yield client
    finally:
        server.should_exit = True
        thread.join()


def main() -> None:
    """Ask, and write the file."""
    with tempfile.TemporaryDirectory() as directory, demo_service(f"sqlite:///{directory}", directory) as client:
        run = ExampleRun(client)
        record(run)
    if NEO4J is not None:
        with tempfile.TemporaryDirectory() as directory, demo_service(NEO4J, directory) as client:
            run.client, run.made = client, {}
            record_cypher(run)
    FILE.write_text(json.dumps(run.written, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

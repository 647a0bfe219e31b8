"""Every operation of the OpenAPI document, asked of the demo with its own example: what comes back is exactly what the document says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.io.strict_schema import JSON, MAKER, Documented, faults
from tests.examples.conftest import Demo

ONE_WORKSPACE = ("POST /v1/workspaces", "PATCH /v1/workspaces/{workspace}", "DELETE /v1/workspaces/{workspace}")
"""A Neo4j store holds the demo and nothing beside it, so that these cannot be done there."""


class Asked(Documented):
    """The demo with one of each thing that the examples name, and the document that it is compared with."""

    def __init__(self, client: httpx.Client) -> None:
        super().__init__(client)
        self.run = MAKER["ExampleRun"](client)
        self.run.prepare()


@pytest.fixture(scope="module")
def asked(demo: Demo) -> Asked:
    return Asked(demo.client)


def keys(value: Any, path: str = "") -> Iterator[str]:
    """Every key of a JSON value with where it stands, items of lists taken together."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield f"{path}.{name}"
            yield from keys(item, f"{path}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from keys(item, f"{path}[]")


def test_every_operation_has_an_example_and_every_example_an_operation(asked: Asked) -> None:
    assert asked.operations.keys() == set(asked.run.operations), "write the parameters and the body into service/api/examples.json"


def test_every_get_answers_exactly_what_is_documented(asked: Asked) -> None:
    wrong: list[str] = []
    for name in asked.run.names("GET"):
        answer = asked.run.ask(name)
        assert answer.status_code == 200, f"{name}: {answer.text}"
        wrong += asked.faults(name, answer)
        if answer.headers["content-type"] == JSON:
            gone = set(keys(asked.run.operations[name]["answers"]["200"])) - set(keys(answer.json()))
            wrong += [f"{name}: the example has {key}, the demo has not (python docs/make_examples.py)" for key in sorted(gone)]
    assert wrong == []


def test_problems_are_documented_where_they_occur(asked: Asked, demo: Demo) -> None:
    names = {"needs-neo4j": f"POST {MAKER['W']}/query", "in-use": f"DELETE {MAKER['W']}/parties/{{record_id}}"}
    for code in ("invalid", "not-found", "malformed", "unsupported-media", "stage-not-allowed", "in-use"):
        method, path, _ = MAKER["FAILS"][code]
        collection = path.split("/")[4]
        name = names.get(code) or f"{method} {MAKER['W']}/{collection}" + ("/{record_id}" if len(path.split("/")) > 5 else "")
        assert asked.faults(name, asked.run.fail(code)) == []


def test_every_write_takes_its_example_and_answers_what_is_documented(asked: Asked, demo: Demo) -> None:
    holds_one = demo.client.post("/v1/workspaces", json={"id": "second", "name": "Second"}).status_code == 409
    for name in [*asked.run.names("POST", "PUT", "PATCH"), *asked.run.names("DELETE")]:
        body = asked.operations[name].get("requestBody", {}).get("content", {}).get(JSON)
        if body is not None:
            assert faults(asked.document, body["schema"], asked.run.operations[name]["body"]) == [], name
    for name in asked.run.writes():
        answer = asked.run.ask(name)
        assert asked.faults(name, answer) == []
        cannot = (holds_one and name in ONE_WORKSPACE) or (not holds_one and answer.status_code == 501)
        assert answer.is_success or cannot, f"{name}: {answer.text}"

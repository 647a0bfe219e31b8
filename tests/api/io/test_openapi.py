"""The API's own description: complete, of version 3.1, with an example for every request and answer."""

from __future__ import annotations

from typing import Any

import httpx
from fastapi import FastAPI

from service.api.io.openapi import document

HTTP = ("get", "put", "post", "patch", "delete")


def operations(client: httpx.Client) -> list[tuple[str, dict[str, Any]]]:
    found = client.get("/openapi.json").json()["paths"]
    return [(f"{method.upper()} {path}", operation) for path, methods in found.items() for method, operation in methods.items() if method in HTTP]


def test_it_is_openapi_3_1(client: httpx.Client) -> None:
    assert client.get("/openapi.json").json()["openapi"].startswith("3.1")


def test_every_request_and_answer_has_an_example(client: httpx.Client) -> None:
    without = []
    for name, operation in operations(client):
        contents = [("request", operation.get("requestBody", {}).get("content", {}))]
        contents += [(status, answer.get("content", {})) for status, answer in operation["responses"].items()]
        assert any(status.startswith("2") for status, _ in contents if status != "request"), name
        without += [f"{name} {what} {media}" for what, content in contents for media, body in content.items() if "example" not in body]
    assert without == []


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(client: httpx.Client) -> None:
    found = operations(client)
    ids = [operation["operationId"] for _, operation in found]
    assert len(set(ids)) == len(ids)
    assert [name for name, operation in found if not operation.get("description")] == []


def test_every_operation_documents_problems(client: httpx.Client) -> None:
    assert [name for name, operation in operations(client) if "application/problem+json" not in operation["responses"]["default"]["content"]] == []


def test_every_reference_leads_somewhere(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [reference for inner in value.values() for reference in references(inner)]
        return [reference for inner in value for reference in references(inner)] if isinstance(value, list) else []

    parts = [reference.split("/") for reference in references(document)]
    assert [part for part in parts if part[:2] != ["#", "components"] or part[3] not in document["components"][part[2]]] == []


def test_problems_are_documented_by_status_and_type(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()

    def types(method: str, path: str) -> dict[str, list[str]]:
        found = {}
        for status, answer in document["paths"][f"/v1/workspaces/{{workspace}}{path}"][method]["responses"].items():
            if status >= "4" and status != "default":
                shared = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                found[status] = shared["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]["type"]["enum"]
        return found

    assert types("get", "/roles/{record_id}") == {"404": ["/problems/not-found"], "422": ["/problems/invalid"], "503": ["/problems/store-unavailable"]}
    patch = types("patch", "/roles/{record_id}")
    assert (patch["409"], patch["412"]) == (["/problems/stage-not-allowed"], ["/problems/version-conflict"])
    assert patch["422"] == ["/problems/invalid", "/problems/idempotency-key-reused"]
    assert types("post", "/query")["501"] == ["/problems/needs-neo4j"]


def test_a_route_without_an_example_shows_no_example() -> None:
    """The document says what routes say: a route that is added without a shape is found by the tests of answers."""
    app = FastAPI()
    app.get("/v1/new")(lambda: {"a": 1})
    (operation,) = document(app)["paths"]["/v1/new"].values()
    assert operation["responses"]["200"]["content"] == {"application/json": {"schema": {}}}


def test_fields_of_records_say_what_they_mean(client: httpx.Client) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert schemas["Role"]["properties"]["stage"]["description"].startswith("One of the vocabulary's `stages`")
    assert {"number", "string"} <= {kind.get("type") for kind in schemas["ValueFlow"]["properties"]["amount"]["anyOf"]}
    assert "version" in schemas["AnsweredRole"]["required"]
    assert "id" not in schemas["RolePut"]["required"]


def test_the_examples_of_records_are_taken(client: httpx.Client) -> None:
    """Each example of a POST to a collection passes the service's own check of records."""
    from graph_models.records.json_codec import record_of
    from graph_models.records.record_types import BY_COLLECTION
    from graph_models.records.validation import faults
    from graph_models.records.vocabulary import BUILT_IN

    for name, operation in operations(client):
        collection = name.rpartition("/")[2]
        if name.startswith("POST") and collection in BY_COLLECTION:
            example = operation["requestBody"]["content"]["application/json"]["example"]
            assert faults(record_of(example, BY_COLLECTION[collection].name), BUILT_IN) == []

"""The API's own description: complete, of version 3.1, with an example for every request and answer."""

from __future__ import annotations

from typing import Any

import httpx

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
    schemas = document["components"]["schemas"]

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [reference for inner in value.values() for reference in references(inner)]
        return [reference for inner in value for reference in references(inner)] if isinstance(value, list) else []

    assert {reference.rpartition("/")[2] for reference in references(document)} - schemas.keys() == set()


def test_the_examples_of_records_are_taken(client: httpx.Client) -> None:
    """Each example of a POST to a collection passes the service's own check of records."""
    from graph_models.records import BY_COLLECTION, record_of
    from graph_models.validation import faults
    from graph_models.vocabulary import BUILT_IN

    for name, operation in operations(client):
        collection = name.rpartition("/")[2]
        if name.startswith("POST") and collection in BY_COLLECTION:
            example = operation["requestBody"]["content"]["application/json"]["example"]
            assert faults(record_of(example, BY_COLLECTION[collection].name), BUILT_IN) == []

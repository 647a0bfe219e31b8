"""The OpenAPI document made strict: no key that it does not name, no status that it does not name. What clients may not rely on, tests may."""

from __future__ import annotations

import copy
import runpy
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs

MAKER = runpy.run_path(str(Path(__file__).parents[3] / "docs" / "make_examples.py"))
"""The script that asks the documented requests."""
JSON = "application/json"
PROBLEM_JSON = "application/problem+json"


def strict(document: dict[str, Any]) -> dict[str, Any]:
    """A copy in which every object has the properties that are written down and no others, and no answer is `default`."""
    made = copy.deepcopy(document)
    for schema in made["components"]["schemas"].values():
        _close(schema)
    for methods in made["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("default", None)
    return made


def _close(schema: Any) -> None:
    if isinstance(schema, dict):
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
        for inner in schema.values():
            _close(inner)
    elif isinstance(schema, list):
        for inner in schema:
            _close(inner)


def faults(document: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    """Everything in which a value is not as the schema says, with its place."""
    validator = jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})
    return [f"{'/'.join(map(str, error.instance_path))}: {error.message[:200]}" for error in validator.iter_errors(value)]


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """``METHOD path`` -> operation."""
    return {f"{method.upper()} {path}": operation for path, methods in document["paths"].items() for method, operation in methods.items()}


def response(document: dict[str, Any], operation: dict[str, Any], status: int | str) -> dict[str, Any] | None:
    """The answer of a status, by reference or in place; ``None`` where it is not documented."""
    found: dict[str, Any] | None = operation["responses"].get(str(status))
    if found is not None and "$ref" in found:
        found = document["components"]["responses"][found["$ref"].rpartition("/")[2]]
    return found


class Documented:
    """The strict document of a service, and what is wrong with an answer beside it."""

    def __init__(self, client: httpx.Client) -> None:
        self.document = strict(client.get("/openapi.json").json())
        self.operations = operations(self.document)

    def faults(self, name: str, answer: httpx.Response) -> list[str]:
        """In what an answer of an operation is not as documented."""
        documented = response(self.document, self.operations[name], answer.status_code)
        if documented is None:
            return [f"{name}: {answer.status_code} is not documented: {answer.text[:200]}"]
        media = answer.headers["content-type"].partition(";")[0]
        if media not in documented["content"]:
            return [f"{name}: {media} is not documented for {answer.status_code}"]
        if media not in (JSON, PROBLEM_JSON):
            return []
        return [f"{name} {answer.status_code} {fault}" for fault in faults(self.document, documented["content"][media]["schema"], answer.json())]

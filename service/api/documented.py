"""How operations are documented: each request and each answer with its schema and an example, every error in the one shape."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from graph_models.records import RECORD_TYPES, RecordType
from service.api.schemas import Revision, RevisionAnswer
from service.errors import PROBLEM_JSON

JSON = "application/json"
NDJSON = "application/x-ndjson"
Documented = dict[int | str, dict[str, Any]]

PROBLEM_EXAMPLE: dict[str, Any] = {
    "type": "/problems/invalid",
    "title": "The content is not valid",
    "status": 422,
    "detail": "1 lines of the batch are not valid; nothing was written",
    "instance": "/v1/workspaces/demo/batches",
    "errors": [{"line": 1, "field": "source", "code": "dangling", "message": "there is no party 'nobody'"}],
}
PROBLEM: Documented = {
    "default": {
        "description": "A problem (RFC 9457); `type` is stable.",
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": PROBLEM_EXAMPLE}},
    }
}
_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "line": {"type": ["integer", "null"]},
                    "field": {"type": ["string", "null"]},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
ANY: dict[str, Any] = {"type": "object"}


def ref(name: str) -> dict[str, Any]:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def listed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a page of a list."""
    return {
        "type": "object",
        "required": ["items", "next_cursor"],
        "properties": {"items": {"type": "array", "items": schema}, "next_cursor": {"type": ["string", "null"]}, "total": {"type": ["integer", "null"]}},
    }


def page(*items: Any, total: int | None = None) -> dict[str, Any]:
    """The example of a page of a list."""
    return {"items": list(items), "next_cursor": None, "total": len(items) if total is None else total}


def answers(example: Any, description: str = "Done.", *, schema: dict[str, Any] | None = None, status: int = 200, media: str = JSON) -> Documented:
    """An answer with its example."""
    return {status: {"description": description, "content": {media: {"schema": ANY if schema is None else schema, "example": example}}}}


def takes(example: Any, *, schema: dict[str, Any] | None = None, media: str = JSON, required: bool = True) -> dict[str, Any]:
    """A request body with its example."""
    return {"requestBody": {"required": required, "content": {media: {"schema": ANY if schema is None else schema, "example": example}}}}


def describe(app: FastAPI) -> None:
    """Make the app's OpenAPI: what the routes say, the schemas of records, the shape of problems."""

    @lru_cache(1)
    def openapi() -> dict[str, Any]:
        found = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, openapi_version="3.1.0", tags=app.openapi_tags
        )
        components = found.setdefault("components", {}).setdefault("schemas", {})
        components |= _record_schemas() | {"Problem": _PROBLEM_SCHEMA} | {model.__name__: model.model_json_schema() for model in (Revision, RevisionAnswer)}
        for name in ("HTTPValidationError", "ValidationError"):
            components.pop(name, None)
        for operations in found["paths"].values():
            for operation in operations.values():
                operation["responses"].pop("422", None)
        return found

    app.openapi = openapi  # type: ignore[method-assign]


_OF_THE_SERVICE = {"version": {"type": "integer"}, "revision": {"type": "integer"}, "recorded_at": {"type": "string", "format": "date-time"}}


def answered_name(kind: RecordType) -> str:
    """The schema of a record as it is answered: with the fields of the service."""
    return f"Answered{kind.record.__name__}"


def _record_schemas() -> dict[str, Any]:
    _, components = msgspec.json.schema_components([kind.record for kind in RECORD_TYPES], ref_template="#/components/schemas/{name}")
    for kind in RECORD_TYPES:
        schema = components[kind.record.__name__]
        schema["required"] = [name for name in schema.get("required", ()) if name != "type"]
        components[answered_name(kind)] = {name: value for name, value in schema.items() if name != "additionalProperties"} | {
            "title": answered_name(kind),
            "required": [*schema["required"], "version", "revision", "recorded_at"],
            "properties": schema["properties"] | _OF_THE_SERVICE,
        }
    components["AnsweredFact"] = {"anyOf": [ref(answered_name(kind)) for kind in RECORD_TYPES if kind.is_fact]}
    return dict(components)

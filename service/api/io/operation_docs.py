"""How a route says what it takes, what it answers, and what can go wrong; ``openapi.py`` makes the document of it."""

from __future__ import annotations

from typing import Any

from graph_models.errors import StakeholderGraphError

JSON = "application/json"
NDJSON = "application/x-ndjson"
TEXT: dict[str, Any] = {"type": "string"}
PROBLEMS = "x-problems"
"""Where a route lists the codes of its own problems until the document is made."""
Documented = dict[int | str, dict[str, Any]]


def ref(shape: Any) -> dict[str, Any]:
    """The schema of a struct, by its name."""
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def answers(shape: Any, description: str = "Done.", *, status: int = 200) -> Documented:
    """An answer of JSON in the shape of a struct."""
    return answers_as(JSON, ref(shape), description, status=status)


def answers_as(media: str, schema: dict[str, Any], description: str = "Done.", *, status: int = 200) -> Documented:
    """An answer of any media type."""
    return {status: {"description": description, "content": {media: {"schema": schema}}}}


def takes(shape: Any, *, required: bool = True) -> dict[str, Any]:
    """A body of JSON in the shape of a struct."""
    return takes_as(JSON, ref(shape), required=required)


def takes_as(media: str, schema: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    """A body of any media type."""
    return {"requestBody": {"required": required, "content": {media: {"schema": schema}}}}


def fails_with(*errors: type[StakeholderGraphError]) -> dict[str, Any]:
    """What can go wrong here, beside what goes wrong on every route of the kind (a workspace that is not there, a bad body ...)."""
    return {PROBLEMS: [error.code for error in errors]}

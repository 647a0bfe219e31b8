"""Which problems each route can answer with: those of its kind (a body, a workspace, a guard), and those that it lists itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from graph_models import errors
from graph_models.errors import StakeholderGraphError
from service.api.io.openapi_examples import examples
from service.api.io.operation_docs import ref
from service.api.schemas.problems import Problem
from service.http.problems import PROBLEM_JSON, STATUS_BY_ERROR, problem, status_of

_WITH_BODY = (errors.Malformed, errors.TooLarge, errors.UnsupportedMedia, errors.InvalidInput)
_IN_WORKSPACE = (errors.NotFound, errors.StoreUnavailable)
_WRITES = (errors.StoreUnavailable, errors.OutcomeUnknown)


@cache
def _kinds() -> dict[str, type[StakeholderGraphError]]:
    return {kind.code: kind for kind in STATUS_BY_ERROR if kind is not StakeholderGraphError}


def codes_of(operation: Mapping[str, Any], own: Iterable[str]) -> list[str]:
    """The codes of an operation, each once, in the order of the table of statuses."""
    names = {(parameter["in"], parameter["name"].lower()) for parameter in operation.get("parameters", ())}
    kinds: set[type[StakeholderGraphError]] = set()
    if "requestBody" in operation:
        kinds.update(_WITH_BODY)
    if names:
        kinds.add(errors.InvalidInput)
    if any(place == "path" for place, _ in names):
        kinds.update(_IN_WORKSPACE)
    if ("header", "idempotency-key") in names:
        kinds.update((errors.IdempotencyKeyReused, *_WRITES))
    if ("header", "if-match") in names:
        kinds.add(errors.VersionConflict)
    if "202" in operation["responses"]:
        kinds.add(errors.TooManyJobs)
    codes = {kind.code for kind in kinds} | set(own)
    return [code for code in _kinds() if code in codes]


def problem_responses(codes: Iterable[str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(status, name, response): one a status, named by the codes that it stands for."""
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(status_of(_kinds()[code]), []).append(code)
    for status, several in sorted(by_status.items()):
        yield str(status), ".".join([str(status), *several]), _response(status, several)


def _response(status: int, codes: list[str]) -> dict[str, Any]:
    types = {"type": "object", "properties": {"type": {"enum": [f"/problems/{code}" for code in codes]}, "status": {"const": status}}}
    return {
        "description": "; ".join(f"`{code}`: {_kinds()[code].title[0].lower()}{_kinds()[code].title[1:]}" for code in codes) + ".",
        "content": {PROBLEM_JSON: {"schema": {"allOf": [ref(Problem), types]}, "example": _example(codes[0], status)}},
    }


def _example(code: str, status: int) -> dict[str, Any]:
    """What the demo answered; put together where it cannot be brought to that."""
    return examples().problems.get(code) or problem(code, _kinds()[code].title, status, f"{_kinds()[code].title}.")


DEFAULT: dict[str, Any] = {
    "description": "Any other problem (RFC 9457); `type` is stable.",
    "content": {PROBLEM_JSON: {"schema": ref(Problem), "example": problem("internal", "Something went wrong here", 500, "The service could not do this.")}},
}

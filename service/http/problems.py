"""The one place where domain errors meet HTTP: a table of statuses, and one shape for all (RFC 9457)."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph_models import errors
from graph_models.errors import FieldError, StakeholderGraphError
from service.core.logging import logger

STATUS_BY_ERROR: dict[type[StakeholderGraphError], int] = {
    errors.StakeholderGraphError: 500,
    errors.Malformed: 400,
    errors.CypherNotReadOnly: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.InUse: 409,
    errors.BuiltOn: 409,
    errors.StageNotAllowed: 409,
    errors.AlreadyExists: 409,
    errors.OneWorkspace: 409,
    errors.JobCancelled: 409,
    errors.VersionConflict: 412,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.InvalidInput: 422,
    errors.Busy: 429,
    errors.IdempotencyKeyReused: 422,
    errors.TooCostly: 422,
    errors.ParameterOutOfRange: 422,
    errors.QueryFailed: 422,
    errors.DeadlinePassed: 422,
    errors.TooManyJobs: 429,
    errors.TooManyQuestions: 429,
    errors.NeedsNeo4j: 501,
    errors.StoreUnavailable: 503,
    errors.OutcomeUnknown: 503,
}
PROBLEM_JSON = "application/problem+json"
RETRY_AFTER_S = "2"

_CODES = {400: "malformed", 404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "unsupported-media", 422: "invalid", 500: "internal"}
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_log = logger(__name__)


def status_of(kind: type[BaseException]) -> int:
    """The status of an error: its own, else that of the nearest kind above it in the tree."""
    return next((STATUS_BY_ERROR[base] for base in kind.__mro__ if base in STATUS_BY_ERROR), 500)


def problem(code: str, title: str, status: int, detail: str, found: Iterable[FieldError] = (), instance: str | None = None, **facts: Any) -> dict[str, Any]:
    """One problem as JSON: what the API answers, and what a failed job keeps."""
    body: dict[str, Any] = {"type": f"/problems/{code}", "title": title, "status": status, "detail": detail}
    if instance is not None:
        body["instance"] = instance
    body["errors"] = [{"line": error.line, "field": error.field, "code": error.code, "message": error.message} for error in found]
    return body | {name: fact for name, fact in facts.items() if name not in body}


def problem_of(error: BaseException, instance: str | None = None) -> dict[str, Any]:
    """The problem that an error is. What is not ours says nothing of what it was: that is in the log."""
    if isinstance(error, StakeholderGraphError) and status_of(type(error)) != 500:
        return problem(error.code, error.title, status_of(type(error)), error.message, error.errors, instance, **error.facts)
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        return problem("store-unavailable", errors.StoreUnavailable.title, 503, "There is no space left on the disk for the service's files", (), instance)
    return problem("internal", "Something went wrong here", 500, "The service could not do this; its log says why.", (), instance)


def problem_response(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """A problem as the answer to a request."""
    extra = {"Retry-After": RETRY_AFTER_S} if body["status"] in (429, 503) else {}
    content = msgspec.json.encode(body, enc_hook=str)
    return Response(content, body["status"], (headers or {}) | extra, PROBLEM_JSON)


async def answer_error(request: Request, error: Exception) -> Response:
    """The one handler: whatever goes wrong in a request is answered in the one shape."""
    instance = request.scope.get("raw_path", b"").decode("ascii", "replace")
    if isinstance(error, RequestValidationError):
        return problem_response(_not_understood(error.errors(), instance))
    if isinstance(error, HTTPException):
        if isinstance(error.__cause__, StakeholderGraphError):  # FastAPI hides what went wrong while a body was read
            return problem_response(problem_of(error.__cause__, instance))
        return problem_response(_of_framework(error, instance), dict(error.headers or {}))
    if problem_of(error)["status"] == 500:
        _log.error("request failed", exc_info=error, extra={"method": request.method, "path": request.url.path})
    return problem_response(problem_of(error, instance))


class LastResort:
    """ASGI middleware: what nobody foresaw is logged with its trace and answered without."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http" or begun:
                raise
            await (await answer_error(Request(scope), error))(scope, receive, send)


def _of_framework(error: HTTPException, instance: str) -> dict[str, Any]:
    title = HTTPStatus(error.status_code).phrase
    return problem(_CODES.get(error.status_code, "error"), title, error.status_code, str(error.detail), (), instance)


def _not_understood(found: Sequence[Any], instance: str) -> dict[str, Any]:
    """What FastAPI found wrong with parameters and bodies: 400 where a body is no JSON, 415 where it is of another kind, else 422."""
    kinds = {str(item["type"]) for item in found}
    if "json_invalid" in kinds:
        reason = str((found[0].get("ctx") or {}).get("error", "not JSON"))
        return problem("malformed", errors.Malformed.title, 400, f"The body is not JSON: {reason}", [FieldError("bad-json", reason)], instance)
    if "json_type" in kinds:
        return problem("unsupported-media", errors.UnsupportedMedia.title, 415, "The body must be application/json", (), instance)
    return problem("invalid", errors.InvalidInput.title, 422, "Parameters or body are not valid", [_field_error(item) for item in found], instance)


_CODE_BY_TYPE = {"missing": "missing", "extra_forbidden": "unknown-field", "literal_error": "unknown-value", "enum": "unknown-value"}
_RANGE_WORDS = ("greater_than", "less_than", "too_short", "too_long", "pattern")


def _field_error(item: Any) -> FieldError:
    kind = str(item["type"])
    code = _CODE_BY_TYPE.get(kind, "out-of-range" if any(word in kind for word in _RANGE_WORDS) else "wrong-type")
    if kind == "extra_forbidden" and item["loc"][0] == "query":
        code = "unknown-parameter"
    field = ".".join(str(part) for part in item["loc"][1:]) or None
    return FieldError(code, str(item["msg"]).removeprefix("Value error, "), field)

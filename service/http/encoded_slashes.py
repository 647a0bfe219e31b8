"""Ids in URLs may hold any character: a percent-encoded slash must not part a path, so each segment is decoded by itself."""

from __future__ import annotations

from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from graph_models.errors import Malformed
from service.http.problems import problem_of, problem_response

SLASH = "\x00"
"""Stands for a slash inside a segment while routes are matched. No id holds it: ids have no control characters."""


def id_in_path(segment: str) -> str:
    """The id that a matched segment of a path is."""
    return segment.replace(SLASH, "/") if SLASH in segment else segment


def in_path(text: str) -> str:
    """An id as a segment of a path: percent-encoded, also where it would be taken for a directory."""
    return text.replace(".", "%2E") if text in (".", "..") else quote(text, safe="")


class SegmentedPaths:
    """ASGI middleware: ``scope["path"]`` is made anew from the raw path where that has an encoded slash."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw: bytes | None = scope.get("raw_path")
        if raw is not None and b"%" in raw:
            try:
                scope["path"] = segmented(raw)
            except UnicodeDecodeError:
                error = Malformed("The path is not percent-encoded UTF-8")
                await problem_response(problem_of(error, raw.decode("ascii", "replace")))(scope, receive, send)
                return
        await self.app(scope, receive, send)


def segmented(raw: bytes) -> str:
    """A raw path with each segment decoded by itself; ``UnicodeDecodeError`` where one is not UTF-8."""
    return "/".join(_decoded(segment) for segment in raw.split(b"?")[0].decode("ascii").split("/"))


def _decoded(segment: str) -> str:
    return unquote(segment, errors="strict").replace(SLASH, "\ufffd").replace("/", SLASH)

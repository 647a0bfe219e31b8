"""A way past the framework for a request that is asked thousands of times a second.

The framework and the middleware spend longer on one request (wrapped ``send``, two rounds of routing, exit stacks, objects for request and
answer) than the store does on a neighborhood. Only what can be answered at once and well goes this way; all else, errors too, goes the usual one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from service.http_paths import id_in_path, segmented


class Direct:
    """ASGI middleware: GET of a path of this form is answered by a function of the application's state, the ids in the path and the query."""

    def __init__(self, app: ASGIApp, path: str, answer: Callable[..., bytes | None]) -> None:
        """``answer(state, *ids, query)`` gives JSON; ``None`` or an error: the usual way is to answer this."""
        self.app = app
        self._answer = answer
        self._ids = re.compile(re.sub(r"\{\w+\}", "([^/]+)", path)).fullmatch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = self._answered(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        if body is None:
            await self.app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body)), _JSON]})
        await send({"type": "http.response.body", "body": body})

    def _answered(self, scope: Scope) -> bytes | None:
        raw: bytes = scope.get("raw_path") or b""
        try:
            found = self._ids(segmented(raw) if b"%" in raw else scope["path"])
            return None if found is None else self._answer(scope["app"].state, *map(id_in_path, found.groups()), scope["query_string"])
        except Exception:
            return None  # it goes wrong again on the usual way, and is answered there in the one shape


_JSON: Any = (b"content-type", b"application/json")

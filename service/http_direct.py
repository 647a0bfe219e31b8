"""A way past the framework for a request that is asked thousands of times a second.

The framework and the middleware spend longer on one request (wrapped ``send``, two rounds of routing, exit stacks, objects for request and
answer) than the store does on a neighborhood. Only what can be answered at once and well goes this way; all else, errors too, goes the usual one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from time import perf_counter

from starlette.types import Scope, Send

from service.http_paths import id_in_path, segmented

_JSON = (b"content-type", b"application/json")


class Direct:
    """GET of a path of one form, answered by a function of the ids in the path and the query."""

    def __init__(self, path: str, answer: Callable[..., bytes | None], counted: Callable[[str, int, float], None]) -> None:
        """``answer(*ids, query)`` gives JSON; ``None`` or an error: the usual way is to answer this. ``counted`` is told of what was answered."""
        self._ids = re.compile(re.sub(r"\{\w+\}", "([^/]+)", path)).fullmatch
        self._answer = answer
        self._counted = counted

    async def answered(self, scope: Scope, send: Send) -> bool:
        """Answer a request, if it is one of these."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return False
        begun = perf_counter()
        body = self._body(scope)
        if body is None:
            return False
        self._counted("GET", 200, perf_counter() - begun)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body)), _JSON]})
        await send({"type": "http.response.body", "body": body})
        return True

    def _body(self, scope: Scope) -> bytes | None:
        raw: bytes = scope.get("raw_path") or b""
        try:
            found = self._ids(segmented(raw) if b"%" in raw else scope["path"])
            return None if found is None else self._answer(*map(id_in_path, found.groups()), scope["query_string"])
        except Exception:
            return None  # it goes wrong again on the usual way, and is answered there in the one shape

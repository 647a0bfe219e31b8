"""A way past the framework for a request that is asked thousands of times a second.

Starlette and FastAPI spend as long on one request (six wrapped ``send``, two rounds of routing, exit stacks) as the store
does on a neighborhood. The endpoint is the documented one; only what stands before it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from graph_models.errors import StakeholderGraphError
from service.errors import answer_error


class Direct:
    """ASGI middleware: GET of a path of this form goes straight to its endpoint. The form has named groups, as the route has parameters."""

    def __init__(self, app: ASGIApp, path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        self.app = app
        self.endpoint = endpoint
        self._match = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)).fullmatch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._match(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if found is None:
            await self.app(scope, receive, send)
            return
        scope["path_params"] = found.groupdict()
        request = Request(scope, receive, send)
        try:
            response = await self.endpoint(request)
        except StakeholderGraphError as error:
            response = await answer_error(request, error)
        await response(scope, receive, send)

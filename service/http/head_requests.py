"""HEAD of whatever GET answers: the same status and headers, without the body."""

from __future__ import annotations

from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class _Enough(Exception):
    """The answer is complete for a HEAD: whatever would follow need not be made."""


class HeadAsGet:
    """ASGI middleware: a HEAD is answered as a GET that ends with the first piece of its body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] != "http.response.body":
                await send(message)
                return
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            if message.get("more_body", False):
                raise _Enough

        with suppress(_Enough):
            await self.app({**scope, "method": "GET"}, receive, sent)

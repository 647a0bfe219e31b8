"""Counts of requests by method and status, and the time they took, in the text form of Prometheus."""

from __future__ import annotations

from collections import Counter
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Counters:
    """What was counted since the process began."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.seconds = 0.0

    def count(self, method: str, status: int, seconds: float) -> None:
        """One more request."""
        self.requests[method, status] += 1
        self.seconds += seconds

    def text(self) -> str:
        """In the exposition format of Prometheus."""
        lines = [
            f'stakeholder_graph_requests_total{{method="{method}",status="{status}"}} {count}' for (method, status), count in sorted(self.requests.items())
        ]
        return "\n".join([
            "# TYPE stakeholder_graph_requests_total counter", *lines,
            "# TYPE stakeholder_graph_request_seconds_total counter", f"stakeholder_graph_request_seconds_total {self.seconds:.6f}", "",
        ])  # fmt: skip


class CountedRequests:
    """ASGI middleware: the outermost, so that every answer counts."""

    def __init__(self, app: ASGIApp, counters: Counters) -> None:
        self.app = app
        self.counters = counters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "other"
        begun = perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.counters.count(method, message["status"], perf_counter() - begun)
            await send(message)

        await self.app(scope, receive, counted)

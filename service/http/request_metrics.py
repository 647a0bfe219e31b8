"""Requests counted and timed for Prometheus, by ASGI middleware."""

from __future__ import annotations

from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER_METHOD = "other"
"""The label of every method that HTTP does not define, so that clients cannot add labels."""
BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the histogram in seconds: a neighborhood takes a tenth of a millisecond, an explanation may take seconds."""


class RequestMetrics:
    """Number of requests by method and status, and a histogram of their seconds, since the process began."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter("stakeholder_graph_requests", "HTTP requests answered", ("method", "status"), registry=registry)
        self._seconds = Histogram("stakeholder_graph_request_seconds", "Seconds until an answer begins", buckets=BUCKETS_S, registry=registry)
        self._by_label: dict[tuple[str, int], Counter] = {}

    def count(self, method: str, status: int, seconds: float) -> None:
        """Add one request. The labelled counters are remembered, for looking one up costs as much as all the rest."""
        counter = self._by_label.get((method, status))
        if counter is None:
            counter = self._by_label[method, status] = self._requests.labels(method, str(status))
        counter.inc()
        self._seconds.observe(seconds)


class CountedRequests:
    """ASGI middleware that counts every answer; it is the outermost one."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else OTHER_METHOD
        begun = perf_counter()

        async def send_and_count(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.metrics.count(method, message["status"], perf_counter() - begun)
            await send(message)

        await self.app(scope, receive, send_and_count)

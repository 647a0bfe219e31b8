"""A way past the framework for a request that is asked thousands of times a second.

The framework and the middleware spend longer on one request (wrapped ``send``, two rounds of routing, exit stacks, objects for request and
answer) than the store does on a neighborhood. Only what can be answered at once and well goes this way; all else, errors too, goes the usual one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from service.http.connection_limits import LimitedProtocol
from service.http.encoded_slashes import id_in_path, segmented
from service.http.gate import Gate

WRITTEN_TOGETHER = 16
"""So many answers wait for one another at the most: a millisecond or two."""


class Direct:
    """GET of a path of one form, answered by a function of the ids in the path and the query."""

    def __init__(self, path: str, answer: Callable[..., bytes | None], counted: Callable[[str, int, float], None], gate: Gate) -> None:
        """``answer(*ids, query)`` gives JSON; ``None`` or an error: the usual way is to answer this. ``counted`` is told of what was answered.

        What the gate refuses goes the usual way too, and is refused there.
        """
        self._ids = re.compile(re.sub(r"\{\w+\}", "([^/]+)", path)).fullmatch
        self._answer = answer
        self._gate = gate
        self.counted = counted
        self.unwritten: list[Callable[[], None]] = []

    def ids(self, scope: Scope) -> tuple[str, ...] | None:
        """The ids that a request names, if it is one of these."""
        raw: bytes = scope["raw_path"]
        try:
            found = self._ids(segmented(raw) if b"%" in raw else scope["path"]) if scope["method"] == "GET" else None
        except UnicodeDecodeError:
            return None
        if found is None or self._gate.refusal(scope) is not None:
            return None
        return tuple(map(id_in_path, found.groups()))

    def answer(self, ids: tuple[str, ...], query: bytes) -> bytes | None:
        """JSON; ``None`` where the usual way is to answer."""
        try:
            return self._answer(*ids, query)
        except Exception:
            return None  # it goes wrong again on the usual way, and is answered there in the one shape

    def write(self) -> None:
        """Write the answers that were found since the last time."""
        unwritten, self.unwritten = self.unwritten, []
        for write in unwritten:
            write()


class DirectProtocol(LimitedProtocol):
    """HTTP as uvicorn speaks it; what the application's ``direct`` answers needs no task and no messages, and is written in one piece.

    Waking a client that sleeps takes longer than most of what is done for it. So a head does not go before its body, as it does in uvicorn,
    and the answers of one turn of the event loop are written together: the first wakes the client, which is awake for the rest.
    """

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        direct: Direct | None = self.config.app.direct  # type: ignore[union-attr]
        ids = None if direct is None or app is not self.app else direct.ids(cycle.scope)
        if direct is None or ids is None:
            super()._start_asgi_task(cycle, app)
        else:
            self.loop.call_soon(self._answer, direct, ids, cycle)  # in its turn, as a task would be: not all that one client sent at once

    def _answer(self, direct: Direct, ids: tuple[str, ...], cycle: Any) -> None:
        begun = perf_counter()
        goes_on = cycle.keep_alive and not self.flow.write_paused and not cycle.disconnected
        body = direct.answer(ids, cycle.scope["query_string"]) if goes_on else None
        if body is None:
            super()._start_asgi_task(cycle, self.app)
            return
        direct.counted("GET", 200, perf_counter() - begun)
        if not direct.unwritten:
            self.loop.call_soon(direct.write)
        direct.unwritten.append(partial(self._write, cycle, body))
        if len(direct.unwritten) >= WRITTEN_TOGETHER:
            direct.write()

    def _write(self, cycle: Any, body: bytes) -> None:
        if self.transport.is_closing():
            return
        headers = (*self.server_state.default_headers, (b"content-length", b"%d" % len(body)), (b"content-type", b"application/json"))
        self.transport.write(b"%b%b\r\n%b" % (STATUS_LINE[200], b"".join([b"%b: %b\r\n" % header for header in headers]), body))
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()  # the server was told to stop meanwhile
        cycle.on_response()

"""Limits of what one client may take of the server before a request is whole: bytes of a head, connections, and time.

uvicorn has none of them. The protocol counts while it parses; one look a second at all connections finds those that are too slow.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from http import HTTPStatus
from time import monotonic

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from service.core.settings import Settings
from service.http.problems import problem, problem_response

LOOK_S = 1.0


class Connections:
    """All connections of one server: how many each address has, and a look at them now and then."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.of_address: Counter[str] = Counter()
        self.open: set[LimitedProtocol] = set()
        self._is_looking = False

    def add(self, connection: LimitedProtocol, address: str) -> bool:
        """One more connection; may it stay?"""
        if len(self.open) >= self.settings.connections or self.of_address[address] >= self.settings.connections_per_address:
            return False
        self.open.add(connection)
        self.of_address[address] += 1
        if not self._is_looking:
            self._is_looking = True
            connection.loop.call_later(LOOK_S, self._look, connection.loop)
        return True

    def remove(self, connection: LimitedProtocol, address: str) -> None:
        if connection in self.open:
            self.open.remove(connection)
            self.of_address[address] -= 1
            if not self.of_address[address]:
                del self.of_address[address]

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = monotonic()
        for connection in tuple(self.open):
            connection.look(now)
        self._is_looking = bool(self.open)
        if self._is_looking:
            loop.call_later(LOOK_S, self._look, loop)


class TooMuch(Exception):
    """A head has more than it may; ends the parsing."""


class LimitedProtocol(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, within the limits of the settings (``head_bytes``, ``head_s``, ``connections`` ...)."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._limits: Connections = self.config.app.connections  # type: ignore[union-attr]
        self._settings = self._limits.settings
        self._address = self.client[0] if self.client else ""
        self._refusal: tuple[int, str, str] | None = None
        self._head_bytes = self._unheard = 0
        self._has_come_on = False
        """Has what came last ended a head, or brought a part of a body? All else is kept by the parser: so much of it at the most (``_unheard``)."""
        self._waits_for_head = True
        """Is a head awaited, since ``_since``? Else a body is, or nothing."""
        self._waits_for_body = False
        self._since = self._heard_at = monotonic()
        self._unwritten: tuple[int, float] = (0, self._since)
        """What was waiting to be written when it last became less, and when that was."""
        if not self._limits.add(self, self._address):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._limits.remove(self, self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._heard_at = monotonic()
        if not (self._waits_for_head or self._waits_for_body):
            self._awaits_head()  # the first bytes of another request, be they blank
        self._has_come_on = False
        super().data_received(data)
        self._unheard = 0 if self._has_come_on else self._unheard + len(data)
        if self._unheard > self._settings.head_bytes and not self.transport.is_closing():
            detail = f"A head, and a line between parts of a body, has at most {self._settings.head_bytes} bytes"
            self._refusal = (431, "head-too-large", detail)
            self.send_400_response("")

    def _awaits_head(self) -> None:
        self._waits_for_head, self._since, self._head_bytes = True, self._heard_at, 0

    # -- what the parser finds

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self._waits_for_head:  # sent together with the one before
            self._awaits_head()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count(len(url), len(self.url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._count(len(name) + len(value) + 4, len(name) + len(value) + 4)

    def _count(self, size: int, line: int) -> None:
        limits = self._settings
        self._head_bytes += size
        if self._head_bytes > limits.head_bytes or line > limits.head_line_bytes or len(self.headers) > limits.head_lines:
            detail = f"A head has at most {limits.head_bytes} bytes, {limits.head_line_bytes} a line, and {limits.head_lines} headers"
            self._refusal = (431, "head-too-large", detail)
            raise TooMuch

    def on_headers_complete(self) -> None:
        self._waits_for_head, self._waits_for_body = False, True
        self._since, self._has_come_on = self._heard_at, True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._has_come_on = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._waits_for_body, self._has_come_on = False, True
        super().on_message_complete()

    # -- what is refused

    def send_400_response(self, msg: str) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        status, code, detail = self._refusal or (400, "malformed", msg)
        is_amid_an_answer = cycle is not None and cycle.response_started and not cycle.response_complete
        self._refuse(status, code, detail, in_turn=not (is_amid_an_answer or self.pipeline))

    def _refuse(self, status: int, code: str, detail: str, *, in_turn: bool) -> None:
        """Answer with a problem and close. A client that is owed another answer first (``in_turn`` is false) gets none."""
        if in_turn:
            answer = problem_response(problem(code, HTTPStatus(status).phrase, status, detail))
            headers = (*self.server_state.default_headers, *answer.raw_headers, (b"connection", b"close"))
            self.transport.write(b"%b%b\r\n%b" % (STATUS_LINE[status], b"".join([b"%b: %b\r\n" % header for header in headers]), bytes(answer.body)))
        self.transport.close()

    # -- what takes too long

    def look(self, now: float) -> None:
        """Close the connection where it is too slow."""
        if self._is_stalled(now):
            self.transport.abort()
        elif not self.transport.is_closing():
            if self._waits_for_head:
                self._look_at_head(now)
            elif self._waits_for_body:
                self._look_at_body(now)

    def _look_at_head(self, now: float) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            self._since = now  # it is we who are slow
        elif now - self._since > self._settings.head_s:
            was_begun = bool(self._head_bytes or self._unheard)
            self._refuse(408, "timeout", f"The head of a request is sent within {self._settings.head_s:g} seconds", in_turn=was_begun)

    def _look_at_body(self, now: float) -> None:
        if self.flow.read_paused:
            self._heard_at = now  # what has come is not read yet
        gap_s, whole_s = self._settings.body_gap_s, self._settings.body_s
        if now - self._heard_at > gap_s or now - self._since > whole_s:
            detail = f"A body is sent within {whole_s:g} seconds, without gaps of {gap_s:g} seconds"
            self._refuse(408, "timeout", detail, in_turn=not (self.cycle.response_started or self.pipeline))
            self.cycle.disconnected = True
            self.cycle.message_event.set()  # whoever reads the body hears that nothing more comes

    def _is_stalled(self, now: float) -> bool:
        size: int = self.transport.get_write_buffer_size()
        if size == 0 or size != self._unwritten[0]:
            self._unwritten = (size, now)
            return False
        return bool(now - self._unwritten[1] > self._settings.write_stall_s)

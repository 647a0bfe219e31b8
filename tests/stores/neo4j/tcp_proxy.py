"""A TCP proxy in front of a server, which can cut connections or swallow what one side says: what a bad network does to a store."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

COMMIT = b"\xb0\x12"
"""A Bolt COMMIT: a structure without fields, signature 0x12."""


class TcpProxy:
    """Listens on a port of its own and passes bytes on, until it is told otherwise."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.on_request: Callable[[bytes], bool] | None = None
        """Called with what the client sends; it is passed on where this says so, and the connection is cut where not."""
        self.on_answer: Callable[[bytes], bool] | None = None
        """The same for what the server sends."""
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> TcpProxy:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Cut all connections that are open now."""
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            self._close(connection)

    def cut_before_commit(self) -> None:
        """Cut the next connection that wants to commit, before the server hears of it."""

        def asked(data: bytes) -> bool:
            if COMMIT in data:
                self.on_request = None
                return False
            return True

        self.on_request = asked

    def cut_after_commit(self) -> None:
        """Let the next commit through, and cut the connection when the server answers it."""

        def asked(data: bytes) -> bool:
            if COMMIT in data:
                self.on_request = None
                self.on_answer = answered
            return True

        def answered(data: bytes) -> bool:
            self.on_answer = None
            return False

        self.on_request = asked

    def cut_for_good(self, moment: str) -> None:
        """The next commit does not reach the server (``before``), or its answer not the client (``after``); nothing passes from then on."""

        def asked(data: bytes) -> bool:
            if COMMIT not in data:
                return True
            self.on_request = self.on_answer = lambda _: False
            return moment == "after"

        self.on_request = asked

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._target)
            except OSError:
                client.close()
                continue
            with self._lock:
                self._open |= {client, server}
            for source, sink, is_request in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pump, args=(source, sink, is_request), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, is_request: bool) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                ask = self.on_request if is_request else self.on_answer
                if ask is not None and not ask(data):
                    break
                sink.sendall(data)
        for connection in (source, sink):
            self._close(connection)

    def _close(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            connection.close()

"""The order in which writes that go on side by side commit: each is a revision, and revisions become visible in the order of their numbers.

A write reads and adds before its turn has come, as the revision that it will be if all before it do as they said. Then it waits for the one before it, takes
the lock at which all writers queue up, and looks whether the newest revision is the one it counted on: then nobody else has written since it began. If not, or
where a change needs more than to add facts, it is undone and done again alone.

Whoever holds a lock waits for locks only: each holds a lock of its own turn, at which the next one waits. So Neo4j sees every circle, also one with a writer
from elsewhere, and cuts it. What writes hear of each other here they hear of those who wait for nothing.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as TooLate
from contextlib import suppress
from typing import TypeVar

from service.stores.neo4j.session import Attempt, too_late

T = TypeVar("T")
LOCKS = 3
"""A turn holds its own and the one before; the one after it needs another."""


class Turn:
    """The place of one write in the order."""

    def __init__(self, number: int, before: Turn | None) -> None:
        self.name = f"turn {number % LOCKS}"
        self.before = before
        self.began: Future[tuple[int, bool] | None] = Future()
        """The newest revision when the order began, and whether there were periods taken away: what goes side by side takes none away."""
        self._newest: Future[int | None] = Future()
        self._ended: Future[bool] = Future()

    def begins(self, newest: int, retracted: bool) -> None:
        self.began.set_result((newest, retracted))

    def makes(self, newest: int) -> None:
        """The newest revision's number once this write is there too: it may be that of the one before."""
        self._newest.set_result(newest)

    def ends(self, *, as_said: bool) -> None:
        """The write is there, or left the order. Said once; later words of it do not count."""
        for future in (self.began, self._newest):
            with suppress(InvalidStateError):
                future.set_result(None)
        with suppress(InvalidStateError):
            self._ended.set_result(as_said)
        self.before = None

    def newest(self, attempt: Attempt) -> int | None:
        """What this write says that the newest revision will be; ``None`` where it left the order."""
        return waited(self._newest, attempt)

    def did_as_said(self, attempt: Attempt) -> bool:
        return waited(self._ended, attempt)

    @property
    def is_over(self) -> bool:
        return self._ended.done()


class Turns:
    """The writes that are under way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: Turn | None = None
        self._taken = 0

    def take(self) -> Turn:
        """A turn after all that are under way."""
        with self._lock:
            before = self._last if self._last is not None and not self._last.is_over else None
            self._last = Turn(self._taken, before)
            self._taken += 1
            return self._last


def waited(future: Future[T], attempt: Attempt) -> T:
    """What another write says, within the deadline of this one."""
    try:
        return future.result(attempt.left())
    except TooLate:
        raise too_late() from None

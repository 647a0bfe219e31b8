"""Runs a function in a child process with bounds on time, memory and number: for work on what a user sends, which may be hostile.

The child is forked from a small server process without threads of its own; that ends when this process ends, however it ends.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, TypeVar

from graph_models.errors import Busy, StakeholderGraphError, TooCostly
from service.core.child_processes import end_with_parent
from service.core.logging import logger

T = TypeVar("T")
_log = logger(__name__)


class Limits(NamedTuple):
    """What one call may use."""

    seconds: float = 20.0
    memory_bytes: int = 1 << 30
    """Beyond what the process has when it begins."""
    answer_bytes: int = 32 << 20


class Bounded:
    """Calls of functions in child processes, at most ``at_once`` at a time; at most ``waiting`` more wait for their turn."""

    def __init__(self, limits: Limits = Limits(), *, at_once: int = 2, waiting: int = 8, preload: Sequence[str] = ()) -> None:  # noqa: B008 - a constant
        """``preload``: the modules that a child needs, imported once for all."""
        self.limits = limits
        self._running = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._context: Any = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
        if preload and sys.platform != "win32":
            self._context.set_forkserver_preload(list(preload))

    def call(self, work: Callable[..., T], *arguments: Any) -> T:
        """What ``work`` returns; domain errors come through as they are. ``work`` and what it takes and gives can be pickled.

        Raises ``TooCostly`` where a bound is reached, ``Busy`` where too many wait already.
        """
        with self._turn():
            receiving, sending = self._context.Pipe(duplex=False)
            process = self._context.Process(target=_work, args=(sending, self.limits, work, arguments), daemon=True)
            process.start()
            sending.close()
            try:
                answer = self._answer(receiving)
            finally:
                receiving.close()
                process.kill()
                process.join()
                process.close()
        if isinstance(answer, BaseException):
            raise answer
        return answer  # type: ignore[no-any-return]

    def _answer(self, receiving: Connection) -> Any:
        if not receiving.poll(self.limits.seconds):
            raise TooCostly(f"This took longer than {self.limits.seconds:g} seconds and was stopped", limit_s=self.limits.seconds)
        try:
            return pickle.loads(receiving.recv_bytes(self.limits.answer_bytes))  # made by _work, in a process of our own
        except (EOFError, OSError):
            raise TooCostly(f"This needed more than {self.limits.memory_bytes >> 20} MiB of memory, or time, and was stopped") from None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Busy("Too many of these wait already; try again in some seconds")
        try:
            with self._running:
                yield
        finally:
            self._places.release()


def _work(sending: Connection, limits: Limits, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """In the child: the bounds hold here too, for a parent that is gone stops nobody."""
    end_with_parent(os.getppid())  # the server that forked it; that ends with the process that asked
    _limit(limits)
    try:
        answer = work(*arguments)
    except StakeholderGraphError as error:
        answer = error
    except MemoryError:
        answer = TooCostly(f"This needs more than {limits.memory_bytes >> 20} MiB of memory")
    except Exception as error:
        answer = RuntimeError(f"{type(error).__name__} in a bounded process:\n{traceback.format_exc()}")
    try:
        sending.send_bytes(pickle.dumps(answer))
    except BrokenPipeError:
        _log.info("nobody waits for a bounded process any more")


def _limit(limits: Limits) -> None:
    if sys.platform == "win32":
        return
    import resource

    seconds = int(limits.seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as statm:
            size = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + limits.memory_bytes, size + limits.memory_bytes))

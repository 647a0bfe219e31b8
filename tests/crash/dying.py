"""Forks processes that do a worker's jobs and kill themselves on the way: no warning, no clean-up, as the power goes."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from multiprocessing import Pipe

import apsw

from service.core.settings import Settings
from service.imports.buffers import chunk as chunks
from service.processes.job_handlers import handlers
from service.processes.worker import Worker
from service.workspaces.context import Service

HANDLERS = handlers()
"""Imported once, here: a forked process has them at once."""
BATCH = 50
"""Records of one revision: an import of four hundred is eight of them."""


def work(settings: Settings, on_statement: Callable[[], None]) -> None:
    """Do what a worker does when it starts, until no job is left. ``on_statement`` is called before every statement on the embedded store and catalog."""
    chunks.chunks.__defaults__ = (BATCH,)

    def hook(connection: apsw.Connection) -> None:
        connection.trace_v2(apsw.SQLITE_TRACE_STMT, lambda _: on_statement())

    apsw.connection_hooks.append(hook)
    service = Service(settings)
    worker = Worker(service, HANDLERS)

    class LastJobDone(Exception):
        pass

    claim = service.jobs.claim

    def claim_or_end() -> object:
        job = claim()
        if job is None:
            raise LastJobDone
        return job

    service.jobs.claim = claim_or_end  # type: ignore[method-assign, assignment]
    try:
        worker.run()
    except LastJobDone:
        service.close()


def forked(settings: Settings, *, statement: int | None = None, seconds: float | None = None) -> tuple[bool, int]:
    """Work in a process of its own that dies at a statement, or after some time. Was it killed, and how many statements did it begin?"""
    receiving, sending = Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        _child(settings, statement, seconds, sending)  # never returns
    sending.close()
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or os.waitstatus_to_exitcode(status) == 0, status
    return killed, int(receiving.recv()) if not killed else 0


def _child(settings: Settings, statement: int | None, seconds: float | None, sending: object) -> None:
    begun = 0

    def count() -> None:
        nonlocal begun
        begun += 1
        if begun == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        if seconds is not None:
            signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
            signal.setitimer(signal.ITIMER_REAL, seconds)
        work(settings, count)
        signal.setitimer(signal.ITIMER_REAL, 0)
        sending.send(begun)  # type: ignore[attr-defined]
    except BaseException:
        traceback.print_exc(file=sys.stderr)
        os._exit(1)
    os._exit(0)

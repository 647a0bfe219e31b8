"""The process beside the API in which explanations, views and paths are computed: analysis never runs in the API's own."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from graph_models.errors import StoreUnavailable
from service.analysis import changes
from service.analysis import party_profile as party_page
from service.analysis import results as analysis
from service.core.child_processes import end_with_parent
from service.core.settings import Settings
from service.workspaces.context import Service

_service: Service | None = None
"""In the calculating process: its own way to what is kept."""


def _begin(settings: Settings, parent: int) -> None:
    global _service
    end_with_parent(parent)
    _service = Service(settings)


def _ask(question: str, workspace_id: str, arguments: dict[str, Any]) -> Any:
    assert _service is not None
    return QUESTIONS[question](_service, workspace_id, **arguments)


QUESTIONS: Mapping[str, Callable[..., Any]] = {
    "explain": analysis.explain,
    "view": analysis.view,
    "paths": analysis.paths,
    "party": party_page.party_page,
    "changes": changes.changes,
}
"""What may be asked of it."""


class Calculator:
    """One calculating process; it is started again where it died, and ends with this one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._starting = threading.Lock()
        self._starter = ThreadPoolExecutor(1, "calculator-starter")
        """The process is started by the one thread here: a thread of a request ends soon, and with it what it started (``children.py``)."""
        self._pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin, (self._settings, os.getpid()))

    def ask(self, question: str, workspace_id: str, **arguments: Any) -> Any:
        """The answer to one of ``QUESTIONS``; domain errors come through as they are."""
        pool = self._pool
        try:
            future = self._starter.submit(pool.submit, _ask, question, workspace_id, arguments).result()
        except BrokenProcessPool as error:
            raise self._started_again(pool) from error
        except RuntimeError as error:  # no futures are taken any more
            raise StoreUnavailable("The service is being stopped") from error
        try:
            return future.result()
        except BrokenProcessPool as error:
            raise self._started_again(pool) from error
        except CancelledError as error:
            raise StoreUnavailable("The service is being stopped") from error

    def _started_again(self, broken: ProcessPoolExecutor) -> StoreUnavailable:
        with self._starting:
            if self._pool is broken:
                self._pool = self._start()
        return StoreUnavailable("The calculating process ended; it was started again")

    def close(self) -> None:
        """End the process, in the middle of a computation too: nobody waits for what it finds."""
        self._starter.shutdown()
        processes = tuple((self._pool._processes or {}).values())  # the pool has no public way to end one that computes before Python 3.14
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()

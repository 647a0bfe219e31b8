"""The process beside the API in which explanations, views and paths are computed: analysis never runs in the API's own."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from graph_models.errors import StoreUnavailable
from service import analysis, changes, party_page
from service.settings import Settings
from service.workplace import Service

_service: Service | None = None
"""In the calculating process: its own way to what is kept."""


def _begin(settings: Settings) -> None:
    global _service
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
    """One calculating process; it is started again where it died."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._starting = threading.Lock()
        self._pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin, (self._settings,))

    def ask(self, question: str, workspace_id: str, **arguments: Any) -> Any:
        """The answer to one of ``QUESTIONS``; domain errors come through as they are."""
        pool = self._pool
        try:
            return pool.submit(_ask, question, workspace_id, arguments).result()
        except BrokenProcessPool as error:
            with self._starting:
                if self._pool is pool:
                    self._pool = self._start()
            raise StoreUnavailable("The calculating process ended; it was started again") from error

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

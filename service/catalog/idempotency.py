"""Idempotency keys of writes that are no revision: of workspaces, mappings, profiles, questions. What is done under a key is done once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from graph_models.errors import Busy, IdempotencyKeyReused
from service.catalog.catalog import Catalog
from service.stores.interface.store import Writing

MAX_KEPT_BYTES = 1 << 20
"""A larger answer (of a question) is not kept: the same key asks again."""

MAX_WAITING = 32
"""Requests under one key, the one that acts and those that wait for it; each has one of the forty threads of the API."""


def once(catalog: Catalog, scope: str, writing: Writing, act: Callable[[], Any]) -> dict[str, Any]:
    """The answer of ``act``, or the one that was given under the same key before. ``scope`` is the workspace, empty for the service.

    What ``act`` does to the catalog and the answer are one transaction: of many at once, in whatever process, one acts, and the others get its answer.
    """
    if writing.key is None:
        return _json(act())
    with catalog.writing():
        return _answered(catalog, scope, writing, act)


def once_here(catalog: Catalog, scope: str, writing: Writing, act: Callable[[], Any]) -> dict[str, Any]:
    """As :func:`once`, of what takes long or happens elsewhere than in the catalog: nobody else waits for it, but who sends the same key to this process."""
    if writing.key is None:
        return _json(act())
    with _TURNS.of((str(catalog.path), scope, writing.key)):
        return _answered(catalog, scope, writing, act)


def _answered(catalog: Catalog, scope: str, writing: Writing, act: Callable[[], Any]) -> dict[str, Any]:
    assert writing.key is not None
    before = catalog.answered(scope, writing.key)
    if before is not None and before[0] != (writing.body_hash or ""):
        raise IdempotencyKeyReused("This Idempotency-Key was used for another body")
    if before is not None and before[1]:
        return msgspec.json.decode(before[1], type=dict[str, Any])
    answer = _json(act())
    kept = msgspec.json.encode(answer)
    catalog.remember_answer(scope, writing.key, writing.body_hash or "", kept if len(kept) <= MAX_KEPT_BYTES else b"")
    return answer


class _Turns:
    """A lock for each key that somebody is at work under."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[tuple[str, ...], tuple[threading.Lock, int]] = {}

    @contextmanager
    def of(self, key: tuple[str, ...]) -> Iterator[None]:
        with self._lock:
            turn, waiting = self._of.get(key, (threading.Lock(), 0))
            if waiting >= MAX_WAITING:
                raise Busy("Requests with this Idempotency-Key wait for the first of them already, and no more may; ask again soon")
            self._of[key] = turn, waiting + 1
        try:
            with turn:
                yield
        finally:
            with self._lock:
                turn, waiting = self._of.pop(key)
                if waiting > 1:
                    self._of[key] = turn, waiting - 1


_TURNS = _Turns()


def _json(answer: Any) -> dict[str, Any]:
    return msgspec.convert(msgspec.to_builtins(answer), dict[str, Any])

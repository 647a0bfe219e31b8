"""The whole ecosystem as columns from a Neo4j: the server collects the bodies of records in ranges of its own ids, two sessions side by side.

A body is one property; reading the dozen that it is made of costs the server twice as much. ``record_tables.py`` takes it apart.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import NamedTuple

import pyarrow as pa

from graph_models.ecosystem.column_schema import FAMILIES, FAMILY_OF
from graph_models.ecosystem.columns import Columns, columns_of
from graph_models.ecosystem.record_columns import table_of
from service.stores.interface.record_tables import by_type, table_of_bodies
from service.stores.interface.store import NOW, At
from service.stores.neo4j.reads import days
from service.stores.neo4j.session import Attempt, Neo4jSessions, run, store_errors
from service.stores.neo4j.statements import Statement, statement

RANGE, FIRST_RANGE = 50_000, 1_000
"""Ids in one answer: more are no faster, and the server keeps a whole answer in memory. The first tells how long bodies are."""
CHARACTERS = 16_000_000
"""About so many an answer may have."""
PIECE = 10_000
"""Bodies that are taken apart at once: more have no use, and each text of them needs its memory twice."""
_SWEEPS = statement("store/columns_relationships"), statement("store/columns_nodes")
_LOCK = statement("store/lock")
_AT_ONCE = 2
_TRIES = 3
"""So often the columns are loaded beside writers; after that, writers wait."""


class _Written(Exception):
    """Somebody wrote meanwhile: what was read is not of one revision."""


class _Page(NamedTuple):
    records: list[str]
    seen: int
    total: int
    head: list[int]


class _Sweep:
    """Ranges of ids, for several sessions to take in turn, until all that there is was seen."""

    def __init__(self, made: Statement, at: At) -> None:
        self.statement = made
        self.parameters = {**days("party", at, of_page=False), "all": at.revision >= NOW, "revision": at.revision}
        self.tables: defaultdict[str, list[tuple[int, pa.Table]]] = defaultdict(list)
        self._lock = threading.Lock()
        self._next = self._seen = self._records = self._characters = 0
        self._total: int | None = None
        self.head: list[int] = []

    def ranges(self) -> Iterator[tuple[int, int]]:
        while True:
            with self._lock:
                if self._total is not None and self._seen >= self._total:
                    return
                wanted = min(RANGE, CHARACTERS * self._records // max(self._characters, 1)) if self._records else FIRST_RANGE
                low = self._next
                self._next = low + max(wanted, FIRST_RANGE // 10)
                high = self._next
            yield low, high

    def add(self, low: int, page: _Page) -> None:
        """Take what was in a range. Raises ``_Written`` where it is not of the revision of the others."""
        pieces = (page.records[first : first + PIECE] for first in range(0, len(page.records), PIECE))
        tables = [(name, table_of_bodies(name, bodies)) for piece in pieces for name, bodies in by_type(piece).items()]
        with self._lock:
            if self._total is not None and page.head != self.head:
                raise _Written
            self.head, self._total = page.head, page.total
            self._seen += page.seen
            self._records += len(page.records)
            self._characters += sum(map(len, page.records))
            for name, table in tables:
                self.tables[name].append((low, table))


def load_columns(sessions: Neo4jSessions, at: At, timeout_s: float) -> Columns:
    """The columns of one moment: pages are read one after the other, so a write in between means to read them again."""
    for _ in range(_TRIES):
        try:
            return _load(sessions, at, timeout_s)
        except _Written:
            continue

    def without_writers(attempt: Attempt) -> Columns:
        with store_errors(), sessions.transaction(attempt, write=True) as transaction:
            run(transaction, _LOCK)
            return _load(sessions, at, timeout_s)

    return sessions.within(without_writers, timeout_s)


def _load(sessions: Neo4jSessions, at: At, timeout_s: float) -> Columns:
    sweeps = [_Sweep(made, at) for made in _SWEEPS]
    with ThreadPoolExecutor(_AT_ONCE, "columns") as pool:
        for work in [pool.submit(copy_context().run, _swept, sessions, sweeps, timeout_s) for _ in range(_AT_ONCE)]:
            work.result()
    if len({tuple(sweep.head) for sweep in sweeps}) > 1:
        raise _Written
    return columns_of({family: _whole(name, family, sweeps) for name, family in FAMILY_OF.items()})


def _swept(sessions: Neo4jSessions, sweeps: list[_Sweep], timeout_s: float) -> None:
    for sweep in sweeps:
        for low, high in sweep.ranges():
            values = sessions.read(lambda transaction: run(transaction, sweep.statement, low=low, high=high, **sweep.parameters), timeout_s)  # noqa: B023
            sweep.add(low, _Page(*values))


def _whole(type_name: str, family: str, sweeps: list[_Sweep]) -> pa.Table:
    parts = sorted((part for sweep in sweeps for part in sweep.tables[type_name]), key=lambda part: part[0])
    empty = table_of(family, dict.fromkeys(("id", "valid_from", "valid_to", *FAMILIES[family]), ()))
    return pa.concat_tables([empty, *(table for _, table in parts)])

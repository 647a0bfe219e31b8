"""The whole ecosystem as columns from a Neo4j: the server collects pages of 100,000 rows, one list a column, in the order of ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from msgspec import json
from neo4j import Transaction

from graph_models.columns import FAMILIES, FAMILY_OF, HOT_NAMES, Columns, arrow_type, columns_of, hot_values, table_of
from graph_models.records import decode_record
from service.stores.neo4j_reads import HEAD, days
from service.stores.neo4j_rows import day_read
from service.stores.neo4j_session import Attempt, Neo4jSessions, run, run_all, store_errors
from service.stores.statements import Statement, statement
from service.stores.store import NOW, At

PAGE = 100_000
"""More rows in one answer are no faster, and the server keeps a whole answer in memory."""
_TYPES: tuple[str, ...] = tuple(FAMILY_OF)
_COLUMNS: dict[str, Statement] = {name: statement(f"store/columns_{name}") for name in _TYPES}
_SLICES, _SUPERSEDED, _LOCK = statement("store/columns_party_slice"), statement("store/columns_superseded"), statement("store/lock")
_AT_ONCE = 2
_TRIES = 3
"""So often the columns are loaded beside writers; after that, writers wait."""


class _Page(NamedTuple):
    values: Mapping[str, list[Any]]
    rows: int


def load_columns(sessions: Neo4jSessions, at: At, timeout_s: float) -> Columns:
    """The columns of one moment: pages are read one after the other, so a write in between means to read them again."""
    for _ in range(_TRIES):
        before = _head(sessions)
        columns = _load(sessions, at, timeout_s)
        if _head(sessions) == before:
            return columns

    def without_writers(attempt: Attempt) -> Columns:
        with store_errors(), sessions.transaction(attempt, write=True) as transaction:
            run(transaction, _LOCK)
            return _load(sessions, at, timeout_s)

    return sessions.within(without_writers, timeout_s)


def _head(sessions: Neo4jSessions) -> int:
    return sessions.read(lambda transaction: next(iter(run(transaction, HEAD)), 0))


def _load(sessions: Neo4jSessions, at: At, timeout_s: float) -> Columns:
    with ThreadPoolExecutor(_AT_ONCE, "columns") as pool:
        by_size = ("value_flow", *(name for name in _TYPES if name != "value_flow"))
        coming = {name: pool.submit(copy_context().run, _family, sessions, name, at, timeout_s) for name in by_size}
        return columns_of({FAMILY_OF[name]: coming[name].result() for name in _TYPES})


def _family(sessions: Neo4jSessions, type_name: str, at: At, timeout_s: float) -> pa.Table:
    return sessions.read(lambda transaction: pa.concat_tables(_tables(transaction, type_name, at)), timeout_s)


def _tables(transaction: Transaction, type_name: str, at: At) -> Iterator[pa.Table]:
    family = FAMILY_OF[type_name]
    reach = {**days(type_name, at, of_page=False), "revision": at.revision}
    yield table_of(family, dict.fromkeys(("id", "valid_from", "valid_to", *FAMILIES[family]), ()))
    for page in _pages(transaction, _COLUMNS[type_name], reach):
        yield _of_values(family, page)
    if type_name == "party":
        for page in _pages(transaction, _SLICES, reach):
            yield _of_values(family, page)
    if at.revision < NOW:
        for page in _pages(transaction, _SUPERSEDED, {**reach, "type": type_name}):
            yield _of_values(family, page)


def _pages(transaction: Transaction, columns: Statement, parameters: Mapping[str, Any]) -> Iterator[_Page]:
    """Pages after each other; a page that is full may have parted the rows of its last id, so these come again with the next."""
    after, limit = "", PAGE
    while True:
        values = run_all(transaction, columns, **parameters, after=after, limit=limit)[0]
        ids = values["id"]
        if len(ids) < limit:
            yield _Page(values, len(ids))
            return
        whole = len(ids) - next(place for place, other in enumerate(reversed(ids)) if other != ids[-1]) if ids[0] != ids[-1] else 0
        if whole == 0:
            limit *= 2
            continue
        yield _Page(values, whole)
        after = ids[whole - 1]


def _of_values(family: str, page: _Page) -> pa.Table:
    values, rows = page
    if "record" in values:
        return _of_records(family, page)
    arrays = {name: pa.array(values[name][:rows], arrow_type(name)) for name in ("id", *FAMILIES[family]) if name != "documents"}
    arrays["documents"] = pa.array([None if names is None else json.encode(names).decode() for names in values["documents"][:rows]], pa.string())
    arrays |= {name: _days(values[name][:rows]) for name in ("valid_from", "valid_to")}
    return pa.table({name: arrays[name] for name in ("id", "valid_from", "valid_to", *FAMILIES[family])})


def _of_records(family: str, page: _Page) -> pa.Table:
    """What has few rows or no columns of its own is read from the records."""
    values, rows = page
    hot = [hot_values(decode_record(body)) for body in values["record"][:rows]]
    arrays = {name: pa.array([row[HOT_NAMES.index(name)] for row in hot], arrow_type(name)) for name in FAMILIES[family]}
    return pa.table(
        {
            "id": pa.array(values["id"][:rows], pa.string()),
            "valid_from": _days(values["valid_from"][:rows]),
            "valid_to": _days(values["valid_to"][:rows]),
            **arrays,
        }
    )


def _days(sent: list[int]) -> pa.Array:
    distinct, places = np.unique(np.asarray(sent, np.int32), return_inverse=True)
    return pa.array(np.asarray([day_read(int(day)) for day in distinct], np.int32)[places] if len(distinct) else distinct)

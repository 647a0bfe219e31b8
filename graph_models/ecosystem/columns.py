"""An ecosystem as it is stored and carried: one Arrow table a family, facts pointing at parties by their place.

Both stores deliver the same columns: the hot values of each record (what metrics read) in the order of their ids, so that
the same records make the same bytes, wherever they were kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_models.ecosystem.column_schema import FAMILIES

_AT_ONCE = 2
"""Families that are put in order side by side: one of them is as large as all others, and each in work needs its memory twice."""


class Columns:
    """The tables of one ecosystem, sorted by id; ``source`` and ``target`` are places in ``parties`` (int32, null where nobody is named)."""

    def __init__(self, tables: Mapping[str, pa.Table], digest: str | None = None) -> None:
        """``digest``: that of these tables, where it is known already."""
        self.tables = dict(tables)
        if digest is not None:
            self.__dict__["digest"] = digest

    def __getitem__(self, family: str) -> pa.Table:
        return self.tables[family]

    @cached_property
    def digest(self) -> str:
        """A digest of all that is in them: the same records give the same, whatever store they come from."""
        digest = hashlib.blake2b(digest_size=12)
        for family in FAMILIES:
            table = self.tables[family].combine_chunks()
            with pa.PythonFile(_Digested(digest.update), mode="w") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
                writer.write_table(table)
        return digest.hexdigest()


class _Digested:
    """What is written to it goes into a digest, and is not kept."""

    closed = False

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.write = write

    def flush(self) -> None: ...

    def close(self) -> None:
        self.closed = True


def columns_of(rows: dict[str, pa.Table]) -> Columns:
    """Columns from what a store delivers: family -> table of ``id valid_from valid_to`` and its hot columns, ids as text, in any order.

    A fact one of whose parties is not there is left out (metrics.md section 1). Tables are taken out of ``rows``, so that each can go when it was used.
    """
    parties = _by_id(rows.pop("parties"))
    ids = parties["id"].combine_chunks()

    def made(family: str) -> pa.Table:
        table = _by_id(rows.pop(family))
        return _placed(table, ids) if "target" in FAMILIES[family] else table

    others = [family for family in FAMILIES if family != "parties"]
    with ThreadPoolExecutor(_AT_ONCE, "families") as pool:
        return Columns({"parties": parties, **dict(zip(others, pool.map(made, others), strict=True))})


def said_in(table: pa.Table) -> pa.Table:
    """The columns in which anything is said."""
    return table.select([name for name in table.schema.names if table[name].null_count < len(table)])


def filled(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """A table with the columns of a schema: those that it has not say nothing, and take no memory (zeros that nobody wrote)."""
    count = len(table)
    zeros = pa.py_buffer(np.zeros(count + 1, np.int64))

    def nothing(kind: pa.DataType) -> pa.Array:
        valid = zeros.slice(0, (count + 7) // 8)
        if pa.types.is_string(kind):
            return pa.Array.from_buffers(kind, count, [valid, zeros.slice(0, 4 * (count + 1)), pa.py_buffer(b"")])
        return pa.Array.from_buffers(kind, count, [valid, zeros.slice(0, kind.bit_width // 8 * count)])

    return pa.table([table[field.name] if field.name in table.schema.names else nothing(field.type) for field in schema], schema)


def _by_id(table: pa.Table) -> pa.Table:
    schema = table.schema
    return filled(_sorted(said_in(table).combine_chunks()), schema) if len(table) else table


def _sorted(table: pa.Table) -> pa.Table:
    ids = table["id"]
    if len(ids) > 1 and not pc.all(pc.less(ids.slice(0, len(ids) - 1).combine_chunks(), ids.slice(1).combine_chunks())).as_py():
        table = table.take(pc.sort_indices(table, [("id", "ascending"), ("valid_from", "ascending")])).combine_chunks()
    return table


def _placed(table: pa.Table, ids: pa.Array) -> pa.Table:
    source, target = (pc.index_in(table[name].combine_chunks(), value_set=ids) for name in ("source", "target"))
    missing = pc.or_(pc.is_null(target), pc.and_(pc.is_null(source), pc.is_valid(table["source"].combine_chunks())))
    for name, places in (("source", source), ("target", target)):
        table = table.set_column(table.schema.get_field_index(name), name, places)
    if pc.any(missing).as_py():
        table = table.filter(pc.invert(missing)).combine_chunks()
    return table


def numbers(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A numeric column as float64, NaN where there is nothing."""
    if column.null_count == len(column):
        return np.full(len(column), np.nan)
    floats = column.cast(pa.float64())
    array: np.ndarray[Any, np.dtype[np.float64]] = (pc.fill_null(floats, float("nan")) if column.null_count else floats).to_numpy()
    return array

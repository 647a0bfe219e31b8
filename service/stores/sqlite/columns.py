"""An ecosystem out of an embedded store as columns: SQLite writes blocks of rows as text, Arrow reads them, and no row is a Python value.

A value that would be taken for a separator (a text may hold any character) makes its block too wide or too long. That is noticed, and the
block is read row by row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import apsw
import pyarrow as pa
from pyarrow import csv

from graph_models.ecosystem.column_schema import FAMILIES, arrow_type
from graph_models.ecosystem.columns import Columns, columns_of
from graph_models.ecosystem.record_columns import table_of
from service.stores.interface.store import At
from service.stores.sqlite import statements as sql
from service.stores.sqlite.schema import FIRST_EVENT

ROWS_AT_ONCE = 20_000
"""Numbers of rows in a block: its text is a few megabytes."""
_NAMES = {family: ("valid_from", "id", *names, "valid_to") for family, names in FAMILIES.items()}
_ORDER = {family: ("id", "valid_from", "valid_to", *names) for family, names in FAMILIES.items()}
_SHAPE = csv.ParseOptions(delimiter=sql.BETWEEN_VALUES, quote_char=False, double_quote=False, ignore_empty_lines=False)


def columns(connection: apsw.Connection, at: At) -> Columns:
    """All families, of one moment: states of the day, events whatever their day."""
    parts: dict[str, list[pa.Table]] = {family: [] for family in FAMILIES}
    connection.execute("BEGIN")
    try:
        for family, part in _parts(connection, at):
            parts[family].append(part)
    finally:
        connection.execute("ROLLBACK")
    return columns_of({family: pa.concat_tables(found) if found else table_of(family, {}) for family, found in parts.items()})


def _parts(connection: apsw.Connection, at: At) -> Iterator[tuple[str, pa.Table]]:
    """Each family's rows of each block, in the order in which they were written."""
    blocks = [(first, first + ROWS_AT_ONCE) for first in range(0, connection.execute(sql.NEXT_ROW).get, ROWS_AT_ONCE)][::-1]
    while blocks:
        first, end = blocks.pop()
        bound = {"day": at.day, "revision": at.revision, "first": first, "end": end}
        try:
            found = connection.execute(sql.BLOCK, bound).get
        except apsw.TooBigError:
            blocks += [((first + end) // 2, end), (first, (first + end) // 2)]
            continue
        for code, family in enumerate(FAMILIES):
            count, text = found[2 * code : 2 * code + 2]
            if count:
                yield family, _table(family, text, count) or _row_by_row(connection, code, family, bound)


def _table(family: str, text: str, count: int) -> pa.Table | None:
    """A block's rows of a family; ``None`` where a text had a separator in it."""
    names = _NAMES[family]
    encoded = text.encode()
    reading = csv.ReadOptions(column_names=names, block_size=len(encoded) + 1, use_threads=False)
    types = csv.ConvertOptions(column_types={name: arrow_type(name) for name in names}, null_values=[""], strings_can_be_null=True)
    try:
        table = csv.read_csv(pa.py_buffer(encoded), reading, _SHAPE, types)
    except pa.ArrowInvalid:
        return None
    return table.select(_ORDER[family]) if len(table) == count else None


def _row_by_row(connection: apsw.Connection, code: int, family: str, bound: dict[str, Any]) -> pa.Table:
    day = bound["day"] if code < FIRST_EVENT else None
    rows = connection.execute(sql.family_statement(FAMILIES[family]), {**bound, "type": code, "day": day}).fetchall()
    return table_of(family, dict(zip(_NAMES[family], zip(*rows, strict=True), strict=True)))

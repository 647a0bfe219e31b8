"""The large ecosystem as files: NDJSON or Parquet that an import takes without a mapping, written by columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from examples.large.flows import ROWS, flow_tables, sales, touchpoint_tables
from examples.large.life import assessment_table, relationship_table, role_table
from examples.large.parties import party_ids, party_table
from examples.large.shape import Shape

FORMATS = ("ndjson", "parquet")
RAW = frozenset({"values"})
"""The columns that hold JSON."""
Told = Callable[[int, int], None]
SCHEMA = pa.schema([
    *((name, pa.string()) for name in (
        "type", "id", "name", "kind", "country", "region", "size_class", "source", "target", "role", "stage", "tier", "amount", "currency", "product",
        "in_return_for", "measure", "scheme", "values", "valid_from", "valid_to", "occurred_at",
    )),
    ("market_tier", pa.int32()), ("strength", pa.float64()), ("share", pa.float64()), ("value", pa.float64()),
])  # fmt: skip


def tables(shape: Shape) -> Iterator[pa.Table]:
    """All records, parties first, some at a time; a table has the columns of its type."""
    ids = party_ids(shape)
    yield from _sliced(party_table(shape, ids))
    roles = role_table(shape, ids)
    ties, views, touches = shape.parties * 3 // 10, shape.parties // 5, shape.parties * 13 // 10
    yield from _sliced(roles)
    yield from _sliced(relationship_table(shape, ids, ties))
    yield from flow_tables(shape, ids, sales(shape, (shape.facts - len(roles) - ties - views - touches) // 2))
    yield from touchpoint_tables(shape, ids, touches)
    yield from _sliced(assessment_table(shape, ids, views))


def _sliced(table: pa.Table) -> Iterator[pa.Table]:
    return (table.slice(start, ROWS) for start in range(0, len(table), ROWS))


def write(shape: Shape, path: Path, form: str, told: Told = lambda done, total: None) -> int:
    """Write the file; how many records it holds. It is there whole or not at all."""
    making = path.with_name(path.name + ".making")
    count = 0
    try:
        with making.open("wb") as sink, _writer(sink, form) as take:
            for table in tables(shape):
                take(table)
                count += len(table)
                told(count, shape.parties + shape.facts)
        making.replace(path)
    finally:
        making.unlink(missing_ok=True)
    return count


class _writer:
    """What takes tables and writes them to a file."""

    def __init__(self, sink: object, form: str) -> None:
        self._sink = sink
        self._parquet = pq.ParquetWriter(sink, SCHEMA, compression="zstd") if form == "parquet" else None

    def __enter__(self) -> Callable[[pa.Table], None]:
        return self._lines if self._parquet is None else self._rows

    def __exit__(self, *_: object) -> None:
        if self._parquet is not None:
            self._parquet.close()

    def _lines(self, table: pa.Table) -> None:
        self._sink.write(lines(table))  # type: ignore[attr-defined]

    def _rows(self, table: pa.Table) -> None:
        assert self._parquet is not None
        columns = [table[field.name] if field.name in table.schema.names else pa.nulls(len(table), field.type) for field in SCHEMA]
        self._parquet.write_table(pa.table(columns, schema=SCHEMA))


def lines(table: pa.Table) -> memoryview:
    """The records as lines of JSON: the texts of all columns joined, and of the result nothing but its bytes.

    Texts are joined as they are: none of the generator's holds a quote, a backslash or a control character.
    """
    parts: list[object] = []
    for place, name in enumerate(table.schema.names):
        column = table[name].combine_chunks()
        text = pa.types.is_string(column.type) and name not in RAW
        before, after = f'{"{" if place == 0 else ","}"{name}":{chr(34) * text}', chr(34) * text
        joined = pc.binary_join_element_wise(before, column if pa.types.is_string(column.type) else column.cast(pa.string()), after, "")
        parts.append(pc.fill_null(joined, "") if column.null_count else joined)
    made = pc.binary_join_element_wise(*parts, "}\n", "")
    array = made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made
    begin, end = array.buffers()[1][:4].to_pybytes(), array.buffers()[1][len(array) * 4 : len(array) * 4 + 4].to_pybytes()
    return memoryview(array.buffers()[2])[int.from_bytes(begin, "little") : int.from_bytes(end, "little")]

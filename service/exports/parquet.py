"""Export as Parquet: one table of all records, typed, with what is nested as JSON text. Import takes it back without a mapping."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from graph_models.records.record_types import DECIMALS
from service.exports.cells import NUMBERS, fields_of, flat, values
from service.exports.source import ORDER, Sink, Source

WHOLE = frozenset({"market_tier", "importance"})
EXACT = frozenset(DECIMALS)
"""Decimals as they were written: a text, since no type of Parquet keeps ``1.50`` apart from ``1.5``."""
VOCABULARY = "vocabulary"
ROWS = 50_000


def schema() -> pa.Schema:
    """``type``, every field of any record, and ``vocabulary``: the workspace's own terms, in a row of their own."""
    fields = dict.fromkeys(field for name in ORDER for field in fields_of(name))
    return pa.schema([("type", pa.string()), *((field, _type(field)) for field in fields), (VOCABULARY, pa.string())])


def _type(field: str) -> pa.DataType:
    return pa.int32() if field in WHOLE else pa.float64() if field in NUMBERS - EXACT else pa.string()


def parquet(source: Source) -> Iterator[bytes]:
    """The table in groups of rows as they are read."""
    sink, wanted = Sink(), schema()
    with pq.ParquetWriter(pa.PythonFile(sink, "w"), wanted, compression="zstd") as writer:
        for batch in _batches(source, wanted):
            writer.write_batch(batch)
            yield sink.taken()
    yield sink.taken()


def _batches(source: Source, wanted: pa.Schema) -> Iterator[pa.RecordBatch]:
    held: list[dict[str, object]] = []
    own = source.own_vocabulary()
    if own is not None:
        held.append({"type": VOCABULARY, VOCABULARY: msgspec.json.encode({name: terms for name, terms in own.items() if name != "type"}).decode()})
    for type_name in ORDER:
        for rows in source.pages(type_name):
            held += [{"type": type_name} | {field: flat(value) for field, value in record.items() if field != "type"} for record in values(rows)]
            if len(held) >= ROWS:
                yield pa.RecordBatch.from_pylist(held, wanted)
                held = []
    if held:
        yield pa.RecordBatch.from_pylist(held, wanted)

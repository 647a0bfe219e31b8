"""Reads Parquet, some rows at a time: nested columns as ``a.b``, values as a person would write them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from graph_models.errors import FieldError, InvalidInput, Malformed
from service.imports.formats.arrow_texts import columns_of, names_in
from service.imports.formats.byte_source import FileOfSet, opened
from service.imports.formats.table import FaultyCells, Line, ReadOptions, Table, header

ROWS = 10_000
JSON_FIELDS = frozenset({"names", "identifiers", "industry", "attributes", "evidence", "topics", "tags", "motives", "values"})
"""The fields of records that hold more than one value: a text in such a column is JSON."""


@contextmanager
def opened_parquet(file: FileOfSet) -> Iterator[pq.ParquetFile]:
    """The open file. A packed one is unpacked beside it first, since Parquet is not read from front to back."""
    with opened(file) as source, tempfile.TemporaryFile() as unpacked:
        if source.packed:
            shutil.copyfileobj(source.stream, unpacked)
            unpacked.seek(0)
        with _damaged_is_said(file):
            table = pq.ParquetFile(unpacked if source.packed else file.path)
        with table:
            yield table


@contextmanager
def _damaged_is_said(file: FileOfSet) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise Malformed(f"{file.name}: this is no Parquet file that can be read ({error})", file=file.name) from None


def _batches(file: FileOfSet, table: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
    with _damaged_is_said(file):
        yield from table.iter_batches(batch_size=ROWS)


@contextmanager
def parquet_table(file: FileOfSet, options: ReadOptions) -> Iterator[Table]:
    """The file as a table; rows count from 1."""
    with opened_parquet(file) as table:
        with _damaged_is_said(file):
            columns = header(file, [name for field in table.schema_arrow for name in names_in(field.name, field.type)], 0)
        total, size = table.metadata.num_rows, file.path.stat().st_size
        read = [0]
        yield Table(file, columns, _lines(file, table, read), {"format": "parquet"}, lambda: size * read[0] // max(total, 1), size)


def _lines(file: FileOfSet, table: pq.ParquetFile, read: list[int]) -> Iterator[Line]:
    for batch in _batches(file, table):
        columns = [texts for name, column in zip(batch.schema.names, batch.columns, strict=True) for texts in columns_of(name, column)]
        for cells in zip(*columns, strict=True):
            read[0] += 1
            if FieldError in map(type, cells):
                faults = {place: cell for place, cell in enumerate(cells) if isinstance(cell, FieldError)}
                yield read[0], FaultyCells(["" if isinstance(cell, FieldError) else cell for cell in cells], faults)
            elif any(cells):
                yield read[0], list(cells)


# --- records


def parquet_items(file: FileOfSet) -> Iterator[tuple[int, bytes]]:
    """Each row as the JSON of a record, empty cells left out; a column ``type`` says of what. A row of own terms is their JSON in ``vocabulary``."""
    with opened_parquet(file) as table:
        if "type" not in table.schema_arrow.names:
            raise InvalidInput.of("no-type", f"{file.name}: a table of records has a column `type`; with a mapping any table can be read", "type")
        number = 0
        for batch in _batches(file, table):
            columns = [_values(name, column) for name, column in zip(batch.schema.names, batch.columns, strict=True)]
            for row in zip(*columns, strict=True):
                number += 1
                yield number, _record(dict(zip(batch.schema.names, row, strict=True)))


def _values(name: str, column: pa.Array) -> list[Any]:
    """The values of a column; where Python has none that are the same (nanoseconds), their texts. What cannot be read stands as its error."""
    try:
        return column.to_pylist()  # type: ignore[no-any-return]
    except (pa.ArrowException, ValueError, TypeError, OverflowError, NotImplementedError, KeyError):
        texts = list(columns_of(name, column))
    if len(texts) == 1:
        return [{"error": text.message} if isinstance(text, FieldError) else text or None for text in texts[0]]
    return [{"error": f"values of the type {column.type} cannot be read"}] * len(column)


def _record(row: Mapping[str, Any]) -> bytes:
    fields: dict[str, Any] = {}
    for name, value in row.items():
        if name == "vocabulary" and isinstance(value, str):
            return b'{"type":"vocabulary",' + value.strip().removeprefix("{").encode()
        if value is not None:
            fields[name] = msgspec.Raw(value.encode()) if name in JSON_FIELDS and isinstance(value, str) else _value(value)
    return msgspec.json.encode(fields)


def _value(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, dict):
        return {name: _value(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        if value and all(isinstance(item, tuple) and len(item) == 2 for item in value):  # a map
            return {str(name): _value(item) for name, item in value}
        return [_value(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")  # what is no text is refused with its line
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, float) and value != value:
        return None
    return value if value is None or isinstance(value, (str, bool, int, float)) else str(value)

"""Reads Parquet, some rows at a time: nested columns as ``a.b``, values as a person would write them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from graph_models.errors import FieldError, InvalidInput, Malformed
from service.ingest.json_lines import LIST_SEPARATOR
from service.ingest.sources import FileOfSet, opened
from service.ingest.tables import Line, ReadOptions, Table, header
from service.ingest.workbook import cell_text

ROWS = 10_000
JSON_FIELDS = frozenset({"names", "identifiers", "industry", "attributes", "evidence", "topics", "values"})
"""The fields of records that hold more than one value: a text in such a column is JSON."""


@contextmanager
def opened_parquet(file: FileOfSet) -> Iterator[pq.ParquetFile]:
    """The open file. A packed one is unpacked beside it first, since Parquet is not read from front to back."""
    with opened(file) as source, tempfile.TemporaryFile() as unpacked:
        packed = file.plain_name != file.name or source.stream is not source._raw
        if packed:
            shutil.copyfileobj(source.stream, unpacked)
            unpacked.seek(0)
        try:
            with pq.ParquetFile(unpacked if source.packed else file.path) as table:
                yield table
        except (pa.ArrowException, OSError) as error:
            raise Malformed(f"{file.name}: this is no Parquet file that can be read ({error})", file=file.name) from None


@contextmanager
def parquet_table(file: FileOfSet, options: ReadOptions) -> Iterator[Table]:
    """The file as a table; rows count from 1."""
    with opened_parquet(file) as table:
        columns = header(file, _flattened(table.schema_arrow.empty_table()).column_names, 0)
        total, size = table.metadata.num_rows, file.path.stat().st_size
        read = [0]
        yield Table(file, columns, _lines(table, read), {"format": "parquet"}, lambda: size * read[0] // max(total, 1), size)


def _lines(table: pq.ParquetFile, read: list[int]) -> Iterator[Line]:
    for batch in table.iter_batches(batch_size=ROWS):
        rows = _flattened(pa.Table.from_batches([batch]))
        columns = [_texts(name, column) for name, column in zip(rows.column_names, rows.columns, strict=True)]
        for cells in zip(*columns, strict=True):
            read[0] += 1
            fault = next((cell for cell in cells if isinstance(cell, FieldError)), None)
            if fault is not None:
                yield read[0], fault
            elif any(cells):
                yield read[0], list(cells)


def _flattened(table: pa.Table) -> pa.Table:
    """Nested columns as columns of their own, however deep."""
    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    return table


def _texts(name: str, column: pa.ChunkedArray) -> list[str | FieldError]:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_integer(column.type):
        return column.cast(pa.string()).fill_null("").to_pylist()  # type: ignore[no-any-return]
    return [_text(name, value) for value in column.to_pylist()]


def _text(name: str, value: Any) -> str | FieldError:
    if not isinstance(value, (list, dict)):
        return _plain(value)
    texts = [_plain(item) for item in value] if isinstance(value, list) and not any(isinstance(item, (list, dict, tuple)) for item in value) else None
    if texts is None or any(LIST_SEPARATOR in text for text in texts):
        return FieldError("nested-list", f"{name!r} is a list that has no place in a table", name)
    return LIST_SEPARATOR.join(texts)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return cell_text(value)


# --- records


def parquet_items(file: FileOfSet) -> Iterator[tuple[int, bytes]]:
    """Each row as the JSON of a record, empty cells left out; a column ``type`` says of what. A row of own terms is their JSON in ``vocabulary``."""
    with opened_parquet(file) as table:
        if "type" not in table.schema_arrow.names:
            raise InvalidInput.of("no-type", f"{file.name}: a table of records has a column `type`; with a mapping any table can be read", "type")
        number = 0
        for batch in table.iter_batches(batch_size=ROWS):
            for row in batch.to_pylist():
                number += 1
                yield number, _record(row)


def _record(row: Mapping[str, Any]) -> bytes:
    fields: dict[str, Any] = {}
    for name, value in row.items():
        if name == "vocabulary" and isinstance(value, str):
            return b'{"type":"vocabulary",' + value.strip().removeprefix("{").encode()
        if value is not None:
            fields[name] = msgspec.Raw(value.encode()) if name in JSON_FIELDS and isinstance(value, str) else _value(value)
    return msgspec.json.encode(fields)


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _value(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        if value and all(isinstance(item, tuple) and len(item) == 2 for item in value):  # a map
            return {str(name): _value(item) for name, item in value}
        return [_value(item) for item in value]
    if isinstance(value, (Decimal, bytes)):
        return _plain(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float) and value != value:
        return None
    return value

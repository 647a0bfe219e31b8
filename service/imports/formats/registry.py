"""All formats that can be read, in one visible list. A new format is one function here or beside it, and one line in ``READERS``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from graph_models.errors import InvalidInput, UnsupportedMedia
from service.imports.formats.byte_source import FileOfSet, beginning
from service.imports.formats.delimited import delimited_table
from service.imports.formats.excel.reader import workbook_table
from service.imports.formats.file_signatures import LOOKED_AT, format_of
from service.imports.formats.graphml import graphml_table
from service.imports.formats.json_document import json_document_table
from service.imports.formats.json_lines import json_lines_table
from service.imports.formats.parquet import parquet_table
from service.imports.formats.table import ReadOptions, Table


class Reader(NamedTuple):
    """One format: its name in mappings, what it is, and the endings of its files (``.gz`` may follow each)."""

    name: str
    description: str
    endings: tuple[str, ...]
    open: Callable[[FileOfSet, ReadOptions], AbstractContextManager[Table]]


READERS: tuple[Reader, ...] = (
    Reader("csv", "Lines of cells with any one delimiter", (".csv", ".tsv", ".tab", ".txt"), delimited_table),
    Reader("xlsx", "One sheet of an Excel workbook", (".xlsx", ".xlsm"), workbook_table),
    Reader("json", "An array of JSON objects, or an object that holds one; nested ones as `a.b`", (".json",), json_document_table),
    Reader("parquet", "A Parquet file; nested columns as `a.b`", (".parquet", ".pq"), parquet_table),
    Reader("graphml", "Nodes and edges as lines; `element` says which, one column a key", (".graphml",), graphml_table),
    Reader("ndjson", "One JSON object a line; nested ones as `a.b`", (".ndjson", ".jsonl"), json_lines_table),
)


def reader_of(file: FileOfSet, options: ReadOptions) -> Reader:
    """The reader that a mapping names; else the one for what the file is by its first bytes, or by the ending of its name."""
    if options.format is not None:
        found = next((reader for reader in READERS if reader.name == options.format), None)
        if found is None:
            names = ", ".join(reader.name for reader in READERS)
            raise InvalidInput.of("unknown-format", f"{options.format!r} is not a format that is read here: {names}", "format")
        return found
    called = next((reader.name for reader in READERS if file.plain_name.lower().endswith(reader.endings)), None)
    told = format_of(file.name, beginning(file, LOOKED_AT), called)
    for reader in READERS:
        if reader.name == told:
            return reader
    endings = ", ".join(ending for reader in READERS for ending in reader.endings)
    raise UnsupportedMedia(f"{file.name}: the name of the file does not tell its format; it may end with {endings}, or the mapping may say `format`")


@contextmanager
def open_table(file: FileOfSet, options: ReadOptions | None = None) -> Iterator[Table]:
    """The file as a table. Raises ``Malformed``, ``InvalidInput`` or ``UnsupportedMedia``, then or while its lines are read."""
    if not file.path.is_file():
        raise InvalidInput.of("no-file", f"{file.name}: there is no such file")
    options = options or ReadOptions()
    with reader_of(file, options).open(file, options) as table:
        yield table

"""Files of the records themselves, as a batch or an export has them (NDJSON, a JSON array, a Parquet table): they need no mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import IO, Any

from graph_models.errors import FieldError
from graph_models.records import Record
from graph_models.vocabulary import Terms
from service.ingest.json_document import json_items
from service.ingest.mapping import FILE_STEP, Columns
from service.ingest.parquet import parquet_items
from service.ingest.sources import ByteSource, FileOfSet, encoding_of, opened
from service.writes import MAX_RECORD_BYTES, parse_ndjson

CHUNK_LINES = 5_000
FORMATS = {".json": "json", ".parquet": "parquet", ".pq": "parquet"}
"""Ending -> format; any other file is NDJSON."""


class RecordLines:
    """Files of records, read in order; the workspace's own terms come before the records of their chunk."""

    def __init__(self, files: Sequence[FileOfSet]) -> None:
        self.files = list(files)
        self.size = sum(file.path.stat().st_size for file in files)

    def columns(self) -> Columns:
        return Columns([], [])

    def read_as(self) -> list[dict[str, str]]:
        return [{"file": file.name, "as": "records", "format": _format(file), "encoding": "utf-8"} for file in self.files]

    def left_out(self) -> list[dict[str, Any]]:
        return []

    def redacted(self) -> list[dict[str, Any]]:
        return []

    def records(self, progress: Callable[[int], None]) -> Iterator[tuple[int, Record | FieldError | Terms]]:
        """Each record, fault or set of terms with its place (see ``mapping.py``)."""
        for places, lines in self.lines(progress):
            parsed = parse_ndjson(lines, 0)
            yield from ((places[place], terms) for place, terms in parsed.terms)
            for error in parsed.errors:
                yield places[error.line or 0], error._replace(line=places[error.line or 0])
            yield from ((places[place], record) for place, record in parsed.records)

    def lines(self, progress: Callable[[int], None]) -> Iterator[tuple[list[int], list[bytes]]]:
        """The JSON of each record, some at a time: their places and their lines."""
        done = 0
        for number, file in enumerate(self.files):
            first = number * FILE_STEP
            with opened(file) as source:
                items = _READERS[_format(file)](file, source)
                while chunk := list(islice(items, CHUNK_LINES)):
                    yield [first + line for line, _ in chunk], [content for _, content in chunk]
                    progress(done + source.position())
                done += source.size


Numbered = Iterator[tuple[int, bytes]]
"""Items by their lines, each as JSON."""


def _format(file: FileOfSet) -> str:
    return next((name for ending, name in FORMATS.items() if file.plain_name.lower().endswith(ending)), "ndjson")


def _lines(_: FileOfSet, source: ByteSource) -> Numbered:
    return enumerate(_bounded(source.stream), 1)


def _document(_: FileOfSet, source: ByteSource) -> Numbered:
    return ((number, text.encode("utf-8", "surrogatepass")) for number, text in json_items(source, encoding_of(source, None)))


def _table(file: FileOfSet, _: ByteSource) -> Numbered:
    return parquet_items(file)


_READERS: dict[str, Callable[[FileOfSet, ByteSource], Numbered]] = {"ndjson": _lines, "json": _document, "parquet": _table}


def _bounded(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines; of one that is longer than a record may be only so much that its length shows."""
    limit = MAX_RECORD_BYTES + 2
    while line := stream.readline(limit):
        yield line
        while len(line) == limit and not line.endswith(b"\n"):
            line = stream.readline(limit)

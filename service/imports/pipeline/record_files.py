"""Files of the records themselves, as a batch or an export has them (NDJSON, a JSON array, a Parquet table): they need no mapping."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from graph_models.errors import UnsupportedMedia
from service.facts.ndjson import MAX_RECORD_BYTES, Parsed, parse_ndjson
from service.imports.buffers.chunk import Chunk
from service.imports.formats.byte_source import ByteSource, FileOfSet, beginning, encoding_of, opened
from service.imports.formats.file_signatures import LOOKED_AT, format_of
from service.imports.formats.json_document import json_items
from service.imports.formats.parquet import parquet_items
from service.imports.mapping.bound_mapping import FILE_STEP, Columns

BLOCK_BYTES = 1 << 20
CHUNK_ITEMS = 5_000
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

    def parts(self, progress: Callable[[int], None]) -> Iterator[Chunk]:
        """The records, faults and terms, each with its place (see ``mapping.py``)."""
        for places, lines in self.lines(progress):
            yield Chunk(*parse_ndjson(lines, places.start)) if isinstance(places, range) else _placed(parse_ndjson(lines, 0), places)

    def lines(self, progress: Callable[[int], None]) -> Iterator[tuple[Sequence[int], list[bytes]]]:
        """The JSON of each record, some at a time: their places (a ``range`` where each line is one) and their lines."""
        return ((places, lines_of(items)) for places, items in self.blocks(progress))

    def blocks(self, progress: Callable[[int], None]) -> Iterator[Block]:
        """As :meth:`lines`; what are lines in their file are still together."""
        done = 0
        for number, file in enumerate(self.files):
            first = number * FILE_STEP
            with opened(file) as source:
                for numbers, items in _READERS[_format(file)](file, source):
                    places = range(first + numbers.start, first + numbers.stop) if isinstance(numbers, range) else [first + line for line in numbers]
                    yield places, items
                    progress(done + source.position())
                done += source.size


Block = tuple[Sequence[int], bytes | list[bytes]]
"""Some items, each as JSON (or as the lines of a text), and the lines where they are."""


def lines_of(items: bytes | list[bytes]) -> list[bytes]:
    """The items of a block, one by one."""
    return items.split(b"\n") if isinstance(items, bytes) else items


def _placed(parsed: Parsed, places: Sequence[int]) -> Chunk:
    errors = [error.at(places[error.line or 0]) for error in parsed.errors]
    return Chunk([(places[number], record) for number, record in parsed.records], errors, [(places[number], terms) for number, terms in parsed.terms])


def _format(file: FileOfSet) -> str:
    called = next((name for ending, name in FORMATS.items() if file.plain_name.lower().endswith(ending)), "ndjson")
    told = format_of(file.name, beginning(file, LOOKED_AT), called)
    if told not in _READERS:
        raise UnsupportedMedia(f"{file.name}: this is {told}, which holds no records by itself: import it with a mapping")
    return told


def _lines(_: FileOfSet, source: ByteSource) -> Iterator[Block]:
    """Of a line that is longer than a record may be, only so much that its length shows."""
    first, rest = 1, b""
    while block := source.stream.read(BLOCK_BYTES):
        if first == 1 and not rest:
            block = block.removeprefix(BOM_UTF8)
        whole, ended, begun = block.rpartition(b"\n")
        if ended:
            yield range(first, first + whole.count(b"\n") + 1), rest + whole
            first += whole.count(b"\n") + 1
            rest = b""
        rest = (rest + begun)[: MAX_RECORD_BYTES + 1]
    if rest:
        yield range(first, first + 1), rest


def _document(_: FileOfSet, source: ByteSource) -> Iterator[Block]:
    return _blocks((number, text.encode("utf-8", "surrogatepass")) for number, text in json_items(source, encoding_of(source, None)))


def _table(file: FileOfSet, _: ByteSource) -> Iterator[Block]:
    return _blocks(parquet_items(file))


def _blocks(items: Iterator[tuple[int, bytes]]) -> Iterator[Block]:
    while chunk := list(islice(items, CHUNK_ITEMS)):
        numbers, texts = zip(*chunk, strict=True)
        yield numbers, list(texts)


_READERS: dict[str, Callable[[FileOfSet, ByteSource], Iterator[Block]]] = {"ndjson": _lines, "json": _document, "parquet": _table}

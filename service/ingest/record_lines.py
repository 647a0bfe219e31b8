"""NDJSON of the records themselves, as a batch or an export has them: files that need no mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import IO

from graph_models.errors import FieldError
from graph_models.records import Record
from graph_models.vocabulary import Terms
from service.ingest.mapping import FILE_STEP, Columns
from service.ingest.sources import FileOfSet, opened
from service.writes import MAX_RECORD_BYTES, parse_ndjson

CHUNK_LINES = 5_000


class RecordLines:
    """Files of records, read in order; the workspace's own terms come before the records of their chunk."""

    def __init__(self, files: Sequence[FileOfSet]) -> None:
        self.files = list(files)
        self.size = sum(file.path.stat().st_size for file in files)

    def columns(self) -> Columns:
        return Columns([], [])

    def read_as(self) -> list[dict[str, str]]:
        return [{"file": file.name, "as": "records", "format": "ndjson", "encoding": "utf-8"} for file in self.files]

    def records(self, progress: Callable[[int], None]) -> Iterator[tuple[int, Record | FieldError | Terms]]:
        """Each record, fault or set of terms with its place (see ``mapping.py``)."""
        done = 0
        for number, file in enumerate(self.files):
            with opened(file) as source:
                lines = _bounded(source.stream)
                first = number * FILE_STEP + 1
                while chunk := list(islice(lines, CHUNK_LINES)):
                    parsed = parse_ndjson(chunk, first)
                    yield from parsed.terms
                    for error in parsed.errors:
                        yield error.line or first, error
                    yield from parsed.records
                    first += len(chunk)
                    progress(done + source.position())
                done += source.size


def _bounded(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines; of one that is longer than a record may be only so much that its length shows."""
    limit = MAX_RECORD_BYTES + 2
    while line := stream.readline(limit):
        yield line
        while len(line) == limit and not line.endswith(b"\n"):
            line = stream.readline(limit)

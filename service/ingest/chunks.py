"""The parts in which an import goes on: what is read, checked and written together, and how it is kept between its check and its write."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from graph_models.errors import FieldError
from graph_models.records import Record, decode_plainly
from graph_models.vocabulary import Terms
from service.writes import MAX_BATCH_RECORDS

Item = tuple[int, Record | FieldError | Terms]
"""A place (see ``mapping.py``) and what was read there."""
HELD_RECORDS = 200_000
"""So many records are kept in memory between their check and their write; of a larger import all are kept in a file."""
_json = msgspec.json.Encoder(decimal_format="string")


class Chunk:
    """Some records and faults that are written together; ``checked``: each record was found to be valid by itself, and no two at odds."""

    def __init__(
        self, records: list[tuple[int, Record]] | None = None, errors: list[FieldError] | None = None, terms: list[tuple[int, Terms]] | None = None
    ) -> None:
        self.records, self.errors, self.terms = records or [], errors or [], terms or []
        self.checked = False

    def __len__(self) -> int:
        return len(self.records) + len(self.errors)

    def take(self, other: Chunk) -> None:
        """Take in what another holds."""
        self.records += other.records
        self.errors += other.errors
        self.terms += other.terms

    def cut(self, size: int) -> Chunk:
        """The first ``size`` records and faults, and all terms, as a chunk of their own; the rest stays."""
        part = Chunk(self.records[: max(size - len(self.errors), 0)], self.errors[:size], self.terms)
        self.records, self.errors, self.terms = self.records[len(part.records) :], self.errors[size:], []
        return part


def chunk_of(items: Sequence[Item]) -> Chunk:
    """What was read, parted by what it is."""
    if {FieldError, Terms}.isdisjoint(map(type, map(itemgetter(1), items))):
        return Chunk(list(items))  # type: ignore[arg-type]
    chunk = Chunk()
    for place, item in items:
        if type(item) is FieldError:
            chunk.errors.append(item.at(place))
        elif type(item) is Terms:
            chunk.terms.append((place, item))
        else:
            chunk.records.append((place, item))  # type: ignore[arg-type]
    return chunk


def chunks(parts: Iterable[Chunk], size: int = MAX_BATCH_RECORDS) -> Iterator[Chunk]:
    """The same in chunks of ``size`` records and faults; the last may be smaller."""
    chunk = Chunk()
    for part in parts:
        chunk.take(part)
        while len(chunk) >= size:
            yield chunk.cut(size)
    if len(chunk) or chunk.terms:
        yield chunk


class _Written(NamedTuple):
    """Where in the file a chunk is: so many bytes of places, then so many of records."""

    start: int
    places: int
    records: int
    terms: list[tuple[int, Terms]]
    checked: bool


class Kept:
    """Chunks without their faults, to be read again: in memory while they are few, else in a file that goes with the process, however it ends."""

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._held: list[Chunk] = []
        self._count = 0
        self._file: IO[bytes] | None = None
        self._written: list[_Written] = []

    def add(self, chunk: Chunk) -> None:
        """Keep the records and terms of a chunk."""
        self._count += len(chunk.records)
        self._held.append(chunk)
        if self._file is None and self._count > HELD_RECORDS:
            self._file = tempfile.TemporaryFile(dir=self._directory)  # noqa: SIM115 - it is read again later; see close
        if self._file is not None:
            for held in self._held:
                self._write(self._file, held)
            self._held.clear()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Chunk]:
        if self._file is None:
            yield from self._held
            return
        for written in self._written:
            yield self._read(self._file, written)

    def close(self) -> None:
        """Nothing is read any more."""
        self._held.clear()
        if self._file is not None:
            with suppress(OSError):  # a full disk was told of when it was written
                self._file.close()

    def _write(self, file: IO[bytes], chunk: Chunk) -> None:
        places = array("q", [place for place, _ in chunk.records]).tobytes()
        records = _json.encode_lines([record for _, record in chunk.records])
        self._written.append(_Written(file.tell(), len(places), len(records), chunk.terms, chunk.checked))
        file.write(places)
        file.write(records)

    def _read(self, file: IO[bytes], written: _Written) -> Chunk:
        file.seek(written.start)
        chunk = Chunk()
        places = array("q", file.read(written.places))
        lines = file.read(written.records).split(b"\n")[:-1]
        chunk.records = list(zip(places, map(decode_plainly, lines), strict=True))
        chunk.terms, chunk.checked = written.terms, written.checked
        return chunk

"""What an import keeps between its check and its write, or until what it names has come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import NamedTuple

from graph_models.records.vocabulary import Terms
from service.imports.buffers.chunk import Ready, unpacked

HELD_BYTES = 48 << 20
"""So much is kept in memory; if it becomes more, all of it goes to a file."""


class _Written(NamedTuple):
    """Where a chunk is, and its terms."""

    start: int
    size: int
    terms: list[tuple[int, Terms]]


class Kept:
    """Chunks without their faults, to be read again: in memory, or in a file that has no name and goes with the process, however it ends."""

    def __init__(self, directory: Path | None = None) -> None:
        self._file = SpooledTemporaryFile(HELD_BYTES, dir=None if directory is None else str(directory))  # noqa: SIM115 - it is read again later; see close
        self._written: list[_Written] = []
        self._count = 0
        self._end = 0

    def add(self, chunk: Ready) -> None:
        """Keep the records and terms of a chunk."""
        packed = chunk.packed()
        self._count += chunk.records()
        self._written.append(_Written(self._end, len(packed), chunk.terms))
        self._file.seek(self._end)
        self._file.write(packed)
        self._end += len(packed)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Ready]:
        for written in self._written:
            self._file.seek(written.start)
            chunk = unpacked(self._file.read(written.size))
            chunk.terms = written.terms
            yield chunk

    def close(self) -> None:
        """Nothing is read any more."""
        with suppress(OSError):  # a full disk was told of when it was written
            self._file.close()

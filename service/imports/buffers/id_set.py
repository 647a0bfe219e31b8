"""Sets of ids that take eight bytes an id, most of them in a file, for an import may bring more of them than the memory holds."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from weakref import finalize

import numpy as np

Hashes = np.ndarray[Any, np.dtype[np.int64]]
_FEW = 50_000
_HELD = 1 << 20
"""So many are held in memory; then they become a run in a file."""
_SLAB = 4_096
"""So many of a run are read at once."""
_LARGER = 4
"""A run is merged with the one before it unless that is so many times as large: there are few runs, and each hash is written few times."""
_FILTER_BITS = 29


class Known:
    """A set of texts, of which only 64 bits each are kept: among ten million ids two are taken for one another with a chance of 1 in 400,000.

    ``mostly_new``: of those that are asked for few are known, so that a filter of fixed size (64 MiB) in front of the files saves most looks into them.
    """

    def __init__(self, directory: Path | None = None, *, mostly_new: bool = False) -> None:
        self._directory = directory
        self._recent: set[int] = set()
        self._sorted: Hashes = np.empty(0, np.int64)
        self._runs: list[_Run] = []
        self._filter = _Filter() if mostly_new else None

    def __contains__(self, text: object) -> bool:
        return not self.without((str(text),))

    def add(self, texts: Iterable[str]) -> None:
        """Remember these."""
        self._recent.update(map(hash, texts))
        if len(self._recent) > max(_FEW, len(self._sorted) // 8):
            self._sorted = _united([self._sorted, np.fromiter(self._recent, np.int64, len(self._recent))])
            self._recent.clear()
            if len(self._sorted) > _HELD:
                self._put_away()

    def without(self, texts: Collection[str]) -> set[str]:
        """Those of the texts that are not remembered."""
        unknown = [text for text in texts if hash(text) not in self._recent]
        if not unknown or not (len(self._sorted) or self._runs):
            return set(unknown)
        hashes = np.fromiter(map(hash, unknown), np.int64, len(unknown))
        found = _held(self._sorted, hashes) if len(self._sorted) else np.zeros(len(hashes), np.bool_)
        if self._runs:
            asked = ~found if self._filter is None else ~found & self._filter.perhaps(hashes)
            if asked.any():
                found[asked] = self._filed(hashes[asked])
        return {text for text, there in zip(unknown, found.tolist(), strict=True) if not there}

    def _filed(self, hashes: Hashes) -> Any:
        """Which of them are in a file."""
        order = np.argsort(hashes)
        ordered, found = hashes[order], np.zeros(len(hashes), np.bool_)
        for run in self._runs:
            found[order] |= run.holds(ordered)
        return found

    def _put_away(self) -> None:
        """What is held becomes a run; runs of like sizes become one."""
        if self._filter is not None:
            self._filter.add(self._sorted)
        self._runs.append(_Run([self._sorted], self._directory))
        self._sorted = np.empty(0, np.int64)
        while len(self._runs) > 1 and self._runs[-2].count < _LARGER * self._runs[-1].count:
            self._runs[-2:] = [_Run(_merged(self._runs[-2:]), self._directory)]


class _Run:
    """Hashes in order, in a file that has no name and goes with this object; the first of each slab is held in memory."""

    def __init__(self, parts: Iterable[Hashes], directory: Path | None) -> None:
        file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 - closed with this object
        finalize(self, file.close)
        self.count, firsts = 0, []
        for part in parts:
            firsts.append(part[-self.count % _SLAB :: _SLAB])
            self.count += len(part)
            file.write(part.tobytes())
        file.flush()
        self.firsts: Hashes = np.concatenate(firsts)
        self._number = file.fileno()

    def _read(self, slab: int, slabs: int = 1) -> Hashes:
        return np.frombuffer(os.pread(self._number, 8 * _SLAB * slabs, 8 * _SLAB * slab), np.int64)

    def holds(self, ordered: Hashes) -> Any:
        """Which of these are here."""
        found = np.zeros(len(ordered), np.bool_)
        slabs = np.searchsorted(self.firsts, ordered, "right") - 1
        starts = np.flatnonzero(np.diff(slabs, prepend=-2))
        for start, end, slab in zip(starts.tolist(), [*starts[1:].tolist(), len(ordered)], slabs[starts].tolist(), strict=True):
            if slab >= 0:
                found[start:end] = _held(self._read(slab), ordered[start:end])
        return found

    def between(self, low: int | None, high: int | None) -> Hashes:
        """Those from ``low`` on, before ``high``."""
        first = 0 if low is None else max(int(np.searchsorted(self.firsts, low, "right")) - 1, 0)
        last = len(self.firsts) if high is None else int(np.searchsorted(self.firsts, high))
        part = self._read(first, last - first)
        start = 0 if low is None else int(np.searchsorted(part, low))
        return part[start : len(part) if high is None else int(np.searchsorted(part, high))]


class _Filter:
    """Two bits for each hash, in a field of fixed size: where one is not set the hash was never added."""

    def __init__(self) -> None:
        self._bits: np.ndarray[Any, np.dtype[np.uint8]] = np.zeros(1 << (_FILTER_BITS - 3), np.uint8)

    def add(self, hashes: Hashes) -> None:
        for start in range(0, len(hashes), _SLAB):
            for places in _places(hashes[start : start + _SLAB]):
                np.bitwise_or.at(self._bits, places >> 3, np.left_shift(1, places & 7).astype(np.uint8))

    def perhaps(self, hashes: Hashes) -> Any:
        """Which of these may have been added."""
        first, second = ((self._bits[places >> 3] >> (places & 7).astype(np.uint8)) & 1 for places in _places(hashes))
        return (first & second).astype(np.bool_)


def _places(hashes: Hashes) -> Iterator[Hashes]:
    for shift in (0, 32):
        yield (hashes >> shift) & ((1 << _FILTER_BITS) - 1)


def _held(ordered: Hashes, hashes: Hashes) -> Any:
    """Which of the hashes are among those in order, of which there are some."""
    return ordered[np.minimum(np.searchsorted(ordered, hashes), len(ordered) - 1)] == hashes


def _merged(runs: Sequence[_Run]) -> Iterator[Hashes]:
    """All of some runs in order, some at a time."""
    bounds = [None, *max((run.firsts for run in runs), key=len)[64::64].tolist(), None]
    for low, high in pairwise(bounds):
        yield _united([run.between(low, high) for run in runs])


def _united(parts: Sequence[Hashes]) -> Hashes:
    """All of them in order, each once. (``np.unique`` makes a hash table, which takes ten times as long.)"""
    hashes = np.concatenate(parts)
    hashes.sort()
    new = np.ones(len(hashes), np.bool_)
    np.not_equal(hashes[1:], hashes[:-1], out=new[1:])
    return hashes if new.all() else hashes[new]

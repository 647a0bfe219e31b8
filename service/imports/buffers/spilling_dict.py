"""A dictionary that stays small: above some number of entries they wait in a file that has no name, where they are found again by their keys."""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import apsw
from pyroaring import BitMap64

from service.stores.sqlite.schema import storage_errors

K = TypeVar("K", bound="str | tuple[Any, ...]")
V = TypeVar("V")
HELD = 100_000
"""So many entries are kept in memory before the first are put away."""
HELD_THEN = 40_000
"""So many are kept in memory once there is a file."""
_FILTER_BITS = 26
_SETTINGS = """
PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -8192;
CREATE TABLE shelf (n INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, value BLOB NOT NULL) STRICT;
BEGIN
"""
_PUT = "INSERT INTO shelf (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"


class Form(NamedTuple):
    """How values are written into the file and read from it; ``fixed``: a value is never changed once it was put."""

    encode: Callable[[Any], bytes] = pickle.dumps
    decode: Callable[[bytes], Any] = pickle.loads
    fixed: bool = False


CHANGING = Form()
SET = Form(lambda _: b"", lambda _: True, fixed=True)
"""Every value is ``True``."""


class Shelf(Generic[K, V]):
    """Keys and values, in the order in which the keys came. A value that is not ``fixed`` may be changed from when it was got or put until the next is."""

    def __init__(self, directory: Path | None = None, form: Form = CHANGING) -> None:
        self._directory, self._form = directory, form
        self._new: dict[K, V] = {}
        """What is not in the file, or may be something else there."""
        self._read: dict[K, V] = {}
        self._file: _File | None = None

    def get(self, key: K) -> V | None:
        """The value of a key; ``None`` where there is none."""
        found = self._new.get(key)
        return found if found is not None or self._file is None else self._fetched(self._file, key)

    def __setitem__(self, key: K, value: V) -> None:
        if len(self._new) >= (HELD if self._file is None else HELD_THEN):
            self._put_away()
        self._new[key] = value

    def __len__(self) -> int:
        return len(self._new) if self._file is None else self._put_away().count()

    def values(self) -> Iterator[V]:
        """All values, in the order of their keys; nothing may be put meanwhile."""
        if self._file is None:
            yield from self._new.values()
        else:
            yield from map(self._form.decode, self._put_away().values())

    def clear(self) -> None:
        """Nothing is there any more, and no file."""
        self._new, self._read = {}, {}
        if self._file is not None:
            self._file.close()
            self._file = None

    def _fetched(self, file: _File, key: K) -> V | None:
        found = self._read.get(key)
        if found is None and (body := file.get(key)) is not None:
            found = self._form.decode(body)
            if not self._form.fixed:
                self[key] = found
            else:
                if len(self._read) >= HELD_THEN:
                    self._read.clear()
                self._read[key] = found
        return found

    def _put_away(self) -> _File:
        if self._file is None:
            self._file = _File(self._directory)
        self._file.put((key, self._form.encode(value)) for key, value in self._new.items())
        self._new.clear()
        return self._file


class _File:
    """An SQLite file without a name: it goes when it is closed, however the process ends. In front a filter of at most 8 MiB that knows what is not there."""

    def __init__(self, directory: Path | None) -> None:
        number, name = tempfile.mkstemp(dir=directory)
        os.close(number)
        self._path = Path(name)
        self._perhaps = BitMap64()
        try:
            with storage_errors(self._path):
                self._connection = apsw.Connection(name)
                self._connection.execute(_SETTINGS).fetchall()
        finally:
            self._path.unlink()

    def get(self, key: Any) -> bytes | None:
        if _place(key) not in self._perhaps:
            return None
        with storage_errors(self._path):
            return self._connection.execute("SELECT value FROM shelf WHERE key = ?", (_text(key),)).get  # type: ignore[no-any-return]

    def put(self, entries: Iterator[tuple[Any, bytes]]) -> None:
        with storage_errors(self._path):
            self._connection.executemany(_PUT, ((self._noted(key), value) for key, value in entries))

    def _noted(self, key: Any) -> str:
        self._perhaps.add(_place(key))
        return _text(key)

    def count(self) -> int:
        with storage_errors(self._path):
            return int(self._connection.execute("SELECT count(*) FROM shelf").get)

    def values(self) -> Iterator[bytes]:
        with storage_errors(self._path):
            yield from (value for (value,) in self._connection.execute("SELECT value FROM shelf ORDER BY n"))

    def close(self) -> None:
        self._connection.close()


def _place(key: Any) -> int:
    return hash(key) & ((1 << _FILTER_BITS) - 1)


def _text(key: str | tuple[Any, ...]) -> str:
    """The same for equal keys only: a number equals another however it is written."""
    return repr(key) if isinstance(key, str) else repr([Fraction(part) if isinstance(part, (int, float, Decimal)) else part for part in key])

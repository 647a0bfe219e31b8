"""The facts of one family as arrays, and the places of parties."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_models.arrays.types import Floats, Ints, Longs, Mask
from graph_models.ecosystem.columns import numbers
from graph_models.records.dates import FIRST_DAY, OPEN

if TYPE_CHECKING:
    pass

T = TypeVar("T")


class Coded(NamedTuple):
    """A column of text as numbers: ``codes`` are places in ``texts`` (sorted), -1 where there is nothing."""

    codes: Ints
    texts: list[str]

    def flags(self, wanted: Callable[[str], bool]) -> Mask:
        """Per row: is its text wanted? Nothing is not."""
        table = np.array([wanted(text) for text in self.texts] + [False], bool)
        return cast(Mask, table[self.codes])

    def looked_up(self, value: Callable[[str], float], missing: float = float("nan")) -> Floats:
        """Per row the number that its text stands for."""
        table = np.array([value(text) for text in self.texts] + [missing], np.float64)
        return table[self.codes]


class Family:
    """The columns of one family of facts as arrays; each is made when it is first asked for."""

    def __init__(self, table: pa.Table, first_ref: int) -> None:
        self.table = table
        self.first_ref = first_ref
        self._made: dict[str, Any] = {}

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def _once(self, name: str, make: Callable[[], T]) -> T:
        if name not in self._made:
            self._made[name] = make()
        return cast(T, self._made[name])

    @property
    def ids(self) -> pa.ChunkedArray:
        return self.table["id"]

    @property
    def source(self) -> Ints:
        """Places of the source parties; -1 where nobody is named (an assessment by no one in particular)."""
        return self._once("source", lambda: _places(self.table["source"]))

    @property
    def target(self) -> Ints:
        return self._once("target", lambda: _places(self.table["target"]))

    @property
    def start(self) -> Ints:
        return self._once("start", lambda: _places(self.table["valid_from"]))

    @property
    def end(self) -> Ints:
        return self._once("end", lambda: _places(self.table["valid_to"]))

    @property
    def event_end(self) -> Ints:
        """As ``end``, of events: one with a first day and an open end lasts for that day."""
        return self._once("event end", lambda: np.where(self.open_ended, self.start + 1, self.end) if self.open_ended.any() else self.end)

    @property
    def open_ended(self) -> Mask:
        """Which facts have a first day and no last one."""
        return self._once("open ended", lambda: (self.end >= OPEN) & (self.start > FIRST_DAY))

    def number(self, column: str) -> Floats:
        """A numeric column, NaN where there is nothing."""
        return self._once("number " + column, lambda: numbers(self.table[column]))

    def coded(self, column: str) -> Coded:
        """A column of text as codes in the order of the texts."""
        return self._once("coded " + column, lambda: _coded(self.table[column]))

    @property
    def confidence(self) -> Floats:
        """1 where none is given."""
        return self._once("confidence", lambda: np.nan_to_num(self.number("confidence"), nan=1.0))

    @property
    def hypothesis(self) -> Mask:
        return self._once("hypothesis", lambda: self.coded("status").flags("hypothesis".__eq__))

    def texts(self, column: str, rows: Longs | Ints | None = None) -> list[Any]:
        """The values of some rows of a column, as Python has them."""
        chunked = self.table[column]
        return cast("list[Any]", (chunked if rows is None else chunked.take(pa.array(rows))).to_pylist())


def _places(column: pa.ChunkedArray) -> Ints:
    whole = pc.fill_null(column, -1) if column.null_count else column
    return cast(Ints, whole.to_numpy().astype(np.int32, copy=False))


def _coded(column: pa.ChunkedArray) -> Coded:
    if column.null_count == len(column):
        return Coded(np.full(len(column), -1, np.int32), [])
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    texts = cast("list[str]", encoded.dictionary.to_pylist())
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int32)
    order = sorted(range(len(texts)), key=texts.__getitem__)
    places = np.full(len(texts) + 1, -1, np.int32)
    places[np.array(order, np.int64)] = np.arange(len(texts), dtype=np.int32)
    return Coded(places[codes], [texts[place] for place in order])


class Places(Mapping[str, int]):
    """Party -> its place, looked up among the ids, which are sorted: where few are asked for, no dictionary of all is made."""

    def __init__(self, ids: pa.ChunkedArray) -> None:
        self._ids = ids

    def __getitem__(self, party: object) -> int:
        place = bisect_left(range(len(self._ids)), party, key=self._id) if isinstance(party, str) else len(self._ids)
        if place == len(self._ids) or self._id(place) != party:
            raise KeyError(party)
        return place

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids.to_pylist())

    def __len__(self) -> int:
        return len(self._ids)

    def _id(self, place: int) -> str:
        return cast(str, self._ids[place].as_py())

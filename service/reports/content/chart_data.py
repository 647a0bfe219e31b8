"""What a chart shows, apart from how it is drawn: the data of bars, of amounts back to back, and of a map of two scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias


class Bar(NamedTuple):
    """One row: its label, its segments in the order of the series, what is written at its end; ``apart`` is hatched."""

    label: str
    values: Sequence[float]
    written: str
    apart: bool = False


class Bars(NamedTuple):
    """Horizontal bars, stacked by series; without ``series`` a plain bar chart."""

    bars: Sequence[Bar]
    series: Sequence[str] = ()


class Pair(NamedTuple):
    """One row of two amounts, to the left and to the right."""

    label: str
    left: float
    right: float
    left_written: str
    right_written: str


class Pairs(NamedTuple):
    """Two amounts a row, back to back."""

    pairs: Sequence[Pair]
    left: str
    right: str


class Point(NamedTuple):
    """One party on a map; only those with a label are named."""

    x: float
    y: float
    label: str = ""


class Map(NamedTuple):
    """Parties by two scores."""

    points: Sequence[Point]
    x: str
    y: str


Chart: TypeAlias = Bars | Pairs | Map

"""Ranks: values that differ by rounding only are equal, and equal values share a rank."""

from __future__ import annotations

from math import floor, inf, log10

import numpy as np

from graph_models.arrays.types import Floats, Longs, Mask

SMALLEST = 1e-280
"""What is smaller is left as it is: scaling it would leave the range of floats."""


LARGEST = 290
"""The greatest power of ten that values are scaled by."""
POWERS = np.power(10.0, np.arange(-LARGEST, LARGEST + 1, dtype=np.float64))


def rounded(values: Floats, digits: int = 12) -> Floats:
    """Values to so many significant digits, so that what differs by rounding only is equal."""
    size = np.abs(values)
    there = (size > SMALLEST) & (size < np.inf)
    magnitude = np.zeros(len(values), np.int64)
    magnitude[there] = np.floor(np.log10(size[there]))
    scale = POWERS[np.clip(digits - 1 - magnitude, -LARGEST, LARGEST) + LARGEST]
    return np.asarray(np.where(there, np.round(values * scale) / scale, values), np.float64)


def difference(after: float, before: float) -> float:
    """``after`` - ``before``, to 12 significant digits of the larger of the two: what differs by rounding only differs by 0.

    >>> difference(0.1 + 0.2, 0.3), difference(62.5, 58.0), difference(0.0, 0.0)
    (0.0, 4.5, 0.0)
    """
    size = max(abs(after), abs(before))
    if not SMALLEST < size < inf:
        return after - before
    return round(after - before, 11 - floor(log10(size))) + 0.0


def ranks(values: Floats, defined: Mask) -> Longs:
    """Ranks from the highest value down, as in a competition: 1, 2, 2, 4."""
    answer = np.zeros(len(values), np.int64)
    falling = -rounded(values[defined])
    order = np.argsort(falling)  # equal ones in any order: they share a rank
    falling = falling[order]
    first = np.ones(len(order), bool)
    first[1:] = falling[1:] != falling[:-1]
    known = np.empty(len(order), np.int64)
    known[order] = np.maximum.accumulate(np.where(first, np.arange(1, len(order) + 1), 0))
    answer[defined] = known
    return answer


def largest_first(values: Floats) -> list[int]:
    """The places of the values above 0, the largest first, equal ones (to 12 digits) in the order of their ids."""
    there = np.flatnonzero(values > 0)
    return [int(place) for place in there[np.argsort(-rounded(values[there]), kind="stable")]]

"""Ranks: values that differ by rounding only are equal, and equal values share a rank."""

from __future__ import annotations

import numpy as np

from graph_models.ecosystem import Floats, Longs, Mask

SMALLEST = 1e-280
"""What is smaller is left as it is: scaling it would leave the range of floats."""


def rounded(values: Floats, digits: int = 12) -> Floats:
    """Values to so many significant digits, so that what differs by rounding only is equal."""
    magnitude = np.zeros(len(values))
    there = np.isfinite(values) & (np.abs(values) > SMALLEST)
    magnitude[there] = np.floor(np.log10(np.abs(values[there])))
    scale = np.power(10.0, np.clip(digits - 1 - magnitude, -290, 290))
    return np.asarray(np.where(there, np.round(values * scale) / scale, values), np.float64)


def ranks(values: Floats, defined: Mask) -> Longs:
    """Ranks from the highest value down, as in a competition: 1, 2, 2, 4."""
    answer = np.zeros(len(values), np.int64)
    known = rounded(values[defined])
    order = np.sort(known)
    answer[defined] = len(known) - np.searchsorted(order, known, side="right") + 1
    return answer

"""Groups of equal keys among arrays: sorting by several keys, where each group begins, sums and means of groups."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Floats, Ints, Longs

MOST_KEYS = 2**62
ROUNDING = 1e-12
"""A sum below this part of what was added up is 0."""


def order_of(*keys: Ints | Longs) -> Longs:
    """The places by the first key, equal ones by the next, and so on; what is equal in all stays as it is. One sort of one number where that holds all."""
    together, widths = np.zeros(len(keys[0]), np.int64), 1
    for key in keys:
        least, most = (int(key.min()), int(key.max())) if len(key) else (0, 0)
        widths *= most - least + 1
        if widths > MOST_KEYS:
            return np.lexsort(keys[::-1])
        together = together * (most - least + 1) + (key - least)
    return np.argsort(together, kind="stable")


def group_starts(*keys: Ints | Longs) -> Longs:
    """Where each run of equal keys begins (the keys are sorted); one more at the end."""
    n = len(keys[0])
    changed = np.zeros(n + 1, bool)
    changed[[0, n]] = True
    for key in keys:
        changed[1:n] |= key[1:] != key[:-1]
    return np.flatnonzero(changed) if n else np.zeros(1, np.int64)


def sums(values: Floats, first: Longs) -> Floats:
    """The sum of each group."""
    return np.add.reduceat(values, first[:-1]) if len(first) > 1 else np.zeros(0)


def present_sums(values: Floats, first: Longs) -> Floats:
    """The sum of what is there in each group; NaN where nothing is."""
    there = ~np.isnan(values)
    total = sums(np.where(there, values, 0.0), first)
    return np.where(sums(there.astype(np.float64), first) > 0, total, np.nan)


def weighted_means(values: Floats, weights: Floats, first: Longs) -> Floats:
    """The mean of each group over what is there, weighted by absolute weights; plain where one of them is missing, or all are 0."""
    there = ~np.isnan(values)
    weight = np.where(there, np.abs(weights), 0.0)
    total = sums(weight, first)
    plain = np.isnan(total) | (total == 0)
    weight = np.where(np.repeat(plain, np.diff(first)), there.astype(np.float64), weight)
    total = sums(weight, first)
    summed = sums(np.where(there, values, 0.0) * weight, first)
    return np.asarray(np.divide(summed, total, out=np.full(len(total), np.nan), where=total > 0), np.float64)

"""The most that can flow between two nodes, and a cut that allows no more, in whole numbers that scipy can add."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse.csgraph import maximum_flow as _scipy_maximum_flow

from graph_models.arrays.types import Floats, Longs, Mask, Matrix
from graph_models.kernels.neighbours import matrix_of, reachable

_LARGEST = 2**31 - 1


class Cut(NamedTuple):
    """``value`` = the sum of the amounts cut; ``rounding`` = how far the flow in whole numbers lies from it at most."""

    value: float
    source: Longs
    target: Longs
    amount: Floats
    source_side: Mask
    rounding: float


def maximum_flow(matrix: Matrix, source: int, target: int) -> Cut:
    """A minimum cut between two nodes: by the theorem of Ford and Fulkerson its value is that of a maximum flow.

    Capacities are scaled so that all that leaves the source (or enters the target, where that is less) fits into an int32.

    Examples
    --------
    >>> maximum_flow(matrix_of(3, [0, 1, 0], [1, 2, 2], [3.0, 2.0, 4.0]), 0, 2).value
    6.0
    """
    nodes = matrix.shape[0]
    row = np.repeat(np.arange(nodes, dtype=np.int64), np.diff(matrix.indptr))
    kept = (row != matrix.indices) & (matrix.data > 0)
    row, column, amount = row[kept], matrix.indices[kept].astype(np.int64), matrix.data[kept]
    most = min(float(amount[row == source].sum()), float(amount[column == target].sum()))
    if most <= 0:
        empty = np.zeros(0, dtype=np.int64)
        return Cut(0.0, empty, empty, np.zeros(0), reachable(matrix_of(nodes, row, column, amount), source), 0.0)
    scale = _scale(most, amount)
    # An edge wider than all that can flow is cut down to one more than that: it fits into an int32 and is never full.
    whole = np.rint(np.minimum(amount, 2 * most) * scale)
    widest = min(whole[row == source].sum(), whole[column == target].sum()) + 1
    whole = np.minimum(whole, widest).astype(np.int32)
    capacity = matrix_of(nodes, row, column, np.ones(len(row)))
    capacity.data = whole  # the entries are in the order of a CSR matrix already
    flow = _scipy_maximum_flow(capacity, source, target)
    residual = (capacity - flow.flow).tocsr()
    residual.data = (residual.data > 0).astype(np.float64)
    residual.eliminate_zeros()
    side = reachable(residual, source)
    cut = side[row] & ~side[column]
    value = float(amount[cut].sum())
    return Cut(value, row[cut], column[cut], amount[cut], side, abs(value - float(flow.flow_value) / scale))


def _scale(most: float, amount: Floats) -> float:
    """A power of ten that makes the amounts whole (cents), if there is one; else the largest that fits."""
    for power in (1.0, 10.0, 100.0, 1000.0, 10_000.0):
        scaled = amount * power
        if most * power < _LARGEST - 1 and (np.abs(np.rint(scaled) - scaled) <= 1e-12 * scaled).all():
            return power
    return max(_LARGEST - 2 - len(amount), _LARGEST // 2) / most

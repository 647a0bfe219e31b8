"""What can no longer be reached where some nodes are taken away: 61 removals in one pass, a bit of a word for each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph_models.arrays.types import Floats, Longs, Mask, Matrix
from graph_models.kernels.compiled import compiled, rows

AT_ONCE = 61
"""So many removals fit into one word, with a bit for none."""


def cut_off(matrix: Matrix, starts: Longs, removed: Longs) -> Mask:
    """What the starts reach only through the removed nodes, these not counted.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> cut_off(matrix_of(4, [0, 0, 1, 2], [1, 2, 3, 3], [1] * 4), np.array([0]), np.array([1, 2])).tolist()
    [False, False, False, True]
    """
    answer = _still_reached(matrix, starts, [np.zeros(0, np.int64), removed])
    gone = (answer & 3) == 1
    gone[removed] = False
    return np.asarray(gone)


def sums_cut_off(matrix: Matrix, starts: Longs, removals: Sequence[Longs], values: Floats) -> Floats:
    """Per removal the sum of the values of what the starts reach only through the removed nodes, these not counted.

    Parameters
    ----------
    matrix : csr_array
        Row = from, column = to.
    starts : array of int
        From where to reach; never cut off.
    removals : sequence of arrays of int
        The nodes that are taken away together.
    values : array of float
        Along the nodes.

    Notes
    -----
    Linear for each 61 removals, unless the ways of many of them part far from the starts and come together again.
    """
    answer = np.zeros(len(removals))
    for first in range(0, len(removals), AT_ONCE):
        some = removals[first : first + AT_ONCE]
        reached = _still_reached(matrix, starts, [np.zeros(0, np.int64), *some])
        there = np.flatnonzero((values != 0) & (reached & 1 == 1) & (reached != (1 << (len(some) + 1)) - 1))
        words, worth = reached[there], values[there]
        for at, removed in enumerate(some):
            lost = (words >> (at + 1)) & 1 == 0
            lost[np.isin(there, removed)] = False
            answer[first + at] = worth[lost].sum()
    return answer


def _still_reached(matrix: Matrix, starts: Longs, removals: Sequence[Longs]) -> Longs:
    """Per node a word: bit b is set where it is reached though the nodes of removal b are gone."""
    indptr, nodes, _ = rows(matrix)
    n, everything = matrix.shape[0], (1 << len(removals)) - 1
    open_, reached = np.full(n, everything, np.int64), np.zeros(n, np.int64)
    for at, removed in enumerate(removals):
        open_[removed] &= ~(1 << at)
    reached[starts] = open_[starts]
    _spread(indptr, nodes, np.ascontiguousarray(starts, np.int64), open_, reached)
    return reached


@compiled("starts", "nodes", "longs", "longs", "out longs")
def _spread(indptr, nodes, starts, allowed, reached):  # type: ignore[no-untyped-def]
    """First come, first served, in a ring that holds every node at most once: a node goes on again where a bit is new to it."""
    count = len(indptr) - 1
    ring, waits = np.empty(count + 1, np.int64), np.zeros(count, np.int64)
    begin, end = 0, 0
    for k in range(len(starts)):
        if waits[starts[k]] == 0:
            waits[starts[k]] = 1
            ring[end] = starts[k]
            end += 1
    while begin != end:
        u = ring[begin]
        begin = begin + 1 if begin < count else 0
        waits[u] = 0
        for j in range(indptr[u], indptr[u + 1]):
            v = nodes[j]
            new = reached[u] & allowed[v] & ~reached[v]
            if new != 0:
                reached[v] |= new
                if waits[v] == 0:
                    waits[v] = 1
                    ring[end] = v
                    end = end + 1 if end < count else 0

"""Nodes and edges whose loss takes a connected graph apart."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.arrays.types import Longs, Mask, Matrix
from graph_models.kernels.compiled import compiled, rows


class Cuts(NamedTuple):
    """``points``: is a node an articulation point? ``bridges``: the ends of each bridge, the lower number first, in order."""

    points: Mask
    bridges: Longs


def cuts(matrix: Matrix) -> Cuts:
    """Articulation points and bridges: without one of them its component falls into more than one.

    Parameters
    ----------
    matrix : csr_array
        Of an undirected graph, both directions, one entry each. The entries are not looked at, nor are ties of a node to itself.

    Returns
    -------
    Cuts

    Notes
    -----
    Never undefined. O(nodes + edges), without recursion.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> found = cuts(matrix_of(4, [0, 1, 1, 2, 2, 0, 2, 3], [1, 0, 2, 1, 0, 2, 3, 2], [1] * 8))
    >>> found.points.tolist(), found.bridges.tolist()
    ([False, False, True, False], [[2, 3]])

    References
    ----------
    Hopcroft, J., Tarjan, R., Algorithm 447: efficient algorithms for graph manipulation, Communications of the ACM 16, 1973. Tarjan, R., A note on
    finding the bridges of a graph, Information Processing Letters 2, 1974.
    """
    indptr, nodes, _ = rows(matrix)
    points, above = np.zeros(matrix.shape[0], dtype=np.int64), np.full(matrix.shape[0], -1, dtype=np.int64)
    _depth_first(indptr, nodes, points, above)
    below = np.flatnonzero(above >= 0)
    bridges = np.sort(np.stack([below, above[below]], axis=1), axis=1)
    return Cuts(points > 0, bridges[np.lexsort((bridges[:, 1], bridges[:, 0]))])


@compiled("starts", "nodes", "out longs", "out longs")
def _depth_first(indptr, nodes, points, above):  # type: ignore[no-untyped-def]
    """``above`` is the node from which a node was met; in the end only where the edge between the two is a bridge, else -1."""
    count = len(indptr) - 1
    number = np.zeros(count, np.int64)  # in the order in which they are met, from 1
    low = np.zeros(count, np.int64)  # the least number that is reached from below a node by one edge
    following = indptr[:-1].copy()
    met = 0
    for root in range(count):
        if number[root]:
            continue
        met += 1
        number[root] = low[root] = met
        branches, u = 0, np.int64(root)
        while True:
            if following[u] < indptr[u + 1]:
                v = np.int64(nodes[following[u]])
                following[u] += 1
                if number[v] == 0:
                    met += 1
                    number[v] = low[v] = met
                    above[v] = u
                    branches += u == root
                    u = v
                elif v != above[u]:
                    low[u] = min(low[u], number[v])
                continue
            if u == root:
                break
            back = above[u]
            low[back] = min(low[back], low[u])
            if low[u] >= number[back] and back != root:
                points[back] = 1
            if low[u] <= number[back]:
                above[u] = -1
            u = back
        if branches > 1:
            points[root] = 1

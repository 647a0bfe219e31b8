"""The k-cores of a graph: how deep in its dense middle a node stands."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from graph_models.arrays.types import Longs, Matrix
from graph_models.kernels.compiled import compiled, rows


def core_numbers(matrix: Matrix, *, directed: bool = False) -> Longs:
    """The largest k such that a node is in the k-core: the largest part of the graph in which each has k ties to others in it.

    Parameters
    ----------
    matrix : csr_array
        Of an undirected graph both directions. The entries are not looked at, nor are ties of a node to itself.
    directed : bool
        Ties are counted in both directions, in + out (as networkx counts them).

    Returns
    -------
    array of int
        0 for a node without ties. Never undefined.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> core_numbers(matrix_of(4, [0, 1, 0, 2, 1, 2, 2, 3], [1, 0, 2, 0, 2, 1, 3, 2], [1] * 8)).tolist()
    [2, 2, 2, 1]

    References
    ----------
    Batagelj, V., Zaversnik, M., An O(m) algorithm for cores decomposition of networks, 2003.
    """
    indptr, nodes, _ = rows(matrix)
    into, sources, _ = rows(sp.csr_array(matrix.T) if directed else sp.csr_array(matrix.shape))
    cores = np.empty(matrix.shape[0], dtype=np.int64)
    _peel(indptr, nodes, into, sources, cores)
    return cores


@compiled("starts", "nodes", "starts", "nodes", "out longs")
def _peel(indptr, nodes, into, sources, degree):  # type: ignore[no-untyped-def]
    """Takes away node after node, always one of the lowest degree left. ``order`` is sorted by degree, ``begin[d]`` where degree d begins."""
    count = len(indptr) - 1
    most = 0
    for u in range(count):
        degree[u] = 0
        for j in range(indptr[u], indptr[u + 1]):
            degree[u] += nodes[j] != u
        for j in range(into[u], into[u + 1]):
            degree[u] += sources[j] != u
        most = max(most, degree[u])
    begin = np.zeros(most + 2, np.int64)
    for u in range(count):
        begin[degree[u] + 1] += 1
    for d in range(most + 1):
        begin[d + 1] += begin[d]
    order, place = np.empty(count, np.int64), np.empty(count, np.int64)
    free = begin.copy()
    for u in range(count):
        place[u] = free[degree[u]]
        order[place[u]] = u
        free[degree[u]] += 1
    for at in range(count):
        u = order[at]
        for side in range(2):
            starts, ends = (indptr, nodes) if side == 0 else (into, sources)
            for j in range(starts[u], starts[u + 1]):
                v = ends[j]
                if degree[v] > degree[u]:  # v moves to the front of its degree, which then begins behind it
                    swapped = order[begin[degree[v]]]
                    order[place[v]], place[swapped] = swapped, place[v]
                    order[begin[degree[v]]], place[v] = v, begin[degree[v]]
                    begin[degree[v]] += 1
                    degree[v] -= 1

"""All triangles of an undirected graph, each found once: from every edge, oriented from the node of lower degree to the higher."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph_models.kernels.arrays import Ints, Matrix, neighbours

CHUNK = 2_000_000
"""So many wedges are looked at together."""


def triangles(matrix: Matrix) -> Iterator[tuple[Ints, Ints, Ints]]:
    """The triangles of a symmetric matrix as chunks of three arrays of nodes; the diagonal is left out.

    With edges oriented by degree no node has more than sqrt(2m) of them, so a hub costs nothing: O(m^1.5) in all.

    Examples
    --------
    >>> from graph_models.kernels.arrays import matrix_of
    >>> [tuple(int(corner[0]) for corner in chunk) for chunk in triangles(matrix_of(3, [0, 1, 0, 2, 1, 2], [1, 0, 2, 0, 2, 1], [1] * 6))]
    [(0, 1, 2)]
    """
    nodes = matrix.shape[0]
    row = np.repeat(np.arange(nodes, dtype=np.int64), np.diff(matrix.indptr))
    column = matrix.indices.astype(np.int64)
    place = np.empty(nodes, dtype=np.int64)
    place[np.argsort(np.diff(matrix.indptr), kind="stable")] = np.arange(nodes)
    up = place[row] < place[column]
    row, column = row[up], column[up]
    order = np.lexsort((column, row))
    row, column = row[order], column[order]
    keys = row * nodes + column
    indptr = np.searchsorted(row, np.arange(nodes + 1))
    wedges = np.cumsum(indptr[column + 1] - indptr[column])
    first = 0
    while first < len(row):
        done = wedges[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(wedges, done + CHUNK, side="right")))
        which, places = neighbours(indptr, column[first:last])
        a, b, c = row[first:last][which], column[first:last][which], column[places]
        wanted = a * nodes + c
        found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        closed = keys[found] == wanted
        if closed.any():
            yield a[closed], b[closed], c[closed]
        first = last

"""Burt's constraint from the triangles of a graph: never a product of the matrix with itself, which a hub makes dense."""

from __future__ import annotations

import numpy as np

from graph_models.kernels.arrays import Floats, Matrix
from graph_models.kernels.triangles import triangles


def constraint(matrix: Matrix) -> Floats:
    """``sum_j (p_ij + sum_q p_iq p_qj)^2`` over the neighbours j of i, with p from ``a_ij + a_ji``; NaN without a neighbour.

    Of an undirected graph the matrix is symmetric: the doubling cancels. Ties of a node to itself count as networkx counts them.

    Examples
    --------
    >>> from graph_models.kernels.arrays import matrix_of
    >>> constraint(matrix_of(3, [0, 1], [1, 2], [1, 1])).tolist()
    [1.0, 0.5, 1.0]
    """
    nodes = matrix.shape[0]
    mutual = (matrix + matrix.T).tocsr()
    mutual.sort_indices()
    mutual.eliminate_zeros()
    total = np.asarray(mutual.sum(axis=1)).ravel()
    row = np.repeat(np.arange(nodes, dtype=np.int64), np.diff(mutual.indptr))
    column = mutual.indices.astype(np.int64)
    share = mutual.data / total[row]
    keys = row * nodes + column
    invested = share.copy()
    own = np.zeros(nodes)
    own[row[row == column]] = share[row == column]
    if own.any():
        invested += share * np.where(row != column, own[row] + own[column], own[row])
        back = np.zeros_like(share)
        back[np.searchsorted(keys, column * nodes + row)] = share
        returned = np.bincount(row, weights=np.where(row != column, share * back, 0.0), minlength=nodes)
        invested += np.where(row == column, returned[row], 0.0)
    for corners in triangles(mutual):
        for i, j, q in ((0, 1, 2), (1, 0, 2), (0, 2, 1), (2, 0, 1), (1, 2, 0), (2, 1, 0)):
            edge, step, close = (np.searchsorted(keys, corners[u] * nodes + corners[v]) for u, v in ((i, j), (i, q), (q, j)))
            invested += np.bincount(edge, weights=share[step] * share[close], minlength=len(share))
    answer: Floats = np.bincount(row, weights=invested * invested, minlength=nodes).astype(np.float64)
    alone = np.bincount(row[row != column], minlength=nodes) == 0
    answer[alone] = np.nan
    return answer

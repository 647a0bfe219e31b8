"""Burt's constraint and effective size from the triangles of a graph: never a product of the matrix with itself, which a hub makes dense."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Floats, Longs, Matrix
from graph_models.kernels.compiled import compiled
from graph_models.kernels.structure.triangles import mutual, upward


def constraint(matrix: Matrix) -> Floats:
    """How much of a node's effort is invested in others who are invested in one another.

    ``sum_j (p_ij + sum_q p_iq p_qj)^2`` over the neighbours j of i, p_ij the share of j in i's ties, from ``a_ij + a_ji``.

    Parameters
    ----------
    matrix : csr_array
        Weights of at least 0; of an undirected graph symmetric: the doubling cancels. Ties of a node to itself count as networkx counts them.

    Returns
    -------
    array
        A number a node, dimensionless; NaN without a tie to another.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> constraint(matrix_of(3, [0, 1], [1, 2], [1, 1])).tolist()
    [1.0, 0.5, 1.0]

    References
    ----------
    Burt, R., Structural Holes, Harvard University Press, 1992, chapter 2.
    """
    both = mutual(matrix)
    total, own, row, column = _ties(both)
    nodes = len(total)
    edges = upward(both)
    total_there, own_there = total[edges.order], own[edges.order]
    squares = np.zeros(nodes)
    _constraint(edges.indptr, edges.nodes, edges.weights, total_there, own_there, squares)
    answer = np.empty(nodes)
    answer[edges.order] = squares
    if own.any():
        # i is a neighbour of itself: p_ii, and what it puts into others who put it back into i.
        share = both.data / total[row]
        back = both.data / total[column]
        answer += np.where(own > 0, (own + np.bincount(row, weights=share * back, minlength=nodes)) ** 2, 0.0)
    answer[_alone(row, column, nodes)] = np.nan
    return answer


def effective_size(matrix: Matrix) -> Floats:
    """How many of a node's neighbours are not redundant to it.

    ``sum_j (1 - sum_q p_iq m_jq)`` over the neighbours j of i, p_iq the share of q in i's ties, m_jq the tie of j and q over j's strongest; both from
    ``a_ij + a_ji``.

    Parameters
    ----------
    matrix : csr_array
        As for ``constraint``.

    Returns
    -------
    array
        A number a node, of neighbours; NaN without a tie to another.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> effective_size(matrix_of(3, [0, 1], [1, 2], [1, 1])).tolist()
    [1.0, 2.0, 1.0]

    References
    ----------
    Burt, R., Structural Holes, Harvard University Press, 1992, chapter 2.
    """
    both = mutual(matrix)
    total, own, row, column = _ties(both)
    nodes = len(total)
    strongest = np.asarray(both.max(axis=1).todense()).ravel() if both.nnz else np.zeros(nodes)
    edges = upward(both)
    redundant = np.zeros(nodes)
    _redundancy(edges.indptr, edges.nodes, edges.weights, total[edges.order], strongest[edges.order], redundant)
    answer = np.bincount(row, minlength=nodes).astype(np.float64)
    answer[edges.order] -= redundant
    if own.any():
        share, other = both.data / total[row], row != column
        most = np.divide(1.0, strongest, out=np.zeros(nodes), where=strongest > 0)
        # q = j and q = i for a neighbour j; then i as its own neighbour
        answer -= np.bincount(row, weights=np.where(other, (share * own[column] * total[column] + own[row] * both.data) * most[column], 0.0), minlength=nodes)
        answer -= np.where(own > 0, np.bincount(row, weights=share * both.data * most[row], minlength=nodes), 0.0)
    answer[_alone(row, column, nodes)] = np.nan
    return answer


def _ties(both: Matrix) -> tuple[Floats, Floats, Longs, Longs]:
    """(the sum of a node's ties; the share of itself in it; row and column of each entry)"""
    nodes = both.shape[0]
    row = np.repeat(np.arange(nodes, dtype=np.int64), np.diff(both.indptr))
    total = np.asarray(both.sum(axis=1)).ravel()
    return total, np.divide(both.diagonal(), total, out=np.zeros(nodes), where=total > 0), row, both.indices.astype(np.int64)


def _alone(row: Longs, column: Longs, nodes: int) -> Longs:
    return np.flatnonzero(np.bincount(row[row != column], minlength=nodes) == 0)


@compiled("starts", "nodes", "floats", "floats", "floats", "out floats")
def _constraint(indptr, nodes, weights, total, own, squares):  # type: ignore[no-untyped-def]
    """What each end of an edge has invested in the other, through third parties (the low in the high, the high in the low), then the squares."""
    low, high = np.zeros(len(nodes)), np.zeros(len(nodes))
    marked = np.full(len(total), -1, np.int64)
    for a in range(len(total)):
        for j in range(indptr[a], indptr[a + 1]):
            marked[nodes[j]] = j
        for j in range(indptr[a], indptr[a + 1]):
            b = nodes[j]
            ab = weights[j]
            for k in range(indptr[b], indptr[b + 1]):
                c = nodes[k]
                i = marked[c]
                if i >= 0:
                    bc, ac = weights[k], weights[i]
                    low[j] += ac / total[a] * (bc / total[c])
                    high[j] += bc / total[b] * (ac / total[c])
                    low[i] += ab / total[a] * (bc / total[b])
                    high[i] += bc / total[c] * (ab / total[b])
                    low[k] += ab / total[b] * (ac / total[a])
                    high[k] += ac / total[c] * (ab / total[a])
        for j in range(indptr[a], indptr[a + 1]):
            marked[nodes[j]] = -1
    for a in range(len(total)):
        for j in range(indptr[a], indptr[a + 1]):
            b = nodes[j]
            around = 1.0 + own[a] + own[b]  # directly, and by way of either's tie to itself
            squares[a] += (weights[j] / total[a] * around + low[j]) ** 2
            squares[b] += (weights[j] / total[b] * around + high[j]) ** 2


@compiled("starts", "nodes", "floats", "floats", "floats", "out floats")
def _redundancy(indptr, nodes, weights, total, strongest, redundant):  # type: ignore[no-untyped-def]
    marked = np.full(len(total), -1, np.int64)
    for a in range(len(total)):
        for j in range(indptr[a], indptr[a + 1]):
            marked[nodes[j]] = j
        for j in range(indptr[a], indptr[a + 1]):
            b = nodes[j]
            ab = weights[j]
            for k in range(indptr[b], indptr[b + 1]):
                c = nodes[k]
                i = marked[c]
                if i >= 0:
                    bc, ac = weights[k], weights[i]
                    redundant[a] += (ac * bc / strongest[b] + ab * bc / strongest[c]) / total[a]
                    redundant[b] += (bc * ac / strongest[a] + ab * ac / strongest[c]) / total[b]
                    redundant[c] += (bc * ab / strongest[a] + ac * ab / strongest[b]) / total[c]
        for j in range(indptr[a], indptr[a + 1]):
            marked[nodes[j]] = -1

"""Triangles, each found once, from its node of the lowest degree; with edges oriented so a hub costs nothing: O(edges^1.5) in all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from graph_models.arrays.types import Floats, Longs, Matrix, Nodes
from graph_models.kernels.compiled import compiled, rows


class Upward(NamedTuple):
    """The edges of a symmetric matrix, each once, from the lower degree to the higher; nodes are numbered by degree."""

    indptr: Longs
    nodes: Nodes
    weights: Floats
    order: Longs
    """Which node of the matrix a number stands for."""


def upward(matrix: Matrix) -> Upward:
    """The diagonal is left out."""
    indptr, nodes, weights = rows(matrix)
    degree = np.diff(indptr)
    order = np.argsort(degree, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    starts = np.zeros(len(order) + 1, dtype=np.int64)
    to, of = np.empty(len(nodes), dtype=np.int64), np.empty(len(nodes))
    edges = _upward(indptr, nodes, weights, order, place, starts, to, of)
    return Upward(starts, to[:edges].astype(np.uint32), of[:edges].copy(), order)


def mutual(matrix: Matrix) -> Matrix:
    """``a_ij + a_ji``; what comes to nothing is no tie."""
    both = sp.csr_array(matrix + matrix.T)
    both.eliminate_zeros()
    return both


def triangle_sums(matrix: Matrix) -> Floats:
    """``sum s_ij s_jk s_ki`` over the triangles that a node i is in.

    Parameters
    ----------
    matrix : csr_array
        Symmetric; with entries of 1 the triangles are counted. The diagonal is left out.

    Returns
    -------
    array
        A number a node; 0 where there is no triangle.

    Notes
    -----
    ``clustering`` is made of it: ``2 t / (d (d - 1))`` on an undirected graph; with ``s = a + a'`` Fagiolo's on a directed one; with the cube roots of
    weights in place of 1 the weighted ones (Onnela et al.).

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> triangle_sums(matrix_of(4, [0, 1, 0, 2, 1, 2, 2, 3], [1, 0, 2, 0, 2, 1, 3, 2], [1] * 8)).tolist()
    [1.0, 1.0, 1.0, 0.0]

    References
    ----------
    Fagiolo, G., Clustering in complex directed networks, Physical Review E 76, 2007. Onnela, J.-P., et al., Intensity and coherence of motifs in
    weighted complex networks, Physical Review E 71, 2005.
    """
    edges = upward(matrix)
    sums, answer = np.zeros(len(edges.order)), np.empty(len(edges.order))
    _triangle_sums(edges.indptr, edges.nodes, edges.weights, sums)
    answer[edges.order] = sums
    return answer


def clustering(matrix: Matrix, *, directed: bool = False, weighted: bool = False) -> Floats:
    """Which part of the pairs of a node's neighbours are tied themselves.

    Parameters
    ----------
    matrix : csr_array
        Of an undirected graph both directions. The diagonal is left out.
    directed : bool
        All eight kinds of directed triangles count (Fagiolo).
    weighted : bool
        A triangle counts as the geometric mean of its weights, each over the largest of all; else 1.

    Returns
    -------
    array
        0 to 1; 0 for a node that is in no triangle. Never undefined.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> clustering(matrix_of(4, [0, 1, 0, 2, 1, 2, 2, 3], [1, 0, 2, 0, 2, 1, 3, 2], [1] * 8)).round(6).tolist()
    [1.0, 1.0, 0.333333, 0.0]

    References
    ----------
    Watts, D., Strogatz, S., Collective dynamics of 'small-world' networks, Nature 393, 1998. Fagiolo 2007, Onnela et al. 2005 (see ``triangle_sums``).
    """
    strength = matrix.copy()
    strength.data = np.cbrt(matrix.data / (matrix.data.max(initial=0.0) or 1.0)) if weighted else np.ones(len(matrix.data))
    degree = others(matrix)
    if directed:
        ones = matrix.copy()
        ones.data = np.ones(len(matrix.data))
        total = degree + others(matrix.T)
        triangles, pairs = triangle_sums(strength + strength.T), total * (total - 1) - 2 * others(ones.multiply(ones.T))
    else:
        triangles, pairs = 2 * triangle_sums(strength), degree * (degree - 1)
    return np.divide(triangles, pairs, out=np.zeros(len(degree)), where=triangles > 0)


def others(matrix: Matrix) -> Floats:
    """How many others each row has an entry for."""
    counted = matrix.tocsr()
    row = np.repeat(np.arange(counted.shape[0]), np.diff(counted.indptr))
    return np.bincount(row[row != counted.indices], minlength=counted.shape[0]).astype(np.float64)


@compiled("starts", "nodes", "floats", "longs", "longs", "out longs", "out longs", "out floats")
def _upward(indptr, nodes, weights, order, place, starts, to, of):  # type: ignore[no-untyped-def]
    edges = 0
    for number in range(len(order)):
        u = order[number]
        for j in range(indptr[u], indptr[u + 1]):
            if place[nodes[j]] > number:
                to[edges], of[edges] = place[nodes[j]], weights[j]
                edges += 1
        starts[number + 1] = edges
    return edges


@compiled("starts", "nodes", "floats", "out floats")
def _triangle_sums(indptr, nodes, weights, sums):  # type: ignore[no-untyped-def]
    marked = np.full(len(indptr) - 1, -1, np.int64)
    for a in range(len(indptr) - 1):
        for j in range(indptr[a], indptr[a + 1]):
            marked[nodes[j]] = j
        for j in range(indptr[a], indptr[a + 1]):
            b = nodes[j]
            for k in range(indptr[b], indptr[b + 1]):
                c = nodes[k]
                closing = marked[c]
                if closing >= 0:
                    more = weights[j] * weights[k] * weights[closing]
                    sums[a] += more
                    sums[b] += more
                    sums[c] += more
        for j in range(indptr[a], indptr[a + 1]):
            marked[nodes[j]] = -1

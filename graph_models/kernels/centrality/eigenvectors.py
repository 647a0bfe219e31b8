"""What votes that are passed on along edges, again and again, come to: eigenvectors, Katz's sums, hubs and authorities."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

from graph_models.arrays.types import Floats, Longs, Mask, Matrix
from graph_models.kernels.centrality.pagerank import NotConverged
from graph_models.kernels.neighbours import reachable

STEPS = 20_000_000_000
"""So many (node or edge) steps are worth waiting for."""
MOST = 100_000
"""So many iterations at most, however small the graph."""
FEW = 1_000
"""Up to so many nodes nothing but voting is tried."""
NEAR = 1e-13
"""Each value is as exact as this part of it (where sums are long: as they can be)."""
TIED = 1e-12
"""Eigenvalues that differ by less than this part of them are one (where sums are long: by less than rounding may make of them)."""


class NoCycle(ArithmeticError):
    """No edge leads back to where it came from: nothing is passed on for ever, and the largest eigenvalue is 0."""


def largest_eigenvalue(matrix: Matrix, enough: Callable[[float, float], bool] = lambda low, high: False) -> tuple[float, float]:
    """Bounds of the largest eigenvalue of a matrix without negative entries, as near as rounding lets them come, or until ``enough`` is said of them.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> [round(bound, 9) for bound in largest_eigenvalue(matrix_of(3, [0, 1, 1, 2], [1, 0, 2, 1], [1, 1, 1, 1]))]
    [1.414213562, 1.414213562]
    """
    scaled, size = _scaled(matrix)
    roots = _roots(scaled, lambda low, high: enough(size * low.max(initial=0.0), size * high.max(initial=0.0)))
    return size * float(roots.low.max(initial=0.0)), size * float(roots.high.max(initial=0.0))


def eigenvector(matrix: Matrix) -> Floats:
    """Whom do those point to who are pointed to: ``x = A'x / lambda`` of the largest eigenvalue, as repeated voting from equal values ends.

    Parameters
    ----------
    matrix : csr_array
        Row = source, column = target, weights of at least 0.

    Returns
    -------
    array
        At least 0, of L2 norm 1, each value exact to its 12th digit (with a hub of a million to its 9th); 0 where no edge leads to from the circle
        that has the largest eigenvalue.

    Notes
    -----
    ``NoCycle`` where the largest eigenvalue is 0. ``NotConverged`` where so many steps are not enough, or where a circle with the largest eigenvalue
    leads to another one: the votes then move on to the last one too slowly for any number of steps.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> eigenvector(matrix_of(4, [0, 1, 1, 2], [1, 0, 2, 1], [1, 1, 1, 1])).round(6).tolist()
    [0.5, 0.707107, 0.5, 0.0]

    References
    ----------
    Bonacich, P., Factoring and weighting approaches to status scores and clique identification, Journal of Mathematical Sociology 2, 1972.
    Berman, A., Plemmons, R., Nonnegative matrices in the mathematical sciences, 1979 (which circles decide; bounds by Collatz and Wielandt).
    """
    scaled, _ = _scaled(matrix)
    members, alone = _decided(scaled)
    kept = np.flatnonzero(members) if alone else np.arange(len(members))
    backward = scaled[kept][:, kept].T.tocsr()
    answer = np.zeros(len(members))
    answer[kept] = _voted(backward.__matmul__, members[kept], _worth_waiting(backward), 0.5, near=_near(NEAR, backward))
    answer[~members] = 0.0
    return np.asarray(answer / np.linalg.norm(answer), np.float64)


def hubs_and_authorities(matrix: Matrix, start: Floats | None = None) -> tuple[Floats, Floats]:
    """(who points to the good authorities; who is pointed to by the good hubs), each of sum 1.

    ``start``: the authorities that voting begins from, above 0 (default: equal ones). It decides only where the largest singular value is there
    several times, as in two equal parts without an edge between them.

    Notes
    -----
    The eigenvector of the graph in which every node is there twice, once as the source of its edges and once as their target. ``NoCycle`` where
    there is no edge.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> [found.round(6).tolist() for found in hubs_and_authorities(matrix_of(3, [0, 1, 1], [2, 2, 0], [1, 1, 1]))]
    [[0.381966, 0.618034, 0.0], [0.381966, 0.0, 0.618034]]

    References
    ----------
    Kleinberg, J., Authoritative sources in a hyperlinked environment, Journal of the ACM 46, 1999.
    """
    scaled, _ = _scaled(matrix)
    nodes = matrix.shape[0]
    there = scaled.tocoo()
    ends = np.concatenate([there.row, there.col + nodes]), np.concatenate([there.col + nodes, there.row])
    members, alone = _decided(sp.csr_array((np.tile(there.data, 2), ends), shape=(2 * nodes, 2 * nodes)))
    kept = np.flatnonzero(members[nodes:]) if alone else np.arange(nodes)
    forward = scaled[:, kept].tocsr()
    backward = forward.T.tocsr()
    authorities, most = np.zeros(nodes), _worth_waiting(backward)

    def vote(values: Floats) -> Floats:
        return np.asarray(backward @ (forward @ values), np.float64)

    begin = None if start is None or alone else start[kept]
    if alone and len(kept) > FEW:
        begin = _approached(vote, len(kept), most)
    authorities[kept] = _voted(vote, members[nodes:][kept], most, 0.0, begin, near=_near(NEAR, forward, backward))
    authorities[~members[nodes:]] = 0.0
    hubs = scaled @ authorities
    hubs[~members[:nodes]] = 0.0
    return hubs / hubs.sum(), authorities / authorities.sum()


def katz(matrix: Matrix, alpha: float, constant: Floats, *, start: Floats | None = None, tolerance: float | None = None, most: int = MOST) -> Floats:
    """``x = alpha A'x + constant``: all walks that end at a node, each counted ``alpha`` to the power of its length.

    Parameters
    ----------
    matrix : csr_array
        Row = source, column = target.
    alpha : float
        Below ``1 / largest_eigenvalue``: else the sum has no end.
    constant : array
        What each node has of its own.
    start : array, optional
        Where the iteration begins (default: at 0).
    tolerance : float, optional
        Stops where an iteration changes less than this in L1 (default: less than 1e-17 of the sum).
    most : int
        So many iterations at most, else ``NotConverged``.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> katz(matrix_of(3, [0, 1], [1, 2], [1, 1]), 0.5, np.ones(3)).tolist()
    [1.0, 1.5, 1.75]

    References
    ----------
    Katz, L., A new status index derived from sociometric analysis, Psychometrika 18, 1953.
    """
    backward = matrix.T.tocsr()
    values: Floats = np.zeros(matrix.shape[0]) if start is None else start
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(most):
            before, values = values, alpha * (backward @ values) + constant
            change = np.abs(values - before).sum()
            if change <= 1e-17 * values.sum() if tolerance is None else change < tolerance:
                return values
    raise NotConverged(f"{most} iterations")


def _approached(vote: Callable[[Floats], Floats], size: int, most: int) -> Floats | None:
    """Lanczos's way to the eigenvector of a symmetric vote, far shorter than voting where eigenvalues are near; ``None`` where it leads nowhere."""
    try:
        _, found = eigsh(LinearOperator((size, size), matvec=vote, dtype=np.float64), k=1, v0=np.ones(size), which="LA", maxiter=most // 20 + 1)
    except ArpackNoConvergence:
        return None
    return np.asarray(np.abs(found[:, 0]), np.float64)


class _Roots(NamedTuple):
    """The circles of a graph (strongly connected, with an edge inside), and bounds of the largest eigenvalue of each."""

    label: Longs
    """The strongly connected component of each node."""
    circles: Longs
    """Which of the components are circles."""
    low: Floats
    high: Floats
    tied: float
    """Eigenvalues that differ by less than this part of them are one: no sum is more exact."""


def _scaled(matrix: Matrix) -> tuple[Matrix, float]:
    """(the matrix with 1 as its largest entry and without those of 0, what it was divided by)"""
    scaled = sp.csr_array(matrix, copy=True)
    size = float(scaled.data.max(initial=0.0)) or 1.0
    scaled.data /= size
    scaled.eliminate_zeros()
    return scaled, size


def _decided(matrix: Matrix) -> tuple[Mask, bool]:
    """(who has a part in the eigenvector: whom a circle with the largest eigenvalue leads to; is there one such circle only?)"""
    roots = _roots(matrix, lambda low, high: bool((high >= low.max()).sum() == 1))
    if not len(roots.low):
        raise NoCycle("no edge is on a cycle")
    highest = roots.high >= roots.low.max() * (1 - roots.tied)
    decisive = np.flatnonzero(np.isin(roots.label, roots.circles[highest]))
    alone = bool(highest.sum() == 1)
    if not alone:
        edges = matrix[decisive].tocoo()
        outward = edges.col[roots.label[decisive[edges.row]] != roots.label[edges.col]]
        if reachable(matrix, outward)[decisive].any():
            raise NotConverged("one circle with the largest eigenvalue leads to another")
    return reachable(matrix, decisive), alone


def _roots(matrix: Matrix, decided: Callable[[Floats, Floats], bool]) -> _Roots:
    """Collatz and Wielandt: for any x > 0 the eigenvalue lies between the least and the largest of ``(A'x)_i / x_i``. Of all circles at once."""
    count, label = connected_components(matrix, directed=True, connection="strong") if matrix.shape[0] else (0, np.zeros(0, dtype=np.int64))
    edges = matrix.tocoo()
    inside = label[edges.row] == label[edges.col]
    on_circle = np.zeros(count, dtype=bool)
    on_circle[label[edges.row[inside]]] = True
    circles = np.flatnonzero(on_circle)
    members = np.flatnonzero(on_circle[label]) if count else np.zeros(0, dtype=np.int64)
    members = members[np.argsort(label[members], kind="stable")]
    place = np.full(matrix.shape[0], -1, dtype=np.int64)
    place[members] = np.arange(len(members))
    ends = place[edges.col[inside]], place[edges.row[inside]]
    backward = sp.csr_array((edges.data[inside], ends), shape=(len(members), len(members)))
    sizes = np.bincount(label, minlength=count)[circles] if count else np.zeros(0, dtype=np.int64)
    first = np.cumsum(sizes) - sizes
    low, high = np.zeros(len(circles)), np.full(len(circles), np.inf)
    tied = _near(TIED, backward)
    values = np.ones(len(members))
    for _ in range(_worth_waiting(backward) if len(circles) else 0):
        voted = backward @ values
        ratio = voted / values
        np.maximum(low, np.minimum.reduceat(ratio, first), out=low)
        np.minimum(high, np.maximum.reduceat(ratio, first), out=high)
        if decided(low, high) or (high - low <= tied * high)[high >= low.max() * (1 - tied)].all():
            break
        values = voted + values * np.repeat(np.sqrt(low * high) / 2, sizes)
        values /= np.repeat(np.maximum.reduceat(values, first), sizes)
        np.maximum(values, 1e-290, out=values)
    return _Roots(label.astype(np.int64), circles, low, high, tied)


def _voted(vote: Callable[[Floats], Floats], wanted: Mask, most: int, lag: float, start: Floats | None = None, *, near: float) -> Floats:
    """The limit of ``x = vote(x) + lag lambda x`` from equal values, or some near it, until it no longer changes the wanted ones: all of them above 0.

    Of L2 norm 1. Without lag votes may swing to and fro for ever between two halves of a graph.
    """
    values: Floats = np.full(len(wanted), len(wanted) ** -0.5) if start is None else start
    for _ in range(most):
        voted = vote(values)
        before, values = values, voted + lag * float(voted @ values) * values
        values /= np.linalg.norm(values)
        if (np.abs(values - before)[wanted] <= near * values[wanted]).all():
            return values
    raise NotConverged(f"{most} steps")


def _near(least: float, *matrices: Matrix) -> float:
    """How near two numbers are that differ by the rounding of the longest sum only."""
    longest = max(int(np.diff(matrix.indptr).max(initial=0)) for matrix in matrices)
    return max(least, float(np.finfo(np.float64).eps) * longest)


def _worth_waiting(matrix: Matrix) -> int:
    return max(min(MOST, STEPS // (int(matrix.nnz) + int(matrix.shape[0]) + 1)), 100)

"""PageRank by power iteration on a sparse matrix: uniform or personal restart, dangling mass where it is asked for."""

from __future__ import annotations

import math

import numpy as np

from graph_models.arrays.types import Floats, Mask, Matrix

TOLERANCE = 1e-10
"""Absolute, in L1. networkx stops at ``n * tol``, which on a large graph is no bound at all."""
SMALL = 200_000
"""Up to so many edges and nodes the iteration goes on to the rounding error: equal parties then get equal ranks."""


class NotConverged(ArithmeticError):
    """So many iterations as were allowed did not come near enough."""


def pagerank(
    matrix: Matrix,
    alpha: float = 0.85,
    *,
    restart: Floats | None = None,
    dangling: Floats | None = None,
    present: Mask | None = None,
    tolerance: float | None = None,
    start: Floats | None = None,
    most: int | None = None,
) -> Floats:
    """The stationary distribution of a walker who follows an edge with probability ``alpha`` and else starts anew.

    Parameters
    ----------
    matrix : csr_array
        Row = source, column = target, weight = strength, no negative weights.
    restart, dangling : array, optional
        Where the walker starts anew, and where it goes from a node without out-edges; uniform over ``present`` where left out. Scaled to sum 1.
    present : array of bool, optional
        The nodes that exist; the others get 0.
    tolerance : float, optional
        Stops where an iteration changes less than this in L1 (default: ``TOLERANCE``, on a small graph 1e-16).
    start : array, optional
        Where the iteration begins (default: at ``restart``). Scaled to sum 1.
    most : int, optional
        So many iterations at most, else ``NotConverged`` (default: as many as are always enough).

    Returns
    -------
    array
        Sums to 1 over the nodes that are present; all 0 where none is.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> pagerank(matrix_of(3, [0, 1], [2, 2], [1, 1])).round(6).tolist()
    [0.212766, 0.212766, 0.574468]
    """
    nodes = matrix.shape[0]
    exists = np.ones(nodes, dtype=bool) if present is None else present
    if not exists.any():
        return np.zeros(nodes)
    uniform = exists / exists.sum()
    anew = uniform if restart is None else restart / restart.sum()
    sinks = uniform if dangling is None else dangling / dangling.sum()
    out = np.asarray(matrix.sum(axis=1)).ravel()
    share = np.divide(alpha, out, out=np.zeros(nodes), where=out > 0)
    lost = np.flatnonzero(exists & (out <= 0))
    backward = matrix.T.tocsr()
    if tolerance is None:
        tolerance = 1e-16 if matrix.nnz + nodes <= SMALL else TOLERANCE
    # Each iteration shrinks the change in L1, at first at most 2, by alpha at least: so many are always enough.
    limit = most if most is not None else 1 if alpha <= 0 else math.ceil(math.log(tolerance / 2) / math.log(alpha)) + 1
    ranks: Floats = anew.copy() if start is None else start / start.sum()
    begin = (1 - alpha) * anew
    for _ in range(limit):
        following = backward @ (ranks * share)
        following += begin
        if len(lost):
            following += alpha * ranks[lost].sum() * sinks
        change = np.abs(np.subtract(following, ranks, out=ranks), out=ranks).sum()
        ranks = following
        if change < tolerance:
            break
    else:
        if most is not None:
            raise NotConverged(f"{most} iterations")
    answer: Floats = ranks / ranks.sum()  # what rounding has lost
    return answer

"""DebtRank: how far distress spreads from one node that fails, each node passing it on once (Battiston et al. 2012)."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Floats, Longs, Matrix
from graph_models.kernels.compiled import compiled, rows
from graph_models.kernels.threads import summed

MANY = 1000
"""So many nodes of one step are worth sorting: their edges are then read one behind the other."""


def distress(matrix: Matrix, worth: Floats, sources: Longs) -> Floats:
    """Along the nodes, for each source: what the others are worth, times how distressed they end up, when the source alone fails.

    ``h_j(t) = min(1, h_j(t-1) + sum_i W_ij h_i(t-1))`` over the i that were distressed for the first time at t-1.

    Parameters
    ----------
    matrix : csr_array
        ``matrix[i, j]``: how much of j is lost where i is lost, at least 0.
    worth : array of float
        What each node is worth.
    sources : array of int
        Node numbers, each once. Of the others the answer is 0.

    Returns
    -------
    array of float
        In the unit of ``worth``.

    Notes
    -----
    O(edges reached) a source: a node passes on, once, what it had when distress reached it; what comes later adds to it and goes no
    further. O(nodes) memory for each of the threads.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> distress(matrix_of(3, [0, 1], [1, 2], [0.5, 0.5]), np.array([1.0, 1.0, 2.0]), np.array([0])).tolist()
    [1.0, 0.0, 0.0]

    References
    ----------
    Battiston, S., Puliga, M., Kaushik, R., Tasca, P., Caldarelli, G., DebtRank: Too central to fail? Scientific Reports 2, 541, 2012.
    """
    indptr, nodes, weights = rows(matrix)
    worth = np.ascontiguousarray(worth, dtype=np.float64)

    def work(part: Longs, answer: Floats) -> None:
        _spread(indptr, nodes, weights, worth, part, answer)

    return summed(work, np.ascontiguousarray(sources, dtype=np.int64), (matrix.shape[0],))


@compiled("starts", "nodes", "floats", "floats", "longs", "out floats")
def _spread(indptr, nodes, weights, worth, sources, answer):  # type: ignore[no-untyped-def]
    count = len(indptr) - 1
    level = np.zeros(count)  # how distressed a node is
    reached = np.empty(count, np.uint32)  # step by step
    passed = np.empty(count)  # what each of them passes on
    for source in sources:
        reached[0], level[source] = source, 1.0
        first, end = 0, 1
        while first < end:
            last = end
            if last - first > MANY:
                reached[first:last].sort()
            for at in range(first, last):  # before any of this step adds to it
                passed[at] = level[reached[at]]
            for at in range(first, last):
                for j in range(indptr[reached[at]], indptr[reached[at] + 1]):
                    v = nodes[j]
                    more = weights[j] * passed[at]
                    if more > 0.0:
                        if level[v] == 0.0:
                            reached[end] = v
                            end += 1
                        level[v] = min(1.0, level[v] + more)
            first = last
        lost = 0.0
        for at in range(1, end):
            lost += worth[reached[at]] * level[reached[at]]
        answer[source] = lost
        for at in range(end):
            level[reached[at]] = 0.0

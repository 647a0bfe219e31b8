"""Dominators: through which nodes every path from a root must go (Cooper, Harvey and Kennedy, on arrays)."""

from __future__ import annotations

import numpy as np

from graph_models.kernels.arrays import Floats, Ints, Matrix


def immediate_dominators(matrix: Matrix, root: int) -> tuple[Ints, Ints]:
    """(immediate dominator a node, reverse postorder of what the root reaches): the root is its own, -1 for what it does not reach.

    References
    ----------
    Cooper, K. D., Harvey, T. J., Kennedy, K., A simple, fast dominance algorithm. Rice University TR-06-33870, 2001.

    Examples
    --------
    >>> from graph_models.kernels.arrays import matrix_of
    >>> immediate_dominators(matrix_of(4, [0, 0, 1, 2], [1, 2, 3, 3], [1] * 4), 0)[0].tolist()
    [0, 0, 0, 0]
    """
    nodes = matrix.shape[0]
    order = _reverse_postorder(matrix, root)
    number = np.full(nodes, -1, dtype=np.int64)
    number[order] = np.arange(len(order))
    backward = matrix.T.tocsr()
    # Plain lists: element by element, they are several times faster than arrays.
    places, pointer, into = number.tolist(), backward.indptr.tolist(), backward.indices.tolist()
    before = [[p for p in map(places.__getitem__, into[pointer[node] : pointer[node + 1]]) if p >= 0] for node in order.tolist()]
    above = [-1] * len(order)
    above[0] = 0
    changed = True
    while changed:
        changed = False
        for node in range(1, len(order)):
            found = -1
            for other in before[node]:
                if above[other] < 0:
                    continue
                if found < 0:
                    found = other
                    continue
                while other != found:
                    while other > found:
                        other = above[other]
                    while found > other:
                        found = above[found]
            if above[node] != found:
                above[node] = found
                changed = True
    answer = np.full(nodes, -1, dtype=np.int64)
    answer[order] = order[np.array(above, dtype=np.int64)]
    return answer, order


def sums_below(dominators: Ints, order: Ints, values: Floats) -> Floats:
    """For each node the sum of the values of all others that the root reaches only through it."""
    totals = np.where(dominators >= 0, values, 0.0).tolist()
    above = dominators.tolist()
    for node in order[:0:-1].tolist():
        totals[above[node]] += totals[node]
    below: Floats = np.zeros(len(values))
    # Added up from the children's side: subtracting the own value from the total would leave rounding where 0 is meant.
    for node in order[:0:-1].tolist():
        below[above[node]] += totals[node]
    return below


def _reverse_postorder(matrix: Matrix, root: int) -> Ints:
    pointer, targets = matrix.indptr.tolist(), matrix.indices.tolist()
    following = pointer[:-1]
    seen = bytearray(matrix.shape[0])
    seen[root] = 1
    stack, finished = [root], []
    while stack:
        node = stack[-1]
        at, end = following[node], pointer[node + 1]
        while at < end and seen[targets[at]]:
            at += 1
        if at < end:
            following[node] = at + 1
            seen[targets[at]] = 1
            stack.append(targets[at])
        else:
            stack.pop()
            finished.append(node)
    return np.array(finished[::-1], dtype=np.int64)

"""Dominators: through which nodes every path from a root must go (Lengauer and Tarjan, on arrays)."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Floats, Longs, Matrix
from graph_models.kernels.compiled import compiled, rows


def immediate_dominators(matrix: Matrix, root: int) -> tuple[Longs, Longs]:
    """(immediate dominator a node, what the root reaches, dominators first): the root is its own, -1 for what it does not reach.

    References
    ----------
    Lengauer, T., Tarjan, R., A fast algorithm for finding dominators in a flowgraph, ACM TOPLAS 1, 1979 (the simple version: O(edges log nodes)).

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> immediate_dominators(matrix_of(4, [0, 0, 1, 2], [1, 2, 3, 3], [1] * 4), 0)[0].tolist()
    [0, 0, 0, 0]
    """
    indptr, nodes, _ = rows(matrix)
    into, givers, _ = rows(matrix.T.tocsr())
    answer, order = np.full(matrix.shape[0], -1, dtype=np.int64), np.empty(matrix.shape[0], dtype=np.int64)
    parent, number = np.empty_like(order), np.full_like(answer, -1)
    order = order[: _preorder(indptr, nodes, root, order, parent, number)]
    _dominators(into, givers, order, parent, number, answer)
    return answer, order


def sums_below(dominators: Longs, order: Longs, values: Floats) -> Floats:
    """For each node the sum of the values of all others that the root reaches only through it."""
    below = np.zeros(len(values))
    _sums_below(dominators, order, np.ascontiguousarray(values, dtype=np.float64), below)
    return below


@compiled("starts", "nodes", "number", "out longs", "out longs", "out longs")
def _preorder(indptr, nodes, root, order, parent, number):  # type: ignore[no-untyped-def]
    """Depth first: fills ``order`` with nodes, ``parent`` (places in the order) along it, and ``number`` along the nodes; answers how many there are."""
    following, stack = indptr[:-1].copy(), np.empty(len(indptr) - 1, np.int64)
    stack[0], order[0], parent[0], number[root] = root, root, 0, 0
    depth, reached = 1, 1
    while depth:
        u = stack[depth - 1]
        at, end = following[u], indptr[u + 1]
        while at < end and number[nodes[at]] >= 0:
            at += 1
        following[u] = at + 1
        if at == end:
            depth -= 1
            continue
        v = nodes[at]
        order[reached], parent[reached], number[v], stack[depth] = v, number[u], reached, v
        reached += 1
        depth += 1
    return reached


@compiled("starts", "nodes", "longs", "longs", "longs", "out longs")
def _dominators(indptr, nodes, order, parent, number, answer):  # type: ignore[no-untyped-def]
    """``indptr`` and ``nodes`` lead backward. All but ``answer`` is told in places in the order."""
    count = len(order)
    semi, label = np.arange(count), np.arange(count)
    ancestor, above = np.full(count, -1, np.int64), np.zeros(count, np.int64)
    head, following = np.full(count, -1, np.int64), np.full(count, -1, np.int64)  # those whose semidominator a place is
    path = np.empty(count, np.int64)
    for w in range(count - 1, 0, -1):
        u = order[w]
        for j in range(indptr[u], indptr[u + 1] + 1):
            waiting = j == indptr[u + 1]  # the givers are done: now those whose semidominator is the parent
            if waiting:
                following[w], head[semi[w]] = head[semi[w]], w
                ancestor[w] = parent[w]
                v = head[parent[w]]
                head[parent[w]] = -1
            else:
                v = number[nodes[j]]
            while v >= 0:
                length, x = 0, v
                while ancestor[x] >= 0 and ancestor[ancestor[x]] >= 0:
                    path[length] = x
                    length += 1
                    x = ancestor[x]
                for k in range(length - 1, -1, -1):
                    x = path[k]
                    if semi[label[ancestor[x]]] < semi[label[x]]:
                        label[x] = label[ancestor[x]]
                    ancestor[x] = ancestor[ancestor[x]]
                best = label[v]
                if not waiting:
                    semi[w] = min(semi[w], semi[best])
                    break
                above[v] = best if semi[best] < semi[v] else parent[w]
                v = following[v]
    answer[order[0]] = order[0]
    for w in range(1, count):
        if above[w] != semi[w]:
            above[w] = above[above[w]]
        answer[order[w]] = order[above[w]]


@compiled("longs", "longs", "floats", "out floats")
def _sums_below(above, order, values, below):  # type: ignore[no-untyped-def]
    """Added up from the children's side: subtracting the own value from the total would leave rounding where 0 is meant."""
    total = values.copy()
    for k in range(len(order) - 1, 0, -1):
        total[above[order[k]]] += total[order[k]]
    for k in range(len(order) - 1, 0, -1):
        below[above[order[k]]] += total[order[k]]

"""Brandes' betweenness: from each source forward along shortest paths, and back with what depends on each node."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.arrays.types import Floats, Longs, Matrix
from graph_models.kernels.compiled import compiled, rows
from graph_models.kernels.threads import summed

LANES = 32
"""So many sources are followed at once, a bit each: what is known of a node lies together in memory for all of them."""
BIT = np.uint32(1) << np.arange(LANES, dtype=np.uint32)
ALL = np.uint32(0xFFFFFFFF)


class Dependencies(NamedTuple):
    """Sums over the sources, a node: of the dependencies on it, and of their squares (for the standard error of a sample)."""

    total: Floats
    squares: Floats


def dependencies(matrix: Matrix, sources: Longs, *, by_distance: bool = False, endpoints: bool = False) -> Dependencies:
    """How much the shortest paths from each source to all others depend on each node, summed over the sources.

    ``delta_s(v) = sum_t sigma(s, t | v) / sigma(s, t)``, sigma = the number of shortest paths; over all sources the betweenness, not normalised.

    Parameters
    ----------
    matrix : csr_array
        Row = source, column = target, one entry an edge; of an undirected graph both directions (sums are then twice the betweenness).
    sources : array of int
        Node numbers.
    by_distance : bool
        The length of a path is the sum of the entries, all of which must be above 0; else the number of its edges.
    endpoints : bool
        A path passes its own ends too.

    Returns
    -------
    Dependencies
        Two arrays, a number a node; dimensionless.

    Notes
    -----
    O(edges) a source in hops, O(edges log nodes) by distance, in O(nodes) memory for each of the threads, however long the paths.
    Never undefined: 0 where nothing passes.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> dependencies(matrix_of(3, [0, 1], [1, 2], [1, 1]), np.arange(3)).total.tolist()
    [0.0, 1.0, 0.0]

    References
    ----------
    Brandes, U., A faster algorithm for betweenness centrality, Journal of Mathematical Sociology 25, 2001.
    """
    indptr, nodes, weights = rows(matrix)
    ends = 1.0 if endpoints else 0.0

    def work(part: Longs, sums: Floats) -> None:
        if by_distance:
            _by_distance(indptr, nodes, weights, part, ends, sums[0], sums[1])
        else:
            _in_hops(indptr, nodes, part, ends, sums[0], sums[1])

    total, squares = summed(work, np.ascontiguousarray(sources, dtype=np.int64), (2, matrix.shape[0]))
    return Dependencies(total, squares)


@compiled("starts", "nodes", "longs", "float", "out floats", "out floats")
def _in_hops(indptr, nodes, sources, ends, total, squares):  # type: ignore[no-untyped-def]
    count = len(indptr) - 1
    none = np.uint32(0)
    seen = np.zeros(count, np.uint32)  # in which lanes a node was reached
    coming = np.zeros(count, np.uint32)  # in which it is reached by the next level
    value = np.zeros((count, LANES))  # shortest paths to a node; on the way back (1 + dependency) / paths
    below, reached = np.zeros(LANES), np.zeros(LANES)
    visited = np.empty(2 * count + LANES, np.uint32)  # level by level: the nodes, and in which lanes they are of that level
    lanes = np.empty(2 * count + LANES, np.uint32)
    level_at = np.empty(64, np.int64)
    most = np.max(indptr[1:] - indptr[:-1]) if count else 0
    to, along = np.empty(most + 1, np.uint32), np.empty(most + 1, np.uint32)  # gathered first: a branch would be guessed wrong too often
    for first in range(0, len(sources), LANES):
        seen[:] = none
        value[:, :] = 0.0
        reached[:] = 0.0
        end, levels = 0, 0
        for lane in range(min(LANES, len(sources) - first)):
            visited[end], lanes[end] = sources[first + lane], BIT[lane]
            seen[visited[end]] |= lanes[end]
            value[visited[end], lane] = 1.0
            end += 1
        level_at[0], level_at[1] = 0, end
        while level_at[levels] < level_at[levels + 1]:
            for at in range(level_at[levels], level_at[levels + 1]):
                u, here = visited[at], lanes[at]
                some = 0
                for j in range(indptr[u], indptr[u + 1]):
                    v = nodes[j]
                    to[some], new = v, here & (seen[v] ^ ALL)
                    along[some] = new
                    some += new != none
                while end + some >= len(visited):
                    visited, lanes = np.append(visited, np.empty_like(visited)), np.append(lanes, np.empty_like(lanes))
                for k in range(some):
                    v, new = to[k], along[k]
                    visited[end] = v
                    end += coming[v] == none
                    coming[v] |= new
                    for lane in range(LANES):
                        more = value[u, lane]
                        value[v, lane] += more if new & BIT[lane] else 0.0
            levels += 1
            if levels + 1 == len(level_at):
                level_at = np.append(level_at, np.empty_like(level_at))
            for at in range(level_at[levels], end):
                v = visited[at]
                lanes[at] = coming[v]
                seen[v] |= coming[v]
                coming[v] = none
            level_at[levels + 1] = end
        for level in range(levels - 1, -1, -1):
            for at in range(level_at[level], level_at[level + 1]):
                u, here = visited[at], lanes[at]
                for lane in range(LANES):
                    below[lane] = 0.0
                some = 0
                for j in range(indptr[u], indptr[u + 1]):
                    v = nodes[j]
                    to[some], on = v, here & coming[v]
                    along[some] = on
                    some += on != none
                for k in range(some):
                    v, on = to[k], along[k]
                    for lane in range(LANES):
                        more = value[v, lane]
                        below[lane] += more if on & BIT[lane] else 0.0
                for lane in range(LANES):
                    if here & BIT[lane]:
                        through = below[lane] * value[u, lane]
                        value[u, lane] = (1.0 + through) / value[u, lane]
                        if level > 0:
                            total[u] += through + ends
                            squares[u] += through * through
                            reached[lane] += ends
                        else:
                            total[u] += reached[lane]
            for at in range(level_at[level + 1], level_at[level + 2]):
                coming[visited[at]] = none
            for at in range(level_at[level], level_at[level + 1]):
                coming[visited[at]] |= lanes[at]
        for at in range(level_at[1]):
            coming[visited[at]] = none


@compiled("starts", "nodes", "floats", "longs", "float", "out floats", "out floats")
def _by_distance(indptr, nodes, weights, sources, ends, total, squares):  # type: ignore[no-untyped-def]
    count = len(indptr) - 1
    distance = np.full(count, np.inf)
    paths = np.zeros(count)
    share = np.zeros(count)
    order = np.empty(count, np.uint32)
    heap, length = np.empty(count, np.uint32), np.empty(count)  # the nearest on top, each above its four
    place = np.full(count, -1, np.int64)  # in the heap: -1 not yet, -2 no more
    for source in sources:
        distance[source], paths[source] = 0.0, 1.0
        heap[0], length[0] = source, 0.0
        size, reached = 1, 0
        while size:
            u, here = heap[0], length[0]
            order[reached] = u
            reached += 1
            place[u] = -2
            size -= 1
            moved, far = heap[size], length[size]
            at = 0
            while True:  # the last of the heap sinks from the top
                child = 4 * at + 1
                if child >= size:
                    break
                for other in range(child + 1, min(child + 4, size)):
                    if length[other] < length[child]:
                        child = other
                if length[child] >= far:
                    break
                heap[at], length[at] = heap[child], length[child]
                place[heap[at]] = at
                at = child
            if size:
                heap[at], length[at] = moved, far
                place[moved] = at
            for j in range(indptr[u], indptr[u + 1]):
                v = nodes[j]
                through = here + weights[j]
                if through < distance[v]:
                    distance[v], paths[v] = through, paths[u]
                    at = place[v]
                    if at == -1:
                        at = size
                        size += 1
                    while at > 0 and length[(at - 1) // 4] > through:
                        heap[at], length[at] = heap[(at - 1) // 4], length[(at - 1) // 4]
                        place[heap[at]] = at
                        at = (at - 1) // 4
                    heap[at], length[at] = v, through
                    place[v] = at
                elif through == distance[v]:
                    paths[v] += paths[u]
        for back in range(reached - 1, 0, -1):
            u = order[back]
            below = 0.0
            for j in range(indptr[u], indptr[u + 1]):
                v = nodes[j]
                if distance[u] + weights[j] == distance[v]:
                    below += share[v]
            below = below * paths[u]
            total[u] += below + ends
            squares[u] += below * below
            share[u] = (1.0 + below) / paths[u]
        total[source] += ends * (reached - 1)
        for at in range(reached):
            u = order[at]
            distance[u], paths[u], share[u], place[u] = np.inf, 0.0, 0.0, -1

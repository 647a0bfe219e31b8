"""Leiden communities: groups that have more ties inside than chance would give them (modularity), each of them connected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

from graph_models.arrays.types import Floats, Longs, Matrix, Nodes
from graph_models.kernels.compiled import compiled, rows


def leiden(matrix: Matrix, *, resolution: float = 1.0, seed: int = 0, iterations: int = 1, begin: Longs | None = None) -> Longs:
    """Communities by the Leiden algorithm: ``sum_c (w_c / W - resolution (k_c / 2 W)^2)`` as large as local moves make it.

    Parameters
    ----------
    matrix : csr_array
        Symmetric, weights of at least 0, a tie of a node to itself once on the diagonal.
    resolution : float
        Above 1: smaller communities; below: larger ones.
    seed : int
        Of the orders in which nodes are looked at: the same seed gives the same communities.
    iterations : int
        How often the algorithm begins anew with what it found; it ends early where nothing is gained.
    begin : array of int, optional
        The communities that it begins with, below the number of nodes (default: each node is one).

    Returns
    -------
    array of int
        A community a node, from 0, numbered as they are met. Each is connected; a node without ties is one of its own.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> two = matrix_of(6, [0, 1, 1, 2, 0, 2, 3, 4, 4, 5, 3, 5, 2, 3], [1, 0, 2, 1, 2, 0, 4, 3, 5, 4, 5, 3, 3, 2], [1] * 14)
    >>> leiden(two).tolist()
    [0, 0, 0, 1, 1, 1]

    References
    ----------
    Traag, V., Waltman, L., van Eck, N. J., From Louvain to Leiden: guaranteeing well-connected communities, Scientific Reports 9, 2019.
    """
    found = np.arange(matrix.shape[0], dtype=np.int64)
    for labels in leiden_levels(matrix, resolution=resolution, seed=seed, iterations=iterations, begin=begin):
        found = labels
    return found


def leiden_levels(matrix: Matrix, *, resolution: float = 1.0, seed: int = 0, iterations: int = 1, begin: Longs | None = None) -> Iterator[Longs]:
    """The communities after each level: nodes are moved, communities refined, and their parts become the nodes of the next."""
    indptr, nodes, weights, strength = _ties(matrix)
    count = len(strength)
    found = np.arange(count, dtype=np.int64) if begin is None else _numbered(begin)
    if not len(nodes):
        yield np.arange(count, dtype=np.int64)
        return
    scale = resolution / strength.sum()
    draw = np.random.default_rng(seed)
    yielded = False
    for _ in range(iterations):
        graph, community = (indptr, nodes, weights, strength), found.copy()
        begun, place = found, np.arange(count, dtype=np.int64)  # in which node of the level each node is
        while True:
            order = draw.permutation(len(community))
            _move(*graph, scale, order, community)
            before, found = found, _numbered(community[place])
            if not yielded or not np.array_equal(before, found):
                yielded = True
                yield found
            part = np.arange(len(community), dtype=np.int64)
            _refine(*graph, scale, order, community, part)
            part = _numbered(part)
            if part.max() + 1 == len(community):
                break
            community = _drawn_together(community, part)
            graph = _graph_of_parts(graph, part)
            place = part[place]
        if np.array_equal(begun, found):
            break


Level: TypeAlias = tuple[Longs, Nodes, Floats, Floats]
"""indptr, nodes, weights of the ties of a level, and what each node's add up to."""


def _ties(matrix: Matrix) -> Level:
    """A tie of a node to itself has both its ends there: it counts twice."""
    indptr, nodes, weights = rows(matrix)
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(indptr))
    weights = np.where(row == nodes, 2.0, 1.0) * weights
    kept = weights > 0
    strength = np.bincount(row, weights=weights, minlength=matrix.shape[0]).astype(np.float64)
    return np.concatenate([[0], np.cumsum(kept)])[indptr].astype(np.int64), nodes[kept], weights[kept], strength


def _numbered(labels: Longs) -> Longs:
    """The same groups, numbered from 0 as they are met."""
    _, first, group = np.unique(labels, return_index=True, return_inverse=True)
    number = np.empty(len(first), dtype=np.int64)
    number[np.argsort(first)] = np.arange(len(first))
    answer: Longs = number[group]
    return answer


def _graph_of_parts(graph: Level, part: Longs) -> Level:
    """The ties of the parts, added up."""
    indptr, nodes, weights, strength = graph
    parts = int(part.max()) + 1
    members = np.argsort(part, kind="stable")
    member_at = np.searchsorted(part[members], np.arange(parts + 1))
    starts = np.zeros(parts + 1, dtype=np.int64)
    to, of = np.empty(len(nodes), dtype=np.uint32), np.empty(len(nodes))
    edges = _added_up(indptr, nodes, weights, part, members, member_at, starts, to, of)
    return starts, to[:edges].copy(), of[:edges].copy(), np.bincount(part, weights=strength, minlength=parts).astype(np.float64)


def _drawn_together(community: Longs, part: Longs) -> Longs:
    """In which community each part is: that of its nodes, all of which are in the same."""
    answer = np.empty(int(part.max()) + 1, dtype=np.int64)
    answer[part] = community
    return _numbered(answer)


@compiled("starts", "nodes", "floats", "floats", "float", "longs", "out longs")
def _move(indptr, nodes, weights, strength, scale, order, community):  # type: ignore[no-untyped-def]
    """Moves nodes to the community that gains most, as long as one gains; looks again at the neighbours of who has moved."""
    count = len(strength)
    total, size = np.zeros(count), np.zeros(count, np.int64)
    for u in range(count):
        total[community[u]] += strength[u]
        size[community[u]] += 1
    empty = np.empty(count, np.int64)
    free = 0
    for c in range(count):
        if size[c] == 0:
            empty[free] = c
            free += 1
    queue, waits = order.copy(), np.ones(count, np.bool_)
    head, waiting = 0, count
    near, met = np.zeros(count), np.empty(count, np.int64)  # weight of the ties to a community, and to which there are any
    while waiting:
        u = queue[head]
        head = head + 1 if head + 1 < count else 0
        waiting -= 1
        waits[u] = False
        old = community[u]
        found = 0
        for j in range(indptr[u], indptr[u + 1]):
            v = nodes[j]
            if v != u:
                c = community[v]
                if near[c] == 0.0:
                    met[found] = c
                    found += 1
                near[c] += weights[j]
        total[old] -= strength[u]
        best, most = old, near[old] - scale * strength[u] * total[old]
        for at in range(found):
            c = met[at]
            gain = near[c] - scale * strength[u] * total[c]
            if gain > most + 1e-12 * strength[u]:
                best, most = c, gain
        for at in range(found):
            near[met[at]] = 0.0
        if most < 0.0 and size[old] > 1:  # better off alone
            best = empty[free - 1]
        total[best] += strength[u]
        if best == old:
            continue
        if size[best] == 0:
            free -= 1
        size[best] += 1
        size[old] -= 1
        if size[old] == 0:
            empty[free] = old
            free += 1
        community[u] = best
        for j in range(indptr[u], indptr[u + 1]):
            v = nodes[j]
            if not waits[v] and community[v] != best:
                at = head + waiting
                queue[at if at < count else at - count] = v
                waiting += 1
                waits[v] = True


@compiled("starts", "nodes", "floats", "floats", "float", "longs", "longs", "out longs")
def _refine(indptr, nodes, weights, strength, scale, order, community, part):  # type: ignore[no-untyped-def]
    """Puts the nodes of each community together anew, from single ones; only along ties, so that every part is connected."""
    count = len(strength)
    total = np.zeros(count)
    outward = np.zeros(count)  # of a part: the weight of its ties to the rest of its community
    for u in range(count):
        total[community[u]] += strength[u]
        for j in range(indptr[u], indptr[u + 1]):
            if nodes[j] != u and community[nodes[j]] == community[u]:
                outward[u] += weights[j]
    inside, single = strength.copy(), np.ones(count, np.bool_)
    near, met = np.zeros(count), np.empty(count, np.int64)
    for u in order:
        whole = total[community[u]]
        if not single[u] or outward[u] < scale * strength[u] * (whole - strength[u]):
            continue
        found = 0
        for j in range(indptr[u], indptr[u + 1]):
            v = nodes[j]
            if v != u and community[v] == community[u]:
                c = part[v]
                if near[c] == 0.0:
                    met[found] = c
                    found += 1
                near[c] += weights[j]
        best, most = u, 0.0
        for at in range(found):
            c = met[at]
            gain = near[c] - scale * strength[u] * inside[c]
            if gain > most and outward[c] >= scale * inside[c] * (whole - inside[c]):
                best, most = c, gain
        if best != u:
            outward[best] += outward[u] - 2.0 * near[best]
            inside[best] += strength[u]
            part[u] = best
            single[u] = single[best] = False
        for at in range(found):
            near[met[at]] = 0.0


@compiled("starts", "nodes", "floats", "longs", "longs", "longs", "out longs", "out nodes", "out floats")
def _added_up(indptr, nodes, weights, part, members, member_at, starts, to, of):  # type: ignore[no-untyped-def]
    parts = len(member_at) - 1
    at_edge = np.full(parts, -1, np.int64)
    edges = 0
    for p in range(parts):
        for at in range(member_at[p], member_at[p + 1]):
            u = members[at]
            for j in range(indptr[u], indptr[u + 1]):
                q = part[nodes[j]]
                if at_edge[q] < starts[p]:
                    at_edge[q] = edges
                    to[edges], of[edges] = q, 0.0
                    edges += 1
                of[at_edge[q]] += weights[j]
        starts[p + 1] = edges
    return edges

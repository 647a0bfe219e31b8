"""Distances: from one source, and sums over many sources; in hops 64 of them are followed at once, a bit each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.sparse.csgraph import dijkstra

from graph_models.arrays.types import Floats, Longs, Matrix
from graph_models.kernels.compiled import compiled, rows
from graph_models.kernels.threads import summed

LANES = 64
TOGETHER = 4_000_000
"""So many distances by weight are held at once."""


class Sums(NamedTuple):
    """A number a node, over the sources from which it is reached: of these, how many, and of their distances d to it, which sums.

    The source itself does not count. The squares are for the standard error of a sample.
    """

    sources: Floats
    distance: Floats
    distance_squares: Floats
    inverse: Floats
    """``sum 1 / d``: over all sources the harmonic centrality."""
    inverse_squares: Floats


def distance_sums(matrix: Matrix, sources: Longs, *, by_distance: bool = False, hops: int | None = None) -> Sums:
    """For each node: the sums over the sources of the distances from them.

    Parameters
    ----------
    matrix : csr_array
        Row = source, column = target; of an undirected graph both directions.
    sources : array of int
        Node numbers, each at most once.
    by_distance : bool
        The length of a path is the sum of the entries, of at least 0; else the number of its edges.
    hops : int, optional
        No path is followed farther than so many edges (not ``by_distance``).

    Returns
    -------
    Sums
        Over all n nodes as sources: harmonic centrality is ``inverse``, closeness (Wasserman and Faust) ``sources^2 / distance / (n - 1)``.

    Notes
    -----
    Never undefined: a node that no source reaches has sums of 0. O(edges) for each level at which nodes are met by one of 64 sources;
    by distance O(edges log nodes) a source. What is at distance 0 adds nothing to the inverse.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> sums = distance_sums(matrix_of(3, [0, 1], [1, 2], [1, 1]), np.arange(3))
    >>> sums.distance.tolist(), sums.inverse.tolist()
    ([0.0, 1.0, 3.0], [0.0, 1.0, 1.5])

    References
    ----------
    Then, M., et al., The more the merrier: efficient multi-source graph traversal, VLDB 2014.
    """
    if by_distance:
        return _sums_by_distance(matrix, sources)
    indptr, nodes, _ = rows(matrix)
    levels = matrix.shape[0] if hops is None else hops

    def work(part: Longs, sums: Floats) -> None:
        _sums(indptr, nodes, part, levels, *sums)

    return Sums(*summed(work, np.ascontiguousarray(sources, dtype=np.int64), (len(Sums._fields), matrix.shape[0])))


def distances_from(matrix: Matrix, sources: Longs) -> Iterator[Floats]:
    """The distances by weight from some sources at once to all nodes, a row a source; infinite where there is no way."""
    width = max(1, TOGETHER // max(matrix.shape[0], 1))
    for first in range(0, len(sources), width):
        yield dijkstra(matrix, indices=sources[first : first + width])


def _sums_by_distance(matrix: Matrix, sources: Longs) -> Sums:
    total = np.zeros((len(Sums._fields), matrix.shape[0]))
    for lengths in distances_from(matrix, sources):
        known = np.isfinite(lengths)
        lengths[~known] = 0.0
        inverse = np.divide(1.0, lengths, out=np.zeros(lengths.shape), where=lengths > 0)
        for sums, values in zip(total, (known, lengths, lengths**2, inverse, inverse**2), strict=True):
            sums += values.sum(axis=0)
    total[0, sources] -= 1
    return Sums(*total)


def hops_from(matrix: Matrix, source: int) -> tuple[Longs, Longs]:
    """(hops from the source to each node, -1 where there is no way; the nodes that are reached, nearest first).

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> [found.tolist() for found in hops_from(matrix_of(4, [0, 1], [1, 2], [1, 1]), 0)]
    [[0, 1, 2, -1], [0, 1, 2]]
    """
    indptr, nodes, _ = rows(matrix)
    hops, order = np.full(matrix.shape[0], -1, dtype=np.int64), np.empty(matrix.shape[0], dtype=np.int64)
    reached = _hops(indptr, nodes, source, hops, order)
    return hops, order[:reached]


@compiled("starts", "nodes", "number", "out longs", "out longs")
def _hops(indptr, nodes, source, hops, order):  # type: ignore[no-untyped-def]
    hops[source], order[0] = 0, source
    at, reached = 0, 1
    while at < reached:
        u = order[at]
        at += 1
        for j in range(indptr[u], indptr[u + 1]):
            v = nodes[j]
            if hops[v] < 0:
                hops[v] = hops[u] + 1
                order[reached] = v
                reached += 1
    return reached


@compiled("starts", "nodes", "longs", "number", "out floats", "out floats", "out floats", "out floats", "out floats")
def _sums(indptr, nodes, sources, levels, number, distance, distance_squares, inverse, inverse_squares):  # type: ignore[no-untyped-def]
    count = len(indptr) - 1
    none, one = np.uint64(0), np.uint64(1)
    odd, low_pairs, low_fours = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333), np.uint64(0x0F0F0F0F0F0F0F0F)
    state = np.zeros((count, 2), np.uint64)  # by which sources a node was seen, and by which it is met now: beside each other in memory
    here = np.zeros(count, np.uint64)
    front, behind = np.empty(count, np.uint32), np.empty(count, np.uint32)
    touched = np.empty(count, np.uint32)
    for first in range(0, len(sources), LANES):
        active = seen = 0
        for lane in range(min(LANES, len(sources) - first)):
            source = sources[first + lane]
            front[active] = touched[active] = source
            active += 1
            state[source, 0] = here[source] = one << np.uint64(lane)
        seen = active
        level = 0.0
        while active and level < levels:
            level += 1.0
            met = 0
            for at in range(active):
                u = front[at]
                mask = here[u]
                here[u] = none
                for j in range(indptr[u], indptr[u + 1]):
                    v = nodes[j]
                    new = mask & ~state[v, 0]
                    if new != none:
                        if state[v, 1] == none:
                            behind[met] = v
                            met += 1
                        state[v, 1] |= new
            for at in range(met):
                v = behind[at]
                new = state[v, 1]
                if state[v, 0] == none:
                    touched[seen] = v
                    seen += 1
                state[v, 0] |= new
                state[v, 1] = none
                here[v] = new
                pairs = (new & odd) + ((new >> one) & odd)  # how many bits there are in two, four, eight ... of them
                fours = (pairs & low_pairs) + ((pairs >> np.uint64(2)) & low_pairs)
                whole = (fours + (fours >> np.uint64(4))) & low_fours
                whole += whole >> np.uint64(8)
                whole += whole >> np.uint64(16)
                whole += whole >> np.uint64(32)
                bits = np.float64(whole & np.uint64(127))
                number[v] += bits
                distance[v] += bits * level
                distance_squares[v] += bits * level * level
                inverse[v] += bits / level
                inverse_squares[v] += bits / (level * level)
            front, behind, active = behind, front, met
        for at in range(active):
            here[front[at]] = none
        for at in range(seen):
            state[touched[at], 0] = none

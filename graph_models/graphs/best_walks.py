"""The walks from one party that carry most: the product of what each step lets through, best first.

What many walks from the same start share is made once: how well every party can be reached. Walks then grow backward from where they
end, always the one that can still come to most, so that none but the best are looked at.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from graph_models.arrays.ranking import rounded
from graph_models.arrays.types import Floats, Longs
from graph_models.kernels.neighbours import neighbours


class Walk(NamedTuple):
    """``places`` from the start to the goal."""

    product: float
    places: tuple[int, ...]


class Walks(NamedTuple):
    """The walks from a party. ``matrix`` has in row v, column u what the step from u to v lets through; at most 1."""

    start: int
    matrix: csr_array
    best: Floats
    """Per party the best product of a walk to it; 0 where there is none."""

    def to(self, goal: int | Collection[int], count: int = 3, *, first_arrival: bool = False) -> list[Walk]:
        """The walks to a party (or to any of several places), which never come back to the start, with the highest products; equal ones by places.

        A walk may pass a party again, unless ``first_arrival``: then it ends where it first meets a goal. Each party is passed by at most
        ``count`` ways on: a better walk through it is never found later.
        """
        found: list[Walk] = []
        goals = [place for place in ([goal] if isinstance(goal, (int, np.integer)) else goal) if place != self.start and self.best[place] > 0]
        closed = goals if first_arrival else []
        passed: dict[int, int] = {}
        waiting: list[tuple[float, int, tuple[int, ...], float, Iterator[tuple[float, int, float]]]] = []

        def wait(walk: tuple[int, ...], following: Iterator[tuple[float, int, float]]) -> None:
            """The best of the ways before a walk; the next one when that is taken."""
            if (way := next(following, None)) is not None:
                heapq.heappush(waiting, (-way[0], len(walk), (way[1], *walk), way[2], following))

        for place in goals:
            wait((place,), self._before(place, 1.0, closed))
            passed[place] = 1
        while waiting and len(found) < count:
            _, _, walk, product, siblings = heapq.heappop(waiting)
            wait(walk[1:], siblings)
            at = walk[0]
            if at == self.start:
                found.append(Walk(product, walk))
            elif passed.get(at, 0) < count:
                passed[at] = passed.get(at, 0) + 1
                wait(walk, self._before(at, product, closed))
        return sorted(found, key=lambda walk: (-float(rounded(np.array([walk.product]))[0]), len(walk.places), walk.places))

    def _before(self, at: int, product: float, closed: Sequence[int]) -> Iterator[tuple[float, int, float]]:
        """(what a walk can come to, the party before, the product so far) of each way to come to a party, best first."""
        row = slice(self.matrix.indptr[at], self.matrix.indptr[at + 1])
        places, so_far = self.matrix.indices[row], self.matrix.data[row] * product
        comes_to = rounded(so_far * self.best[places])
        open_ = np.flatnonzero((comes_to > 0) & ~np.isin(places, closed))
        order = open_[np.lexsort((places[open_], -comes_to[open_]))]
        for way in order:
            yield float(comes_to[way]), int(places[way]), float(so_far[way])


def walks_from(matrix: csr_array, start: int, *, damping: float = 1.0) -> Walks:
    """The walks from a party along the entries of a matrix (row = from, column = to). Every step counts at most 1 and ``damping`` (at most 1) times that."""
    steps = csr_array((np.minimum(matrix.data * damping, 1.0), matrix.indices, matrix.indptr), shape=matrix.shape)
    there = steps.data > 0
    lengths = csr_array((-np.log(steps.data, out=np.full(len(there), np.inf), where=there), steps.indices, steps.indptr), shape=steps.shape)
    return Walks(start, csr_array(steps.T), np.exp(-dijkstra(lengths, indices=[start])[0]))


def shortest_walks(matrix: csr_array, start: int | Longs) -> Longs:
    """Per party the one before it on the walk from the start (or the nearest of several) by the fewest steps, of several the first by place; -1: no way."""
    before = np.full(matrix.shape[0], -1, np.int64)
    frontier = np.atleast_1d(np.asarray(start, np.int64))
    before[frontier] = frontier
    while len(frontier):
        which, places = neighbours(matrix.indptr, frontier)
        found = matrix.indices[places]
        new = np.flatnonzero(before[found] < 0)
        reached, first = np.unique(found[new], return_index=True)
        before[reached] = frontier[which[new[first]]]
        frontier = reached.astype(np.int64)
    return before


def walk_to(before: Longs, goal: int) -> tuple[int, ...]:
    """The places from the start to a party; empty where there is no way."""
    if before[goal] < 0:
        return ()
    walk = [goal]
    while before[walk[-1]] != walk[-1]:
        walk.append(int(before[walk[-1]]))
    return tuple(reversed(walk))

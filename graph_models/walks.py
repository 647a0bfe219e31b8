"""The walks from one party that carry most: the product of what each step lets through, best first."""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array


class Walk(NamedTuple):
    """``places`` from the start to the goal."""

    product: float
    places: tuple[int, ...]


def best_walks(matrix: csr_array, start: int, goal: int, count: int = 3, *, damping: float = 1.0, first_arrival: bool = False) -> list[Walk]:
    """The walks from start to goal, which never come back to the start, with the highest products of their steps; equal ones by places.

    Every step counts at most 1 and ``damping`` (at most 1) times that. A walk may pass a party again, unless ``first_arrival``: then it ends where
    it first meets the goal. Each party is entered at most ``count`` times: a better walk through it is never found later.
    """
    if start == goal:
        return []
    ahead = _leads_to(matrix, goal)
    entered: dict[int, int] = {}
    waiting: list[tuple[float, int, tuple[int, ...]]] = [(-1.0, 0, (start,))]
    found: list[Walk] = []
    while waiting and len(found) < count:
        product, length, walk = heapq.heappop(waiting)
        at = walk[-1]
        if entered.get(at, 0) >= count:
            continue
        entered[at] = entered.get(at, 0) + 1
        if at == goal:
            found.append(Walk(-product, walk))
            if first_arrival:
                continue
        row = slice(matrix.indptr[at], matrix.indptr[at + 1])
        for step, share in zip(matrix.indices[row].tolist(), matrix.data[row].tolist(), strict=True):
            if share > 0 and step != start and ahead[step] and entered.get(step, 0) < count:
                heapq.heappush(waiting, (product * share * damping, length + 1, (*walk, step)))
    return found


def _leads_to(matrix: csr_array, goal: int) -> list[bool]:
    """From which parties the goal can be reached."""
    backward = csr_array(matrix.T)
    seen = np.zeros(matrix.shape[0], bool)
    seen[goal] = True
    frontier = np.array([goal])
    while len(frontier):
        found = np.unique(np.concatenate([backward.indices[backward.indptr[node] : backward.indptr[node + 1]] for node in frontier.tolist()]))
        frontier = found[~seen[found]]
        seen[frontier] = True
    answer: list[bool] = seen.tolist()
    return answer


def shortest_walk(matrix: csr_array, start: int, goal: int) -> tuple[int, ...]:
    """The places from start to goal by the fewest steps, of several the first by place; empty where there is no way."""
    before = {start: start}
    frontier = [start]
    while frontier and goal not in before:
        following = []
        for at in frontier:
            for step in sorted(matrix.indices[matrix.indptr[at] : matrix.indptr[at + 1]].tolist()):
                if step not in before:
                    before[step] = at
                    following.append(step)
        frontier = sorted(following)
    if goal not in before:
        return ()
    walk = [goal]
    while walk[-1] != start:
        walk.append(before[walk[-1]])
    return tuple(reversed(walk))

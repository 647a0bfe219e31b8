"""The strongest ways from one party to another: simple paths ranked by the product of their tie weights."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import pairwise
from math import exp, inf, log
from typing import NamedTuple

import numpy as np

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.graphs.graph_types import Graph, graph_of

MAX_STEPS = 200_000
"""So many partial paths are looked at; a search that needs more answers with what it has and says so."""


class Path(NamedTuple):
    """Parties in order, the facts that tie each to the next, and the product of the tie weights."""

    parties: list[str]
    facts: list[str]
    strength: float


class Paths(NamedTuple):
    """The strongest first; ``complete`` is false where the search was cut."""

    items: list[Path]
    complete: bool


def strongest_paths(ecosystem: Ecosystem, begin: str, end: str, k: int = 3, max_hops: int = 6, *, diverse: bool = True) -> Paths:
    """Which chains of ties lead from one party to another?

    Paths on the ``tie`` graph (both directions, everything valid at ``as_of``) of at most ``max_hops`` ties, ranked by the
    product of their weights; of equal ones the shorter, then by ids. ``diverse`` takes, as long as there is one, a path
    that shares no party between its ends with those taken before.

    References: J. Y. Yen, "Finding the k shortest loopless paths", Management Science 17 (1971); here by best-first search
    with the exact remaining distance as its bound.
    """
    graph = graph_of(ecosystem, "tie", Parameters())
    search = _Search(graph, ecosystem.index(begin), ecosystem.index(end), max_hops)
    taken: list[list[int]] = []
    spare: list[list[int]] = []
    used: set[int] = set()
    for path in search.run():
        if diverse and used.intersection(path[1:-1]):
            spare.append(path)
        else:
            taken.append(path)
            used.update(path[1:-1])
        if len(taken) == k or (len(spare) >= 50 * k):
            break
    items = [_described(ecosystem, graph, path) for path in (taken + spare)[:k]]
    return Paths(sorted(items, key=lambda item: (-item.strength, len(item.parties), item.parties)), search.steps < MAX_STEPS)


class _Search:
    """Best-first over simple paths: the cost so far plus the exact cost still to come orders them."""

    def __init__(self, graph: Graph, begin: int, end: int, max_hops: int) -> None:
        matrix = graph.matrix()
        self.starts, self.targets, weights = matrix.indptr, matrix.indices, matrix.data
        self.costs = np.where(weights > 0, -np.log(np.clip(weights, 1e-300, 1.0)), inf)
        self.begin, self.end, self.max_hops = begin, end, max_hops
        self.steps = 0
        self.remaining = self._to_end(graph)

    def _to_end(self, graph: Graph) -> list[dict[int, float]]:
        """remaining[h][party]: the least cost from there to the end in at most h ties."""
        levels: list[dict[int, float]] = [{self.end: 0.0}]
        for _ in range(self.max_hops):
            better = dict(levels[-1])
            for party, cost in levels[-1].items():
                for place in range(self.starts[party], self.starts[party + 1]):
                    there, total = int(self.targets[place]), cost + float(self.costs[place])
                    if total < better.get(there, inf):
                        better[there] = total
            levels.append(better)
        return levels

    def run(self) -> Iterator[list[int]]:
        bound = self.remaining[self.max_hops].get(self.begin)
        heap: list[tuple[float, int, list[int], float]] = [] if bound is None else [(round(bound, 12), 0, [self.begin], 0.0)]
        while heap and self.steps < MAX_STEPS:
            _, hops, path, cost = heapq.heappop(heap)
            self.steps += 1
            here = path[-1]
            if here == self.end and hops:
                yield path
                continue
            left = self.max_hops - hops - 1
            if left < 0:
                continue
            for place in range(self.starts[here], self.starts[here + 1]):
                there = int(self.targets[place])
                to_come = self.remaining[left].get(there)
                if to_come is not None and there not in path:
                    spent = cost + float(self.costs[place])
                    heapq.heappush(heap, (round(spent + to_come, 12), hops + 1, [*path, there], spent))


def _described(ecosystem: Ecosystem, graph: Graph, path: list[int]) -> Path:
    facts: list[str] = []
    total = 0.0
    for here, there in pairwise(path):
        total += log(graph.matrix()[here, there])
        facts += ecosystem.fact_ids(graph.facts(here, there).tolist())
    return Path([ecosystem.parties[party] for party in path], facts, exp(total))

"""What the edges of a graph are made of: one item a fact or stream, summed (or otherwise joined) into one edge a pair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graph_models.ecosystem import Floats, Ints, Longs
from graph_models.streams import group_starts, order_of


def _no_facts() -> tuple[Longs, Longs]:
    return np.zeros(0, np.int64), np.zeros(0, np.int64)


@dataclass(frozen=True)
class Items:
    """``facts`` gives (item, number of a fact) for every fact of every item; it is asked only when something is explained."""

    source: Ints
    target: Ints
    value: Floats
    facts: Callable[[], tuple[Longs, Longs]] = _no_facts

    @cached_property
    def _sorted_facts(self) -> tuple[Ints, Ints, Longs]:
        item, ref = self.facts()
        source, target = self.source[item], self.target[item]
        order = order_of(source, target)
        return source[order], target[order], ref[order]

    def facts_between(self, u: int, v: int) -> Longs:
        """The numbers of the facts of all items from u to v, sorted, each once."""
        source, target, ref = self._sorted_facts
        low, high = np.searchsorted(source, [u, u + 1])
        start, end = low + np.searchsorted(target[low:high], [v, v + 1])
        return np.unique(ref[start:end])


def grouped(items: Items, join: np.ufunc = np.add) -> tuple[Ints, Ints, Floats]:
    """One edge a pair, sorted by source and target; the values of parallel items are joined."""
    order = order_of(items.source, items.target)
    source, target = items.source[order].astype(np.int32), items.target[order].astype(np.int32)
    if not len(order):
        return source, target, np.zeros(0)
    first = group_starts(source, target)[:-1]
    return source[first], target[first], join.reduceat(items.value[order], first)

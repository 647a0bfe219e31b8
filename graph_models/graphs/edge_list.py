"""What the edges of a graph are made of: one item a fact or stream, summed (or otherwise joined) into one edge a pair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from graph_models.arrays.grouping import group_starts, order_of
from graph_models.arrays.types import Floats, Ints, Longs


def _no_facts() -> tuple[Longs, Longs]:
    return np.zeros(0, np.int64), np.zeros(0, np.int64)


FactsOfItems: TypeAlias = Callable[[], tuple[Longs, Longs]]
"""(item, number of a fact) for every fact of every item, of one sort; it is asked only when something is explained."""


@dataclass(frozen=True)
class Items:
    """Parallel edges before they are added up. Beside the ``facts`` of an item: ``implied``, the payments that stand for what is got in return;
    ``also_stated``, facts that state the same as one that counts."""

    source: Ints
    target: Ints
    value: Floats
    facts: FactsOfItems = _no_facts
    implied: FactsOfItems = _no_facts
    also_stated: FactsOfItems = _no_facts

    @cached_property
    def facts_between(self) -> FactsBetween:
        return FactsBetween(self, self.facts)

    @cached_property
    def implied_between(self) -> FactsBetween:
        return FactsBetween(self, self.implied)

    @cached_property
    def also_stated_between(self) -> FactsBetween:
        return FactsBetween(self, self.also_stated)


class FactsBetween:
    """The numbers of the facts of all items from u to v, sorted, each once."""

    def __init__(self, items: Items, facts: FactsOfItems) -> None:
        self.items = items
        self.facts = facts

    @cached_property
    def _sorted(self) -> tuple[Ints, Ints, Longs]:
        item, ref = self.facts()
        source, target = self.items.source[item], self.items.target[item]
        order = order_of(source, target)
        return source[order], target[order], ref[order]

    def __call__(self, u: int, v: int) -> Longs:
        source, target, ref = self._sorted
        low, high = np.searchsorted(source, [u, u + 1])
        start, end = low + np.searchsorted(target[low:high], [v, v + 1])
        return np.unique(ref[start:end])


def joined(parts: Sequence[Items]) -> Items:
    """The items of all parts, one after the other."""
    offsets = np.cumsum([0, *(len(part.source) for part in parts)])

    def all_of(sort: str) -> FactsOfItems:
        def facts() -> tuple[Longs, Longs]:
            found = [getattr(part, sort)() for part in parts]
            return np.concatenate([item + offset for (item, _), offset in zip(found, offsets, strict=False)]), np.concatenate([ref for _, ref in found])

        return facts

    source, target = (np.concatenate([getattr(part, name) for part in parts]) for name in ("source", "target"))
    return Items(source, target, np.concatenate([part.value for part in parts]), all_of("facts"), all_of("implied"), all_of("also_stated"))


def grouped(items: Items, join: np.ufunc = np.add) -> tuple[Ints, Ints, Floats]:
    """One edge a pair, sorted by source and target; the values of parallel items are joined."""
    order = order_of(items.source, items.target)
    source, target = items.source[order].astype(np.int32), items.target[order].astype(np.int32)
    if not len(order):
        return source, target, np.zeros(0)
    first = group_starts(source, target)[:-1]
    return source[first], target[first], join.reduceat(items.value[order], first)

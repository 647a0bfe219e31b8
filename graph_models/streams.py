"""Streams: all value flows of one giver, receiver, kind and product in a period, as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from graph_models.amounts import Flows, flows_of
from graph_models.ecosystem import Ecosystem, Floats, Ints, Longs, Mask
from graph_models.parameters import Parameters
from graph_models.warning import Warning

SATISFACTION = {"A": 0.11, "B": 0.19, "C": 0.33, "D": 0.57, "E": 0.98}
"""How much the receiver gains, or would regret the loss (Sutherland, SM thesis, MIT 2009)."""
IMPORTANCE = (0.11, 0.33, 0.55, 0.78, 0.98)
"""How important this giver is as a source, 1 to 5."""


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams of a period, sorted by source, target, kind and product; net refunds are not among them."""

    flows: Flows
    order: Longs
    """Places in ``flows``, stream by stream."""
    first: Longs
    """Where each stream begins in ``order``; one more at the end."""
    source: Ints
    target: Ints
    kind: Ints
    product: Ints
    amount: Floats
    """NaN where no flow of it has one."""
    quantity: Floats
    """NaN where there is none, or of several units."""
    unit: Ints
    confidence: Floats
    utility: Floats
    """The mean of the judged utilities, without confidence; NaN where nobody judged."""
    satisfaction: Floats
    """The mean of the judged satisfactions of streams without judged utility."""
    importance: Floats
    warnings: tuple[Warning, ...]

    def __len__(self) -> int:
        return len(self.source)

    def flow_rows(self, stream: int) -> Longs:
        """The rows, in the family ``value_flows``, of the flows of a stream."""
        return cast(Longs, self.flows.rows[self.order[self.first[stream] : self.first[stream + 1]]])


def streams_of(ecosystem: Ecosystem, parameters: Parameters) -> Streams:
    """The streams that the parameters let count."""
    key = ("streams", ecosystem.period(parameters), parameters.hypotheses, parameters.roll_up)
    return ecosystem.kept(key, lambda: _streams(ecosystem, flows_of(ecosystem, parameters)))


MOST_KEYS = 2**62


def order_of(*keys: Ints | Longs) -> Longs:
    """The places by the first key, equal ones by the next, and so on; what is equal in all stays as it is. One sort of one number where that holds all."""
    together, widths = np.zeros(len(keys[0]), np.int64), 1
    for key in keys:
        least, most = (int(key.min()), int(key.max())) if len(key) else (0, 0)
        widths *= most - least + 1
        if widths > MOST_KEYS:
            return np.lexsort(keys[::-1])
        together = together * (most - least + 1) + (key - least)
    return np.argsort(together, kind="stable")


def group_starts(*keys: Ints | Longs) -> Longs:
    """Where each run of equal keys begins (the keys are sorted); one more at the end."""
    n = len(keys[0])
    changed = np.zeros(n + 1, bool)
    changed[[0, n]] = True
    for key in keys:
        changed[1:n] |= key[1:] != key[:-1]
    return np.flatnonzero(changed) if n else np.zeros(1, np.int64)


def sums(values: Floats, first: Longs) -> Floats:
    """The sum of each group."""
    return np.add.reduceat(values, first[:-1]) if len(first) > 1 else np.zeros(0)


def present_sums(values: Floats, first: Longs) -> Floats:
    """The sum of what is there in each group; NaN where nothing is."""
    there = ~np.isnan(values)
    total = sums(np.where(there, values, 0.0), first)
    return np.where(sums(there.astype(np.float64), first) > 0, total, np.nan)


def weighted_means(values: Floats, weights: Floats, first: Longs) -> Floats:
    """The mean of each group over what is there, weighted by absolute weights; plain where one of them is missing, or all are 0."""
    there = ~np.isnan(values)
    weight = np.where(there, np.abs(weights), 0.0)
    total = sums(weight, first)
    plain = np.isnan(total) | (total == 0)
    weight = np.where(np.repeat(plain, np.diff(first)), there.astype(np.float64), weight)
    total = sums(weight, first)
    summed = sums(np.where(there, values, 0.0) * weight, first)
    return np.asarray(np.divide(summed, total, out=np.full(len(total), np.nan), where=total > 0), np.float64)


def _streams(ecosystem: Ecosystem, flows: Flows) -> Streams:
    order = order_of(flows.source, flows.target, flows.kind, flows.product)
    first = group_starts(*(key[order] for key in (flows.source, flows.target, flows.kind, flows.product)))
    amount = present_sums(flows.amount[order], first)
    refund = amount <= 0
    warnings = flows.warnings
    if refund.any():
        lost = np.repeat(refund, np.diff(first))
        warnings += (_net_refund(ecosystem, flows, order[lost], int(refund.sum())),)
        sizes = np.diff(first)[~refund]
        order, amount = order[~lost], amount[~refund]
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    return _described(ecosystem, flows, order, first, amount, warnings)


def _described(ecosystem: Ecosystem, flows: Flows, order: Longs, first: Longs, amount: Floats, warnings: tuple[Warning, ...]) -> Streams:
    facts = ecosystem.families["value_flows"]
    rows, weights, heads = flows.rows[order], flows.amount[order], order[first[:-1]]
    utility = facts.number("utility")[rows]
    satisfaction = facts.coded("grade").looked_up(SATISFACTION.__getitem__)[rows]
    level = facts.number("importance")[rows]
    importance = np.array([*IMPORTANCE, np.nan])[np.where(np.isnan(level), len(IMPORTANCE) + 1, level).astype(np.int64) - 1]
    judged = np.where(np.isnan(utility), satisfaction * importance, utility)
    quantity, unit = _quantities(ecosystem, flows, order, first)
    return Streams(
        flows,
        order,
        first,
        flows.source[heads],
        flows.target[heads],
        flows.kind[heads],
        flows.product[heads],
        amount,
        quantity,
        unit,
        weighted_means(facts.confidence[rows], weights, first),
        weighted_means(judged, weights, first),
        weighted_means(satisfaction, weights, first),
        weighted_means(importance, weights, first),
        warnings,
    )


def _quantities(ecosystem: Ecosystem, flows: Flows, order: Longs, first: Longs) -> tuple[Floats, Ints]:
    """Per stream its quantity and the code of its unit; a stream in several units has none."""
    quantity = present_sums(flows.quantity[order], first)
    codes = ecosystem.families["value_flows"].coded("unit").codes[flows.rows[order]]
    there = ~np.isnan(flows.quantity[order])
    if not len(quantity):
        return quantity, np.zeros(0, np.int32)
    lowest = np.minimum.reduceat(np.where(there, codes, np.iinfo(np.int32).max), first[:-1])
    highest = np.maximum.reduceat(np.where(there, codes, -2), first[:-1])
    return np.where((lowest == highest) & (quantity > 0), quantity, np.nan), np.where(lowest == highest, lowest, -2).astype(np.int32)


def _net_refund(ecosystem: Ecosystem, flows: Flows, places: Longs, streams: int) -> Warning:
    parties = np.unique(np.concatenate([flows.source[places], flows.target[places]]))
    facts = ecosystem.families["value_flows"].texts("id", np.sort(flows.rows[places]))
    return Warning(
        "net-refund", f"{streams} streams whose sum in the period is not above 0 are left out", tuple(facts), tuple(ecosystem.parties[p] for p in parties)
    )


def judged(streams: Streams) -> Mask:
    """Which streams have a utility that a person judged."""
    return cast(Mask, ~np.isnan(streams.utility))

"""Streams: all value flows of one giver, receiver, kind and product in a period, as one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from graph_models.arrays.grouping import ROUNDING, group_starts, order_of, present_sums, sums, weighted_means
from graph_models.arrays.types import Floats, Ints, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.flows.flow_amounts import Flows, flows_of
from graph_models.notices import Warning

SATISFACTION = {"A": 0.11, "B": 0.19, "C": 0.33, "D": 0.57, "E": 0.98}
"""How much the receiver gains, or would regret the loss (Sutherland, SM thesis, MIT 2009)."""
IMPORTANCE = (0.11, 0.33, 0.55, 0.78, 0.98)
"""How important this giver is as a source, 1 to 5."""


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams of a period, sorted by source, target, kind and product; credit notes are set off, net refunds are not among them."""

    flows: Flows
    """With the amounts that are left after the set-off."""
    order: Longs
    """Places in ``flows``, stream by stream."""
    first: Longs
    """Where each stream begins in ``order``; one more at the end."""
    source: Ints
    target: Ints
    kind: Ints
    product: Ints
    kinds: list[str]
    """What the codes of ``kind`` stand for, in order."""
    implied: Mask
    """Which streams are no facts, but what is got for money (implied_returns.py): their flows are the payments."""
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
    set_off: Longs
    """Places in ``flows`` of what was set off: it is in no stream, and has lowered the amounts of others of its pair and kind."""
    warnings: tuple[Warning, ...]

    def __len__(self) -> int:
        return len(self.source)

    def flow_rows(self, stream: int) -> Longs:
        """The rows, in the family ``value_flows``, of the flows of a stream."""
        return self.flows.rows[self.order[self.first[stream] : self.first[stream + 1]]]

    def facts_of(self, chosen: Longs, first_ref: int) -> tuple[Longs, Longs]:
        """(place in ``chosen``, number of the fact) of the flows of some streams; ``first_ref``: the number of the first value flow."""
        some = self.at(chosen)
        return np.repeat(np.arange(len(chosen)), np.diff(some.first)), self.flows.rows[some.order] + first_ref

    def at(self, chosen: Longs) -> Streams:
        """Some of the streams, in that order."""
        sizes = np.diff(self.first)[chosen]
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        places = np.repeat(self.first[:-1][chosen] - first[:-1], sizes) + np.arange(first[-1])
        columns: dict[str, Any] = {name: getattr(self, name)[chosen] for name in ALONG_STREAMS}
        return replace(self, order=self.order[places], first=first, **columns)

    def with_more(self, more: Streams) -> Streams:
        """These and other streams on the same flows and kinds, sorted; warnings are those of these."""
        columns: dict[str, Any] = {name: np.concatenate([getattr(self, name), getattr(more, name)]) for name in ALONG_STREAMS}
        both = replace(self, order=np.concatenate([self.order, more.order]), first=np.concatenate([self.first[:-1], self.first[-1] + more.first]), **columns)
        return both.at(order_of(both.source, both.target, both.kind, both.product))


ALONG_STREAMS = ("source", "target", "kind", "product", "implied", "amount", "quantity", "unit", "confidence", "utility", "satisfaction", "importance")
"""The fields of :class:`Streams` that have one entry a stream."""


def streams_of(ecosystem: Ecosystem, parameters: Parameters) -> Streams:
    """The recorded streams that the parameters let count. With the implied ones: :func:`implied_returns.exchanges_of`."""
    key = ("streams", ecosystem.period(parameters), parameters.hypotheses, parameters.roll_up)
    return ecosystem.kept(key, lambda: _streams(ecosystem, flows_of(ecosystem, parameters)))


def parts_left(amount: Floats, group: Longs) -> Floats:
    """Which part of each amount is left when the negative amounts of its group are set off against the positive ones, in proportion.

    0 for a negative amount, and for all of a group whose sum is not above 0 (to 12 digits); 1 for what has no amount.
    """
    positive = np.bincount(group, np.where(amount > 0, amount, 0.0))
    total = np.bincount(group, np.nan_to_num(amount))
    left = np.divide(total, positive, out=np.zeros(len(total)), where=total > ROUNDING * positive)
    return np.asarray(np.where(np.isnan(amount), 1.0, np.where(amount > 0, left[group], 0.0)), np.float64)


def _streams(ecosystem: Ecosystem, flows: Flows) -> Streams:
    order = order_of(flows.source, flows.target, flows.kind, flows.product)
    first = group_starts(*(key[order] for key in (flows.source, flows.target, flows.kind, flows.product)))
    amount = present_sums(flows.amount[order], first)
    warnings, set_off = flows.warnings, np.zeros(0, np.int64)
    if (flows.amount <= 0).any():
        amount = np.where(np.abs(amount) <= ROUNDING * sums(np.nan_to_num(np.abs(flows.amount[order])), first), 0.0, amount)
        pairs = group_starts(*(key[order[first[:-1]]] for key in (flows.source, flows.target, flows.kind)))
        left = parts_left(amount, np.repeat(np.arange(len(pairs) - 1), np.diff(pairs)))
        lost, sizes = left == 0, np.diff(first)
        refunded = np.repeat(_all_of(lost | np.isnan(amount), pairs), sizes)
        set_off = order[np.repeat(lost, sizes) & ~refunded]
        warnings += _listed(ecosystem, flows, set_off, order[np.repeat(lost, sizes) & refunded])
        scaled = flows.amount.copy()
        scaled[order] *= np.repeat(left, sizes)
        flows, order = flows._replace(amount=scaled), order[np.repeat(~lost, sizes)]
        amount = (amount * left)[~lost]
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes[~lost])])
    return _described(ecosystem, flows, order, first, amount, set_off, warnings)


def _all_of(flags: Mask, first: Longs) -> Mask:
    """Along the members of groups: do the flags hold for all of the group?"""
    return np.repeat(np.logical_and.reduceat(flags, first[:-1]), np.diff(first))


def _listed(ecosystem: Ecosystem, flows: Flows, set_off: Longs, refunded: Longs) -> tuple[Warning, ...]:
    return (
        *_listed_as(ecosystem, flows, set_off, "set-off", "are set off against what else the pair gave of the kind"),
        *_listed_as(ecosystem, flows, refunded, "net-refund", "are left out: what their pair gave of the kind is not above 0 in the period"),
    )


def _listed_as(ecosystem: Ecosystem, flows: Flows, places: Longs, code: str, what: str) -> tuple[Warning, ...]:
    if not len(places):
        return ()
    parties = np.unique(np.concatenate([flows.source[places], flows.target[places]]))
    facts = ecosystem.families["value_flows"].texts("id", np.sort(flows.rows[places]))
    return (Warning(code, f"{len(facts)} flows {what}", tuple(facts), tuple(ecosystem.parties[party] for party in parties)),)


def _described(ecosystem: Ecosystem, flows: Flows, order: Longs, first: Longs, amount: Floats, set_off: Longs, warnings: tuple[Warning, ...]) -> Streams:
    facts = ecosystem.families["value_flows"]
    rows, weights, heads = flows.rows[order], flows.amount[order], order[first[:-1]]
    utility = facts.number("utility")[rows]
    satisfaction = facts.coded("grade").looked_up(SATISFACTION.__getitem__)[rows]
    level = facts.number("importance")[rows]
    importance = np.array([*IMPORTANCE, np.nan])[np.where(np.isnan(level), len(IMPORTANCE) + 1, level).astype(np.int64) - 1]
    judged = np.where(np.isnan(utility), satisfaction * importance, utility)
    quantity, unit = _quantities(ecosystem, flows, order, first)
    return Streams(
        flows=flows,
        order=order,
        first=first,
        source=flows.source[heads],
        target=flows.target[heads],
        kind=flows.kind[heads],
        product=flows.product[heads],
        kinds=facts.coded("kind").texts,
        implied=np.zeros(len(heads), bool),
        amount=amount,
        quantity=quantity,
        unit=unit,
        confidence=weighted_means(facts.confidence[rows], weights, first),
        utility=weighted_means(judged, weights, first),
        satisfaction=weighted_means(satisfaction, weights, first),
        importance=weighted_means(importance, weights, first),
        set_off=set_off,
        warnings=warnings,
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


def judged(streams: Streams) -> Mask:
    """Which streams have a utility that a person judged."""
    return cast(Mask, ~np.isnan(streams.utility))

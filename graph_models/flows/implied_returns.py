"""Implied returns: who pays for goods or services gets them, also where only the money is recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from graph_models.arrays.grouping import group_starts, order_of, sums, weighted_means
from graph_models.arrays.types import Floats, Ints, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.flows.deliveries import deliveries_of
from graph_models.flows.streams import Streams, judged, parts_left, streams_of
from graph_models.records.validation import NOTHING

NO_UNIT = -2


def exchanges_of(ecosystem: Ecosystem, parameters: Parameters) -> Streams:
    """The recorded streams and, unless ``implied_returns`` is false, the implied ones among them.

    A pair u, v whose money v -> u enters Z has an implied stream u -> v for each ``in_return_for`` (absent: goods) and product of that money, with its
    amount and confidence. It has none of a kind that is recorded u -> v (of goods and services: none where either is), and none at all where a
    stream between the two, in either direction, was judged: people described this pair. The flows of an implied stream are the payments.
    """
    if not parameters.implied_returns:
        return streams_of(ecosystem, parameters)
    key = ("exchanges", ecosystem.period(parameters), parameters.hypotheses, parameters.roll_up, parameters.basis, parameters.in_return_for)
    return ecosystem.kept(key, lambda: _exchanges(ecosystem, parameters))


class _Payments(NamedTuple):
    """Flows of money that entered Z, by what they imply."""

    places: Longs
    """In ``Streams.flows``."""
    giver: Ints
    """Of the implied stream: who was paid."""
    receiver: Ints
    kind: Ints
    """Place in the kinds of all exchanges."""
    product: Ints

    def keys(self) -> tuple[Ints, Ints, Ints, Ints]:
        return self.giver, self.receiver, self.kind, self.product

    def only(self, chosen: Mask | Longs) -> _Payments:
        return _Payments(self.places[chosen], self.giver[chosen], self.receiver[chosen], self.kind[chosen], self.product[chosen])


def _exchanges(ecosystem: Ecosystem, parameters: Parameters) -> Streams:
    recorded = streams_of(ecosystem, parameters)
    payments, kinds = _payments(ecosystem, parameters, recorded)
    if kinds != recorded.kinds:
        recorded = replace(recorded, kind=np.array(list(map(kinds.index, recorded.kinds)), np.int32)[recorded.kind], kinds=kinds)
    payments = payments.only(_undescribed(ecosystem, recorded, payments))
    if not len(payments.places):
        return recorded
    return recorded.with_more(_implied(ecosystem, recorded, payments))


def _payments(ecosystem: Ecosystem, parameters: Parameters, streams: Streams) -> tuple[_Payments, list[str]]:
    """The payments between two parties, and the kinds of value that are recorded or implied."""
    facts, flows, vocabulary = ecosystem.families["value_flows"], streams.flows, ecosystem.vocabulary
    places = deliveries_of(ecosystem, parameters.with_(product=None)).flows
    paid = vocabulary.kinds_that_mean("value_kinds", "payment")
    silent = vocabulary.kinds_that_mean("value_kinds", "aside", "payment") | {NOTHING}
    returned = facts.coded("in_return_for")
    money = facts.coded("kind").flags(paid.__contains__)[flows.rows[places]] & (flows.source[places] != flows.target[places])
    places = places[money & ~returned.flags(silent.__contains__)[flows.rows[places]]]
    texts = [*returned.texts, vocabulary.plain_return]
    codes = returned.codes[flows.rows[places]]
    kinds = sorted({*streams.kinds, *(texts[code] for code in np.unique(codes).tolist())})
    kind = np.array([kinds.index(text) if text in kinds else -1 for text in texts], np.int32)[codes]
    return _Payments(places, flows.target[places], flows.source[places], kind, flows.product[places]), kinds


def _undescribed(ecosystem: Ecosystem, streams: Streams, payments: _Payments) -> Mask:
    """Which payments imply a return: nobody judged a stream of their pair, and none of its kind is recorded."""
    n, count = np.int64(len(ecosystem.parties)), np.int64(len(streams.kinds))
    described = judged(streams)
    low, high = np.minimum(streams.source, streams.target)[described], np.maximum(streams.source, streams.target)[described]
    pair = np.minimum(payments.giver, payments.receiver) * n + np.maximum(payments.giver, payments.receiver)
    trade = ecosystem.vocabulary.kinds_that_mean("value_kinds", "trade")
    alike = np.arange(count)
    traded = [place for place, kind in enumerate(streams.kinds) if kind in trade]
    alike[traded] = min(traded, default=0)
    given = (streams.source * n + streams.target) * count + alike[streams.kind]
    implied = (payments.giver * n + payments.receiver) * count + alike[payments.kind]
    return ~np.isin(pair, np.unique(low * n + high)) & ~np.isin(implied, np.unique(given))


def _implied(ecosystem: Ecosystem, streams: Streams, payments: _Payments) -> Streams:
    """One stream a giver, receiver, kind and product; where some of a pair's are negative, they are set off as credit notes are."""
    payments = payments.only(order_of(*payments.keys()))
    first = group_starts(*payments.keys())
    heads = payments.only(first[:-1])
    weights = streams.flows.amount[payments.places]
    amount = sums(weights, first)
    pairs = group_starts(heads.giver, heads.receiver)
    amount = amount * parts_left(amount, np.repeat(np.arange(len(pairs) - 1), np.diff(pairs)))
    confidence = weighted_means(ecosystem.families["value_flows"].confidence[streams.flows.rows[payments.places]], weights, first)
    nothing: Floats = np.full(len(amount), np.nan)
    made = Streams(
        flows=streams.flows,
        order=payments.places,
        first=first,
        source=heads.giver,
        target=heads.receiver,
        kind=heads.kind,
        product=heads.product,
        kinds=streams.kinds,
        implied=np.ones(len(amount), bool),
        amount=amount,
        quantity=nothing,
        unit=np.full(len(amount), NO_UNIT, np.int32),
        confidence=confidence,
        utility=nothing,
        satisfaction=nothing,
        importance=nothing,
        set_off=streams.set_off,
        warnings=(),
    )
    return made.at(np.flatnonzero(amount > 0))

"""What each stream is worth to its receiver: the share it has in what the receiver gets, and its utility, judged or computed."""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np

from graph_models.arrays.grouping import group_starts, order_of, present_sums, weighted_means
from graph_models.arrays.types import Floats, Ints, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import roll_up_of
from graph_models.flows.deliveries import Deliveries, deliveries_of
from graph_models.flows.implied_returns import exchanges_of
from graph_models.flows.streams import SATISFACTION, Streams, judged

NO_SHARE = 0.2
"""Importance, and weight in influence, of what has no share; also the most that an immaterial share may be."""
PLAIN_SATISFACTION = SATISFACTION["D"]
"""Of a receiver that was never asked."""
SCALE = {"csat": 5.0, "nps": 10.0}


class Utilities(NamedTuple):
    """Along the exchanges: ``share`` (NaN: none), ``utility`` with confidence, and whether a person judged it."""

    share: Floats
    utility: Floats
    judged: Mask


class PairShares(NamedTuple):
    """Along pairs and kinds of value: ``first`` stream of each (one more at the end), its share (NaN: none) and confidence."""

    first: Longs
    share: Floats
    confidence: Floats


def utilities_of(ecosystem: Ecosystem, parameters: Parameters) -> Utilities:
    """The utility of every stream; :func:`graphs.graph_of` leaves computed ones out where only judged ones are asked for."""
    return ecosystem.kept(("utilities", *_key(ecosystem, parameters)), lambda: _utilities(ecosystem, parameters))


def pair_shares_of(ecosystem: Ecosystem, parameters: Parameters) -> PairShares:
    """The share of each pair in each kind of value that the receiver gets."""
    return ecosystem.kept(("pair_shares", *_key(ecosystem, parameters)), lambda: _pair_shares(ecosystem, parameters))


def _key(ecosystem: Ecosystem, parameters: Parameters) -> tuple[object, ...]:
    flows = ecosystem.period(parameters), parameters.hypotheses, parameters.roll_up, parameters.basis, parameters.in_return_for
    return *flows, parameters.implied_returns, parameters.materiality


def _utilities(ecosystem: Ecosystem, parameters: Parameters) -> Utilities:
    streams = exchanges_of(ecosystem, parameters)
    amount = resolved_amounts(ecosystem, parameters, streams)
    by_amount = _material(_part(amount, _groups(streams), streams), amount, streams.target, _received(ecosystem, amount, streams), parameters)
    share = np.where(np.isnan(amount), _part(streams.quantity, _groups(streams, streams.unit), streams), by_amount)
    importance = np.where(np.isnan(streams.importance), np.where(np.isnan(share), NO_SHARE, share), streams.importance)
    answered = survey_satisfaction(ecosystem, parameters, streams)
    satisfaction = np.where(np.isnan(streams.satisfaction), np.where(np.isnan(answered), PLAIN_SATISFACTION, answered), streams.satisfaction)
    by_person = judged(streams)
    utility = np.where(by_person, streams.utility, importance * satisfaction) * streams.confidence
    return Utilities(share, utility, by_person)


def resolved_amounts(ecosystem: Ecosystem, parameters: Parameters, streams: Streams) -> Floats:
    """The amounts that shares are made of: a stream that is not money and has none takes its part of what the receiver pays the giver."""
    payment = ecosystem.vocabulary.kinds_that_mean("value_kinds", "payment")
    money = np.array([kind in payment for kind in streams.kinds] or [False], bool)[streams.kind]
    lacking = np.flatnonzero(np.isnan(streams.amount) & ~money & (streams.source != streams.target))
    if not len(lacking):
        return streams.amount
    n = np.int64(len(ecosystem.parties))
    pair, which, streams_of_pair = np.unique(streams.source[lacking] * n + streams.target[lacking], return_inverse=True, return_counts=True)
    paid = _looked_up(deliveries_of(ecosystem, parameters.with_(product=None)), pair, n)
    amount = streams.amount.copy()
    amount[lacking] = (paid / streams_of_pair)[which]
    return amount


def _received(ecosystem: Ecosystem, amount: Floats, streams: Streams) -> Floats:
    """Per party all that it receives from others with an amount, of every kind."""
    counts = ~np.isnan(amount) & (streams.source != streams.target)
    return np.bincount(streams.target[counts], amount[counts], len(ecosystem.parties)).astype(np.float64, copy=False)


def _material(share: Floats, amount: Floats, receiver: Ints, received: Floats, parameters: Parameters) -> Floats:
    """Shares that are at most ``max(.2, amount / (materiality x all that the receiver gets))``.

    Who alone gives a kind of value that hardly weighs is no sole source of anything that matters.
    """
    if parameters.materiality == 0:
        return share
    with np.errstate(invalid="ignore", divide="ignore"):
        weighs = amount / (parameters.materiality * received[receiver])
    return np.asarray(np.where(share > NO_SHARE, np.minimum(share, np.fmax(NO_SHARE, weighs)), share), np.float64)


def _looked_up(deliveries: Deliveries, pairs: Longs, n: np.int64) -> Floats:
    known = deliveries.source * n + deliveries.target
    place = np.searchsorted(known, pairs)
    inside = np.flatnonzero(place < len(known))
    inside = inside[known[place[inside]] == pairs[inside]]
    answer = np.full(len(pairs), np.nan)
    answer[inside] = deliveries.value[place[inside]]
    return answer


def _groups(streams: Streams, unit: Ints | None = None) -> Longs:
    """A number for each receiver and kind (and unit) of the streams."""
    keys = [streams.target, streams.kind] if unit is None else [streams.target, streams.kind, unit]
    order = order_of(*keys)
    first = group_starts(*(key[order] for key in keys))
    answer = np.zeros(len(streams), np.int64)
    answer[order] = np.repeat(np.arange(len(first) - 1), np.diff(first))
    return answer


def _part(values: Floats, group: Longs, streams: Streams) -> Floats:
    """Each value over the sum of its group, as received from others."""
    counts = ~np.isnan(values) & (streams.source != streams.target)
    total = np.bincount(group[counts], values[counts], minlength=int(group.max(initial=0)) + 1)[group]
    return np.asarray(np.divide(values, total, out=np.full(len(values), np.nan), where=counts & (total > 0)), np.float64)


def _pair_shares(ecosystem: Ecosystem, parameters: Parameters) -> PairShares:
    """The share of a pair is that of all its streams of the kind together, products summed: so is its materiality."""
    streams = exchanges_of(ecosystem, parameters)
    first = group_starts(streams.source, streams.target, streams.kind)
    if not len(streams):
        return PairShares(first, np.zeros(0), np.zeros(0))
    amount = resolved_amounts(ecosystem, parameters, streams)
    facts, flows = ecosystem.families["value_flows"], streams.flows
    confidence = weighted_means(facts.confidence[flows.rows[streams.order]], flows.amount[streams.order], streams.first[first])
    share = present_sums(_part(amount, _groups(streams), streams), first)
    share = _material(share, present_sums(amount, first), streams.target[first[:-1]], _received(ecosystem, amount, streams), parameters)
    by_quantity = present_sums(_part(streams.quantity, _groups(streams, streams.unit), streams), first)
    there = ~np.isnan(streams.quantity)
    lowest = np.minimum.reduceat(np.where(there, streams.unit, np.iinfo(np.int32).max), first[:-1])
    one_unit = lowest == np.maximum.reduceat(np.where(there, streams.unit, -2), first[:-1])
    return PairShares(first, np.where(np.isnan(share) & one_unit, by_quantity, share), confidence)


def survey_satisfaction(ecosystem: Ecosystem, parameters: Parameters, streams: Streams) -> Floats:
    """Per stream the receiver's latest CSAT or NPS toward the giver as a part of its scale, NaN where it never answered."""
    facts = ecosystem.families["touchpoints"]
    measure = facts.coded("measure")
    scale = measure.looked_up(lambda text: SCALE.get(text, np.nan))
    asked = ~np.isnan(scale) & ~np.isnan(facts.number("value")) & (facts.start <= ecosystem.as_of)
    if not parameters.hypotheses:
        asked &= ~facts.hypothesis
    source, target, left = roll_up_of(ecosystem, parameters).ends(facts.source, facts.target)
    rows = np.flatnonzero(asked & left)
    if not len(rows) or not len(streams):
        return np.full(len(streams), np.nan)
    n = np.int64(len(ecosystem.parties))
    csat = measure.flags("csat".__eq__)[rows]
    pair = source[rows] * n + target[rows]
    order = np.lexsort((rows, csat, facts.start[rows], pair))
    latest = order[group_starts(pair[order])[1:] - 1]
    known, value = pair[latest], (facts.number("value") / scale)[rows[latest]]
    wanted = streams.target * n + streams.source
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return cast(Floats, np.where(known[place] == wanted, value[place], np.nan))

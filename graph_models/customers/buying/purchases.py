"""Purchases: on which days a party bought of the focal party, and for how much (customers.md section 2)."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np

from graph_models.arrays.grouping import group_starts, order_of, sums
from graph_models.arrays.types import Floats, Ints, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.focal_facts import touchpoints_of
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.flows.deliveries import paid_flows
from graph_models.flows.flow_amounts import base_amounts, flows_of
from graph_models.metrics.focal import place_of
from graph_models.notices import Warning
from graph_models.records.dates import FIRST_DAY, Period

NO_PURCHASES = "no-purchases"


class Purchases(NamedTuple):
    """The purchase days of all parties, sorted by party, then by day; each day once, with its net amount, which is above 0."""

    party: Longs
    day: Longs
    amount: Floats
    first: Longs
    """Per party where its days begin; one more at the end."""
    facts: Longs
    """The numbers of the facts of all days."""
    facts_first: Longs
    """Per day where its facts begin; one more at the end."""
    net: Floats
    """Per party all that it paid, also what has no day; NaN where nothing did."""
    until: int
    """The last day of the period."""
    warnings: tuple[Warning, ...]

    @property
    def days(self) -> Longs:
        """Per party how many purchase days it has."""
        return np.diff(self.first)

    @property
    def last(self) -> Longs:
        """Per party its last purchase day; 0 where there is none."""
        return self._at(self.first[1:] - 1)

    @property
    def earliest(self) -> Longs:
        """Per party its first purchase day; 0 where there is none."""
        return self._at(self.first[:-1])

    def _at(self, places: Longs) -> Longs:
        return np.where(self.days > 0, np.append(self.day, 0)[np.clip(places, 0, len(self.day))], 0)

    def facts_of(self, place: int) -> Longs:
        """The numbers of the facts of one party's purchases."""
        return self.facts[self.facts_first[self.first[place]] : self.facts_first[self.first[place + 1]]]


def purchase_period(ecosystem: Ecosystem, parameters: Parameters) -> Period:
    """The days that count: those of the period that was asked for, else all up to ``as_of``."""
    return Period(FIRST_DAY, ecosystem.as_of + 1) if parameters.period is None else Period(*parameters.period)


def purchases_of(ecosystem: Ecosystem, parameters: Parameters) -> Purchases | None:
    """The purchases of the focal party's, or of ``toward``'s, customers; ``None`` where there is nobody to buy of. Made once for the same parameters."""
    toward = focal_of(ecosystem, parameters)
    if parameters.toward is not None:
        toward = int(roll_up_of(ecosystem, parameters).counts_as[place_of(ecosystem, parameters.toward, "toward")])
    if toward is None:
        return None
    period, seller = purchase_period(ecosystem, parameters), toward
    max_days = parameters.rules.purchases.max_days
    return ecosystem.kept(("purchases", *purchases_key(ecosystem, parameters)), lambda: _purchases(ecosystem, parameters, period, seller, max_days))


def purchases_key(ecosystem: Ecosystem, parameters: Parameters) -> tuple[Hashable, ...]:
    """What purchases, and all that is made of them alone, depend on."""
    period, max_days = purchase_period(ecosystem, parameters), parameters.rules.purchases.max_days
    return period, parameters.toward, max_days, parameters.hypotheses, parameters.roll_up, parameters.in_return_for


class _Payments(NamedTuple):
    """Payments to one party: who paid, on which day (0: on none), how much, and by which fact."""

    party: Longs
    day: Longs
    amount: Floats
    facts: Longs


def _purchases(ecosystem: Ecosystem, parameters: Parameters, period: Period, seller: int, max_days: int) -> Purchases:
    n = len(ecosystem.parties)
    paid = _paid(ecosystem, parameters, period, seller, max_days)
    pays = np.zeros(n, bool)
    pays[paid.party] = True
    ordered = _ordered(ecosystem, parameters, period, seller, pays)
    both = _Payments(*(np.concatenate([left, right]) for left, right in zip(paid, ordered, strict=True)))
    net = np.full(n, np.nan)
    counted = np.unique(both.party)
    net[counted] = np.bincount(both.party, both.amount, n)[counted]
    coarse = both.day == 0
    dated = np.flatnonzero(~coarse)
    dated = dated[order_of(both.party[dated], both.day[dated])]
    starts = group_starts(both.party[dated], both.day[dated])
    total = sums(both.amount[dated], starts)
    bought = total > 0
    heads = dated[starts[:-1][bought]]
    inside = np.repeat(bought, np.diff(starts))
    sizes = np.diff(starts)[bought]
    party = both.party[heads]
    return Purchases(
        party,
        both.day[heads],
        total[bought],
        np.searchsorted(party, np.arange(n + 1)).astype(np.int64),
        both.facts[dated[inside]],
        np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]),
        net,
        period.end - 1,
        _coarse_warning(ecosystem, both, coarse),
    )


def _paid(ecosystem: Ecosystem, parameters: Parameters, period: Period, seller: int, max_days: int) -> _Payments:
    """The money that the basis ``money`` counts; what is for a long or unknown time has no day."""
    facts = ecosystem.families["value_flows"]
    flows = flows_of(ecosystem, parameters.with_(period=(period.start, period.end)))
    places = np.flatnonzero((flows.target == seller) & (flows.source != seller) & ~np.isnan(flows.amount) & paid_flows(ecosystem, parameters, flows.rows))
    rows = flows.rows[places]
    start, days = facts.start[rows].astype(np.int64), facts.event_end[rows].astype(np.int64) - facts.start[rows]
    day = np.where((start > FIRST_DAY) & (days <= max_days), start, 0)
    counts = (day == 0) | (day >= period.start)  # a short one that began before the period is a purchase of that time
    return _Payments(flows.source[places][counts].astype(np.int64), day[counts], flows.amount[places][counts], facts.first_ref + rows[counts])


def _ordered(ecosystem: Ecosystem, parameters: Parameters, period: Period, seller: int, pays: Mask) -> _Payments:
    """The orders with an amount of those of whom no payment is recorded."""
    facts, rows = ecosystem.families["touchpoints"], touchpoints_of(ecosystem, parameters, period)
    rows = rows[ecosystem.means("touchpoints", "order")[rows]]
    source, target, left = roll_up_of(ecosystem, parameters).ends(facts.source[rows], facts.target[rows])
    told = left & (target == seller) & (source != seller) & ~pays[source]
    rows, source = rows[told], source[told]
    amount, _ = base_amounts(ecosystem, "touchpoints", rows)
    known = ~np.isnan(amount)
    rows = rows[known]
    return _Payments(source[known].astype(np.int64), facts.start[rows].astype(np.int64), amount[known], facts.first_ref + rows)


def _coarse_warning(ecosystem: Ecosystem, payments: _Payments, coarse: Mask) -> tuple[Warning, ...]:
    if not coarse.any():
        return ()
    payers = np.unique(payments.party[coarse]).tolist()
    message = f"{int(coarse.sum())} payments of {len(payers)} parties are for long or unknown times: they count as amounts, and on no day"
    return (Warning("coarse-dates", message, tuple(sorted(ecosystem.fact_ids(payments.facts[coarse]))), tuple(ecosystem.parties[place] for place in payers)),)


def gaps_of(purchases: Purchases) -> tuple[Longs, Ints]:
    """(party, days) of each gap between two purchase days of a party, in their order."""
    same = purchases.party[1:] == purchases.party[:-1]
    return purchases.party[1:][same], np.diff(purchases.day)[same].astype(np.int32)

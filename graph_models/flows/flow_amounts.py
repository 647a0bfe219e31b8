"""What flowed in a period: value flows with their amounts in base currency, each with the share of its days that lies in the period."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.arrays.types import Floats, Ints, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import roll_up_of
from graph_models.notices import Warning
from graph_models.records.dates import FIRST_DAY, OPEN, Period

NO_RATE = "no-rate"
LARGEST, SMALLEST = 1e280, 1e-280
"""Floats could not add up larger amounts (no record may say them, columns may), nor divide by smaller ones (a rate can make them): they are
left out and listed."""


class Flows(NamedTuple):
    """The value flows of a period after the roll-up, in the order of their ids."""

    rows: Longs
    """Their places in the family ``value_flows``."""
    source: Ints
    target: Ints
    kind: Ints
    product: Ints
    """-1: none."""
    amount: Floats
    """In base currency, by the share of days; NaN where there is none or no rate."""
    quantity: Floats
    no_rate: Mask
    """Which have an amount that no rate converts."""
    warnings: tuple[Warning, ...]


def flows_of(ecosystem: Ecosystem, parameters: Parameters) -> Flows:
    """The flows that the parameters let count."""
    period = ecosystem.period(parameters)
    key = ("flows", period, parameters.hypotheses, parameters.roll_up)
    return ecosystem.kept(key, lambda: _flows(ecosystem, parameters, period))


def _flows(ecosystem: Ecosystem, parameters: Parameters, period: Period) -> Flows:
    facts = ecosystem.families["value_flows"]
    counts = (facts.start < period.end) & (facts.event_end > period.start)
    if not parameters.hypotheses:
        counts &= ~facts.hypothesis
    source, target, left = roll_up_of(ecosystem, parameters).ends(facts.source, facts.target)
    rows = np.flatnonzero(counts & left)
    share = share_of_days(facts.start[rows], facts.event_end[rows], period)
    whole, no_rate = base_amounts(ecosystem, "value_flows", rows)
    quantity = facts.number("quantity")[rows]
    extreme = _left_out(whole) | _left_out(quantity)
    return Flows(
        rows,
        source[rows],
        target[rows],
        facts.coded("kind").codes[rows],
        facts.coded("product").codes[rows],
        whole * share,
        quantity * share,
        no_rate,
        no_rate_warning(ecosystem, "value_flows", rows[no_rate]) + _extreme_warning(ecosystem, rows[extreme]) + _open_end_warning(ecosystem, period),
    )


def without_rate(ecosystem: Ecosystem, parameters: Parameters) -> Mask:
    """Per party: does it have flows with others in the period, and were all of them left out for want of a rate? It has no metric of value flow (no-rate)."""
    flows = flows_of(ecosystem, parameters)
    if not flows.no_rate.any():
        return np.zeros(len(ecosystem.parties), bool)
    other = flows.source != flows.target
    ends = np.concatenate([flows.source[other], flows.target[other]])
    lost = np.tile(flows.no_rate[other], 2)
    n = len(ecosystem.parties)
    return np.asarray((np.bincount(ends[lost], minlength=n) > 0) & (np.bincount(ends[~lost], minlength=n) == 0), bool)


def _left_out(values: Floats) -> Mask:
    """Makes what floats cannot add up or divide NaN, and says where that was."""
    size = np.abs(values)
    extreme = (size > LARGEST) | ((size < SMALLEST) & (size > 0))
    values[extreme] = np.nan
    return np.asarray(extreme, bool)


def _extreme_warning(ecosystem: Ecosystem, rows: Longs) -> tuple[Warning, ...]:
    if not len(rows):
        return ()
    message = f"{len(rows)} flows have an amount or quantity above {LARGEST:g} or below {SMALLEST:g}: it is left out of sums"
    return (Warning("extreme-amount", message, tuple(ecosystem.families["value_flows"].texts("id", rows))),)


def _open_end_warning(ecosystem: Ecosystem, period: Period) -> tuple[Warning, ...]:
    """Also those that began before the period are listed: they do not count in it, which not everybody expects."""
    facts = ecosystem.families["value_flows"]
    if not facts.open_ended.any():
        return ()
    rows = np.flatnonzero(facts.open_ended & (facts.start < period.end))
    message = f"{len(rows)} flows have an open end: each counts whole on its first day"
    return (Warning("open-end", message, tuple(facts.texts("id", rows))),) if len(rows) else ()


def share_of_days(start: Ints, end: Ints, period: Period) -> Floats:
    """The share of each fact's days that lies in the period; 1 where its start or its end is not known."""
    days = np.minimum(end, period.end).astype(np.int64) - np.maximum(start, period.start)
    share = days / (end.astype(np.int64) - start)
    return np.asarray(np.where((start <= FIRST_DAY) | (end >= OPEN), 1.0, share), np.float64)


def base_amounts(ecosystem: Ecosystem, family: str, rows: Longs) -> tuple[Floats, Mask]:
    """The whole amounts of facts in base currency, and which of them lack a rate (their amount is NaN).

    The newest rate not after a fact's first day converts it; a fact without a first day takes the newest at ``as_of``.
    An amount without a currency is in base currency.
    """
    facts = ecosystem.families[family]
    amount = facts.number("amount")[rows]
    currency = facts.coded("currency")
    codes = currency.codes[rows]
    foreign = ~np.isnan(amount) & (codes >= 0) & ~currency.flags(ecosystem.base_currency.__eq__)[rows]
    if not foreign.any():
        return amount, foreign
    first_day = np.where(facts.start[rows] <= FIRST_DAY, ecosystem.as_of, facts.start[rows])
    amount = amount.copy()
    for code in np.unique(codes[foreign]).tolist():
        days, rates = _rates(ecosystem, currency.texts[code])
        of = np.flatnonzero(foreign & (codes == code))
        newest = np.searchsorted(days, first_day[of], side="right") - 1
        with np.errstate(over="ignore"):
            amount[of] = np.where(newest >= 0, amount[of] * np.append(rates, np.nan)[newest], np.nan)
    return amount, foreign & np.isnan(amount)


def _rates(ecosystem: Ecosystem, currency: str) -> tuple[Longs, Floats]:
    """First days, in order, and rates of a currency into the base currency."""
    table = ecosystem.columns["exchange_rates"]
    rows = [
        (day, rate)
        for base, other, day, rate in zip(
            table["kind"].to_pylist(), table["currency"].to_pylist(), table["valid_from"].to_pylist(), table["value"].to_pylist(), strict=True
        )
        if base == ecosystem.base_currency and other == currency
    ]
    rows.sort()
    return np.array([day for day, _ in rows], np.int64), np.array([rate for _, rate in rows], np.float64)


def no_rate_warning(ecosystem: Ecosystem, family: str, rows: Longs) -> tuple[Warning, ...]:
    """The facts whose amounts no rate converts, listed."""
    if not len(rows):
        return ()
    facts = ecosystem.families[family]
    currencies = facts.coded("currency")
    missing = ", ".join(currencies.texts[code] for code in np.unique(currencies.codes[rows]).tolist())
    return (
        Warning(
            NO_RATE,
            f"{len(rows)} amounts are left out of sums: no rate from {missing} into {ecosystem.base_currency} on their first day",
            tuple(facts.texts("id", rows)),
        ),
    )

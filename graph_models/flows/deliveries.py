"""Z: the money value that each party delivered to each other in a period (metrics.md section 1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from graph_models.arrays.grouping import group_starts, order_of, sums
from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.flows.flow_amounts import Flows
from graph_models.flows.streams import Streams, streams_of
from graph_models.notices import Warning
from graph_models.records.validation import NOTHING


class Entries(NamedTuple):
    """Deliveries of one product each: a code of the value flows' products, -1 where none is named."""

    source: Longs
    target: Longs
    product: Longs
    value: Floats


@dataclass(frozen=True)
class Deliveries:
    """One entry a pair: ``source`` delivered ``value`` to ``target``. Sorted by source, target; a party may deliver to itself."""

    source: Longs
    target: Longs
    value: Floats
    first: Longs
    """Where the flows of each pair begin in ``flows``; one more at the end."""
    flows: Longs
    """Places in ``Streams.flows`` of what the values are sums of."""
    traded: Flows
    """The flows themselves."""
    warnings: tuple[Warning, ...]

    @cached_property
    def undivided(self) -> Entries:
        """As if all were one product."""
        return Entries(self.source, self.target, np.full(len(self.source), -1, np.int64), self.value)

    @cached_property
    def by_product(self) -> Entries:
        """Each pair's value by product. Of what a pair's sum holds, a product whose own sum is not above 0 is set off against the others in proportion."""
        product = self.traded.product[self.flows].astype(np.int64)
        pair = np.repeat(np.arange(len(self.source)), np.diff(self.first))
        if (product == product[:1]).all():
            return self.undivided._replace(product=np.full(len(self.source), product[0] if len(product) else -1, np.int64))
        order = order_of(pair, product)
        first = group_starts(pair[order], product[order])
        heads = order[first[:-1]]
        pair, product, value = pair[heads], product[heads], sums(self.traded.amount[self.flows[order]], first)
        if (refund := value <= 0).any():
            pair, product, value = pair[~refund], product[~refund], value[~refund]
            value = value * (self.value / np.bincount(pair, value, len(self.value)))[pair]
        return Entries(self.source[pair], self.target[pair], product, value)


def deliveries_of(ecosystem: Ecosystem, parameters: Parameters) -> Deliveries:
    """Z by the basis, and (where one is named) of one product only."""
    key = (
        "deliveries",
        ecosystem.period(parameters),
        parameters.hypotheses,
        parameters.roll_up,
        parameters.basis,
        parameters.in_return_for,
        parameters.product,
    )
    return ecosystem.kept(key, lambda: _deliveries(ecosystem, parameters, streams_of(ecosystem, parameters)))


def _deliveries(ecosystem: Ecosystem, parameters: Parameters, streams: Streams) -> Deliveries:
    flows = streams.flows
    places = np.sort(streams.order)
    places = places[~np.isnan(flows.amount[places])]
    if parameters.product is not None:
        products = ecosystem.families["value_flows"].coded("product")
        code = products.texts.index(parameters.product) if parameters.product in products.texts else -2
        places = places[flows.product[places] == code]
    paid, traded = paid_flows(ecosystem, parameters, flows.rows), ecosystem.means("value_flows", "trade")[flows.rows]
    payments, goods = places[paid[places]], places[traded[places]]
    n = np.int64(len(ecosystem.parties))
    by_money = _pairs(flows.target[payments] * n + flows.source[payments], payments, flows.amount)
    by_goods = _pairs(flows.source[goods] * n + flows.target[goods], goods, flows.amount)
    pair, value, first, chosen = _joined(parameters.basis, by_money, by_goods)
    warnings = streams.warnings
    if (refund := value <= 0).any():
        lost = np.repeat(refund, np.diff(first))
        warnings += (_net_refund(ecosystem, flows.rows[chosen[lost]], pair[refund], n),)
        sizes = np.diff(first)[~refund]
        pair, value, chosen = pair[~refund], value[~refund], chosen[~lost]
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    return Deliveries(pair // n, pair % n, value, first, chosen, flows, warnings)


def paid_flows(ecosystem: Ecosystem, parameters: Parameters, rows: Longs) -> Mask:
    """Per row: is it money for goods, services, knowledge ...? What is paid for equity, fees, loans or nothing is only where it is asked for."""
    facts = ecosystem.families["value_flows"]
    aside = ecosystem.vocabulary.kinds_that_mean("value_kinds", "aside", "payment") | {NOTHING}
    aside -= set(parameters.in_return_for)
    return np.asarray(ecosystem.means("value_flows", "payment")[rows] & ~facts.coded("in_return_for").flags(aside.__contains__)[rows], bool)


class _Pairs(NamedTuple):
    pair: Longs
    value: Floats
    first: Longs
    flows: Longs


def _pairs(keys: Longs, flows: Longs, amount: Floats) -> _Pairs:
    order = np.argsort(keys, kind="stable")
    first = group_starts(keys[order])
    return _Pairs(keys[order][first[:-1]], sums(amount[flows[order]], first), first, flows[order])


def _joined(basis: str, money: _Pairs, goods: _Pairs) -> _Pairs:
    """Of each pair what the basis takes: its money (and goods where there is none), its goods, or the larger."""
    if basis == "goods":
        return goods
    known = np.searchsorted(money.pair, goods.pair)
    both = np.zeros(len(goods.pair), bool)
    inside = known < len(money.pair)
    both[inside] = money.pair[known[inside]] == goods.pair[inside]
    take_goods, take_money = ~both, np.ones(len(money.pair), bool)
    if basis == "max":
        larger = both.copy()
        larger[both] = goods.value[both] > money.value[known[both]]
        take_goods |= larger
        take_money[known[larger]] = False
    pair = np.concatenate([money.pair[take_money], goods.pair[take_goods]])
    value = np.concatenate([money.value[take_money], goods.value[take_goods]])
    sizes = np.concatenate([np.diff(money.first)[take_money], np.diff(goods.first)[take_goods]])
    flows = np.concatenate([money.flows[np.repeat(take_money, np.diff(money.first))], goods.flows[np.repeat(take_goods, np.diff(goods.first))]])
    order = np.argsort(pair, kind="stable")
    owner = np.argsort(np.argsort(order, kind="stable")[np.repeat(np.arange(len(pair)), sizes)], kind="stable")
    return _Pairs(pair[order], value[order], np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes[order])]), flows[owner])


def _net_refund(ecosystem: Ecosystem, rows: Longs, pairs: Longs, n: np.int64) -> Warning:
    parties = np.unique(np.concatenate([pairs // n, pairs % n]))
    return Warning(
        "net-refund",
        f"{len(pairs)} pairs whose sum in the period is not above 0 are left out of the value chain",
        tuple(ecosystem.families["value_flows"].texts("id", np.sort(rows))),
        tuple(ecosystem.parties[p] for p in parties),
    )

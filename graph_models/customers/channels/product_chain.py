"""The value chain product by product: what each party buys and sells of a product, in money or, where all tell it, in quantities (customers.md section 1)."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from graph_models.arrays.types import Floats, Ints, Longs, Mask
from graph_models.customers.channels.product_use import ProductUse, product_use
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.flows.deliveries import Deliveries, deliveries_of
from graph_models.flows.flow_amounts import without_rate
from graph_models.flows.lots import Keys, Lots
from graph_models.flows.value_chain import ValueChain

MONEY = -1
"""In the place of a unit: the sums are in base currency."""


class ProductChain:
    """The value chain in which each party has one node a product that it trades or shows to use. Arrays run along ``keys`` where nothing else is said."""

    def __init__(self, ecosystem: Ecosystem, parameters: Parameters) -> None:
        deliveries = deliveries_of(ecosystem, parameters)
        self.use: ProductUse = product_use(ecosystem, parameters)
        self.products: list[str] = self.use.products
        """The text of each code; no product is -1."""
        entries = deliveries.by_product
        width = len(self.products) + 1
        traded = np.concatenate([ends * width + entries.product + 1 for ends in (entries.source, entries.target)])
        self.keys = Keys(width, np.unique(np.concatenate([traded, self.use.party * width + self.use.product + 1])))
        n = len(ecosystem.parties)
        lots = Lots(n, entries, self.keys, apart=True)
        present = roll_up_of(ecosystem, parameters).present
        used_by = np.ones(len(lots.owner), bool)
        self.chain = ValueChain(deliveries, lots, focal_of(ecosystem, parameters), present, used_by, without_rate(ecosystem, parameters))
        self.bought, self.sold = self.chain.purchases[lots.node], self.chain.sales[lots.node]
        """Per key, in money or in the unit."""
        self.unit: Ints = np.full(len(self.keys.keys), MONEY, np.int32)
        """Per key the code of the unit of the flows, or ``MONEY``."""
        self._count_quantities(ecosystem, deliveries)
        self._keep_what_is_used()
        own = lots.node[self.is_focal]
        self.chain.x[own] = self.chain.sales[own]  # its output is what it sells: what it buys becomes part of that

    def _count_quantities(self, ecosystem: Ecosystem, deliveries: Deliveries) -> None:
        """Quantities in the place of money, where every flow of a key has one and all are of one unit: a mark-up hides own use in money."""
        places, flows, count = deliveries.flows, deliveries.traded, len(self.keys.keys)
        if not count:
            return
        pair = np.repeat(np.arange(len(deliveries.source)), np.diff(deliveries.first))
        unit = ecosystem.families["value_flows"].coded("unit").codes[flows.rows[places]].astype(np.int64)
        quantity = flows.quantity[places]
        known = (unit >= 0) & (quantity >= 0)
        least, most, unknown = np.full(count, 2**31), np.full(count, -1), np.zeros(count)
        sums = []
        for ends in (deliveries.target, deliveries.source):
            key = self.keys.place(ends[pair] * self.keys.products + flows.product[places] + 1)
            there = key >= 0  # a product whose own sum is no delivery has no key
            np.minimum.at(least, key[there], unit[there])
            np.maximum.at(most, key[there], unit[there])
            unknown += np.bincount(key[there], ~known[there], count)
            sums.append(np.bincount(key[there], np.where(known, quantity, 0.0)[there], count))
        bought, sold = sums
        decided = (unknown == 0) & (least == most) & ((bought > 0) | (self.bought == 0)) & ((bought > 0) | (sold > 0))
        self.bought, self.sold = np.where(decided, bought, self.bought), np.where(decided, sold, self.sold)
        self.unit[decided] = most[decided]

    def _keep_what_is_used(self) -> None:
        """Where quantities decide, the output of a node is what makes ``sold / bought`` of it go on: ``B' = s Z / sales``."""
        node, decided = self.chain.lots.node, (self.unit != MONEY) & (self.bought > 0)
        sales = self.chain.sales[node]
        resold = decided & (self.passed_on > 0) & (sales > 0) & ~self.is_focal
        self.chain.x[node[resold]] = sales[resold] / self.passed_on[resold]

    @cached_property
    def passed_on(self) -> Floats:
        """``s = min(1, sold / bought)``: the part of what was bought that is sold on; 1 where all that is sold was made."""
        share = np.divide(self.sold, self.bought, out=(self.sold > 0).astype(np.float64), where=self.bought > 0)
        return np.minimum(share, 1.0)

    @cached_property
    def received(self) -> Floats:
        """Per key the share of the focal party's output (over all products) that comes there; 0 for all where it has none."""
        focal = self.chain.focal
        if focal is None or not self.chain.defined:
            return np.zeros(len(self.keys.keys))
        return np.nan_to_num(self.chain.received_by(focal))[self.chain.lots.node]

    @property
    def ends(self) -> Floats:
        """Per key the share of the focal party's output that ends there."""
        return np.asarray(self.received * self.chain.ended[self.chain.lots.node], np.float64)

    @property
    def is_focal(self) -> Mask:
        """Per key: is it one of the focal party itself?"""
        return np.asarray(self.keys.party == (-1 if self.chain.focal is None else self.chain.focal), bool)

    @cached_property
    def confidence_of_use(self) -> Floats:
        """Per key how surely its party uses the product, as touchpoints show it."""
        answer = np.zeros(len(self.keys.keys))
        answer[self.keys.place(self.use.party * self.keys.products + self.use.product + 1)] = self.use.confidence
        return answer

    def product_of(self, key: int) -> str | None:
        """The product of a key."""
        code = int(self.keys.product[key])
        return None if code < 0 else self.products[code]

    def output(self) -> float:
        """The output of the focal party over all products."""
        return 0.0 if self.chain.focal is None else self.chain.output(self.chain.focal)

    @cached_property
    def _by_buyer(self) -> Longs:
        return np.argsort(self.chain.deliveries.target, kind="stable")

    def pairs_to(self, party: int) -> Longs:
        """The pairs of the deliveries to a party."""
        buyers = self.chain.deliveries.target
        begin, end = (np.searchsorted(buyers, party, side=side, sorter=self._by_buyer) for side in ("left", "right"))
        return self._by_buyer[begin:end]

    def keys_of(self, party: int) -> Longs:
        """The places of one party's keys."""
        begin, end = np.searchsorted(self.keys.party, [party, party + 1])
        return np.arange(begin, end)


def product_chain_of(ecosystem: Ecosystem, parameters: Parameters) -> ProductChain:
    """The product chain that the parameters let count; made once."""
    key = (
        "product_chain",
        ecosystem.period(parameters),
        parameters.hypotheses,
        parameters.roll_up,
        parameters.basis,
        parameters.in_return_for,
        parameters.product,
    )
    return ecosystem.kept(key, lambda: ProductChain(ecosystem, parameters))

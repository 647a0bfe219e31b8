"""What of the focal party's value no longer arrives in a scenario, in base currency, where nobody finds another way.

Hypothetical extraction (Dietzenbacher and Lahr 2013): deliveries are those after the edits, but everybody passes on, adds and
keeps in proportion to the larger of its outputs before and after. So what a lost party delivered is missing all along the chain,
and does not come from nowhere: a shop whose supplier is gone does not begin to make what it sells.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow.compute as pc

from graph_models.arrays.types import Floats, Longs
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.flows.deliveries import Entries
from graph_models.flows.lots import Keys, Lots
from graph_models.flows.value_chain import ValueChain, value_chain_of
from graph_models.metrics.result import CLOSED_CYCLE, NO_FOCAL_PARTY, NO_VALUE_CHAIN

FOCAL_PARTY_MERGED = "focal-party-merged"
ROUNDING = 1e-12
"""What is less by so small a part is not less."""


class Arriving(NamedTuple):
    """One side of the focal party's chain: how much arrives before and after."""

    before: float
    after: float

    @property
    def lost(self) -> float:
        less = self.before - self.after
        return less if less > ROUNDING * self.before else 0.0


class ValueLost(NamedTuple):
    """``sales``: what of its output ends with others, at whatever tier; ``purchases``: what of the value that others add reaches it."""

    sales: Arriving
    purchases: Arriving

    @property
    def value(self) -> float:
        """The larger of the two: both are parts of the same output, so they are never added."""
        return max(self.sales.lost, self.purchases.lost)


class KeptChain(ValueChain):
    """The deliveries after, on outputs that are the larger of before and after, lot by lot. Parties are numbered as before, new ones behind them."""

    def __init__(self, before: ValueChain, after: ValueChain, place: Longs, product: Longs) -> None:
        """``place``: per party after its place before; ``product``: per product after its code before, new ones behind them."""
        n = max(before.parties, int(place.max(initial=-1)) + 1)
        new = after.lots.entries
        entries = Entries(place[new.source], place[new.target], np.append(product, -1)[new.product], new.value)
        keys = _lots(before, after, place, product, entries)
        old, kept = Lots(n, before.lots.entries, keys, apart=True), Lots(n, entries, keys, apart=True)
        none = np.zeros(n, bool)
        focal = None if after.focal is None else int(place[after.focal])
        super().__init__(after.deliveries, kept, focal, none, np.zeros(len(kept.owner), bool), none)
        self.sales = np.maximum(self.sales, np.asarray(old.z.sum(axis=1)).ravel())
        self.purchases = np.maximum(self.purchases, np.asarray(old.z.sum(axis=0)).ravel())
        self.x = np.maximum(self.sales, self.purchases)


def _lots(before: ValueChain, after: ValueChain, place: Longs, product: Longs, entries: Entries) -> Keys:
    """The lots before, and of what a party did not trade before those after: nobody begins to make what it passed on."""
    products = int(max(before.lots.entries.product.max(initial=-1), entries.product.max(initial=-1))) + 2

    def keys(parties: Longs, codes: Longs) -> Longs:
        return np.unique(parties * products + codes + 1)

    old = before.lots.keys
    lots = keys(old.party, old.product)
    traded = np.union1d(keys(before.lots.entries.source, before.lots.entries.product), keys(before.lots.entries.target, before.lots.entries.product))
    new = after.lots.keys
    arrived = keys(place[new.party], np.append(product, -1)[new.product])
    return Keys(products, np.union1d(lots, np.setdiff1d(arrived, traded)))


def value_lost(before: Ecosystem, after: Ecosystem, parameters: Parameters) -> ValueLost | str:
    """What is lost, or the reason why that is not defined.

    With L and G of the chain (metrics.md section 4), e the share of its output that ends with a party and va the share that it adds:
    sales ``x_f sum_{i != f} G_fi e_i``, purchases ``x_f sum_{u != f} va_u L_uf``, before and after.

    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("family", "firm", "hotel", "shop")]
    >>> for supplier, customer, amount in (("firm", "shop", 60), ("firm", "hotel", 40), ("shop", "family", 80)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> whole = Ecosystem.from_records(records, "firm", "2025-12-31")
    >>> value_lost(whole, whole.without(["shopfamily"]), DEFAULTS)
    ValueLost(sales=Arriving(before=100.0, after=40.0), purchases=Arriving(before=0.0, after=0.0))
    """
    old, new = value_chain_of(before, parameters), value_chain_of(after, parameters)
    if old.focal is None or new.focal is None:
        return NO_FOCAL_PARTY
    place = places_in(before, after)
    if place[new.focal] != old.focal:
        return FOCAL_PARTY_MERGED
    kept = KeptChain(old, new, place, products_in(before, after))
    focal = old.focal
    if not kept.x[kept.lots.of(focal)].any():
        return NO_VALUE_CHAIN
    if old.closed_parties[focal] or kept.closed_parties[focal]:
        return CLOSED_CYCLE
    return ValueLost(Arriving(_sold(old, focal), _sold(kept, focal)), Arriving(_bought(old, focal), _bought(kept, focal)))


def places_in(before: Ecosystem, after: Ecosystem) -> Longs:
    """Per party after its place before; new ones are numbered behind all."""
    if after.columns["parties"] is before.columns["parties"]:
        return np.arange(len(after.parties))
    ids, known = (ecosystem.columns["parties"]["id"].combine_chunks() for ecosystem in (after, before))
    place: Longs = pc.fill_null(pc.index_in(ids, value_set=known), -1).to_numpy().astype(np.int64)
    new = np.flatnonzero(place < 0)
    place[new] = len(before.parties) + np.arange(len(new))
    return place


def products_in(before: Ecosystem, after: Ecosystem) -> Longs:
    """Per product after its code before; new ones are numbered behind all."""
    known, texts = (ecosystem.families["value_flows"].coded("product").texts for ecosystem in (before, after))
    code = {text: at for at, text in enumerate(known)}
    return np.array([code.setdefault(text, len(code)) for text in texts], np.int64)


def _sold(chain: ValueChain, focal: int) -> float:
    return _elsewhere(chain, chain.received_by(focal) * chain.ended, focal)


def _bought(chain: ValueChain, focal: int) -> float:
    return _elsewhere(chain, chain.taken_from(focal) * chain.added, focal)


def _elsewhere(chain: ValueChain, share: Floats, focal: int) -> float:
    """What is with all others, of the output; closed cycles hold nothing of it."""
    shares = chain.total(share)
    return float(shares.sum() - shares[focal]) * chain.output(focal)

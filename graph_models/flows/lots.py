"""Lots: who buys and sells a product passes it on in a lot of its own; all else that a party trades is its pool (metrics.md section 4)."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import roll_up_of, states_of
from graph_models.flows.deliveries import Deliveries, Entries

OWN_USE, RESALE, TRANSFORMATION = "own_use", "resale", "transformation"
POOL = -2
"""In the place of a product: all that a party trades in no lot."""


class Keys(NamedTuple):
    """Parties with a product each, as sorted numbers, each once: ``party * products + product``, products counted from 0 = none."""

    products: int
    keys: Longs

    @property
    def party(self) -> Longs:
        return self.keys // self.products

    @property
    def product(self) -> Longs:
        """As deliveries name them: -1 is none."""
        return self.keys % self.products - 1

    def place(self, keys: Longs) -> Longs:
        """Where each of these is among the keys; -1 where it is not."""
        at = np.searchsorted(self.keys, keys)
        found = at < len(self.keys)
        found[found] = self.keys[at[found]] == keys[found]
        return np.where(found, at, -1)

    def has(self, keys: Longs) -> Mask:
        return self.place(keys) >= 0


class Lots:
    """The nodes of a value chain. Node u is the pool of party u, or, where that is empty, its first lot; further lots come behind all parties.

    ``apart``: every lot has its place behind the parties, in the order of the keys, also where the pool is empty.
    """

    def __init__(self, parties: int, entries: Entries, lots: Keys, *, apart: bool = False) -> None:
        self.parties = parties
        self.entries = entries
        self.keys = lots
        sold, bought = (_places_of_lots(lots, ends, entries.product) for ends in (entries.source, entries.target))
        pooled = np.zeros(parties, bool)
        pooled[entries.source[sold < 0]] = True
        pooled[entries.target[bought < 0]] = True
        party = lots.party
        takes_pool = ~pooled[party] & (not apart)
        takes_pool[1:] &= party[1:] != party[:-1]
        self.node: Longs = np.where(takes_pool, party, 0)
        """Per lot its node."""
        self.node[~takes_pool] = parties + np.arange(int((~takes_pool).sum()))
        self.owner: Longs = np.concatenate([np.arange(parties), party[~takes_pool]])
        """Per node its party."""
        source, target = (self._nodes(lot, ends) for lot, ends in ((sold, entries.source), (bought, entries.target)))
        n = len(self.owner)
        self.z = csr_array((entries.value, (source, target)), shape=(n, n))
        """What each node delivered to each other."""

    @property
    def plain(self) -> bool:
        """Has every party one node, its own?"""
        return len(self.owner) == self.parties

    def total(self, values: Floats) -> Floats:
        """Per party the sum over its nodes."""
        return values if self.plain else np.asarray(np.bincount(self.owner, values, self.parties), np.float64)

    def of(self, party: int) -> Longs:
        """The nodes of a party."""
        begin, end = np.searchsorted(self.owner[self.parties :], [party, party + 1])  # which are in the order of their parties
        return np.append(party, self.parties + np.arange(begin, end))

    def nodes_of(self, parties: Longs, products: Longs) -> Longs:
        """The node in which each of these parties trades the product (a code, -1 for none)."""
        return self._nodes(_places_of_lots(self.keys, parties, products), parties)

    def _nodes(self, lots: Longs, parties: Longs) -> Longs:
        """The nodes of lots by their places among them, -1 for the pools of these parties."""
        return np.where(lots < 0, parties, np.append(self.node, -1)[lots])

    @cached_property
    def product(self) -> Longs:
        """Per node the code of its lot's product: -1 for a lot of what names no product, ``POOL`` for a pool."""
        answer = np.full(len(self.owner), POOL, np.int64)
        answer[self.node] = self.keys.product
        return answer


def _places_of_lots(lots: Keys, parties: Longs, products: Longs) -> Longs:
    """The place among the lots of each party with its product; -1 for its pool. Few parties have lots: only theirs are looked up."""
    answer = np.full(len(parties), -1, np.int64)
    if not len(lots.keys):
        return answer
    with_lots = np.zeros(int(max(parties.max(initial=0), lots.party.max())) + 1, bool)
    with_lots[lots.party] = True
    some = np.flatnonzero(with_lots[parties])
    answer[some] = lots.place(parties[some] * lots.products + products[some] + 1)
    return answer


def lots_of(ecosystem: Ecosystem, parameters: Parameters, deliveries: Deliveries) -> tuple[Lots, Mask]:
    """The lots and pools of Z, and of each whether what ends with it is used there (else it is unattributed)."""
    n = len(ecosystem.parties)
    purposes = _Purposes(ecosystem, parameters)
    if parameters.products == "mixed":
        lots = Lots(n, deliveries.undivided, Keys(1, np.zeros(0, np.int64)))
        return lots, purposes.used_mixed(deliveries.by_product, n)
    entries = deliveries.by_product
    traded = _Traded(entries, purposes.products)
    lots = Lots(n, entries, traded.lots(purposes.named(TRANSFORMATION)))
    return lots, purposes.used(lots, traded)


class _Traded:
    """Who sells and who buys which product."""

    def __init__(self, entries: Entries, products: int) -> None:
        self.products = products
        self.sold, self.bought = (Keys(products, np.unique(ends * products + entries.product + 1)) for ends in (entries.source, entries.target))

    @cached_property
    def both(self) -> Keys:
        return Keys(self.products, np.intersect1d(self.sold.keys, self.bought.keys, assume_unique=True))

    def lots(self, transformed: _Named) -> Keys:
        """What a party buys and sells and does not say to transform."""
        transforms = np.isin(self.both.keys, transformed.keys) | np.isin(self.both.party, transformed.parties)
        return Keys(self.products, self.both.keys[~transforms])


class _Named(NamedTuple):
    """The roles of one purpose: parties whose role names no product, and keys of party and product of the others."""

    parties: Longs
    keys: Longs


class _Purposes:
    """What the valid roles of each party say it does with what it buys."""

    def __init__(self, ecosystem: Ecosystem, parameters: Parameters) -> None:
        self._parameters = parameters
        facts = ecosystem.families["roles"]
        rows = states_of(ecosystem, "roles", parameters)
        rows = rows[facts.coded("purpose").codes[rows] >= 0]
        source, _, left = roll_up_of(ecosystem, parameters).ends(facts.source[rows], facts.target[rows])
        self._party, rows = source[left].astype(np.int64), rows[left]
        self._purpose = facts.coded("purpose")
        self._codes = self._purpose.codes[rows]
        texts = ecosystem.families["value_flows"].coded("product").texts
        named = facts.coded("product")
        code = {text: place for place, text in enumerate(texts)}
        codes = np.array([code.get(text, len(texts) + place) for place, text in enumerate(named.texts)] + [-1], np.int64)
        self._product: Longs = codes[named.codes[rows]]
        """As the value flows number them; behind these the products of which nothing flows."""
        self.products = len(texts) + len(named.texts) + 1
        self._narrowed = code.get(parameters.product or "", -2)

    def _with(self, purpose: str) -> Longs:
        code = self._purpose.texts.index(purpose) if purpose in self._purpose.texts else -2
        return np.flatnonzero(self._codes == code)

    def named(self, purpose: str) -> _Named:
        rows = self._with(purpose)
        party, product = self._party[rows], self._product[rows]
        return _Named(np.unique(party[product < 0]), np.unique((party * self.products + product + 1)[product >= 0]))

    def used(self, lots: Lots, traded: _Traded) -> Mask:
        """By purpose ``own_use`` for the lot's product (of a pool: for one that it buys), or by no purpose ``resale`` where it sells nothing that it buys."""
        own_use, resale = (self._flagged(purpose, lots, traded) for purpose in (OWN_USE, RESALE))
        passes_on = np.zeros(len(lots.owner), bool)
        passes_on[lots.nodes_of(traded.both.party, traded.both.product)] = True
        return own_use | (~resale & ~passes_on)

    def _flagged(self, purpose: str, lots: Lots, traded: _Traded) -> Mask:
        """The nodes that a purpose speaks of. A product that its party does not buy by that name is taken to be among what it buys without a name."""
        named = self.named(purpose)
        everywhere = np.zeros(lots.parties, bool)
        everywhere[named.parties] = True
        answer = everywhere[lots.owner]
        buys = traded.bought.has(named.keys)
        keys = np.where(buys, named.keys, named.keys // self.products * self.products)
        keys = keys[buys | traded.bought.has(keys)]
        answer[lots.nodes_of(keys // self.products, keys % self.products - 1)] = True
        return answer

    def used_mixed(self, entries: Entries, n: int) -> Mask:
        """The same where no product is told from another: any role counts, but an ``own_use`` of another product than the one narrowed to."""
        own_use, resale = self._with(OWN_USE), self._with(RESALE)
        if self._parameters.product is not None:
            own_use = own_use[(self._product[own_use] < 0) | (self._product[own_use] == self._narrowed)]
        traded = _Traded(entries, self.products)
        uses, resells, passes_on = np.zeros(n, bool), np.zeros(n, bool), np.zeros(n, bool)
        uses[self._party[own_use]], resells[self._party[resale]], passes_on[traded.both.party] = True, True, True
        return uses | (~resells & ~passes_on)

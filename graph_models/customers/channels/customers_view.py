"""Who the customers are: of each party and product what it buys, what becomes of it, and whether it is hidden (customers.md section 1)."""

from __future__ import annotations

from typing import Any

import numpy as np

from graph_models.arrays.grouping import group_starts
from graph_models.arrays.ranking import rounded
from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.customers.channels.customer_kinds import BOTH, KINDS, SHARES, CustomerShares, customer_shares, purchase_facts, use_facts
from graph_models.customers.channels.product_chain import MONEY
from graph_models.customers.channels.product_users import ProductUsers
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.focal_facts import focal_roles
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of
from graph_models.errors import InvalidInput
from graph_models.metrics.focal import place_of

RULES = ("kinds",)


def customers_view(
    ecosystem: Ecosystem,
    parameters: Parameters,
    *,
    kind: str | None = None,
    product: str | None = None,
    party: str | None = None,
    role: str | None = None,
    hidden: bool | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> dict[str, Any]:
    """The customers with what they buy, by the share of the focal party's output that ends with them.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        As ``customer_kind`` takes them.
    kind, product, party, role : str or None
        Only items of this kind of customer, product, party; only parties with this role toward the focal party.
    hidden : bool or None
        Only those of whom no purchase is recorded but use is shown, or only the others.
    limit, offset : int
        Of the items.

    Returns
    -------
    dict
        ``items``: one a party and product, and of several products one with ``product`` null, their sum; ``totals`` by kind of party;
        ``unattributed``: what ends with parties that state to resell and sell nothing; ``rules``.

    Examples
    --------
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("family", "firm", "shop")]
    >>> for supplier, customer, amount in (("firm", "shop", 60), ("shop", "family", 70)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> found = customers_view(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS)
    >>> [(item["party_id"], item["kind"], item["share_of_output"]) for item in found["items"]]
    [('family', 'end', 1.0), ('shop', 'channel', 0.0)]
    """
    if kind is not None and kind not in KINDS:
        raise InvalidInput.of("unknown-value", f"a kind of customer is one of {', '.join(KINDS)}", "kind")
    parameters = parameters if product is None else parameters.with_(product=product)
    if focal_of(ecosystem, parameters) is None:
        return {
            "items": [],
            "total": 0,
            "totals": [],
            "unattributed": {"share": 0.0, "through": []},
            "rules": parameters.rules.versions_of(RULES),
            "warnings": [],
        }
    listing = _Listing(ecosystem, parameters)
    rows = np.flatnonzero(listing.wanted(kind, None if party is None else place_of(ecosystem, party), role, hidden))
    shown = rows[offset:] if limit is None else rows[offset : offset + limit]
    return {
        "items": [listing.item(row) for row in shown.tolist()],
        "total": len(rows),
        "totals": listing.totals(),
        "unattributed": listing.unattributed(),
        "rules": parameters.rules.versions_of(RULES),
        "warnings": [warning._asdict() for warning in listing.found.made_of.chain.warnings],
    }


class _Listing:
    """The rows of the list: each is the keys (party and product) that it is about, one, or all of a party."""

    def __init__(self, ecosystem: Ecosystem, parameters: Parameters) -> None:
        self.ecosystem, self.parameters = ecosystem, parameters
        self.found: CustomerShares = customer_shares(ecosystem, parameters)
        self.chain = self.found.made_of
        self.used: Floats = self.chain.ends * self.found.used_part
        self.lost: Floats = self.chain.ends * (1.0 - self.found.used_part)
        self.money: Floats = self.chain.chain.purchases[self.chain.chain.lots.node]
        self._users = ProductUsers(ecosystem, parameters)
        self._order_rows()

    def _order_rows(self) -> None:
        """By the share of output that ends with the party, then by what it pays, then by id; of a party its products so, then their sum.

        A row is a stretch of ``_keys``: one key, or all of a party.
        """
        keys, n = np.flatnonzero(self.found.listed), len(self.ecosystem.parties)
        party = self.chain.keys.party[keys]
        used, paid = (np.bincount(party, values[keys], n).astype(np.float64) for values in (self.used, self.money))
        order = np.lexsort((keys, -rounded(self.money[keys]), -rounded(self.used[keys]), party, -rounded(paid)[party], -rounded(used)[party]))
        self._keys: Longs = keys[order]
        first = group_starts(party[order])
        sizes = np.diff(first)
        several = sizes > 1
        begin = np.concatenate([np.arange(len(order)), first[:-1][several]])
        size = np.concatenate([np.ones(len(order), np.int64), sizes[several]])
        group = np.searchsorted(first, begin, side="right")
        place = np.lexsort((begin, size > 1, group))  # a party's sum comes behind its products
        self._begin, self._size = begin[place], size[place]
        self.is_last: Mask = np.ones(len(place), bool)
        """Per row: is it the last of its party, its sum or its only product?"""
        self.is_last[:-1] = group[place][1:] != group[place][:-1]
        self.party: Longs = self.chain.keys.party[self._keys[self._begin]] if len(place) else np.zeros(0, np.int64)
        self.kind: Longs = self._of_rows(self.found.kind[self._keys])
        bought, use = self.chain.bought[self._keys] > 0, self.chain.confidence_of_use[self._keys] >= self.parameters.rules.kinds.min_use
        self.hidden: Mask = ~self._any(bought) & self._any(use)
        """Per row: is use shown, and no purchase recorded?"""

    def _any(self, of_keys: Mask) -> Mask:
        """Per row: does it hold for one of its keys?"""
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum(of_keys)])
        return np.asarray(before[self._begin + self._size] > before[self._begin], bool)

    def _of_rows(self, codes: Longs) -> Longs:
        """Per row the code of its keys, where they have the same, else that of ``both``."""
        changes = np.concatenate([np.zeros(2, np.int64), np.cumsum(codes[1:] != codes[:-1])])
        alike = changes[self._begin + self._size] == changes[self._begin + 1] if len(codes) else np.zeros(0, bool)
        return np.where(alike, codes[self._begin] if len(codes) else 0, BOTH)

    def _keys_of(self, row: int) -> Longs:
        """The keys that a row is about."""
        return self._keys[self._begin[row] : self._begin[row] + self._size[row]]

    def wanted(self, kind: str | None, party: int | None, role: str | None, hidden: bool | None) -> Mask:
        """Per row: does it pass the filters?"""
        answer = np.ones(len(self._begin), bool)
        if kind is not None:
            answer &= self.kind == KINDS.index(kind)
        if party is not None:
            answer &= self.party == party
        if role is not None:
            roles = focal_roles(self.ecosystem, self.parameters)
            answer &= roles.where(self.ecosystem.families["roles"].coded("kind").flags(role.__eq__)[roles.rows]).has(self.ecosystem)[self.party]
        if hidden is not None:
            answer &= self.hidden == hidden
        return answer

    def item(self, row: int) -> dict[str, Any]:
        """One row as it is answered; a sum is in money."""
        ecosystem, chain, place, keys = self.ecosystem, self.chain, int(self.party[row]), self._keys_of(row)
        whole, key = len(keys) > 1, int(keys[0])
        money, nodes = whole or chain.unit[key] == MONEY, chain.chain.lots.node[keys]
        weight = np.maximum(self.money[keys], np.finfo(float).tiny)
        shares = self.found.shares[:, keys] @ (weight / weight.sum())
        units = ecosystem.families["value_flows"].coded("unit").texts
        facts = np.unique(np.concatenate([purchase_facts(ecosystem, chain, each) for each in keys.tolist()]))
        used = np.concatenate([use_facts(chain, place, int(chain.keys.product[each])) for each in keys.tolist()])
        conflicts = [self.found.conflict[each] for each in keys.tolist() if self.found.conflict[each]]
        return {
            "party_id": ecosystem.parties[place],
            "name": ecosystem.names[place],
            "product": None if whole else chain.product_of(key),
            "products": len(keys),
            "kind": KINDS[self.kind[row]],
            "shares": dict(zip(SHARES, shares.tolist(), strict=True)),
            "bought": float(self.money[keys].sum() if whole else chain.bought[key]),
            "sold": float(chain.chain.sales[nodes].sum() if whole else chain.sold[key]),
            "unit": ecosystem.base_currency if money else units[chain.unit[key]],
            "purposes": [{"purpose": purpose, "fact": ecosystem.fact_id(fact)} for each in keys.tolist() for purpose, fact in self.found.purposes.of(each)],
            "use": {"confidence": float(chain.confidence_of_use[keys].max()), "facts": ecosystem.fact_ids(np.unique(used))},
            "users": [ecosystem.parties[user] for user in self._users.of(place, None if whole else chain.product_of(key))],
            "conflict": conflicts[0] if conflicts else None,
            "hidden": bool(self.hidden[row]),
            "share_of_output": float(self.used[keys].sum()),
            "facts": ecosystem.fact_ids(facts),
        }

    def totals(self) -> list[dict[str, Any]]:
        """By the kind of the party over all its products: how many there are, and what share of the output ends with them."""
        kind, used = self.kind[self.is_last], np.bincount(self.chain.keys.party, self.used * self.found.listed, len(self.ecosystem.parties))
        share, parties = np.bincount(kind, used[self.party[self.is_last]], len(KINDS)), np.bincount(kind, minlength=len(KINDS))
        return [{"kind": name, "parties": int(parties[code]), "share": float(share[code])} for code, name in enumerate(KINDS) if parties[code]]

    def unattributed(self) -> dict[str, Any]:
        """What ends with parties of whom nobody knows to whom they sell it."""
        party = self.chain.keys.party
        listed = self.found.listed
        lost = np.bincount(party[listed], self.lost[listed], len(self.ecosystem.parties)).astype(np.float64)
        through = [place for place in np.lexsort((np.arange(len(lost)), -rounded(lost))).tolist() if lost[place] > 0]
        return {"share": float(lost.sum()), "through": [{"party_id": self.ecosystem.parties[place], "share": float(lost[place])} for place in through]}

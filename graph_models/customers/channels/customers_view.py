"""Who the customers are: of each party and product what it buys, what becomes of it, and whether it is hidden (customers.md section 1)."""

from __future__ import annotations

from typing import Any

import numpy as np

from graph_models.arrays.ranking import rounded
from graph_models.arrays.types import Floats, Longs
from graph_models.customers.buying_roles import focal_roles
from graph_models.customers.channels.customer_kinds import (
    BOTH,
    CHANNEL,
    END,
    OWN_USE,
    PROCESSOR,
    SHARES,
    TRANSFORMATION,
    UNATTRIBUTED,
    CustomerShares,
    customer_shares,
    purchase_facts,
    use_facts,
)
from graph_models.customers.channels.product_chain import MONEY
from graph_models.customers.channels.product_users import ProductUsers
from graph_models.ecosystem.ecosystem import Ecosystem
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
    if kind is not None and kind not in (END, CHANNEL, PROCESSOR, BOTH):
        raise InvalidInput.of("unknown-value", f"a kind of customer is one of {END}, {CHANNEL}, {PROCESSOR}, {BOTH}", "kind")
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
    rows = [row for row in listing.rows() if _wanted(listing, row, kind, party, role, hidden)]
    shown = rows[offset:] if limit is None else rows[offset : offset + limit]
    return {
        "items": [listing.item(row) for row in shown],
        "total": len(rows),
        "totals": listing.totals(),
        "unattributed": listing.unattributed(),
        "rules": parameters.rules.versions_of(RULES),
        "warnings": [warning._asdict() for warning in listing.found.made_of.chain.warnings],
    }


def _wanted(listing: _Listing, row: Longs, kind: str | None, party: str | None, role: str | None, hidden: bool | None) -> bool:
    if kind is not None and listing.kind(row) != kind:
        return False
    place = listing.party(row)
    if party is not None and place != place_of(listing.ecosystem, party):
        return False
    if role is not None and place not in listing.with_role(role):
        return False
    return hidden is None or listing.is_hidden(row) == hidden


class _Listing:
    """The rows of the list: each is the keys (party and product) that it is about, one, or all of a party."""

    def __init__(self, ecosystem: Ecosystem, parameters: Parameters) -> None:
        self.ecosystem, self.parameters = ecosystem, parameters
        self.found: CustomerShares = customer_shares(ecosystem, parameters)
        self.chain = self.found.made_of
        shares = self.found.shares
        rest = shares[OWN_USE] + shares[TRANSFORMATION] + shares[UNATTRIBUTED]
        part = np.divide(self.chain.ends, rest, out=np.zeros(len(rest)), where=rest > 0)
        self.used: Floats = part * (shares[OWN_USE] + shares[TRANSFORMATION])
        self.lost: Floats = part * shares[UNATTRIBUTED]
        self.money: Floats = self.chain.chain.purchases[self.chain.chain.lots.node]
        self._roles: dict[str, set[int]] = {}
        self._users = ProductUsers(ecosystem, parameters)

    def rows(self) -> list[Longs]:
        """By the share of output that ends with the party, then by what it pays, then by id; of a party its products so, then their sum."""
        keys = np.flatnonzero(self.found.listed)
        party, n = self.chain.keys.party, len(self.ecosystem.parties)
        used, paid = (np.bincount(party[keys], values[keys], n).astype(np.float64) for values in (self.used, self.money))
        order = np.lexsort((keys, -rounded(self.money[keys]), -rounded(self.used[keys]), party[keys], -rounded(paid)[party[keys]], -rounded(used)[party[keys]]))
        rows: list[Longs] = []
        mine: list[int] = []
        for key in keys[order].tolist():
            if mine and party[mine[0]] != party[key]:
                rows += _with_sum(mine)
                mine = []
            mine.append(key)
        return rows + _with_sum(mine)

    def party(self, row: Longs) -> int:
        return int(self.chain.keys.party[row[0]])

    def kind(self, row: Longs) -> str:
        kinds = set(self.found.kind[row].tolist())
        return str(kinds.pop()) if len(kinds) == 1 else BOTH

    def is_hidden(self, row: Longs) -> bool:
        """Is use shown, and no purchase recorded?"""
        least = self.parameters.rules.kinds.min_use
        return bool((self.chain.bought[row] == 0).all() and (self.chain.confidence_of_use[row] >= least).any())

    def with_role(self, role: str) -> set[int]:
        if role not in self._roles:
            self._roles[role] = set(focal_roles(self.ecosystem, self.parameters, lambda kind: kind.id == role).party.tolist())
        return self._roles[role]

    def item(self, row: Longs) -> dict[str, Any]:
        """One row as it is answered; a sum is in money."""
        ecosystem, chain, place = self.ecosystem, self.chain, self.party(row)
        whole, key = len(row) > 1, int(row[0])
        money, nodes = whole or chain.unit[key] == MONEY, chain.chain.lots.node[row]
        weight = np.maximum(self.money[row], np.finfo(float).tiny)
        shares = self.found.shares[:, row] @ (weight / weight.sum())
        units = ecosystem.families["value_flows"].coded("unit").texts
        facts = np.unique(np.concatenate([purchase_facts(ecosystem, chain, each) for each in row.tolist()]))
        used = np.concatenate([use_facts(chain, place, int(chain.keys.product[each])) for each in row.tolist()])
        conflicts = [self.found.conflict[each] for each in row.tolist() if self.found.conflict[each]]
        return {
            "party_id": ecosystem.parties[place],
            "name": ecosystem.names[place],
            "product": None if whole else chain.product_of(key),
            "products": len(row),
            "kind": self.kind(row),
            "shares": dict(zip(SHARES, shares.tolist(), strict=True)),
            "bought": float(self.money[row].sum() if whole else chain.bought[key]),
            "sold": float(chain.chain.sales[nodes].sum() if whole else chain.sold[key]),
            "unit": ecosystem.base_currency if money else units[chain.unit[key]],
            "purposes": [{"purpose": purpose, "fact": ecosystem.fact_id(fact)} for each in row.tolist() for purpose, fact in self.found.purposes.of(each)],
            "use": {"confidence": float(chain.confidence_of_use[row].max()), "facts": ecosystem.fact_ids(np.unique(used))},
            "users": [ecosystem.parties[user] for user in self._users.of(place, None if whole else chain.product_of(key))],
            "conflict": conflicts[0] if conflicts else None,
            "hidden": self.is_hidden(row),
            "share_of_output": float(self.used[row].sum()),
            "facts": ecosystem.fact_ids(facts),
        }

    def totals(self) -> list[dict[str, Any]]:
        """By the kind of the party over all its products: how many there are, and what share of the output ends with them."""
        kinds: dict[str, list[float]] = {}
        for row in _parties_of(self.rows(), self.chain.keys.party):
            kinds.setdefault(self.kind(row), []).append(float(self.used[row].sum()))
        return [
            {"kind": kind, "parties": len(shares), "share": sum(shares)} for kind, shares in sorted(kinds.items(), key=lambda item: (item[0] != END, item[0]))
        ]

    def unattributed(self) -> dict[str, Any]:
        """What ends with parties of whom nobody knows to whom they sell it."""
        party = self.chain.keys.party
        listed = self.found.listed
        lost = np.bincount(party[listed], self.lost[listed], len(self.ecosystem.parties)).astype(np.float64)
        through = [place for place in np.lexsort((np.arange(len(lost)), -rounded(lost))).tolist() if lost[place] > 0]
        return {"share": float(lost.sum()), "through": [{"party_id": self.ecosystem.parties[place], "share": float(lost[place])} for place in through]}


def _with_sum(keys: list[int]) -> list[Longs]:
    rows = [np.array([key], np.int64) for key in keys]
    return [*rows, np.array(keys, np.int64)] if len(keys) > 1 else rows


def _parties_of(rows: list[Longs], party: Longs) -> list[Longs]:
    """Of each party its last row: its only product, or the sum."""
    return list({int(party[row[0]]): row for row in rows}.values())

"""Substitution: how much of what a lost party delivered its buyers could get from their other suppliers of the same product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from graph_models.arrays.grouping import group_starts, sums
from graph_models.arrays.ranking import rounded
from graph_models.arrays.types import Floats, Longs
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import roll_up_of
from graph_models.flows.deliveries import deliveries_of
from graph_models.flows.streams import streams_of

SUPPLIERS_SHOWN = 10
FACTS_SHOWN = 20


class _Products(NamedTuple):
    """Z by product: one entry a supplier, another buyer and product. What names no product is one product."""

    supplier: Longs
    buyer: Longs
    product: Longs
    """Codes in ``texts``; the last one is none."""
    value: Floats
    first: Longs
    rows: Longs
    """Rows of the value flows of each entry, from ``first`` on."""
    texts: list[str | None]


def substitution(before: Ecosystem, after: Ecosystem, lost: Sequence[str], parameters: Parameters) -> list[dict[str, Any]]:
    """One item a lost party, buyer and product, the largest first.

    ``lost``: what it delivered to the buyer. ``from_others``: what the buyer's other suppliers of the product, those after the edits, deliver to it;
    ``others_in_all``: what they deliver of it to all. They could send the buyer what they send to others, so it gets back
    ``at_most = min(lost, others_in_all - from_others)``: a bound, since nobody says what they could make, and buyers compete for the same.

    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "mine", "pit", "rival")]
    >>> for supplier, customer, amount in (("mine", "firm", 50), ("pit", "firm", 20), ("pit", "rival", 30)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount,
    ...                     "product": "ore"})
    >>> whole = Ecosystem.from_records(records, "firm", "2025-12-31")
    >>> item = substitution(whole, whole.without(["minefirm"]), ["mine"], DEFAULTS)[0]
    >>> {name: item[name] for name in ("buyer_id", "product", "lost", "from_others", "others_in_all", "at_most")}
    {'buyer_id': 'firm', 'product': 'ore', 'lost': 50.0, 'from_others': 20.0, 'others_in_all': 50.0, 'at_most': 30.0}
    """
    roll_up = roll_up_of(before, parameters)
    suppliers = [before.places[party] for party in lost if roll_up.present[before.places[party]]]
    old = _by_product(before, parameters)
    mine = np.flatnonzero(np.isin(old.supplier, suppliers) & (old.value > 0))
    if not len(mine):
        return []
    new = _by_product(after, parameters)
    key = new.buyer * len(new.texts) + new.product
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    in_all = _in_all(new)
    code = {text: at for at, text in enumerate(new.texts)}
    items = []
    for entry in mine.tolist():
        buyer, product = before.parties[old.buyer[entry]], old.texts[old.product[entry]]
        if buyer not in after.places:  # it is lost too, or merged
            continue
        wanted = after.places[buyer] * len(new.texts) + code[product] if product in code else -1
        others = order[slice(*np.searchsorted(sorted_key, [wanted, wanted + 1]))]
        items.append(_item(before, after, old, new, entry, others, in_all))
    largest = rounded(np.array([item["lost"] for item in items]))
    return [items[place] for place in sorted(range(len(items)), key=lambda place: (-largest[place], items[place]["party_id"], items[place]["buyer_id"]))]


def _item(before: Ecosystem, after: Ecosystem, old: _Products, new: _Products, entry: int, others: Longs, in_all: Floats) -> dict[str, Any]:
    lost, theirs, whole = float(old.value[entry]), float(new.value[others].sum()), float(in_all[others].sum())
    at_most = min(lost, max(whole - theirs, 0.0))
    shown = others[np.lexsort((others, -rounded(in_all[others])))][:SUPPLIERS_SHOWN]
    return {
        "party_id": before.parties[old.supplier[entry]],
        "buyer_id": before.parties[old.buyer[entry]],
        "product": old.texts[old.product[entry]],
        "lost": lost,
        **_facts(before, old, entry),
        "from_others": theirs,
        "others_in_all": whole,
        "at_most": at_most,
        "share_at_most": at_most / lost,
        "suppliers": [
            {
                "party_id": after.parties[new.supplier[other]],
                "to_buyer": float(new.value[other]),
                "in_all": float(in_all[other]),
                **_facts(after, new, other),
            }
            for other in shown.tolist()
        ],
        "suppliers_left_out": len(others) - len(shown),
    }


def _facts(ecosystem: Ecosystem, products: _Products, entry: int) -> dict[str, Any]:
    rows = np.sort(products.rows[products.first[entry] : products.first[entry + 1]])
    return {"facts": ecosystem.families["value_flows"].texts("id", rows[:FACTS_SHOWN]), "facts_left_out": max(len(rows) - FACTS_SHOWN, 0)}


def _by_product(ecosystem: Ecosystem, parameters: Parameters) -> _Products:
    z, flows = deliveries_of(ecosystem, parameters), streams_of(ecosystem, parameters).flows
    texts = [*ecosystem.families["value_flows"].coded("product").texts, None]
    pair = np.repeat(np.arange(len(z.value)), np.diff(z.first))
    product = flows.product[z.flows].astype(np.int64) % len(texts)  # -1, no product, is the last
    order = np.lexsort((product, pair))
    order = order[(z.source != z.target)[pair[order]]]
    first = group_starts(pair[order], product[order])
    heads = order[first[:-1]]
    value = np.maximum(sums(flows.amount[z.flows[order]], first), 0.0)  # of one product more may have come back than went
    return _Products(z.source[pair[heads]], z.target[pair[heads]], product[heads], value, first, flows.rows[z.flows[order]], texts)


def _in_all(products: _Products) -> Floats:
    """Per entry what its supplier delivers of its product to all others."""
    _, which = np.unique(products.supplier * len(products.texts) + products.product, return_inverse=True)
    return np.asarray(np.bincount(which, products.value)[which], np.float64)

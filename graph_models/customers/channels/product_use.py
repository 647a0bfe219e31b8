"""Which parties show by touchpoints that they use a product, and how surely (customers.md section 1)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.arrays.grouping import group_starts, order_of
from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.focal_facts import focal_roles, touchpoints_of
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, related, roll_up_of

SERVES = ("channel", "service")
"""What the kinds of role mean whose parties stand between the focal party and the user."""


class ProductUse(NamedTuple):
    """One item a party and product of which use is shown, sorted by party, then product."""

    party: Longs
    product: Longs
    """Codes of ``products``; -1: none."""
    confidence: Floats
    facts: Longs
    """The numbers of the touchpoints of all items."""
    first: Longs
    """Where the touchpoints of each item begin; one more at the end."""
    products: list[str]
    """The products of value flows, and behind them those that only touchpoints name."""


def product_use(ecosystem: Ecosystem, parameters: Parameters) -> ProductUse:
    """``1 - prod over kinds (1 - shows_use)``, each kind of touchpoint once.

    Counted are the touchpoints of the period, in either direction, between a party and the focal party, its units and offerings, its channel and its
    service providers.
    """
    facts, kinds = ecosystem.families["touchpoints"], ecosystem.vocabulary.touchpoint_kinds
    texts = list(ecosystem.families["value_flows"].coded("product").texts)
    named = facts.coded("product")
    places = {text: place for place, text in enumerate(texts)}
    texts += [text for text in named.texts if text not in places]
    places |= {text: place for place, text in enumerate(texts)}
    shows = facts.coded("kind").looked_up(lambda kind: kinds[kind].shows_use if kind in kinds else 0.0, 0.0)
    touched = touchpoints_of(ecosystem, parameters)
    touched = touched[shows[touched] > 0]
    if parameters.product is not None:
        touched = touched[named.flags(parameters.product.__eq__)[touched]]
    source, target, left = roll_up_of(ecosystem, parameters).ends(facts.source[touched], facts.target[touched])
    serves = _servers(ecosystem, parameters)
    focal = focal_of(ecosystem, parameters)
    rows, party = [], []
    for user, server in ((source, target), (target, source)):
        found = left & serves[server] & (user != focal) & (~serves[user] | (server == focal))  # two of those that serve tell nothing of each other
        rows.append(touched[found])
        party.append(user[found])
    row, user = np.concatenate(rows), np.concatenate(party).astype(np.int64)
    codes = np.array([places[text] for text in named.texts] + [-1], np.int64)
    product = codes[named.codes[row]]
    kind = facts.coded("kind").codes[row].astype(np.int64)
    order = order_of(user, product, kind, row)
    row, user, product, kind = row[order], user[order], product[order], kind[order]
    first = group_starts(user, product)
    new_kind = np.ones(len(row), bool)
    new_kind[1:] = (kind[1:] != kind[:-1]) | (product[1:] != product[:-1]) | (user[1:] != user[:-1])
    missing = np.where(new_kind, 1.0 - shows[row], 1.0)
    confidence = 1.0 - (np.multiply.reduceat(missing, first[:-1]) if len(row) else np.zeros(0))
    heads = first[:-1]
    return ProductUse(user[heads].astype(np.int64), product[heads], confidence, facts.first_ref + row, first, texts)


def _servers(ecosystem: Ecosystem, parameters: Parameters) -> Mask:
    """The focal party and those that serve its customers: offerings that are part of it, its channel, its service providers."""
    answer, focal = focal_roles(ecosystem, parameters, *SERVES).has(ecosystem), focal_of(ecosystem, parameters)
    if focal is None:
        return answer
    answer[focal] = True
    source, target, _ = related(ecosystem, parameters, "part")
    answer[source[roll_up_of(ecosystem, parameters).counts_as[target] == focal]] = True
    return answer

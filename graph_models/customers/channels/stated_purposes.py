"""What the roles of parties say that they do with what they buy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.arrays.types import Ints, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import roll_up_of, states_of
from graph_models.flows.lots import OWN_USE, RESALE, TRANSFORMATION, Keys


class StatedPurposes(NamedTuple):
    """Along keys of party and product: is the purpose stated, by a role that names the product, else by one that names none?"""

    own_use: Mask
    transformation: Mask
    resale: Mask
    keys: Keys
    party: Ints
    """Of each role with a purpose its party ..."""
    product: Longs
    """... the code of its product, -1 for none ..."""
    purpose: list[str]
    facts: Longs
    """... and its number."""

    def of(self, key: int) -> list[tuple[str, int]]:
        """(purpose, number of the role) of what counts for a key."""
        party, product = int(self.keys.party[key]), int(self.keys.product[key])
        mine = self.party == party
        naming = np.flatnonzero(mine & (self.product == product) & (product >= 0))
        rows = naming if len(naming) else np.flatnonzero(mine & (self.product == -1))
        return [(self.purpose[row], int(self.facts[row])) for row in rows.tolist()]


def stated_purposes(ecosystem: Ecosystem, parameters: Parameters, keys: Keys, products: list[str]) -> StatedPurposes:
    """The purposes of all valid roles, whomever they are toward."""
    facts = ecosystem.families["roles"]
    rows = states_of(ecosystem, "roles", parameters)
    purposes, named = facts.coded("purpose"), facts.coded("product")
    rows = rows[purposes.codes[rows] >= 0]
    party, _, left = roll_up_of(ecosystem, parameters).ends(facts.source[rows], facts.target[rows])
    party, rows = party[left], rows[left]
    code = {text: place for place, text in enumerate(products)}
    unknown = len(products)
    codes = np.array([code.get(text, unknown) for text in named.texts] + [-1], np.int64)
    product, texts = codes[named.codes[rows]], [purposes.texts[place] for place in purposes.codes[rows].tolist()]
    stated = {}
    naming = product_roles(party, product, keys, unknown)
    for purpose in (OWN_USE, TRANSFORMATION, RESALE):
        of_purpose = np.array([text == purpose for text in texts], bool)
        exact = product_roles(party[of_purpose], product[of_purpose], keys, unknown)
        general = np.isin(keys.party, party[of_purpose & (product == -1)])
        stated[purpose] = np.where(naming, exact, general)
    return StatedPurposes(stated[OWN_USE], stated[TRANSFORMATION], stated[RESALE], keys, party, product, texts, facts.first_ref + rows)


def product_roles(party: Ints, product: Longs, keys: Keys, unknown: int) -> Mask:
    """Along keys: does one of these roles name the party and the product of the key?"""
    known = (product >= 0) & (product != unknown)
    return np.isin(keys.keys, party[known].astype(np.int64) * keys.products + product[known] + 1)

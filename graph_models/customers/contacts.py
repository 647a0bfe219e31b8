"""Facts between the focal party and each other party, in either direction."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.arrays.types import Ints, Longs
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.records.dates import Period


class Contacts(NamedTuple):
    """Facts of one family with the focal party: the other party of each, its row and its number."""

    party: Ints
    rows: Longs
    facts: Longs

    def of(self, place: int) -> Longs:
        """The numbers of the facts with one party."""
        found: Longs = self.facts[self.party == place]
        return found


def contacts_of(ecosystem: Ecosystem, family: str, parameters: Parameters, period: Period) -> Contacts:
    """The facts of a family that overlap the period and have the focal party at one end, after the roll-up."""

    def made() -> Contacts:
        facts = ecosystem.families[family]
        source, target, left = roll_up_of(ecosystem, parameters).ends(facts.source, facts.target)
        counts = left & (facts.start < period.end) & (facts.end > period.start) & ((source == focal) ^ (target == focal))
        if not parameters.hypotheses:
            counts &= ~facts.hypothesis
        rows = np.flatnonzero(counts)
        return Contacts(np.where(source[rows] == focal, target[rows], source[rows]), rows, facts.first_ref + rows)

    focal = focal_of(ecosystem, parameters)
    return ecosystem.kept(("contacts", family, period, focal, parameters.hypotheses, parameters.roll_up), made)

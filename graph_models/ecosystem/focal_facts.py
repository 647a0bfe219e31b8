"""The facts between the focal party and each other party, after the roll-up: its roles, contacts, and touchpoints of a period."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.arrays.types import Ints, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of, states_of
from graph_models.records.dates import Period


class PartyFacts(NamedTuple):
    """Facts of one family, each with the party that it is a fact of."""

    party: Ints
    """The place of the party."""
    rows: Longs
    """The row in the family, in order."""
    numbers: Longs
    """The number of the fact in the ecosystem."""

    def of(self, place: int) -> Longs:
        """The numbers of the facts of one party."""
        found: Longs = self.numbers[self.party == place]
        return found

    def where(self, wanted: Mask) -> PartyFacts:
        """Those of facts that are wanted; ``wanted`` says so of each."""
        return PartyFacts(self.party[wanted], self.rows[wanted], self.numbers[wanted])

    def has(self, ecosystem: Ecosystem) -> Mask:
        """Per party: does it have one of these facts?"""
        answer = np.zeros(len(ecosystem.parties), bool)
        answer[self.party] = True
        return answer


def focal_roles(ecosystem: Ecosystem, parameters: Parameters, *meanings: str, units: bool = False) -> PartyFacts:
    """The roles toward the focal party that hold at ``as_of``, with who has them.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``roll_up hypotheses``.
    meanings : str
        Only roles of kinds that mean one of these; none: all.
    units : bool
        Roles stay with the units that have them, also where these are rolled up.
    """
    facts = ecosystem.families["roles"]
    rows = states_of(ecosystem, "roles", parameters)
    if meanings:
        rows = rows[ecosystem.means("roles", *meanings)[rows]]
    focal, roll_up = focal_of(ecosystem, parameters), roll_up_of(ecosystem, parameters)
    source, target = facts.source[rows], facts.target[rows]
    if units:
        toward = (roll_up.counts_as[target] == focal) & (source != focal)
    else:
        source, target, toward = roll_up.ends(source, target)
        toward &= (target == focal) & (source != focal)
    return PartyFacts(source[toward], rows[toward], facts.first_ref + rows[toward])


def contacts_of(ecosystem: Ecosystem, family: str, parameters: Parameters, period: Period) -> PartyFacts:
    """The facts of a family that overlap the period and have the focal party at one end, with the party at the other."""

    def made() -> PartyFacts:
        facts = ecosystem.families[family]
        source, target, left = roll_up_of(ecosystem, parameters).ends(facts.source, facts.target)
        counts = left & (facts.start < period.end) & (facts.end > period.start) & ((source == focal) ^ (target == focal))
        if not parameters.hypotheses:
            counts &= ~facts.hypothesis
        rows = np.flatnonzero(counts)
        return PartyFacts(np.where(source[rows] == focal, target[rows], source[rows]), rows, facts.first_ref + rows)

    focal = focal_of(ecosystem, parameters)
    return ecosystem.kept(("contacts", family, period, focal, parameters.hypotheses, parameters.roll_up), made)


def touchpoints_of(ecosystem: Ecosystem, parameters: Parameters, period: Period | None = None) -> Longs:
    """The rows of the touchpoints of the period, or of another one."""
    facts, period = ecosystem.families["touchpoints"], period or ecosystem.period(parameters)
    inside = (facts.start >= period.start) & (facts.start < period.end)
    return np.flatnonzero(inside if parameters.hypotheses else inside & ~facts.hypothesis)


def negative_touchpoints(ecosystem: Ecosystem) -> Mask:
    """Per touchpoint: is it negative, by its kind or by its sentiment?"""
    return np.asarray(ecosystem.means("touchpoints", "negative") | (ecosystem.families["touchpoints"].number("sentiment") < 0), bool)

"""Who has to do with competitors of the focal party."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.arrays.types import Ints, Longs, Mask
from graph_models.customers.buying_roles import focal_roles
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import claims_of, focal_of, roll_up_of, states_of


class RivalTies(NamedTuple):
    """Per party whether it has a valid role toward a competitor, or that of a competitor's customer; and the roles that say so."""

    tied: Mask
    party: Ints
    facts: Longs

    def of(self, place: int) -> Longs:
        """The numbers of one party's roles."""
        found: Longs = self.facts[self.party == place]
        return found


def rivals_of(ecosystem: Ecosystem, parameters: Parameters) -> Mask:
    """The competitors of the focal party: by their role toward it, or by a relationship of competition."""
    answer = np.zeros(len(ecosystem.parties), bool)
    answer[focal_roles(ecosystem, parameters, lambda kind: kind.means == "competitor").party] = True
    facts, kinds = ecosystem.families["relationships"], ecosystem.vocabulary.relationship_kinds
    rows = claims_of(ecosystem, "relationships", parameters).rows
    rows = rows[facts.coded("kind").flags(lambda kind: kind in kinds and kinds[kind].means == "competition")[rows]]
    counts_as, focal = roll_up_of(ecosystem, parameters).counts_as, focal_of(ecosystem, parameters)
    for mine, other in ((facts.source, facts.target), (facts.target, facts.source)):
        answer[counts_as[other[rows]][counts_as[mine[rows]] == focal]] = True
    return answer


def rival_ties(ecosystem: Ecosystem, parameters: Parameters) -> RivalTies:
    """The roles of parties toward competitors, and toward the focal party those of competitors' customers."""
    facts, kinds = ecosystem.families["roles"], ecosystem.vocabulary.roles
    rivals = rivals_of(ecosystem, parameters)
    rows = states_of(ecosystem, "roles", parameters)
    source, target, left = roll_up_of(ecosystem, parameters).ends(facts.source[rows], facts.target[rows])
    theirs = facts.coded("kind").flags(lambda kind: kind in kinds and kinds[kind].means == "competitor_customer")[rows]
    told = left & (source != focal_of(ecosystem, parameters)) & (rivals[target] | (theirs & (target == focal_of(ecosystem, parameters))))
    tied = np.zeros(len(ecosystem.parties), bool)
    tied[source[told]] = True
    return RivalTies(tied, source[told], facts.first_ref + rows[told])

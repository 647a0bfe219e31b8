"""Who has to do with competitors of the focal party."""

from __future__ import annotations

from graph_models.arrays.types import Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.focal_facts import PartyFacts, focal_roles
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, related, roll_up_of, states_of


def rivals_of(ecosystem: Ecosystem, parameters: Parameters) -> Mask:
    """The competitors of the focal party: by their role toward it, or by a relationship of competition."""
    answer = focal_roles(ecosystem, parameters, "competitor").has(ecosystem)
    counts_as, focal = roll_up_of(ecosystem, parameters).counts_as, focal_of(ecosystem, parameters)
    source, target, _ = related(ecosystem, parameters, "competition")
    for mine, other in ((source, target), (target, source)):
        answer[counts_as[other][counts_as[mine] == focal]] = True
    return answer


def rival_ties(ecosystem: Ecosystem, parameters: Parameters) -> PartyFacts:
    """The valid roles of parties toward competitors, and toward the focal party those of competitors' customers."""
    facts, rivals, focal = ecosystem.families["roles"], rivals_of(ecosystem, parameters), focal_of(ecosystem, parameters)
    rows = states_of(ecosystem, "roles", parameters)
    source, target, left = roll_up_of(ecosystem, parameters).ends(facts.source[rows], facts.target[rows])
    theirs = ecosystem.means("roles", "competitor_customer")[rows]
    told = left & (source != focal) & (rivals[target] | (theirs & (target == focal)))
    return PartyFacts(source[told], rows[told], facts.first_ref + rows[told])

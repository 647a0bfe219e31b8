"""The roles that parties have toward the focal party: who buys by role, in which stage, and since when."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from graph_models.arrays.types import Ints, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of, states_of
from graph_models.records.vocabulary import RoleKind


class FocalRoles(NamedTuple):
    """The valid roles toward the focal party, in the order of their ids: the place of the party and the row of each."""

    party: Ints
    rows: Longs
    facts: Longs
    """The numbers of the facts."""

    def of(self, place: int) -> Longs:
        """The numbers of one party's roles."""
        found: Longs = self.facts[self.party == place]
        return found


def focal_roles(ecosystem: Ecosystem, parameters: Parameters, wanted: Callable[[RoleKind], bool] | None = None, *, units: bool = False) -> FocalRoles:
    """The roles of these kinds that hold at ``as_of``; of units of the focal party too, where they are not rolled up into it.

    ``units``: roles stay with the units that have them.
    """
    facts = ecosystem.families["roles"]
    rows = states_of(ecosystem, "roles", parameters)
    if wanted is not None:
        kinds = ecosystem.vocabulary.roles
        rows = rows[facts.coded("kind").flags(lambda kind: kind in kinds and wanted(kinds[kind]))[rows]]
    focal = focal_of(ecosystem, parameters)
    source, target = facts.source[rows], facts.target[rows]
    if units:
        toward = (roll_up_of(ecosystem, parameters).counts_as[target] == focal) & (source != focal)
        return FocalRoles(source[toward], rows[toward], facts.first_ref + rows[toward])
    source, target, left = roll_up_of(ecosystem, parameters).ends(source, target)
    toward = left & (target == focal) & (source != focal)
    return FocalRoles(source[toward], rows[toward], facts.first_ref + rows[toward])


def parties_with(ecosystem: Ecosystem, roles: FocalRoles) -> Mask:
    """Who has one of these roles."""
    answer = np.zeros(len(ecosystem.parties), bool)
    answer[roles.party] = True
    return answer


def in_all(ecosystem: Ecosystem, roles: FocalRoles, of_role: Mask) -> Mask:
    """Who has such roles, all of which are so; ``of_role`` says it of each role."""
    answer: Mask = parties_with(ecosystem, roles) & (np.bincount(roles.party[~of_role], minlength=len(ecosystem.parties)) == 0)
    return answer


def in_any(ecosystem: Ecosystem, roles: FocalRoles, of_role: Mask) -> Mask:
    """Who has such a role that is so."""
    return np.asarray(np.bincount(roles.party[of_role], minlength=len(ecosystem.parties)) > 0, bool)

"""How long a customer has been silent, in gaps between its purchases (customers.md section 2)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.arrays.grouping import group_starts
from graph_models.arrays.types import Floats, Ints, Longs, Mask
from graph_models.customers.buying.purchases import Purchases, gaps_of
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.focal_facts import focal_roles
from graph_models.ecosystem.parameters import Parameters

OWN_GAPS, ROLE_GAPS = 2, 10
"""So many gaps of a party, else of all parties of its role, make a median."""


class Silence(NamedTuple):
    """Along the parties: the usual days between two purchases, whether they are those of its role, and the days since the last in such gaps."""

    gap_days: Floats
    of_role: Mask
    silence: Floats


def silence_of(ecosystem: Ecosystem, parameters: Parameters, purchases: Purchases) -> Silence:
    """The median of the gaps of each party (at least two); else of all parties with the same newest role (at least ten); else NaN."""
    n = len(ecosystem.parties)
    party, days = gaps_of(purchases)
    gap = _medians(party, days, n, OWN_GAPS)
    role = _newest_roles(ecosystem, parameters, n)
    roles = role[party]
    known = roles >= 0
    by_role = _medians(roles[known], days[known], int(role.max(initial=-1)) + 1, ROLE_GAPS)
    of_role = np.isnan(gap) & (role >= 0) & (purchases.days > 0)
    gap[of_role] = by_role[role[of_role]]
    of_role &= ~np.isnan(gap)
    since = np.where(purchases.days > 0, purchases.until - purchases.last, np.nan)
    return Silence(gap, of_role, np.divide(since, gap, out=np.full(n, np.nan), where=gap > 0))


def _medians(group: Longs, days: Ints, count: int, least: int) -> Floats:
    """Per group the median; NaN where it has fewer than ``least``."""
    answer = np.full(count, np.nan)
    order = np.lexsort((days, group))
    first = group_starts(group[order])
    for start, end in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
        if end - start >= least:
            answer[group[order[start]]] = np.median(days[order[start:end]])
    return answer


def _newest_roles(ecosystem: Ecosystem, parameters: Parameters, n: int) -> Longs:
    """Per party the code of the kind of its newest valid role toward the focal party; -1 where it has none."""
    facts, roles = ecosystem.families["roles"], focal_roles(ecosystem, parameters)
    order = np.lexsort((-roles.rows, facts.start[roles.rows]))  # of a party the last one stays
    answer = np.full(n, -1, np.int64)
    answer[roles.party[order]] = facts.coded("kind").codes[roles.rows[order]]
    return answer

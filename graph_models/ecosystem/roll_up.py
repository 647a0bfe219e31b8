"""Roll-up: departments count as the company that they are part of, and (on demand) companies as the party that controls them."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import numpy as np

from graph_models.arrays.types import Ints, Longs, Mask
from graph_models.ecosystem.claims import Claims, claims_among
from graph_models.ecosystem.corporate_control import control_pairs, share_matrix
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters

CONTROL_THRESHOLD = 0.5


class RollUp(NamedTuple):
    """``counts_as``: per party the place of the party as which it counts (mostly itself); ``present``: who is a node."""

    counts_as: Ints
    present: Mask

    def ends(self, source: Ints, target: Ints) -> tuple[Ints, Ints, Mask]:
        """The ends of facts after the roll-up, and which facts are left: what is between the rolled-up vanishes."""
        new_source, new_target = self.counts_as[source], self.counts_as[target]
        to_itself = (source == target) & self.present[source]
        return new_source, new_target, cast(Mask, (new_source != new_target) | to_itself)


def roll_up_of(ecosystem: Ecosystem, parameters: Parameters) -> RollUp:
    """The roll-up that the parameters ask for."""
    key = ("roll_up", parameters.roll_up, parameters.hypotheses)
    return ecosystem.kept(key, lambda: _made(ecosystem, parameters))


def focal_of(ecosystem: Ecosystem, parameters: Parameters) -> int | None:
    """The place of the focal party after the roll-up; ``None`` where it is not there."""
    return None if ecosystem.focal is None else int(roll_up_of(ecosystem, parameters).counts_as[ecosystem.focal])


def states_of(ecosystem: Ecosystem, family: str, parameters: Parameters) -> Longs:
    """The rows of roles or relationships that hold at ``as_of``, hypotheses only where they are asked for."""

    def rows() -> Longs:
        facts = ecosystem.families[family]
        holds = (facts.start <= ecosystem.as_of) & (facts.end > ecosystem.as_of)
        if not parameters.hypotheses:
            holds &= ~facts.hypothesis
        return np.flatnonzero(holds)

    return ecosystem.kept(("states", family, parameters.hypotheses), rows)


def claims_of(ecosystem: Ecosystem, family: str, parameters: Parameters) -> Claims:
    """The claims that hold at ``as_of``: what weights and shares are made of. Filters read all facts (:func:`states_of`)."""
    return ecosystem.kept(("claims", family, parameters.hypotheses), lambda: claims_among(ecosystem, family, states_of(ecosystem, family, parameters)))


def _made(ecosystem: Ecosystem, parameters: Parameters) -> RollUp:
    n = len(ecosystem.parties)
    counts_as = np.arange(n, dtype=np.int32)
    if parameters.roll_up != "none":
        counts_as = _units(ecosystem, parameters)
    if parameters.roll_up == "group":
        counts_as = _groups(ecosystem, parameters, counts_as)[counts_as]
    return RollUp(counts_as, counts_as == np.arange(n))


def related(ecosystem: Ecosystem, parameters: Parameters, means: str) -> tuple[Ints, Ints, Longs]:
    """Source, target and row of the relationships that hold and mean this, as claims and before any roll-up."""
    facts = ecosystem.families["relationships"]
    rows = claims_of(ecosystem, "relationships", parameters).rows
    rows = rows[ecosystem.means("relationships", means)[rows]]
    return facts.source[rows], facts.target[rows], rows


def _units(ecosystem: Ecosystem, parameters: Parameters) -> Ints:
    """Each unit counts as the topmost party, itself no unit, that it is part of (of several wholes, the first by id)."""
    n = len(ecosystem.parties)
    kinds = ecosystem.vocabulary.party_kinds
    is_unit = ecosystem.party_kind.flags(lambda kind: kind in kinds and kinds[kind].counts_as_whole)
    source, target, _ = related(ecosystem, parameters, "part")
    order = np.lexsort((target, source))[::-1]
    whole = np.full(n, -1, np.int64)
    whole[source[order]] = target[order]  # the last one written, so the smallest, stays
    counts_as = np.arange(n, dtype=np.int32)
    units = np.flatnonzero(is_unit & (whole >= 0))
    at, rising = whole[units], np.ones(len(units), bool)
    for _ in range(n):
        there = rising & ~is_unit[at]
        counts_as[units[there]] = at[there]
        rising &= (whole[at] >= 0) & (whole[at] != units)
        if not rising.any():
            break
        at = np.where(rising, whole[at], at)
    return counts_as


def _groups(ecosystem: Ecosystem, parameters: Parameters, counts_as: Ints) -> Ints:
    """Each party counts as the topmost party that controls it (of parties that control one another, the first by id)."""
    n = len(counts_as)
    facts = ecosystem.families["relationships"]
    source, target, rows = related(ecosystem, parameters, "ownership")
    share = facts.number("share")[rows]
    source, target = counts_as[source], counts_as[target]
    kept = ~np.isnan(share) & (source != target)
    shares = share_matrix(n, source[kept].astype(np.int64), target[kept].astype(np.int64), share[kept])
    controller, controlled = control_pairs(shares, CONTROL_THRESHOLD)
    answer = np.arange(n, dtype=np.int32)
    pairs: set[tuple[int, int]] = set(zip(controller.tolist(), controlled.tolist(), strict=True))
    above: dict[int, list[int]] = {}
    for top, company in sorted(pairs):
        above.setdefault(company, []).append(top)
    for company, tops in above.items():
        highest: list[Any] = [top for top in tops if all((top, other) in pairs for other in above.get(top, ()))]
        candidates = [*highest, company] if any((company, top) in pairs for top in highest) else highest
        answer[company] = min(candidates, default=company)
    return answer

"""What a scenario comes to: two ecosystems held against each other, before the edits and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
import numpy as np
from scipy.sparse.csgraph import connected_components

from graph_models.arrays.ranking import difference, rounded
from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.flows.value_chain import value_chain_of
from graph_models.graphs.graph_types import graph_of
from graph_models.kernels.neighbours import reachable
from graph_models.metrics.result import NO_FOCAL_PARTY, NO_VALUE_CHAIN, ROLLED_UP, MetricResult
from graph_models.metrics.value.disruption import disrupted_by
from graph_models.notices import Warning
from graph_models.scenarios.edits import Edit, RemoveParty
from graph_models.scenarios.substitution import substitution
from graph_models.scenarios.value_lost import ValueLost, places_in, value_lost
from graph_models.scores.profile import Profile
from graph_models.scores.scores import SCORES, plain_result

SHOWN = 1_000
"""So many items of each list are kept."""
SMALLEST_MOVE = 1e-9
"""Scores are from 0 to 100; what moves less is rounding."""
REMOVED, ADDED = "removed", "added"


@dataclass(frozen=True)
class Case:
    """A scenario with all that its outcome depends on."""

    before: Ecosystem
    after: Ecosystem
    edits: Sequence[Edit]
    parameters: Parameters
    profile: Profile

    @cached_property
    def lost(self) -> list[str]:
        """The parties that the edits take away and that stay away."""
        named = dict.fromkeys(edit.id for edit in self.edits if isinstance(edit, RemoveParty))
        return [party for party in named if party in self.before.places and party not in self.after.places]

    @cached_property
    def place(self) -> Longs:
        """Per party after its place before; new ones are numbered behind all."""
        return places_in(self.before, self.after)

    @cached_property
    def still(self) -> Longs:
        """The places, after, of those who were there before and are parties of their own (not rolled up)."""
        present = roll_up_of(self.after, self.parameters).present
        return np.flatnonzero((self.place < len(self.before.parties)) & present)


def outcome(case: Case, stage: Callable[[str], None] = lambda name: None) -> dict[str, Any]:
    """The whole answer; ``stage`` is called as each part begins. Lists are cut after ``SHOWN`` items, and say so in ``truncated``."""
    answer: dict[str, Any] = {"truncated": {}, "reasons": {}}
    results = []
    for score in SCORES:
        stage(f"{score} before")
        before = _score_before(case, score)
        stage(f"{score} after")
        results.append((score, before, plain_result(case.after, case.parameters, score, case.profile)))
    stage("differences")
    answer |= score_changes(case, results, answer) | value_part(case, answer) | cut_off(case, answer) | lost_only_channel(case, answer)
    stage("disruption")
    answer |= {"disruption": disruption_of(case)}
    stage("substitution")
    return answer | _listed("substitution", substitution(case.before, case.after, case.lost, case.parameters), answer)


def _score_before(case: Case, score: str) -> MetricResult:
    """Kept, so that the next scenario on the same ecosystem finds it."""
    key = ("scenario", score, case.parameters.given_key(), msgspec.json.encode(case.profile, order="deterministic"))
    return case.before.kept(key, lambda: plain_result(case.before, case.parameters, score, case.profile))


def _listed(name: str, items: Sequence[Any], answer: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    """A list as it is kept: its beginning; how much is left out goes into the answer."""
    left = (len(items) if total is None else total) - SHOWN
    answer["truncated"][name] = {"shown": SHOWN, "left_out": left, "why": f"the first {SHOWN} are kept"} if left > 0 else None
    return {name: list(items[:SHOWN])}


def score_changes(case: Case, results: Sequence[tuple[str, MetricResult, MetricResult]], answer: dict[str, Any]) -> dict[str, Any]:
    """Every party whose score moves, the largest change first, then by id; what has no score on one side counts there as 0."""
    new = np.flatnonzero(case.place >= len(case.before.parties))
    ids = [*case.before.parties, *(case.after.parties[at] for at in new.tolist())]
    moves = [_moves(score, len(ids), case.place, before, after) for score, before, after in results]
    which = np.repeat(np.arange(len(moves)), [len(move.party) for move in moves])
    party, size = (np.concatenate([getattr(move, name) for move in moves]) for name in ("party", "size"))
    first = np.lexsort((which, party, -size))[:SHOWN]
    items = [_change(case, moves[which[at]], int(party[at]), ids[party[at]]) for at in first.tolist()]
    warnings = dict.fromkeys(warning for _, before, after in results for warning in (*before.warnings, *after.warnings))
    listed = _listed("scores", items, answer, len(party))
    return listed | {"scores_moved": len(party), "warnings": [_plain(warning) for warning in sorted(warnings)]}


def _plain(warning: Warning) -> dict[str, Any]:
    return {"code": warning.code, "message": warning.message, "facts": list(warning.facts[:SHOWN]), "parties": list(warning.parties[:SHOWN])}


class _Moves(NamedTuple):
    """One score of all parties before and after, and those who move."""

    score: str
    party: Longs
    size: Floats
    values: tuple[Floats, Floats]
    ranks: tuple[Longs, Longs]
    results: tuple[MetricResult, MetricResult]
    bounds: Mask


def _moves(score: str, n: int, place: Longs, before: MetricResult, after: MetricResult) -> _Moves:
    old, new, old_rank, new_rank = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, np.int64), np.zeros(n, np.int64)
    old[: len(before.array)], old_rank[: len(before.array)] = before.array, before.ranks
    new[place], new_rank[place] = after.array, after.ranks
    size = np.abs(np.nan_to_num(new) - np.nan_to_num(old))
    party = np.flatnonzero((np.isnan(old) != np.isnan(new)) | (size > SMALLEST_MOVE))
    bounds = np.zeros(n, bool)
    bounds[: len(before.array)] |= before.bound is not None and before.bound
    bounds[place] |= after.bound is not None and after.bound
    return _Moves(score, party, rounded(size[party]), (old, new), (old_rank, new_rank), (before, after), bounds)


def _change(case: Case, moves: _Moves, party: int, party_id: str) -> dict[str, Any]:
    old, new = (None if np.isnan(values[party]) else float(values[party]) for values in moves.values)
    ranks = [int(rank[party]) or None for rank in moves.ranks]
    return {
        "party_id": party_id,
        "score": moves.score,
        "before": old,
        "after": new,
        "change": None if old is None or new is None else difference(new, old),
        "rank_before": ranks[0],
        "rank_after": ranks[1],
        "bound": bool(moves.bounds[party]),
        "reason": _reason(case, moves, party_id, old, new),
    }


def _reason(case: Case, moves: _Moves, party: str, old: float | None, new: float | None) -> str | None:
    """Why there is no score on one side."""
    if old is None:
        return moves.results[0].reason(case.before.places[party]) if party in case.before.places else ADDED
    if new is None:
        return moves.results[1].reason(case.after.places[party]) if party in case.after.places else REMOVED
    return None


def disruption_of(case: Case) -> list[dict[str, Any]]:
    """Of each party that is lost, exactly, the share of the output before that is distressed beyond it (DebtRank)."""
    chain, present = value_chain_of(case.before, case.parameters.with_(products="mixed")), roll_up_of(case.before, case.parameters).present
    place = {party: case.before.places[party] for party in case.lost}
    reasons = {party: ROLLED_UP if not present[at] else NO_VALUE_CHAIN if not chain.x.any() else None for party, at in place.items()}
    known = [party for party, reason in reasons.items() if reason is None]
    values = dict(zip(known, disrupted_by(chain, np.array([place[party] for party in known], np.int64)).tolist() if known else (), strict=True))
    return [{"party_id": party, "value": values.get(party), "reason": reason} for party, reason in reasons.items()]


def value_part(case: Case, answer: dict[str, Any]) -> dict[str, Any]:
    """The money that no longer arrives."""
    lost = value_lost(case.before, case.after, case.parameters)
    if not isinstance(lost, ValueLost):
        answer["reasons"]["value_lost"] = lost
        return {"value_lost": None, "value": None}
    sides = {name: side._asdict() | {"lost": side.lost} for name, side in (("sales", lost.sales), ("purchases", lost.purchases))}
    return {"value_lost": lost.value, "value": {"currency": case.before.base_currency, **sides}}


def cut_off(case: Case, answer: dict[str, Any]) -> dict[str, Any]:
    """Parties, still there, that had a way to the focal party in the graph ``tie`` and have none any more."""
    old, new = (_tied(ecosystem, case.parameters) for ecosystem in (case.before, case.after))
    if old is None or new is None:
        answer["reasons"]["cut_off"] = NO_FOCAL_PARTY
        return {"cut_off": None}
    gone = case.still[old[case.place[case.still]] & ~new[case.still]]
    return _listed("cut_off", [case.after.parties[at] for at in gone.tolist()], answer)


def _tied(ecosystem: Ecosystem, parameters: Parameters) -> Mask | None:
    """Who has a way to the focal party."""
    focal = focal_of(ecosystem, parameters)
    if focal is None:
        return None
    _, component = connected_components(graph_of(ecosystem, "tie", parameters).matrix(), directed=False)
    return np.asarray(component == component[focal], bool)


def lost_only_channel(case: Case, answer: dict[str, Any]) -> dict[str, Any]:
    """End customers, still there, whom the focal party's output reached before and does not reach any more; with what they used of it."""
    old, new = (value_chain_of(ecosystem, case.parameters) for ecosystem in (case.before, case.after))
    if old.focal is None or new.focal is None:
        answer["reasons"]["lost_only_channel"] = NO_FOCAL_PARTY
        return {"lost_only_channel": None, "lost_only_channel_value": None}
    got = old.total(old.received_by(old.focal) * old.used)[case.place[case.still]] * old.output(old.focal)
    reached = new.total(reachable(new.z, np.flatnonzero(new.start(new.focal))).astype(np.float64)) > 0
    lost = np.where(reached[case.still], 0.0, got)
    order = np.flatnonzero(lost > 0)
    order = order[np.argsort(-rounded(lost[order]), kind="stable")]
    named = [(case.after.parties[at], float(value)) for at, value in zip(case.still[order].tolist(), lost[order].tolist(), strict=True)]
    return _listed("lost_only_channel", [party for party, _ in named], answer) | {"lost_only_channel_value": dict(named[:SHOWN])}

"""What changed between two days: ranks and the facts behind them, the structure of the network, and all facts that began, ended or changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_models.arrays.ranking import rounded
from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.changes.fact_changes import FactChanges, fact_changes, fact_item
from graph_models.changes.structure_changes import both_days, structure_changes
from graph_models.ecosystem.ecosystem import FACT_FAMILIES, Ecosystem
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.flows.flow_amounts import flows_of
from graph_models.metrics.result import MetricResult
from graph_models.scores.explanation import explain
from graph_models.scores.scores import SCORES

KINDS = ("rank", "structure", "fact")
"""In this order."""
MAX_FACTS = 50
"""So many facts are named with a change of rank or structure."""


class Score(NamedTuple):
    """A score along the parties of an ecosystem: NaN and rank 0 where it is undefined."""

    value: Floats
    rank: Longs


def score_of(result: MetricResult) -> Score:
    return Score(result.array, result.ranks)


class Side(NamedTuple):
    """One of the two days."""

    ecosystem: Ecosystem
    scores: Mapping[str, Score]


class RankChange(NamedTuple):
    """A party whose rank differs; -1 where it is not there on that day."""

    score: str
    party: str
    before: int
    after: int


class Changes:
    """All changes, listed without their reasons; reasons are looked for when an item is read. Immutable."""

    def __init__(self, before: Side, after: Side) -> None:
        self.before, self.after = before, after
        self.facts = fact_changes(before.ecosystem, after.ecosystem)
        self.ranks = [change for score in SCORES for change in _rank_changes(score, before, after)]

    def page(self, *, kind: str | None = None, party: str | None = None, limit: int = 100, offset: int = 0) -> dict[str, Any]:
        """Some of the items: ranks first (of each score those that moved most), then the structure, then facts (by family, what happened, id)."""
        lists = {"rank": self._rank_items, "structure": self._structure_items, "fact": self._fact_items}
        items: list[dict[str, Any]] = []
        total = 0
        for name in KINDS if kind is None else (kind,):
            count, made = lists[name](party)
            items += [made(place) for place in range(max(offset - total, 0), min(offset + limit - total, count))]
            total += count
        return {"items": items, "total": total}

    def _rank_items(self, party: str | None) -> tuple[int, Callable[[int], dict[str, Any]]]:
        shown = [change for change in self.ranks if party in (None, change.party)]
        return len(shown), lambda place: self._rank_item(shown[place])

    def _structure_items(self, party: str | None) -> tuple[int, Callable[[int], dict[str, Any]]]:
        shown = [item for item in self._structure if party is None or party == item["party_id"] or party in item.get("parties", ())]
        return len(shown), lambda place: shown[place] | {"facts": self._among(shown[place])}

    def _fact_items(self, party: str | None) -> tuple[int, Callable[[int], dict[str, Any]]]:
        shown = self.facts if party is None else self.facts.of(self._touches([party]))
        return len(shown), lambda place: fact_item(self.before.ecosystem, self.after.ecosystem, *(int(column[place]) for column in shown))

    @cached_property
    def _structure(self) -> list[dict[str, Any]]:
        return structure_changes(self.before.ecosystem, self.after.ecosystem)

    # -- reasons

    def _rank_item(self, change: RankChange) -> dict[str, Any]:
        sides = []
        for side, place in ((self.before, change.before), (self.after, change.after)):
            value = np.nan if place < 0 else float(side.scores[change.score].value[place])
            sides.append(None if np.isnan(value) else {"value": value, "rank": int(side.scores[change.score].rank[place])})
        was, now = sides
        what = "entered" if was is None else "left" if now is None else "rose" if now["rank"] < was["rank"] else "fell"
        facts, through = self._causes(change)
        item = {"kind": "rank", "change": what, "party_id": change.party, "score": change.score, "before": was, "after": now}
        return item | {"facts": facts[:MAX_FACTS], "through": through}

    def _causes(self, change: RankChange) -> tuple[list[str], str | None]:
        """The facts that changed, or came into the period or left it, on the paths behind the parts of the score, before or after; else the party's own."""
        shown: set[str] = set()
        for side, place in ((self.before, change.before), (self.after, change.after)):
            if place >= 0:
                parts = explain(side.ecosystem, change.party, change.score)["parts"]
                shown |= {fact for part in parts for item in part["evidence"] for sort in ("facts", "implied") for fact in item[sort]}
        if found := [fact for fact in self._moved if fact in shown]:
            return found, "paths"
        own = self._ids(self._counted.of(self._touches([change.party], self._counted)))
        return own, "own facts" if own else None

    @cached_property
    def _counted(self) -> FactChanges:
        """The facts that changed, and after them the flows that count on one of the days only, since the period moved on."""
        flows = FACT_FAMILIES.index("value_flows")
        rows = [flows_of(side.ecosystem, DEFAULTS).rows for side in (self.before, self.after)]
        ids = [side.ecosystem.columns["value_flows"]["id"].take(pa.array(of_side)) for side, of_side in zip((self.before, self.after), rows, strict=True)]
        left = rows[0][~_are_in(ids[0], ids[1])]
        came = rows[1][~_are_in(ids[1], ids[0])]
        known = self.facts.of(self.facts.family == flows)
        left, came = np.setdiff1d(left, known.before), np.setdiff1d(came, known.after)
        moved = FactChanges(
            np.full(len(left) + len(came), flows),
            np.repeat([0, 2], [len(left), len(came)]),
            np.concatenate([left, np.full(len(came), -1)]),
            np.concatenate([np.full(len(left), -1), came]),
        )
        return FactChanges(*(np.concatenate(columns) for columns in zip(self.facts, moved, strict=True)))

    @cached_property
    def _moved(self) -> dict[str, None]:
        return dict.fromkeys(self._ids(self._counted))

    def _ids(self, changes: FactChanges) -> list[str]:
        found = []
        for family, _, old, new in zip(*(column.tolist() for column in changes), strict=True):
            side, row = (self.after, new) if new >= 0 else (self.before, old)
            found.append(str(side.ecosystem.families[FACT_FAMILIES[family]].ids[row].as_py()))
        return found

    def _touches(self, parties: list[str], changes: FactChanges | None = None, *, both: bool = False) -> Mask:
        """Which changes are of facts of these parties (``both``: between two of them)."""
        changes = self.facts if changes is None else changes
        answer = np.zeros(len(changes), bool)
        for side, rows in ((self.before, changes.before), (self.after, changes.after)):
            ecosystem = side.ecosystem
            wanted = np.zeros(len(ecosystem.parties) + 1, bool)  # the last one is nobody
            wanted[[ecosystem.places[party] for party in parties if party in ecosystem.places]] = True
            for place, family in enumerate(FACT_FAMILIES):
                of_family = np.flatnonzero((changes.family == place) & (rows >= 0))
                facts = ecosystem.families[family]
                source, target = wanted[facts.source[rows[of_family]]], wanted[facts.target[rows[of_family]]]
                answer[of_family] |= source & target if both else source | target
        return answer

    def _among(self, item: Mapping[str, Any]) -> list[str]:
        """The facts that changed of the party, or between the parties, that an item of structure is about."""
        several = item["party_id"] is None
        parties = list(item.get("parties", ())) if several else [item["party_id"]]
        return self._ids(self.facts.of(self._touches(parties, both=several)))[:MAX_FACTS]


def _are_in(ids: pa.ChunkedArray, others: pa.ChunkedArray) -> Mask:
    return np.asarray(pc.is_in(ids, value_set=others.combine_chunks()).to_numpy(), bool)


def _rank_changes(score: str, before: Side, after: Side) -> Iterator[RankChange]:
    """Whoever has another rank, the largest change of the value first; a value that is not there counts as 0."""
    parties = both_days(before.ecosystem, after.ecosystem)
    values, ranks = [], []
    for side, place in ((before, parties.before), (after, parties.after)):
        values.append(np.nan_to_num(np.append(side.scores[score].value, np.nan)[place]))
        ranks.append(np.append(side.scores[score].rank, 0)[place])
    moved = np.flatnonzero(ranks[0] != ranks[1])
    change = rounded(np.abs(values[1] - values[0])[moved], 9)
    for at in moved[np.argsort(-change, kind="stable")].tolist():
        yield RankChange(score, parties.ids[at].as_py(), int(parties.before[at]), int(parties.after[at]))

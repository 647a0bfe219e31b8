"""Which facts began, ended or changed between two days, as both days are believed now."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_models.arrays.types import Longs, Mask
from graph_models.ecosystem.column_schema import FAMILIES, FAMILY_OF
from graph_models.ecosystem.ecosystem import FACT_FAMILIES, Ecosystem
from graph_models.records.dates import FIRST_DAY, OPEN, first_day_text, last_day_text

STATES = ("roles", "relationships")
WHAT = ("ended", "changed", "began")
TYPE_OF = {family: name for name, family in FAMILY_OF.items()}
ABOUT_THE_FACT = ("source", "target", "documents", "details")
"""Columns that are told otherwise, or not at all."""


class FactChanges(NamedTuple):
    """Row by row: the place of the family in ``FACT_FAMILIES``, of what happened in ``WHAT``, and the rows in both ecosystems (-1: not there)."""

    family: Longs
    what: Longs
    before: Longs
    after: Longs

    def __len__(self) -> int:
        return len(self.family)

    def of(self, mask: Mask) -> FactChanges:
        return FactChanges(*(column[mask] for column in self))


def fact_changes(before: Ecosystem, after: Ecosystem) -> FactChanges:
    """By family, what happened and id. A state began or ended where it holds on one of the days only, and changed where it says something else.

    An event (value flow, touchpoint, assessment) began where its first day lies after the one and up to the other; it ended where it went on over
    the first of the days and was over on the second.
    """
    found = [_states(before, after, family) if family in STATES else _events(before, after, family) for family in FACT_FAMILIES]
    family = np.repeat(np.arange(len(found)), [len(rows[0]) for rows in found])
    return FactChanges(family, *(np.concatenate(columns).astype(np.int64) for columns in zip(*found, strict=True)))


Rows = tuple[Longs, Longs, Longs]


def _states(before: Ecosystem, after: Ecosystem, family: str) -> Rows:
    old, new = before.columns[family], after.columns[family]
    at = pc.fill_null(pc.index_in(new["id"], value_set=old["id"].combine_chunks()), -1).to_numpy().astype(np.int64)
    both = np.flatnonzero(at >= 0)
    gone = np.setdiff1d(np.arange(old.num_rows), at[both])
    differs = _ends_differ(before, after, family, at[both], both)
    for column in FAMILIES[family]:
        if column not in ABOUT_THE_FACT or column == "documents":
            differs |= _differ(old[column].take(pa.array(at[both])), new[column].take(pa.array(both)))
    changed = both[differs]
    return _sorted(before, after, family, (gone, np.full(len(gone), -1)), (at[changed], changed), (np.full((at < 0).sum(), -1), np.flatnonzero(at < 0)))


def _ends_differ(before: Ecosystem, after: Ecosystem, family: str, old: Longs, new: Longs) -> Mask:
    """Places of parties are not the same in both."""
    place = _places(before, after)
    facts, others = before.families[family], after.families[family]
    return np.asarray((place[facts.source[old]] != others.source[new]) | (place[facts.target[old]] != others.target[new]), bool)


def _places(before: Ecosystem, after: Ecosystem) -> Longs:
    """Where each party of before is now; -1 where it is not, and at the end for nobody."""
    at = pc.index_in(before.columns["parties"]["id"], value_set=after.columns["parties"]["id"].combine_chunks())
    return np.append(pc.fill_null(at, -1).to_numpy().astype(np.int64), -1)


def _differ(one: pa.ChunkedArray, other: pa.ChunkedArray) -> Mask:
    unequal = pc.fill_null(pc.not_equal(one, other), False)
    return cast(Mask, pc.or_(unequal, pc.xor(pc.is_null(one), pc.is_null(other))).to_numpy().astype(bool))


def _events(before: Ecosystem, after: Ecosystem, family: str) -> Rows:
    old, new = before.families[family], after.families[family]
    ended = np.flatnonzero((old.start <= before.as_of) & (old.end > before.as_of) & (old.end <= after.as_of) & (old.end < OPEN))
    began = np.flatnonzero((new.start > max(before.as_of, FIRST_DAY)) & (new.start <= after.as_of))
    nothing: Longs = np.zeros(0, np.int64)
    return _sorted(before, after, family, (ended, np.full(len(ended), -1)), (nothing, nothing), (np.full(len(began), -1), began))


def _sorted(before: Ecosystem, after: Ecosystem, family: str, *parts: tuple[Longs, Longs]) -> Rows:
    """What happened, row before, row after; by id within what happened: rows are in the order of ids in no store in particular."""
    columns: list[Rows] = []
    for what, (old, new) in enumerate(parts):
        ids = after.columns[family]["id"].take(pa.array(new)) if WHAT[what] != "ended" else before.columns[family]["id"].take(pa.array(old))
        order = pc.sort_indices(ids).to_numpy().astype(np.int64)
        columns.append((np.full(len(order), what), old[order], new[order]))
    return cast(Rows, tuple(np.concatenate(column) for column in zip(*columns, strict=True)))


def fact_item(before: Ecosystem, after: Ecosystem, family: int, what: int, old: int, new: int) -> dict[str, Any]:
    """One change as it is answered. ``party_id`` is whoever it is about beside the focal party."""
    name = FACT_FAMILIES[family]
    sides = [_said(ecosystem, name, row) if row >= 0 else None for ecosystem, row in ((before, old), (after, new))]
    said = sides[1] or sides[0]
    assert said is not None
    party = said["target"] if said["source"] in (None, after.focal_party) else said["source"]
    fact = (after if new >= 0 else before).families[name].ids[new if new >= 0 else old].as_py()
    return {"kind": "fact", "change": WHAT[what], "party_id": party, "type": TYPE_OF[name], "before": sides[0], "after": sides[1], "facts": [fact]}


def _said(ecosystem: Ecosystem, family: str, row: int) -> dict[str, Any]:
    """What a fact says, without what it does not say."""
    facts, said = ecosystem.families[family], ecosystem.columns[family].slice(row, 1).to_pylist()[0]
    ends = {name: None if place < 0 else ecosystem.parties[place] for name, place in (("source", facts.source[row]), ("target", facts.target[row]))}
    dates = {"valid_from": first_day_text(int(facts.start[row])), "valid_to": last_day_text(int(facts.end[row]))}
    rest = {name: said[name] for name in FAMILIES[family] if name not in ABOUT_THE_FACT and said[name] is not None}
    return ends | rest | {name: text for name, text in dates.items() if text is not None}

"""What a write for a period replaces: pure, and the same for every store.

A state is a row of slices, each for a period, none overlapping. Stating something for a period supersedes what was
stated for that period and leaves the time before and after as it was (SQL:2011 application time). Taking a period away
is a statement too: that nothing is so. An event is one slice, replaced whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from graph_models.records.dates import Period
from graph_models.records.json_codec import content
from graph_models.records.record_types import BY_CLASS, Record, of_period


class Slice(NamedTuple):
    """What one state or event says for one period; ``record`` is ``None`` where that period was taken away."""

    period: Period
    record: Record | None


class Restatement(NamedTuple):
    """What a statement does to the slices before it: the places of those superseded, and the slices that come instead."""

    superseded: tuple[int, ...]
    inserted: tuple[Slice, ...]

    @property
    def changes_nothing(self) -> bool:
        return not self.superseded and not self.inserted


UNCHANGED = Restatement((), ())


def restate(before: Sequence[Slice], record: Record) -> Restatement:
    """State a record for its own period (an event: replace it whole)."""
    period = record.period()
    if not BY_CLASS[type(record)].is_state:
        if len(before) == 1 and before[0].record == record:
            return UNCHANGED
        return Restatement(tuple(range(len(before))), (Slice(period, record),))
    if not before:
        return Restatement((), (Slice(period, record),))
    says = content(record)
    if any(_covers(old.period, period) and old.record is not None and content(old.record) == says for old in before):
        return UNCHANGED
    return _cut(before, period, (Slice(period, record),))


def retract(before: Sequence[Slice], period: Period, *, is_state: bool) -> Restatement:
    """Take a period away (of an event: take it away whole)."""
    if not is_state:
        return Restatement(tuple(range(len(before))), (Slice(before[0].period, None),)) if before and before[0].record else UNCHANGED
    touched = [old for old in before if old.period.overlaps(period) and old.record is not None]
    return _cut(before, period, (Slice(period, None),)) if touched else UNCHANGED


def adjoining(before: Sequence[Slice], period: Period) -> tuple[Record | None, Record | None]:
    """What is said for the day before a period and for the day after it, once the period itself is restated."""
    earlier = next((old.record for old in before if old.period.start <= period.start - 1 < old.period.end), None)
    later = next((old.record for old in before if old.period.start <= period.end < old.period.end), None)
    return earlier, later


def _covers(outer: Period, inner: Period) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _cut(before: Sequence[Slice], period: Period, instead: tuple[Slice, ...]) -> Restatement:
    superseded: list[int] = []
    remnants: list[Slice] = []
    for place, old in enumerate(before):
        if not old.period.overlaps(period):
            continue
        superseded.append(place)
        rests = (Period(old.period.start, period.start), Period(period.end, old.period.end))
        remnants += [Slice(rest, old.record and _remnant(old, rest)) for rest in rests if rest.start < rest.end]
    return Restatement(tuple(superseded), (*instead, *remnants))


def _remnant(old: Slice, rest: Period) -> Record:
    """What is left of a slice keeps the bound that it had as it was written; the new bound is a day."""
    assert old.record is not None
    cut = of_period(old.record, rest)
    kept = {
        name: getattr(old.record, name) for name, same in (("valid_from", rest.start == old.period.start), ("valid_to", rest.end == old.period.end)) if same
    }
    return msgspec.structs.replace(cut, **kept) if kept else cut

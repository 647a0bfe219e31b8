"""What a write for a period replaces, against a model that keeps one answer for every single day."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_models.records.dates import ALL_TIME, FIRST_DAY, OPEN, Period, day_of, day_text
from graph_models.records.json_codec import content, record_of
from graph_models.records.record_types import Record
from graph_models.records.timeline import Slice, adjoining, restate, retract

FIRST = day_of("2025-01-01")
WINDOW = range(FIRST - 2, FIRST + 12)
"""Every bound lies well inside, so its ends stand for all days before and after."""


def party(name: str, start: int | None = None, last: int | None = None) -> Record:
    bounds = {key: day_text(day) for key, day in (("valid_from", start), ("valid_to", last)) if day is not None}
    return record_of({"type": "party", "id": "a", "name": name, "kind": "person", **bounds})


def flow(amount: str, **fields: str) -> Record:
    return record_of({"type": "value_flow", "id": "v", "source": "a", "target": "b", "kind": "money", "amount": amount, **fields})


def applied(before: list[Slice], change: tuple[tuple[int, ...], tuple[Slice, ...]]) -> list[Slice]:
    superseded, inserted = change
    return [part for place, part in enumerate(before) if place not in superseded] + list(inserted)


days = st.integers(FIRST, FIRST + 8)


@st.composite
def statements(draw: st.DrawFn) -> Record:
    start, last = sorted((draw(days), draw(days)))
    return party(draw(st.sampled_from("ABC")), draw(st.sampled_from([start, None])), draw(st.sampled_from([last, None])))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start, last = sorted((draw(days), draw(days)))
    return Period(draw(st.sampled_from([start, FIRST_DAY])), draw(st.sampled_from([last + 1, OPEN])))


writes = st.lists(statements() | periods(), max_size=8)


def written(operations: list[Record | Period]) -> tuple[list[Slice], dict[int, bytes | None]]:
    """The slices after all writes, and what each day says if every write is told to every day of its period."""
    slices: list[Slice] = []
    said: dict[int, bytes | None] = dict.fromkeys(WINDOW)
    for operation in operations:
        if isinstance(operation, Period):
            slices = applied(slices, retract(slices, operation, is_state=True))
            said |= {day: None for day in WINDOW if day in operation}
        else:
            slices = applied(slices, restate(slices, operation))
            said |= {day: content(operation) for day in WINDOW if day in operation.period()}
    return slices, said


@given(writes)
def test_every_day_says_what_was_said_of_it_last(operations: list[Record | Period]) -> None:
    slices, said = written(operations)
    for day, expected in said.items():
        there = [part.record for part in slices if day in part.period and part.record is not None]
        assert [content(record) for record in there] == ([] if expected is None else [expected])


@given(writes)
def test_slices_never_overlap_and_agree_with_their_records(operations: list[Record | Period]) -> None:
    slices, _ = written(operations)
    ordered = sorted(slices, key=lambda part: part.period)
    assert all(earlier.period.end <= later.period.start for earlier, later in pairwise(ordered))
    assert all(part.record.period() == part.period for part in slices if part.record is not None)


@given(writes)
def test_a_write_touches_only_slices_of_its_own_period(operations: list[Record | Period]) -> None:
    slices: list[Slice] = []
    for operation in operations:
        period = operation if isinstance(operation, Period) else operation.period()
        change = retract(slices, operation, is_state=True) if isinstance(operation, Period) else restate(slices, operation)
        assert all(slices[place].period.overlaps(period) for place in change.superseded)
        slices = applied(slices, change)


@given(writes, statements())
def test_saying_the_same_again_changes_nothing(operations: list[Record | Period], record: Record) -> None:
    slices, _ = written([*operations, record])
    assert restate(slices, record).changes_nothing


@given(writes, periods())
def test_taking_away_twice_changes_nothing_the_second_time(operations: list[Record | Period], period: Period) -> None:
    slices, _ = written([*operations, period])
    assert retract(slices, period, is_state=True).changes_nothing


def test_the_first_statement_is_one_slice() -> None:
    assert restate([], party("A", FIRST)) == ((), (Slice(Period(FIRST, OPEN), party("A", FIRST)),))


def test_a_correction_in_the_middle_leaves_both_ends_as_they_were() -> None:
    change = restate([Slice(ALL_TIME, party("A"))], party("B", FIRST, FIRST))
    assert change.superseded == (0,)
    assert [(part.record.name, part.period) for part in change.inserted if part.record] == [  # type: ignore[union-attr]
        ("B", Period(FIRST, FIRST + 1)), ("A", Period(FIRST_DAY, FIRST)), ("A", Period(FIRST + 1, OPEN)),
    ]  # fmt: skip


def test_what_is_left_keeps_its_old_bound_as_written_and_gets_a_day_for_the_new_one() -> None:
    year = record_of({"type": "party", "id": "a", "name": "A", "kind": "person", "valid_from": "2024", "valid_to": "2025-06"})
    change = restate([Slice(year.period(), year)], party("B", day_of("2025-03-10"), day_of("2025-03-19")))
    bounds = [(part.record.valid_from, part.record.valid_to) for part in change.inserted if part.record]  # type: ignore[union-attr]
    assert bounds == [("2025-03-10", "2025-03-19"), ("2024", "2025-03-09"), ("2025-03-20", "2025-06")]


def test_a_period_that_holds_nothing_cannot_be_taken_away() -> None:
    assert retract([Slice(Period(FIRST, FIRST + 1), party("A", FIRST, FIRST))], Period(FIRST + 1, OPEN), is_state=True).changes_nothing
    assert retract([], ALL_TIME, is_state=True).changes_nothing


def test_an_event_is_replaced_whole_whatever_its_period() -> None:
    old = flow("1", valid_from="2024")
    change = restate([Slice(old.period(), old)], flow("1", valid_from="2025"))
    assert change.superseded == (0,)
    assert [part.period for part in change.inserted] == [flow("1", valid_from="2025").period()]


def test_the_same_event_again_changes_nothing() -> None:
    assert restate([Slice(flow("1").period(), flow("1"))], flow("1")).changes_nothing


def test_an_event_is_taken_away_whole_and_only_once() -> None:
    old = flow("1", valid_from="2025-01-01")
    change = retract([Slice(old.period(), old)], Period(OPEN - 1, OPEN), is_state=False)
    assert change == ((0,), (Slice(old.period(), None),))
    assert retract([Slice(old.period(), None)], ALL_TIME, is_state=False).changes_nothing


def test_an_event_that_was_taken_away_can_be_stated_again() -> None:
    old = flow("1")
    assert restate([Slice(old.period(), None)], old).superseded == (0,)


@pytest.mark.parametrize(("start", "end", "expected"), [(2, 4, ("A", "B")), (0, 4, (None, "B")), (2, 8, ("A", None)), (9, 10, (None, None))])
def test_the_neighbors_of_a_period_are_what_is_said_the_day_before_and_after(start: int, end: int, expected: tuple[str | None, str | None]) -> None:
    slices = [Slice(Period(FIRST, FIRST + 2), party("A", FIRST, FIRST + 1)), Slice(Period(FIRST + 4, FIRST + 8), party("B", FIRST + 4, FIRST + 7))]
    neighbors = adjoining(slices, Period(FIRST + start, FIRST + end))
    assert tuple(record and record.name for record in neighbors) == expected  # type: ignore[union-attr]

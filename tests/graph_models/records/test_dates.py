"""Partial dates, periods and instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_models.records.dates import (
    ALL_TIME,
    FIRST_DAY,
    OPEN,
    OPEN_ENDS,
    Period,
    day_of,
    day_text,
    days_by,
    event_period,
    first_day_text,
    instant_text,
    last_day_text,
    local_day,
    moment_period,
    months_before,
    now_text,
    span,
    state_period,
    time_zones,
)  # fmt: skip

dates = st.dates(date(2, 1, 1), date(9990, 1, 1))


def day(year: int, month: int, number: int) -> int:
    return date(year, month, number).toordinal()


@pytest.mark.parametrize(
    ("text", "first", "following"),
    [
        ("2025", (2025, 1, 1), (2026, 1, 1)), ("2024-02", (2024, 2, 1), (2024, 3, 1)), ("2025-12", (2025, 12, 1), (2026, 1, 1)),
        ("2025-02-28", (2025, 2, 28), (2025, 3, 1)), ("0001", (1, 1, 1), (2, 1, 1)), ("9998-12", (9998, 12, 1), (9999, 1, 1)),
    ],
)  # fmt: skip
def test_a_partial_date_names_all_its_days(text: str, first: tuple[int, int, int], following: tuple[int, int, int]) -> None:
    assert span(text) == Period(day(*first), day(*following))


@pytest.mark.parametrize("text", ["9999", "9999-12"])
def test_the_last_year_ends_where_time_is_open(text: str) -> None:
    assert span(text).end == OPEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "25",
        "2025-1",
        "2025-13",
        "2025-02-29",
        "2025-00",
        "2025-01-00",
        "2025/01/01",
        "2025-01-01T00:00",
        " 2025",
        "2025\n",
        "0000",
        "二〇二五",
        "２０２５",
        "-2025",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        span(text)


@given(dates)
def test_a_full_day_is_one_day_and_reads_as_it_was_written(moment: date) -> None:
    text = moment.isoformat()
    assert span(text) == Period(moment.toordinal(), moment.toordinal() + 1)
    assert day_text(day_of(text)) == text


@pytest.mark.parametrize("text", ["2025", "2025-03"])
def test_only_a_full_day_is_a_day(text: str) -> None:
    with pytest.raises(ValueError, match="full day"):
        day_of(text)


def test_a_state_is_open_where_a_bound_is_missing() -> None:
    assert state_period(None, None) == ALL_TIME == Period(FIRST_DAY, OPEN)
    assert state_period("2025", None) == Period(day(2025, 1, 1), OPEN)
    assert state_period(None, "2025") == Period(FIRST_DAY, day(2026, 1, 1))


def test_the_end_is_inclusive_as_written_and_exclusive_as_stored() -> None:
    assert state_period("2025-03", "2025-03") == Period(day(2025, 3, 1), day(2025, 4, 1))
    assert last_day_text(day(2025, 4, 1)) == "2025-03-31"


@pytest.mark.parametrize(("start", "end"), [("2025-03-02", "2025-03-01"), ("2025", "2024-12"), ("2025-02", "2025-01-31")])
def test_a_period_that_ends_before_it_begins_is_refused(start: str, end: str) -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        state_period(start, end)


def test_an_event_without_an_end_ends_with_the_precision_of_its_start() -> None:
    assert event_period("2025", None) == span("2025")
    assert event_period("2025-03", None) == span("2025-03")
    assert event_period("2025", "2026-06") == Period(day(2025, 1, 1), day(2026, 7, 1))
    assert event_period(None, "2025") == Period(FIRST_DAY, day(2026, 1, 1))
    assert event_period(None, None) == ALL_TIME


@pytest.mark.parametrize(
    "text",
    ["2025-05-20", "2025-05-20T09:30:00+08:00", "2025-05-20T23:59:59Z", "2025-05-20t00:00z", "2025-05-20 09:30:00.123456789-0330", "2025-05-20T23:30:00-08:00"],
)
def test_a_touchpoint_is_on_the_day_of_the_zone_in_which_it_is_written(text: str) -> None:
    assert moment_period(text) == span("2025-05-20")


@pytest.mark.parametrize("text", ["2025-05-20T09:30:00", "2025-05-20T25:00:00Z", "2025-02-30T09:00:00Z", "2025-05-20T09", "noon", "2025-05-20T09:30:00+99:00"])
def test_a_time_without_zone_or_that_never_was_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        moment_period(text)


@given(st.integers(FIRST_DAY, OPEN - 1), st.integers(FIRST_DAY, OPEN - 1))
def test_bounds_written_as_days_read_back_as_the_same_period(one: int, other: int) -> None:
    start, end = min(one, other), max(one, other) + 1
    assert state_period(first_day_text(start), last_day_text(end)) == Period(start, OPEN if end in OPEN_ENDS else end)


@pytest.mark.parametrize("end", ["2099-12-31", "2099", "2999-12-31", "2999-12", "9999-12-31", "9999"])
def test_ends_that_other_programs_write_for_open_mean_open(end: str) -> None:
    assert state_period("2025-03", end) == event_period("2025-03", end) == Period(day(2025, 3, 1), OPEN)
    with pytest.raises(ValueError, match="ends before it begins"):
        state_period("9999-12-31", end)


@pytest.mark.parametrize("end", ["2099-12-30", "2098", "2100", "2999-11"])
def test_other_far_ends_are_meant_as_written(end: str) -> None:
    assert state_period("2025", end).end == span(end).end


@given(st.lists(st.integers(1, 40), min_size=4, max_size=4))
def test_periods_overlap_where_they_share_a_day(bounds: list[int]) -> None:
    one, other = Period(min(bounds[:2]), max(bounds[:2]) + 1), Period(min(bounds[2:]), max(bounds[2:]) + 1)
    assert one.overlaps(other) == other.overlaps(one) == any(number in one and number in other for number in range(50))


@pytest.mark.parametrize(
    ("until", "months", "first"),
    [
        ("2025-12-31", 12, "2025-01-01"), ("2025-12-31", 1, "2025-12-01"), ("2025-06-30", 6, "2024-12-31"), ("2025-03-15", 1, "2025-02-16"),
        ("2024-02-28", 12, "2023-03-01"), ("2024-02-29", 12, "2023-03-01"), ("2024-03-01", 12, "2023-03-02"), ("2025-02-28", 12, "2024-02-29"),
        ("2025-03-01", 12, "2024-03-02"), ("2025-12-31", 36, "2023-01-01"), ("2025-03-30", 1, "2025-03-01"),
    ],
)  # fmt: skip
def test_the_months_before_a_day_begin_the_day_after_the_same_day_then(until: str, months: int, first: str) -> None:
    assert day_text(months_before(day_of(until), months)) == first


@given(dates.filter(lambda moment: moment.year > 10), st.integers(1, 48))
def test_more_months_never_begin_later(until: date, months: int) -> None:
    assert months_before(until.toordinal(), months + 1) < months_before(until.toordinal(), months) <= until.toordinal()


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 1990 < moment.year < 2990), st.integers(-14 * 60, 14 * 60))
def test_the_order_of_instants_is_the_order_of_their_texts(here: datetime, minutes: int) -> None:
    there = here + timedelta(minutes=minutes)
    sign, offset = "-" if minutes < 0 else "+", abs(minutes)
    written = there.replace(tzinfo=None).isoformat(timespec="microseconds") + f"{sign}{offset // 60:02}:{offset % 60:02}"
    assert instant_text(written) == here.isoformat(timespec="microseconds").replace("+00:00", "Z")


def test_an_instant_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time with zone"):
        instant_text("2025-05-20T09:30:00")


def test_the_time_of_the_service_is_utc_to_the_microsecond() -> None:
    text = now_text()
    assert instant_text(text) == text
    assert len(text) == len("2025-05-20T09:30:00.000000Z")


@pytest.mark.parametrize(
    ("begin", "end", "step", "days"),
    [
        ("2024-01-31", "2024-04-30", "P1M", ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]),
        ("2023-12-31", "2025-01-01", "P3M", ["2023-12-31", "2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31"]),
        ("2024-02-29", "2026-12-31", "P1Y", ["2024-02-29", "2025-02-28", "2026-02-28"]),
        ("2025-01-01", "2025-01-20", "P1W", ["2025-01-01", "2025-01-08", "2025-01-15"]),
        ("2025-01-01", "2025-01-04", "P2D", ["2025-01-01", "2025-01-03"]),
        ("9999-11-30", "9999-12-31", "P1M", ["9999-11-30", "9999-12-30"]),
        ("2025-01-02", "2025-01-01", "P1D", []),
    ],
)
def test_days_by_a_duration(begin: str, end: str, step: str, days: list[str]) -> None:
    assert [day_text(day) for day in days_by(day_of(begin), day_of(end), step)] == days


@pytest.mark.parametrize("step", ["", "P", "P0M", "PT1H", "1M", "P1.5M", "P-1M", "P1M2D", "p1m", "P99999D"])
def test_other_durations_are_refused(step: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        days_by(1, 2, step)


def test_no_period_begins_before_the_first_day_or_ends_after_the_last() -> None:
    assert [day_text(months_before(day_of(day), 12)) for day in ("0001-01-01", "0001-12-30", "0002-01-31")] == ["0001-01-01", "0001-01-01", "0001-02-01"]
    assert day_text(months_before(day_of("9999-12-31"), 12)) == "9999-01-01"


def test_an_open_bound_has_no_text_and_its_neighbour_has() -> None:
    assert (first_day_text(FIRST_DAY), last_day_text(OPEN)) == (None, None)
    assert (first_day_text(FIRST_DAY + 1), last_day_text(OPEN - 1)) == ("0001-01-02", "9999-12-29")
    assert [date.fromordinal(bound).isoformat() for bound in (FIRST_DAY, OPEN)] == ["0001-01-01", "9999-12-31"]


def test_a_period_holds_its_first_day_and_not_its_end_and_nothing_but_days() -> None:
    period = Period(5, 8)
    assert [day for day in range(10) if day in period] == [5, 6, 7]
    assert "6" not in period
    assert 6.0 not in period


def test_the_last_day_of_time_ends_where_time_does() -> None:
    assert span("9999-12-31") == Period(OPEN, OPEN)
    assert span("9999-12-30") == Period(OPEN - 1, OPEN)


def test_a_moment_falls_on_the_day_of_the_zone_that_is_asked_for() -> None:
    moment = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)
    assert [local_day(moment, zone) for zone in ("Asia/Shanghai", "UTC", "America/Los_Angeles")] == ["2026-03-03", "2026-03-02", "2026-03-02"]
    assert {"Asia/Shanghai", "Europe/Zurich", "UTC"} <= time_zones()
    assert "Asia/Atlantis" not in time_zones()


def test_an_instant_is_written_in_utc_to_the_microsecond_and_digits_beyond_are_cut() -> None:
    assert instant_text("2025-05-20t09:30+08:00") == "2025-05-20T01:30:00.000000Z"
    assert instant_text("2025-05-20 09:30:00.123456789z") == "2025-05-20T09:30:00.123456Z"
    assert instant_text("2025-05-20T09:30:00.1Z") == "2025-05-20T09:30:00.100000Z"


@pytest.mark.parametrize(("step", "last"), [("P1D", 8), ("P7D", 8), ("P1W", 8), ("P2W", 15)])
def test_days_and_weeks_end_with_the_day_that_is_named(step: str, last: int) -> None:
    days = list(days_by(1, last, step))
    assert (days[0], days[-1]) == (1, last)
    assert list(days_by(1, last - 1, step)) == days[:-1]


def test_years_are_twelve_months() -> None:
    begin, end = day_of("2020-01-15"), day_of("2026-01-15")
    assert list(days_by(begin, end, "P2Y")) == list(days_by(begin, end, "P24M")) == [day_of(f"{year}-01-15") for year in (2020, 2022, 2024, 2026)]

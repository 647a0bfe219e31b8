"""The two clocks: partial dates and periods of world time, and the instant of knowledge.

A day is an ``int``, the proleptic Gregorian ordinal (``date.toordinal``). Periods are half-open: the end that people
write is inclusive, the end that is stored is exclusive.
"""

from __future__ import annotations

import itertools
import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

FIRST_DAY = date.min.toordinal()
"""0001-01-01: no start."""
OPEN = date.max.toordinal()
"""9999-12-31: no end."""
OPEN_ENDS = frozenset(date(year, 1, 1).toordinal() for year in (2100, 3000))
"""The day after 2099-12-31 and after 2999-12-31: other programs write these ends for an open one, as 9999-12-31."""

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:?\d{2})", re.ASCII)


class Period(NamedTuple):
    """The days from ``start`` up to, but not including, ``end``."""

    start: int = FIRST_DAY
    end: int = OPEN

    def __contains__(self, day: object) -> bool:
        return isinstance(day, int) and self.start <= day < self.end

    def overlaps(self, other: Period) -> bool:
        return self.start < other.end and other.start < self.end


ALL_TIME = Period()


@lru_cache(maxsize=65_536)
def span(text: str) -> Period:
    """The days that a partial date names: ``"2025"`` is a year, ``"2025-03"`` a month, ``"2025-03-01"`` a day.

    Raises ``ValueError`` where the text is no such date.
    """
    match = _PARTIAL.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a date like 2025, 2025-03 or 2025-03-01")
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    try:
        start = date(year, month, day).toordinal()
    except ValueError as error:
        raise ValueError(f"{text!r} is no day of the calendar: {error}") from None
    if match[3]:
        return Period(start, min(start + 1, OPEN))
    following = (year + 1, 1) if match[2] is None else (year + month // 12, month % 12 + 1)
    return Period(start, OPEN if following[0] > date.max.year else date(*following, 1).toordinal())


def day_of(text: str) -> int:
    """The day of a full date (``YYYY-MM-DD``); ``ValueError`` for anything else."""
    period = span(text)
    if len(text) != 10:
        raise ValueError(f"{text!r} is not a full day like 2025-03-01")
    return period.start


@lru_cache(maxsize=65_536)
def state_period(valid_from: str | None, valid_to: str | None) -> Period:
    """The period of a state: open where an end is missing or stands for an open one (2099-12-31). ``ValueError`` where the end lies before the start."""
    return _ordered(span(valid_from).start if valid_from else FIRST_DAY, span(valid_to).end if valid_to else OPEN)


@lru_cache(maxsize=65_536)
def event_period(valid_from: str | None, valid_to: str | None) -> Period:
    """The period of an event: without an end it ends with the precision of its start; without dates it has none (all time)."""
    if valid_from is None or valid_to is not None:
        return state_period(valid_from, valid_to)
    return span(valid_from)


@lru_cache(maxsize=65_536)
def moment_period(occurred_at: str) -> Period:
    """The day on which a touchpoint took place, in the zone that it is written in (a date, or a time with zone)."""
    if "T" not in occurred_at and "t" not in occurred_at and ":" not in occurred_at:
        return span(occurred_at)
    match = _INSTANT.fullmatch(occurred_at)
    if match is None:
        raise ValueError(f"{occurred_at!r} is neither a date nor a time with zone like 2025-05-20T09:30:00+08:00")
    datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", occurred_at.upper()))
    return span(match[1])


def _ordered(start: int, end: int) -> Period:
    if end <= start:
        raise ValueError("the period ends before it begins")
    return Period(start, OPEN if end in OPEN_ENDS else end)


def day_text(day: int) -> str:
    """ISO text of a day."""
    return date.fromordinal(day).isoformat()


def last_day_text(end: int) -> str | None:
    """The inclusive end, as people write it, of an exclusive one; ``None`` where it is open."""
    return None if end >= OPEN else day_text(end - 1)


def first_day_text(start: int) -> str | None:
    """The start as people write it; ``None`` where there is none."""
    return None if start <= FIRST_DAY else day_text(start)


def months_before(day: int, months: int) -> int:
    """The first day of the period of so many months that ends with ``day`` (inclusive): the day after the same calendar day so many months before.

    A day that the month has not is its last one; no day is before the first.

    >>> [day_text(months_before(day_of(day), 12)) for day in ("2025-12-31", "2024-02-28", "2024-02-29")]
    ['2025-01-01', '2023-03-01', '2023-03-01']
    """
    last = date.fromordinal(day)
    year, month = divmod(last.year * 12 + last.month - 1 - months, 12)
    if year < date.min.year:
        return FIRST_DAY
    return date(year, month + 1, min(last.day, monthrange(year, month + 1)[1])).toordinal() + 1


_STEP = re.compile(r"P(\d{1,4})([DWMY])", re.ASCII)
_DAYS = {"D": 1, "W": 7}
_MONTHS = {"M": 1, "Y": 12}


def days_by(begin: int, end: int, step: str) -> Iterator[int]:
    """The days from ``begin`` to ``end`` (inclusive) by an ISO 8601 duration of days, weeks, months or years; a day that a month has not is its last.

    ``ValueError`` where the duration is none of these.

    >>> [day_text(day) for day in days_by(day_of("2024-01-31"), day_of("2024-04-30"), "P1M")]
    ['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30']
    """
    match = _STEP.fullmatch(step)
    if match is None or not int(match[1]):
        raise ValueError(f"{step!r} is not a duration of days, weeks, months or years like P7D, P1W, P1M, P3M or P1Y")
    return _days_by(begin, end, int(match[1]), match[2])


def _days_by(begin: int, end: int, count: int, unit: str) -> Iterator[int]:
    if unit in _DAYS:
        yield from range(begin, end + 1, count * _DAYS[unit])
        return
    first = date.fromordinal(begin)
    for months in itertools.count(0, count * _MONTHS[unit]):
        year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
        if year > date.max.year:
            return
        day = date(year, month + 1, min(first.day, monthrange(year, month + 1)[1])).toordinal()
        if day > end:
            return
        yield day


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def now_text() -> str:
    """The service's time, UTC, to the microsecond."""
    return now().isoformat(timespec="microseconds").replace("+00:00", "Z")


@cache
def time_zones() -> frozenset[str]:
    """The names of all IANA time zones."""
    return frozenset(available_timezones())


def local_day(moment: datetime, time_zone: str) -> str:
    """The day that a moment falls on in a time zone.

    >>> local_day(datetime(2026, 3, 2, 16, 30, tzinfo=UTC), "Asia/Shanghai")
    '2026-03-03'
    """
    return moment.astimezone(ZoneInfo(time_zone)).date().isoformat()


def instant_text(text: str) -> str:
    """A time with zone in the form of :func:`now_text`, so that text order is time order."""
    if _INSTANT.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not a time with zone like 2025-05-20T09:30:00Z")
    moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text.upper()))
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

"""The instant or period that a request means: days and revisions as texts."""

from __future__ import annotations

from graph_models.errors import InvalidInput
from graph_models.records.dates import ALL_TIME, OPEN, Period, day_of, instant_text, span
from service.stores.interface.store import NOW, At, Store


def instant(store: Store, default_day: str, as_of: str | None, known_at: str | None) -> At:
    """The instant a request asks of: a full day (default: see ``Service.default_day``), and a revision or time (default: now)."""
    return At(day_asked(as_of or default_day), known(store, known_at))


def day_asked(as_of: str) -> int:
    """The day that ``as_of`` names."""
    try:
        return day_of(as_of)
    except ValueError as error:
        raise InvalidInput.of("bad-date", str(error), "as_of") from None


def known(store: Store, known_at: str | None) -> int:
    """The revision that ``known_at`` names: digits are one, else the newest at that time."""
    if known_at is None:
        return NOW
    if known_at.isdecimal() and known_at.isascii():
        return min(int(known_at[:19]), NOW)
    try:
        return store.revision_at(instant_text(known_at))
    except ValueError as error:
        raise InvalidInput.of("bad-time", str(error), "known_at") from None


def period_asked(begin: str | None, end: str | None) -> Period:
    """The period of ``from`` and ``to`` (inclusive) of a request; all time where neither is given."""
    start = _bound(begin, "from").start if begin else ALL_TIME.start
    stop = _bound(end, "to").end if end else OPEN
    if stop <= start:
        raise InvalidInput.of("period-reversed", "the period ends before it begins", "to")
    return Period(start, stop)


def _bound(text: str, field: str) -> Period:
    try:
        return span(text)
    except ValueError as error:
        raise InvalidInput.of("bad-date", str(error), field) from None

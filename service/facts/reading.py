"""What is said: records, lists, history and neighborhoods as JSON, put together from stored bodies without decoding them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from graph_models.errors import InvalidInput, NotFound
from graph_models.records.dates import ALL_TIME, OPEN, Period, day_of, first_day_text, instant_text, last_day_text, span
from graph_models.records.record_types import BY_NAME, RECORD_TYPES
from service.stores.interface.store import NOW, At, Brief, Revision, Row, Store

MAX_LIMIT = 1_000
MAX_FACTS = 20_000
REVISIONS_AT_ONCE = 1_000
"""So many facts one neighborhood or journey reads at the most; what is beyond is said to be left out."""
FACT_TYPES = tuple(kind.name for kind in RECORD_TYPES if kind.is_fact)
_encode = msgspec.json.Encoder().encode


class Page(NamedTuple):
    """One page of a list, each item JSON already."""

    items: Sequence[bytes]
    following: str | None
    """The position after which the list goes on; ``None`` at its end."""
    total: int | None

    def as_json(self, next_cursor: str | None) -> bytes:
        return b'{"items":[%b],"next_cursor":%b,"total":%b}' % (b",".join(self.items), _encode(next_cursor), _encode(self.total))


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


def answer(row: Row) -> bytes:
    """A record as it is answered: its body and what the service adds to it."""
    assert row.body is not None
    return row.body[:-1] + _added(row.current or row.version, row.revision, row.recorded_at, row.recorded_by)


@lru_cache(maxsize=4096)
def _added(version: int, revision: int, recorded_at: str, who: str | None) -> bytes:
    """The service's own fields; all records of a batch have the same."""
    by = b"" if who is None else b',"recorded_by":' + _encode(who)
    return b',"version":%d,"revision":%d,"recorded_at":"%b"%b}' % (version, revision, recorded_at.encode(), by)


def record(store: Store, type_name: str, record_id: str, at: At) -> Row:
    """The row of one record at an instant; ``NotFound`` where there is none."""
    rows = store.get(type_name, [record_id], at)
    if not rows:
        raise NotFound(f"There is no {type_name} {record_id!r}" + (" on that day" if BY_NAME[type_name].is_state else ""))
    return rows[0]


def records(store: Store, type_name: str, filters: Mapping[str, str], at: At, after: str | None, limit: int) -> Page:
    """A page of a collection; the total is counted for the first page."""
    found = store.find(type_name, filters, at, after, limit)
    total = store.count(type_name, filters, at) if after is None else None
    return Page([answer(row) for row in found.rows], found.following, total)


def facts(store: Store, party: str, at: At, types: Collection[str], after: str | None, limit: int) -> Page:
    """A page of the facts that name a party, by type and id."""
    begin, _, after_id = after.partition(" ") if after else (None, "", "")
    rows: list[Row] = []
    following = None
    wanted = [name for name in FACT_TYPES if name in types]
    for place, name in enumerate(wanted):
        if begin is not None and name != begin:
            continue
        found = store.find(name, {"party": party}, at, after_id or None, limit - len(rows)) if len(rows) < limit else None
        begin, after_id = None, ""
        rows += found.rows if found else ()
        if found is None or found.following is not None:
            following = f"{name} {found.following if found else ''}"
            break
        if len(rows) == limit and place + 1 < len(wanted):
            following = f"{wanted[place + 1]} "
            break
    total = sum(store.count(name, {"party": party}, at) for name in wanted) if after is None else None
    return Page([answer(row) for row in rows], following, total)


def history(store: Store, type_name: str, record_id: str, at: At) -> bytes:
    """Every version of a record, newest first; ``NotFound`` where it never was."""
    rows = store.history(type_name, record_id, at)
    if not rows:
        raise NotFound(f"There is no {type_name} {record_id!r}")
    return b'{"items":[%b]}' % b",".join(_past(row) for row in rows)


class _Written(msgspec.Struct):
    """The dates of a body, as they were written."""

    valid_from: str | None = None
    valid_to: str | None = None


_dates_of = msgspec.json.Decoder(_Written).decode
_UNWRITTEN = _Written()


def _past(row: Row) -> bytes:
    written = _UNWRITTEN if row.body is None else _dates_of(row.body)
    fields = {
        "version": row.version,
        "valid_from": written.valid_from or first_day_text(row.period.start),
        "valid_to": written.valid_to or last_day_text(row.period.end),
        "revision": row.revision,
        "recorded_at": row.recorded_at,
        "superseded_by_revision": row.superseded,
        "deleted": row.body is None,
    }
    return b'%b,"record":%b}' % (_encode(fields)[:-1], row.body or b"null")


class Neighborhood(NamedTuple):
    """Parties within some steps of one, the nearest first, and the facts among them."""

    parties: Sequence[Brief]
    facts: Sequence[Brief]
    truncated: dict[str, Any] | None

    def as_json(self) -> bytes:
        parties, facts = (
            b",".join([row.body[:-1] + _added(row.current, row.revision, row.recorded_at, row.recorded_by) for row in rows])
            for rows in (self.parties, self.facts)
        )
        return b'{"parties":[%b],"facts":[%b],"truncated":%b}' % (parties, facts, _encode(self.truncated))


def neighborhood(store: Store, party: str, at: At, hops: int, limit: int, kinds: Collection[str] | None) -> Neighborhood:
    """All parties at most ``hops`` facts away; ``limit`` bounds them, the party itself included. ``NotFound`` where it is not there."""
    reached: dict[str, Brief] = {}
    frontier: Sequence[str] = [party]
    found: dict[Any, Brief] = {}
    left_out, cut_facts = 0, False
    for _ in range(hops):
        facts, parties = store.beside(frontier, at, kinds, MAX_FACTS)
        cut_facts = cut_facts or len(facts) >= MAX_FACTS
        found.update([(fact.handle, fact) for fact in facts])
        new = {row.id: row for row in parties if row.id not in reached}
        if not reached:
            if party not in new:
                raise NotFound(f"There is no party {party!r} on that day")
            reached[party] = new.pop(party)
        frontier = list(new)[: max(limit - len(reached), 0)]
        left_out += len(new) - len(frontier)
        reached.update([(name, new[name]) for name in frontier])
        if not frontier:
            break
    among = [fact for fact in found.values() if fact.target in reached and (fact.source is None or fact.source in reached)]
    return Neighborhood(list(reached.values()), among, _cut(len(reached), left_out, limit, cut_facts))


def _cut(shown: int, left_out: int, limit: int, cut_facts: bool) -> dict[str, Any] | None:
    if not left_out and not cut_facts:
        return None
    why = f"only {MAX_FACTS} facts are read at a step" if cut_facts else f"limit is {limit} parties"
    return {"shown": shown, "left_out": left_out, "why": why}


def journey(store: Store, party: str, at: At) -> dict[str, Any]:
    """Dated touchpoints of a party and the changes of stage of its roles, oldest first."""
    record(store, "party", party, At(None, at.revision))
    rows = store.adjacent([party], At(None, at.revision), None, MAX_FACTS)
    begun = [row for row in rows if row.body is not None and row.period.start <= (at.day or OPEN)]
    begun.sort(key=lambda row: (row.period.start, row.type, row.id))
    items = [item for row in begun for item in _steps(row, party)]
    return {"party_id": party, "items": items, "truncated": _cut(len(items), 0, MAX_FACTS, len(rows) >= MAX_FACTS)}


def _steps(row: Row, party: str) -> Iterable[dict[str, Any]]:
    fields = msgspec.json.decode(row.body or b"")
    if row.type == "touchpoint":
        yield {"date": fields["occurred_at"], "type": "touchpoint", "id": row.id, "kind": fields["kind"], "record": fields}
    elif row.type == "role" and fields["source"] == party:
        yield {"date": fields.get("valid_from"), "type": "role", "id": row.id, "kind": fields["role"], "stage": fields.get("stage"), "record": fields}


def every_revision(store: Store) -> Iterator[Revision]:
    """All writes of a workspace, in order."""
    after = 0
    while found := store.revisions(after, REVISIONS_AT_ONCE):
        yield from found
        after = found[-1].number

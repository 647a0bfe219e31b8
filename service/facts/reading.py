"""What is said: records, lists, history and neighborhoods as JSON, put together from stored bodies without decoding them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from graph_models.errors import NotFound
from graph_models.records.dates import first_day_text, last_day_text
from graph_models.records.record_types import BY_NAME, RECORD_TYPES
from service.stores.interface.store import At, Revision, Row, Store

MAX_LIMIT = 1_000
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


def every_revision(store: Store) -> Iterator[Revision]:
    """All writes of a workspace, in order."""
    after = 0
    while found := store.revisions(after, REVISIONS_AT_ONCE):
        yield from found
        after = found[-1].number

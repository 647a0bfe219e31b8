"""The reads of an embedded store, each one statement on one connection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, cast

import apsw
import msgspec

from graph_models.records.dates import Period
from service.stores.interface.search_text import search_words
from service.stores.interface.store import At, Beside, Brief, Found, OwnTerms, Revision, Row
from service.stores.sqlite import statements as sql
from service.stores.sqlite.schema import CODES, FIRST_EVENT, NAMES

_tuple: Any = tuple.__new__
"""Makes a named tuple in half the time of its class: a third of a short read is this."""


def get(connection: apsw.Connection, type_name: str, ids: Collection[str], at: At) -> list[Row]:
    """The rows of these ids, in no order; an event on any day."""
    code = CODES[type_name]
    bound: dict[str, Any] = {"type": code, "day": at.day if code < FIRST_EVENT else None, "revision": at.revision}
    if len(ids) == 1:
        (bound["id"],) = ids
        return _rows(connection.execute(sql.GET_ONE, bound))
    bound["ids"] = text_array(ids)
    return _rows(connection.execute(sql.GET, bound)) if bound["ids"] else []


def history(connection: apsw.Connection, type_name: str, record_id: str, at: At) -> list[Row]:
    """All rows of an id, the newest first; of one revision by start."""
    found: list[Any] = connection.execute(sql.HISTORY, {"type": CODES[type_name], "id": record_id, "revision": at.revision}).fetchall()
    rows = [_tuple(Row, (NAMES[code], name, Period(start, stop), *rest, 0, n)) for code, name, start, stop, *rest, n in found]
    newest = max((row.version for row in rows), default=0)
    return [row._replace(current=newest) for row in rows]


def adjacent(connection: apsw.Connection, parties: Collection[str], at: At, kinds: Collection[str] | None, limit: int) -> list[Row]:
    """Facts that name one of the parties, in the order of ``RECORD_TYPES``, id and start."""
    bound = _near(parties, at, kinds, limit)
    return [] if bound is None else _rows(connection.execute(sql.ADJACENT[len(parties) > 1, kinds is not None], bound))


def beside(connection: apsw.Connection, parties: Collection[str], at: At, kinds: Collection[str] | None, limit: int) -> Beside:
    """The same, and the parties that they name."""
    bound = _near(parties, at, kinds, limit)
    connection.execute("BEGIN")
    try:
        facts = [] if bound is None else _briefs(connection.execute(sql.BESIDE[len(parties) > 1, kinds is not None], bound))
        named = {fact.source for fact in facts}.union([fact.target for fact in facts], parties)
        named.discard(None)
        ids = text_array(sorted(cast("set[str]", named)))
        bound = {"type": CODES["party"], "day": at.day, "revision": at.revision, "ids": ids}
        return Beside(facts, _briefs(connection.execute(sql.GET_BRIEF, bound)) if ids else [])
    finally:
        connection.execute("COMMIT")


def _near(parties: Collection[str], at: At, kinds: Collection[str] | None, limit: int) -> dict[str, Any] | None:
    """The values of a statement that finds facts; ``None`` where nothing can be found."""
    bound: dict[str, Any] = {"day": at.day, "revision": at.revision, "limit": limit}
    if kinds is not None:
        bound["kinds"] = text_array(kinds)
    if len(parties) == 1:
        (bound["party"],) = parties
    else:
        bound["parties"] = text_array(parties)
    return None if None in (bound.get("kinds", ""), bound.get("parties", "")) else bound


def _briefs(found: Iterable[tuple[Any, ...]]) -> list[Brief]:
    return [_tuple(Brief, row) for row in found]


def find(connection: apsw.Connection, type_name: str, filters: Mapping[str, str], at: At, after: str | None, limit: int) -> Found:
    """A page of ``limit`` ids, each with all its rows: on one day that is one row an id."""
    bound = _narrowed(type_name, filters, at)
    if bound is None:
        return Found([], None)
    if after is not None:
        bound["after"] = after
    rows: list[Row] = []
    ids = 0
    cursor = connection.execute(sql.find_statement(type_name, tuple(sorted(filters)), after is not None), bound)
    for row in _each_row(cursor):
        if not rows or row.id != rows[-1].id:
            if ids == limit:
                cursor.close()
                return Found(rows, rows[-1].id)
            ids += 1
        rows.append(row)
    return Found(rows, None)


def count(connection: apsw.Connection, type_name: str, filters: Mapping[str, str], at: At) -> int:
    """How many rows there are over all pages."""
    bound = _narrowed(type_name, filters, at)
    return 0 if bound is None else int(connection.execute(sql.count_statement(type_name, tuple(sorted(filters))), bound).get)


def _narrowed(type_name: str, filters: Mapping[str, str], at: At) -> dict[str, Any] | None:
    """The values of a statement that finds; ``None`` where nothing can be found, for there is no word in ``q``."""
    bound: dict[str, Any] = {"type": CODES[type_name], "day": at.day, "revision": at.revision, **filters}
    if "q" in filters:
        words = search_words(filters["q"])
        if not words:
            return None
        bound["q"] = " AND ".join(f'"{word.removesuffix("*")}"{"*" * word.endswith("*")}' for word in words)
    return bound


def revisions(connection: apsw.Connection, after: int, limit: int) -> list[Revision]:
    """Writes after a number, in order."""
    return [_revision(row) for row in connection.execute(sql.REVISIONS, (after, limit))]


def revision_of_key(connection: apsw.Connection, key: str) -> Revision | None:
    """The write of an idempotency key."""
    found = connection.execute(sql.REVISION_OF_KEY, (key,)).fetchone()
    return None if found is None else _revision(found)


def terms(connection: apsw.Connection) -> OwnTerms | None:
    """The workspace's own vocabulary."""
    found = connection.execute(sql.TERMS).fetchone()
    return None if found is None else OwnTerms(*found)


def head(connection: apsw.Connection) -> tuple[int, str]:
    """The newest number and its time, 0 before the first."""
    number, time = connection.execute(sql.HEAD).get
    return number, time


def revision_at(connection: apsw.Connection, time: str) -> int:
    """The newest number at or before a time; times never go back (``embedded_writes.py``)."""
    found = connection.execute(sql.REVISION_AT, (time,)).fetchone()
    return 0 if found is None else int(found[0])


def _revision(row: tuple[Any, ...]) -> Revision:
    number, time, who, key, body_hash, counts, import_id, answer = row
    return Revision(number, time, who, key, body_hash, msgspec.json.decode(counts), import_id, answer)


def text_array(texts: Collection[str]) -> Any:
    """Texts as one bound value, each once, in their order (what was written together is read faster so); ``None`` for none.

    SQLite ends such texts at a NUL, which no stored one has.
    """
    kept = tuple(dict.fromkeys(text for text in texts if "\0" not in text))
    return apsw.carray(kept) if kept else None


def _rows(found: Iterable[tuple[Any, ...]]) -> list[Row]:
    return [
        _tuple(Row, (NAMES[code], name, _tuple(Period, (start, stop)), body, version, revision, time, who, None, current, n))
        for code, name, start, stop, body, version, revision, time, who, current, n in found
    ]


def _each_row(found: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    """The same one by one, for who may stop before the end."""
    for row in found:
        yield from _rows((row,))

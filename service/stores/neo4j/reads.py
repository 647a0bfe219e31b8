"""The reads of a Neo4j store: which statements answer, with which parameters, and how their rows come together.

What is believed now is the graph itself. A read at an earlier revision also asks for the rows that were superseded since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

import msgspec
from neo4j import Transaction

from graph_models.records.dates import FIRST_DAY, OPEN, Period
from graph_models.records.record_types import BY_NAME, RECORD_TYPES
from service.stores.interface.search_text import search_words
from service.stores.interface.store import NOW, At, Beside, Brief, Found, OwnTerms, Revision, Row
from service.stores.neo4j.rows import Answered, rows_of
from service.stores.neo4j.session import run, run_all
from service.stores.neo4j.statements import Statement, statement

ROWS: dict[str, Statement] = {kind.name: statement(f"store/{kind.name}_rows") for kind in RECORD_TYPES}
FIND: dict[str, Statement] = {kind.name: statement(f"store/find_{kind.name}") for kind in RECORD_TYPES if kind.name != "party"}
RETRACTED, SUPERSEDED, HISTORY = statement("store/retracted_rows"), statement("store/superseded_rows"), statement("store/history_rows")
FIND_PARTIES, FIND_PARTIES_BY_WORDS = statement("store/find_parties"), statement("store/find_parties_by_words")
FIND_OLD_PARTIES, FIND_OLD_PARTIES_BY_WORDS = statement("store/find_superseded_parties"), statement("store/find_superseded_parties_by_words")
FACTS, OLD_FACTS, FIND_OLD = statement("store/facts_of_parties"), statement("store/superseded_facts_of_parties"), statement("store/find_superseded")
CITING, VERSIONS = statement("store/facts_citing_document"), statement("store/versions")
HEAD, REVISION_AT, TERMS = statement("store/head"), statement("store/revision_at"), statement("store/terms")
REVISION_OF_KEY, REVISIONS = statement("store/revision_of_key"), statement("store/revisions_after")

FACT_TYPES = tuple(kind.name for kind in RECORD_TYPES if kind.is_fact)
_PLACE = {kind.name: place for place, kind in enumerate(RECORD_TYPES)}
_PARTY_FIELDS = ("kind", "region", "country", "city", "size_class", "sector", "scope", "consumer_kind", "business_model", "purchase_channel")
_ROLE_FIELDS = ("role", "stage", "tier", "purpose")
_FACT_FIELDS = ("kind", *_ROLE_FIELDS, "product")
_FIRST = date.fromordinal(FIRST_DAY)
_LAST = date.fromordinal(OPEN)
_BY_INDEX = {found.name for found in (FIND_PARTIES, FIND_OLD_PARTIES, FIND_OLD, *FIND.values())}
"""What looks up the beginning of a page in an index, and does not compare it with what it found."""
_FIRST_SURROGATE = "\ud800"
_MAX_WORD = 255
"""The index cuts longer words; their beginning still finds them."""


class _Ends(msgspec.Struct):
    """The two parties of a stored fact."""

    target: str
    source: str | None = None


_ends = msgspec.json.Decoder(_Ends).decode


class _Source(NamedTuple):
    """One statement of a read, and what it takes apart from where the page begins and how long it is."""

    statement: Statement
    parameters: dict[str, Any]
    type_name: str | None


def days(type_name: str, at: At, *, of_page: bool) -> dict[str, date]:
    """The days that a row must reach: a state's own day; for an event the days up to then, or, where it is asked for by id, all days."""
    day = at.day if BY_NAME[type_name].is_state or of_page else None
    last = _LAST if day is None else date.fromordinal(day)
    return {"first": last if day is not None and BY_NAME[type_name].is_state else _FIRST, "last": last}


def get(transaction: Transaction, type_name: str, ids: Collection[str], at: At) -> list[Row]:
    """The rows of these ids at an instant, by id and start."""
    if not ids:
        return []
    parameters = {"ids": list(dict.fromkeys(ids)), **days(type_name, at, of_page=False), "revision": at.revision}
    rows = list(rows_of(type_name, Answered(*run(transaction, ROWS[type_name], **parameters))))
    if at.revision < NOW:
        rows += (row for row in rows_of(type_name, Answered(*run(transaction, SUPERSEDED, type=type_name, **parameters))) if row.body is not None)
    return _current(transaction, type_name, _ordered(rows), at)


def live(transaction: Transaction, type_name: str, ids: Collection[str], *, retracted: bool) -> dict[str, list[Row]]:
    """All believed rows of each id; ``retracted``: are there any periods taken away in the whole store?"""
    parameters = {"ids": list(dict.fromkeys(ids)), "first": _FIRST, "last": _LAST, "revision": NOW}
    rows = list(rows_of(type_name, Answered(*run(transaction, ROWS[type_name], **parameters))))
    if retracted:
        rows += rows_of(type_name, Answered(*run(transaction, RETRACTED, type=type_name, **parameters)))
    found: dict[str, list[Row]] = {}
    for record_id, group in groupby(_ordered(rows), key=lambda row: row.id):
        of_id = list(group)
        newest = max(row.version for row in of_id)
        found[record_id] = [row._replace(current=newest) for row in of_id]
    return found


def history(transaction: Transaction, type_name: str, record_id: str, at: At) -> list[Row]:
    """All rows that an id had by a revision, the newest first; of one revision by start."""
    parameters = {"ids": [record_id], "revision": at.revision}
    ever = {"first": _FIRST, "last": _LAST}
    rows = list(rows_of(type_name, Answered(*run(transaction, ROWS[type_name], **parameters, **ever))))
    rows += rows_of(type_name, Answered(*run(transaction, RETRACTED, type=type_name, **parameters, **ever)))
    rows += (row if (row.superseded or 0) <= at.revision else row._replace(superseded=None)
             for row in rows_of(type_name, Answered(*run(transaction, HISTORY, type=type_name, **parameters))))  # fmt: skip
    newest = max((row.version for row in rows), default=0)
    return [row._replace(current=newest) for row in sorted(rows, key=lambda row: (-row.revision, row.period.start))]


def find(transaction: Transaction, type_name: str, filters: Mapping[str, str], at: At, after: str | None, limit: int) -> Found:
    """A page of ``limit`` ids, each with all its rows: on one day that is one row an id."""
    sources = _sources(type_name, filters, at)
    rows: list[Row] = []
    asked = limit + 1
    after = after or ""
    while sources:
        parts = [_page(transaction, source, after, asked) for source in sources]
        cut = min((part[-1].id for part in parts if len(part) == asked), default=None)
        whole = _ordered(row for part in parts for row in part if row.id > after and (cut is None or row.id < cut))
        rows += whole
        ids = list(dict.fromkeys(row.id for row in rows))
        if len(ids) > limit or (cut is not None and len(ids) == limit):
            kept = set(ids[:limit])
            return Found(_current(transaction, type_name, [row for row in rows if row.id in kept], at), ids[limit - 1])
        if cut is None:
            break
        after, asked = (whole[-1].id, asked) if whole else (after, asked * 2)
    return Found(_current(transaction, type_name, rows, at), None)


def count(transaction: Transaction, type_name: str, filters: Mapping[str, str], at: At) -> int:
    """How many rows there are over all pages."""
    return sum(
        int(run(transaction, source.statement, **source.parameters, after="", limit=NOW, counted=True)[1]) for source in _sources(type_name, filters, at)
    )


def adjacent(transaction: Transaction, parties: Collection[str], at: At, kinds: Collection[str] | None, limit: int) -> list[Row]:
    """Facts that name one of the parties, in the order of ``RECORD_TYPES``, id and start."""
    first = last = _LAST if at.day is None else date.fromordinal(at.day)
    period = {"first": _FIRST if at.day is None else first, "event_first": _FIRST, "last": last}
    parameters = {
        "parties": list(parties),
        "types": list(FACT_TYPES),
        "kinds": None if kinds is None else list(kinds),
        **period,
        **_no_ends(),
        **_fact_filters({}),
    }
    return _facts(transaction, parameters, at, limit)


def beside(transaction: Transaction, parties: Collection[str], at: At, kinds: Collection[str] | None, limit: int) -> Beside:
    """The same, and the parties that they name."""
    rows = adjacent(transaction, parties, at, kinds, limit)
    ends = [_ends(row.body or b"") for row in rows]
    named = {end.source for end in ends}.union((end.target for end in ends), parties) - {None}
    found = get(transaction, "party", sorted(name for name in named if name is not None), at)
    return Beside([_brief(row, end.source, end.target) for row, end in zip(rows, ends, strict=True)], [_brief(row, None, None) for row in found])


def _brief(row: Row, source: str | None, target: str | None) -> Brief:
    assert row.body is not None
    return Brief((row.type, row.id), row.id, source, target, row.body, row.current or row.version, row.revision, row.recorded_at, row.recorded_by)


def referring(transaction: Transaction, type_name: str, record_id: str, period: Period) -> list[Row]:
    """Believed facts that name a party, or a document as evidence, whose own period overlaps this one."""
    first, last = date.fromordinal(period.start), date.fromordinal(period.end - 1)
    if type_name == "party":
        reach = {"first": first, "event_first": first, "last": last}
        return _facts(transaction, {"parties": [record_id], "types": list(FACT_TYPES), "kinds": None, **reach, **_no_ends(), **_fact_filters({})}, At(), NOW)
    return _by_type(rows_of(None, Answered(*run(transaction, CITING, document=record_id, first=first, last=last, revision=NOW))))


def _facts(transaction: Transaction, parameters: dict[str, Any], at: At, limit: int) -> list[Row]:
    page = {**parameters, "revision": at.revision, "after": "", "limit": limit, "counted": False}
    rows = _of_page(None, run(transaction, FACTS, **page))
    if at.revision < NOW:
        rows += _of_page(None, run(transaction, OLD_FACTS, **page))
    rows = _by_type(rows)
    states = {kind.name for kind in RECORD_TYPES if kind.is_state}
    found: list[Row] = []
    for name, of_type in groupby(rows[:limit], key=lambda row: row.type):
        group = list(of_type)
        found += _current(transaction, name, group, at) if name in states else group
    return found


def _sources(type_name: str, filters: Mapping[str, str], at: At) -> list[_Source]:
    parameters: dict[str, Any] = {**days(type_name, at, of_page=True), "revision": at.revision}
    is_old = at.revision < NOW
    if type_name == "party":
        return _party_sources(filters, parameters, is_old)
    if type_name == "document" and "kind" in filters:
        return []
    parameters |= _fact_filters(filters)
    ends = {name: filters.get(name) for name in ("source", "target", "party")}
    of_several: dict[str, Any] = {"types": [type_name], "kinds": None, "event_first": _FIRST, **ends}
    anchors = [name for name in ends.values() if name is not None]
    if anchors:
        near = {**parameters, **of_several, "parties": anchors[:1]}
        return [_Source(FACTS, near, None), *([_Source(OLD_FACTS, near, None)] if is_old else [])]
    old = [_Source(FIND_OLD, {**parameters, **of_several}, None)] if is_old else []
    return [_Source(FIND[type_name], parameters, type_name), *old]


def _party_sources(filters: Mapping[str, str], parameters: dict[str, Any], is_old: bool) -> list[_Source]:
    scheme, colon, code = filters.get("industry", "").rpartition(":")
    tier = filters.get("market_tier")
    if tier is not None and (not tier.isdecimal() or str(int(tier)) != tier):
        return []
    parameters |= {name: filters.get(name) for name in (*_PARTY_FIELDS, *_ROLE_FIELDS)}
    parameters |= {"industry": code if "industry" in filters else None, "industry_scheme": scheme if colon else None}
    parameters |= {"market_tier": None if tier is None else int(tier), "any_role": not any(name in filters for name in _ROLE_FIELDS), "known": is_old}
    if "q" not in filters:
        return [_Source(FIND_PARTIES, parameters, "party"), *([_Source(FIND_OLD_PARTIES, parameters, "party")] if is_old else [])]
    words = [f"+{word.removesuffix('*')[:_MAX_WORD]}{'*' * word.endswith('*')}" for word in search_words(filters["q"])]
    if not words:
        return []
    parameters["q"] = " ".join(words)
    return [_Source(FIND_PARTIES_BY_WORDS, parameters, "party"), *([_Source(FIND_OLD_PARTIES_BY_WORDS, parameters, "party")] if is_old else [])]


def _fact_filters(filters: Mapping[str, str]) -> dict[str, str | None]:
    return {name: filters.get(name) for name in _FACT_FIELDS}


def _no_ends() -> dict[str, None]:
    return dict.fromkeys(("source", "target", "party"))


def _page(transaction: Transaction, source: _Source, after: str, limit: int) -> list[Row]:
    begin = after if source.statement.name in _BY_INDEX else _floor(after)
    return _of_page(source.type_name, run(transaction, source.statement, **source.parameters, after=begin, limit=limit, counted=False))


def _floor(after: str) -> str:
    """An id not after this one, in either order: indexes and sorting go by code points, a comparison with a parameter by UTF-16."""
    return after[: next((place for place, character in enumerate(after) if character >= _FIRST_SURROGATE), len(after))]


def _of_page(type_name: str | None, answered: Sequence[Any]) -> list[Row]:
    rows, _, revisions = answered
    return [row._replace(superseded=None) for row in rows_of(type_name, Answered(rows, revisions))]


def _ordered(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.id, row.period.start))


def _by_type(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (_PLACE[row.type], row.id, row.period.start))


def _current(transaction: Transaction, type_name: str, rows: list[Row], at: At) -> list[Row]:
    """Rows with their id's newest version: an event has one believed row, a state may have newer ones for other days."""
    if not rows:
        return rows
    rows = [row._replace(superseded=None) for row in rows]
    if not BY_NAME[type_name].is_state:
        return rows
    ids = list({row.id for row in rows})
    versions = dict(run(transaction, VERSIONS, type=type_name, ids=ids, revision=at.revision)[0])
    return [row._replace(current=versions[row.id]) for row in rows]


def revision_of(values: Mapping[str, Any]) -> Revision:
    """A revision as a statement returns it."""
    return Revision(**{**values, "counts": msgspec.json.decode(values["counts"]), "answer": None if values["answer"] is None else bytes(values["answer"])})


def revision_where(transaction: Transaction, found_by: Statement, **parameters: Any) -> Revision | None:
    """The one revision that a statement finds."""
    return next(map(revision_of, run_all(transaction, found_by, **parameters)), None)


def terms(transaction: Transaction) -> OwnTerms | None:
    """The workspace's own vocabulary."""
    body, revision = run(transaction, TERMS) or (None, 0)
    return None if body is None else OwnTerms(body.encode(), revision)

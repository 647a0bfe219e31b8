"""Every SQL statement of an embedded store's records, put together from parts that are all constants here.

``r`` is a row of ``record``, ``v`` the revision that wrote it; ``:day`` and ``:revision`` are the instant of the read.
"""

from __future__ import annotations

from functools import lru_cache

from graph_models.ecosystem.column_schema import FAMILIES, HOT, NUMBER, TEXT
from graph_models.records.dates import FIRST_DAY, OPEN
from service.stores.sqlite.schema import BELIEVED, CODES, FIRST_EVENT

# -- parts

_EVENT = f"r.type >= {FIRST_EVENT}"
_WHAT = "r.type, r.id, r.start, r.stop, r.body, r.version, r.revision"
_CURRENT = f"""CASE WHEN r.body IS NOT NULL AND ({_EVENT} OR (r.start = {FIRST_DAY} AND r.stop = {OPEN})) THEN r.version
  ELSE (SELECT max(c.version) FROM record c WHERE c.type = r.type AND c.id = r.id AND c.revision <= :revision) END"""
"""The newest version of an id. What is believed of all time, and an event, is alone: no look-up is needed."""
_ROW = f"{_WHAT}, v.time, v.who, {_CURRENT}, r.n"
_WRITTEN_BY = "JOIN revision v ON v.number = r.revision"
_KNOWN = "r.revision <= :revision AND r.superseded > :revision"
_TRUE = f"r.body IS NOT NULL AND (:day IS NULL OR (r.start <= :day AND (r.stop > :day OR {_EVENT})))"
_THERE = f"{_KNOWN} AND {_TRUE}"
_OF_IDS = "FROM carray(:ids) a CROSS JOIN record r INDEXED BY record_id ON r.type = :type AND r.id = a.value"

# -- reads of rows

GET_ONE = f"SELECT {_ROW} FROM record r INDEXED BY record_id {_WRITTEN_BY} WHERE r.type = :type AND r.id = :id AND {_THERE}"
GET = f"SELECT {_ROW} {_OF_IDS} {_WRITTEN_BY} WHERE {_THERE}"
HISTORY = f"""SELECT {_WHAT}, v.time, v.who, iif(r.superseded > :revision, NULL, r.superseded), r.n
  FROM record r INDEXED BY record_id {_WRITTEN_BY} WHERE r.type = :type AND r.id = :id AND r.revision <= :revision ORDER BY r.revision DESC, r.start"""

_OF_KINDS = "AND r.kind IN (SELECT value FROM carray(:kinds))"
_IN_ORDER = "ORDER BY r.type, r.id, r.start LIMIT :limit"
_BRIEF = f"r.n, r.id, r.source, r.target, r.body, {_CURRENT}, r.revision, v.time, v.who"
_NEAR_ONE = f"FROM record r {_WRITTEN_BY} WHERE (r.source = :party OR r.target = :party) AND {_THERE}"
_NEAR_SEVERAL = f"""FROM (
    SELECT n FROM carray(:parties) a CROSS JOIN record ON source = a.value UNION SELECT n FROM carray(:parties) b CROSS JOIN record ON target = b.value) near
  CROSS JOIN record r ON r.n = near.n {_WRITTEN_BY} WHERE {_THERE}"""
ADJACENT, BESIDE = (
    {
        (several, kinds): " ".join(("SELECT", what, near, _OF_KINDS if kinds else "", _IN_ORDER))
        for several, near in ((False, _NEAR_ONE), (True, _NEAR_SEVERAL))
        for kinds in (False, True)
    }
    for what in (_ROW, _BRIEF)
)
"""(of several parties?, of some kinds only?) -> the statement."""
GET_BRIEF = f"SELECT {_BRIEF} {_OF_IDS} {_WRITTEN_BY} WHERE {_THERE}"


# -- whole families

BETWEEN_VALUES, BETWEEN_ROWS = "\x1f", "\n"
_IN_BLOCK = "r.n >= :first AND r.n < :end"


@lru_cache
def family_statement(names: tuple[str, ...]) -> str:
    """The rows of a family in a block: the same columns as values."""
    wanted = ", ".join(("r.start", "r.id", *(f"r.{name}" for name in names), "r.stop"))
    return f"SELECT {wanted} FROM record r WHERE {_IN_BLOCK} AND r.type = :type AND {_THERE} ORDER BY r.n"


def _as_text(name: str, kind: str) -> str:
    """A value of a block: empty where nothing is said, a separator where an empty text is (so that the block is read row by row), numbers exact."""
    if kind == NUMBER:
        return f"iif(r.{name} IS NOT NULL, printf('%!.17g', r.{name}))"
    return f"iif(r.{name} = '', {_char(BETWEEN_ROWS)}, r.{name})" if kind == TEXT else f"r.{name}"


def _char(separator: str) -> str:
    return f"char({ord(separator)})"


def _block() -> str:
    kinds = dict(HOT)
    parts = []
    for code, names in enumerate(FAMILIES.values()):
        values = ("r.start", "r.id", *(_as_text(name, kinds[name]) for name in names), "r.stop")
        row = f"concat({f', {_char(BETWEEN_VALUES)}, '.join(values)})"
        only = f"FILTER (WHERE r.type = {code})"
        parts.append(f"count(*) {only}, group_concat({row}, {_char(BETWEEN_ROWS)}) {only}")
    true = f"r.body IS NOT NULL AND ({_EVENT} OR :day IS NULL OR (r.start <= :day AND r.stop > :day))"
    return f"SELECT {', '.join(parts)} FROM record r WHERE {_IN_BLOCK} AND {_KNOWN} AND {true}"


BLOCK = _block()
"""Of the rows with numbers in a range, for each family: how many hold, and all their columns as one text.

A row's text begins and ends with a number: what a reader of CSV does at the end of a line or the beginning of a file happens to no text of ours."""


# -- pages

_ROLE_CONDITIONS = {"role": "f.kind = :role", "stage": "f.stage = :stage", "tier": "f.tier = :tier", "purpose": "f.purpose = :purpose"}
_ROLES = f"SELECT 1 FROM record f WHERE f.source = r.id AND f.type = {CODES['role']} AND {_THERE.replace('r.', 'f.')}"
_DETAILS = ("region", "country", "city", "size_class", "sector", "scope", "consumer_kind", "business_model", "purchase_channel")
_PARTY_CONDITIONS = {
    "kind": "r.kind = :kind",
    "q": "r.n IN (SELECT rowid FROM words WHERE words MATCH :q)",
    "industry": "(r.details ->> '$.industry.code' = :industry OR (r.details ->> '$.industry.scheme') || ':' || (r.details ->> '$.industry.code') = :industry)",
    "market_tier": "CAST(r.details ->> '$.market_tier' AS TEXT) = :market_tier",
    **{name: f"r.details ->> '$.{name}' = :{name}" for name in _DETAILS},
}
_FACT_CONDITIONS = {
    "source": "r.n IN (SELECT n FROM record WHERE source = :source)",
    "target": "r.n IN (SELECT n FROM record WHERE target = :target)",
    "party": "r.n IN (SELECT n FROM record WHERE source = :party UNION ALL SELECT n FROM record WHERE target = :party)",
    "role": f"r.type = {CODES['role']} AND r.kind = :role",
    **{name: f"r.{name} = :{name}" for name in ("kind", "stage", "tier", "purpose", "product")},
}
_FEW = {"q", "source", "target", "party"}
"""Filters that leave few rows: these are looked up by number instead of in the order of ids (``+`` keeps an index from being used)."""


@lru_cache(maxsize=1024)
def find_statement(type_name: str, names: tuple[str, ...], goes_on: bool) -> str:
    """A page narrowed by the filters of these names, after an id or from the beginning."""
    after = "AND r.id > :after" if goes_on else ""
    return f"SELECT {_ROW} FROM record r {_WRITTEN_BY} WHERE {_where(type_name, names)} {after} ORDER BY r.id, r.start"


@lru_cache(maxsize=1024)
def count_statement(type_name: str, names: tuple[str, ...]) -> str:
    """How many rows the filters of these names leave."""
    return f"SELECT count(*) FROM record r WHERE {_where(type_name, names)}"


def _where(type_name: str, names: tuple[str, ...]) -> str:
    of_type = "+r.type = :type" if _FEW.intersection(names) else "r.type = :type"
    if type_name != "party":
        return " AND ".join([of_type, _THERE, *(_FACT_CONDITIONS[name] for name in names)])
    parts = [of_type, _THERE, *(_PARTY_CONDITIONS[name] for name in names if name not in _ROLE_CONDITIONS)]
    if role := [_ROLE_CONDITIONS[name] for name in names if name in _ROLE_CONDITIONS]:
        parts.append(f"EXISTS ({_ROLES} AND {' AND '.join(role)})")
    return " AND ".join(parts)


# -- what is believed now, inside a write

_NOW = f"r.superseded = {BELIEVED}"
_BELIEVED = f"SELECT {_WHAT}, r.n"
_OVERLAPPING = f"{_NOW} AND r.body IS NOT NULL AND r.start < :stop AND r.stop > :start ORDER BY r.type, r.id, r.start"
LIVE = f"{_BELIEVED} {_OF_IDS} WHERE {_NOW}"
LIVE_BODIES = f"SELECT r.id, r.body {_OF_IDS} WHERE {_NOW}"
PRESENT = f"""SELECT a.value FROM carray(:ids) a
  WHERE EXISTS (SELECT 1 FROM record r INDEXED BY record_id WHERE r.type = :type AND r.id = a.value AND {_NOW} AND r.body IS NOT NULL)"""
REFERRING = {
    "party": f"{_BELIEVED} FROM record r WHERE (r.source = :id OR r.target = :id) AND {_OVERLAPPING}",
    "document": f"{_BELIEVED} FROM evidence e CROSS JOIN record r ON r.n = e.n WHERE e.document = :id AND {_OVERLAPPING}",
}

# -- writes


@lru_cache(maxsize=256)
def insert_statement(names: tuple[str, ...]) -> str:
    """New rows: what every row has, then these of the hot columns, then the body."""
    columns = ("n", "type", "id", "version", "revision", "superseded", "start", "stop", *names, "body")
    return f"INSERT INTO record ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


INSERT_WORDS = "INSERT INTO words (rowid, text) VALUES (?, ?)"
INSERT_EVIDENCE = "INSERT INTO evidence VALUES (?, ?)"
SUPERSEDE = "UPDATE record SET superseded = ? WHERE n = ?"
CLEAR = (
    "DELETE FROM record; DELETE FROM revision; DELETE FROM evidence; DELETE FROM about WHERE name = 'terms'; INSERT INTO words (words) VALUES ('delete-all')"
)
IDENTITY = "SELECT CAST(value AS TEXT) FROM about WHERE name = 'identity'"
PUT_IDENTITY = "INSERT INTO about VALUES ('identity', ?, 0)"
TERMS = "SELECT value, revision FROM about WHERE name = 'terms'"
PUT_TERMS = "INSERT OR REPLACE INTO about VALUES ('terms', ?, ?)"
NEXT_ROW = "SELECT coalesce(max(n), 0) + 1 FROM record"

# -- revisions

_REVISION = "SELECT number, time, who, key, body_hash, counts, import_id, answer FROM revision"
REVISIONS = f"{_REVISION} WHERE number > ? ORDER BY number LIMIT ?"
REVISION_OF_KEY = f"{_REVISION} WHERE key = ?"
REVISION_AT = "SELECT number FROM revision WHERE time <= ? ORDER BY time DESC, number DESC LIMIT 1"
HEAD = "SELECT coalesce(max(number), 0), coalesce(max(time), '') FROM revision"
WRITTEN_BY = "SELECT time, who FROM revision WHERE number = ?"
INSERT_REVISION = "INSERT INTO revision VALUES (?, ?, ?, ?, ?, ?, ?, ?)"

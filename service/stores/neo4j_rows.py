"""Records as properties of nodes and relationships, and what Neo4j answers as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from graph_models.records import BY_NAME, decode_record, documents_named, encode_record
from graph_models.time import Period
from service.stores.search_text import search_text
from service.stores.store import Change, NewRow, Row

_json = msgspec.json.Encoder(decimal_format="string").encode

Value = Callable[[Any], Any]


def _amount(record: Any) -> float | None:
    """For analysts: the exact one is in the record."""
    return None if record.amount is None else float(record.amount)


def _attributes(record: Any) -> str | None:
    return _json(record.attributes).decode() if record.attributes else None


def _judged(name: str) -> Value:
    return lambda record: record.values.get(name)


JUDGED = ("power", "legitimacy", "urgency", "interest", "closeness", "value", "profit_impact", "supply_risk")
_FACT: dict[str, Value | None] = {
    "confidence": None,
    "status": None,
    "marking": None,
    "documents": lambda record: list(documents_named(record)) or None if record.evidence else None,
    "attributes": _attributes,
}


def _named(*names: str) -> dict[str, Value | None]:
    return dict.fromkeys(names)


PROPERTIES: dict[str, dict[str, Value | None]] = {
    "party": {
        **_named(
            "name",
            "kind",
            "country",
            "region",
            "city",
            "market_tier",
            "sector",
            "size_class",
            "consumer_kind",
            "business_model",
            "purchase_channel",
            "scope",
            "marking",
        ),
        "names": lambda party: [name.text for name in party.names] if party.names else None,
        "identifiers": lambda party: [f"{scheme}:{value}" for scheme, value in party.identifiers.items()] if party.identifiers else None,
        "industry": lambda party: party.industry and party.industry.code,
        "industry_scheme": lambda party: party.industry and party.industry.scheme,
        "attributes": _attributes,
        "search_text": search_text,
    },
    "role": {**_named("role", "stage", "stage_reason", "decision_stage", "product", "region", "tier", "purpose"), **_FACT},
    "relationship": {**_named("kind", "strength", "share", "partnership"), **_FACT},
    "value_flow": {
        **_named("kind", "currency", "quantity", "unit", "product", "channel", "in_return_for", "utility", "satisfaction", "importance"),
        "amount": _amount,
        **_FACT,
    },
    "touchpoint": {
        **_named("kind", "occurred_at", "channel", "text", "topics", "sentiment", "measure", "aspect", "value", "currency", "product", "case", "responds_to"),
        "amount": _amount,
        **_FACT,
    },
    "assessment": {**_named("scheme", "reason"), "values": lambda record: _json(record.values).decode(), **{name: _judged(name) for name in JUDGED}, **_FACT},
    "document": {**_named("title", "kind", "url", "publisher", "reliability", "retrieved_at", "marking"), "attributes": _attributes},
    "exchange_rate": _named("currency", "base_currency", "rate"),
}
"""record type -> property -> how it comes from the record (``None``: it is the field of that name)."""


_FIELDS = {name: [field for field, value in properties.items() if value is None] for name, properties in PROPERTIES.items()}
_FIELDS_OF = {name: attrgetter(*fields) for name, fields in _FIELDS.items()}
"""All properties that are fields, of one record, at once."""


def spelt_out(change: Change) -> Change:
    """The same change with each new record as a row of its own, for its properties are more than the columns of a block."""
    new = [
        NewRow(block.type, record_id, Period(start, end), decode_record(body), 1, body)
        for block in change.new
        for record_id, start, end, body in zip(block.ids, block.starts, block.ends, block.bodies, strict=True)
        if body is not None
    ]
    return change._replace(insert=[*new, *change.insert], new=())


def columns_of_rows(type_name: str, rows: Sequence[NewRow], revision: int) -> dict[str, Any]:
    """Rows as parameters, one list a property; a list is empty where none of the records says anything."""
    records = [row.record for row in rows]
    columns: dict[str, Any] = {}
    fields = dict(zip(_FIELDS[type_name], zip(*map(_FIELDS_OF[type_name], records), strict=True), strict=False))
    for name, value in PROPERTIES[type_name].items():
        column = list(fields.get(name, ()) if value is None else map(value, records))
        columns[name] = column if column.count(None) < len(column) else []
    columns["record"] = [(row.body or encode_record(row.record)).decode() for row in rows if row.record is not None]
    if BY_NAME[type_name].is_fact:
        columns["source"] = [record.source for record in records]  # type: ignore[union-attr]
        columns["target"] = [record.target for record in records]  # type: ignore[union-attr]
    return columns | placed(rows, revision)


def placed(rows: Sequence[NewRow], revision: int) -> dict[str, Any]:
    """Where rows stand in both clocks. Days repeat, so each is sent once and pointed at."""
    days: dict[int, int] = {}
    starts = [days.setdefault(row.period.start, len(days)) for row in rows]
    ends = [days.setdefault(row.period.end, len(days)) for row in rows]
    return {
        "id": [row.id for row in rows],
        "version": [row.version for row in rows],
        "revision": revision,
        "valid_from": starts,
        "valid_to": ends,
        "days": [date.fromordinal(day) for day in days],
    }


def role_label(role: str) -> str:
    """The label of parties that have a role, as ``RoleKind.neo4j_label`` makes it."""
    return "".join(part.capitalize() for part in role.split("_"))


def relationship_type(kind: str) -> str:
    """The type of relationships of a kind, as ``RelationshipKind.neo4j_type`` makes it."""
    return kind.upper()


@lru_cache(maxsize=65_536)
def day_read(sent: int) -> int:
    """A day as statements send it: 1000 times the year and the day of the year, for a DATE costs the driver 10 microseconds."""
    return date(sent // 1000, 1, 1).toordinal() - 1 + sent % 1000


class Answered(NamedTuple):
    """What the statements that read rows answer, still as lists."""

    rows: Sequence[Sequence[Any]]
    revisions: Sequence[tuple[int, str, str | None]]


class HalfSeen(LookupError):
    """A row is there whose revision is not there yet: the read met a commit half-way."""


def rows_of(type_name: str | None, answered: Answered) -> Iterable[Row]:
    """Rows of one type, or, where the answer says the type of each, of several."""
    times = {number: (time, who) for number, time, who in answered.revisions}
    for handle, record_id, body, start, end, version, revision, *rest in answered.rows:
        if revision not in times:
            raise HalfSeen(revision)
        time, who = times[revision]
        yield Row(
            type_name or rest[1],
            record_id,
            Period(day_read(start), day_read(end)),
            None if body is None else body.encode(),
            version,
            revision,
            time,
            who,
            rest[0] if rest else None,
            version,
            handle,
        )

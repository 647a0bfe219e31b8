"""Records as properties of nodes and relationships, and what Neo4j answers as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from graph_models.records.dates import Period
from graph_models.records.evidence import Evidence
from graph_models.records.json_codec import decode_record, encode_record
from graph_models.records.record_types import BY_NAME, Fields, fields_of
from service.stores.interface.search_text import search_text_of
from service.stores.interface.store import Change, NewRow, Row

_json = msgspec.json.Encoder(decimal_format="string").encode


class Property(NamedTuple):
    """The fields of a record that a property is made of, and how; ``None``: it is the field."""

    fields: tuple[str, ...]
    value: Callable[..., Any] | None = None


def _attributes(attributes: Mapping[str, Any] | None) -> str | None:
    return _json(attributes).decode() if attributes else None


def _cited(evidence: Sequence[Evidence] | None) -> list[str] | None:
    return list(dict.fromkeys(item.document_id for item in evidence)) if evidence else None


def _approximate(amount: Decimal | None) -> float | None:
    """For analysts: the exact one is in the record."""
    return None if amount is None else float(amount)


def _judged(name: str) -> Property:
    return Property(("values",), lambda values: values.get(name))


def _named(*names: str) -> dict[str, Property]:
    return {name: Property((name,)) for name in names}


JUDGED = ("power", "legitimacy", "urgency", "interest", "closeness", "value", "profit_impact", "supply_risk")
_ATTRIBUTES = {"attributes": Property(("attributes",), _attributes)}
_FACT = {**_named("confidence", "status", "marking"), "documents": Property(("evidence",), _cited), **_ATTRIBUTES}
_AMOUNT = {"amount": Property(("amount",), _approximate)}
PROPERTIES: dict[str, dict[str, Property]] = {
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
            "tags",
            "marking",
        ),
        "names": Property(("names",), lambda names: [name.text for name in names] if names else None),
        "identifiers": Property(("identifiers",), lambda found: [f"{scheme}:{value}" for scheme, value in found.items()] if found else None),
        "industry": Property(("industry",), lambda industry: industry and industry.code),
        "industry_scheme": Property(("industry",), lambda industry: industry and industry.scheme),
        **_ATTRIBUTES,
        "search_text": Property(("id", "name", "names", "identifiers"), search_text_of),
    },
    "role": {
        **_named("role", "stage", "stage_reason", "reason_code", "decision_stage", "decision_role", "motives", "product", "region", "tier", "purpose"),
        **_FACT,
    },
    "relationship": {**_named("kind", "strength", "share", "interest", "partnership"), **_FACT},
    "value_flow": {
        **_named("kind", "currency", "quantity", "unit", "product", "channel", "in_return_for", "utility", "satisfaction", "importance"),
        **_AMOUNT,
        **_FACT,
    },
    "touchpoint": {
        **_named("kind", "occurred_at", "channel", "text", "topics", "sentiment", "measure", "aspect", "value", "currency", "product", "case", "responds_to"),
        **_named("intent", "due", "outcome"),
        "cost": Property(("cost",), _approximate),
        **_AMOUNT,
        **_FACT,
    },
    "assessment": {
        **_named("scheme", "reason"),
        "values": Property(("values",), lambda values: _json(values).decode()),
        **{name: _judged(name) for name in JUDGED},
        **_FACT,
    },
    "document": {**_named("title", "kind", "url", "publisher", "reliability", "retrieved_at", "marking"), **_ATTRIBUTES},
    "exchange_rate": _named("currency", "base_currency", "rate"),
}
"""record type -> property -> how it comes from the record."""


def property_column(made: Property, fields: Fields) -> list[Any]:
    """A property of records by the columns of their fields; empty where none of the records says anything."""
    sources = [fields[name] for name in made.fields]
    if all(map(_says_nothing, sources)):
        return []
    column = list(sources[0] if made.value is None else map(made.value, *sources))
    return [] if _says_nothing(column) else column


def _says_nothing(column: Sequence[Any]) -> bool:
    return column[0] is None and column.count(None) == len(column)


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
    """Rows as parameters, one list a property."""
    fields = fields_of([row.record for row in rows])
    columns: dict[str, Any] = {name: property_column(made, fields) for name, made in PROPERTIES[type_name].items()}
    columns["record"] = [(row.body or encode_record(row.record)).decode() for row in rows if row.record is not None]
    if BY_NAME[type_name].is_fact:
        columns |= {end: list(fields[end]) for end in ("source", "target")}
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

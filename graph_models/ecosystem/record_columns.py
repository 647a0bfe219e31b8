"""Records as columns: the values of each record that analyses read, and tables of many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec
import pyarrow as pa

from graph_models.ecosystem.column_schema import FAMILIES, FAMILY_OF, HOT_NAMES, PARTY_DETAILS, arrow_type
from graph_models.records.assessment import Assessment
from graph_models.records.evidence import Document
from graph_models.records.party import Party
from graph_models.records.record_types import BY_CLASS, Record, documents_named
from graph_models.records.relationship import Relationship
from graph_models.records.role import Role
from graph_models.records.touchpoint import Touchpoint
from graph_models.records.value_flow import ExchangeRate, ValueFlow

_json = msgspec.json.Encoder(decimal_format="string").encode


def hot_values(record: Record) -> tuple[Any, ...]:
    """The values of ``HOT``, in its order, of one record."""
    return _EXTRACT[type(record)](record)


def hot_columns(records: Sequence[Any]) -> dict[str, Sequence[Any]]:
    """The hot values of some records of one type, as columns; without those in which nothing is said."""
    if type(records[0]) is ValueFlow:
        columns: dict[str, Sequence[Any]] = {name: list(map(get, records)) for name, get in _FLOW.items()}
        columns["amount"] = [None if amount is None else float(amount) for amount in columns["amount"]]
        if any(map(attrgetter("evidence"), records)):
            columns["documents"] = list(map(_documents, records))
    else:
        columns = dict(zip(HOT_NAMES, zip(*map(hot_values, records), strict=True), strict=True))
    return said(columns)


def said(columns: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Those of some columns (of at least one value) in which anything is said."""
    return {name: values for name, values in columns.items() if values[0] is not None or values.count(None) < len(values)}


def _documents(record: Record) -> str | None:
    names = documents_named(record)
    return _json(names).decode() if names else None


def _fact(r: Any, kind: str, **own: Any) -> tuple[Any, ...]:
    own |= {"source": r.source, "target": r.target, "kind": kind, "confidence": r.confidence, "status": r.status, "documents": _documents(r)}
    return tuple(map(own.get, HOT_NAMES))


def _flow(r: ValueFlow) -> tuple[Any, ...]:
    """Written out: nearly all records of an import are flows."""
    return (
        r.source,
        r.target,
        r.kind,
        r.product,
        None,
        None,
        None,
        None if r.amount is None else float(r.amount),
        r.currency,
        r.quantity,
        r.unit,
        r.in_return_for,
        r.utility,
        r.satisfaction,
        r.importance,
        None,
        None,
        None,
        None,
        None,
        None,
        r.confidence,
        r.status,
        _documents(r) if r.evidence else None,
        None,
    )


def _party(r: Party) -> tuple[Any, ...]:
    details = {name: value for name in PARTY_DETAILS if (value := getattr(r, name)) is not None}
    return tuple(map({"kind": r.kind, "details": _json(details).decode()}.get, HOT_NAMES))


_EXTRACT: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    Party: _party,
    Role: lambda r: _fact(r, r.role, product=r.product, stage=r.stage, tier=r.tier, purpose=r.purpose),
    Relationship: lambda r: _fact(r, r.kind, strength=r.strength, share=r.share, interest=r.interest),
    ValueFlow: _flow,
    Touchpoint: lambda r: _fact(
        r,
        r.kind,
        product=r.product,
        amount=None if r.amount is None else float(r.amount),
        currency=r.currency,
        measure=r.measure,
        value=r.value,
        sentiment=r.sentiment,
    ),
    Assessment: lambda r: _fact(r, r.scheme, details=_json(r.values).decode()),
    Document: lambda r: tuple(map({"grade": r.reliability}.get, HOT_NAMES)),
    ExchangeRate: lambda r: tuple(map({"kind": r.base_currency, "currency": r.currency, "value": r.rate}.get, HOT_NAMES)),
}
_FLOW: dict[str, Callable[[Any], Any]] = {
    name: attrgetter("satisfaction" if name == "grade" else name) for name in FAMILIES["value_flows"] if name != "documents"
}
"""Nearly all records of an import are flows: their columns are taken one by one."""


def table_of(family: str, values: Mapping[str, Sequence[Any]]) -> pa.Table:
    """A store's table of a family from lists of values, in the types that :func:`columns_of` expects; what is not among them is empty."""
    names = ("id", "valid_from", "valid_to", *FAMILIES[family])
    count = len(values["id"]) if values else 0
    return pa.table({name: pa.array(values[name], arrow_type(name)) if name in values else pa.nulls(count, arrow_type(name)) for name in names})


def tables_of(records: Iterable[Record], day: int) -> dict[str, pa.Table]:
    """A store's tables of records as they read on a day, each family in the order in which they came; states of other days are not among them."""
    rows: dict[str, dict[str, list[Any]]] = {family: {name: [] for name in ("id", "valid_from", "valid_to", *names)} for family, names in FAMILIES.items()}
    place = {name: at for at, name in enumerate(HOT_NAMES)}
    for record in records:
        period, kind = record.period(), BY_CLASS[type(record)]
        if kind.is_state and day not in period:
            continue
        family = FAMILY_OF[kind.name]
        hot, row = hot_values(record), rows[family]
        for name, value in (("id", record.id), ("valid_from", period.start), ("valid_to", period.end)):
            row[name].append(value)
        for name in FAMILIES[family]:
            row[name].append(hot[place[name]])
    return {family: table_of(family, values) for family, values in rows.items()}

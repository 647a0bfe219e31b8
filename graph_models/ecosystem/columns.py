"""An ecosystem as it is stored and carried: one Arrow table a family, facts pointing at parties by their place.

Both stores deliver the same columns: the hot values of each record (what metrics read) in the order of their ids, so that
the same records make the same bytes, wherever they were kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_models.records.assessment import Assessment
from graph_models.records.evidence import Document
from graph_models.records.party import Party
from graph_models.records.record_types import BY_CLASS, Record, documents_named
from graph_models.records.relationship import Relationship
from graph_models.records.role import Role
from graph_models.records.touchpoint import Touchpoint
from graph_models.records.value_flow import ExchangeRate, ValueFlow

TEXT, NUMBER, WHOLE = "text", "number", "whole"
HOT: tuple[tuple[str, str], ...] = (
    ("source", TEXT),
    ("target", TEXT),
    ("kind", TEXT),
    ("product", TEXT),
    ("stage", TEXT),
    ("tier", TEXT),
    ("purpose", TEXT),
    ("amount", NUMBER),
    ("currency", TEXT),
    ("quantity", NUMBER),
    ("unit", TEXT),
    ("in_return_for", TEXT),
    ("utility", NUMBER),
    ("grade", TEXT),
    ("importance", WHOLE),
    ("strength", NUMBER),
    ("share", NUMBER),
    ("interest", TEXT),
    ("measure", TEXT),
    ("value", NUMBER),
    ("sentiment", NUMBER),
    ("confidence", NUMBER),
    ("status", TEXT),
    ("documents", TEXT),
    ("details", TEXT),
)
"""The values of a record that stores keep as typed columns. ``kind`` is a role's role and an assessment's scheme, of a rate the
base currency; ``grade`` a flow's satisfaction and a document's reliability; ``value`` also a rate; ``documents`` a JSON list of ids;
``details`` JSON of what only one family has (an assessment's values, what segments of a party)."""
_AT_ONCE = 2
"""Families that are put in order side by side: one of them is as large as all others, and each in work needs its memory twice."""
HOT_NAMES = tuple(name for name, _ in HOT)

FAMILIES: dict[str, tuple[str, ...]] = {
    "parties": ("kind", "details"),
    "roles": ("source", "target", "kind", "product", "stage", "tier", "purpose", "confidence", "status", "documents"),
    "relationships": ("source", "target", "kind", "strength", "share", "interest", "confidence", "status", "documents"),
    "value_flows": (
        "source",
        "target",
        "kind",
        "product",
        "amount",
        "currency",
        "quantity",
        "unit",
        "in_return_for",
        "utility",
        "grade",
        "importance",
        "confidence",
        "status",
        "documents",
    ),
    "touchpoints": ("source", "target", "kind", "product", "amount", "currency", "measure", "value", "sentiment", "confidence", "status", "documents"),
    "assessments": ("source", "target", "kind", "details", "confidence", "status", "documents"),
    "documents": ("grade",),
    "exchange_rates": ("kind", "currency", "value"),
}
"""family (one a record type, in the same order) -> its columns, beside ``id``, ``valid_from`` and ``valid_to`` (days, end-exclusive)."""
FAMILY_OF: dict[str, str] = dict(
    zip(("party", "role", "relationship", "value_flow", "touchpoint", "assessment", "document", "exchange_rate"), FAMILIES, strict=True)
)
PARTY_DETAILS = (
    "name",
    "names",
    "country",
    "region",
    "city",
    "market_tier",
    "industry",
    "sector",
    "size_class",
    "consumer_kind",
    "business_model",
    "purchase_channel",
    "scope",
    "attributes",
)

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
_ARROW = {TEXT: pa.string(), NUMBER: pa.float64(), WHOLE: pa.int32()}
_HOT_TYPE = dict(HOT)


def arrow_type(column: str) -> pa.DataType:
    """The type in which a store delivers a column."""
    if column in ("valid_from", "valid_to"):
        return pa.int32()
    return pa.string() if column == "id" else _ARROW[_HOT_TYPE[column]]


def schema_of(family: str) -> pa.Schema:
    """The columns of a family in an ecosystem, where parties are places."""
    placed = {"source": pa.int32(), "target": pa.int32()}
    return pa.schema([(name, placed.get(name) or arrow_type(name)) for name in ("id", "valid_from", "valid_to", *FAMILIES[family])])


class Columns:
    """The tables of one ecosystem, sorted by id; ``source`` and ``target`` are places in ``parties`` (int32, null where nobody is named)."""

    def __init__(self, tables: Mapping[str, pa.Table], digest: str | None = None) -> None:
        """``digest``: that of these tables, where it is known already."""
        self.tables = dict(tables)
        if digest is not None:
            self.__dict__["digest"] = digest

    def __getitem__(self, family: str) -> pa.Table:
        return self.tables[family]

    @cached_property
    def digest(self) -> str:
        """A digest of all that is in them: the same records give the same, whatever store they come from."""
        digest = hashlib.blake2b(digest_size=12)
        for family in FAMILIES:
            table = self.tables[family].combine_chunks()
            with pa.PythonFile(_Digested(digest.update), mode="w") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
                writer.write_table(table)
        return digest.hexdigest()


class _Digested:
    """What is written to it goes into a digest, and is not kept."""

    closed = False

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.write = write

    def flush(self) -> None: ...

    def close(self) -> None:
        self.closed = True


def columns_of(rows: dict[str, pa.Table]) -> Columns:
    """Columns from what a store delivers: family -> table of ``id valid_from valid_to`` and its hot columns, ids as text, in any order.

    A fact one of whose parties is not there is left out (metrics.md section 1). Tables are taken out of ``rows``, so that each can go when it was used.
    """
    parties = _by_id(rows.pop("parties"))
    ids = parties["id"].combine_chunks()

    def made(family: str) -> pa.Table:
        table = _by_id(rows.pop(family))
        return _placed(table, ids) if "target" in FAMILIES[family] else table

    others = [family for family in FAMILIES if family != "parties"]
    with ThreadPoolExecutor(_AT_ONCE, "families") as pool:
        return Columns({"parties": parties, **dict(zip(others, pool.map(made, others), strict=True))})


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


def said_in(table: pa.Table) -> pa.Table:
    """The columns in which anything is said."""
    return table.select([name for name in table.schema.names if table[name].null_count < len(table)])


def filled(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """A table with the columns of a schema: those that it has not say nothing, and take no memory (zeros that nobody wrote)."""
    count = len(table)
    zeros = pa.py_buffer(np.zeros(count + 1, np.int64))

    def nothing(kind: pa.DataType) -> pa.Array:
        valid = zeros.slice(0, (count + 7) // 8)
        if pa.types.is_string(kind):
            return pa.Array.from_buffers(kind, count, [valid, zeros.slice(0, 4 * (count + 1)), pa.py_buffer(b"")])
        return pa.Array.from_buffers(kind, count, [valid, zeros.slice(0, kind.bit_width // 8 * count)])

    return pa.table([table[field.name] if field.name in table.schema.names else nothing(field.type) for field in schema], schema)


def _by_id(table: pa.Table) -> pa.Table:
    schema = table.schema
    return filled(_sorted(said_in(table).combine_chunks()), schema) if len(table) else table


def _sorted(table: pa.Table) -> pa.Table:
    ids = table["id"]
    if len(ids) > 1 and not pc.all(pc.less(ids.slice(0, len(ids) - 1).combine_chunks(), ids.slice(1).combine_chunks())).as_py():
        table = table.take(pc.sort_indices(table, [("id", "ascending"), ("valid_from", "ascending")])).combine_chunks()
    return table


def _placed(table: pa.Table, ids: pa.Array) -> pa.Table:
    source, target = (pc.index_in(table[name].combine_chunks(), value_set=ids) for name in ("source", "target"))
    missing = pc.or_(pc.is_null(target), pc.and_(pc.is_null(source), pc.is_valid(table["source"].combine_chunks())))
    for name, places in (("source", source), ("target", target)):
        table = table.set_column(table.schema.get_field_index(name), name, places)
    if pc.any(missing).as_py():
        table = table.filter(pc.invert(missing)).combine_chunks()
    return table


def numbers(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A numeric column as float64, NaN where there is nothing."""
    if column.null_count == len(column):
        return np.full(len(column), np.nan)
    floats = column.cast(pa.float64())
    array: np.ndarray[Any, np.dtype[np.float64]] = (pc.fill_null(floats, float("nan")) if column.null_count else floats).to_numpy()
    return array

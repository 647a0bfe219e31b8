"""The columns that analyses read, by family of facts, and their types."""

from __future__ import annotations

import pyarrow as pa

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

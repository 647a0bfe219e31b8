"""The filters of lists: which query parameters a collection knows, and that it knows no others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import QueryParams

from graph_models.errors import FieldError, InvalidInput
from graph_models.records import RecordType
from service.stores.store import FACT_FILTERS, PARTY_FILTERS

PAGING = ("limit", "cursor", "as_of", "known_at")
_DESCRIBED = {
    "q": "Latin or Chinese names, aliases and identifiers.",
    "role": "Together with `stage`, `tier` and `purpose`: one role that has them all.",
    "industry": "A code or `scheme:code`.",
    "party": "Source or target.",
}
_EXAMPLES = {
    "q": "appliances",
    "kind": "organization",
    "role": "distributor",
    "stage": "active",
    "market_tier": "1",
    "source": "d1",
    "target": "firm",
    "party": "d1",
}


def known_filters(kind: RecordType) -> tuple[str, ...]:
    """What a collection may be narrowed by."""
    if kind.name == "party":
        return PARTY_FILTERS
    fields = {*kind.record.__struct_fields__, "party"}
    return tuple(name for name in FACT_FILTERS if name in fields or (name == "kind" and "role" in fields)) if kind.is_fact else ()


def filters_of(kind: RecordType, asked: QueryParams) -> Mapping[str, str]:
    """The filters of a request; ``InvalidInput`` names what the collection does not know, or what is said twice."""
    known = known_filters(kind)
    errors = [FieldError("unknown-parameter", f"{kind.collection} are filtered by {', '.join(known) or 'nothing'}", name)
              for name in asked if name not in known and name not in PAGING]  # fmt: skip
    errors += [FieldError("repeated", f"{name} is given more than once", name) for name in asked if len(asked.getlist(name)) > 1]
    if errors:
        raise InvalidInput("The list has no such filter", errors=errors)
    return {name: value for name, value in asked.items() if name in known}


def parameters(kind: RecordType) -> list[dict[str, Any]]:
    """The filters as OpenAPI describes them."""
    return [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string"}, "description": _DESCRIBED.get(name, f"Only those of this `{name}`.")}
        | ({"example": _EXAMPLES[name]} if name in _EXAMPLES else {})
        for name in known_filters(kind)
    ]

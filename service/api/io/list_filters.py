"""The filters of lists: which query parameters a collection knows, and the ids of the values that they name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from starlette.datastructures import QueryParams

from graph_models.errors import InvalidInput
from graph_models.records.assessment import SCHEMES
from graph_models.records.closed_lists import ValueList, lists_of, unknown_value
from graph_models.records.record_types import RecordType
from graph_models.records.vocabulary import Vocabulary
from service.stores.interface.store import FACT_FILTERS, PARTY_FILTERS

ROLE_FILTERS = ("role", "stage", "tier", "purpose")
_TIERS = ValueList(tuple("12345"), {})
_KIND_FIELDS = (("role", "role"), ("relationship", "kind"), ("value_flow", "kind"), ("touchpoint", "kind"))
_DESCRIBED = {
    "q": "Latin or Chinese names, aliases and identifiers.",
    "role": "Together with `stage`, `tier` and `purpose`: one role that has them all.",
    "industry": "A code or `scheme:code`.",
    "party": "Source or target.",
}


def known_filters(kind: RecordType) -> tuple[str, ...]:
    """What a collection may be narrowed by."""
    if kind.name == "party":
        return PARTY_FILTERS
    fields = {*kind.record.__struct_fields__, "party"}
    return tuple(name for name in FACT_FILTERS if name in fields or (name == "kind" and "role" in fields)) if kind.is_fact else ()


def filters_of(kind: RecordType, asked: QueryParams, vocabulary: Vocabulary) -> Mapping[str, str]:
    """The filters of a request, with the ids of what they name. ``InvalidInput`` tells each value that its list has not."""
    lists = _lists(kind, vocabulary)
    filters = {name: asked[name] for name in known_filters(kind) if name in asked}
    errors = [unknown_value(value, lists[name].ids, name) for name, value in filters.items() if name in lists and lists[name].find(value) is None]
    if errors:
        raise InvalidInput("; ".join(f"{error.field}: {error.message}" for error in errors), errors=errors)
    return {name: lists[name].value(value, name) if name in lists else value for name, value in filters.items()}


def _lists(kind: RecordType, vocabulary: Vocabulary) -> Mapping[str, ValueList]:
    """filter -> its values. Parties are also filtered by their roles; the kind of a role is the role."""
    if kind.name == "party":
        roles = lists_of(vocabulary, "role")
        return {**{name: roles[name] for name in ROLE_FILTERS if name in roles}, **lists_of(vocabulary, "party"), "market_tier": _TIERS}
    lists = lists_of(vocabulary, kind.name)
    return {"kind": lists["role"], **lists} if "role" in lists else lists


@lru_cache(maxsize=256)
def kinds_named(vocabulary: Vocabulary, text: str) -> tuple[str, ...]:
    """The kinds of facts that a text names, parted by commas: ids or labels of roles, relationships, values and touchpoints, or schemes of assessments."""
    lists = [*(lists_of(vocabulary, name)[field] for name, field in _KIND_FIELDS), ValueList(tuple(SCHEMES), {})]
    found: dict[str, None] = {}
    for part in filter(None, text.split(",")):
        ids = [record_id for values in lists if (record_id := values.find(part)) is not None]
        if not ids:
            fault = unknown_value(part, dict.fromkeys(value for values in lists for value in values.ids), "kinds")
            raise InvalidInput(f"there is no kind {part!r}", errors=[fault])
        found |= dict.fromkeys(ids)
    return tuple(found)


def parameters(kind: RecordType) -> list[dict[str, Any]]:
    """The filters as OpenAPI describes them."""
    return [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string"}, "description": _DESCRIBED.get(name, f"Only those of this `{name}`.")}
        for name in known_filters(kind)
    ]

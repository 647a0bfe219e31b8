"""Records as they are sent and as they are answered: built from the classes of ``graph_models``, so that a new field appears by itself."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from graph_models.records.assessment import Assessment
from graph_models.records.record_types import RECORD_TYPES, RecordType
from graph_models.records.relationship import Relationship
from graph_models.records.role import Role
from graph_models.records.touchpoint import Touchpoint
from graph_models.records.value_flow import ValueFlow
from service.api.schemas.shapes import Answer, Id, Listed, Time, Truncated

Fact = Role | Relationship | ValueFlow | Touchpoint | Assessment

_ADDED: list[tuple[str, Any] | tuple[str, Any, Any]] = [
    ("version", Annotated[int, Meta(description="How often the id was written; the `ETag` is this number.")]),
    ("revision", Annotated[int, Meta(description="The write that stated it.")]),
    ("recorded_at", Time),
    ("recorded_by", Annotated[str | UnsetType, Meta(description="Who wrote it, where that is known.")], UNSET),
]
"""The service's own fields of a record."""


def defined(name: str, doc: str, fields: list[Any], *bases: type, **options: Any) -> Any:
    """A struct that is put together from others."""
    made = msgspec.defstruct(name, fields, bases=bases or None, kw_only=True, frozen=True, module=__name__, **options)
    made.__doc__ = doc
    return made


def _answered(kind: RecordType) -> Any:
    doc = f"{kind.record.__doc__} With the service's own fields."
    return defined(f"Answered{kind.record.__name__}", doc, _ADDED, kind.record, tag=kind.name, forbid_unknown_fields=False)


ANSWERED: dict[str, Any] = {kind.name: _answered(kind) for kind in RECORD_TYPES}
"""Type of record -> a record as a single answer or a list has it."""
ANSWERED_PARTY: Any = ANSWERED["party"]
ANSWERED_FACT: Any = ANSWERED["role"] | ANSWERED["relationship"] | ANSWERED["value_flow"] | ANSWERED["touchpoint"] | ANSWERED["assessment"]


def _list_of(kind: RecordType) -> Any:
    item = ANSWERED[kind.name]
    return defined(f"{kind.record.__name__}List", f"A page of {kind.collection}, by id.", [("items", list[item])], Listed)  # type: ignore[valid-type]


def _patch_of(kind: RecordType) -> Any:
    """Any of the fields; null takes a field away (RFC 7396)."""
    fields: list[Any] = [("type", Annotated[str | UnsetType, Meta(extra_json_schema={"const": kind.name})], UNSET)]
    fields += [(field.name, field.type | UnsetType | None, UNSET) for field in msgspec.structs.fields(kind.record)]
    return defined(f"{kind.record.__name__}Patch", f"The fields of a {kind.name} that change; null empties a field.", fields, forbid_unknown_fields=True)


def _put_of(kind: RecordType) -> Any:
    doc = f"{kind.record.__doc__} The id may stand in the path only."
    return defined(f"{kind.record.__name__}Put", doc, [("id", Id | UnsetType, UNSET)], kind.record, tag=kind.name)


def _history_of(kind: RecordType) -> Any:
    item = defined(f"{kind.record.__name__}Version", f"One statement of a {kind.name}.", [("record", kind.record | None)], RecordVersion)
    return defined(f"{kind.record.__name__}History", f"All that was stated of a {kind.name}, newest first.", [("items", list[item])], Answer)  # type: ignore[valid-type]


class RecordVersion(Answer, frozen=True, kw_only=True):
    """The base of an item of a history."""

    version: Annotated[int, Meta(description="Counts the writes of the id.")]
    valid_from: Annotated[str | None, Meta(description="The first day of the period that it speaks of; null: since ever.")]
    valid_to: Annotated[str | None, Meta(description="The last day of that period (inclusive); null: open.")]
    revision: int
    recorded_at: Time
    superseded_by_revision: Annotated[int | None, Meta(description="The write that replaced it; null: it holds.")]
    deleted: Annotated[bool, Meta(description="The period was taken away; `record` is null then.")]


LISTS: dict[str, Any] = {kind.name: _list_of(kind) for kind in RECORD_TYPES}
PUTS: dict[str, Any] = {kind.name: _put_of(kind) for kind in RECORD_TYPES}
PATCHES: dict[str, Any] = {kind.name: _patch_of(kind) for kind in RECORD_TYPES}
HISTORIES: dict[str, Any] = {kind.name: _history_of(kind) for kind in RECORD_TYPES}

FactList: Any = defined("FactList", "A page of facts of all types, by type and id.", [("items", list[ANSWERED_FACT])], Listed)
_NEIGHBORS = [("parties", list[ANSWERED_PARTY]), ("facts", list[ANSWERED_FACT]), ("truncated", Truncated | None)]
Neighborhood: Any = defined("Neighborhood", "Parties around one, the nearest first, and the facts among them.", _NEIGHBORS, Answer)

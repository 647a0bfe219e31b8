"""The edits of a scenario as they are sent: what each says, and what is wrong with it by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any, TypeAlias

import msgspec

from graph_models.decoding import field_error
from graph_models.errors import FieldError, InvalidInput
from graph_models.records.closed_lists import identified
from graph_models.records.evidence import Id
from graph_models.records.json_codec import record_of
from graph_models.records.record_types import BY_NAME, Record, finished
from graph_models.records.validation import faults
from graph_models.records.vocabulary import Vocabulary

MAX_EDITS = 1_000
MAX_FACTOR = 1e6
FACT_TYPES = tuple(kind.name for kind in BY_NAME.values() if kind.is_fact)


class _Edit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="op"):
    """Something that is otherwise than it is known to be."""


class RemoveParty(_Edit, frozen=True, tag="remove_party"):
    """The party is not there, nor any fact that names it."""

    id: Id


class RemoveFact(_Edit, frozen=True, tag="remove_fact"):
    """``type`` is needed only where facts of two types have the id."""

    id: Id
    type: str | None = None


class Add(_Edit, frozen=True, tag="add"):
    """A record more, as in a batch."""

    record: dict[str, Any]


class Replace(_Edit, frozen=True, tag="replace"):
    """A record in the place of the one of its type and id."""

    record: dict[str, Any]


class Scale(_Edit, frozen=True, tag="scale"):
    """Amount and quantity of each of these facts times a factor."""

    ids: list[Id]
    factor: float


class Redirect(_Edit, frozen=True, tag="redirect"):
    """A fact between other parties than it is."""

    id: Id
    source: Id | None = None
    target: Id | None = None
    type: str | None = None


class Merge(_Edit, frozen=True, tag="merge"):
    """All facts of a party are those of another; what is between the two vanishes."""

    id: Id
    into: Id


Edit: TypeAlias = RemoveParty | RemoveFact | Add | Replace | Scale | Redirect | Merge
OPS = ("remove_party", "remove_fact", "add", "replace", "scale", "redirect", "merge")


def edits_of(fields: Any, vocabulary: Vocabulary, field: str = "edits") -> list[Edit]:
    """The edits that a list of JSON objects holds. ``InvalidInput`` names each that is wrong by itself."""
    if not isinstance(fields, list):
        raise InvalidInput.of("wrong-type", "edits are a list of objects", field)
    if len(fields) > MAX_EDITS:
        raise InvalidInput.of("too-many", f"a scenario has at most {MAX_EDITS} edits, not {len(fields)}", field)
    edits: list[Edit] = []
    errors: list[FieldError] = []
    for place, one in enumerate(fields):
        where = f"{field}[{place}]"
        try:
            edit: Edit = msgspec.convert(one, Edit)
        except (msgspec.ValidationError, RecursionError) as error:
            errors.append(_shape_fault(error, where))
            continue
        errors += [fault._replace(field=f"{where}.{fault.field}" if fault.field else where) for fault in _faults(edit, vocabulary)]
        edits.append(edit)
    if errors:
        raise refused(errors)
    return edits


def refused(errors: Sequence[FieldError]) -> InvalidInput:
    """The one error for all that is wrong with the edits of a scenario."""
    return InvalidInput(f"{errors[0].field}: {errors[0].message}" + (f" ({len(errors)} errors)" if len(errors) > 1 else ""), errors=errors)


def record_in(edit: Add | Replace, vocabulary: Vocabulary) -> Record:
    """The record of an edit that was found to be valid, with ids where it has labels."""
    return finished(identified(record_of(edit.record), vocabulary))


def _shape_fault(error: Exception, where: str) -> FieldError:
    fault = field_error(error, Edit)
    if fault.field == "op" and fault.code != "missing":
        return FieldError("unknown-op", f"op is one of {', '.join(OPS)}", f"{where}.op")
    return fault._replace(field=f"{where}.{fault.field}" if fault.field else where)


def _faults(edit: Edit, vocabulary: Vocabulary) -> Iterator[FieldError]:
    match edit:
        case Add() | Replace():
            yield from _record_faults(edit, vocabulary)
        case Scale():
            if not (isfinite(edit.factor) and 0 <= edit.factor <= MAX_FACTOR):
                yield FieldError("out-of-range", f"a factor is from 0 to {MAX_FACTOR:,.0f}", "factor")
            if not edit.ids:
                yield FieldError("missing", "name the facts that are scaled", "ids")
            elif len(set(edit.ids)) < len(edit.ids):
                yield FieldError("duplicate", "an id is named twice", "ids")
        case Redirect():
            if edit.source is None and edit.target is None:
                yield FieldError("missing", "say the new source or target", "source")
        case Merge():
            if edit.id == edit.into:
                yield FieldError("self-merge", "a party cannot be merged into itself", "into")
        case _:
            pass
    if isinstance(edit, RemoveFact | Redirect) and edit.type is not None and edit.type not in FACT_TYPES:
        yield FieldError("unknown-type", f"a type of fact is one of {', '.join(FACT_TYPES)}", "type")


def _record_faults(edit: Add | Replace, vocabulary: Vocabulary) -> Iterator[FieldError]:
    try:
        found = faults(identified(record_of(edit.record), vocabulary), vocabulary)
    except InvalidInput as error:
        found = list(error.errors)
    for fault in found:
        yield fault._replace(field=f"record.{fault.field}" if fault.field else "record")

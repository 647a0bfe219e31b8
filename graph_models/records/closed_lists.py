"""Values that the vocabulary lists: a field, a filter or a mapping may name one by its id or by its label in either language.

A closed list takes nothing else. An open one takes other values as they are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import msgspec

from graph_models.errors import FieldError, InvalidInput
from graph_models.records.record_types import BY_CLASS, BY_NAME, Record
from graph_models.records.vocabulary import Entry, Vocabulary

NOTHING = "nothing"
"""``in_return_for``: what is given for nothing."""
_KINDS: Mapping[str, Mapping[str, str]] = {
    "party": {"kind": "party_kinds"},
    "role": {"role": "roles", "stage": "stages", "reason_code": "reasons"},
    "relationship": {"kind": "relationship_kinds"},
    "value_flow": {"kind": "value_kinds", "in_return_for": "value_kinds"},
    "touchpoint": {"kind": "touchpoint_kinds"},
}
"""record type -> field -> the group of the vocabulary that lists its values. Further fields are those of the dimensions."""
_OPEN_GROUPS = frozenset({"reasons"})
"""Groups whose fields take other values too."""
_SEVERAL: Mapping[str, Mapping[str, str]] = {"role": {"motives": "motive"}}
"""record type -> field with a list of values -> the dimension that they are of."""
R = TypeVar("R", bound=Record)


class ValueList(NamedTuple):
    """The values of a field: their ids in order, the id of each label (folded; one that two values share is absent), whether others are taken too."""

    ids: tuple[str, ...]
    by_label: Mapping[str, str]
    is_open: bool = False

    def find(self, text: str) -> str | None:
        """The id that a text names: itself, or the one with this label; in an open list any other text is itself; else ``None``."""
        if text in self.ids:
            return text
        return self.by_label.get(folded(text), text if self.is_open else None)

    def value(self, text: str, field: str) -> str:
        """As :meth:`find`. Raises ``InvalidInput`` (``unknown-value``) that lists the values."""
        found = self.find(text)
        if found is None:
            raise InvalidInput(f"{field}: {unknown_value(text, self.ids, field).message}", errors=[unknown_value(text, self.ids, field)])
        return found


def unknown_value(text: object, values: Iterable[object], field: str | None) -> FieldError:
    """A value that its list has not, told with those that it has."""
    return FieldError("unknown-value", f"{text!r} is not one of {', '.join(map(str, values))}", field)


def folded(text: str) -> str:
    """Labels that differ only in case and in spaces are the same."""
    return " ".join(text.split()).casefold()


def value_list(entries: Iterable[Entry], *, is_open: bool = False, besides: tuple[str, ...] = ()) -> ValueList:
    """The list of some entries of a vocabulary; ``besides`` are ids without an entry."""
    entries = list(entries)
    ids = (*(entry.id for entry in entries), *besides)
    named: dict[str, str | None] = {}
    for entry in entries:
        for label in {folded(entry.label.en), folded(entry.label.zh), folded(entry.id)}:
            named[label] = entry.id if named.get(label, entry.id) == entry.id else None
    return ValueList(ids, {label: record_id for label, record_id in named.items() if record_id is not None}, is_open)


@lru_cache(maxsize=64)
def lists_of(vocabulary: Vocabulary, type_name: str) -> Mapping[str, ValueList]:
    """field -> its values, for the fields of a record type that the vocabulary lists."""
    fields = BY_NAME[type_name].record.__struct_fields__
    lists = {dimension.id: value_list(dimension.values, is_open=dimension.open) for dimension in vocabulary.dimensions.values() if dimension.id in fields}
    for field, group in _KINDS.get(type_name, {}).items():
        besides = (NOTHING,) if field == "in_return_for" else ()
        lists[field] = value_list(getattr(vocabulary, group).values(), is_open=group in _OPEN_GROUPS, besides=besides)
    return lists


@lru_cache(maxsize=64)
def several_lists_of(vocabulary: Vocabulary, type_name: str) -> Mapping[str, ValueList]:
    """The same for the fields that hold a list of values; they are open: each value that is no label is taken as it is."""
    named = _SEVERAL.get(type_name, {}).items()
    return {field: value_list(vocabulary.dimensions[dimension].values, is_open=True) for field, dimension in named}


def identified(record: R, vocabulary: Vocabulary) -> R:
    """The record with ids where it has labels; what is neither stays as it is."""
    changes: dict[str, str | list[str]] = {}
    for field, values in lists_of(vocabulary, BY_CLASS[type(record)].name).items():
        text = getattr(record, field)
        if text is not None and text not in values.ids and (found := values.find(text)) not in (None, text):
            changes[field] = str(found)
    for field, values in several_lists_of(vocabulary, BY_CLASS[type(record)].name).items():
        texts = getattr(record, field) or []
        if (named := [values.find(text) or text for text in texts]) != texts:
            changes[field] = named
    return msgspec.structs.replace(record, **changes) if changes else record


def identify(fields: dict[str, Any], lists: Mapping[str, ValueList]) -> None:
    """The same in the fields of a record that is not made yet."""
    for name, values in lists.items():
        text = fields.get(name)
        if text is not None and text not in values.ids:
            fields[name] = values.find(str(text)) or text

"""Says of many records of one type at once that nothing is wrong with them; where it does not, ``validation.py`` looks at each.

What the vocabulary and the calendar decide hangs on few different values: each of these is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import eq
from typing import Any

from graph_models.records.closed_lists import lists_of, several_lists_of
from graph_models.records.evidence import Document
from graph_models.records.json_codec import MAX_NESTING, nesting
from graph_models.records.party import Party
from graph_models.records.record_types import BY_CLASS, Fields, Record, fields_of
from graph_models.records.relationship import Relationship
from graph_models.records.role import Role
from graph_models.records.touchpoint import Touchpoint
from graph_models.records.validation import LARGEST, PLAIN_AMOUNT, in_scale
from graph_models.records.value_flow import ValueFlow
from graph_models.records.vocabulary import Vocabulary

_PLAIN_AMOUNTS = re.compile(rf"(?:{PLAIN_AMOUNT.pattern}\n)*+", re.ASCII)


def all_sound(records: Sequence[Record], vocabulary: Vocabulary, fields: Fields | None = None) -> bool:
    """Is it certain that :func:`~graph_models.records.validation.faults` finds nothing in any of these? All are of one type, and there is at least one.

    ``fields`` are theirs, where they are known already.
    """
    kind = type(records[0])
    sound = _SOUND.get(kind)
    if sound is None:
        return False
    fields = fields_of(records) if fields is None else fields
    if not (all(fields["id"]) and "".join(fields["id"]).isprintable() and _attributes(fields) and _periods(records, fields)):
        return False
    return sound(fields, vocabulary) and all_listed(BY_CLASS[kind].name, fields, vocabulary)


def _different(fields: Fields, name: str) -> set[Any]:
    """The values of a field, each once, without the empty one."""
    return set(fields[name]) - {None}


def all_listed(type_name: str, fields: Fields, vocabulary: Vocabulary) -> bool:
    """Is each value, where the vocabulary lists them, the id of one? A label is not."""
    single = all(values.find(value) == value for name, values in lists_of(vocabulary, type_name).items() for value in _different(fields, name))
    several = several_lists_of(vocabulary, type_name).items()
    return single and all(values.find(value) == value for name, values in several for found in fields[name] if found for value in found)


def _attributes(fields: Fields) -> bool:
    return all(nesting(attributes) < MAX_NESTING for attributes in fields["attributes"] if attributes)


def _periods(records: Sequence[Record], fields: Fields) -> bool:
    dates = [fields[name] for name in ("occurred_at", "valid_from", "valid_to") if name in fields]
    try:
        for record in dict(zip(zip(*dates, strict=True), records, strict=True)).values():
            record.period()
    except ValueError:
        return False
    return True


def _tied_to_itself(fields: Fields) -> bool:
    return any(map(eq, fields["source"], fields["target"]))


def _money(fields: Fields, vocabulary: Vocabulary) -> bool:
    amounts = "".join([str(amount) + "\n" for amount in fields["amount"] if amount is not None])
    return _PLAIN_AMOUNTS.fullmatch(amounts) is not None and _different(fields, "currency") <= vocabulary.currencies


def _tie(fields: Fields, vocabulary: Vocabulary) -> bool:
    return not _tied_to_itself(fields)


def _value_flow(fields: Fields, vocabulary: Vocabulary) -> bool:
    return _money(fields, vocabulary) and all(abs(quantity) <= LARGEST for quantity in _different(fields, "quantity"))


def _touchpoint(fields: Fields, vocabulary: Vocabulary) -> bool:
    answers = set(zip(fields["measure"], fields["value"], strict=True))
    plain = not _different(fields, "due") and not _different(fields, "cost")
    return plain and _money(fields, vocabulary) and all(in_scale(*answer) for answer in answers)


_SOUND: dict[type, Callable[[Fields, Vocabulary], bool]] = {
    Party: lambda fields, vocabulary: True,
    Role: _tie,
    Relationship: _tie,
    ValueFlow: _value_flow,
    Touchpoint: _touchpoint,
    Document: lambda fields, vocabulary: True,
}
"""The types of which there are many; of others each record is looked at."""

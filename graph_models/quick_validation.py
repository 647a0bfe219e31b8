"""Says of many records of one type at once that nothing is wrong with them; where it does not, ``validation.py`` looks at each.

What the vocabulary and the calendar decide hangs on few different values: each of these is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from operator import eq
from typing import Any

from graph_models.evidence import Document
from graph_models.party import Party
from graph_models.records import MAX_NESTING, Fields, Record, fields_of, nesting
from graph_models.relationship import Relationship
from graph_models.role import Role
from graph_models.touchpoint import Touchpoint
from graph_models.validation import LARGEST, NOTHING, PLAIN_AMOUNT, in_scale
from graph_models.value_flow import ValueFlow
from graph_models.vocabulary import Vocabulary

_PLAIN_AMOUNTS = re.compile(rf"(?:{PLAIN_AMOUNT.pattern}\n)*+", re.ASCII)


def all_sound(records: Sequence[Record], vocabulary: Vocabulary, fields: Fields | None = None) -> bool:
    """Is it certain that :func:`~graph_models.validation.faults` finds nothing in any of these? All are of one type, and there is at least one.

    ``fields`` are theirs, where they are known already.
    """
    sound = _SOUND.get(type(records[0]))
    if sound is None:
        return False
    fields = fields_of(records) if fields is None else fields
    ids = fields["id"]
    return all(ids) and "".join(ids).isprintable() and _attributes(fields) and _periods(records, fields) and sound(fields, vocabulary)


def _different(fields: Fields, name: str) -> set[Any]:
    """The values of a field, each once, without the empty one."""
    return set(fields[name]) - {None}


def _known(fields: Fields, name: str, kinds: Collection[str]) -> bool:
    return all(value in kinds for value in _different(fields, name))


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


def _dimensions(fields: Fields, vocabulary: Vocabulary) -> bool:
    return all(_known(fields, name, values) for name, values in vocabulary.dimension_values.items() if name in fields)


def _tied_to_itself(fields: Fields) -> bool:
    return any(map(eq, fields["source"], fields["target"]))


def _money(fields: Fields, vocabulary: Vocabulary) -> bool:
    amounts = "".join([str(amount) + "\n" for amount in fields["amount"] if amount is not None])
    return _PLAIN_AMOUNTS.fullmatch(amounts) is not None and _known(fields, "currency", vocabulary.currencies)


def _party(fields: Fields, vocabulary: Vocabulary) -> bool:
    return _known(fields, "kind", vocabulary.party_kinds) and _dimensions(fields, vocabulary)


def _role(fields: Fields, vocabulary: Vocabulary) -> bool:
    kinds = _known(fields, "role", vocabulary.roles) and _known(fields, "stage", vocabulary.stages)
    return kinds and _dimensions(fields, vocabulary) and not _tied_to_itself(fields)


def _relationship(fields: Fields, vocabulary: Vocabulary) -> bool:
    return _known(fields, "kind", vocabulary.relationship_kinds) and not _tied_to_itself(fields)


def _value_flow(fields: Fields, vocabulary: Vocabulary) -> bool:
    kinds = _known(fields, "kind", vocabulary.value_kinds) and _known(fields, "in_return_for", {*vocabulary.value_kinds, NOTHING})
    return kinds and _money(fields, vocabulary) and all(abs(quantity) <= LARGEST for quantity in _different(fields, "quantity"))


def _touchpoint(fields: Fields, vocabulary: Vocabulary) -> bool:
    answers = set(zip(fields["measure"], fields["value"], strict=True))
    return _known(fields, "kind", vocabulary.touchpoint_kinds) and _money(fields, vocabulary) and all(in_scale(*answer) for answer in answers)


_SOUND: dict[type, Callable[[Fields, Vocabulary], bool]] = {
    Party: _party,
    Role: _role,
    Relationship: _relationship,
    ValueFlow: _value_flow,
    Touchpoint: _touchpoint,
    Document: lambda fields, vocabulary: True,
}
"""The types of which there are many; of others each record is looked at."""

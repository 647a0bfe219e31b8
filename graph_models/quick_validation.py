"""Says of many records of one type at once that nothing is wrong with them; where it does not, ``validation.py`` looks at each.

What the vocabulary and the calendar decide hangs on few different values: each of these is looked at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from operator import attrgetter, eq
from typing import Any

from graph_models.evidence import Document
from graph_models.party import Party
from graph_models.records import MAX_NESTING, Record, nesting
from graph_models.relationship import Relationship
from graph_models.role import Role
from graph_models.touchpoint import Touchpoint
from graph_models.validation import LARGEST, NOTHING, PLAIN_AMOUNT, in_scale
from graph_models.value_flow import ValueFlow
from graph_models.vocabulary import Vocabulary

Records = Sequence[Any]


def all_sound(records: Sequence[Record], vocabulary: Vocabulary) -> bool:
    """Is it certain that :func:`~graph_models.validation.faults` finds nothing in any of these? All are of one type, and there is at least one."""
    sound = _SOUND.get(type(records[0]))
    if sound is None:
        return False
    ids = [record.id for record in records]
    return all(ids) and "".join(ids).isprintable() and _attributes(records) and _periods(records) and sound(records, vocabulary)


def _different(records: Records, field: str) -> set[Any]:
    """The values of a field, each once, without the empty one."""
    return set(map(attrgetter(field), records)) - {None}


def _known(records: Records, field: str, kinds: Collection[str]) -> bool:
    return all(value in kinds for value in _different(records, field))


def _attributes(records: Records) -> bool:
    return all(nesting(attributes) < MAX_NESTING for attributes in map(attrgetter("attributes"), records) if attributes)


def _periods(records: Records) -> bool:
    dates = attrgetter("occurred_at") if type(records[0]) is Touchpoint else attrgetter("valid_from", "valid_to")
    try:
        for record in dict(zip(map(dates, records), records, strict=True)).values():
            record.period()
    except ValueError:
        return False
    return True


def _dimensions(records: Records, vocabulary: Vocabulary) -> bool:
    fields = records[0].__struct_fields__
    return all(_known(records, name, values) for name, values in vocabulary.dimension_values.items() if name in fields)


def _tied_to_itself(records: Records) -> bool:
    return any(map(eq, map(attrgetter("source"), records), map(attrgetter("target"), records)))


def _money(records: Records, vocabulary: Vocabulary) -> bool:
    amounts = [str(amount) for amount in map(attrgetter("amount"), records) if amount is not None]
    return all(map(PLAIN_AMOUNT.fullmatch, amounts)) and _known(records, "currency", vocabulary.currencies)


def _party(records: Records, vocabulary: Vocabulary) -> bool:
    return _known(records, "kind", vocabulary.party_kinds) and _dimensions(records, vocabulary)


def _role(records: Records, vocabulary: Vocabulary) -> bool:
    kinds = _known(records, "role", vocabulary.roles) and _known(records, "stage", vocabulary.stages)
    return kinds and _dimensions(records, vocabulary) and not _tied_to_itself(records)


def _relationship(records: Records, vocabulary: Vocabulary) -> bool:
    return _known(records, "kind", vocabulary.relationship_kinds) and not _tied_to_itself(records)


def _value_flow(records: Records, vocabulary: Vocabulary) -> bool:
    kinds = _known(records, "kind", vocabulary.value_kinds) and _known(records, "in_return_for", {*vocabulary.value_kinds, NOTHING})
    return kinds and _money(records, vocabulary) and all(abs(quantity) <= LARGEST for quantity in _different(records, "quantity"))


def _touchpoint(records: Records, vocabulary: Vocabulary) -> bool:
    return _known(records, "kind", vocabulary.touchpoint_kinds) and _money(records, vocabulary) and all(map(in_scale, records))


_SOUND: dict[type, Callable[[Records, Vocabulary], bool]] = {
    Party: _party,
    Role: _role,
    Relationship: _relationship,
    ValueFlow: _value_flow,
    Touchpoint: _touchpoint,
    Document: lambda records, vocabulary: True,
}
"""The types of which there are many; of others each record is looked at."""

"""What the vocabulary and plain sense demand of a record, beyond its types."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from math import isfinite

from graph_models.errors import FieldError
from graph_models.records.assessment import SCHEMES, Assessment
from graph_models.records.closed_lists import NOTHING as NOTHING
from graph_models.records.closed_lists import lists_of, unknown_value
from graph_models.records.dates import Period, span
from graph_models.records.evidence import Document
from graph_models.records.json_codec import MAX_NESTING, amount_text, nesting
from graph_models.records.party import Party
from graph_models.records.record_types import BY_CLASS, Record
from graph_models.records.relationship import Relationship
from graph_models.records.role import Role
from graph_models.records.touchpoint import SCALES, Touchpoint
from graph_models.records.value_flow import ExchangeRate, ValueFlow
from graph_models.records.vocabulary import Vocabulary

LARGEST = 1e24
"""As amounts have at most 24 digits: sums and products of quantities and rates then stay finite."""
PLAIN_AMOUNT = re.compile(r"-?\d{1,24}(\.\d{1,12})?", re.ASCII)
"""An amount as it may be written: at most 24 digits, and 12 after the point."""


def faults(record: Record, vocabulary: Vocabulary) -> list[FieldError]:
    """All that is wrong with a record by itself; empty where it is valid."""
    found: list[FieldError] = []
    if not record.id.isprintable() and has_control_characters(record.id):
        found.append(FieldError("control-character", "an id has no control characters", "id"))
    if not record.id and not isinstance(record, ExchangeRate):
        found.append(FieldError("missing", "an id is needed", "id"))
    try:
        record.period()
    except ValueError as error:
        found.append(_date_fault(record, str(error)))
    attributes = getattr(record, "attributes", None)
    if attributes and nesting(attributes) > MAX_NESTING - 1:
        found.append(FieldError("too-deep", f"attributes are nested deeper than {MAX_NESTING} levels", "attributes"))
    found.extend(_listed(record, vocabulary))
    found.extend(_BY_TYPE[type(record)](record, vocabulary))
    return found


def clash(kind: type[Record], period: Period, others: Sequence[tuple[Period, int]]) -> FieldError | None:
    """What is wrong with one more record of an id that others (period, line) have: two events always clash, states where their periods overlap."""
    if not BY_CLASS[kind].is_state:
        return FieldError("duplicate", f"line {others[0][1]} has the same id", "id")
    line = next((line for other, line in others if other.overlaps(period)), None)
    return None if line is None else FieldError("overlap", f"line {line} says something of the same id for an overlapping period", "id")


def has_control_characters(text: str) -> bool:
    return any(unicodedata.category(character) == "Cc" for character in text)


def _date_fault(record: Record, message: str) -> FieldError:
    if isinstance(record, Touchpoint):
        return FieldError("bad-date", message, "occurred_at")
    if "ends before" in message:
        return FieldError("period-reversed", message, "valid_to")
    field = "valid_from" if record.valid_from is not None and repr(record.valid_from) in message else "valid_to"
    return FieldError("bad-date", message, "valid_from" if isinstance(record, ExchangeRate) else field)


def _listed(record: Record, vocabulary: Vocabulary) -> Iterator[FieldError]:
    """The fields whose value is not in the list that the vocabulary has for them."""
    for field, values in lists_of(vocabulary, BY_CLASS[type(record)].name).items():
        value = getattr(record, field)
        if value is not None and not values.is_open and value not in values.ids:
            yield unknown_value(value, values.ids, field)


def _not_to_itself(record: Role | Relationship) -> Iterator[FieldError]:
    if record.source == record.target:
        yield FieldError("self-tie", f"a {BY_CLASS[type(record)].name} is between two parties", "target")


def _party(record: Party, vocabulary: Vocabulary) -> Iterator[FieldError]:
    return iter(())


def _tie(record: Role | Relationship, vocabulary: Vocabulary) -> Iterator[FieldError]:
    yield from _not_to_itself(record)


def _money(record: ValueFlow | Touchpoint, vocabulary: Vocabulary) -> Iterator[FieldError]:
    if record.amount is not None:
        yield from _decimal(record.amount, "amount")
    if record.currency is not None and record.currency not in vocabulary.currencies:
        yield FieldError("unknown-currency", f"{record.currency!r} is no ISO 4217 code", "currency")


def _decimal(amount: Decimal, field: str) -> Iterator[FieldError]:
    if PLAIN_AMOUNT.fullmatch(str(amount)):
        return
    name = f"an {field}" if field == "amount" else f"a {field}"
    if not amount.is_finite():
        yield FieldError("not-finite", f"{name} is a finite number", field)
    elif amount.as_tuple().exponent > 0 or not PLAIN_AMOUNT.fullmatch(amount_text(amount)):  # type: ignore[operator]
        yield FieldError("bad-amount", f"{name} has at most 24 digits, and 12 after the point, and no exponent", field)


def _value_flow(record: ValueFlow, vocabulary: Vocabulary) -> Iterator[FieldError]:
    yield from _money(record, vocabulary)
    if record.quantity is not None:
        yield from _summable(record.quantity, "quantity")


def _touchpoint(record: Touchpoint, vocabulary: Vocabulary) -> Iterator[FieldError]:
    yield from _money(record, vocabulary)
    if not in_scale(record.measure, record.value):
        low, high = SCALES[record.measure or ""]
        yield FieldError("out-of-range", f"an answer of {record.measure} is a whole number from {low} to {high}", "value")
    if record.cost is not None:
        yield from _decimal(record.cost, "cost")
    if record.due is not None:
        try:
            span(record.due)
        except ValueError as error:
            yield FieldError("bad-date", str(error), "due")


def in_scale(measure: str | None, value: float | None) -> bool:
    """Is the value of a survey's answer one of the whole numbers of its measure's scale?"""
    if measure is None or value is None:
        return True
    low, high = SCALES[measure]
    return low <= value <= high and value == int(value)


def _assessment(record: Assessment, vocabulary: Vocabulary) -> Iterator[FieldError]:
    names = SCHEMES.get(record.scheme)
    if not record.scheme:
        yield FieldError("missing", "a scheme is needed", "scheme")
    for name, value in record.values.items():
        if names is None:
            continue
        if name not in names:
            yield unknown_value(name, names, f"values.{name}")
        elif not 0.0 <= value <= 1.0:
            yield FieldError("out-of-range", "a judged value is from 0 to 1", f"values.{name}")


def _document(record: Document, vocabulary: Vocabulary) -> Iterator[FieldError]:
    return iter(())


def _exchange_rate(record: ExchangeRate, vocabulary: Vocabulary) -> Iterator[FieldError]:
    for field in ("currency", "base_currency"):
        if getattr(record, field) not in vocabulary.currencies:
            yield FieldError("unknown-currency", f"{getattr(record, field)!r} is no ISO 4217 code", field)
    yield from _summable(record.rate, "rate")


def _summable(value: float, field: str) -> Iterator[FieldError]:
    if not isfinite(value):
        yield FieldError("not-finite", f"a {field} is a finite number", field)
    elif abs(value) > LARGEST:
        yield FieldError("out-of-range", f"a {field} is at most {LARGEST:g}", field)


_BY_TYPE: dict[type, Callable[..., Iterator[FieldError]]] = {
    Party: _party,
    Role: _tie,
    Relationship: _tie,
    ValueFlow: _value_flow,
    Touchpoint: _touchpoint,
    Assessment: _assessment,
    Document: _document,
    ExchangeRate: _exchange_rate,
}

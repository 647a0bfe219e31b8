"""Records as somebody gives them to an ecosystem, checked: each fault with its line and field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any

from graph_models.errors import FieldError, InvalidInput
from graph_models.records.closed_lists import identified
from graph_models.records.dates import Period
from graph_models.records.json_codec import record_of
from graph_models.records.record_types import BY_CLASS, DECIMALS, Record, finished, parties_named
from graph_models.records.validation import clash, faults
from graph_models.records.vocabulary import Vocabulary

if TYPE_CHECKING:
    pass

AMOUNT_DIGITS = 12


def _checked(records: Iterable[Mapping[str, Any]], vocabulary: Vocabulary) -> list[Record]:
    answer: list[Record] = []
    lines: list[int] = []
    errors: list[FieldError] = []
    for line, fields in enumerate(records, 1):
        try:
            record = identified(finished(record_of(_exact(fields))), vocabulary)
        except InvalidInput as error:
            errors += [fault.at(line) for fault in error.errors]
            continue
        errors += [fault.at(line) for fault in faults(record, vocabulary)]
        answer.append(record)
        lines.append(line)
    named = {record.id for record in answer if BY_CLASS[type(record)].name == "party"}
    errors += [
        FieldError("dangling", f"there is no party {party!r}", field, line)
        for record, line in zip(answer, lines, strict=True)
        for field, party in parties_named(record)
        if party not in named
    ]
    errors += _doubled(answer, lines)
    if errors:
        first = errors[0]
        raise InvalidInput(f"Line {first.line}: {first.message}" + (f" ({len(errors)} errors)" if len(errors) > 1 else ""), errors=errors)
    return answer


def _exact(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """An amount that Python computed as a float is meant to the 12 digits after the point that amounts have."""
    computed = {name: value for name in DECIMALS if isinstance(value := fields.get(name), float) and isfinite(value)}
    return {**fields, **{name: Decimal(f"{value:.{AMOUNT_DIGITS}f}") for name, value in computed.items()}} if computed else fields


def _doubled(records: list[Record], lines: list[int]) -> list[FieldError]:
    seen: dict[tuple[type, str], list[tuple[Period, int]]] = {}
    errors = []
    for record, line in zip(records, lines, strict=True):
        before = seen.setdefault((type(record), record.id), [])
        period = record.period()
        if before and (rival := clash(type(record), period, before)):
            errors.append(rival.at(line))
        before.append((period, line))
    return errors

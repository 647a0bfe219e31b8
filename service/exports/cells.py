"""Records as the cells of a table: one column a field, what is nested as JSON, and nothing that a spreadsheet would run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from graph_models.records.record_types import BY_NAME, DECIMALS
from service.stores.interface.store import Row

NUMBERS = frozenset({*DECIMALS, "quantity", "strength", "share", "confidence", "utility", "sentiment", "value", "rate", "market_tier", "importance"})
"""The fields that hold numbers; an amount is the decimal as it was written."""
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so may be run as a formula by a spreadsheet."""


def fields_of(type_name: str) -> list[str]:
    """The columns of a type of record, in the order of its class."""
    return list(BY_NAME[type_name].record.__struct_fields__)


def values(rows: list[Row]) -> Iterator[Mapping[str, Any]]:
    """The fields of each record; what is empty is not there."""
    for row in rows:
        if row.body is not None:
            yield msgspec.json.decode(row.body)


def flat(value: Any) -> str | int | float | None:
    """A value as one cell: what is nested as JSON text."""
    if value is None or (isinstance(value, (str, int, float)) and not isinstance(value, bool)):
        return value
    return msgspec.json.encode(value).decode()


def harmless(text: str) -> str:
    """A text as a spreadsheet shows it and does not run it: an apostrophe before what would begin a formula."""
    return f"'{text}" if text.startswith(_RUNS) else text

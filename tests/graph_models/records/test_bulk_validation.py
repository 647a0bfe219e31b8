"""Many records at once are found sound exactly where each by itself is without a fault."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_models.errors import InvalidInput
from graph_models.records.bulk_validation import all_sound
from graph_models.records.json_codec import record_of
from graph_models.records.record_types import Record
from graph_models.records.validation import faults
from graph_models.records.vocabulary import BUILT_IN
from tests.graph_models.records.test_json_codec import EXAMPLES

DOCUMENT, PARTY, ROLE, TIE, FLOW, JUDGED_FLOW, TOUCHPOINT, ASSESSMENT, RATE = EXAMPLES
DEEP: dict[str, Any] = {}
for _ in range(31):
    DEEP = {"a": DEEP}
VALUES: dict[str, list[Any]] = {
    "id": ["a", "家/😀'; DROP", "", "a\nb", "\u009f", "\u200b"],
    "kind": ["organization", "owns", "money", "order", "report", "love"], "role": ["customer", "friend"], "stage": [None, "active", "sleeping"],
    "sector": [None, "shadow"], "size_class": ["medium", "gigantic"], "tier": [None, "key"], "target": ["firm", "d1", "fund1"],
    "currency": [None, "CNY", "cny", "XYZ"], "in_return_for": [None, "nothing", "goods", "love"], "quantity": [None, 2.5, 1e25, float("inf"), float("nan")],
    "amount": [None, "-12.5", "9" * 24 + "." + "9" * 12, "1" * 25, "0.0000000000001", "1e3", "1e30", "NaN", "-Infinity", "-0"],
    "valid_from": [None, "2025", "2025-13", "2026-02-29"], "valid_to": [None, "2024", "2025", "31.12.2025"],
    "occurred_at": ["2025", "2025-05-20T09:30:00+08:00", "2025-05-20T09:30:00", "now"], "measure": [None, "nps", "csat"], "value": [None, 0, 5, 6.5, 10, 11],
    "attributes": [None, {"a": [1]}, DEEP, {"a": DEEP}],
}  # fmt: skip


@st.composite
def records(draw: st.DrawFn) -> list[Record]:
    """Records of one type, some of them not valid."""
    example = draw(st.sampled_from(EXAMPLES))
    names = [name for name in VALUES if name in record_of(example).__struct_fields__ or name == "id"]
    made: list[Record] = []
    for _ in range(draw(st.integers(1, 4))):
        changed = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
        with suppress(InvalidInput):
            made.append(record_of(example | {name: draw(st.sampled_from(VALUES[name])) for name in changed}))
    return made or [record_of(example)]


@given(records())
def test_what_is_sound_at_once_has_no_fault_one_by_one(made: list[Record]) -> None:
    valid = not any(faults(record, BUILT_IN) for record in made)
    sound = all_sound(made, BUILT_IN)
    assert sound <= valid
    unusual = made[0].__struct_config__.tag in ("assessment", "exchange_rate") or not "".join(record.id for record in made).isprintable()
    assert unusual or sound == valid


@pytest.mark.parametrize("fields", [DOCUMENT, PARTY, ROLE, TIE, FLOW, JUDGED_FLOW, TOUCHPOINT], ids=lambda fields: fields["type"])
def test_the_types_of_which_there_are_many_are_found_sound_at_once(fields: dict[str, Any]) -> None:
    assert all_sound([record_of(fields | {"id": str(number)}) for number in range(3)], BUILT_IN)

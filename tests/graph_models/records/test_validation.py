"""What the vocabulary and plain sense demand of a record, with the code and the field of each fault."""

from __future__ import annotations

from typing import Any

import pytest

from graph_models.records.json_codec import record_of
from graph_models.records.validation import faults
from graph_models.records.vocabulary import BUILT_IN
from tests.graph_models.records.test_json_codec import EXAMPLES

DOCUMENT, PARTY, ROLE, TIE, FLOW, JUDGED_FLOW, TOUCHPOINT, ASSESSMENT, RATE = EXAMPLES


def found(fields: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(fault.code, fault.field) for fault in faults(record_of(fields), BUILT_IN)]


@pytest.mark.parametrize("fields", EXAMPLES, ids=lambda fields: fields["type"])
def test_the_examples_of_the_contract_have_no_fault(fields: dict[str, Any]) -> None:
    assert found(fields) == []


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({**PARTY, "kind": "robot"}, ("unknown-value", "kind")), ({**PARTY, "sector": "shadow"}, ("unknown-value", "sector")),
        ({**PARTY, "size_class": "gigantic"}, ("unknown-value", "size_class")), ({**PARTY, "id": "a\nb"}, ("control-character", "id")),
        ({**PARTY, "id": "a\u0000"}, ("control-character", "id")), ({**PARTY, "id": "\u009f"}, ("control-character", "id")),
        ({**PARTY, "valid_from": "2025-13"}, ("bad-date", "valid_from")), ({**PARTY, "valid_to": "31.12.2025"}, ("bad-date", "valid_to")),
        ({**PARTY, "valid_from": "2026", "valid_to": "2025"}, ("period-reversed", "valid_to")),
        ({**ROLE, "role": "friend"}, ("unknown-value", "role")), ({**ROLE, "stage": "sleeping"}, ("unknown-value", "stage")),
        ({**ROLE, "target": "d1"}, ("self-tie", "target")), ({**TIE, "target": "fund1"}, ("self-tie", "target")),
        ({**TIE, "kind": "likes"}, ("unknown-value", "kind")),
        ({**FLOW, "kind": "love"}, ("unknown-value", "kind")), ({**FLOW, "in_return_for": "love"}, ("unknown-value", "in_return_for")),
        ({**FLOW, "currency": "XYZ"}, ("unknown-currency", "currency")), ({**FLOW, "currency": "cny"}, ("unknown-currency", "currency")),
        ({**FLOW, "amount": "NaN"}, ("not-finite", "amount")), ({**FLOW, "amount": "Infinity"}, ("not-finite", "amount")),
        ({**FLOW, "amount": "1" * 25}, ("bad-amount", "amount")), ({**FLOW, "amount": "0.0000000000001"}, ("bad-amount", "amount")),
        ({**FLOW, "amount": "1e30"}, ("bad-amount", "amount")), ({**FLOW, "quantity": float("inf")}, ("not-finite", "quantity")),
        ({**FLOW, "quantity": float("nan")}, ("not-finite", "quantity")), ({**FLOW, "quantity": -1e308}, ("out-of-range", "quantity")),
        ({**TOUCHPOINT, "kind": "hug"}, ("unknown-value", "kind")), ({**TOUCHPOINT, "value": 11}, ("out-of-range", "value")),
        ({**TOUCHPOINT, "measure": "csat", "value": 0}, ("out-of-range", "value")), ({**TOUCHPOINT, "value": 6.5}, ("out-of-range", "value")),
        ({**TOUCHPOINT, "measure": "csat", "value": 4.2}, ("out-of-range", "value")),
        ({**TOUCHPOINT, "measure": "ces", "value": 1e-9}, ("out-of-range", "value")),
        ({**TOUCHPOINT, "occurred_at": "2025-05-20T09:30:00"}, ("bad-date", "occurred_at")),
        ({**ASSESSMENT, "values": {"power": 1.5}}, ("out-of-range", "values.power")),
        ({**ASSESSMENT, "values": {"charm": 0.5}}, ("unknown-value", "values.charm")),
        ({**ASSESSMENT, "scheme": ""}, ("missing", "scheme")), ({**RATE, "currency": "€"}, ("unknown-currency", "currency")),
        ({**RATE, "valid_from": "now"}, ("bad-date", "valid_from")), ({**RATE, "rate": float("inf")}, ("not-finite", "rate")),
        ({**RATE, "rate": 1e308}, ("out-of-range", "rate")),
        ({**DOCUMENT, "valid_from": "2025-02-30"}, ("bad-date", "valid_from")), ({**DOCUMENT, "id": "\x1b"}, ("control-character", "id")),
    ],
    ids=str,
)  # fmt: skip
def test_a_fault_is_named_with_its_code_and_field(fields: dict[str, Any], fault: tuple[str, str]) -> None:
    assert found(fields) == [fault]


@pytest.mark.parametrize(
    "fields",
    [
        {**FLOW, "target": "d1"}, {**FLOW, "in_return_for": "nothing"}, {**FLOW, "amount": "-12.5"}, {**FLOW, "amount": "9" * 24 + "." + "9" * 12},
        {**PARTY, "id": "a/b'\"; DROP TABLE x; -- 家😀"}, {**PARTY, "valid_from": "2025", "valid_to": "2025"}, {**PARTY, "region": "anywhere at all"},
        {**ASSESSMENT, "scheme": "our own", "values": {"charm": 12.0}}, {**ASSESSMENT, "values": {"power": 0.0, "legitimacy": 1.0}},
        {**FLOW, "product": "no such product"}, {**TOUCHPOINT, "value": 10}, {**DOCUMENT, "valid_from": "2025"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_unusual_but_allowed_has_no_fault(fields: dict[str, Any]) -> None:
    assert found(fields) == []


def test_all_faults_are_told_at_once() -> None:
    assert found({**FLOW, "id": "\t", "kind": "love", "currency": "XYZ"}) == [
        ("control-character", "id"),
        ("unknown-value", "kind"),
        ("unknown-currency", "currency"),
    ]


@pytest.mark.parametrize(("depth", "codes"), [(31, []), (32, [("too-deep", "attributes")])])
def test_attributes_are_nested_so_deep_and_no_deeper(depth: int, codes: list[tuple[str, str]]) -> None:
    value: Any = 1
    for _ in range(depth):
        value = {"x": value}
    assert found({**PARTY, "attributes": value}) == codes

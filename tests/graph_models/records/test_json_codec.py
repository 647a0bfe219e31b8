"""Records and their JSON: what is taken, how it is kept, what is refused and with which field."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_models.errors import InvalidInput
from graph_models.records.dates import ALL_TIME, Period, day_of
from graph_models.records.json_codec import content, decode_record, encode_record, encode_records, nesting, record_of
from graph_models.records.party import Party
from graph_models.records.record_types import BY_CLASS, BY_COLLECTION, BY_NAME, RECORD_TYPES, documents_named, finished, of_period, parties_named  # fmt: skip
from graph_models.records.value_flow import ValueFlow

EXAMPLES = (
    {"type": "document", "id": "s1", "title": "Annual report 2025", "kind": "document", "url": "https://example.org/ar", "publisher": "Firm",
    "reliability": "A",
     "retrieved_at": "2026-03-02"},
    {"type": "party", "id": "d1", "name": "East China Appliances", "names": [{"text": "华东家电", "language": "zh"}], "kind": "organization",
     "identifiers": {"uscc": "91310000XXXXXXXXXX"}, "country": "CN", "region": "华东", "city": "上海", "market_tier": 1,
     "industry": {"scheme": "gbt4754", "code": "F5137"}, "size_class": "medium", "attributes": {"employees": 180}},
    {"type": "role", "id": "r1", "source": "d1", "target": "firm", "role": "distributor", "stage": "active", "product": "refrigerator", "region": "华东",
     "tier": "key", "purpose": "resale", "valid_from": "2023-04", "evidence": [{"document_id": "s1", "locator": "p. 12"}], "confidence": 0.9,
     "status": "asserted"},
    {"type": "relationship", "id": "t1", "source": "fund1", "target": "firm", "kind": "owns", "share": 0.12, "valid_from": "2021"},
    {"type": "value_flow", "id": "v1", "source": "d1", "target": "firm", "kind": "money", "amount": "1200000.00", "currency": "CNY",
    "product": "refrigerator",
     "channel": "offline", "valid_from": "2025-03-01", "valid_to": "2025-03-31"},
    {"type": "value_flow", "id": "v2", "source": "firm", "target": "d1", "kind": "knowledge", "satisfaction": "D", "importance": 4, "valid_from": "2025"},
    {"type": "touchpoint", "id": "p1", "source": "d1", "target": "firm", "kind": "survey_answer", "occurred_at": "2025-05-20", "channel": "wechat",
     "measure": "nps", "value": 9.0, "text": "...", "sentiment": 0.4},
    {"type": "assessment", "id": "a1", "target": "d1", "scheme": "salience", "values": {"power": 0.7, "legitimacy": 0.8, "urgency": 0.3},
     "valid_from": "2025-06-30", "reason": "board review"},
    {"type": "exchange_rate", "currency": "EUR", "base_currency": "CNY", "rate": 7.8, "valid_from": "2025-01-01"},
)  # fmt: skip
"""The examples of api.md."""
FLOW = EXAMPLES[4]


def line(fields: Any) -> bytes:
    return msgspec.json.encode(fields)


def refused(text: bytes | str, type_name: str | None = None) -> tuple[str, str | None]:
    with pytest.raises(InvalidInput) as error:
        decode_record(text, type_name)
    (fault,) = error.value.errors
    assert fault.line is None
    return fault.code, fault.field


def test_record_types_are_found_by_name_collection_and_class() -> None:
    for kind in RECORD_TYPES:
        assert BY_NAME[kind.name] is BY_COLLECTION[kind.collection] is BY_CLASS[kind.record] is kind
    assert [kind.name for kind in RECORD_TYPES if kind.is_state] == ["party", "role", "relationship"]
    assert "value-flows" in BY_COLLECTION


@pytest.mark.parametrize("fields", EXAMPLES, ids=lambda fields: fields["type"])
def test_a_record_reads_back_as_it_was_written(fields: dict[str, Any]) -> None:
    record = decode_record(line(fields))
    assert msgspec.json.decode(encode_record(record)) == fields
    assert decode_record(encode_record(record)) == record


@pytest.mark.parametrize("fields", EXAMPLES, ids=lambda fields: fields["type"])
def test_the_type_may_be_left_out_where_it_is_known(fields: dict[str, Any]) -> None:
    bare = {name: value for name, value in fields.items() if name != "type"}
    assert decode_record(line(bare), fields["type"]) == decode_record(line(fields)) == record_of(bare, fields["type"])


def test_the_body_does_not_depend_on_the_order_of_fields_or_on_nulls() -> None:
    turned = dict(reversed(list(FLOW.items()))) | {"unit": None, "evidence": None}
    assert encode_record(record_of(turned)) == encode_record(record_of(FLOW))


@pytest.mark.parametrize("amount", ["1200000.00", "0.10", "-5", "123456789012345678901234.000000000001", "0.000000000001"])
def test_amounts_are_kept_exactly(amount: str) -> None:
    record = record_of({**FLOW, "amount": amount})
    assert isinstance(record, ValueFlow)
    assert record.amount == Decimal(amount)
    assert msgspec.json.decode(encode_record(record))["amount"] == amount


def test_an_amount_may_be_a_number() -> None:
    record = decode_record(line(FLOW).replace(b'"1200000.00"', b"12.5"))
    assert msgspec.json.decode(encode_record(record))["amount"] == "12.5"


def test_the_bodies_of_many_are_those_of_each() -> None:
    flows = [record_of({**FLOW, "amount": amount, "product": "a\nb\u2028"}) for amount in ("1", "-0.10", "12.5")]
    for records in (flows, [*flows, record_of({**FLOW, "amount": "1e3"})], [record_of(EXAMPLES[1])]):
        assert encode_records(records) == [encode_record(record) for record in records]
    assert b'"amount":"1000"' in encode_records([record_of({**FLOW, "amount": "1e3"})])[0]


def test_fields_of_the_service_are_ignored_where_they_are_sent_back() -> None:
    sent = {**FLOW, "version": 3, "revision": 7, "recorded_at": "2025-01-01T00:00:00Z", "superseded_at": None, "recorded_by": "me", "scores": {"influence": 1}}
    assert decode_record(line(sent)) == record_of(FLOW)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({**FLOW, "colour": "red"}, "unknown-field", "colour"),
        ({**FLOW, "evidence": [{"document_id": "d", "page": 1}]}, "unknown-field", "evidence[0].page"),
        ({"type": "party", "id": "a", "kind": "person"}, "missing", "name"), ({"type": "party", "name": "a", "kind": "person"}, "missing", "id"),
        ({"id": "a"}, "missing", "type"), ({**FLOW, "type": "flow"}, "unknown-type", "type"), ({**FLOW, "amount": "much"}, "invalid", "amount"),
        ({**FLOW, "amount": True}, "wrong-type", "amount"), ({**FLOW, "id": ""}, "out-of-range", "id"), ({**FLOW, "id": "x" * 257}, "out-of-range", "id"),
        ({**FLOW, "id": 7}, "wrong-type", "id"), ({**FLOW, "source": None}, "wrong-type", "source"), ({**FLOW, "utility": 1.1}, "out-of-range", "utility"),
        ({**FLOW, "confidence": -0.1}, "out-of-range", "confidence"), ({**FLOW, "importance": 6}, "out-of-range", "importance"),
        ({**EXAMPLES[3], "share": 1.5}, "out-of-range", "share"), ({**EXAMPLES[8], "rate": 0}, "out-of-range", "rate"), ([1], "wrong-type", None),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_field(fields: Any, code: str, field: str | None) -> None:
    found = refused(line(fields))
    assert found == (code, field)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'{"type":"party"', "bad-json"), (b"", "bad-json"), (b"not json", "bad-json"),
        (b'{"type":"party","id":"\xff","name":"x","kind":"person"}', "not-utf8"),
        (b'{"type":"party","id":"a","name":"\xe4\xb8","kind":"person"}', "not-utf8"),
        (rb'{"type":"party","id":"\ud800","name":"x","kind":"person"}', "bad-json"),
        (b'{"type":"value_flow","id":"v","source":"a","target":"b","kind":"money","quantity":NaN}', "bad-json"),
        (b'{"type":"value_flow","id":"v","source":"a","target":"b","kind":"money","quantity":1e999}', "out-of-range"), ("家".encode("gb18030"), "not-utf8"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_json_is_refused(text: bytes, code: str) -> None:
    assert refused(text)[0] in {code, "bad-json"}


def test_json_that_is_nested_without_end_is_refused_not_followed() -> None:
    deep = b'{"type":"party","id":"a","name":"n","kind":"person","attributes":{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
    with pytest.raises((InvalidInput, RecursionError)):
        decode_record(deep)


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_but_invalid_input(text: bytes) -> None:
    with suppress(InvalidInput):
        assert isinstance(decode_record(text), msgspec.Struct)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {"type": st.sampled_from(list(BY_NAME))},
        optional=dict.fromkeys(("id", "name", "source", "target", "kind", "amount", "evidence", "values"), json_values),
    )
)
def test_no_fields_raise_anything_but_invalid_input(fields: dict[str, Any]) -> None:
    with suppress(InvalidInput):
        record = record_of(fields)
        assert decode_record(encode_record(record)) == record


def test_content_is_what_a_state_says_without_its_period() -> None:
    one, other = (record_of({**EXAMPLES[1], "valid_from": year}) for year in ("2024", "2025"))
    assert content(one) == content(other) != content(record_of({**EXAMPLES[1], "city": "北京"}))
    assert content(record_of({**FLOW, "valid_from": "2025-03-02"})) != content(record_of(FLOW))


def test_a_state_for_another_period_has_days_for_bounds() -> None:
    record = of_period(record_of(EXAMPLES[1]), Period(day_of("2024-02-10"), day_of("2024-03-01")))
    assert isinstance(record, Party)
    assert (record.valid_from, record.valid_to) == ("2024-02-10", "2024-02-29")
    assert of_period(record, ALL_TIME) == record_of(EXAMPLES[1])


@pytest.mark.parametrize(("valid_from", "day"), [("2025-01-01", "2025-01-01"), ("2025", "2025-01-01"), ("2025-03", "2025-03-01")])
def test_the_id_of_an_exchange_rate_is_made_by_the_service(valid_from: str, day: str) -> None:
    assert finished(record_of({**EXAMPLES[8], "valid_from": valid_from, "id": "mine"})).id == f"EUR-CNY-{day}"
    assert finished(record_of(FLOW)) == record_of(FLOW)


def test_a_fact_names_its_parties_and_each_document_once() -> None:
    cited = {**FLOW, "evidence": [{"document_id": name} for name in ("d2", "d1", "d2")]}
    assert documents_named(record_of(cited)) == ("d2", "d1")
    assert documents_named(record_of(EXAMPLES[0])) == ()
    assert list(parties_named(record_of(FLOW))) == [("source", "d1"), ("target", "firm")]
    assert list(parties_named(record_of(EXAMPLES[7]))) == [("target", "d1")]
    assert list(parties_named(record_of(EXAMPLES[1]))) == []


@pytest.mark.parametrize(("value", "depth"), [(1, 0), ({}, 1), ([], 1), ({"a": 1}, 1), ({"a": [{}]}, 3), ([[], [[]]], 3)])
def test_nesting_counts_lists_and_objects(value: Any, depth: int) -> None:
    assert nesting(value) == depth


def test_documents_hold_on_all_days_and_bad_dates_show_in_the_period() -> None:
    assert record_of({**EXAMPLES[0], "valid_from": "2025"}).period() == ALL_TIME
    with pytest.raises(ValueError, match="not a date"):
        record_of({**EXAMPLES[0], "valid_from": "soon"}).period()

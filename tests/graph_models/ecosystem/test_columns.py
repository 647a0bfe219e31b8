"""Columns: the same records make the same bytes, whatever the order in which a store delivers them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_models.ecosystem.column_schema import FAMILIES, FAMILY_OF, HOT_NAMES, arrow_type
from graph_models.ecosystem.columns import Columns, columns_of, numbers
from graph_models.ecosystem.record_columns import hot_columns, hot_values, table_of
from graph_models.records.json_codec import record_of
from graph_models.records.record_types import BY_CLASS, RECORD_TYPES, Record, finished
from tests.graph_models.records.test_json_codec import EXAMPLES

RECORDS = [
    *(finished(record_of(fields)) for fields in EXAMPLES),
    record_of({"type": "party", "id": "firm", "name": "Firm", "kind": "organization"}),
    record_of({"type": "party", "id": "fund1", "name": "Fund", "kind": "organization"}),
]


def columns(records: list[Record]) -> Columns:
    tables = {}
    for kind, family in FAMILY_OF.items():
        rows = [record for record in records if BY_CLASS[type(record)].name == kind]
        hot = [dict(zip(HOT_NAMES, hot_values(record), strict=True)) for record in rows]
        values: dict[str, list[Any]] = {"id": [record.id for record in rows]}
        values |= {"valid_from": [record.period().start for record in rows], "valid_to": [record.period().end for record in rows]}
        tables[family] = table_of(family, values | {name: [one[name] for one in hot] for name in FAMILIES[family]})
    return columns_of(tables)


def hot(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in zip(HOT_NAMES, hot_values(record_of(fields)), strict=True) if value is not None}


def test_there_is_a_family_for_each_type_of_record_in_the_same_order() -> None:
    assert list(FAMILY_OF) == [kind.name for kind in RECORD_TYPES]
    assert list(FAMILY_OF.values()) == list(FAMILIES)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.id)
def test_every_record_has_one_value_for_each_hot_column(record: Record) -> None:
    assert len(hot_values(record)) == len(HOT_NAMES)


@pytest.mark.parametrize("fields", EXAMPLES, ids=lambda fields: fields["type"])
def test_columns_of_many_records_hold_the_hot_values_of_each(fields: dict[str, Any]) -> None:
    more = {"evidence": [{"document_id": "s2"}, {"document_id": "s1"}], "confidence": 0.5}
    rows = [finished(record_of(fields)), finished(record_of(fields | (more if "target" in fields else {})))]
    found = hot_columns(rows)
    assert not [name for name, values in found.items() if set(values) == {None}]
    assert [tuple(found[name][place] if name in found else None for name in HOT_NAMES) for place in (0, 1)] == [hot_values(row) for row in rows]


def test_hot_values_are_those_that_metrics_read() -> None:
    assert hot(EXAMPLES[4]) == {"source": "d1", "target": "firm", "kind": "money", "product": "refrigerator", "amount": 1200000.0, "currency": "CNY"}
    assert hot(EXAMPLES[5])["grade"] == "D"
    assert hot(EXAMPLES[2]) == {
        "source": "d1", "target": "firm", "kind": "distributor", "product": "refrigerator", "stage": "active", "tier": "key", "purpose": "resale",
        "confidence": 0.9, "status": "asserted", "documents": '["s1"]',
    }  # fmt: skip
    assert hot(EXAMPLES[8]) == {"kind": "CNY", "currency": "EUR", "value": 7.8}
    assert hot(EXAMPLES[0]) == {"grade": "A"}


@given(st.permutations(RECORDS))
def test_the_order_of_delivery_does_not_matter(records: list[Record]) -> None:
    assert columns(records).digest == columns(RECORDS).digest


def test_ids_are_in_the_order_of_code_points() -> None:
    names = ["Z", "a", "é", "中", "\uffff", "😀"]
    parties = [record_of({"type": "party", "id": name, "name": "n", "kind": "person"}) for name in reversed(names)]
    assert columns(parties)["parties"]["id"].to_pylist() == names


def test_slices_of_one_id_are_in_the_order_of_their_periods() -> None:
    slices = [record_of({"type": "party", "id": "a", "name": "n", "kind": "person", "valid_from": year, "valid_to": year}) for year in ("2025", "2023", "2024")]
    starts = columns([*slices, RECORDS[1]])["parties"]["valid_from"].to_pylist()
    assert starts[:3] == sorted(record.period().start for record in slices)


def test_facts_point_at_parties_by_their_place() -> None:
    found = columns(RECORDS)
    places = {name: place for place, name in enumerate(found["parties"]["id"].to_pylist())}
    assert found["value_flows"]["source"].to_pylist() == [places["d1"], places["firm"]]
    assert found["assessments"].select(["source", "target"]).to_pylist() == [{"source": None, "target": places["d1"]}]


@pytest.mark.parametrize("missing", ["firm", "d1"])
def test_a_fact_one_of_whose_parties_is_not_there_is_left_out(missing: str) -> None:
    found = columns([record for record in RECORDS if record.id != missing])
    assert found["value_flows"].num_rows == found["roles"].num_rows == 0
    assert found["relationships"].num_rows == (1 if missing == "d1" else 0)
    assert found["documents"].num_rows == 1


def test_a_change_of_any_record_changes_the_digest() -> None:
    digest = columns(RECORDS).digest
    for place in range(1, len(RECORDS)):
        assert columns(RECORDS[:place] + RECORDS[place + 1 :]).digest != digest
    changed = record_of({**EXAMPLES[4], "amount": "1200000.01"})
    assert columns([changed if record.id == "v1" else record for record in RECORDS]).digest != digest


def test_columns_without_records_have_their_types_all_the_same() -> None:
    empty = columns([])
    for family, names in FAMILIES.items():
        assert empty[family].column_names == ["id", "valid_from", "valid_to", *names]
        for name in names:
            expected = "int32" if name in ("source", "target") else str(arrow_type(name))
            assert str(empty[family].schema.field(name).type) == expected
        assert empty[family].schema == columns(RECORDS)[family].schema


def test_numbers_are_nan_where_nothing_is_said() -> None:
    amounts = numbers(columns(RECORDS)["value_flows"]["amount"])
    assert amounts[0] == 1200000.0
    assert math.isnan(amounts[1])
    assert numbers(columns(RECORDS)["value_flows"]["importance"]).tolist()[1] == 4.0

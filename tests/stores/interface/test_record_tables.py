"""Tables that Arrow makes of bodies hold the very values that are taken of records one by one."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from examples.demo import demo_records
from graph_models.ecosystem.column_schema import FAMILIES, FAMILY_OF, HOT_NAMES, arrow_type
from graph_models.ecosystem.record_columns import hot_values
from graph_models.records.json_codec import encode_record, record_of
from graph_models.records.record_types import finished
from service.stores.interface.record_tables import by_type, table_of_bodies
from tests.stores.neo4j.test_bulk_load import odd_records

FLOW = {"type": "value_flow", "source": "a", "target": "b", "kind": "money"}
EDGES: tuple[dict[str, Any], ...] = (
    FLOW | {"id": '\\u0041"\n', "amount": "123456789012345678901234.123456789012", "currency": "CNY"},
    FLOW | {"id": "e", "amount": "1E+3", "quantity": 1e308, "utility": 5e-324, "importance": 5},
    FLOW | {"id": "s", "satisfaction": "A", "valid_from": "2024-02", "valid_to": "2024-02-29"},
    FLOW | {"id": "attributes", "attributes": {"id": 1, "kind": {"kind": []}, "amount": "x"}},
    {"type": "touchpoint", "id": "t", "source": "a", "target": "b", "kind": "call", "occurred_at": "2024-02-29T23:59:59Z", "measure": "nps", "value": 10},
    {"type": "document", "id": "d", "reliability": "F", "valid_from": "2024"},
    {"type": "party", "id": "p", "name": "P", "kind": "person", "names": []}
    | {"industry": {"scheme": "isic", "code": "01"}, "attributes": {"z": [1.0, None], "a": {}}},
)


@pytest.mark.parametrize("type_name", FAMILY_OF)
def test_a_table_of_bodies_is_that_of_the_records(type_name: str) -> None:
    records = [finished(record_of(fields)) for fields in (*demo_records(), *odd_records(), *EDGES) if fields["type"] == type_name]
    assert records
    hot = [hot_values(record) for record in records]
    wanted = pa.table(
        {
            "id": pa.array([record.id for record in records]),
            "valid_from": pa.array([record.period().start for record in records], pa.int32()),
            "valid_to": pa.array([record.period().end for record in records], pa.int32()),
            **{name: pa.array([row[HOT_NAMES.index(name)] for row in hot], arrow_type(name)) for name in FAMILIES[FAMILY_OF[type_name]]},
        }
    )
    found = table_of_bodies(type_name, [encode_record(record).decode() for record in records])
    assert found.schema == wanted.schema
    assert [name for name in wanted.column_names if found[name].to_pylist() != wanted[name].to_pylist()] == []


def test_a_field_that_only_a_late_body_has_is_read_like_any_other() -> None:
    """The first bodies have few fields; then one has a field that metrics read, one a list, one a field that no column is made of."""
    late = [{"utility": 0.5, "valid_to": "2024"}, {"evidence": [{"document_id": "d"}]}, {"channel": "shop"}]
    for several in ([], late[:1], late[:2], late, late[2:]):
        records = [FLOW | {"id": str(number), "kind": "goods"} for number in range(50)] + [
            FLOW | {"id": f"late{at}"} | fields for at, fields in enumerate(several)
        ]
        table = table_of_bodies("value_flow", [encode_record(record_of(record)).decode() for record in records])
        assert table["kind"].to_pylist() == ["goods"] * 50 + ["money"] * len(several)
        assert [value for value in table["utility"].to_pylist() if value is not None] == [0.5] * (late[0] in several)
        assert [value for value in table["documents"].to_pylist() if value is not None] == ['["d"]'] * (late[1] in several)


def test_bodies_are_told_apart_by_their_beginning() -> None:
    bodies = [encode_record(record_of(fields)).decode() for fields in EDGES]
    assert {name: len(of_type) for name, of_type in by_type(bodies).items()} == {"value_flow": 4, "touchpoint": 1, "document": 1, "party": 1}

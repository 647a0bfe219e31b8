"""Every saved question, asked of the demo: what ``examples/README.md`` planted is what it finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from examples.demo.build import demo_records
from graph_models.records.json_codec import record_of
from graph_models.records.vocabulary import BUILT_IN
from service.core.settings import read_settings
from service.facts.batch_writing import write_batch
from service.stores.neo4j.statements import saved_queries, statement
from service.stores.neo4j.store import Neo4jStore

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def demo(neo4j_address: str) -> Iterator[Neo4jStore]:
    """The demo on the server that tests may empty."""
    address = read_settings(store=neo4j_address).neo4j
    store = Neo4jStore(address.uri, address.user, address.password.get_secret_value(), address.database, timeout_s=120.0)
    store.clear()
    write_batch(store, BUILT_IN, list(enumerate(map(record_of, demo_records()), 1)))
    yield store
    store.close()


def answer(store: Neo4jStore, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """The rows of a saved question, with its own parameters where none are given."""
    (listed,) = (query for query in saved_queries("haiyue", "2025-12-31") if query["name"] == name)
    values: Mapping[str, Any] = {parameter["name"]: parameter["default"] for parameter in listed["parameters"]} | parameters
    found = store.query(statement(f"exploration/{name}").text, values, 1000, 60.0)
    assert found["truncated"] is None
    return [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]


def test_four_cities_hang_on_silk_road_appliances(demo: Neo4jStore) -> None:
    rows = answer(demo, "end_customers_of_one_channel")
    assert {row["customer"] for row in rows} == {"households-lanzhou", "households-xining", "households-yinchuan", "households-urumqi"}
    assert all(row["paid"] > 0 for row in rows)


def test_a_distributor_in_a_city_of_many_has_no_end_customer_to_itself(demo: Neo4jStore) -> None:
    rows = answer(demo, "end_customers_of_one_channel", channel="pinlan")
    assert not {row["customer"] for row in rows} & {"households-lanzhou", "households-shanghai", "households-beijing"}


def test_the_maker_is_two_steps_from_the_ecology_bureau(demo: Neo4jStore) -> None:
    rows = {row["reached"]: row for row in answer(demo, "two_steps_from")}
    assert rows["haiyue"]["through"] == ["meiguang-coatings", "runze-refrigerant"]
    assert rows["polar-compressor"]["through"] == rows["beihe-compressor"]["through"] == ["huaibei-copper"]
    assert not rows.keys() & {"huaibei-copper", "meiguang-coatings", "runze-refrigerant", "eco-bureau"}


def test_power_modules_and_copper_tube_stand_behind_several_suppliers(demo: Neo4jStore) -> None:
    rows = {row["behind"]: row for row in answer(demo, "suppliers_behind_two")}
    assert rows["ningxin-modules"]["stands_behind"] == 7
    assert {"polar-compressor", "beihe-compressor"} <= set(rows["huaibei-copper"]["suppliers"])
    assert rows["ningxin-modules"]["stands_behind"] == max(row["stands_behind"] for row in rows.values())


def test_a_hotel_group_left_and_came_back(demo: Neo4jStore) -> None:
    rows = {row["party"]: row for row in answer(demo, "lapsed_and_returned")}
    assert (rows["lanyue-hotels"]["lapsed_on"], rows["lanyue-hotels"]["returned_on"]) == ("2024-06-01", "2025-04-01")
    assert rows["hongtu-residences"]["returned_on"] is None


def test_small_appliances_come_from_one_source(demo: Neo4jStore) -> None:
    assert [(row["product"], row["supplier"]) for row in answer(demo, "single_source_products")] == [("small_appliance", "zhongshan-oem")]


def test_a_family_trust_stands_behind_the_owners(demo: Neo4jStore) -> None:
    rows = answer(demo, "owners_of_owners")
    chains = {tuple(row["chain"]): row["held"] for row in rows}
    assert chains["penglai-fund", "haiyue"] == 0.33
    assert chains["qilin-holding", "penglai-fund", "haiyue"] == pytest.approx(0.55 * 0.33)
    assert any(chain[0] == "he-guangping" for chain in chains)
    assert not any("beifeng" in chain for chain in chains)


def test_nobody_answered_the_trader_on_the_danube(demo: Neo4jStore) -> None:
    rows = answer(demo, "complaints_without_action")
    assert sum(row["party"] == "danube-handel" for row in rows) == 3
    assert not any(row["party"] == "west-lake-hospital" for row in rows)
    assert [row["made_on"] for row in rows] == sorted(row["made_on"] for row in rows)


def test_an_alumna_refers_customers(demo: Neo4jStore) -> None:
    (row,) = answer(demo, "left_and_in_touch")
    assert (row["person"], row["left_on"]) == ("lin-yue", "2024-04-01")
    assert row["refers"] == ["luming-hotels", "puyu-hotels", "wisdom-homes", "zeyu-hotels"]
    assert answer(demo, "left_and_in_touch", day="2024-04-02") == []


def test_a_university_gives_most_and_gets_nothing(demo: Neo4jStore) -> None:
    rows = answer(demo, "give_without_get")
    assert rows[0]["party"] == "laoshan-university"
    assert rows[0]["kinds"] == ["knowledge", "labour", "opportunity"]
    assert "households-shanghai" not in {row["party"] for row in rows}


def test_a_distributor_is_a_customer_for_its_own_use_too(demo: Neo4jStore) -> None:
    assert [(row["party"], row["uses"], row["sells"]) for row in answer(demo, "seller_and_user")] == [
        ("jiangnan-supply", ["air_conditioner", "washing_machine"], ["refrigerator"])
    ]
    assert [(row["name"], row["product"]) for row in answer(demo, "roles_of_a_party")] == [
        ("customer", "air_conditioner"), ("customer", "washing_machine"), ("distributor", "refrigerator")]  # fmt: skip


def test_refrigerators_go_to_households_in_several_steps(demo: Neo4jStore) -> None:
    rows = answer(demo, "channel_end_to_end")
    ways = {(row["seller"], row["buyer"]): row["step"] for row in rows}
    assert ways["haiyue", "silkroad-appliances"] == 1
    assert any(buyer == "households-lanzhou" and step > 2 for (_, buyer), step in ways.items())
    assert [row["step"] for row in rows] == sorted(row["step"] for row in rows)
    assert len({row["step"] for row in answer(demo, "channel_end_to_end", max_steps=1)}) == 1


def test_the_annual_report_bears_out_facts(demo: Neo4jStore) -> None:
    rows = answer(demo, "what_rests_on_a_document")
    assert ("households-shanghai", "haiyue") in {(row["source"], row["target"]) for row in rows}
    assert answer(demo, "what_rests_on_a_document", document="banana") == []


def test_one_authority_is_over_suppliers_only(demo: Neo4jStore) -> None:
    assert [(row["authority"], row["regulates"]) for row in answer(demo, "authorities_over_suppliers")] == [
        ("eco-bureau", ["huaibei-copper", "meiguang-coatings", "runze-refrigerant"])
    ]


def test_every_saved_question_is_asked_here() -> None:
    text = Path(__file__).read_text("utf-8")
    assert [query["name"] for query in saved_queries("haiyue", "2025-12-31") if f'"{query["name"]}"' not in text] == []

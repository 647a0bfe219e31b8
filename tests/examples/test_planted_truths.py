"""Every planted truth of examples/README.md, found as a user finds it: through the HTTP API."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.examples.conftest import Demo

README = (Path(__file__).parents[2] / "examples" / "README.md").read_text("utf-8")
PRODUCTS = ("washing_machine", "refrigerator")
TOLD = (
    "ningxin-modules", "huaibei-copper", "lanyue-hotels", "silkroad-appliances", "jiangnan-supply", "lin-yue", "he-guangping", "eco-bureau",
    "west-lake-hospital", "shen-ruizhi", "laoshan-university", "zhongshan-oem", "auntie-zhou", "danube-handel", "beifeng",
)  # fmt: skip


def ids(demo: Demo, path: str) -> set[str]:
    return {item["id"] for item in demo.get(path)["items"]}


def best(values: dict[str, Any], among: set[str] | None = None) -> str:
    return max((party for party, value in values.items() if value is not None and (among is None or party in among)), key=lambda party: values[party])


def test_the_hidden_choke_point_is_the_maker_of_power_modules(demo: Demo) -> None:
    suppliers = ids(demo, "/parties?role=supplier&limit=1000")
    criticality = demo.scores("criticality")
    assert best(criticality, suppliers) == "ningxin-modules"
    others = [value for party, value in criticality.items() if party in suppliers - {"ningxin-modules"} and value is not None]
    assert criticality["ningxin-modules"] > 2 * max(others)
    facts = demo.get("/parties/ningxin-modules/facts?limit=1000")["items"]
    assert len({fact["target"] for fact in facts if fact["type"] == "role" and fact["source"] == "ningxin-modules"}) == 7
    assert "haiyue" not in {fact[end] for fact in facts for end in ("source", "target")}
    hanging = {item["path"][0] for item in demo.part("ningxin-modules", "value_flow", "criticality")["evidence"]}
    assert "huajing-foundry" in hanging
    assert list(demo.scores("value_flow"))[:3] == ["pinlan", "silkroad-appliances", "ningxin-modules"]


def test_one_copper_mill_stands_behind_both_compressor_makers(demo: Demo) -> None:
    paths = demo.get("/paths?from=huaibei-copper&to=haiyue&k=5&max_hops=2")["items"]
    assert {tuple(path["parties"]) for path in paths} == {("huaibei-copper", maker, "haiyue") for maker in ("polar-compressor", "beihe-compressor")}
    tiers = demo.get(f"{demo.scored}/tiers?party=haiyue&max_tier=3")["items"]
    nearest = {party: min(item["tier"] for item in tiers if item["party_id"] == party) for party in ("huaibei-copper", "polar-compressor", "beihe-compressor")}
    assert nearest == {"huaibei-copper": 2, "polar-compressor": 1, "beihe-compressor": 1}


def test_the_hotels_that_left_came_back(demo: Demo) -> None:
    assert ids(demo, "/parties?stage=returned") == {"lanyue-hotels"}
    assert "lanyue-hotels" in ids(demo, "/parties?stage=lapsed&as_of=2024-12-31")
    assert "lanyue-hotels" in ids(demo, "/parties?stage=active&as_of=2023-12-31&limit=1000")
    journey = demo.get("/parties/lanyue-hotels/journey")["items"]
    assert [item["stage"] for item in journey if item["type"] == "role"] == ["active", "at_risk", "lapsed", "returned"]
    between = [item["kind"] for item in journey if item["type"] == "touchpoint" and item["date"] is not None and "2024-03" <= item["date"] < "2025-04"]
    assert {"complaint", "executive_visit", "trial"} <= set(between)


def test_four_cities_hang_on_one_channel(demo: Demo) -> None:
    assert best(demo.scores("criticality")) == "silkroad-appliances"
    part = demo.part("silkroad-appliances", "value_flow", "criticality")
    cities = {f"households-{city}" for city in ("lanzhou", "xining", "yinchuan", "urumqi")}
    hanging = {item["path"][0] for item in part["evidence"]}
    assert hanging <= cities
    assert all(item["path"][-2:] == ["silkroad-appliances", "haiyue"] for item in part["evidence"])
    used = {item["party_id"]: item["share"] for item in demo.get(f"{demo.scored}/sinks")["items"]}
    assert sum(used[city] for city in cities) == pytest.approx(part["raw"])
    reached = demo.get(f"{demo.scored}/sinks?party=silkroad-appliances")["items"]
    assert cities < {item["party_id"] for item in reached}


def test_one_distributor_also_uses_what_it_sells(demo: Demo) -> None:
    own = [role for role in demo.get("/parties/jiangnan-supply")["roles"] if role["source"] == "jiangnan-supply"]
    roles = {(role["role"], role.get("purpose"), role.get("product")) for role in own}
    assert roles == {("distributor", "resale", "refrigerator"), ("customer", "own_use", "washing_machine"), ("customer", "own_use", "air_conditioner")}
    uses = {product: {item["party_id"] for item in demo.get(f"{demo.scored}/sinks?product={product}")["items"]} for product in PRODUCTS}
    assert "jiangnan-supply" in uses["washing_machine"]
    assert "jiangnan-supply" not in uses["refrigerator"]
    assert demo.scores("sink_share")["jiangnan-supply"] > 0


def test_an_employee_left_and_refers_customers_since(demo: Demo) -> None:
    assert "lin-yue" in ids(demo, "/parties?role=employee&as_of=2023-12-31")
    assert "lin-yue" not in ids(demo, "/parties?role=employee")
    assert "lin-yue" in ids(demo, "/parties?role=alumni")
    near = demo.get("/parties/lin-yue/neighborhood?hops=1&kinds=refers")
    assert {fact["source"] for fact in near["facts"]} == {"lin-yue"}
    referred = {fact["target"] for fact in near["facts"]}
    assert len(referred) == 4
    assert "wisdom-homes" in referred
    assert demo.get("/parties/lin-yue/neighborhood?hops=1&kinds=refers&as_of=2023-12-31")["facts"] == []


def test_the_founder_controls_through_a_chain(demo: Demo) -> None:
    control = demo.scores("control")
    assert {party for party, value in control.items() if value == 1} == {"he-guangping", "he-family-trust", "qilin-holding"}
    holders = {holder["party_id"]: holder for holder in demo.get(f"{demo.scored}/ownership?party=haiyue")["holders"]}
    assert not holders["he-guangping"]["direct"]
    assert holders["he-guangping"]["controls"]
    assert holders["he-guangping"]["chain"][:3] == ["he-guangping", "he-family-trust", "qilin-holding"]
    assert holders["he-guangping"]["integrated"] < 0.5
    assert (holders["penglai-fund"]["direct"], holders["penglai-fund"]["controls"]) == (0.33, False)


def test_one_authority_is_two_steps_away(demo: Demo) -> None:
    paths = demo.get("/paths?from=eco-bureau&to=haiyue&k=10&max_hops=2")["items"]
    assert {tuple(path["parties"]) for path in paths} == {("eco-bureau", plant, "haiyue") for plant in ("meiguang-coatings", "runze-refrigerant")}
    one, two = ({party["id"] for party in demo.get(f"/parties/eco-bureau/neighborhood?hops={hops}&limit=1000")["parties"]} for hops in (1, 2))
    assert one == {"eco-bureau", "huaibei-copper", "meiguang-coatings", "runze-refrigerant"}
    assert "haiyue" in two


def test_the_hospital_that_complains_most_stays(demo: Demo) -> None:
    journey = [item["record"] for item in demo.get("/parties/west-lake-hospital/journey")["items"] if item["type"] == "touchpoint"]
    complaints = {item["id"] for item in journey if item["kind"] == "complaint"}
    assert len(complaints) == 10
    assert complaints == {item["responds_to"] for item in journey if item["kind"] == "action"}
    ordered = sorted(item["occurred_at"] for item in journey if item["kind"] == "order")
    assert len(ordered) == 12
    assert all(int(later[:4]) * 12 + int(later[5:7]) - int(before[:4]) * 12 - int(before[5:7]) == 3 for before, later in pairwise(ordered))
    surveys = [(item["occurred_at"], item["value"]) for item in journey if item.get("measure") == "nps"]
    assert max(surveys)[1] == 9


def test_the_gatekeeper_is_the_secretary_general(demo: Demo) -> None:
    part = demo.part("shen-ruizhi", "influence", "brokerage")
    assert part["normalised"] == 1
    assert demo.part("pinlan", "influence", "brokerage")["normalised"] < 1
    assert "shen-ruizhi" in list(demo.scores("influence"))[:3]
    assert demo.scores("wso")["shen-ruizhi"] == 0


def test_one_university_gives_and_gets_nothing(demo: Demo) -> None:
    balance = {item["kind"]: item for item in demo.get(f"{demo.scored}/give-get?party=laoshan-university")["items"]}
    assert balance.keys() == {"knowledge", "labour", "opportunity"}
    assert all(item["given"] > 0 and item["received"] == 0 and item["balance"] == item["given"] for item in balance.values())


def test_all_small_appliances_have_one_source(demo: Demo) -> None:
    for product, several in (("small_appliance", False), ("refrigerator", True)):
        analysis = demo.analysed(metrics=["pass_through_up"], parameters={"product": product})
        first = [item["party_id"] for item in demo.get(f"{analysis}/tiers?party=haiyue&max_tier=1")["items"]]
        assert (len(first) > 1) is several
        assert ("zhongshan-oem" in first) is not several


def test_the_most_valuable_loop_runs_through_a_tester_and_a_city(demo: Demo) -> None:
    answer = demo.get(f"{demo.scored}/loops?limit=2")
    first, second = answer["items"]
    assert first["parties"] == ["haiyue", "auntie-zhou", "households-shanghai"]
    assert first["score"] == pytest.approx(0.97 * 0.96 * 0.95)
    assert first["weakest_fact"] == "data.households-shanghai.haiyue.2025"
    assert first["score"] > 2 * second["score"]
    assert answer["min_loop_score"] < first["score"] / 1000


def test_the_largest_unattributed_part_lies_with_one_exporter(demo: Demo) -> None:
    unattributed = demo.get(f"{demo.scored}/sinks")["unattributed"]
    assert unattributed["through"][0]["party_id"] == "danube-handel"
    assert 0.01 < unattributed["share"] < 0.05
    journey = [item["record"] for item in demo.get("/parties/danube-handel/journey")["items"] if item["type"] == "touchpoint"]
    complaints = {item["id"] for item in journey if item["kind"] == "complaint"}
    assert len(complaints) == 3
    assert not complaints & {item.get("responds_to") for item in journey}


def test_the_rumour_would_give_a_competitor_a_part_of_the_maker(demo: Demo) -> None:
    believed, rumoured = (demo.analysed(metrics=["integrated_ownership"], parameters={"hypotheses": hypotheses}) for hypotheses in (False, True))
    assert not demo.scores("integrated_ownership", believed)["beifeng"]
    assert demo.scores("integrated_ownership", rumoured)["beifeng"] == pytest.approx(0.35 * 0.06, rel=0.1)


def test_what_is_left_out_of_sums_is_listed(demo: Demo) -> None:
    warnings = {warning["code"]: warning for warning in demo.get(demo.scored)["warnings"]}
    assert {"no-rate", "net-refund", "ownership-cycle"} <= warnings.keys()
    assert all("lagos-home" in fact for fact in warnings["no-rate"]["facts"])
    assert "xingdu-residences" in warnings["net-refund"]["parties"]


def test_the_rankings_are_those_that_a_strategist_would_expect(demo: Demo) -> None:
    """The platform that takes a quarter of sales leads; owners, the regulator, the choke points and the chains of shops follow."""
    influence, value_flow = list(demo.scores("influence"))[:12], list(demo.scores("value_flow"))[:12]
    assert influence[0] == value_flow[0] == "pinlan"
    assert {"qilin-holding", "he-guangping", "market-supervision", "silkroad-appliances", "guohe-living", "sunmart"} <= set(influence)
    assert {"silkroad-appliances", "ningxin-modules", "zhongshan-oem", "sunmart", "guohe-living", "jianghai-trade", "households-shanghai"} <= set(value_flow)


def test_the_truths_are_told_with_the_parties_names(demo: Demo) -> None:
    for party in TOLD:
        assert f"`{party}`" in README
        assert demo.get(f"/parties/{party}")["names"][0]["text"] in README

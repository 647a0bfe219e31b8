"""End customers, direct and indirect shares, the unattributed part, implicit stakeholders."""

from __future__ import annotations

from typing import Any

import pytest

from graph_models import compute
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.errors import InvalidInput
from graph_models.views.end_customers import sinks_view
from tests.graph_models.metrics.made import chain_records, ecosystem, paid, parties


def role(source: str, purpose: str, **fields: Any) -> dict[str, Any]:
    return {"type": "role", "id": f"{source}-{purpose}", "source": source, "target": "Firm", "role": "distributor", "purpose": purpose, **fields}


def test_the_worked_example() -> None:
    made = ecosystem(chain_records(), "Firm")
    assert {p: v for p, v in compute(made, "sink_share").values.items() if v} == pytest.approx({"Enterprise": 0.590793, "Consumer": 0.409207}, abs=1e-6)
    direct, indirect = compute(made, "direct_share").values, compute(made, "indirect_share").values
    assert (direct["Enterprise"], indirect["Enterprise"]) == (pytest.approx(0.285714, abs=1e-6), pytest.approx(0.305079, abs=1e-6))
    assert (direct["Consumer"], indirect["Consumer"]) == (0, pytest.approx(0.409207, abs=1e-6))
    assert indirect["Distributor"] == 0


WALK = [("1", "0", 0.75), ("1", "2", 0.75), ("2", "1", 0.5), ("2", "3", 0.5), ("3", "2", 0.25), ("3", "4", 0.25)]
"""Grinstead, Snell, Introduction to Probability, 1997, example 11.13: the drunkard's walk from corner 1, home 4, bar 0. Amounts are
expected steps: from 1 the corners 1, 2, 3 are visited 1.5, 1 and .5 times (example 11.14, N)."""


def test_the_absorbing_chain_of_grinstead_and_snell() -> None:
    """Example 11.16: from 1 he ends in the bar with probability 3/4, from 2 with 1/2, from 3 with 1/4."""
    made = ecosystem(chain_records(WALK), "1")
    assert compute(made, "sink_share").values == pytest.approx({"0": 0.75, "1": 0, "2": 0, "3": 0, "4": 0.25})
    for begin, bar in (("1", 0.75), ("2", 0.5), ("3", 0.25)):
        items = {item["party_id"]: item["share"] for item in sinks_view(made, DEFAULTS, party=begin)["items"]}
        assert items == pytest.approx({"0": bar, "4": 1 - bar})
    passed = compute(made, "pass_through_down").values  # he ever gets to j with probability N_1j / N_jj, N_jj = 1.5, 2, 1.5
    assert passed == pytest.approx({"0": 0.75, "1": 1, "2": 1 / 2, "3": 0.5 / 1.5, "4": 0.25})


def test_the_view_says_with_whom_it_ends_and_how_much() -> None:
    answer = sinks_view(ecosystem(chain_records(), "Firm"), DEFAULTS)
    assert [item["party_id"] for item in answer["items"]] == ["Enterprise", "Consumer"]
    assert [item["amount"] for item in answer["items"]] == [pytest.approx(item["share"] * 350) for item in answer["items"]]
    assert answer["unattributed"] == {"share": 0.0, "through": []}


def test_a_channel_shows_whom_its_flow_reaches() -> None:
    answer = sinks_view(ecosystem(chain_records(), "Firm"), DEFAULTS, party="TierOne")
    assert {item["party_id"] for item in answer["items"]} == {"Enterprise", "Consumer", "OtherOEM"}
    assert sum(item["share"] for item in answer["items"]) == pytest.approx(1)


def test_end_customers_by_region_and_industry() -> None:
    records = chain_records()
    for record in records:
        if record["id"] in ("Enterprise", "Consumer"):
            record |= {"region": "East"} | ({"industry": {"scheme": "isic", "code": "C10"}} if record["id"] == "Enterprise" else {})
    made = ecosystem(records, "Firm")
    [east] = sinks_view(made, DEFAULTS, by="region")["items"]
    assert east == {"key": "East", "share": pytest.approx(1), "amount": pytest.approx(350), "parties": ["Enterprise", "Consumer"]}
    assert [(item["key"], item["parties"]) for item in sinks_view(made, DEFAULTS, by="industry")["items"]] == [
        ("isic:C10", ["Enterprise"]),
        (None, ["Consumer"]),
    ]
    with pytest.raises(InvalidInput):
        sinks_view(made, DEFAULTS, by="colour")


@pytest.mark.parametrize(
    ("roles", "used", "through"),
    [
        ([], 0.75, ["shop"]),  # what it buys and sells again, but not all of it: nobody knows
        ([role("shop", "own_use")], 1.0, []),
        ([role("shop", "own_use", product="tea")], 1.0, []),
        ([role("cafe", "resale")], 0.0, ["cafe", "shop"]),
        ([role("cafe", "resale"), role("cafe", "own_use")], 0.75, ["shop"]),
    ],
)
def test_what_resellers_keep_is_unattributed_unless_they_use_it(roles: list[dict[str, Any]], used: float, through: list[str]) -> None:
    records = parties("Firm", "shop", "cafe") + paid([("Firm", "shop", 40), ("shop", "cafe", 30)]) + roles
    made = ecosystem(records, "Firm")
    answer = sinks_view(made, DEFAULTS)
    assert sum(item["share"] for item in answer["items"]) == pytest.approx(used)
    assert answer["unattributed"]["share"] == pytest.approx(1 - used)
    assert sorted(item["party_id"] for item in answer["unattributed"]["through"]) == through
    assert compute(made, "sink_share").array.sum() == pytest.approx(used)


def test_a_product_narrows_the_chain() -> None:
    records = parties("Firm", "shop", "cafe") + paid([("Firm", "shop", 40)], product="tea") + paid([("Firm", "cafe", 60)], product="rice")
    made = ecosystem(records, "Firm")
    assert [(item["party_id"], item["share"]) for item in sinks_view(made, DEFAULTS, product="tea")["items"]] == [("shop", 1.0)]
    assert compute(made, "sink_share", product="rice").values["cafe"] == 1


def test_a_focal_party_that_only_buys_has_no_direct_share() -> None:
    made = ecosystem(chain_records([("mine", "firm", 10)]), "firm")
    assert compute(made, "sink_share").values["firm"] == 1
    assert set(compute(made, "direct_share").reasons.values()) == set(compute(made, "indirect_share").reasons.values()) == {"no-sales"}


def test_an_implicit_stakeholder_has_no_tie_to_us_but_stands_in_the_chain() -> None:
    values = compute(ecosystem(chain_records() + parties("stranger"), "Firm"), "implicit").values
    assert {party for party, value in values.items() if value} == {"Consumer", "RawMat", "TierTwo"}
    assert values["stranger"] == values["Distributor"] == values["Retail"] == 0
    assert values["Firm"] is None
    assert set(compute(ecosystem(parties("a"), "b"), "implicit").reasons.values()) == {"no-focal-party"}
    assert compute(ecosystem(parties("a", "b"), "b"), "implicit").reasons == {"a": "no-value-chain", "b": "focal-party"}


def test_what_is_asked_of_nobody_is_refused_and_of_a_unit_has_its_reason() -> None:
    records = [
        *chain_records(),
        {"type": "party", "id": "sales", "name": "Sales", "kind": "unit"},
        {"type": "relationship", "id": "p", "source": "sales", "target": "Firm", "kind": "part_of"},
    ]
    made = ecosystem(records, "Firm")
    with pytest.raises(InvalidInput) as refused:
        sinks_view(made, DEFAULTS, party="nobody")
    assert refused.value.errors[0].field == "party"
    assert sinks_view(made, DEFAULTS, party="sales")["reason"] == "rolled-up"

"""What a strategist expects of both scores in an ecosystem that can be looked through at once (metrics.md section 9)."""

from __future__ import annotations

from typing import Any

import pytest

from graph_models import compute
from tests.graph_models.ecosystems import Record, ecosystem_of, flow, paid, parties, related, role

SUPPLIERS = {"steel": 300, "steel2": 100, "plastic": 350, "chip": 50}
CUSTOMERS = {"c1": 500, "c2": 300, "c3": 200}
BASE: list[Record] = [
    *(paid(supplier, "f", amount) for supplier, amount in SUPPLIERS.items()),
    *(paid("f", customer, amount) for customer, amount in CUSTOMERS.items()),
    *(role(supplier, "f", "supplier", stage="active") for supplier in SUPPLIERS),
    *(role(customer, "f", "customer", stage="active") for customer in CUSTOMERS),
]
BLOGGER = [paid("blogger", "f", 1), flow("blogger", "f", "attention")]
Scores = dict[str, Any]
BASE_INFLUENCE = {"c1": 43.1604, "plastic": 42.1875, "steel": 38.8561, "c2": 31.5566, "c3": 25.7547, "steel2": 25.5307, "chip": 22.1993}
"""Computed here, and by a program of its own of whoever set the rules: 43.2, 42.2, 38.9, 31.6, 25.8, 25.5, 22.2."""


def influence(*more: Record, base: list[Record] = BASE, **parameters: Any) -> Scores:
    return compute(ecosystem_of(*base, *more), "influence", **parameters).values


def value_flow(*records: Record) -> Scores:
    return compute(ecosystem_of(*records), "value_flow").values


def ranking(scores: Scores) -> list[str]:
    return sorted((party for party, value in scores.items() if value is not None), key=lambda party: (-scores[party], party))


def among_the_first(party: str, count: int, *more: Record) -> bool:
    return party in ranking(influence(*more))[:count]


def test_influence_of_the_base_goes_by_what_each_gives_and_gets() -> None:
    scores = influence()
    assert ranking(scores) == ["c1", "plastic", "steel", "c2", "c3", "steel2", "chip"]
    assert {party: round(value, 4) for party, value in scores.items() if value is not None} == BASE_INFLUENCE
    assert scores["plastic"] > scores["chip"]


def test_a_blogger_who_was_paid_one_of_a_thousand_stays_small_and_moves_nobody() -> None:
    before, after = influence(), influence(*BLOGGER)
    assert after["blogger"] < after["c2"]
    for party in (*SUPPLIERS, *CUSTOMERS):
        assert after[party] == pytest.approx(before[party], rel=0.05)


def test_without_the_rules_of_the_second_version_the_blogger_was_first() -> None:
    scores = influence(*BLOGGER, implied_returns=False, materiality=0)
    assert ranking(scores)[0] == "blogger"


def test_a_regulator_with_a_permission_is_among_the_first_three() -> None:
    assert among_the_first("regulator", 3, related("regulator", "f", "regulates"), role("regulator", "f", "regulator"), flow("regulator", "f", "permission"))


def test_an_investor_of_sixty_percent_is_first() -> None:
    assert among_the_first("investor", 1, related("investor", "f", "owns", share=0.6), role("investor", "f", "investor"))


def test_an_opinion_leader_with_twenty_groups_of_followers_is_below_the_customer_of_half_of_the_sales() -> None:
    followers = [related("kol", f"group{place}", "refers") for place in range(20)]
    scores = influence(role("kol", "f", "kol"), paid("kol", "f", 5), flow("kol", "f", "attention"), *followers)
    assert scores["kol"] < scores["c1"]


def test_a_customer_whose_role_has_ended_and_who_buys_nothing_has_no_influence() -> None:
    assert influence(role("gone", "f", "customer", stage="ended"))["gone"] == 0


def test_a_prospect_is_below_the_smallest_customer() -> None:
    scores = influence(role("prospect", "f", "customer", stage="prospect"))
    assert 0 < scores["prospect"] < min(scores[customer] for customer in CUSTOMERS)


def test_behind_a_channel_the_distributor_is_first_and_who_takes_most_is_before_who_buys_little_directly() -> None:
    records = [
        paid("f", "distributor", 80), paid("f", "direct", 11), paid("f", "other", 9), paid("distributor", "end", 60), paid("distributor", "shop", 20),
        role("distributor", "f", "distributor", purpose="resale"), role("end", "distributor", "customer"), role("direct", "f", "customer"),
    ]  # fmt: skip
    order = ranking(value_flow(*records))
    assert order[0] == "distributor"
    assert order.index("end") < order.index("direct")


@pytest.mark.parametrize("score", ["influence", "value_flow"])
def test_a_party_without_any_tie_changes_nobody(score: str) -> None:
    before = compute(ecosystem_of(*BASE), score).values
    after = compute(ecosystem_of(*BASE, *parties("alone")), score).values
    assert {party: after[party] for party in before} == pytest.approx(before, abs=1e-12)


@pytest.mark.parametrize("score", ["influence", "value_flow"])
def test_the_same_fact_from_two_registers_changes_nothing(score: str) -> None:
    records = [*BASE, related("investor", "f", "owns", share=0.6), related("c1", "f", "knows"), role("investor", "f", "investor")]
    states = [record | {"id": f"{record['id']} again"} for record in records if record["type"] in ("role", "relationship")]
    assert compute(ecosystem_of(*records, *states), score).values == compute(ecosystem_of(*records), score).values


@pytest.mark.parametrize("score", ["influence", "value_flow"])
def test_cutting_a_role_in_time_changes_nothing(score: str) -> None:
    cut = [
        part
        for record in BASE
        for part in (
            [record | {"id": f"{record['id']} {year}", "valid_from": str(year), "valid_to": str(year)} for year in (2024, 2025)]
            if record["type"] == "role"
            else [record]
        )
    ]
    assert compute(ecosystem_of(*cut), score).values == compute(ecosystem_of(*BASE), score).values


@pytest.mark.parametrize("score", ["influence", "value_flow"])
def test_all_money_times_seven_changes_nothing(score: str) -> None:
    records = [*BASE, *BLOGGER]
    scaled = [record | {"amount": record["amount"] * 7} if "amount" in record else record for record in records]
    assert compute(ecosystem_of(*scaled), score).values == pytest.approx(compute(ecosystem_of(*records), score).values, abs=1e-9)

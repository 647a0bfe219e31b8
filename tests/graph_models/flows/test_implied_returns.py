"""Implied returns: what a payer must have got where only its money is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from graph_models import compute, to_networkx
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import DEFAULTS, parameters_of
from graph_models.flows.implied_returns import exchanges_of
from graph_models.graphs.graph_types import graph_of
from graph_models.scores.explanation import explain
from graph_models.views.give_get import give_get_view
from graph_models.views.value_loops import flows_view, loops_view
from tests.graph_models.ecosystems import Record, ecosystem_of, edges, flow, paid, parties, related


def implied(*records: Record, **parameters: Any) -> dict[tuple[str, str, str, str | None], float]:
    """(giver, receiver, kind, product) -> amount."""
    return implied_in(ecosystem_of(*records), **parameters)


def implied_in(ecosystem: Ecosystem, **parameters: Any) -> dict[tuple[str, str, str, str | None], float]:
    found = exchanges_of(ecosystem, parameters_of(parameters))
    products = [*ecosystem.families["value_flows"].coded("product").texts, None]
    return {
        (ecosystem.parties[found.source[at]], ecosystem.parties[found.target[at]], found.kinds[found.kind[at]], products[found.product[at]]): round(
            float(found.amount[at]), 9
        )
        for at in range(len(found))
        if found.implied[at]
    }


def test_who_pays_gets_goods_of_the_product_for_the_amount() -> None:
    records = [paid("f", "a", 30, product="p"), paid("f", "a", 12, product="q") | {"id": "q"}]
    assert implied(*records) == {("f", "a", "goods", "p"): 30, ("f", "a", "goods", "q"): 12}
    assert implied(*records, implied_returns=False) == {}


def test_money_implies_the_kind_that_it_is_paid_for() -> None:
    service, knowledge = paid("f", "a", 3, in_return_for="service"), paid("f", "a", 4, in_return_for="knowledge") | {"id": "k"}
    assert implied(service, knowledge, paid("f", "a", 5) | {"id": "g"}) == {
        ("f", "a", "service", None): 3,
        ("f", "a", "knowledge", None): 4,
        ("f", "a", "goods", None): 5,
    }


@pytest.mark.parametrize("aside", ["capital", "permission", "social_benefit", "money", "nothing"])
def test_money_for_equity_taxes_donations_loans_and_gifts_implies_nothing(aside: str) -> None:
    assert implied(paid("f", "a", 3, in_return_for=aside)) == {}
    assert implied(paid("f", "a", 3, in_return_for=aside), in_return_for=[aside]) == {}


@pytest.mark.parametrize(
    ("recorded", "money", "implies"),
    [
        (flow("f", "a", "goods", quantity=1, unit="t"), {}, False),
        (flow("f", "a", "service"), {}, False),
        (flow("f", "a", "goods"), {"in_return_for": "service"}, False),
        (flow("f", "a", "goods"), {"in_return_for": "knowledge"}, True),
        (flow("f", "a", "knowledge"), {"in_return_for": "knowledge"}, False),
        (flow("f", "a", "knowledge"), {}, True),
        (flow("a", "f", "goods"), {}, True),
        (flow("f", "b", "goods"), {}, True),
        (flow("f", "a", "goods", valid_from="2024"), {}, True),
        (flow("f", "a", "goods", status="hypothesis"), {}, True),
    ],
)  # fmt: skip
def test_what_is_recorded_is_not_implied_too(recorded: Record, money: dict[str, Any], implies: bool) -> None:
    assert bool(implied(paid("f", "a", 3, **money), recorded)) is implies


@pytest.mark.parametrize(
    ("judged", "implies"),
    [
        (flow("f", "a", utility=0.5), False),
        (flow("a", "f", utility=0.5), False),
        (flow("a", "f", satisfaction="C", importance=3), False),
        (flow("a", "f", satisfaction="C"), True),
        (flow("b", "f", utility=0.5), True),
    ],
)  # fmt: skip
def test_a_pair_that_people_described_gets_none(judged: Record, implies: bool) -> None:
    assert bool(implied(paid("f", "a", 3), judged)) is implies
    assert bool(implied(paid("f", "a", 3, utility=0.1))) is False


def test_amounts_are_those_of_the_money_in_base_currency_by_days_after_roll_up_and_set_off() -> None:
    rate = {"type": "exchange_rate", "currency": "EUR", "base_currency": "CNY", "rate": 8, "valid_from": "2024-01-01"}
    records = [
        *parties("lab", kind="unit"), related("lab", "f", "part_of"), rate,
        paid("lab", "a", 365, currency="EUR", valid_from="2024-07-01", valid_to="2025-06-30", product="p"), paid("f", "a", -724) | {"id": "note"},
        paid("f", "lab", 99), paid("f", "b", 5, currency="USD"), paid("f", "c", 7, status="hypothesis"),
    ]  # fmt: skip
    assert implied(*records) == {("f", "a", "goods", "p"): 181 * 8 - 724}
    assert implied(*records, hypotheses=True)["f", "c", "goods", None] == 7


def test_what_a_party_pays_itself_and_what_enters_no_chain_implies_nothing() -> None:
    assert implied(paid("f", "f", 3)) == {}
    assert implied(paid("f", "a", 3), basis="goods") == {}
    assert implied(paid("f", "a", 3), paid("f", "a", -3, product="p") | {"id": "note"}) == {}


def test_a_refund_of_another_return_is_set_off_within_the_pair() -> None:
    records = [paid("f", "a", 90), paid("f", "a", 60, in_return_for="knowledge") | {"id": "k"}, paid("f", "a", -50, in_return_for="service") | {"id": "s"}]
    assert implied(*records) == {("f", "a", "goods", None): 60, ("f", "a", "knowledge", None): 40}


def test_implied_returns_count_in_shares_utility_and_influence() -> None:
    """a gets goods of f for 30 (implied) and of b for 10 (recorded): shares .75 and .25; its money is all that f gets, times confidence .5."""
    records = [paid("f", "a", 30, confidence=0.5), flow("b", "a", "goods", amount=10)]
    ecosystem = ecosystem_of(*records)
    assert edges(ecosystem, "utility") == pytest.approx({("a", "f"): 0.57 * 0.5, ("f", "a"): 0.75 * 0.57 * 0.5, ("b", "a"): 0.25 * 0.57})
    assert edges(ecosystem, "influence") == pytest.approx({("a", "f"): 0.5, ("f", "a"): 0.75 * 0.5, ("b", "a"): 0.25})
    assert edges(ecosystem, "tie")["a", "f"] == pytest.approx(1 - 0.5 * 0.625)
    assert edges(ecosystem, "value_chain") == {("f", "a"): 30, ("b", "a"): 10}
    assert edges(ecosystem, "facts", weight="amount") == {("a", "f"): 30, ("b", "a"): 10}
    assert edges(ecosystem, "utility", utility="judged") == {}


def test_a_return_that_hardly_weighs_is_no_sole_source() -> None:
    records = [paid("blogger", "f", 1), paid("f", "c", 1000)]
    assert edges(ecosystem_of(*records), "influence")["blogger", "f"] == 0.2
    assert edges(ecosystem_of(*records), "influence", materiality=0)["blogger", "f"] == 1


def test_the_facts_of_an_implied_stream_are_the_payments_and_stand_apart() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 30))
    graph = graph_of(ecosystem, "influence", DEFAULTS)
    f, a = ecosystem.index("f"), ecosystem.index("a")
    assert (ecosystem.fact_ids(graph.facts(f, a)), ecosystem.fact_ids(graph.implied(f, a))) == ([], ["f>a"])
    assert (ecosystem.fact_ids(graph.facts(a, f)), ecosystem.fact_ids(graph.implied(a, f))) == (["f>a"], [])
    assert ecosystem.fact_ids(graph.reversed().implied(a, f)) == ["f>a"]
    utility = graph_of(ecosystem, "utility", DEFAULTS)
    assert (ecosystem.fact_ids(utility.facts(f, a)), ecosystem.fact_ids(utility.implied(f, a))) == ([], ["f>a"])


def test_loops_and_flows_say_what_is_implied() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 30))
    [loop] = loops_view(ecosystem, DEFAULTS)["items"]
    assert (loop["parties"], loop["facts"], loop["implied"], loop["weakest_fact"]) == (["f", "a"], ["f>a"], ["f>a"], "f>a")
    assert [(item["source"], item["kind"], item["implied"], item["facts"]) for item in flows_view(ecosystem, DEFAULTS)["items"]] == [
        ("a", "money", False, ["f>a"]),
        ("f", "goods", True, ["f>a"]),
    ]
    assert loops_view(ecosystem, parameters_of({"implied_returns": False}))["items"] == []


def test_explanations_list_implied_returns_apart_and_the_counterfactual_tries_them() -> None:
    answer = explain(ecosystem_of(paid("f", "a", 30)), "a", "influence", counterfactual=True)
    evidence = {part["part"]: part["evidence"] for part in answer["parts"]}
    assert [(item["facts"], item["implied"]) for item in evidence["value_loops"]] == [(["f>a"], ["f>a"])]
    assert answer["most_influential_fact"]["fact_id"] == "f>a"


def test_give_and_get_shows_what_is_implied_beside_what_is_recorded() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 30), paid("f", "a", -10, product="p") | {"id": "note"}, flow("f", "a"))
    view = give_get_view(ecosystem, DEFAULTS, party="a")
    money, goods, knowledge = view["items"]
    assert (money["given"], money["received"], money["balance"], money["balance_includes_implied"], money["facts"]) == (20, 0, 20, False, ["f>a", "note"])
    assert (goods["given"], goods["received"], goods["balance"], goods["balance_includes_implied"], goods["facts"]) == (0, 0, -20, True, [])
    assert goods["implied"] == {"given": 0, "received": 20, "facts": ["f>a"]}
    assert (knowledge["unit"], knowledge["balance"], knowledge["implied"]["received"]) == ("flows", -1, 0)
    assert [warning["code"] for warning in view["warnings"]] == ["set-off"]
    assert view["one_sided"] is False
    recorded = give_get_view(ecosystem_of(paid("f", "a", 30)), parameters_of({"implied_returns": False}), party="a")
    assert (len(recorded["items"]), recorded["one_sided"]) == (1, True)


def test_a_net_refund_is_in_no_sum_of_give_and_get_and_listed() -> None:
    view = give_get_view(ecosystem_of(paid("f", "a", 30), paid("f", "a", -30, product="p") | {"id": "note"}), DEFAULTS, party="a")
    assert (view["items"], [(warning["code"], warning["facts"]) for warning in view["warnings"]]) == ([], [("net-refund", ["f>a", "note"])])


def test_no_count_of_facts_holds_implied_returns() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 30))
    assert compute(ecosystem, "closeness_to_focal").values == compute(ecosystem, "closeness_to_focal", implied_returns=False).values
    assert compute(ecosystem, "implicit").values["a"] == 0
    assert to_networkx(ecosystem).number_of_edges() == 1


def test_parameters_of_the_rules_are_part_of_what_is_kept() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 30), paid("f", "b", 1), flow("b", "f", "data"))
    for metric in ("wso", "reach", "strength_in", "influence"):
        first = compute(ecosystem, metric, implied_returns=False, materiality=0).values
        second = compute(ecosystem, metric).values
        again = ecosystem_of(paid("f", "a", 30), paid("f", "b", 1), flow("b", "f", "data"))
        assert compute(again, metric).values == second
        assert first != second

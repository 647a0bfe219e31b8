"""Streams: what belongs together, and what is left out as a net refund; deliveries and utilities on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_models import compute
from graph_models.arrays.grouping import order_of, weighted_means
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import parameters_of
from graph_models.flows.implied_returns import exchanges_of
from graph_models.flows.streams import IMPORTANCE, SATISFACTION, streams_of
from graph_models.flows.utilities import utilities_of
from tests.graph_models.ecosystems import Record, ecosystem_of, edges, flow, paid, parties, related


def streams(ecosystem: Ecosystem, **parameters: Any) -> dict[tuple[str, str, str, str | None], tuple[float, float, bool]]:
    """(source, target, kind, product) -> amount, utility, judged; of recorded streams, unless the implied ones are asked for."""
    checked = parameters_of({"implied_returns": False} | parameters)
    found, worth = exchanges_of(ecosystem, checked), utilities_of(ecosystem, checked)
    kinds, products = found.kinds, [*ecosystem.families["value_flows"].coded("product").texts, None]
    return {
        (ecosystem.parties[found.source[at]], ecosystem.parties[found.target[at]], kinds[found.kind[at]], products[found.product[at]]): (
            float(found.amount[at]),
            round(float(worth.utility[at]), 12),
            bool(worth.judged[at]),
        )
        for at in range(len(found))
    }


def survey(source: str, target: str, measure: str, value: float, day: str) -> Record:
    return {
        "type": "touchpoint",
        "id": f"{source}{target}{measure}{day}",
        "source": source,
        "target": target,
        "kind": "survey_answer",
        "occurred_at": day,
        "measure": measure,
        "value": value,
    }


def test_flows_of_one_giver_receiver_kind_and_product_are_one_stream() -> None:
    first, second = paid("f", "a", 10, utility=0.5, confidence=0.5), paid("f", "a", 30, utility=0.9, confidence=1) | {"id": "again"}
    ecosystem = ecosystem_of(first, second, paid("f", "a", 5, product="p") | {"id": "other product"})
    found = streams(ecosystem)
    assert found["a", "f", "money", None] == (40, round(0.8 * 0.875, 12), True)
    assert set(found) == {("a", "f", "money", None), ("a", "f", "money", "p")}
    assert sorted(ecosystem.fact_ids(streams_of(ecosystem, parameters_of({})).flow_rows(0))) == ["again", "f>a"]


def test_means_are_plain_where_an_amount_is_missing() -> None:
    first, second = flow("a", "f", amount=10, utility=0.2), flow("a", "f", utility=0.6) | {"id": "again"}
    assert streams(ecosystem_of(first, second))["a", "f", "knowledge", None] == (10, 0.4, True)


def test_refunds_count_with_their_sign_and_weigh_by_their_size() -> None:
    first, second = paid("f", "a", 30, utility=0.2), paid("f", "a", -10, utility=0.6) | {"id": "refund"}
    assert streams(ecosystem_of(first, second))["a", "f", "money", None] == (20, 0.3, True)


def test_a_net_refund_is_in_no_graph_and_listed() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 10), paid("f", "a", -10) | {"id": "refund"}, paid("f", "b", 1))
    assert set(streams(ecosystem)) == {("b", "f", "money", None)}
    for graph in ("utility", "value_chain", "influence", "facts"):
        assert not any("a" in pair for pair in edges(ecosystem, graph))
    warning = streams_of(ecosystem, parameters_of({})).warnings[0]
    assert (warning.code, warning.facts, warning.parties) == ("net-refund", ("f>a", "refund"), ("a", "f"))


def test_a_credit_note_without_its_product_is_set_off_against_what_the_pair_bought() -> None:
    """metrics.md section 1: c1 pays 1000 for fridges and gets 900 back, c2 pays 200."""
    records = [paid("f", "c1", 1000, product="fridge"), paid("f", "c1", -900) | {"id": "credit note"}, paid("f", "c2", 200, product="fridge")]
    ecosystem = ecosystem_of(*records)
    assert {key[0]: stream[0] for key, stream in streams(ecosystem).items()} == {"c1": pytest.approx(100), "c2": 200}
    assert edges(ecosystem, "value_chain") == {("f", "c1"): 100, ("f", "c2"): 200}
    shares = compute(ecosystem, "direct_share").values
    assert (shares["c1"], shares["c2"]) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert compute(ecosystem, "top1_in").values["f"] == pytest.approx(2 / 3)
    [warning] = streams_of(ecosystem, parameters_of({})).warnings
    assert (warning.code, warning.facts, warning.parties) == ("set-off", ("credit note",), ("c1", "f"))


def test_a_credit_note_lowers_the_other_streams_in_proportion_to_their_amounts() -> None:
    records = [paid("f", "a", 300, product="p"), paid("f", "a", 100, product="q") | {"id": "q"}, paid("f", "a", -200, product="r") | {"id": "r"}]
    found = streams(ecosystem_of(*records))
    assert {key[3]: stream[0] for key, stream in found.items()} == {"p": pytest.approx(150), "q": pytest.approx(50)}


def test_only_a_pair_whose_sum_of_the_kind_is_not_above_zero_is_left_out_whole() -> None:
    records = [paid("f", "a", 100, product="p"), paid("f", "a", -100) | {"id": "note"}, flow("f", "a", "goods", amount=80, product="p"), paid("f", "b", 1)]
    ecosystem = ecosystem_of(*records)
    assert {key[:3] for key in streams(ecosystem)} == {("f", "a", "goods"), ("b", "f", "money")}
    assert [(warning.code, warning.facts) for warning in streams_of(ecosystem, parameters_of({})).warnings] == [("net-refund", ("f>a", "note"))]


def test_cents_that_cancel_leave_nothing_over() -> None:
    dimes = [paid("f", "a", 0.1, product="p") | {"id": f"dime {place}"} for place in range(3)]
    assert streams(ecosystem_of(*dimes, paid("f", "a", -0.3))) == {}


def test_what_brings_in_little_of_all_is_no_sole_source() -> None:
    """f gets 1000 of money from others; the goods of a for 40 are 4 % of 1040: at most max(.2, 40 / (.05 x 1040))."""
    records = [paid("f", "c", 1000), flow("a", "f", "goods", amount=40), flow("b", "f", "service", amount=1), flow("d", "f", "data")]
    found = streams(ecosystem_of(*records))
    weighs = 40 / (0.05 * 1041)
    assert found["a", "f", "goods", None][1] == round(weighs * 0.57, 12)
    assert found["b", "f", "service", None][1] == found["d", "f", "data", None][1] == round(0.2 * 0.57, 12)
    assert edges(ecosystem_of(*records), "influence", implied_returns=False)["a", "f"] == pytest.approx(weighs)
    assert streams(ecosystem_of(*records), materiality=0)["a", "f", "goods", None][1] == 0.57
    assert streams(ecosystem_of(*records), materiality=1)["c", "f", "money", None][1] == round(1000 / 1041 * 0.57, 12)


def test_the_materiality_of_a_pair_is_that_of_all_its_products_together() -> None:
    records = [paid("f", "c", 1000), *(flow("a", "f", "goods", amount=5, product=product) | {"id": product} for product in "pq")]
    assert edges(ecosystem_of(*records), "influence", implied_returns=False)["a", "f"] == 0.2


def test_what_only_has_a_quantity_is_as_material_as_its_share_says() -> None:
    assert streams(ecosystem_of(paid("f", "c", 1000), flow("a", "f", "goods", quantity=3, unit="t")))["a", "f", "goods", None][1] == 0.57


def test_satisfaction_and_importance_make_a_judged_utility() -> None:
    found = streams(ecosystem_of(flow("a", "f", satisfaction="D", importance=4), flow("f", "a", satisfaction="A", importance=1, utility=0.7)))
    assert found["a", "f", "knowledge", None][1:] == (round(SATISFACTION["D"] * IMPORTANCE[3], 12), True)
    assert found["f", "a", "knowledge", None][1:] == (0.7, True)


def test_what_nobody_judged_is_share_times_satisfaction() -> None:
    found = streams(ecosystem_of(paid("f", "a", 30), paid("f", "b", 10)))
    assert found["a", "f", "money", None][1:] == (round(0.75 * 0.57, 12), False)
    assert found["b", "f", "money", None][1:] == (round(0.25 * 0.57, 12), False)


def test_a_judged_half_is_kept_and_the_other_half_computed() -> None:
    found = streams(ecosystem_of(paid("f", "a", 30, importance=5), paid("f", "b", 10, satisfaction="E")))
    assert found["a", "f", "money", None][1:] == (round(0.98 * 0.57, 12), False)
    assert found["b", "f", "money", None][1:] == (round(0.25 * 0.98, 12), False)


def test_the_receivers_latest_answer_toward_the_giver_is_its_satisfaction() -> None:
    answers = [
        survey("f", "a", "csat", 1, "2025-01-01"),
        survey("f", "a", "nps", 8, "2025-02-01"),
        survey("f", "a", "csat", 2, "2026-02-01"),
        survey("a", "f", "csat", 5, "2025-03-01"),
    ]
    assert streams(ecosystem_of(paid("f", "a", 30), *answers))["a", "f", "money", None][1] == 0.8
    same_day = [survey("f", "a", "nps", 1, "2025-02-01"), survey("f", "a", "csat", 3, "2025-02-01")]
    assert streams(ecosystem_of(paid("f", "a", 30), *same_day))["a", "f", "money", None][1] == 0.6


def test_a_stream_without_amount_takes_its_part_of_what_is_paid_for_it() -> None:
    """u gave v knowledge and data, w gave knowledge; v paid u 60 and w 30: each stream of u stands for 30."""
    records = [flow("u", "v"), flow("u", "v", "data"), flow("w", "v"), paid("u", "v", 60), paid("w", "v", 30)]
    found = streams(ecosystem_of(*records, focal="v"), materiality=0)
    assert found["u", "v", "knowledge", None][1] == round(0.5 * 0.57, 12)
    assert found["w", "v", "knowledge", None][1] == round(0.5 * 0.57, 12)
    assert found["u", "v", "data", None][1] == round(1 * 0.57, 12)


def test_without_money_the_quantities_of_one_unit_are_compared_and_else_there_is_no_share() -> None:
    records = [
        flow("u", "v", "goods", quantity=3, unit="t"),
        flow("w", "v", "goods", quantity=1, unit="t"),
        flow("x", "v", "goods", quantity=5, unit="m"),
        flow("y", "v", "goods"),
    ]
    found = streams(ecosystem_of(*records, focal="v"))
    assert [round(found[source, "v", "goods", None][1] / 0.57, 9) for source in "uwxy"] == [0.75, 0.25, 1, 0.2]


def test_judged_streams_count_in_the_shares_of_the_others() -> None:
    found = streams(ecosystem_of(paid("f", "a", 30, utility=1), paid("f", "b", 10)))
    assert found["b", "f", "money", None][1] == round(0.25 * 0.57, 12)


def test_what_a_party_gives_itself_is_no_part_of_what_it_receives_from_others() -> None:
    assert streams(ecosystem_of(paid("f", "f", 30), paid("f", "b", 10)))["b", "f", "money", None][1] == 0.57


def test_confidence_multiplies_a_computed_utility_and_no_share() -> None:
    found = streams(ecosystem_of(paid("f", "a", 30, confidence=0.5), paid("f", "b", 10)))
    assert found["a", "f", "money", None] == (30, round(0.75 * 0.57 * 0.5, 12), False)
    assert found["b", "f", "money", None][1] == round(0.25 * 0.57, 12)


def test_a_stream_by_product_keeps_to_the_roll_up() -> None:
    units = [*parties("lab", kind="unit"), related("lab", "f", "part_of")]
    found = streams(ecosystem_of(*units, paid("lab", "a", 4), paid("f", "a", 6)))
    assert found == {("a", "f", "money", None): (10, 0.57, False)}


@pytest.mark.parametrize(("weights", "mean"), [([1, 3], 0.75), ([-1, 3], 0.75), ([0, 0], 0.5), ([float("nan"), 3], 0.5)])
def test_weighted_means(weights: list[float], mean: float) -> None:
    assert weighted_means(np.array([0.0, 1.0]), np.array(weights), np.array([0, 2])).tolist() == [mean]


def test_a_mean_of_nothing_is_missing() -> None:
    assert np.isnan(weighted_means(np.array([np.nan]), np.array([1.0]), np.array([0, 1]))).all()


@given(st.lists(st.tuples(st.integers(-2, 3), st.integers(0, 2**40), st.sampled_from([-(2**30), 0, 5]))))
def test_one_number_sorts_as_its_keys_do(rows: list[tuple[int, int, int]]) -> None:
    keys = [np.array([row[place] for row in rows], np.int64) for place in range(3)]
    assert order_of(*keys).tolist() == sorted(range(len(rows)), key=lambda place: rows[place])

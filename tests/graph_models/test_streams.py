"""Streams: what belongs together, and what is left out as a net refund; deliveries and utilities on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_models.ecosystem import Ecosystem
from graph_models.parameters import parameters_of
from graph_models.streams import IMPORTANCE, SATISFACTION, order_of, streams_of, weighted_means
from graph_models.utilities import utilities_of
from tests.graph_models.ecosystems import Record, ecosystem_of, edges, flow, paid, parties, related


def streams(ecosystem: Ecosystem, **parameters: Any) -> dict[tuple[str, str, str, str | None], tuple[float, float, bool]]:
    """(source, target, kind, product) -> amount, utility, judged."""
    checked = parameters_of(parameters)
    found, worth = streams_of(ecosystem, checked), utilities_of(ecosystem, checked)
    facts = ecosystem.families["value_flows"]
    kinds, products = facts.coded("kind").texts, [*facts.coded("product").texts, None]
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
    found = streams(ecosystem_of(*records, focal="v"))
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

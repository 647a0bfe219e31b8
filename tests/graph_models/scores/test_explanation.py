"""Explanations: points that sum up, evidence with its facts, and what a fact's removal would change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from graph_models import compute
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.errors import InvalidInput
from graph_models.scores import evidence as part_evidence
from graph_models.scores.explanation import explain, value_without
from tests.graph_models.ecosystems import Record, ecosystem_of, flow, paid, parties, related, role, worked_chain
from tests.graph_models.scores.test_scores import judged

NONE: dict[str, list[str]] = {"implied": [], "also_stated": []}


def part(answer: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in answer["parts"] if item["part"] == name)


def test_the_points_of_the_worked_example_sum_to_the_score() -> None:
    ecosystem = worked_chain()
    for score in ("value_flow", "influence"):
        values = compute(ecosystem, score).values
        for party in ecosystem.parties:
            answer = explain(ecosystem, party, score)
            assert answer["value"] == values[party]
            if answer["value"] is not None:
                assert sum(item["points"] for item in answer["parts"]) == pytest.approx(answer["value"], abs=1e-9)


def test_who_hangs_on_a_party_is_the_evidence_of_its_criticality() -> None:
    distributor = part(explain(worked_chain(), "Distributor", "value_flow"), "criticality")
    assert [(item["path"], round(item["contribution"], 6)) for item in distributor["evidence"]] == [(["Consumer", "Retail", "Distributor", "Firm"], 0.409207)]
    assert distributor["evidence"][0]["facts"] == ["Retail>Consumer", "Distributor>Retail", "Firm>Distributor"]
    tier_one = part(explain(worked_chain(), "TierOne", "value_flow"), "criticality")
    assert [(item["path"], round(item["contribution"], 6)) for item in tier_one["evidence"]] == [
        (["TierTwo", "TierOne", "Firm"], 0.099253),
        (["RawMat", "TierTwo", "TierOne", "Firm"], 0.066169),
    ]
    assert sum(item["contribution"] for item in tier_one["evidence"]) == pytest.approx(tier_one["raw"])


def test_the_chains_through_a_party_are_the_evidence_of_what_passes_through_it() -> None:
    """Enterprise gets 100 of 350 directly, 60 of 210 from the distributor, 60 of 70 from the service."""
    enterprise = part(explain(worked_chain(), "Enterprise", "value_flow"), "pass_through")
    assert [(item["path"], round(item["contribution"], 6)) for item in enterprise["evidence"]] == [
        (["Enterprise", "Firm"], round(100 / 350, 6)),
        (["Enterprise", "Distributor", "Firm"], round(200 / 350 * 60 / 210, 6)),
        (["Enterprise", "Service", "Firm"], round(50 / 350 * 60 / 70, 6)),
    ]
    supplier = part(explain(worked_chain(), "TierTwo", "value_flow"), "pass_through")
    assert supplier["evidence"][0] == {
        "path": ["TierTwo", "TierOne", "Firm"],
        "facts": ["TierTwo>TierOne", "TierOne>Firm"],
        "implied": [],
        "also_stated": [],
        "contribution": pytest.approx(120 / 350 * 70 / 150),
    }


def test_a_chain_that_came_through_several_monthly_flows_names_them_all() -> None:
    months = [paid("f", "a", 10, valid_from=f"2025-0{month}") | {"id": f"m{month}"} for month in (1, 2, 3)]
    answer = explain(ecosystem_of(*months), "a", "value_flow")
    assert part(answer, "pass_through")["evidence"] == [{"path": ["a", "f"], "facts": ["m1", "m2", "m3"], **NONE, "contribution": 1.0}]


def test_the_strongest_loops_are_the_evidence_of_value_loops() -> None:
    records = [flow("f", "a", utility=0.5), flow("a", "f", utility=0.8), flow("f", "b", utility=0.3), flow("b", "f", utility=0.4), flow("a", "b", utility=0.5)]
    found = part(explain(ecosystem_of(*records), "a", "influence"), "value_loops")
    total = 0.4 + 0.12 + 0.5 * 0.5 * 0.4
    assert [(item["path"], item["facts"], round(item["contribution"], 9)) for item in found["evidence"]] == [
        (["a", "f"], ["f>a:knowledge", "a>f:knowledge"], round(0.4 / total, 9)),
        (["a", "b", "f"], ["f>a:knowledge", "a>b:knowledge", "b>f:knowledge"], round(0.1 / total, 9)),
    ]
    assert sum(item["contribution"] for item in found["evidence"]) == pytest.approx(found["raw"])


def test_the_likeliest_walks_are_the_evidence_of_reach() -> None:
    """a moves b (.2) and f (.3), b moves f (.4): walks against influence from f with restart 1 - .85."""
    records = [related("a", "b", "refers", strength=0.2), related("a", "f", "refers", strength=0.3), related("b", "f", "refers", strength=0.4)]
    found = part(explain(ecosystem_of(*records), "a", "influence"), "reach")["evidence"]
    assert [(item["path"], item["facts"], round(item["contribution"], 12)) for item in found] == [
        (["a", "b", "f"], ["a refers b", "b refers f"], round(0.15 * 0.85**2 * 0.4 / 0.7, 12)),
        (["a", "f"], ["a refers f"], round(0.15 * 0.85 * 0.3 / 0.7, 12)),
    ]


def test_walks_that_pass_the_focal_party_again_are_left_out() -> None:
    ecosystem = ecosystem_of(related("a", "f", "knows"), related("b", "f", "knows"))
    found = part(explain(ecosystem, "a", "influence"), "reach")["evidence"]
    assert [item["path"] for item in found] == [["a", "f"]]


def test_brokerage_names_pairs_that_the_party_stands_between() -> None:
    ecosystem = ecosystem_of(related("a", "b", "refers"), related("b", "c", "refers"), role("b", "f", "customer"))
    found = part(explain(ecosystem, "b", "influence"), "brokerage")
    assert found["evidence"] == [{"path": ["a", "b", "c"], "facts": ["a refers b", "b refers c"], **NONE, "contribution": 0.5}]
    assert found["raw"] == 0.5


def test_control_names_the_chains_of_shares_and_salience_the_judgement() -> None:
    records = [related("a", "b", "owns", share=0.6), related("b", "f", "owns", share=0.5), related("a", "f", "owns", share=0.1), judged("a", 0.8)]
    answer = explain(ecosystem_of(*records), "a", "influence")
    assert [(item["path"], round(item["contribution"], 9)) for item in part(answer, "control")["evidence"]] == [(["a", "b", "f"], 0.3), (["a", "f"], 0.1)]
    assert part(answer, "salience")["evidence"] == [{"path": ["a"], "facts": ["judged a"], **NONE, "contribution": pytest.approx(0.5)}]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=40), st.integers(1, 3))
def test_the_closest_pairs_are_those_of_all_pairs(edges: list[tuple[int, int]], givers_at_once: int) -> None:
    """Of all pairs of a giver and a taker of party 0 that have no tie: 1 / the number of ways in two steps, largest first, then by giver and taker."""
    ways = np.zeros((8, 8))
    for giver, taker in edges:
        ways[giver, taker] = giver != taker
    before, after = np.flatnonzero(ways[:, 0]), np.flatnonzero(ways[0])
    pairs = [(1.0 / (ways @ ways)[giver, taker], giver, taker) for giver in before for taker in after if giver != taker and not ways[giver, taker]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(part_evidence, "GIVERS", givers_at_once)
        found = part_evidence._closest(csr_array(ways), csr_array(ways.T), before, after)
    assert found == sorted(pairs, key=lambda pair: -pair[0])[:3]


def test_a_missing_part_has_its_reason_and_no_points() -> None:
    found = part(explain(ecosystem_of(role("a", "f", "customer")), "a", "influence"), "salience")
    assert found == {"part": "salience", "raw": None, "normalised": None, "weight": 0.2, "points": 0.0, "reason": "not-judged", "evidence": []}


def test_the_shape_of_an_answer() -> None:
    answer = explain(worked_chain(), "Retail", "value_flow")
    assert (answer["party_id"], answer["score"], answer["rank"], answer["rank_range"], answer["coverage"], answer["profile"]) == (
        "Retail",
        "value_flow",
        2,
        [2, 2],
        1.0,
        "default",
    )
    assert answer["snapshot_id"] == worked_chain().snapshot_id
    assert answer["most_influential_fact"] is None


@pytest.mark.parametrize("fresh", [True, False])
def test_the_counterfactual_is_a_full_recomputation(fresh: bool) -> None:
    ecosystem = worked_chain()
    answer = explain(ecosystem, "Retail", "value_flow", counterfactual=True)
    facts = {fact for item in answer["parts"] for evidence in item["evidence"] for fact in evidence["facts"]}
    moved = {}
    for fact in facts:
        smaller = ecosystem.without([fact])
        if fresh:
            smaller = Ecosystem.from_columns(smaller.columns, "Firm", ecosystem.as_of)
        without = compute(smaller, "value_flow").values["Retail"]
        assert value_without(ecosystem, fact, "Retail", "value_flow") == pytest.approx(without, abs=1e-12)
        moved[fact] = abs(answer["value"] - without)
    assert answer["most_influential_fact"]["fact_id"] == max(sorted(moved), key=moved.__getitem__)


def test_the_counterfactual_of_influence_reuses_nothing_that_has_changed() -> None:
    records: list[Record] = [
        role("a", "f", "customer"),
        role("b", "f", "supplier"),
        related("a", "b", "knows"),
        related("b", "c", "partners_with"),
        paid("f", "a", 10),
        paid("f", "c", 30),
        flow("f", "a", "goods"),
        flow("f", "c", "goods"),
        paid("b", "f", 5),
        flow("b", "f", "goods"),
        related("c", "f", "owns", share=0.3),
        judged("a", 0.4),
    ]
    ecosystem = ecosystem_of(*records)
    compute(ecosystem, "influence")
    for record in records:
        fresh = Ecosystem.from_columns(ecosystem.without([record["id"]]).columns, "f", ecosystem.as_of)
        expected = compute(fresh, "influence").values
        for party in ("a", "b", "c"):
            assert value_without(ecosystem, record["id"], party, "influence") == pytest.approx(expected[party], abs=1e-9)


def test_without_its_only_fact_a_party_may_be_undefined() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 10))
    assert explain(ecosystem, "a", "value_flow", counterfactual=True)["most_influential_fact"] == {"fact_id": "f>a", "value_without": None}


def test_what_cannot_be_explained_says_why() -> None:
    assert explain(worked_chain(), "Firm", "value_flow")["reason"] == "focal-party"
    assert explain(ecosystem_of(*parties("a")), "a", "influence")["reason"] == "no-focal-party"
    assert explain(ecosystem_of(role("a", "f", "customer")), "a", "value_flow")["reason"] == "no-value-chain"
    unit = ecosystem_of(*parties("lab", kind="unit"), related("lab", "f", "part_of"))
    assert explain(unit, "lab", "influence")["reason"] == "rolled-up"
    with pytest.raises(InvalidInput):
        explain(worked_chain(), "banana", "influence")
    with pytest.raises(InvalidInput):
        explain(worked_chain(), "Retail", "banana")

"""Claims: what several sources state of the same two parties counts once, and where they differ it is listed."""

from __future__ import annotations

from typing import Any

import pytest

from graph_models import compute
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import DEFAULTS, parameters_of
from graph_models.ecosystem.roll_up import claims_of, states_of
from graph_models.graphs.graph_types import graph_of
from graph_models.metrics.stakeholders.ownership import ownership_view
from graph_models.scores.explanation import explain
from graph_models.views.data_quality import data_quality_view
from tests.graph_models.ecosystems import Record, ecosystem_of, edges, parties, related, role


def document(name: str, reliability: str | None = None) -> Record:
    return {"type": "document", "id": name} | ({"reliability": reliability} if reliability else {})


def stake(name: str, share: float | None = 0.9, *cited: str, **fields: Any) -> Record:
    evidence = {"evidence": [{"document_id": document} for document in cited]} if cited else {}
    return {"type": "relationship", "id": name, "source": "a", "target": "f", "kind": "owns", **({"share": share} if share else {}), **evidence, **fields}


def counting(ecosystem: Ecosystem, family: str = "relationships", **parameters: Any) -> list[str]:
    claims = claims_of(ecosystem, family, parameters_of(parameters))
    return ecosystem.families[family].texts("id", claims.rows)


def test_one_stake_that_two_registers_state_is_one_stake() -> None:
    ecosystem = ecosystem_of(stake("one"), stake("two"))
    assert edges(ecosystem, "ownership") == edges(ecosystem, "influence") == {("a", "f"): 0.9}
    assert edges(ecosystem, "tie") == {("a", "f"): 0.9, ("f", "a"): 0.9}
    assert compute(ecosystem, "integrated_ownership").values["a"] == 0.9
    assert graph_of(ecosystem, "ownership", DEFAULTS).warnings == ()


def test_an_interest_tells_two_stakes_of_one_holder_apart() -> None:
    shares, votes, also = stake("one", 0.5, interest="shares"), stake("two", 0.2, interest="voting"), stake("three", 0.2, interest="voting")
    assert edges(ecosystem_of(shares, votes, also), "ownership") == {("a", "f"): 0.7}
    assert edges(ecosystem_of(shares, stake("no interest", 0.2)), "ownership") == {("a", "f"): 0.7}


REGISTERS = [document("A", "A"), document("B", "B"), document("F", "F"), document("none")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (stake("y", 0.9, "A"), stake("x", 0.8, "B", confidence=1.0)),
        (stake("y", 0.9, "F", "A"), stake("x", 0.8, "B")),
        (stake("y", 0.9, "F", confidence=0.1), stake("x", 0.8, "none")),
        (stake("y", 0.9, "F"), stake("x", 0.8)),
        (stake("y", 0.9, "A", confidence=0.8), stake("x", 0.8, "A", confidence=0.7)),
        (stake("y", 0.9), stake("x", 0.8, confidence=0.7)),
        (stake("y", 0.9), stake("x", 0.8, status="inferred")),
        (stake("y", 0.9, status="inferred", valid_from="2019"), stake("x", 0.8, status="inferred")),
        (stake("y", 0.9, valid_from="2021"), stake("x", 0.8, valid_from="2020")),
        (stake("x", 0.9), stake("y", 0.8)),
    ],
    ids=["evidence", "best document", "any grade before none", "any before nothing", "confidence", "no confidence is 1", "asserted", "start", "newest start",
         "id"],
)  # fmt: skip
def test_of_what_differs_that_with_the_best_evidence_counts_and_the_other_is_listed(first: Record, second: Record) -> None:
    for records in ([first, second], [second, first]):
        ecosystem = ecosystem_of(*records, *REGISTERS)
        assert counting(ecosystem) == [first["id"]]
        assert edges(ecosystem, "ownership") == {("a", "f"): 0.9}
        for graph in ("ownership", "influence"):
            [warning] = graph_of(ecosystem, graph, DEFAULTS).warnings
            assert (warning.code, warning.facts, warning.parties) == ("contradiction", (first["id"], second["id"]), ("a", "f"))


def test_the_confidence_of_the_fact_that_counts_multiplies_the_weight_and_never_the_share() -> None:
    ecosystem = ecosystem_of(stake("one", 0.5, "A", confidence=0.5), stake("two", 0.5, "B", confidence=0.9), *REGISTERS)
    assert edges(ecosystem, "influence") == {("a", "f"): 0.25}
    assert edges(ecosystem, "ownership") == {("a", "f"): 0.5}


def test_a_hypothesis_makes_a_claim_only_where_hypotheses_are_asked_for() -> None:
    guess, known = stake("a guess", 0.8, "A", status="hypothesis"), stake("known", 0.3, "B")
    ecosystem = ecosystem_of(guess, known, *REGISTERS)
    assert counting(ecosystem) == ["known"]
    assert counting(ecosystem, hypotheses=True) == ["a guess"]


def test_roles_of_one_product_are_one_claim_and_the_best_one_says_the_stage() -> None:
    cited = {"evidence": [{"document_id": "A"}]}
    crm, accounts = role("a", "f", "customer", stage="active"), role("a", "f", "customer", stage="lapsed") | {"id": "accounts", **cited}
    other = role("a", "f", "customer", product="p", stage="active") | {"id": "of a product"}
    ecosystem = ecosystem_of(crm, accounts, *REGISTERS)
    assert edges(ecosystem, "influence")["a", "f"] == pytest.approx(0.3 * 0.3)
    assert [warning.code for warning in graph_of(ecosystem, "influence", DEFAULTS).warnings] == ["contradiction"]
    assert edges(ecosystem_of(crm, accounts, other, *REGISTERS), "influence")["a", "f"] == pytest.approx(1 - (1 - 0.3 * 0.3) * (1 - 0.3))


def test_filters_read_all_facts_and_only_weights_are_joined() -> None:
    ecosystem = ecosystem_of(role("a", "f", "customer"), role("a", "f", "customer") | {"id": "again"})
    assert len(states_of(ecosystem, "roles", DEFAULTS)) == 2
    assert compute(ecosystem, "degree", graph="facts").values["a"] == 1
    assert edges(ecosystem, "facts", weight="strength") == {("a", "f"): 0.3}


def test_stakes_of_two_departments_are_two_stakes_of_the_company() -> None:
    units = [*parties("d1", "d2", kind="unit"), related("d1", "a", "part_of"), related("d2", "a", "part_of")]
    ecosystem = ecosystem_of(*units, related("d1", "f", "owns", share=0.2), related("d2", "f", "owns", share=0.3))
    assert edges(ecosystem, "ownership") == {("a", "f"): 0.5}


def test_a_group_is_rolled_up_by_stakes_that_count_once() -> None:
    twice = [related("a", "b", "owns", share=0.3) | {"id": name} for name in ("one", "two")]
    ecosystem = ecosystem_of(*twice, related("b", "f", "knows"))
    assert edges(ecosystem, "influence", roll_up="group") == {("a", "b"): 0.3, ("b", "f"): 0.2, ("f", "b"): 0.2}


def test_explanations_and_the_view_of_ownership_show_who_states_the_same() -> None:
    ecosystem = ecosystem_of(stake("one", 0.9, "A"), stake("two", 0.9), related("a", "f", "knows"), *REGISTERS)
    parts = {part["part"]: part for part in explain(ecosystem, "a", "influence")["parts"]}
    for part in ("reach", "control"):
        [evidence] = parts[part]["evidence"]
        assert ("one" in evidence["facts"], evidence["also_stated"], evidence["implied"]) == (True, ["two"], [])
    [holder] = ownership_view(ecosystem, DEFAULTS)["holders"]
    assert (holder["facts"], holder["also_stated"]) == (["one"], ["two"])


def test_data_quality_lists_contradictions_with_what_each_source_states() -> None:
    ecosystem = ecosystem_of(stake("one", 0.9, "A"), stake("two", 0.8), stake("three", None), related("b", "f", "knows"), *REGISTERS)
    view = data_quality_view(ecosystem, DEFAULTS)
    assert view["contradictions"] == [
        {"family": "relationships", "source": "a", "target": "f", "kind": "owns", "field": "share", "facts": ["one", "two"], "values": [0.9, 0.8]}
    ]
    assert view["claims"] == {"facts": 4, "claims": 2}

"""The graphs that metrics run on, computed by hand."""

from __future__ import annotations

from typing import Any

import pytest

from graph_models.ecosystem.parameters import parameters_of
from graph_models.errors import InvalidInput
from graph_models.graphs.graph_types import graph_of
from graph_models.records.vocabulary import BUILT_IN, terms_of
from tests.graph_models.ecosystems import Record, ecosystem_of, edges, flow, paid, related, role


def test_roles_move_both_ways_and_owns_regulates_refers_one_way() -> None:
    records = [
        role("a", "f", "supplier"),
        related("b", "f", "owns", share=0.3),
        related("c", "f", "regulates"),
        related("d", "f", "refers", strength=0.5),
        related("e", "f", "knows"),
    ]
    assert edges(ecosystem_of(*records), "influence") == {
        ("a", "f"): 0.4,
        ("f", "a"): 0.4,
        ("b", "f"): 0.3,
        ("c", "f"): 0.7,
        ("d", "f"): 0.5,
        ("e", "f"): 0.2,
        ("f", "e"): 0.2,
    }


def test_owning_moves_by_its_share_whatever_its_strength() -> None:
    assert edges(ecosystem_of(related("a", "f", "owns", strength=0.9)), "influence") == {("a", "f"): 0.2}
    assert edges(ecosystem_of(related("a", "f", "owns", strength=0.9, share=0.1)), "influence") == {("a", "f"): 0.1}


def test_all_that_moves_a_pair_is_one_edge() -> None:
    """1 - (1 - .4 x .5)(1 - .2)(1 - .57): supplier with confidence .5, knows, the whole of what f gets of knowledge (share 1)."""
    ecosystem = ecosystem_of(role("a", "f", "supplier", confidence=0.5), related("a", "f", "knows"), flow("a", "f", utility=0.57))
    found = edges(ecosystem, "influence")
    assert found["a", "f"] == pytest.approx(1 - 0.8 * 0.8 * 0.43)
    assert found["f", "a"] == pytest.approx(1 - 0.8 * 0.8)
    graph = graph_of(ecosystem, "influence", parameters_of({}))
    assert ecosystem.fact_ids(graph.edge_facts(0)) == ["a supplier f", "a knows f", "a>f:knowledge"]
    assert ecosystem.fact_ids(graph.edge_facts(1)) == ["a supplier f", "a knows f"]


def test_of_a_pair_and_kind_the_judged_streams_count_each_else_the_pairs_share() -> None:
    judged, other = flow("a", "f", amount=1, utility=0.5, product="p"), flow("a", "f", amount=3, product="q") | {"id": "q"}
    also = flow("a", "f", amount=1, utility=0.4, product="r") | {"id": "r"}
    assert edges(ecosystem_of(judged, other, also), "influence") == {("a", "f"): 0.7}
    assert edges(ecosystem_of(other, flow("b", "f", amount=1)), "influence") == {("a", "f"): 0.75, ("b", "f"): 0.25}


def test_the_share_of_a_pair_adds_its_products_and_has_their_confidence() -> None:
    records = [paid("f", "a", 1, product="p", confidence=0.5), paid("f", "a", 3, product="q") | {"id": "q"}, paid("f", "b", 4)]
    assert edges(ecosystem_of(*records), "influence", implied_returns=False) == {("a", "f"): round(0.5 * (0.5 + 3) / 4, 12), ("b", "f"): 0.5}


def test_what_has_no_share_moves_a_fifth() -> None:
    assert edges(ecosystem_of(flow("a", "f"), flow("b", "f", confidence=0.5)), "influence") == {("a", "f"): 0.2, ("b", "f"): 0.1}


@pytest.mark.parametrize(
    ("stage", "weight"),
    [(None, 1), ("prospect", 0.3), ("new", 0.7), ("active", 1), ("at_risk", 1), ("returned", 1), ("lapsed", 0.3), ("ended", 0)],
)  # fmt: skip
def test_a_role_weighs_by_its_stage(stage: str | None, weight: float) -> None:
    expected = {("a", "f"): 0.4 * weight, ("f", "a"): 0.4 * weight} if weight else {}
    assert edges(ecosystem_of(role("a", "f", "supplier", stage=stage)), "influence") == pytest.approx(expected)


def test_a_stage_of_a_workspaces_own_weighs_by_its_entry() -> None:
    label = {"label": {"en": "Paused", "zh": "暂停"}}
    own = BUILT_IN.extended(terms_of({"stages": [{"id": "paused", "weight": 0.5, **label}, {"id": "resumed", **label}]}))
    ecosystem = ecosystem_of(role("a", "f", "supplier", stage="paused"), role("b", "f", "supplier", stage="resumed"), vocabulary=own)
    assert edges(ecosystem, "influence") == {("a", "f"): 0.2, ("f", "a"): 0.2, ("b", "f"): 0.4, ("f", "b"): 0.4}


def test_every_role_and_relationship_kind_has_its_default_strength() -> None:
    roles = {
        0.6: "regulator government", 0.5: "department investor", 0.4: "distributor supplier partner platform",
        0.3: "customer channel_customer agent wholesaler retailer service_provider developer user holder media kol employee",
        0.2: "association university competitor carbon_market community owner advocate", 0.1: "alumni public competitor_customer",
    }  # fmt: skip
    relationships = {
        0.8: "part_of",
        0.7: "regulates",
        0.6: "reports_to",
        0.5: "partners_with",
        0.3: "refers buying_centre_of",
        0.2: "owns member_of knows competes_with looks_after",
    }
    for listed, kinds in ((roles, BUILT_IN.roles), (relationships, BUILT_IN.relationship_kinds)):
        assert {kind: strength for strength, names in listed.items() for kind in names.split()} == {name: kind.default_strength for name, kind in kinds.items()}
    assert {name for name, kind in BUILT_IN.relationship_kinds.items() if kind.one_way} == {"owns", "regulates", "refers"}
    assert not any(kind.one_way for kind in BUILT_IN.roles.values())


def test_a_tie_is_both_directions_together() -> None:
    ecosystem = ecosystem_of(related("a", "f", "owns", share=0.5), related("f", "a", "refers", strength=0.2))
    assert edges(ecosystem, "tie") == {("a", "f"): 0.6, ("f", "a"): 0.6}
    graph = graph_of(ecosystem, "tie", parameters_of({}))
    assert not graph.directed
    assert ecosystem.fact_ids(graph.edge_facts(0)) == ["a owns f", "f refers a"]


def test_ownership_adds_shares_without_confidence_and_lists_what_has_none() -> None:
    records = [
        related("a", "f", "owns", share=0.5, confidence=0.1),
        related("a", "f", "owns", share=0.2, interest="voting") | {"id": "more"},
        related("b", "f", "owns"),
    ]
    ecosystem = ecosystem_of(*records)
    assert edges(ecosystem, "ownership") == {("a", "f"): 0.7}
    assert graph_of(ecosystem, "ownership", parameters_of({})).warnings[0][0::2] == ("no-share", ("b owns f",))


def test_utility_leaves_computed_streams_out_where_only_judged_ones_are_asked_for() -> None:
    ecosystem = ecosystem_of(flow("a", "f", utility=0.5), paid("f", "b", 3), paid("f", "f", 3))
    assert edges(ecosystem, "utility") == {("a", "f"): 0.5, ("b", "f"): 0.57, ("f", "b"): 0.57}
    assert edges(ecosystem, "utility", utility="judged") == {("a", "f"): 0.5}


FACTS: tuple[Record, ...] = (
    role("a", "f", "customer", confidence=0.5),
    related("a", "f", "knows", strength=0.8),
    related("f", "a", "knows"),
    paid("f", "a", 10),
    paid("f", "a", 5) | {"id": "again"},
    paid("f", "f", 1),
    flow("b", "f", utility=0.5),
)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, {("a", "f"): 1, ("b", "f"): 1, ("f", "a"): 1, ("f", "f"): 1}),
        ({"kinds": ["money"]}, {("a", "f"): 1, ("f", "f"): 1}),
        ({"weight": "amount"}, {("a", "f"): 15, ("f", "f"): 1}),
        ({"weight": "strength"}, {("a", "f"): 0.95, ("f", "a"): 0.2}),
        ({"weight": "utility", "kinds": ["knowledge"]}, {("b", "f"): 0.5}),
        ({"weight": "strength", "directed": False}, {("a", "f"): 1.15, ("f", "a"): 1.15}),
        ({"directed": False}, {("a", "f"): 1, ("f", "a"): 1, ("b", "f"): 1, ("f", "b"): 1, ("f", "f"): 1}),
        ({"weight": "distance", "distance_of": "amount"}, {("a", "f"): round(1 / 15, 12), ("f", "f"): 1}),
        ({"kinds": ["knows"], "reversed": True}, {("a", "f"): 1, ("f", "a"): 1}),
        ({"kinds": ["knowledge"], "reversed": True}, {("f", "b"): 1}),
    ],
)
def test_the_graph_of_facts(parameters: dict[str, Any], expected: dict[tuple[str, str], float]) -> None:
    assert edges(ecosystem_of(*FACTS), "facts", **parameters) == pytest.approx(expected)


def test_weight_none_and_distance_hold_for_every_graph() -> None:
    ecosystem = ecosystem_of(related("a", "f", "owns", share=0.5))
    for graph in ("influence", "ownership"):
        assert edges(ecosystem, graph, weight="none") == {("a", "f"): 1}
        assert edges(ecosystem, graph, weight="distance") == {("a", "f"): 2}
    assert edges(ecosystem, "tie", weight="distance") == {("a", "f"): 2, ("f", "a"): 2}


def test_what_weighs_nothing_is_infinitely_far() -> None:
    assert edges(ecosystem_of(flow("a", "f", utility=0)), "utility") == {("a", "f"): 0}
    assert edges(ecosystem_of(flow("a", "f", utility=0)), "utility", weight="distance") == {}


@pytest.mark.parametrize(
    ("graph", "parameters", "field"),
    [
        ("facts", {"weight": "distance"}, "distance_of"),
        ("influence", {"weight": "amount"}, "weight"),
        ("value_chain", {"weight": "strength"}, "weight"),
        ("tie", {"weight": "distance", "distance_of": "amount"}, "weight"),
        ("banana", {}, "graph"),
    ],
)
def test_a_weight_that_a_graph_has_not_is_refused(graph: str, parameters: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        graph_of(ecosystem_of(*FACTS), graph, parameters_of(parameters))
    assert caught.value.errors[0].field == field


def test_every_valid_party_is_a_node_and_a_party_can_be_taken_away() -> None:
    ecosystem = ecosystem_of(*FACTS, {"type": "party", "id": "alone", "name": "alone", "kind": "person"})
    graph = graph_of(ecosystem, "influence", parameters_of({}))
    assert graph.count == 4
    smaller = graph.without(ecosystem.index("a"))
    assert (smaller.count, len(smaller.source)) == (3, 1)
    assert graph.matrix()[ecosystem.index("b"), ecosystem.index("f")] == 0.5


def test_a_hypothesis_is_left_out() -> None:
    guess = related("a", "f", "knows", status="hypothesis")
    assert edges(ecosystem_of(guess), "influence") == {}
    assert edges(ecosystem_of(guess), "influence", hypotheses=True) == {("a", "f"): 0.2, ("f", "a"): 0.2}


def test_a_kind_of_a_workspaces_own_works_by_its_entry_alone() -> None:
    label = {"label": {"en": "Banana", "zh": "香蕉"}}
    own = BUILT_IN.extended(
        terms_of(
            {
                "roles": [{"id": "patron", "default_strength": 0.9, **label}],
                "value_kinds": [{"id": "licence", "means": "trade", **label}],
                "relationship_kinds": [{"id": "audits", "default_strength": 0.6, "one_way": True, **label}],
            }
        )
    )
    ecosystem = ecosystem_of(role("a", "f", "patron"), related("b", "f", "audits"), flow("f", "c", "licence", amount=7), vocabulary=own)
    assert edges(ecosystem, "influence") == {("a", "f"): 0.9, ("f", "a"): 0.9, ("b", "f"): 0.6, ("f", "c"): 1}
    assert edges(ecosystem, "value_chain") == {("f", "c"): 7}

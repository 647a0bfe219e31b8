"""Reach, PageRank and betweenness: published numbers, and what plain networkx answers."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute
from graph_models.errors import InvalidInput, ParameterOutOfRange, TooCostly
from graph_models.kernels.centrality.betweenness import dependencies
from graph_models.metrics import sampling as pivots
from graph_models.metrics.structure.centrality import scaled_up
from tests.graph_models.metrics.made import FAMILIES, ecosystem, florentine_families, of_networkx, owns, parties, ties
from tests.graph_models.metrics.structure.networks import FACTS, networks


def test_betweenness_of_the_florentine_families() -> None:
    """Wasserman, Faust, Social Network Analysis, 1994, table 5.1 (15 families, normalised): Medici .522, Guadagni .255, Acciaiuoli 0."""
    values = compute(florentine_families(), "betweenness", **FAMILIES).values
    assert values["Medici"] == pytest.approx(0.521978, abs=1e-6)
    assert values["Guadagni"] == pytest.approx(0.254579, abs=1e-6)
    assert values["Acciaiuoli"] == 0


def test_betweenness_of_krackhardts_kite() -> None:
    """Krackhardt, Assessing the political landscape, ASQ 35, 1990: Heather (7) is the broker, 14 of 36 pairs."""
    values = compute(of_networkx(nx.krackhardt_kite_graph()), "betweenness", **FACTS, directed=False).array
    assert values[7] == pytest.approx(14 / 36)
    assert values[8] == pytest.approx(8 / 36)
    assert values[[0, 1, 9]].tolist() == pytest.approx([0.0231481, 0.0231481, 0.0], abs=1e-6)


def test_pagerank_of_the_karate_club() -> None:
    """Zachary 1977; PageRank .85 unweighted as published with networkx: instructor (0) .0970, president (33) .1009; betweenness .4376 and .3041 (Brandes)."""
    values = compute(of_networkx(nx.karate_club_graph()), "pagerank", **FACTS, directed=False).array
    assert values[[0, 33]].tolist() == pytest.approx([0.096997, 0.100919], abs=1e-6)
    assert values.sum() == pytest.approx(1)


@settings(deadline=None, max_examples=40)
@given(networks(), st.booleans(), st.booleans())
def test_they_are_those_of_networkx(graph: nx.DiGraph, directed: bool, normalised: bool) -> None:
    made = of_networkx(graph)
    plain = graph if directed else graph.to_undirected()
    options = {**FACTS, "directed": directed}
    ranks = nx.pagerank(plain, tol=1e-14, max_iter=999)
    assert compute(made, "pagerank", **options).array.tolist() == pytest.approx([ranks[node] for node in range(len(graph))])
    expected = nx.betweenness_centrality(plain, normalized=normalised)
    for weight in ({}, {"weight": "distance", "distance_of": "strength"}):
        if weight and nx.number_of_selfloops(graph):
            continue  # a flow has no strength
        found = compute(made, "betweenness", **(options | weight), normalised=normalised).array
        assert found.tolist() == pytest.approx([expected[node] for node in range(len(graph))])


@settings(deadline=None, max_examples=40)
@given(networks())
def test_reach_is_personal_pagerank_against_the_direction_of_influence(graph: nx.DiGraph) -> None:
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    for _, _, data in graph.edges(data=True):
        data["weight"] = 0.3  # what `refers` weighs
    expected = nx.pagerank(graph.reverse(), personalization={0: 1}, tol=1e-14, max_iter=999)
    result = compute(of_networkx(graph), "reach")
    assert result.array.tolist() == pytest.approx([expected[node] for node in range(len(graph))])


def test_reach_sees_through_chains_and_nothing_beside_them() -> None:
    made = ecosystem(parties("adviser", "board", "firm", "stranger") + ties([("adviser", "board"), ("board", "firm")], "refers"), "firm")
    values = compute(made, "reach").values
    total = 1 + 0.85 + 0.85**2
    assert values == pytest.approx({"firm": 1 / total, "board": 0.85 / total, "adviser": 0.85**2 / total, "stranger": 0.0})


def test_reach_needs_a_focal_party() -> None:
    result = compute(ecosystem(parties("a"), "nobody"), "reach")
    assert (result.values, result.reasons) == ({"a": None}, {"a": "no-focal-party"})


def test_dangling_mass_goes_everywhere_unless_it_is_to_restart() -> None:
    made = ecosystem(parties("a", "b", "c") + ties([("a", "b")], "refers"), "a")
    graph = nx.DiGraph([("a", "b")])
    graph.add_node("c")
    for dangling, theirs in (("uniform", {"a": 1, "b": 1, "c": 1}), ("restart", None)):
        found = compute(made, "pagerank", personalization={"a": 2.0, "c": 1.0}, dangling=dangling).values
        assert found == pytest.approx(nx.pagerank(graph, personalization={"a": 2, "c": 1}, dangling=theirs, tol=1e-13), abs=1e-9)


def test_weights_that_sum_to_nothing_or_name_nobody_are_refused() -> None:
    made = ecosystem(parties("a"), "a")
    with pytest.raises(ParameterOutOfRange):
        compute(made, "pagerank", personalization={"a": 0.0})
    with pytest.raises(InvalidInput) as refused:
        compute(made, "pagerank", personalization={"nobody": 1.0})
    assert refused.value.errors[0].field == "personalization"


def test_a_rolled_up_unit_has_no_value_and_its_ties_count_for_the_whole() -> None:
    records = [*parties("firm", "partner"), {"type": "party", "id": "sales", "name": "Sales", "kind": "unit"}]
    records += ties([("sales", "firm")], "part_of") + ties([("partner", "sales")], "refers")
    made = ecosystem(records, "firm")
    for metric in ("reach", "pagerank", "betweenness", "degree", "strength_in", "constraint"):
        result = compute(made, metric)
        assert result.values["sales"] is None
        assert result.reasons["sales"] == "rolled-up"
    assert compute(made, "degree").values["firm"] == 1
    assert compute(made, "pagerank").array[[0, 1]].sum() == pytest.approx(1)


def test_above_the_limit_sources_are_drawn_and_the_error_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = nx.gnm_random_graph(60, 150, seed=3, directed=True)
    made = of_networkx(graph)
    exact = compute(made, "betweenness", **FACTS).array
    monkeypatch.setattr(pivots, "EXACT_PARTIES", 20)
    found = [compute(made, "betweenness", **FACTS, pivots=30, seed=seed) for seed in range(60)]
    assert found[0].warnings[0].code == "sampled"
    assert found[0].standard_error is not None
    assert np.mean([one.array for one in found], axis=0) == pytest.approx(exact, abs=0.02)
    inside = [np.abs(one.array - exact) <= 2 * one.standard_error + 1e-12 for one in found if one.standard_error is not None]
    assert np.mean(inside) > 0.85
    again = compute(made, "betweenness", **FACTS, pivots=30, seed=0)
    assert again.array.tolist() == found[0].array.tolist()
    assert compute(made, "betweenness", **FACTS, pivots=60).standard_error is None


def test_sampled_betweenness_of_a_star_is_exact_and_never_above_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """All ways lead through the hub, from whichever leaves they are drawn; before, the hub had n / (n - 1)."""
    monkeypatch.setattr(pivots, "EXACT_PARTIES", 5)
    made = of_networkx(nx.star_graph(11))
    for seed in range(8):  # with and without the hub among the pivots
        result = compute(made, "betweenness", **FACTS, directed=False, pivots=4, seed=seed)
        assert result.array.tolist() == [1.0] + [0.0] * 11
        assert result.standard_error is not None
        assert result.standard_error.tolist() == [0.0] * 12


@pytest.mark.parametrize("directed", [True, False])
def test_over_all_draws_the_mean_is_the_betweenness_and_the_error_is_that_of_the_draws(directed: bool) -> None:
    """Every choice of 4 of 7 sources once: unbiased, and of each party the mean of the estimated variances is the variance of the estimates."""
    graph = nx.gnp_random_graph(7, 0.4, seed=5, directed=directed)
    matrix = nx.to_scipy_sparse_array(graph, nodelist=range(7), format="csr", dtype=float)
    exact = dependencies(matrix, np.arange(7)).total
    draws = [np.array(draw) for draw in combinations(range(7), 4)]
    found = [scaled_up(dependencies(matrix, draw), draw, 7) for draw in draws]
    for party in range(7):
        for among in (True, False):  # the party is a pivot itself, or none
            mine = [(values[party], error[party]) for draw, (values, error) in zip(draws, found, strict=True) if (party in draw) == among]
            values, errors = np.array(mine).T
            assert values.mean() == pytest.approx(exact[party])
            assert (errors**2).mean() == pytest.approx(values.var())


def test_a_single_pivot_tells_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pivots, "EXACT_PARTIES", 5)
    made = of_networkx(nx.path_graph(6))
    for metric in ("betweenness", "closeness", "harmonic"):
        error = compute(made, metric, **FACTS, directed=False, pivots=1).standard_error
        assert error is not None
        assert np.isnan(error).all()


def test_what_would_take_hours_is_refused_with_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    made = of_networkx(nx.path_graph(5, create_using=nx.DiGraph))
    monkeypatch.setattr(pivots, "MOST_STEPS", 10)
    with pytest.raises(TooCostly, match="the limit is 10"):
        compute(made, "betweenness")
    monkeypatch.setattr(pivots, "MOST_WEIGHTED_STEPS", 10)
    with pytest.raises(TooCostly, match="by distance"):
        compute(made, "betweenness", weight="distance")


def test_betweenness_by_distance_prefers_strong_ties() -> None:
    records = parties("a", "b", "c") + ties([("a", "b"), ("b", "c")], "refers", strength=1.0) + ties([("a", "c")], "refers", strength=0.2)
    made = ecosystem(records, "a")
    assert compute(made, "betweenness").values["b"] == 0
    assert compute(made, "betweenness", weight="distance").values["b"] == 0.5


def test_ownership_is_influence_from_the_owner() -> None:
    made = ecosystem(parties("firm", "fund") + owns(("fund", "firm", 0.5)), "firm")
    assert compute(made, "reach").values["fund"] == pytest.approx(0.85 / 1.85)

"""Closeness and harmonic centrality: published numbers, what plain networkx answers, and pivots."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute
from graph_models.errors import TooCostly
from graph_models.metrics import sampling as pivots
from tests.graph_models.metrics.made import FAMILIES, florentine_families, of_networkx
from tests.graph_models.metrics.structure.networks import FACTS, networks, weighted_networks

TIES = {**FACTS, "directed": False}


def test_closeness_of_the_florentine_families() -> None:
    """Wasserman, Faust, Social Network Analysis, 1994, table 5.1."""
    values = compute(florentine_families(), "closeness", **FAMILIES).values
    published = {"Medici": 0.560, "Ridolfi": 0.500, "Tornabuoni": 0.483, "Albizzi": 0.483, "Guadagni": 0.467, "Pazzi": 0.286, "Ginori": 0.333}
    assert {family: values[family] for family in published} == pytest.approx(published, abs=5e-4)


def test_closeness_of_krackhardts_kite() -> None:
    """Krackhardt, ASQ 35, 1990: Fernando and Garth (5, 6) are nearest to all, Jane (9) farthest."""
    values = compute(of_networkx(nx.krackhardt_kite_graph()), "closeness", **TIES).array
    assert values.tolist() == pytest.approx([0.529, 0.529, 0.500, 0.600, 0.500, 0.643, 0.643, 0.600, 0.429, 0.310], abs=5e-4)


def test_harmonic_of_krackhardts_kite() -> None:
    """By hand: one party is one step from Jane (9), one two, two three, five four; from Diane (3) six are one step, one two, one three, one four."""
    result = compute(of_networkx(nx.krackhardt_kite_graph()), "harmonic", **TIES)
    assert result.array[9] == pytest.approx(1 + 1 / 2 + 2 / 3 + 5 / 4)
    assert result.array[3] == pytest.approx(6 + 1 / 2 + 1 / 3 + 1 / 4)
    assert compute(of_networkx(nx.krackhardt_kite_graph()), "harmonic", **TIES, normalised=True).array == pytest.approx(result.array / 9)


def test_who_is_reached_by_few_is_not_near() -> None:
    """By hand: in two pairs each is reached by one of three others, at distance 1: 1/3 * 1; without the factor 1/1."""
    made = of_networkx(nx.Graph([(0, 1), (2, 3)]))
    assert compute(made, "closeness").array.tolist() == pytest.approx([1 / 3] * 4)
    assert compute(made, "closeness", normalised=False).array.tolist() == [1.0] * 4
    assert compute(made, "harmonic").array.tolist() == [1.0] * 4


@settings(max_examples=40)
@given(networks(), st.booleans())
def test_they_are_those_of_networkx_in_hops(graph: nx.DiGraph, directed: bool) -> None:
    made, plain, nodes = of_networkx(graph), graph if directed else graph.to_undirected(), range(len(graph))
    options = {**FACTS, "directed": directed}
    close, near = nx.closeness_centrality(plain), nx.harmonic_centrality(plain)
    assert compute(made, "closeness", **options).array.tolist() == pytest.approx([close[node] for node in nodes])
    assert compute(made, "harmonic", **options).array.tolist() == pytest.approx([near[node] for node in nodes])
    backward = nx.harmonic_centrality(plain.reverse() if directed else plain)
    assert compute(made, "harmonic", **options, reversed=True).array.tolist() == pytest.approx([backward[node] for node in nodes])


@settings(max_examples=40)
@given(weighted_networks())
def test_they_are_those_of_networkx_by_distance(graph: nx.DiGraph) -> None:
    made, nodes = of_networkx(graph), range(len(graph))
    for *_, data in graph.edges(data=True):
        data["distance"] = 1 / data["strength"]
    close, near = nx.closeness_centrality(graph, distance="distance"), nx.harmonic_centrality(graph, distance="distance")
    for options in ({"graph": "influence", "weight": "distance"}, {"graph": "facts", "weight": "distance", "distance_of": "strength"}):
        assert compute(made, "closeness", **options).array.tolist() == pytest.approx([close[node] for node in nodes])
        assert compute(made, "harmonic", **options).array.tolist() == pytest.approx([near[node] for node in nodes])
    undirected = nx.harmonic_centrality(nx.Graph(graph.edges) if len(graph.edges) else graph)
    assert [value for value in compute(made, "harmonic").array.tolist() if value] == pytest.approx([value for _, value in sorted(undirected.items()) if value])


@pytest.mark.parametrize("metric", ["closeness", "harmonic"])
@pytest.mark.parametrize("options", [{}, {"normalised": False}, {"weight": "distance", "distance_of": "strength"}], ids=["hops", "plain", "distance"])
def test_above_the_limit_pivots_are_drawn_and_the_error_is_said(monkeypatch: pytest.MonkeyPatch, metric: str, options: dict[str, object]) -> None:
    graph = nx.gnm_random_graph(60, 150, seed=3)
    assert nx.is_connected(graph)
    nx.set_edge_attributes(graph, {edge: 0.25 + 0.75 * (place % 4) / 3 for place, edge in enumerate(graph.edges)}, "strength")
    made, options = of_networkx(graph), TIES | options
    exact = compute(made, metric, **options).array
    monkeypatch.setattr(pivots, "EXACT_PARTIES", 20)
    found = [compute(made, metric, **options, pivots=30, seed=seed) for seed in range(80)]
    assert found[0].warnings[0].code == "sampled"
    assert found[0].standard_error is not None
    assert np.mean([one.array for one in found], axis=0) == pytest.approx(exact, rel=0.03)
    inside = [np.abs(one.array - exact) <= 2 * one.standard_error + 1e-12 for one in found if one.standard_error is not None]
    assert np.mean(inside) > 0.85
    assert compute(made, metric, **options, pivots=30, seed=0).array.tolist() == found[0].array.tolist()
    whole = compute(made, metric, **options, pivots=60)
    assert (whole.standard_error, whole.array.tolist()) == (None, exact.tolist())


def test_a_sample_in_a_connected_graph_favours_no_pivot(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a complete graph all are equal, whoever is drawn."""
    made = of_networkx(nx.complete_graph(30))
    monkeypatch.setattr(pivots, "EXACT_PARTIES", 20)
    assert compute(made, "closeness", pivots=7).array == pytest.approx(np.ones(30))
    assert compute(made, "harmonic", pivots=7).array == pytest.approx(np.full(30, 29.0))
    assert compute(made, "harmonic", pivots=7).standard_error == pytest.approx(np.zeros(30), abs=1e-9)
    assert compute(made, "harmonic", pivots=1).array[compute(made, "degree", pivots=1).array > 0].max() == pytest.approx(29.0)


def test_what_would_take_hours_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pivots, "MOST_STEPS", 10)
    for metric in ("closeness", "harmonic"):
        with pytest.raises(TooCostly, match=f"{metric} from 5 sources .* the limit is 10"):
            compute(of_networkx(nx.path_graph(5)), metric)

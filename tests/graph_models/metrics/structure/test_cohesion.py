"""Clustering and core numbers: published numbers, and what plain networkx answers."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute
from tests.graph_models.metrics.made import FAMILIES, florentine_families, of_networkx
from tests.graph_models.metrics.structure.networks import FACTS, networks, weighted_networks

TIES = {**FACTS, "directed": False}


def test_clustering_of_zacharys_club() -> None:
    """Watts, Small Worlds; Newman, Networks: the mean over the 34 members is .5706; the instructor (0) has 18 of 120 pairs tied."""
    values = compute(of_networkx(nx.karate_club_graph()), "clustering", graph="facts", directed=False).array
    assert values.mean() == pytest.approx(0.5706, abs=1e-4)
    assert values[0] == pytest.approx(18 / 120)


def test_core_numbers_of_zacharys_club() -> None:
    """Its innermost core is the 4-core of ten members; the loner (11) hangs on the instructor alone."""
    values = compute(of_networkx(nx.karate_club_graph()), "core_number", **TIES).array
    assert [node for node in range(34) if values[node] == 4] == [0, 1, 2, 3, 7, 8, 13, 30, 32, 33]
    assert values.max() == 4
    assert values[11] == 1


def test_the_florentine_families_have_three_triangles() -> None:
    """By hand: Castellani-Peruzzi-Strozzi, Peruzzi-Strozzi-Bischeri, Medici-Ridolfi-Tornabuoni."""
    values = compute(florentine_families(), "clustering", **FAMILIES).values
    assert values["Medici"] == pytest.approx(1 / 15)
    assert values["Peruzzi"] == pytest.approx(2 / 3)
    assert values["Guadagni"] == 0
    cores = compute(florentine_families(), "core_number", **FAMILIES).values
    assert {family for family, core in cores.items() if core == 1} == {"Acciaiuoli", "Pazzi", "Salviati", "Ginori", "Lamberteschi"}


@settings(max_examples=40)
@given(networks(), st.booleans())
def test_they_are_those_of_networkx(graph: nx.DiGraph, directed: bool) -> None:
    made, options = of_networkx(graph), {**FACTS, "directed": directed}
    plain = graph if directed else graph.to_undirected()
    expected = nx.clustering(plain)
    assert compute(made, "clustering", **options).array.tolist() == pytest.approx([expected[node] for node in range(len(graph))])
    plain.remove_edges_from(list(nx.selfloop_edges(plain)))  # networkx has no cores of a graph with them
    cores = nx.core_number(plain)
    assert compute(made, "core_number", **options).array.tolist() == [cores[node] for node in range(len(graph))]


@settings(max_examples=40)
@given(weighted_networks(), st.booleans())
def test_they_are_those_of_networkx_on_influence_and_by_weight(graph: nx.DiGraph, backward: bool) -> None:
    made, options, nodes = of_networkx(graph), {"graph": "influence", "reversed": backward}, range(len(graph))
    for weight, key in (({}, None), ({"weight": "strength"}, "strength"), ({"weight": "distance"}, "distance")):
        for *_, data in graph.edges(data=True):
            data["distance"] = 1 / data["strength"]
        expected = nx.clustering(graph, weight=key)
        assert compute(made, "clustering", **options, **weight).array.tolist() == pytest.approx([expected[node] for node in nodes])
        cores = nx.core_number(graph)
        assert compute(made, "core_number", **options, **weight).array.tolist() == [cores[node] for node in nodes]

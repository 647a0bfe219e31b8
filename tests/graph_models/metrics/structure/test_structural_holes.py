"""Burt's constraint and effective size: published numbers, and what plain networkx answers."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings

from graph_models import compute
from tests.graph_models.metrics.made import FAMILIES, ecosystem, florentine_families, of_networkx, parties, ties
from tests.graph_models.metrics.structure.networks import FACTS, networks, weighted_networks


def test_constraint_of_the_medici() -> None:
    """metrics.md section 3, and hand-computed: six ties, of which Ridolfi and Tornabuoni are tied to one another."""
    values = compute(florentine_families(), "constraint", **FAMILIES).values
    assert values["Medici"] == pytest.approx(0.209877, abs=1e-6)
    assert values["Medici"] == pytest.approx(4 / 36 + 2 * (1 / 6 + 1 / 18) ** 2)
    assert values["Pazzi"] == 1


BURT = nx.Graph([("A", "B"), ("A", "F"), ("A", "G"), ("A", "E"), ("E", "G"), ("F", "G"), ("B", "G"), ("B", "D"), ("D", "G"), ("G", "C")])
"""Burt, Structural Holes, 1992, chapter 2, figure 2.1, as in the tests of networkx: A G B C E F D, G holds the circle together."""


def test_constraint_of_burts_example() -> None:
    made = ecosystem(parties(*sorted(BURT)) + ties(BURT.edges), "G")
    values = compute(made, "constraint", graph="facts", directed=False).values
    assert values["G"] == pytest.approx(0.400, abs=1e-3)
    assert values["A"] == pytest.approx(0.595, abs=1e-3)
    assert values["C"] == pytest.approx(1.0)


def test_effective_size_of_burts_example() -> None:
    """Burt 1992, page 56: of G's six partners 4.67 are not redundant (an efficiency of .78), of A's four 2.5, C's one is."""
    made = ecosystem(parties(*sorted(BURT)) + ties(BURT.edges), "G")
    values = compute(made, "effective_size", graph="facts", directed=False).values
    assert values["G"] == pytest.approx(6 - 2 * 4 / 6)
    assert values["G"] == pytest.approx(4.67, abs=5e-3)
    assert values["A"] == pytest.approx(4 - 2 * 3 / 4)
    assert values["C"] == 1
    assert compute(made, "effective_size", graph="facts", normalised=True).values["G"] == pytest.approx(0.78, abs=5e-3)


def test_effective_size_of_the_medici() -> None:
    """By hand: six ties, of which one pair is tied: 6 - 2 / 6."""
    assert compute(florentine_families(), "effective_size", **FAMILIES).values["Medici"] == pytest.approx(6 - 2 / 6)


def test_who_has_no_tie_has_no_constraint() -> None:
    for metric, values in (("constraint", {"a": 1.0, "b": 1.0, "c": None}), ("effective_size", {"a": 1.0, "b": 1.0, "c": None})):
        result = compute(ecosystem(parties("a", "b", "c") + ties([("a", "b")]), "a"), metric)
        assert result.reasons == {"c": "isolated"}
        assert result.values == values


@settings(deadline=None, max_examples=40)
@given(networks())
def test_it_is_that_of_networkx(graph: nx.DiGraph) -> None:
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    made = of_networkx(graph)
    for directed in (True, False):
        plain = graph if directed else graph.to_undirected()
        expected = nx.constraint(plain) if plain.number_of_edges() else {}
        found = compute(made, "constraint", **FACTS, directed=directed).values
        for node in graph:
            value = found[f"n{node:04}"]
            assert value == (pytest.approx(expected[node]) if any(nx.all_neighbors(graph, node)) or graph.degree(node) else None)


@settings(max_examples=40)
@given(weighted_networks())
def test_effective_size_is_that_of_networkx(graph: nx.DiGraph) -> None:
    """On a_ij + a_ji; asked for all nodes by name: otherwise networkx 3.6 divides by the strongest tie of the wrong end."""
    made, both = of_networkx(graph), nx.Graph()
    both.add_nodes_from(graph)
    for weight, options in ((None, FACTS), ("strength", {"graph": "influence"}), ("strength", {"graph": "influence", "reversed": True})):
        both.add_edges_from((a, b, {"tie": sum(graph[u][v].get(weight, 1) for u, v in ((a, b), (b, a)) if graph.has_edge(u, v))}) for a, b in graph.edges)
        expected = nx.effective_size(both, nodes=list(both), weight="tie") if graph.number_of_edges() else {}
        result, efficiency = (compute(made, "effective_size", **options, normalised=normalised) for normalised in (False, True))
        for node in graph:
            assert result.values[f"n{node:04}"] == (pytest.approx(expected[node]) if both[node] else None)
            assert efficiency.values[f"n{node:04}"] == (pytest.approx(expected[node] / len(both[node])) if both[node] else None)

"""Burt's constraint: published numbers, and what plain networkx answers."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings

from graph_models import compute
from tests.graph_models.metrics.made import FAMILIES, ecosystem, florentine_families, of_networkx, parties, ties
from tests.graph_models.metrics.test_centrality import FACTS, networks


def test_constraint_of_the_medici() -> None:
    """metrics.md section 3, and hand-computed: six ties, of which Ridolfi and Tornabuoni are tied to one another."""
    values = compute(florentine_families(), "constraint", **FAMILIES).values
    assert values["Medici"] == pytest.approx(0.209877, abs=1e-6)
    assert values["Medici"] == pytest.approx(4 / 36 + 2 * (1 / 6 + 1 / 18) ** 2)
    assert values["Pazzi"] == 1


def test_constraint_of_burts_example() -> None:
    """Burt, Structural Holes, 1992, chapter 2, figure 2.1, as in the tests of networkx: A G B C E F D, G holds the circle together."""
    graph = nx.Graph([("A", "B"), ("A", "F"), ("A", "G"), ("A", "E"), ("E", "G"), ("F", "G"), ("B", "G"), ("B", "D"), ("D", "G"), ("G", "C")])
    made = ecosystem(parties(*sorted(graph)) + ties(graph.edges), "G")
    values = compute(made, "constraint", graph="facts", directed=False).values
    assert values["G"] == pytest.approx(0.400, abs=1e-3)
    assert values["A"] == pytest.approx(0.595, abs=1e-3)
    assert values["C"] == pytest.approx(1.0)


def test_who_has_no_tie_has_no_constraint() -> None:
    result = compute(ecosystem(parties("a", "b", "c") + ties([("a", "b")]), "a"), "constraint")
    assert result.reasons == {"c": "isolated"}
    assert result.values == {"a": 1.0, "b": 1.0, "c": None}


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

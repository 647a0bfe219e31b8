"""Degree and strength are those of networkx."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings

from graph_models import compute
from tests.graph_models.ecosystems import ecosystem_of, paid
from tests.graph_models.metrics.made import of_networkx
from tests.graph_models.metrics.structure.networks import FACTS, networks


def test_the_degrees_of_krackhardts_kite() -> None:
    """Krackhardt 1990: Diane (3) has six ties, Jane (9) one."""
    result = compute(of_networkx(nx.krackhardt_kite_graph()), "degree", **FACTS, directed=False)
    assert result.array.tolist() == [4, 4, 3, 6, 3, 5, 5, 3, 2, 1]
    assert result.ranks.tolist() == [4, 4, 6, 1, 6, 2, 2, 6, 9, 10]


@settings(deadline=None, max_examples=40)
@given(networks())
def test_they_are_those_of_networkx_without_ties_to_oneself(graph: nx.DiGraph) -> None:
    made = of_networkx(graph)
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    plain, nodes = graph.to_undirected(), range(len(graph))
    ties = {**FACTS, "directed": False}
    assert compute(made, "degree", **ties).array.tolist() == [plain.degree(node) for node in nodes]
    assert compute(made, "degree", **FACTS).array.tolist() == [graph.degree(node) for node in nodes]
    for name in ("in_degree", "out_degree"):
        assert compute(made, name, **FACTS).array.tolist() == [getattr(graph, name)(node) for node in nodes]
        expected = getattr(nx, f"{name}_centrality")(graph)
        assert compute(made, name, **FACTS, normalised=True).array.tolist() == pytest.approx([expected[node] for node in nodes])
    expected = nx.degree_centrality(plain)
    assert compute(made, "degree", **ties, normalised=True).array.tolist() == pytest.approx([expected[node] for node in nodes])
    nx.set_edge_attributes(graph, 0.3, "weight")
    made = of_networkx(graph)
    assert compute(made, "strength_in").array.tolist() == pytest.approx([graph.in_degree(node, "weight") for node in nodes])
    assert compute(made, "strength_out").array.tolist() == pytest.approx([graph.out_degree(node, "weight") for node in nodes])


def test_a_sector_that_buys_from_itself_is_no_partner_of_itself() -> None:
    records = [paid("f", "f", 90), paid("f", "a", 10), paid("a", "b", 5)]
    alone = [record for record in records if record["source"] != record["target"]]
    for name in ("degree", "in_degree", "out_degree", "strength_in", "strength_out", "constraint", "effective_size", "clustering", "core_number"):
        for graph in ("value_chain", "facts"):
            for more in ({}, {"normalised": True}, {"directed": False}):
                assert compute(ecosystem_of(*records), name, graph=graph, **more).values == compute(ecosystem_of(*alone), name, graph=graph, **more).values
    assert compute(ecosystem_of(*records), "strength_in", graph="value_chain").values == {"a": 10, "b": 5, "f": 0}

"""Articulation points and bridges: by hand, and what plain networkx answers."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute
from graph_models.ecosystem.parameters import parameters_of
from graph_models.graphs.graph_types import graph_of
from graph_models.kernels.neighbours import matrix_of
from graph_models.kernels.structure.articulation import cuts
from graph_models.metrics.structure.articulation import bridges_of
from tests.graph_models.metrics.made import FAMILIES, ecosystem, florentine_families, of_networkx, parties, ties
from tests.graph_models.metrics.structure.networks import networks

TARJAN = [(0, 1), (1, 2), (2, 0), (1, 3), (3, 4), (4, 5), (5, 3), (5, 6)]


def test_the_medici_and_three_others_hold_families_to_the_rest() -> None:
    """By hand: Acciaiuoli and Salviati hang on the Medici, Pazzi on Salviati, Ginori on Albizzi, Lamberteschi on Guadagni."""
    made = florentine_families()
    values = compute(made, "articulation", **FAMILIES).values
    assert {family for family, value in values.items() if value} == {"Medici", "Salviati", "Albizzi", "Guadagni"}
    names = {tuple(made.parties[place] for place in bridge) for bridge in bridges_of(graph_of(made, "facts", parameters_of(FAMILIES)))}
    assert names == {("Acciaiuoli", "Medici"), ("Medici", "Salviati"), ("Pazzi", "Salviati"), ("Albizzi", "Ginori"), ("Guadagni", "Lamberteschi")}


def test_two_triangles_and_what_hangs_on_them_by_hand() -> None:
    made = of_networkx(nx.Graph(TARJAN))
    assert compute(made, "articulation").array.tolist() == [0, 1, 0, 1, 0, 1, 0]
    assert bridges_of(graph_of(made, "tie", parameters_of({}))) == [(1, 3), (5, 6)]


def test_ties_of_two_kinds_between_two_parties_are_one_bridge() -> None:
    made = ecosystem(parties("a", "b") + ties([("a", "b"), ("b", "a")], "knows") + ties([("a", "b")], "refers", id="r"), "a")
    for name in ("tie", "influence", "facts"):
        assert bridges_of(graph_of(made, name, parameters_of({}))) == [(0, 1)]
    assert compute(made, "articulation").array.tolist() == [0, 0]


def test_a_long_chain_takes_no_recursion() -> None:
    nodes = 200_000
    one, other = np.arange(nodes - 1), np.arange(1, nodes)
    found = cuts(matrix_of(nodes, np.r_[one, other], np.r_[other, one], np.ones(2 * nodes - 2)))
    assert found.points.sum() == nodes - 2
    assert found.bridges.tolist() == np.stack([one, other], axis=1).tolist()


@settings(max_examples=60)
@given(networks(), st.sampled_from(["facts", "influence", "tie"]), st.booleans())
def test_they_are_those_of_networkx(graph: nx.DiGraph, name: str, directed: bool) -> None:
    made, plain = of_networkx(graph), nx.Graph(graph)
    if name != "facts":
        plain.remove_edges_from(list(nx.selfloop_edges(plain)))
    options = {"graph": name, "directed": directed}
    points = set(nx.articulation_points(plain))
    assert compute(made, "articulation", **options).array.tolist() == [float(node in points) for node in range(len(graph))]
    assert bridges_of(graph_of(made, name, parameters_of(options))) == sorted(tuple(sorted(bridge)) for bridge in nx.bridges(plain))

"""An order of nodes by structure: the ordered graph is the same whatever the nodes are called."""

from __future__ import annotations

import random

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models.arrays.types import Matrix
from graph_models.kernels.structure.structural_order import structural_order, without_rounding


def matrix_of_graph(graph: nx.Graph) -> Matrix:
    matrix = nx.to_scipy_sparse_array(graph, nodelist=range(len(graph)), format="csr", dtype=float)
    matrix.sort_indices()
    return matrix


def ordered(graph: nx.Graph) -> list[list[float]]:
    matrix = matrix_of_graph(graph)
    order = structural_order(matrix)
    assert sorted(order.tolist()) == list(range(len(graph)))
    return matrix.toarray()[np.ix_(order, order)].tolist()


def renamed(graph: nx.Graph, draw: random.Random) -> nx.Graph:
    return nx.relabel_nodes(graph, dict(enumerate(draw.sample(range(len(graph)), len(graph)))))


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 7), st.data(), st.randoms(use_true_random=False))
def test_the_ordered_graph_is_the_same_under_any_names(size: int, data: st.DataObject, draw: random.Random) -> None:
    graph = nx.Graph()
    graph.add_nodes_from(range(size))
    place = st.integers(0, size - 1)
    for source, target, weight in data.draw(st.lists(st.tuples(place, place, st.sampled_from([1.0, 0.3])), max_size=14)):
        graph.add_edge(source, target, weight=weight)
    assert ordered(renamed(graph, draw)) == ordered(graph)


@pytest.mark.parametrize(
    "graph",
    [
        nx.cycle_graph(12),
        nx.star_graph(30),
        nx.balanced_tree(3, 3),
        nx.grid_2d_graph(4, 5),
        nx.disjoint_union_all([nx.cycle_graph(4)] * 5),
        nx.petersen_graph(),
    ],
    ids=["cycle", "star", "tree", "grid", "equal parts", "petersen"],
)
def test_nodes_that_only_a_symmetry_exchanges_are_told_apart(graph: nx.Graph) -> None:
    graph = nx.convert_node_labels_to_integers(graph)
    assert all(ordered(renamed(graph, random.Random(seed))) == ordered(graph) for seed in range(3))


def test_weights_that_differ_by_rounding_are_the_same() -> None:
    rounded = without_rounding(np.array([0.1 + 0.2, 0.3, 1 - 0.9, 0.1, 0.1 + 1e-9, 0.0]))
    assert rounded[0] == rounded[1]
    assert rounded[2] == rounded[3] != rounded[4]
    assert rounded[5] == 0
    assert rounded == pytest.approx([0.3, 0.3, 0.1, 0.1, 0.1, 0], rel=1e-7)

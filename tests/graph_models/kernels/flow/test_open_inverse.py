"""Inverses of nearly closed chains against exact fractions, removals against plain searches."""

from __future__ import annotations

from fractions import Fraction

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from graph_models.kernels.flow.open_inverse import OpenInverse
from graph_models.kernels.neighbours import matrix_of
from graph_models.kernels.structure import removals
from graph_models.kernels.structure.removals import cut_off, sums_cut_off


def inverse_in_fractions(passed: np.ndarray, left: np.ndarray) -> np.ndarray:
    """``(I - B)^-1`` of rows B whose rest ``left`` leaves, by Gauss and Jordan; the diagonal is what goes to others and what leaves."""
    n = len(passed)
    rows = [[Fraction(float(value)) for value in row] for row in passed]
    system = [[-rows[i][j] if i != j else Fraction(float(left[i])) + sum(rows[i]) - rows[i][i] for j in range(n)] for i in range(n)]
    whole = [row + [Fraction(int(i == j)) for j in range(n)] for i, row in enumerate(system)]
    for column in range(n):
        pivot = next(row for row in range(column, n) if whole[row][column])
        whole[column], whole[pivot] = whole[pivot], whole[column]
        whole[column] = [value / whole[column][column] for value in whole[column]]
        for row in range(n):
            if row != column:
                whole[row] = [a - whole[row][column] * b for a, b in zip(whole[row], whole[column], strict=True)]
    return np.array([[float(value) for value in row[n:]] for row in whole])


@settings(max_examples=25)
@given(st.data(), st.integers(2, 6), st.integers(0, 12))
def test_every_entry_is_right_to_twelve_digits_however_little_leaves(data: st.DataObject, n: int, digits: int) -> None:
    amounts = np.array(data.draw(st.lists(st.lists(st.sampled_from([0, 0, 3, 10, 70]), min_size=n, max_size=n), min_size=n, max_size=n)), float)
    amounts[np.arange(n), (np.arange(n) + 1) % n] += 1  # one circle through all
    ends = np.array(data.draw(st.lists(st.integers(0, 9), min_size=n, max_size=n)), float) * 10.0**-digits
    ends[0] += 10.0**-digits
    x = amounts.sum(axis=1) + ends
    passed, left = amounts / x[:, None], ends / x
    exact = inverse_in_fractions(passed, left)
    inverse = OpenInverse(csr_array(passed.T), left, x)
    assert pytest.approx(exact, rel=1e-12) == inverse.solve(np.eye(n)).T
    assert inverse.solve_transposed(np.ones(n)) == pytest.approx(exact.sum(axis=1), rel=1e-12)
    assert inverse.solve(np.eye(n)[0]) @ left == pytest.approx(1, abs=1e-13)


EDGES = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=30)


@settings(max_examples=50)
@given(EDGES, st.lists(st.sets(st.integers(1, 8), min_size=1, max_size=3), min_size=1, max_size=9))
def test_what_is_cut_off_is_what_a_search_without_the_nodes_does_not_find(edges: list[tuple[int, int]], gone: list[set[int]]) -> None:
    graph = nx.DiGraph(edges)
    graph.add_nodes_from(range(9))
    source, target = [edge[0] for edge in edges], [edge[1] for edge in edges]
    matrix, values = matrix_of(9, source, target, np.ones(len(edges))), np.arange(1.0, 10.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(removals, "AT_ONCE", 4)
        sums = sums_cut_off(matrix, np.array([0]), [np.array(sorted(nodes)) for nodes in gone], values)
    for nodes, total in zip(gone, sums.tolist(), strict=True):
        without = graph.subgraph(set(graph) - nodes)
        lost = nx.descendants(graph, 0) - nx.descendants(without, 0) - nodes - {0}
        assert set(np.flatnonzero(cut_off(matrix, np.array([0]), np.array(sorted(nodes)))).tolist()) == lost
        assert total == sum(values[node] for node in lost)

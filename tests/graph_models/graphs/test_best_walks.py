"""The best walks against all walks, on small matrices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from graph_models.graphs.best_walks import shortest_walks, walk_to, walks_from


def every_walk(matrix: np.ndarray, start: int, goal: int, steps: int, *, first_arrival: bool) -> list[float]:  # type: ignore[type-arg]
    found: list[float] = []

    def go(at: int, product: float, left: int) -> None:
        for step in np.flatnonzero(matrix[at]).tolist():
            if step == start:
                continue
            if step == goal:
                found.append(product * matrix[at, step])
                if first_arrival:
                    continue
            if left > 1:
                go(step, product * matrix[at, step], left - 1)

    go(start, 1.0, steps)
    return sorted(found, reverse=True)


@given(st.lists(st.sampled_from([0, 0, 0.1, 0.3, 0.45]), min_size=16, max_size=16), st.booleans())
def test_the_best_walks_are_the_best_of_all(values: list[float], first_arrival: bool) -> None:
    matrix = np.array(values).reshape(4, 4)
    found = walks_from(csr_array(matrix), 0).to(3, 3, first_arrival=first_arrival)
    expected = every_walk(matrix, 0, 3, 9, first_arrival=first_arrival)
    assert [walk.product for walk in found] == pytest.approx(expected[: len(found)])
    assert len(found) == min(3, len(expected))
    for walk in found:
        assert (walk.places[0], walk.places[-1]) == (0, 3)
        assert walk.product == pytest.approx(np.prod([matrix[a, b] for a, b in zip(walk.places, walk.places[1:], strict=False)]))


def test_damping_counts_every_step() -> None:
    matrix = csr_array(np.array([[0, 0.5, 1.0], [0, 0, 1.0], [0, 0, 0]]))
    assert [(round(walk.product, 9), walk.places) for walk in walks_from(matrix, 0, damping=0.5).to(2)] == [(0.5, (0, 2)), (0.125, (0, 1, 2))]


def test_no_walk_leads_back_to_its_start() -> None:
    assert walks_from(csr_array(np.ones((2, 2))), 0).to(0) == []
    assert walk_to(shortest_walks(csr_array(np.zeros((2, 2))), 0), 1) == ()


def test_the_shortest_walk_takes_the_first_of_equals() -> None:
    matrix = csr_array(np.array([[0, 1, 1, 0], [0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 0]]))
    assert walk_to(shortest_walks(matrix, 0), 3) == (0, 1, 3)
    assert walk_to(shortest_walks(matrix, 2), 2) == (2,)

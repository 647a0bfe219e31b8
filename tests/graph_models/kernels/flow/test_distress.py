"""The loop of DebtRank, compiled as it is used and as plain Python, against its equations on dense matrices."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from graph_models.kernels.compiled import Loop
from graph_models.kernels.flow.distress import distress
from graph_models.kernels.neighbours import matrix_of


def equations(dependence: NDArray[np.float64], worth: NDArray[np.float64], source: int) -> float:
    """Battiston et al., Scientific Reports 2, 2012: h and s of every node, step by step, as they stand."""
    h, state = np.zeros(len(worth)), np.full(len(worth), "U")
    h[source], state[source] = 1.0, "D"
    start = h.copy()
    while (state == "D").any():
        before, distressed = h, state == "D"
        h = np.minimum(1, before + dependence[distressed].T @ before[distressed])
        state = np.where(distressed, "I", np.where((h > 0) & (state != "I"), "D", state))
    return float(((h - start) * worth).sum())


@pytest.mark.parametrize("way", ["compiled", "python"])
@pytest.mark.parametrize("nodes", [1, 2, 9, 90])
def test_distress_is_what_the_equations_say(nodes: int, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way == "python":
        monkeypatch.setattr(Loop, "__call__", lambda loop, *arguments: loop.python(*arguments))
    for seed in range(12):
        chance = np.random.default_rng(seed)
        source, target = chance.integers(0, nodes, (2, 3 * nodes))
        weight = chance.choice([0.0, 0.1, 0.4, 1.0], 3 * nodes)
        matrix, worth = matrix_of(nodes, source, target, weight), chance.random(nodes)
        expected = [equations(matrix.toarray(), worth, node) for node in range(nodes)]
        assert distress(matrix, worth, np.arange(nodes)).tolist() == pytest.approx(expected, abs=1e-12)
        assert distress(matrix, worth, np.arange(nodes - 1, nodes)).tolist() == [0.0] * (nodes - 1) + [pytest.approx(expected[-1], abs=1e-12)]


def test_a_step_of_very_many_nodes_is_taken_in_their_order() -> None:
    """0 is half of what 1 to 3,000 live on, which are all that 3,001 lives on, a 3,000th each."""
    crowd = np.arange(3000, 0, -1)
    nothing, last = np.zeros(3000, np.int64), np.full(3000, 3001)
    weight = np.concatenate([np.full(3000, 0.5), np.full(3000, 1 / 3000)])
    matrix = matrix_of(3002, np.concatenate([nothing, crowd]), np.concatenate([crowd, last]), weight)
    assert distress(matrix, np.ones(3002), np.array([0]))[0] == pytest.approx(3001 * 0.5)


def test_nothing_passes_on_what_came_after_it_was_distressed() -> None:
    """a > b .1, a > c 1, c > b .9, b > d 1: b is distressed by .1 when it passes on, and by 1 in the end."""
    matrix = matrix_of(4, [0, 0, 2, 1], [1, 2, 1, 3], [0.1, 1.0, 0.9, 1.0])
    assert distress(matrix, np.array([0.0, 10.0, 0.0, 100.0]), np.array([0])).tolist() == [pytest.approx(10 + 10), 0, 0, 0]

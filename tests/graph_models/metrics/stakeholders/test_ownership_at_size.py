"""Ownership of many parties: long chains, circles and crowds are answered in one pass over the shares; small cases equal plain definitions."""

from __future__ import annotations

import time
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_models.arrays.types import Matrix
from graph_models.ecosystem.corporate_control import control_pairs, controllers_of
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.kernels.flow.ownership import FACTORED, closed, held_of
from graph_models.kernels.neighbours import LEVELS, matrix_of, reachable
from graph_models.metrics.stakeholders.ownership import CHAIN_SHOWN, SHOWN, _chains, ownership_view
from tests.graph_models.metrics.made import ecosystem, owns, parties

N = 6
SHARES = st.sampled_from([0.1, 0.25, 0.5, 0.51, 0.6, 0.75, 1.0])
places = st.integers(0, N - 1)


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    """Up to fourteen shares among six parties; somebody may be held to more than the whole."""
    edges = draw(st.dictionaries(st.tuples(places, places).filter(lambda ends: ends[0] != ends[1]), SHARES, max_size=14))
    return matrix_of(N, [u for u, _ in edges], [v for _, v in edges], list(edges.values()))


def chain(n: int, *, last: float = 1.0) -> Matrix:
    return matrix_of(n, np.arange(n - 1), np.arange(1, n), np.append(np.ones(n - 2), last))


@given(matrices(), places, st.sampled_from([0.2, 0.5, 0.6]))
def test_controllers_are_those_of_all_pairs(matrix: Matrix, place: int, threshold: float) -> None:
    controller, controlled = control_pairs(matrix, threshold)
    assert np.flatnonzero(controllers_of(place, matrix, threshold)).tolist() == controller[controlled == place].tolist()


@given(matrices(), places)
def test_the_best_chain_is_the_best_of_all(matrix: Matrix, start: int) -> None:
    shares = np.minimum(matrix.toarray(), 1.0)
    best: dict[int, tuple[float, int, tuple[int, ...]]] = {}
    for size in range(1, N):
        for way in permutations([place for place in range(N) if place != start], size):
            product = 1.0
            for u, v in zip((start, *way), way, strict=False):
                product *= shares[u, v]
            if product > 0:
                best[way[-1]] = min(best.get(way[-1], (0.0, 0, ())), (-product, size, (start, *way)))
    found = _chains(matrix, start)
    assert {place: tuple(found.to(place)) for place in range(N) if found.length[place] > 1} == {place: way for place, (_, _, way) in best.items()}


@given(matrices(), places)
def test_integrated_ownership_is_the_solution_of_the_whole_system(matrix: Matrix, party: int) -> None:
    """Where the circles above the party end; that they do is decided here by the spectral radius of each."""
    held, endless = held_of(matrix, party)
    above = np.flatnonzero(reachable(matrix.T.tocsr(), party))
    inner = matrix.toarray()[np.ix_(above, above)]
    radius = max(abs(np.linalg.eigvals(inner)))
    assert endless.any() == (radius >= 1 - 1e-9)
    if not endless.any():
        solved = np.linalg.solve(np.eye(len(above)) - inner, inner)[:, above.tolist().index(party)]
        assert held[above] == pytest.approx(solved, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("last", [1.0, 0.4])
def test_a_chain_of_a_hundred_thousand_holdings_is_answered_at_once(last: float) -> None:
    n = 100_000
    matrix = chain(n, last=last)
    begin = time.process_time()
    held, endless = held_of(matrix, n - 1)
    controls = controllers_of(n - 1, matrix, 0.5)
    found = _chains(matrix.T.tocsr(), n - 1)
    assert time.process_time() - begin < 20  # what is quadratic takes hours
    assert held[:-1] == pytest.approx(last)
    assert not endless.any()
    assert controls.sum() == (n - 1 if last > 0.5 else 0)
    assert (found.length[0], found.to(0)[:2]) == (n, [n - 1, n - 2])


def test_a_long_circle_at_a_hundred_per_cent_has_no_end_and_controls_itself_round() -> None:
    n = 100_000
    matrix = matrix_of(n, np.arange(n), (np.arange(n) + 1) % n, np.ones(n))
    begin = time.process_time()
    assert closed(matrix).all()
    assert held_of(matrix, 0)[1].all()
    assert controllers_of(0, matrix, 0.5).sum() == n - 1
    assert time.process_time() - begin < 20


def test_a_large_circle_that_ends_is_summed() -> None:
    """n parties in a circle of .5 each: the party k steps before holds .5^k / (1 - .5^n)."""
    n = 10 * FACTORED
    held, endless = held_of(matrix_of(n, np.arange(n), (np.arange(n) + 1) % n, np.full(n, 0.5)), 0)
    assert not endless.any()
    assert held[[n - 1, n - 2, n - 10]] == pytest.approx([0.5, 0.25, 0.5**10])


def test_what_is_held_in_a_large_tangle_is_summed_in_both_directions() -> None:
    """Random shares, each party held to .95: a circle of thousands of parties. Holders and holdings of one party solve their equations."""
    n, chance = 20_000, np.random.default_rng(0)
    source, target = chance.integers(0, n, (2, 3 * n // 2))
    matrix = matrix_of(n, source, target, 0.95 / np.bincount(target, minlength=n)[target])
    for shares in (matrix, matrix.T.tocsr()):
        held, endless = held_of(shares, 0)
        assert not endless.any()
        assert held == pytest.approx(shares[:, [0]].toarray().ravel() + shares @ held, abs=1e-12)


def test_a_crowd_of_small_holders_controls_nothing() -> None:
    n = 200_000
    matrix = matrix_of(n, np.arange(1, n), np.zeros(n - 1), np.full(n - 1, 1 / (n - 1)))
    assert not controllers_of(0, matrix, 0.5).any()
    assert held_of(matrix, 0)[0][1:] == pytest.approx(1 / (n - 1))


def test_reaching_goes_on_where_chains_are_long() -> None:
    n = 3 * LEVELS
    matrix = chain(n)
    assert reachable(matrix, 0).all()
    assert np.flatnonzero(reachable(matrix, np.array([n - 5, n - 3]))).tolist() == list(range(n - 5, n))
    assert np.flatnonzero(reachable(matrix.T.tocsr(), n - 5)).tolist() == list(range(n - 4))


def test_long_lists_and_long_chains_are_cut_and_say_so() -> None:
    names = [f"p{number:05d}" for number in range(SHOWN + 50)]
    view = ownership_view(ecosystem(parties(*names) + owns(*((u, v, 1.0) for u, v in pairwise(names))), names[-1]), DEFAULTS)
    assert len(view["holders"]) == SHOWN
    assert view["truncated"] == {"holders": {"shown": SHOWN, "left_out": 49, "why": "the 1000 largest are shown"}, "holdings": None}
    first = view["holders"][0]
    assert (first["party_id"], first["chain_left_out"]) == (names[0], len(names) - CHAIN_SHOWN)
    assert first["chain"] == names[: CHAIN_SHOWN // 2] + names[-CHAIN_SHOWN // 2 :]

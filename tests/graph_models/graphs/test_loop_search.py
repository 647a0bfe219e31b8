"""The search for loops against one that tries everything."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_models.graphs import loop_search
from graph_models.graphs.loop_search import find_loops

Edge = tuple[int, int, float]


def every_loop(edges: list[Edge], max_length: int) -> list[tuple[float, tuple[int, ...]]]:
    """All elementary loops through 0, best first, equal scores by their edges."""
    found: list[tuple[float, tuple[int, ...]]] = []

    def grow(node: int, path: tuple[int, ...], seen: frozenset[int], score: float) -> None:
        for place, (source, target, utility) in enumerate(edges):
            if source == node and target == 0:
                found.append((score * utility, (*path, place)))
            elif source == node and target not in seen and len(path) + 1 < max_length:
                grow(target, (*path, place), seen | {target}, score * utility)

    grow(0, (), frozenset({0}), 1.0)
    return sorted(found, key=lambda loop: (-_digits(loop[0]), loop[1]))


def _digits(value: float) -> float:
    return float(f"{value:.11e}")


def searched(edges: list[Edge], nodes: int, **limits: Any) -> Any:
    source, target = (np.array([edge[end] for edge in edges], np.int32) for end in (0, 1))
    utility = np.array([edge[2] for edge in edges], np.float64)
    return find_loops(nodes, 0, source, target, utility, limits.get("max_length", 6), limits.get("min_score", 0.0), limits.get("max_loops", 10**6))


def rows(loops: Any) -> list[tuple[int, ...]]:
    return [tuple(place for place in row if place >= 0) for row in loops.streams.tolist()]


@st.composite
def networks(draw: st.DrawFn) -> tuple[int, list[Edge]]:
    nodes = draw(st.integers(1, 6))
    place = st.integers(0, nodes - 1)
    utility = draw(st.sampled_from([st.sampled_from([0.0, 0.1, 0.2, 0.5, 1.0]), st.floats(0, 1)]))
    edges = draw(st.lists(st.tuples(place, place, utility), max_size=24))
    return nodes, sorted(edge for edge in edges if edge[0] != edge[1])


@given(networks(), st.integers(2, 6))
def test_without_limits_every_loop_is_found(network: tuple[int, list[Edge]], max_length: int) -> None:
    nodes, edges = network
    loops = searched(edges, nodes, max_length=max_length)
    expected = every_loop(edges, max_length)
    assert rows(loops) == [path for _, path in expected]
    assert loops.score.tolist() == pytest.approx([score for score, _ in expected])
    assert (loops.complete, loops.threshold) == (True, 0)


@given(networks(), st.sampled_from([0.01, 0.1, 0.125, 0.5, 1.0]))
def test_a_least_score_leaves_out_the_weaker_ones_exactly(network: tuple[int, list[Edge]], least: float) -> None:
    nodes, edges = network
    loops = searched(edges, nodes, min_score=least)
    assert rows(loops) == [path for score, path in every_loop(edges, 6) if score >= least * (1 - 1e-12)]
    assert (loops.complete, loops.threshold) == (True, least)


@given(networks(), st.integers(1, 12))
def test_where_there_are_too_many_only_those_above_the_next_one_count(network: tuple[int, list[Edge]], most: int) -> None:
    nodes, edges = network
    loops, expected = searched(edges, nodes, max_loops=most), every_loop(edges, 6)
    if len(expected) <= most:
        assert (rows(loops), loops.complete) == ([path for _, path in expected], True)
    else:
        threshold = _digits(expected[most][0])
        assert rows(loops) == [path for score, path in expected if _digits(score) > threshold]
        assert (loops.complete, loops.threshold) == (False, pytest.approx(threshold))


def test_growing_in_small_steps_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    edges = [(a, b, 0.1 + 0.8 * ((a * 7 + b * 3) % 10) / 10) for a in range(7) for b in range(7) if a != b]
    whole = searched(edges, 7)
    monkeypatch.setattr(loop_search, "ROOM", 3)
    parts = searched(edges, 7)
    assert rows(parts) == rows(whole)
    assert parts.score.tolist() == whole.score.tolist()


def test_parallel_streams_make_loops_of_their_own() -> None:
    loops = searched([(0, 1, 0.5), (0, 1, 0.4), (1, 0, 0.5), (1, 0, 0.1)], 2)
    assert loops.score.tolist() == pytest.approx([0.25, 0.2, 0.05, 0.04])


def test_a_complete_network_is_cut_off_without_growing_all_of_it() -> None:
    edges = [(a, b, ((a * 31 + b * 17) % 97 + 1) / 98) for a in range(40) for b in range(40) if a != b]
    loops = searched(edges, 40, max_loops=1000)
    assert (len(loops.score), loops.complete) == (1000, False)
    assert loops.threshold > 0.6


def test_coming_down_to_the_threshold_in_strides_changes_nothing() -> None:
    edges = [(a, b, ((a * 31 + b * 17) % 97) / 98) for a in range(10) for b in range(10) if a != b]
    expected = every_loop(edges, 6)
    for most in (1, 20, 3000):
        loops, threshold = searched(edges, 10, max_loops=most), _digits(expected[most][0])
        assert rows(loops) == [path for score, path in expected if _digits(score) > threshold]
        assert (loops.complete, loops.threshold) == (False, pytest.approx(threshold))
    few = searched(edges, 10, max_loops=3000, max_length=3)
    assert (len(few.score), few.complete) == (len(every_loop(edges, 3)), True)
    too_high = searched([(0, 1, 0.5), (0, 1, 0.4), (1, 0, 0.9), (1, 2, 1.0), (2, 1, 1.0)], 3, max_loops=1)
    assert (rows(too_high), too_high.threshold) == ([(0, 2)], pytest.approx(0.36))


def test_many_walks_that_are_no_loops_do_not_hide_that_the_loops_are_few() -> None:
    edges = [(0, 1, 0.9), (1, 0, 0.8), *((1, leaf, 0.9) for leaf in range(2, 60)), *((leaf, 1, 0.9) for leaf in range(2, 60))]
    loops = searched(edges, 60, max_loops=10)
    assert (rows(loops), loops.complete, loops.threshold) == ([(0, 1)], True, 0)


def test_a_search_that_takes_too_many_steps_answers_with_all_above_what_it_came_down_to(monkeypatch: pytest.MonkeyPatch) -> None:
    edges = [(a, b, ((a * 31 + b * 17) % 97 + 1) / 98) for a in range(9) for b in range(9) if a != b]
    expected = every_loop(edges, 6)
    monkeypatch.setattr(loop_search, "MOST_STEPS", 1)
    monkeypatch.setattr(loop_search, "FEWEST", 3000)
    loops = searched(edges, 9, max_loops=2000)
    assert (loops.complete, loops.given_up) == (False, True)
    assert rows(loops) == [path for score, path in expected if _digits(score) > _digits(loops.threshold)]
    assert 0 < len(loops.score) < 2000


def test_a_hub_that_every_walk_comes_back_to_is_answered_in_bounded_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two hubs share 3,000 leaves: 9 million walks 0-1-leaf-2-leaf-1-0 pass the first hub twice, and there is one loop.
    leaves = range(3, 3003)
    edges = [(0, 1, 0.5), (1, 0, 0.5)]
    edges += [(hub, leaf, 0.3) for hub in (1, 2) for leaf in leaves] + [(leaf, hub, 0.3) for hub in (1, 2) for leaf in leaves]
    monkeypatch.setattr(loop_search, "FEWEST", 100_000)
    loops = searched(edges, 3003, max_loops=1000)
    assert (rows(loops), loops.complete, loops.threshold) == ([(0, 1)], False, pytest.approx(0.0025))


def test_a_million_loops_of_one_score_are_counted_not_kept() -> None:
    # 0 gives to 1,000 parties, each to 1,000 others, each back to 0: 10^6 loops of the same score, none strictly above the one after the last kept.
    middle, last = np.arange(1, 1001, dtype=np.int32), np.arange(1001, 2001, dtype=np.int32)
    source = np.concatenate([np.zeros(1000, np.int32), np.repeat(middle, 1000), last])
    target = np.concatenate([middle, np.tile(last, 1000), np.zeros(1000, np.int32)])
    loops = find_loops(2001, 0, source, target, np.full(len(source), 0.5), 6, 0.0, 10_000)
    assert (len(loops.score), loops.complete, loops.threshold) == (0, False, 0.125)
    whole = find_loops(2001, 0, source, target, np.full(len(source), 0.5), 6, 0.0, 1_000_000)
    assert (len(whole.score), whole.complete, set(whole.score.tolist())) == (1_000_000, True, {0.125})

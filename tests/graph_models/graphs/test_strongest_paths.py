"""The strongest simple paths between two parties, by hand and against networkx."""

from __future__ import annotations

from itertools import pairwise
from math import log, prod
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.graphs.strongest_paths import strongest_paths


def ecosystem(*ties: tuple[str, str, float]) -> Ecosystem:
    parties = sorted({party for source, target, _ in ties for party in (source, target)} | {"a", "z"})
    records: list[dict[str, Any]] = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in parties]
    records += [{"type": "relationship", "id": f"{source}-{target}", "source": source, "target": target, "kind": "regulates", "strength": strength}
                for source, target, strength in ties]  # fmt: skip
    return Ecosystem.from_records(records, focal_party="a", as_of="2025-12-31")


def test_the_strongest_path_comes_first_whatever_its_length() -> None:
    found = strongest_paths(ecosystem(("a", "z", 0.2), ("a", "b", 0.9), ("b", "z", 0.9), ("a", "c", 0.5), ("c", "z", 0.5)), "a", "z")
    assert [(item.parties, pytest.approx(item.strength)) for item in found.items] == [(["a", "b", "z"], 0.81), (["a", "c", "z"], 0.25), (["a", "z"], 0.2)]
    assert found.items[0].facts == ["a-b", "b-z"]
    assert found.complete


def test_diverse_paths_share_nobody_between_their_ends_as_long_as_there_are_such() -> None:
    ties = (("a", "b", 0.9), ("b", "z", 0.9), ("b", "c", 0.9), ("c", "z", 0.9), ("a", "d", 0.1), ("d", "z", 0.1))
    diverse = [item.parties for item in strongest_paths(ecosystem(*ties), "a", "z", 2).items]
    assert diverse == [["a", "b", "z"], ["a", "d", "z"]]
    assert [item.parties for item in strongest_paths(ecosystem(*ties), "a", "z", 2, diverse=False).items] == [["a", "b", "z"], ["a", "b", "c", "z"]]
    assert len(strongest_paths(ecosystem(*ties), "a", "z", 3).items) == 3


def test_no_path_longer_than_the_bound_and_none_where_there_is_none() -> None:
    ties = (("a", "b", 0.9), ("b", "c", 0.9), ("c", "z", 0.9))
    assert strongest_paths(ecosystem(*ties), "a", "z", max_hops=2).items == []
    assert [item.parties for item in strongest_paths(ecosystem(*ties), "a", "z", max_hops=3).items] == [["a", "b", "c", "z"]]
    assert strongest_paths(ecosystem(("a", "b", 0.5)), "a", "z").items == []


_tie = st.tuples(st.sampled_from("abcdz"), st.sampled_from("abcdz"), st.floats(0.05, 1))


@given(st.lists(_tie, max_size=12, unique_by=lambda tie: frozenset(tie[:2])))
def test_paths_are_those_that_networkx_finds(ties: list[tuple[str, str, float]]) -> None:
    ties = [tie for tie in ties if tie[0] != tie[1]]
    graph = nx.Graph()
    graph.add_nodes_from("az")
    graph.add_weighted_edges_from((source, target, -log(strength)) for source, target, strength in ties)
    try:
        expected = list(nx.shortest_simple_paths(graph, "a", "z", weight="weight"))[:4]
    except nx.NetworkXNoPath:
        expected = []
    strength = {frozenset((source, target)): weight for source, target, weight in ties}
    found = strongest_paths(ecosystem(*ties), "a", "z", 4, 6, diverse=False).items
    assert [item.strength for item in found] == pytest.approx([prod(strength[frozenset(pair)] for pair in pairwise(path)) for path in expected])

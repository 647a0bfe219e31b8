"""The validation graphs of LDBC Graphalytics: inputs and outputs that its authors publish for everybody's implementation."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from graph_models.networkx_backend import NAME, dispatched

DATA = Path(__file__).parents[4] / "shared" / "data" / "ldbc_validation"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the data set ldbc_validation is not beside the repository (shared/data)")
KINDS = {"dir": nx.DiGraph, "undir": nx.Graph}


def rows(algorithm: str, name: str) -> list[list[str]]:
    return [line.split() for line in (DATA / algorithm / name).read_text("utf-8").splitlines()]


def neighbors_read(algorithm: str, kind: str) -> Any:
    """A graph from lines of a node and those it leads to."""
    graph = KINDS[kind]()
    for node, *others in rows(algorithm, f"{kind}-input"):
        graph.add_node(node)
        graph.add_edges_from((node, other) for other in others)
    return graph


def expected(algorithm: str, kind: str) -> dict[str, float]:
    return {node: math.inf if value in ("Infinity", "9223372036854775807") else float(value) for node, value in rows(algorithm, f"{kind}-output")}


def on_arrays(name: str, graph: Any, *arguments: Any, **options: Any) -> Any:
    """The answer of our backend, which did not hand the graph back to networkx."""
    function: Callable[..., Any] = getattr(nx, name)
    before = dispatched[name, "refused"]
    with nx.config(cache_converted_graphs=False):
        found = function(graph, *arguments, **options, backend=NAME)
    assert dispatched[name, "refused"] == before
    return found


def with_infinity(found: dict[str, float], wanted: dict[str, float]) -> dict[str, float]:
    """Who is not reached is infinitely far, as LDBC writes it."""
    return {node: found.get(node, math.inf) for node in wanted}


@pytest.mark.parametrize("kind", KINDS)
def test_path_lengths_are_those_of_ldbc(kind: str) -> None:
    wanted = expected("bfs", kind)
    assert with_infinity(on_arrays("single_source_shortest_path_length", neighbors_read("bfs", kind), "1"), wanted) == wanted


@pytest.mark.parametrize("kind", KINDS)
def test_weighted_path_lengths_are_those_of_ldbc(kind: str) -> None:
    graph = KINDS[kind]()
    graph.add_nodes_from(node for (node,) in rows("sssp", f"{kind}-input.v"))
    graph.add_weighted_edges_from((source, target, float(weight)) for source, target, weight in rows("sssp", f"{kind}-input.e"))
    wanted = expected("sssp", kind)
    assert with_infinity(on_arrays("single_source_dijkstra_path_length", graph, "1"), wanted) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_components_are_those_of_ldbc(kind: str) -> None:
    found = on_arrays("weakly_connected_components" if kind == "dir" else "connected_components", neighbors_read("wcc", kind))
    wanted: dict[float, set[str]] = {}
    for node, component in expected("wcc", kind).items():
        wanted.setdefault(component, set()).add(node)
    assert sorted(map(sorted, found)) == sorted(map(sorted, wanted.values()))


@pytest.mark.parametrize("kind", KINDS)
def test_pagerank_is_that_of_ldbc(kind: str) -> None:
    """LDBC stops after a fixed number of steps; its own check allows a relative error of one in ten thousand."""
    assert on_arrays("pagerank", neighbors_read("pr", kind), tol=1e-12, max_iter=1_000) == pytest.approx(expected("pr", kind), rel=1e-4)


def test_clustering_is_that_of_ldbc() -> None:
    """Of the undirected graph: for directed ones LDBC counts otherwise than networkx does."""
    assert on_arrays("clustering", neighbors_read("lcc", "undir")) == pytest.approx(expected("lcc", "undir"), abs=1e-11)

"""Every function on arrays answers as plain networkx does: all four kinds of graph, weighted or not, with parallel edges, loops, nobody at all."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import networkx as nx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.sparse.linalg import ArpackError

from graph_models.networkx_backend import NAME, dispatched
from graph_models.networkx_backend.registration import ON_ARRAYS

CASES = settings(deadline=None, max_examples=80)
KINDS = (nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph)
WEIGHT = st.sampled_from([None, "weight", "banana"])


@pytest.fixture(scope="module", autouse=True)
def no_graph_is_converted_once_for_all() -> Iterator[None]:
    """networkx warns when it takes a converted graph from its cache."""
    with nx.config(cache_converted_graphs=False):
        yield


@st.composite
def graphs(draw: st.DrawFn, most: int = 9) -> Any:
    """Nodes in any order; some edges weigh nothing that is said."""
    made = draw(st.sampled_from(KINDS))()
    names = draw(st.permutations(["a", "b", "c", 1, 2, 3, ("x", 1), ("x", 2), 0.5][: draw(st.integers(0, most))]))
    made.add_nodes_from(names)
    if names:
        place = st.sampled_from(names)
        for source, target, weight in draw(st.lists(st.tuples(place, place, st.sampled_from([None, 0.25, 1, 2, 7.5])), max_size=25)):
            made.add_edge(source, target, **({} if weight is None else {"weight": weight}))
    return made


def outcome(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What comes out, or the kind of error that does."""
    try:
        found = function(*arguments, **options)
        return list(found) if isinstance(found, Iterator) else found
    except (nx.NetworkXException, ArithmeticError, ValueError, TypeError, KeyError, ArpackError) as error:
        return type(error)


def agree(name: str, graph: Any, **options: Any) -> None:
    """On arrays, and not handed back to networkx."""
    function = getattr(nx, name)
    expected = outcome(function, graph, **options, backend="networkx")
    before = dispatched[name, "refused"]
    found = outcome(function, graph, **options, backend=NAME)
    assert dispatched[name, "refused"] == before
    if isinstance(expected, type) or isinstance(found, type):
        assert found == expected
    elif isinstance(expected, tuple):
        for ours, theirs in zip(found, expected, strict=True):
            assert ours == pytest.approx(theirs, abs=1e-9, nan_ok=True)
    elif isinstance(expected, list):
        assert sorted(map(sorted_names, found)) == sorted(map(sorted_names, expected))
    else:
        assert found == pytest.approx(expected, abs=1e-9, nan_ok=True)
    if isinstance(found, dict):
        assert not any(type(value).__module__ == "numpy" for value in found.values())


def sorted_names(names: set[Any]) -> list[str]:
    return sorted(map(repr, names))


@CASES
@given(graphs(), WEIGHT, st.data())
def test_pagerank(graph: Any, weight: str | None, data: st.DataObject) -> None:
    vector = st.none() | st.dictionaries(st.sampled_from([*graph, "nobody"]), st.sampled_from([0.0, 1.0, 3.0]), min_size=1)
    names = ("personalization", "dangling", "nstart")
    drawn = {name: data.draw(vector) for name in names}
    for values in drawn.values():  # networkx divides by nothing there
        assume(values is None or sum(values.get(node, 0) for node in graph) > 0)
    agree("pagerank", graph, weight=weight, alpha=data.draw(st.sampled_from([0.0, 0.5, 0.85])), tol=data.draw(st.sampled_from([1e-6, 1e-12])), **drawn)


@CASES
@given(graphs())
def test_hits(graph: Any) -> None:
    """Where the largest singular value is there twice, what comes out depends on the start: here the same for both."""
    start = dict.fromkeys(graph, 1 / max(len(graph), 1))
    matrix = nx.to_numpy_array(graph) if len(graph) else None
    if matrix is not None and len(graph) > 1:
        import numpy as np

        singular = np.linalg.svd(matrix, compute_uv=False)
        assume(singular[0] > singular[1] * 1.01)
    expected = outcome(nx.hits, graph, nstart=start, backend="networkx")
    found = outcome(nx.hits, graph, backend=NAME)
    if isinstance(expected, type):
        assert found == expected
    else:
        for ours, theirs in zip(found, expected, strict=True):
            assert ours == pytest.approx(theirs, abs=1e-6, nan_ok=True)


@CASES
@given(graphs())
def test_hits_are_finite_at_least_zero_and_solve_their_equations_or_raise_as_networkx_does(graph: Any) -> None:
    """Also where the largest singular value is there several times: there plain networkx answers any mixture, with 6e15 and NaN among them."""
    import numpy as np

    found = outcome(nx.hits, graph, backend=NAME)
    if isinstance(found, type) or not len(graph):
        assert found == outcome(nx.hits, graph, nstart=dict.fromkeys(graph, 1 / max(len(graph), 1)), backend="networkx")
        return
    hubs, authorities = (np.array([values[node] for node in graph]) for values in found)
    matrix = nx.to_numpy_array(graph)
    for values, others in ((hubs, matrix @ authorities), (authorities, matrix.T @ hubs)):
        assert values.min() >= -1e-6
        assert values.sum() == pytest.approx(1)
        assert values == pytest.approx(others / others.sum(), abs=1e-5)


@pytest.mark.parametrize("kind", [nx.DiGraph, nx.Graph])
def test_equal_separate_pairs_share_hits_equally_whatever_they_are_called(kind: Any) -> None:
    for names in ("abcd", "dbca"):
        hubs, authorities = nx.hits(kind([(names[0], names[1]), (names[2], names[3])]), backend=NAME)
        directed = kind is nx.DiGraph
        assert hubs == pytest.approx({name: (0.5, 0.0)[place % 2] if directed else 0.25 for place, name in enumerate(names)})
        assert authorities == pytest.approx({name: (0.0, 0.5)[place % 2] if directed else 0.25 for place, name in enumerate(names)})


def test_hits_of_equal_separate_pairs_follow_the_start() -> None:
    pairs = nx.DiGraph([("a", "b"), ("c", "d")])
    hubs, authorities = nx.hits(pairs, nstart={"a": 1.0, "b": 3.0, "c": 1.0, "d": 1.0}, backend=NAME)
    assert hubs == pytest.approx({"a": 0.75, "b": 0.0, "c": 0.25, "d": 0.0})
    assert authorities == pytest.approx({"a": 0.0, "b": 0.75, "c": 0.0, "d": 0.25})
    pairs.add_edge("b", "d", weight=0)  # moves nobody
    assert nx.hits(pairs, backend=NAME)[0] == pytest.approx({"a": 0.5, "b": 0.0, "c": 0.5, "d": 0.0})
    unscaled = nx.hits(pairs, normalized=False, backend=NAME)[1]
    assert unscaled == pytest.approx({"a": 0.0, "b": 0.5**0.5, "c": 0.0, "d": 0.5**0.5})


@CASES
@given(graphs(), WEIGHT, st.sampled_from([0.01, 0.1, 2.0]), st.booleans(), st.booleans())
def test_katz_and_eigenvector_centrality(graph: Any, weight: str | None, alpha: float, normalized: bool, start: bool) -> None:
    nstart = {node: 1.0 + place for place, node in enumerate(graph)} if start else None
    agree("katz_centrality", graph, weight=weight, alpha=alpha, normalized=normalized, max_iter=50, nstart=nstart and dict(nstart))
    agree("katz_centrality", graph, weight=weight, beta=dict.fromkeys(graph, 2.0))
    agree("eigenvector_centrality", graph, weight=weight, nstart=nstart)


@CASES
@given(graphs(), WEIGHT, st.booleans(), st.booleans(), st.none() | st.integers(1, 10), st.integers(0, 3))
def test_betweenness_centrality(graph: Any, weight: str | None, normalized: bool, endpoints: bool, k: int | None, seed: int) -> None:
    agree("betweenness_centrality", graph, weight=weight, normalized=normalized, endpoints=endpoints, k=k, seed=seed)


@CASES
@given(graphs(), WEIGHT, st.booleans(), st.data())
def test_closeness_and_harmonic_centrality(graph: Any, distance: str | None, wf_improved: bool, data: st.DataObject) -> None:
    some = st.none() | st.sampled_from([*graph, "nobody"]) | st.lists(st.sampled_from([*graph, "nobody"]), unique=True)
    agree("closeness_centrality", graph, distance=distance, wf_improved=wf_improved)
    agree("closeness_centrality", graph, distance=distance, wf_improved=wf_improved, u=data.draw(st.sampled_from([*graph, "nobody"])))
    agree("harmonic_centrality", graph, distance=distance, nbunch=data.draw(some), sources=data.draw(some))


def test_the_harmonic_centrality_of_one_among_many() -> None:
    for kind in (nx.Graph, nx.DiGraph):
        graph = nx.gnp_random_graph(150, 0.02, seed=2, directed=kind is nx.DiGraph)
        agree("harmonic_centrality", graph, nbunch=[7])


@CASES
@given(graphs(), WEIGHT, st.sampled_from([None, -1, 0, 1, 1.5, 4]), st.data())
def test_shortest_path_lengths(graph: Any, weight: str | None, cutoff: float | None, data: st.DataObject) -> None:
    node = data.draw(st.sampled_from([*graph, "nobody"]))
    agree("single_source_shortest_path_length", graph, source=node, cutoff=cutoff)
    agree("single_source_dijkstra_path_length", graph, source=node, cutoff=cutoff, weight=weight)
    agree("shortest_path_length", graph, source=node, weight=weight)
    agree("shortest_path_length", graph, target=node, weight=weight)


def test_edges_without_length_are_edges() -> None:
    graph = nx.DiGraph()
    graph.add_weighted_edges_from([("a", "b", 0), ("b", "c", 2), ("a", "c", 3)])
    agree("single_source_dijkstra_path_length", graph, source="a")
    agree("closeness_centrality", graph, distance="weight")
    agree("harmonic_centrality", graph, distance="weight")


@CASES
@given(graphs())
def test_degrees_cores_and_components(graph: Any) -> None:
    for name, module in ON_ARRAYS.items():
        if module == "components" or name.endswith("degree_centrality") or name == "core_number":
            agree(name, graph)


@CASES
@given(graphs(), WEIGHT, st.data())
def test_clustering(graph: Any, weight: str | None, data: st.DataObject) -> None:
    agree("clustering", graph, weight=weight)
    if len(graph):
        agree("clustering", graph, weight=weight, nodes=data.draw(st.sampled_from([*graph]) | st.lists(st.sampled_from([*graph]), unique=True)))


@CASES
@given(graphs(), WEIGHT)
def test_structural_holes(graph: Any, weight: str | None) -> None:
    assume(len(graph))
    agree("constraint", graph, weight=weight)
    if not graph.is_multigraph():
        agree("constraint", graph, weight=weight, nodes=list(graph))
        if not nx.number_of_selfloops(graph):
            agree("effective_size", graph, weight=weight, nodes=list(graph))


@CASES
@given(graphs(), st.sampled_from([None, "weight"]), st.integers(0, 3), st.sampled_from([0.5, 1, 2]))
def test_leiden_communities_are_a_partition_that_is_better_than_none(graph: Any, weight: str | None, seed: int, resolution: float) -> None:
    options = {"weight": weight, "seed": seed, "resolution": resolution, "backend": NAME}
    if graph.is_directed():
        with pytest.raises(nx.NetworkXNotImplemented):
            nx.community.leiden_communities(graph, **options)
        return
    found = nx.community.leiden_communities(graph, **options)
    assert found == nx.community.leiden_communities(graph, **options)
    assert nx.community.is_partition(graph, found)
    if graph.number_of_edges():
        quality, alone = (nx.community.modularity(graph, parts, weight=weight, resolution=resolution) for parts in (found, [{node} for node in graph]))
        assert quality >= alone - 1e-9


def test_where_nothing_gains_there_is_still_an_answer() -> None:
    graph = nx.Graph([("a", "a")])
    graph.add_node("b")
    assert nx.community.leiden_communities(graph, backend=NAME) == [{"a"}, {"b"}]
    assert nx.community.leiden_communities(nx.Graph(), backend=NAME) == []


@pytest.mark.parametrize("weight", [-1.0, math.inf, "heavy", {"a": 1}])
def test_weights_that_are_none_are_left_to_networkx(weight: Any) -> None:
    graph = nx.Graph()
    graph.add_edge("a", "b", weight=weight)
    for name in ("pagerank", "clustering", "constraint"):
        with pytest.raises(NotImplementedError):
            getattr(nx, name)(graph, weight="weight", backend=NAME)

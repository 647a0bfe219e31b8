"""Every kernel answers as plain networkx does, on directed, weighted, disconnected, empty and self-loop graphs."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_models.arrays.types import Matrix
from graph_models.kernels.centrality import eigenvectors
from graph_models.kernels.centrality.betweenness import dependencies
from graph_models.kernels.centrality.distances import distance_sums, hops_from
from graph_models.kernels.centrality.eigenvectors import NoCycle, eigenvector, hubs_and_authorities, largest_eigenvalue
from graph_models.kernels.centrality.pagerank import NotConverged, pagerank
from graph_models.kernels.compiled import Loop
from graph_models.kernels.flow.maximum_flow import maximum_flow
from graph_models.kernels.flow.ownership import cycles, held_of
from graph_models.kernels.neighbours import matrix_of
from graph_models.kernels.structure.articulation import cuts
from graph_models.kernels.structure.communities import leiden
from graph_models.kernels.structure.core import core_numbers
from graph_models.kernels.structure.dominators import immediate_dominators, sums_below
from graph_models.kernels.structure.structural_holes import constraint, effective_size
from graph_models.kernels.structure.triangles import triangle_sums

WEIGHTS = st.sampled_from([0.1, 0.25, 0.5, 1.0, 2.0, 7.5])


@st.composite
def graphs(draw: st.DrawFn, directed: bool | None = None, most: int = 9) -> nx.Graph:
    """A random graph, with isolated nodes and ties to oneself."""
    nodes = draw(st.integers(1, most))
    made = nx.DiGraph() if (draw(st.booleans()) if directed is None else directed) else nx.Graph()
    made.add_nodes_from(range(nodes))
    place = st.integers(0, nodes - 1)
    for source, target, weight in draw(st.lists(st.tuples(place, place, WEIGHTS), max_size=30)):
        made.add_edge(source, target, weight=weight)
    return made


def matrix(graph: nx.Graph) -> Matrix:
    directed = graph.to_directed()
    edges = list(directed.edges(data="weight", default=1.0))
    return matrix_of(len(graph), [e[0] for e in edges], [e[1] for e in edges], [e[2] for e in edges])


@pytest.fixture
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled as it is used, or as plain Python, which says so where an array ends."""
    if request.param == "python":
        monkeypatch.setattr(Loop, "__call__", lambda loop, *arguments: loop.python(*arguments))


EACH_WAY = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
each_way = pytest.mark.parametrize("run", ["compiled", "python"], indirect=True)


def listed(values: dict[Any, float]) -> list[float]:
    return [values[node] for node in sorted(values)]


@settings(deadline=None, max_examples=60)
@given(graphs(), st.sampled_from([0.0, 0.5, 0.85, 0.95]))
def test_pagerank_is_that_of_networkx(graph: nx.Graph, alpha: float) -> None:
    expected = nx.pagerank(graph, alpha=alpha, tol=1e-14, max_iter=10_000, weight="weight")
    assert pagerank(matrix(graph), alpha).tolist() == pytest.approx(listed(expected), abs=1e-10)


@settings(deadline=None, max_examples=60)
@given(graphs(), st.data())
def test_personal_pagerank_with_either_way_out_of_a_dead_end_is_that_of_networkx(graph: nx.Graph, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(graph) - 1))
    restart = np.zeros(len(graph))
    restart[start] = 2.0
    uniform = dict.fromkeys(graph, 1.0)
    for dangling, theirs in ((restart, None), (None, uniform)):
        expected = nx.pagerank(graph, personalization={start: 1}, dangling=theirs, tol=1e-14, max_iter=10_000)
        assert pagerank(matrix(graph), restart=restart, dangling=dangling).tolist() == pytest.approx(listed(expected), abs=1e-10)


def test_pagerank_leaves_out_the_nodes_that_do_not_exist() -> None:
    present = np.array([True, True, False])
    assert pagerank(matrix_of(3, [0], [1], [1.0]), present=present).tolist() == pytest.approx([0.350877, 0.649123, 0.0], abs=1e-6)


@each_way
@EACH_WAY
@given(graphs(most=14), st.booleans(), st.booleans())
def test_betweenness_is_that_of_networkx(run: None, graph: nx.Graph, by_distance: bool, endpoints: bool) -> None:
    found = dependencies(matrix(graph), np.arange(len(graph)), by_distance=by_distance, endpoints=endpoints).total
    expected = listed(nx.betweenness_centrality(graph, normalized=False, weight="weight" if by_distance else None, endpoints=endpoints))
    assert (found / (1 if graph.is_directed() else 2)).tolist() == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("by_distance", [False, True])
def test_betweenness_of_a_long_chain_has_no_cost_a_level(by_distance: bool) -> None:
    nodes = 1500
    chain = matrix_of(nodes, range(nodes - 1), range(1, nodes), np.ones(nodes - 1))
    total, squares = dependencies(chain, np.arange(nodes), by_distance=by_distance)
    assert total.tolist() == [place * (nodes - 1 - place) for place in range(nodes)]
    assert squares.tolist() == [place * (nodes - 1 - place) ** 2 for place in range(nodes)]


def test_what_is_found_does_not_depend_on_how_many_threads_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = nx.gnp_random_graph(300, 0.03, seed=3, directed=True)
    together = dependencies(matrix(graph), np.arange(300)).total
    monkeypatch.setattr("graph_models.kernels.threads.workers", lambda: 1)
    assert dependencies(matrix(graph), np.arange(300)).total.tolist() == together.tolist()


@each_way
@EACH_WAY
@given(graphs(most=14))
def test_sums_of_distances_are_those_of_networkx(run: None, graph: nx.Graph) -> None:
    sums = distance_sums(matrix(graph), np.arange(len(graph)))
    distances = [[d for d in (nx.single_source_shortest_path_length(graph, u).get(v) for u in graph) if d] for v in sorted(graph)]
    assert sums.sources.tolist() == [len(found) for found in distances]
    assert sums.distance.tolist() == [sum(found) for found in distances]
    assert sums.distance_squares.tolist() == [sum(d * d for d in found) for found in distances]
    assert sums.inverse.tolist() == pytest.approx([sum(1 / d for d in found) for found in distances])
    assert sums.inverse_squares.tolist() == pytest.approx([sum(1 / d**2 for d in found) for found in distances])


def test_sums_of_distances_over_more_sources_than_are_followed_at_once() -> None:
    graph = nx.gnp_random_graph(200, 0.02, seed=1, directed=True)
    assert distance_sums(matrix(graph), np.arange(200)).inverse.tolist() == pytest.approx(listed(nx.harmonic_centrality(graph)))


@each_way
@EACH_WAY
@given(graphs(most=14), st.integers(1, 4))
def test_sums_of_distances_that_end_after_some_hops(run: None, graph: nx.Graph, hops: int) -> None:
    found = distance_sums(matrix(graph), np.arange(len(graph)), hops=hops).sources
    lengths = dict(nx.all_pairs_shortest_path_length(graph, cutoff=hops))
    assert found.tolist() == [sum(v in lengths[u] for u in graph if u != v) for v in sorted(graph)]


@EACH_WAY
@given(graphs())
def test_sums_of_distances_by_weight_are_those_of_networkx(graph: nx.Graph) -> None:
    sums = distance_sums(matrix(graph), np.arange(len(graph)), by_distance=True)
    lengths = dict(nx.all_pairs_dijkstra_path_length(graph))
    distances = [[lengths[u][v] for u in graph if u != v and v in lengths[u]] for v in sorted(graph)]
    assert sums.sources.tolist() == [len(found) for found in distances]
    assert sums.distance.tolist() == pytest.approx([sum(found) for found in distances])
    assert sums.distance_squares.tolist() == pytest.approx([sum(d * d for d in found) for found in distances])
    assert sums.inverse.tolist() == pytest.approx([sum(1 / d for d in found) for found in distances])
    assert sums.inverse_squares.tolist() == pytest.approx([sum(1 / d**2 for d in found) for found in distances])


@each_way
@EACH_WAY
@given(graphs(directed=False, most=12))
def test_articulation_points_and_bridges_are_those_of_networkx(run: None, graph: nx.Graph) -> None:
    found = cuts(matrix(graph))
    assert set(np.flatnonzero(found.points).tolist()) == set(nx.articulation_points(graph))
    assert found.bridges.tolist() == sorted(sorted(bridge) for bridge in nx.bridges(graph))


@EACH_WAY
@given(graphs())
def test_eigenvectors_are_those_of_networkx(graph: nx.Graph) -> None:
    adjacency = nx.to_numpy_array(graph, sorted(graph))
    largest = float(np.linalg.eigvals(adjacency).real.max())
    assert largest_eigenvalue(matrix(graph)) == pytest.approx((largest, largest), rel=1e-6, abs=1e-6)
    try:
        found = eigenvector(matrix(graph))
    except NoCycle:
        assert nx.is_directed_acyclic_graph(graph) if graph.is_directed() else not graph.number_of_edges()
    except NotConverged:
        assert graph.is_directed()
    else:
        assert adjacency.T @ found == pytest.approx(largest * found, abs=1e-9)
        assert found.tolist() == pytest.approx(listed(nx.eigenvector_centrality(graph, max_iter=200_000, tol=1e-13, weight="weight")), abs=1e-6)


@EACH_WAY
@given(graphs())
def test_hubs_and_authorities_are_singular_vectors(graph: nx.Graph) -> None:
    adjacency = nx.to_numpy_array(graph, sorted(graph))
    largest = float(np.linalg.svd(adjacency, compute_uv=False)[0])
    if not largest:
        with pytest.raises(NoCycle):
            hubs_and_authorities(matrix(graph))
        return
    hubs, authorities = hubs_and_authorities(matrix(graph))
    assert (hubs.sum(), authorities.sum()) == pytest.approx((1, 1))
    assert adjacency.T @ (adjacency @ authorities) == pytest.approx(largest**2 * authorities, abs=1e-8)
    assert adjacency @ authorities == pytest.approx((adjacency @ authorities).sum() * hubs, abs=1e-9)


def test_hubs_and_authorities_are_the_same_by_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = matrix(nx.scale_free_graph(400, seed=4))
    voted = hubs_and_authorities(graph)
    monkeypatch.setattr(eigenvectors, "FEW", 10)
    for found, expected in zip(hubs_and_authorities(graph), voted, strict=True):
        assert found == pytest.approx(expected, rel=1e-11)
        assert (found > 0).tolist() == (expected > 0).tolist()
    twins = matrix(nx.disjoint_union(nx.star_graph(30), nx.star_graph(30)))  # both have the same singular value: they share it
    assert hubs_and_authorities(twins)[1].tolist() == pytest.approx([1 / 62] * 62)


@each_way
@EACH_WAY
@given(graphs())
def test_hops_are_those_of_networkx(run: None, graph: nx.Graph) -> None:
    hops, order = hops_from(matrix(graph), 0)
    assert {node: int(hops[node]) for node in order.tolist()} == nx.single_source_shortest_path_length(graph, 0)
    assert hops[order].tolist() == sorted(hops[order].tolist())
    assert (hops >= 0).sum() == len(order)


@each_way
@EACH_WAY
@given(graphs(most=12))
def test_core_numbers_are_those_of_networkx_which_allows_no_tie_to_oneself(run: None, graph: nx.Graph) -> None:
    found = core_numbers(matrix(graph), directed=graph.is_directed())
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    assert found.tolist() == listed(nx.core_number(graph))


@each_way
@EACH_WAY
@given(graphs())
def test_constraint_is_that_of_networkx(run: None, graph: nx.Graph) -> None:
    others = [any(v != u for v in set(nx.all_neighbors(graph, u))) for u in sorted(graph)]
    if not graph.number_of_edges():
        assert np.isnan(constraint(matrix(graph))).all()
        return
    with np.errstate(invalid="ignore"):
        expected = listed(nx.constraint(graph, weight="weight"))
    found = constraint(matrix(graph)).tolist()
    for value, wanted, has_tie in zip(found, expected, others, strict=True):
        # networkx calls some nodes isolated by what their tie to themselves weighs; here it is who has no tie to another
        assert math.isnan(value) == (not has_tie)
        if has_tie and not math.isnan(wanted):
            assert value == pytest.approx(wanted, abs=1e-12)


@each_way
@EACH_WAY
@given(graphs())
def test_effective_size_is_that_of_networkx_node_by_node(run: None, graph: nx.Graph) -> None:
    """For all nodes at once networkx 3.6 divides the tie of j and q by q's strongest, not j's; asked for some nodes, it keeps to the definition."""
    found = effective_size(matrix(graph))
    expected = nx.effective_size(graph, nodes=list(graph), weight="weight")
    for node, wanted in expected.items():
        others = set(nx.all_neighbors(graph, node)) - {node}
        assert math.isnan(found[node]) == (not others)
        if not math.isnan(wanted):
            assert found[node] == pytest.approx(wanted, abs=1e-12)


@each_way
@EACH_WAY
@given(graphs(directed=False))
def test_every_triangle_is_found_once(run: None, graph: nx.Graph) -> None:
    ties = matrix(graph)
    ties.data[:] = 1.0
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    assert triangle_sums(ties).tolist() == listed(nx.triangles(graph))


@each_way
@EACH_WAY
@given(graphs(directed=False, most=14), st.integers(0, 5), st.sampled_from([0.5, 1.0, 2.0]))
def test_communities_are_connected_and_no_node_gains_by_moving(run: None, graph: nx.Graph, seed: int, resolution: float) -> None:
    ties = matrix(graph)
    labels = leiden(ties, seed=seed, resolution=resolution)
    assert labels.tolist() == leiden(ties, seed=seed, resolution=resolution).tolist()
    assert list(dict.fromkeys(labels.tolist())) == list(range(labels.max() + 1))
    groups = [set(np.flatnonzero(labels == label).tolist()) for label in range(labels.max() + 1)]
    assert all(nx.is_connected(graph.subgraph(group)) for group in groups)
    if graph.number_of_edges():
        quality = nx.community.modularity(graph, groups, resolution=resolution)
        assert quality >= nx.community.modularity(graph, [{node} for node in graph], resolution=resolution) - 1e-12
        for node in graph:
            alone = [group - {node} for group in groups] + [{node}]
            assert nx.community.modularity(graph, [group for group in alone if group], resolution=resolution) <= quality + 1e-9


def test_communities_of_the_karate_club_are_as_good_as_any_known() -> None:
    """Modularity .4198 is the largest of all partitions: Brandes, U., et al., On modularity clustering, IEEE TKDE 20, 2008, table 2."""
    graph = nx.karate_club_graph()
    nx.set_edge_attributes(graph, 1, "weight")
    labels = leiden(matrix(graph), seed=1, iterations=10)
    assert round(nx.community.modularity(graph, [set(np.flatnonzero(labels == label).tolist()) for label in range(4)]), 4) == 0.4198


@settings(deadline=None, max_examples=60)
@given(graphs(directed=True))
def test_dominators_are_those_of_networkx(graph: nx.DiGraph) -> None:
    found, order = immediate_dominators(matrix(graph), 0)
    expected = nx.immediate_dominators(graph, 0)
    assert {node: int(found[node]) for node in graph if found[node] >= 0 and node} == {node: above for node, above in expected.items() if node}
    assert sorted(order.tolist()) == sorted({0} | nx.descendants(graph, 0))


@settings(deadline=None, max_examples=60)
@given(graphs(directed=True), st.data())
def test_what_a_node_dominates_is_what_is_lost_without_it(graph: nx.DiGraph, data: st.DataObject) -> None:
    values = np.array(data.draw(st.lists(st.floats(0, 1), min_size=len(graph), max_size=len(graph))))
    found, order = immediate_dominators(matrix(graph), 0)
    sums = sums_below(found, order, values)
    reached = {0} | nx.descendants(graph, 0)
    for node in set(graph) - {0}:
        without = graph.copy()
        without.remove_node(node)
        lost = (reached - {0} - nx.descendants(without, 0) - {node}) if node in reached else set()
        assert sums[node] == pytest.approx(sum(values[list(lost)]), abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(graphs(directed=True), st.data())
def test_maximum_flow_is_that_of_networkx_and_its_cut_cuts(graph: nx.DiGraph, data: st.DataObject) -> None:
    if len(graph) < 2:
        return
    source, target = data.draw(st.lists(st.integers(0, len(graph) - 1), min_size=2, max_size=2, unique=True))
    cut = maximum_flow(matrix(graph), source, target)
    assert cut.value == pytest.approx(nx.maximum_flow_value(graph, source, target, capacity="weight"))
    assert cut.value == pytest.approx(cut.amount.sum())
    without = graph.copy()
    without.remove_edges_from(zip(cut.source.tolist(), cut.target.tolist(), strict=True))
    assert set(np.flatnonzero(cut.source_side).tolist()) == {source} | nx.descendants(without, source)
    assert target not in np.flatnonzero(cut.source_side)


@pytest.mark.parametrize("factor", [1e-9, 1.0, 1 / 3, 1e6, 1e15])
def test_maximum_flow_scales_with_the_amounts(factor: float) -> None:
    """The flow network of Cormen, Leiserson, Rivest, Stein, Introduction to Algorithms, figure 26.1 / 26.6: 23."""
    edges = [
        ("s", "v1", 16),
        ("s", "v2", 13),
        ("v1", "v3", 12),
        ("v2", "v1", 4),
        ("v2", "v4", 14),
        ("v3", "v2", 9),
        ("v3", "t", 20),
        ("v4", "v3", 7),
        ("v4", "t", 4),
    ]
    names = ["s", "v1", "v2", "v3", "v4", "t"]
    places = [[names.index(edge[end]) for edge in edges] for end in (0, 1)]
    cut = maximum_flow(matrix_of(6, places[0], places[1], [factor * edge[2] for edge in edges]), 0, 5)
    assert cut.value == pytest.approx(23 * factor, rel=1e-12)
    assert cut.rounding <= 1e-7 * cut.value


@settings(deadline=None, max_examples=60)
@given(graphs(directed=True))
def test_integrated_ownership_is_the_sum_over_all_chains(graph: nx.DiGraph) -> None:
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    for _, target, data in graph.edges(data=True):
        data["weight"] = 0.9 / max(graph.in_degree(target), 1)
    weights = matrix(graph)
    dense = weights.toarray()
    expected = np.linalg.inv(np.eye(len(graph)) - dense) @ dense
    held, endless = held_of(weights, 0)
    assert held.tolist() == pytest.approx(expected[:, 0].tolist(), abs=1e-10)
    assert not endless.any()
    row, _ = held_of(weights.T.tocsr(), 0)
    assert row.tolist() == pytest.approx(expected[0].tolist(), abs=1e-10)


def test_a_circle_that_holds_all_of_itself_has_no_end() -> None:
    weights = matrix_of(5, [0, 1, 2, 0, 3], [1, 0, 0, 4, 4], [1.0, 1.0, 0.3, 0.5, 0.25])
    held, endless = held_of(weights, 4)
    assert endless.tolist() == [True, True, True, False, False]
    assert held[3] == 0.25
    assert [members.tolist() for members in cycles(weights)] == [[0, 1]]

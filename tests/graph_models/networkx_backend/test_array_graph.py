"""The graphs in networkx: dispatched to arrays where there is code, and as plain networkx elsewhere, with the same answers."""

from __future__ import annotations

import subprocess
import sys

import networkx as nx
import pytest

from graph_models import graph as graph_for
from graph_models import networkx_backend
from graph_models.errors import InvalidInput
from graph_models.networkx_backend import dispatched
from graph_models.networkx_backend.registration import ON_ARRAYS
from tests.graph_models.ecosystems import ecosystem_of, flow, parties, related, role, worked_chain

ARGUMENTS = {
    "closeness_centrality": {"u": "Firm"},
    "betweenness_centrality": {"k": 3, "seed": 1},
    "shortest_path_length": {"source": "Firm"},
    "single_source_dijkstra_path_length": {"source": "Firm"},
    "single_source_shortest_path_length": {"source": "Firm"},
}
UNDIRECTED = {"connected_components", "number_connected_components", "is_connected", "leiden_communities", "leiden_partitions"}


@pytest.mark.parametrize("name", ON_ARRAYS)
def test_what_is_said_to_run_on_arrays_does_and_makes_no_plain_graph(name: str) -> None:
    graph = graph_for(worked_chain(), "tie" if name in UNDIRECTED else "influence")
    before = dispatched.copy()
    found = getattr(nx, name, getattr(nx.community, name, None))(graph, **ARGUMENTS.get(name, {}))
    assert found is not None
    assert dispatched - before == {(name, "arrays"): 1}
    assert "_plain" not in vars(graph)


@pytest.mark.parametrize("name", ["k_core", "average_clustering", "shortest_path", "ego_graph", "diameter"])
def test_everything_else_falls_back_to_plain_networkx_and_is_counted_as_that(name: str) -> None:
    graph = graph_for(worked_chain(), "tie")
    options = {"shortest_path": {"source": "RawMat", "target": "Consumer"}, "ego_graph": {"n": "Firm"}}.get(name, {})
    before = dispatched.copy()
    found, expected = (getattr(nx, name)(taken, **options) for taken in (graph, graph.to_networkx()))
    assert nx.utils.graphs_equal(found, expected) if isinstance(found, nx.Graph) else found == expected
    assert dispatched - before == {(name, "plain"): 1}


def test_what_arrays_have_no_answer_for_falls_back_too() -> None:
    graph = graph_for(worked_chain(), "influence")
    before = dispatched.copy()
    lengths = nx.single_source_dijkstra_path_length(graph, "Firm", weight=lambda u, v, data: 1 / data["weight"])
    assert lengths == nx.single_source_dijkstra_path_length(graph.to_networkx(), "Firm", weight=lambda u, v, data: 1 / data["weight"])
    assert dispatched - before == {("single_source_dijkstra_path_length", "plain"): 1}
    both = nx.compose_all([graph, graph])
    assert nx.utils.graphs_equal(both, nx.DiGraph(graph.to_networkx()))


def test_a_plain_graph_runs_on_arrays_where_that_is_asked_for() -> None:
    graph = nx.karate_club_graph()
    assert nx.betweenness_centrality(graph, backend="stakeholder_graph") == pytest.approx(nx.betweenness_centrality(graph))
    with pytest.raises(NotImplementedError):
        nx.diameter(graph, backend="stakeholder_graph")


def test_only_what_has_array_code_is_said_to_run_on_arrays() -> None:
    assert set(networkx_backend.info()["functions"]) == set(ON_ARRAYS)
    assert networkx_backend.info()["backend_name"] in nx.config.backends
    assert "Burt's definition" in nx.effective_size.__doc__


def test_a_graph_reads_as_a_networkx_graph_and_cannot_be_changed() -> None:
    graph = graph_for(worked_chain(), "value_chain")
    assert (len(graph), graph.number_of_edges(), graph.is_directed(), graph.is_multigraph()) == (10, 14, True, False)
    assert list(graph) == worked_chain().parties
    assert "Firm" in graph
    assert "banana" not in graph
    assert graph.edges["Firm", "Distributor"]["weight"] == 200
    with pytest.raises(nx.NetworkXError):
        graph.to_networkx().add_edge("Firm", "banana")


def test_the_graph_of_streams_has_an_edge_for_each() -> None:
    ecosystem = ecosystem_of(flow("a", "f", utility=0.5, product="p"), flow("a", "f", utility=0.25, product="q") | {"id": "q"}, flow("f", "a", utility=1))
    graph = graph_for(ecosystem, "utility")
    assert graph.is_multigraph()
    assert dict(graph["a"]["f"]) == {
        ("knowledge", "p"): {"weight": 0.5, "kind": "knowledge", "product": "p"},
        ("knowledge", "q"): {"weight": 0.25, "kind": "knowledge", "product": "q"},
    }
    for name in ("pagerank", "degree_centrality", "betweenness_centrality"):
        assert getattr(nx, name)(graph) == pytest.approx(getattr(nx, name)(graph.to_networkx()), abs=1e-12)
    assert nx.single_source_dijkstra_path_length(graph, "a") == {"a": 0, "f": 0.25}
    assert not graph_for(ecosystem, "utility", weight="none").is_multigraph()


def test_rolled_up_units_are_no_nodes() -> None:
    ecosystem = ecosystem_of(*parties("lab", kind="unit"), related("lab", "f", "part_of"), role("a", "lab", "customer"))
    assert list(graph_for(ecosystem, "influence")) == ["a", "f"]
    assert list(graph_for(ecosystem, "influence", roll_up="none")) == ["a", "f", "lab"]
    assert nx.pagerank(graph_for(ecosystem, "influence")) == {"a": 0.5, "f": 0.5}


def test_an_empty_graph_has_no_ranks() -> None:
    assert nx.pagerank(graph_for(ecosystem_of(), "influence")) == {}


def test_an_unknown_graph_is_refused() -> None:
    with pytest.raises(InvalidInput):
        graph_for(worked_chain(), "banana")


def test_a_function_that_networkx_has_not_is_not_ours() -> None:
    with pytest.raises(AttributeError):
        _ = networkx_backend.backend.banana


@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
def test_to_arrays_and_back_is_the_same_graph(kind: type[nx.Graph]) -> None:
    graph = kind()
    graph.add_weighted_edges_from([("a", "b", 2.0), ("a", "b", 3.0), ("b", "b", 1.0), ("c", "a", 0.5)])
    graph.add_node("alone")
    back = networkx_backend.backend.convert_to_nx(networkx_backend.backend.convert_from_nx(graph, edge_attrs={"weight": 1}))
    assert nx.utils.graphs_equal(back, graph)


def test_importing_networkx_does_not_import_the_models() -> None:
    code = "import sys, networkx; print([name for name in ('graph_models.ecosystem.ecosystem', 'pyarrow') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")

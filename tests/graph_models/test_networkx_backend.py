"""The graphs in networkx: dispatched to arrays where there is code, and as plain networkx elsewhere, with the same answers."""

from __future__ import annotations

import subprocess
import sys

import networkx as nx
import pytest

from graph_models import networkx_backend
from graph_models.errors import InvalidInput
from tests.graph_models.ecosystems import ecosystem_of, flow, parties, related, role, worked_chain


def test_pagerank_runs_on_arrays_and_agrees_with_networkx() -> None:
    graph = worked_chain().graph("influence")
    plain = nx.pagerank(graph.to_networkx(), tol=1e-15, max_iter=10_000)
    assert nx.pagerank(graph) == pytest.approx(plain, abs=1e-12)
    assert graph.to_networkx().__class__ is nx.DiGraph
    assert nx.pagerank(graph, weight=None) == pytest.approx(nx.pagerank(graph.to_networkx(), weight=None, tol=1e-15, max_iter=10_000), abs=1e-12)


def test_pagerank_takes_a_restart_and_a_place_for_dangling_mass() -> None:
    graph = worked_chain().graph("influence", reversed=True)
    for options in ({"personalization": {"Firm": 1}}, {"dangling": {"Retail": 2, "Firm": 1}}, {"personalization": {"Firm": 1, "Retail": 3}, "alpha": 0.5}):
        assert nx.pagerank(graph, **options) == pytest.approx(nx.pagerank(graph.to_networkx(), tol=1e-15, max_iter=10_000, **options), abs=1e-12)
    with pytest.raises(ZeroDivisionError):
        nx.pagerank(graph, personalization={"banana": 1})


def test_only_what_has_array_code_is_said_to_run_on_arrays() -> None:
    assert set(networkx_backend.info()["functions"]) == {"pagerank"}
    assert networkx_backend.info()["backend_name"] in nx.config.backends


def test_everything_else_falls_back_to_plain_networkx() -> None:
    graph = worked_chain().graph("tie")
    plain = graph.to_networkx()
    assert nx.core_number(graph) == nx.core_number(plain)
    assert nx.betweenness_centrality(graph) == nx.betweenness_centrality(plain)
    assert nx.shortest_path(graph, "RawMat", "Consumer") == nx.shortest_path(plain, "RawMat", "Consumer")
    assert nx.is_connected(graph)


def test_a_graph_reads_as_a_networkx_graph_and_cannot_be_changed() -> None:
    graph = worked_chain().graph("value_chain")
    assert (len(graph), graph.number_of_edges(), graph.is_directed(), graph.is_multigraph()) == (10, 14, True, False)
    assert list(graph) == worked_chain().parties
    assert "Firm" in graph
    assert "banana" not in graph
    assert graph.edges["Firm", "Distributor"]["weight"] == 200
    with pytest.raises(nx.NetworkXError):
        graph.to_networkx().add_edge("Firm", "banana")


def test_the_graph_of_streams_has_an_edge_for_each() -> None:
    ecosystem = ecosystem_of(flow("a", "f", utility=0.5, product="p"), flow("a", "f", utility=0.25, product="q") | {"id": "q"}, flow("f", "a", utility=1))
    graph = ecosystem.graph("utility")
    assert graph.is_multigraph()
    assert dict(graph["a"]["f"]) == {
        ("knowledge", "p"): {"weight": 0.5, "kind": "knowledge", "product": "p"},
        ("knowledge", "q"): {"weight": 0.25, "kind": "knowledge", "product": "q"},
    }
    assert nx.pagerank(graph) == pytest.approx(nx.pagerank(graph.to_networkx(), tol=1e-15, max_iter=10_000), abs=1e-12)
    assert not ecosystem.graph("utility", weight="none").is_multigraph()


def test_rolled_up_units_are_no_nodes() -> None:
    ecosystem = ecosystem_of(*parties("lab", kind="unit"), related("lab", "f", "part_of"), role("a", "lab", "customer"))
    assert list(ecosystem.graph("influence")) == ["a", "f"]
    assert list(ecosystem.graph("influence", roll_up="none")) == ["a", "f", "lab"]
    assert nx.pagerank(ecosystem.graph("influence")) == {"a": 0.5, "f": 0.5}


def test_an_empty_graph_has_no_ranks() -> None:
    assert nx.pagerank(ecosystem_of().graph("influence")) == {}


def test_an_unknown_graph_is_refused() -> None:
    with pytest.raises(InvalidInput):
        worked_chain().graph("banana")


def test_a_plain_networkx_graph_is_not_turned_into_one_of_ours() -> None:
    with pytest.raises(NotImplementedError):
        networkx_backend.backend.convert_from_nx(nx.DiGraph())
    with pytest.raises(AttributeError):
        _ = networkx_backend.backend.banana


def test_importing_networkx_does_not_import_the_models() -> None:
    code = "import sys, networkx; print([name for name in ('graph_models.ecosystem', 'pyarrow') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")

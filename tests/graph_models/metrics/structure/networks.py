"""Random networks for comparisons with plain networkx."""

from __future__ import annotations

import networkx as nx
from hypothesis import strategies as st

FACTS = {"graph": "facts", "weight": "none"}


@st.composite
def networks(draw: st.DrawFn) -> nx.DiGraph:
    """Directed, disconnected, with nodes that have no way out, and ties to oneself."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(draw(st.integers(1, 8))))
    place = st.integers(0, len(graph) - 1)
    graph.add_edges_from(draw(st.lists(st.tuples(place, place), max_size=20)))
    return graph


@st.composite
def weighted_networks(draw: st.DrawFn) -> nx.DiGraph:
    """The same with strengths, and without ties to oneself: ``influence`` has none."""
    graph = draw(networks())
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    for *_, data in graph.edges(data=True):
        data["strength"] = draw(st.sampled_from([0.125, 0.25, 0.5, 0.75, 1.0]))
    return graph

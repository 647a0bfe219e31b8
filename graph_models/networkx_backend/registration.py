"""What networkx learns of this backend while it is being imported: its name and the functions that run on arrays. No import of networkx here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAME = "stakeholder_graph"

FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "ranking": ("pagerank", "hits", "katz_centrality", "eigenvector_centrality"),
    "distances": (
        "betweenness_centrality",
        "closeness_centrality",
        "harmonic_centrality",
        "single_source_shortest_path_length",
        "single_source_dijkstra_path_length",
        "shortest_path_length",
    ),
    "ties": (
        "degree_centrality",
        "in_degree_centrality",
        "out_degree_centrality",
        "core_number",
        "clustering",
        "constraint",
        "effective_size",
    ),
    "components": (
        "connected_components",
        "number_connected_components",
        "is_connected",
        "weakly_connected_components",
        "number_weakly_connected_components",
        "is_weakly_connected",
        "strongly_connected_components",
        "number_strongly_connected_components",
        "is_strongly_connected",
    ),
    "communities": ("leiden_communities", "leiden_partitions"),
}
"""The modules of this package, and which of networkx's functions each has. They are imported when the first is called."""
ON_ARRAYS = {name: module for module, names in FUNCTIONS.items() for name in names}
DIFFERENT = {
    "effective_size": "By Burt's definition. networkx 3.6 divides a tie by the strongest of its wrong end, unless it is asked for some nodes.",
    "hits": "Begins at equal values where no `nstart` is given: networkx begins anywhere. Where the largest singular value is there several times, as of two "
    "equal separate pairs, the answer is where votes from the start end, never below 0; networkx answers any mixture, also one that sums to 0.",
}
"""Where the answer may differ from plain networkx, as its documentation then says."""


def info() -> dict[str, Any]:
    """What networkx is told of this backend: the functions that run on arrays."""
    return {
        "backend_name": NAME,
        "project": "stakeholder-graph",
        "package": "graph_models",
        "short_summary": "Graphs of a stakeholder ecosystem on arrays.",
        "functions": {name: {"additional_docs": DIFFERENT[name]} if name in DIFFERENT else {} for name in ON_ARRAYS},
    }

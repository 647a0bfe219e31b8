"""What networkx calls: the functions that run on arrays, and every other one on the plain graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
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

dispatched: Counter[tuple[str, str]] = Counter()
"""How often each function ran, and on what: ``arrays``, ``plain`` (on the graph as a plain one), or ``refused`` (networkx then runs it itself)."""


class Backend:
    """What networkx is given by the entry point."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or (name not in ON_ARRAYS and _of_networkx(name) is None):
            raise AttributeError(name)
        return partial(_run, name)

    @staticmethod
    def convert_from_nx(graph: Any, **wanted: Any) -> Any:
        from graph_models.networkx_backend.array_graph import from_networkx

        return from_networkx(graph, **wanted)

    @staticmethod
    def convert_to_nx(result: Any, **_: Any) -> Any:
        if isinstance(result, (list, tuple)) and any(map(_is_ours, result)):
            return type(result)(map(Backend.convert_to_nx, result))
        return result.to_networkx() if _is_ours(result) else result

    @staticmethod
    def can_run(name: str, args: Any, kwargs: Mapping[str, Any]) -> bool:
        """On a graph of ours everything runs; a plain graph is taken for what runs on arrays."""
        given = [*args, *kwargs.values()]
        return name in ON_ARRAYS or any(_is_ours(value) or (isinstance(value, (list, tuple)) and any(map(_is_ours, value))) for value in given)

    should_run = can_run


def _is_ours(value: object) -> bool:
    return getattr(value, "__networkx_backend__", None) == NAME


def _of_networkx(name: str) -> Callable[..., Any] | None:
    from networkx.utils.backends import _registered_algorithms

    found = _registered_algorithms.get(name)
    return None if found is None else found.orig_func


def _run(name: str, *args: Any, **kwargs: Any) -> Any:
    if name in ON_ARRAYS:
        function = getattr(import_module(f"graph_models.networkx_backend.{ON_ARRAYS[name]}"), name)
        try:
            answer = function(*args, **kwargs)
        except NotImplementedError:
            if any(_is_ours(graph) and graph.is_converted for graph in (*args, *kwargs.values())):
                dispatched[name, "refused"] += 1
                raise
        else:
            dispatched[name, "arrays"] += 1
            return answer
    dispatched[name, "plain"] += 1
    plain: Any = _of_networkx(name)
    return plain(*map(Backend.convert_to_nx, args), **{key: Backend.convert_to_nx(value) for key, value in kwargs.items()})


def info() -> dict[str, Any]:
    """What networkx is told of this backend: the functions that run on arrays."""
    return {
        "backend_name": NAME,
        "project": "stakeholder-graph",
        "package": "graph_models",
        "short_summary": "Graphs of a stakeholder ecosystem on arrays.",
        "functions": {name: {"additional_docs": DIFFERENT[name]} if name in DIFFERENT else {} for name in ON_ARRAYS},
    }


backend = Backend()

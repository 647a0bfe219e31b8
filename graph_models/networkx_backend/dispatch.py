"""What networkx calls: the functions that run on arrays, and every other one on the plain graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Any

from graph_models.networkx_backend.registration import NAME, ON_ARRAYS

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


backend = Backend()

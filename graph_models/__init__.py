"""What an ecosystem is, and what can be computed on it. Pure: no web, no database.

``from graph_models import Ecosystem, compute, explain, graph, to_networkx``. Each is imported when it is first used: networkx reads
this package while it is itself being imported, to learn of its backend.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph_models.analysis.compute import compute
    from graph_models.analysis.explanation import explain
    from graph_models.ecosystem.ecosystem import Ecosystem
    from graph_models.networkx_backend.ecosystem_graphs import graph, to_networkx

__all__ = ["Ecosystem", "compute", "explain", "graph", "to_networkx"]
_MODULES = {
    "Ecosystem": "ecosystem.ecosystem",
    "compute": "analysis.compute",
    "explain": "analysis.explanation",
    "graph": "networkx_backend.ecosystem_graphs",
    "to_networkx": "networkx_backend.ecosystem_graphs",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(name)
    return getattr(import_module(f"graph_models.{_MODULES[name]}"), name)

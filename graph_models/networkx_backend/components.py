"""Components, by scipy. Signatures and errors are those of networkx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import networkx as nx
import numpy as np
from scipy.sparse.csgraph import connected_components as components_of

from graph_models.arrays.types import Longs
from graph_models.networkx_backend.array_graph import ArrayGraph

Connection = Literal["weak", "strong"]


def connected_components(G: ArrayGraph) -> Iterator[set[Any]]:
    """The component of the first node first."""
    count, label = _labels(G, "weak")
    first = np.unique(label, return_index=True)[1]
    return _sets(G, label, np.argsort(first)) if count else iter(())


def strongly_connected_components(G: ArrayGraph) -> Iterator[set[Any]]:
    """What a component leads to comes before it, as in networkx."""
    count, label = _labels(G, "strong")
    return _sets(G, label, np.arange(count))


def number_connected_components(G: ArrayGraph) -> int:
    return _labels(G, "weak")[0]


def number_strongly_connected_components(G: ArrayGraph) -> int:
    return _labels(G, "strong")[0]


def is_connected(G: ArrayGraph) -> bool:
    return _one(G, "weak")


def is_strongly_connected(G: ArrayGraph) -> bool:
    return _one(G, "strong")


weakly_connected_components = connected_components
number_weakly_connected_components = number_connected_components
is_weakly_connected = is_connected


def _one(G: ArrayGraph, connection: Connection) -> bool:
    if not len(G):
        raise nx.NetworkXPointlessConcept("Connectivity is undefined for the null graph.")
    return _labels(G, connection)[0] == 1


def _labels(G: ArrayGraph, connection: Connection) -> tuple[int, Longs]:
    if not len(G):
        return 0, np.zeros(0, dtype=np.int64)
    count, label = components_of(G.matrix(None, "one"), directed=G.is_directed(), connection=connection)
    return int(count), label.astype(np.int64)


def _sets(G: ArrayGraph, label: Longs, order: Longs) -> Iterator[set[Any]]:
    places = np.split(np.argsort(label, kind="stable"), np.cumsum(np.bincount(label))[:-1]) if len(label) else []
    return ({G.nodes_in_order[place] for place in places[at].tolist()} for at in order.tolist())

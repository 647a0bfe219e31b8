"""What is seen from a node's own ties and those between its neighbours. Signatures, defaults and errors are those of networkx."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np

from graph_models.arrays.types import Floats, Matrix
from graph_models.kernels.structure.core import core_numbers
from graph_models.kernels.structure.structural_holes import constraint as constraint_kernel
from graph_models.kernels.structure.structural_holes import effective_size as effective_size_kernel
from graph_models.kernels.structure.triangles import clustering as clustering_kernel
from graph_models.kernels.structure.triangles import mutual, others
from graph_models.networkx_backend.array_graph import ArrayGraph


def degree_centrality(G: ArrayGraph) -> dict[Any, float]:
    """A tie to oneself counts twice."""
    return _degree_centrality(G, _counts(G, G.source) + _counts(G, G.target if G.is_directed() else G.loops()))


def in_degree_centrality(G: ArrayGraph) -> dict[Any, float]:
    return _degree_centrality(G, _counts(G, G.target))


def out_degree_centrality(G: ArrayGraph) -> dict[Any, float]:
    return _degree_centrality(G, _counts(G, G.source))


def core_number(G: ArrayGraph) -> dict[Any, int]:
    if len(G.loops()):
        raise nx.NetworkXNotImplemented("Input graph has self loops which is not permitted; Consider using G.remove_edges_from(nx.selfloop_edges(G)).")
    return G.by_node(core_numbers(G.matrix(None), directed=G.is_directed()))


def clustering(G: ArrayGraph, nodes: Any = None, weight: str | None = None) -> Any:
    if G.is_multigraph():
        raise nx.NetworkXNotImplemented("not implemented for multigraph type")
    places = G.places_of(nodes)
    matrix = G.matrix(weight)
    if weight is not None and matrix.nnz and not matrix.data.max():
        raise NotImplementedError("all weights are 0")
    values = clustering_kernel(matrix, directed=G.is_directed(), weighted=weight is not None)
    return float(values[places[0]]) if nodes in G else G.by_node(values, None if nodes is None else places)


def constraint(G: ArrayGraph, nodes: Any = None, weight: str | None = None) -> dict[Any, float]:
    matrix = _tied(G, nodes, weight)
    values = constraint_kernel(matrix)
    both = mutual(matrix)
    total = np.asarray(both.sum(axis=1)).ravel()
    own = np.divide(both.diagonal(), total, out=np.zeros(len(G)), where=total > 0)
    values[np.isnan(values) & (own > 0)] = 4.0  # all that it has is in itself: (1 + 1)^2
    if nodes is None:
        values[total - 2 * own == 0] = np.nan  # whom networkx takes for isolated
    else:
        values[np.diff(matrix.indptr) == 0] = np.nan
    return _of(G, values, nodes)


def effective_size(G: ArrayGraph, nodes: Any = None, weight: str | None = None) -> dict[Any, float]:
    matrix = _tied(G, nodes, weight)
    if nodes is not None and len(G.loops()):
        raise NotImplementedError("networkx counts a node among its own neighbours in a way of its own")
    values = effective_size_kernel(matrix)
    if nodes is not None:
        values[others(matrix) == 0] = np.nan
    return _of(G, values, nodes)


def _tied(G: ArrayGraph, nodes: Any, weight: str | None) -> Matrix:
    matrix = G.matrix(weight)
    if not len(G) or (nodes is not None and (G.is_multigraph() or (matrix.nnz and not matrix.data.min()))):
        raise NotImplementedError("what networkx answers for that is its own")
    return matrix


def _of(G: ArrayGraph, values: Floats, nodes: Any) -> dict[Any, float]:
    return G.by_node(values, None if nodes is None else np.array([G.places[node] for node in nodes], dtype=np.int64))


def _counts(G: ArrayGraph, ends: Any) -> Floats:
    return np.bincount(ends, minlength=len(G)).astype(np.float64)


def _degree_centrality(G: ArrayGraph, counts: Floats) -> dict[Any, float]:
    return G.by_node(counts * (1.0 / (len(G) - 1.0)) if len(G) > 1 else np.ones(len(G)))

"""What is measured along shortest paths. Signatures, defaults and errors are those of networkx."""

from __future__ import annotations

from math import nan
from typing import Any

import networkx as nx
import numpy as np
from networkx.utils import create_py_random_state
from scipy.sparse.csgraph import dijkstra

from graph_models.arrays.types import Floats, Longs, Matrix
from graph_models.kernels.centrality.betweenness import dependencies
from graph_models.kernels.centrality.distances import LANES, Sums, distance_sums, hops_from
from graph_models.networkx_backend.array_graph import ArrayGraph


def betweenness_centrality(
    G: ArrayGraph, k: int | None = None, normalized: bool = True, weight: str | None = None, endpoints: bool = False, seed: Any = None
) -> dict[Any, float]:
    k = None if k == len(G) else k
    sources = np.arange(len(G))
    if k is not None:
        sources = np.array([G.places[node] for node in create_py_random_state(seed).sample(list(G), k)], dtype=np.int64)
    matrix = G.matrix(weight, "one" if weight is None else "least")
    if weight is not None and matrix.nnz and matrix.data.min() <= 0:
        raise NotImplementedError("edges without length")
    total = dependencies(matrix, sources, by_distance=weight is not None, endpoints=endpoints).total
    return G.by_node(total * _scale(G, sources, k, normalized=normalized, endpoints=endpoints))


def _scale(G: ArrayGraph, sources: Longs, k: int | None, *, normalized: bool, endpoints: bool) -> Floats | float:
    """A sampled source is never between itself and others: it had one chance less."""
    ends = len(G) if endpoints else len(G) - 1
    if ends < 2:
        return 1.0
    both = 1 if G.is_directed() else 2
    if k is None or endpoints:
        return 1 / ((k or ends) * (ends - 1)) if normalized else ends / ((k or ends) * both)
    one = 1 / (ends - 1) if normalized else ends / both
    scale = np.full(len(G), one / k)
    scale[sources] = one / (k - 1) if k > 1 else nan
    return scale


def closeness_centrality(G: ArrayGraph, u: Any = None, distance: str | None = None, wf_improved: bool = True) -> Any:
    if u is not None:
        if u not in G:
            raise nx.NodeNotFound(f"Source {u} is not in G")
        to_u = _backward(G, distance)
        from_all = _lengths(to_u, G.places[u], distance)
        found = from_all[np.isfinite(from_all)]
        reached, total = np.array([len(found) - 1.0]), np.array([found.sum()])
    else:
        sums = _sums(G, np.arange(len(G)), distance)
        reached, total = sums.sources, sums.distance
    values = np.divide(reached, total, out=np.zeros(len(total)), where=total > 0)
    if wf_improved and len(G) > 1:
        values *= reached / (len(G) - 1)
    return float(values[0]) if u is not None else G.by_node(values)


def harmonic_centrality(G: ArrayGraph, nbunch: Any = None, distance: str | None = None, sources: Any = None) -> dict[Any, float]:
    wanted, begin = G.places_of(nbunch), G.places_of(sources)
    if distance is None and len(wanted) * LANES < len(begin):  # 64 sources at once are about as dear as one
        values, backward = np.zeros(len(G)), _backward(G, None)
        for place in wanted.tolist():
            lengths = _lengths(backward, place, None)[begin]
            values[place] = (1.0 / lengths[lengths > 0]).sum()
    else:
        values = _sums(G, begin, distance).inverse
    return G.by_node(values, wanted)


def single_source_shortest_path_length(G: ArrayGraph, source: Any, cutoff: float | None = None) -> dict[Any, int]:
    if source not in G:
        raise nx.NodeNotFound(f"Source {source} is not in G")
    hops, order = hops_from(G.matrix(None, "one"), G.places[source])
    if cutoff is not None:
        order = order[(hops[order] == 0) | (hops[order] - 1 < cutoff)]
    return G.by_node(hops, order)


def single_source_dijkstra_path_length(G: ArrayGraph, source: Any, cutoff: float | None = None, weight: str = "weight") -> dict[Any, float]:
    if source not in G:
        raise nx.NodeNotFound(f"Node {source} not found in graph")
    return _nearest_first(G, G.matrix(weight, "least"), source, cutoff)


def shortest_path_length(G: ArrayGraph, source: Any = None, target: Any = None, weight: str | None = None, method: str = "dijkstra") -> Any:
    """From one node to all, or from all to one."""
    if (source is None) == (target is None) or method != "dijkstra":
        raise NotImplementedError("between all, or between two")
    if source is not None:
        return single_source_shortest_path_length(G, source) if weight is None else single_source_dijkstra_path_length(G, source, weight=weight)
    if target not in G:
        raise nx.NodeNotFound(f"Node {target} not found in graph")
    if weight is None:
        hops, order = hops_from(_backward(G, None), G.places[target])
        return G.by_node(hops, order)
    return _nearest_first(G, _backward(G, weight), target, None)


def _nearest_first(G: ArrayGraph, matrix: Matrix, source: Any, cutoff: float | None) -> dict[Any, float]:
    lengths = _lengths(matrix, G.places[source], "weight")
    known = np.isfinite(lengths) if cutoff is None else lengths <= cutoff
    known[G.places[source]] = True
    order = np.flatnonzero(known)
    return G.by_node(lengths, order[np.argsort(lengths[order], kind="stable")])


def _sums(G: ArrayGraph, sources: Longs, distance: str | None) -> Sums:
    return distance_sums(G.matrix(distance, "one" if distance is None else "least"), sources, by_distance=distance is not None)


def _backward(G: ArrayGraph, distance: str | None) -> Matrix:
    matrix = G.matrix(distance, "one" if distance is None else "least")
    return matrix.T.tocsr() if G.is_directed() else matrix


def _lengths(matrix: Matrix, source: int, distance: str | None) -> Floats:
    """From one node to all; infinite where there is no way."""
    if distance is not None:
        lengths: Floats = dijkstra(matrix, indices=[source])[0]
        return lengths
    hops, _ = hops_from(matrix, source)
    return np.where(hops < 0, np.inf, hops)

"""Ranks by who points to whom: the iterations of networkx, on sparse matrices. Signatures, defaults and errors are those of networkx."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, svds

from graph_models.arrays.types import Floats, Matrix
from graph_models.kernels.centrality.eigenvectors import hubs_and_authorities, katz
from graph_models.kernels.centrality.pagerank import NotConverged
from graph_models.kernels.centrality.pagerank import pagerank as pagerank_kernel
from graph_models.networkx_backend.array_graph import ArrayGraph

Values = Mapping[Any, float]


def pagerank(
    G: ArrayGraph,
    alpha: float = 0.85,
    personalization: Values | None = None,
    max_iter: int = 100,
    tol: float = 1e-6,
    nstart: Values | None = None,
    weight: str | None = "weight",
    dangling: Values | None = None,
) -> dict[Any, float]:
    """Stops at ``tol`` a node, as networkx does: on a large graph far from exact. Our own metric of this name does not."""
    if not len(G):
        return {}
    start = np.ones(len(G)) if nstart is None else _vector(G, nstart)
    restart, sinks = (None if values is None else _vector(G, values) for values in (personalization, dangling))
    if restart is not None and not restart.sum():
        raise ZeroDivisionError
    if any(values is not None and (values.min() < 0 or not values.sum()) for values in (start, restart, sinks)) or not 0 <= alpha <= 1:
        raise NotImplementedError("no distribution")
    sinks = restart if sinks is None else sinks
    try:
        return G.by_node(pagerank_kernel(G.matrix(weight), alpha, restart=restart, dangling=sinks, start=start, tolerance=len(G) * tol, most=max_iter))
    except NotConverged as error:
        raise nx.PowerIterationFailedConvergence(max_iter) from error


def hits(
    G: ArrayGraph, max_iter: int = 100, tol: float = 1e-8, nstart: Values | None = None, normalized: bool = True
) -> tuple[dict[Any, float], dict[Any, float]]:
    """Where the largest singular value is there several times, the vectors are those that votes from ``nstart`` (default: equal ones) end at."""
    if not len(G):
        return {}, {}
    matrix = G.matrix("weight")
    if max_iter <= 0:
        raise nx.PowerIterationFailedConvergence(max_iter)
    start = np.full(len(G), 1 / len(G)) if nstart is None else np.array(list(nstart.values()), dtype=np.float64)
    try:
        _, _, right = svds(matrix, k=1, v0=start, maxiter=max_iter, tol=tol)
        authorities = right.ravel() * np.sign(right.sum() or 1.0) + 0.0  # no -0.0
        if _may_be_tied(matrix, authorities, tol):
            authorities = hubs_and_authorities(matrix, start=start if start.min() > 0 else None)[1]
            authorities = authorities / np.linalg.norm(authorities)
    except (ArpackNoConvergence, NotConverged) as error:
        raise nx.PowerIterationFailedConvergence(max_iter) from error
    hubs = matrix @ authorities
    if normalized:
        hubs, authorities = hubs / hubs.sum(), authorities / authorities.sum()
    return G.by_node(hubs), G.by_node(authorities)


def _may_be_tied(matrix: Matrix, authorities: Floats, tol: float) -> bool:
    """Could other vectors have the same singular value? Not where all edges hang together (hub beside authority): then the one vector is above 0.

    With weights below 0 nothing is said: the vector is taken as networkx takes it.
    """
    if not matrix.nnz or matrix.data.min() < 0:
        return False
    if matrix.data.min() == 0:
        matrix = matrix.copy()
        matrix.eliminate_zeros()
    nodes, first = matrix.shape[0], matrix.indptr
    beside = csr_array((matrix.data, matrix.indices + nodes, np.append(first, np.full(nodes, first[-1]))), shape=(2 * nodes, 2 * nodes))
    _, label = connected_components(beside, directed=False)
    hubs = label[:nodes][np.diff(first) > 0]
    return bool((hubs != hubs[0]).any() or authorities.min() < -max(tol, 1e-9))


def katz_centrality(
    G: ArrayGraph,
    alpha: float = 0.1,
    beta: float | Values = 1.0,
    max_iter: int = 1000,
    tol: float = 1e-6,
    nstart: Values | None = None,
    normalized: bool = True,
    weight: str | None = None,
) -> dict[Any, float]:
    if not len(G):
        return {}
    values = np.zeros(len(G)) if nstart is None else _all_of(G, nstart)
    try:
        constant = np.full(len(G), float(beta))  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        if set(beta) != set(G):  # type: ignore[arg-type]
            raise nx.NetworkXError("beta dictionary must have a value for every node") from error
        constant = _vector(G, beta)  # type: ignore[arg-type]
    try:
        values = katz(G.matrix(weight), alpha, constant, start=values, tolerance=len(G) * tol, most=max_iter)
    except NotConverged as error:
        raise nx.PowerIterationFailedConvergence(max_iter) from error
    return G.by_node(values / (np.linalg.norm(values) or 1.0) if normalized else values)


def eigenvector_centrality(G: ArrayGraph, max_iter: int = 100, tol: float = 1e-6, nstart: Values | None = None, weight: str | None = None) -> dict[Any, float]:
    if not len(G):
        raise nx.NetworkXPointlessConcept("cannot compute centrality for the null graph")
    values = np.ones(len(G)) if nstart is None else _all_of(G, nstart)
    if not values.any():
        raise nx.NetworkXError("initial vector cannot have all zero values")
    if not values.sum():
        raise ZeroDivisionError
    values = values / values.sum()
    backward = G.matrix(weight).T.tocsr()
    for _ in range(max_iter):
        before, values = values, values + backward @ values
        values = values / (np.linalg.norm(values) or 1.0)
        if np.abs(values - before).sum() < len(G) * tol:
            return G.by_node(values)
    raise nx.PowerIterationFailedConvergence(max_iter)


def _vector(G: ArrayGraph, values: Values) -> Floats:
    return np.array([values.get(node, 0.0) for node in G], dtype=np.float64)


def _all_of(G: ArrayGraph, values: Values) -> Floats:
    if set(values) != set(G):
        raise NotImplementedError("a start for some nodes only")
    return _vector(G, values)

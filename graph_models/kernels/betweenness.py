"""Brandes' betweenness for a block of sources at once, level by level, in hops.

A level with many nodes is one product of a sparse matrix with a dense block; one with few is walked edge by edge, so that a
long chain does not cost a full block a level.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from graph_models.kernels.arrays import Floats, Ints, Matrix, neighbours

BLOCK = 4_000_000
"""So many (node, source) pairs are worked on at once: five arrays of 8 bytes each."""
DENSE_FROM = 0.02
"""A level that holds this share of all pairs is a product of matrices."""


class Dependencies(NamedTuple):
    """Sums over the sources, a node: of the dependencies on it, and of their squares (for the standard error of a sample)."""

    total: Floats
    squares: Floats


def dependencies(matrix: Matrix, sources: Ints) -> Dependencies:
    """How much the shortest paths (in hops) from each source to all others depend on each node, summed over the sources.

    Examples
    --------
    >>> from graph_models.kernels.arrays import matrix_of
    >>> dependencies(matrix_of(3, [0, 1], [1, 2], [1, 1]), np.arange(3)).total.tolist()
    [0.0, 1.0, 0.0]
    """
    nodes = matrix.shape[0]
    forward = matrix.copy()
    forward.data = np.ones_like(forward.data, dtype=np.float64)
    backward = forward.T.tocsr()
    total, squares = np.zeros(nodes), np.zeros(nodes)
    width = max(1, BLOCK // max(nodes, 1))
    for first in range(0, len(sources), width):
        delta = _block(forward, backward, np.asarray(sources[first : first + width], dtype=np.int64))
        total += delta.sum(axis=1)
        squares += np.einsum("ij,ij->i", delta, delta)
    return Dependencies(total, squares)


def _block(forward: Matrix, backward: Matrix, sources: Ints) -> Floats:
    """Dependencies as an array of (node, source); a pair's key is ``node * width + source``."""
    nodes, width = forward.shape[0], len(sources)
    starts = sources * width + np.arange(width)
    level = np.full(nodes * width, -1, dtype=np.int32)
    paths = np.zeros(nodes * width)
    mark = np.zeros(nodes * width, dtype=np.int64)
    level[starts], paths[starts] = 0, 1.0
    levels: list[Ints] = []
    frontier = starts
    while len(frontier):
        levels.append(frontier)
        depth = len(levels)
        if len(frontier) >= DENSE_FROM * len(level):
            reached = (backward @ _spread(paths, frontier, nodes, width)).ravel()
            frontier = np.flatnonzero((reached > 0) & (level < 0))
            level[frontier], paths[frontier] = depth, reached[frontier]
        else:
            frontier = _advance(forward, frontier, depth, level, paths, mark, width)
    delta = np.zeros(nodes * width)
    for depth in range(len(levels) - 1, 0, -1):
        reached, before = levels[depth], levels[depth - 1]
        if len(reached) >= DENSE_FROM * len(level):
            carried = (forward @ _spread((1.0 + delta) / np.maximum(paths, 1.0), reached, nodes, width)).ravel()
            delta[before] = paths[before] * carried[before]
        else:
            which, places = neighbours(forward.indptr, before // width)
            keys = forward.indices[places].astype(np.int64) * width + (before % width)[which]
            deeper = level[keys] == depth
            which, keys = which[deeper], keys[deeper]
            shares = np.bincount(which, weights=(1.0 + delta[keys]) / paths[keys], minlength=len(before))
            delta[before] = paths[before] * shares
    delta[starts] = 0.0
    return delta.reshape(nodes, width)


def _spread(values: Floats, keys: Ints, nodes: int, width: int) -> Any:
    """The values at some pairs, 0 elsewhere, as a block."""
    block = np.zeros(nodes * width)
    block[keys] = values[keys]
    return block.reshape(nodes, width)


def _advance(forward: Matrix, frontier: Ints, depth: int, level: Any, paths: Floats, mark: Ints, width: int) -> Ints:
    """One level further, edge by edge."""
    which, places = neighbours(forward.indptr, frontier // width)
    keys = forward.indices[places].astype(np.int64) * width + (frontier % width)[which]
    new = level[keys] < 0
    which, keys = which[new], keys[new]
    order = np.arange(len(keys))
    mark[keys] = order
    found: Ints = keys[mark[keys] == order]
    level[found] = depth
    np.add.at(paths, keys, paths[frontier[which]])
    return found

"""The neighbours of nodes in a sparse matrix, and who can be reached over them: the two steps that most kernels share."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import breadth_first_order

from graph_models.arrays.types import Longs, Mask, Matrix

LEVELS = 200
"""So many steps are taken level by level, all nodes of a level at once."""


def matrix_of(nodes: int, source: npt.ArrayLike, target: npt.ArrayLike, weight: npt.ArrayLike) -> Matrix:
    """The matrix of a list of edges; parallel ones are added."""
    places = (np.asarray(source, dtype=np.int64), np.asarray(target, dtype=np.int64))
    made = sp.coo_array((np.asarray(weight, dtype=np.float64), places), shape=(nodes, nodes)).tocsr()
    made.sum_duplicates()
    return made


def neighbours(indptr: Any, rows: Any) -> tuple[Longs, Longs]:
    """For some rows of a CSR matrix: (place in ``rows``, place in ``indices``) of each of their entries, in order."""
    counts = indptr[rows + 1] - indptr[rows]
    which = np.repeat(np.arange(len(rows), dtype=np.int64), counts)
    first = np.cumsum(counts, dtype=np.int64) - counts
    places = np.arange(len(which), dtype=np.int64) - first[which] + indptr[rows][which]
    return which, places


def reachable(matrix: Matrix, start: int | Longs) -> Mask:
    """What can be reached from a node, or from some, along edges, themselves included."""
    seen = np.zeros(matrix.shape[0], dtype=bool)
    seen[start] = True
    frontier = np.flatnonzero(seen)
    for _ in range(LEVELS):
        _, places = neighbours(matrix.indptr, frontier)
        found = matrix.indices[places]
        frontier = np.unique(found[~seen[found]]).astype(np.int64)
        seen[frontier] = True
        if not len(frontier):
            return seen
    return seen | _reached_one_by_one(matrix, frontier)


def _reached_one_by_one(matrix: Matrix, start: Longs) -> Mask:
    """The same for long chains, whose levels are small: node by node from one more node, which leads to all from which to start."""
    nodes, edges = matrix.shape[0], len(matrix.indices) + len(start)
    columns = (np.ones(edges), np.concatenate([matrix.indices, start]), np.append(matrix.indptr, edges))
    seen = np.zeros(nodes + 1, dtype=bool)
    seen[breadth_first_order(sp.csr_array(columns, shape=(nodes + 1, nodes + 1)), nodes, return_predecessors=False)] = True
    return seen[:nodes]

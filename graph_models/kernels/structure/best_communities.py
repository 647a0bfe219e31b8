"""The best of several searches for communities: fresh starts, then the best one so far, loosened and put together anew."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Floats, Longs, Matrix
from graph_models.kernels.structure.communities import leiden

FRESH = 4
"""One run in so many begins with every node alone, and the first of them all."""
LOOSENED = (0.1, 0.2, 0.4)
"""Such a part of the nodes is set loose, in every other run; in the others up to ``MOST_GROUPS`` whole communities are."""
MOST_GROUPS = 3
EQUAL = 1e-12
"""Partitions whose modularity differs by less are equally good."""


def best_communities(matrix: Matrix, *, seed: int = 0, runs: int = 1, iterations: int = 1) -> Longs:
    """The communities of the largest modularity that several runs of the Leiden algorithm find.

    Parameters
    ----------
    matrix : csr_array
        Symmetric, sorted indices, weights of at least 0, a tie of a node to itself once on the diagonal.
    seed : int
        The same seed gives the same communities.
    runs : int
        How often the algorithm runs: one run in ``FRESH`` from single nodes, then from the best so far with some nodes set loose.
    iterations : int
        Of each run.

    Returns
    -------
    array of int
        A community a node, from 0; of equally good partitions the first that was found.

    Notes
    -----
    ``runs`` times the cost of ``leiden``, one after the other.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> two = matrix_of(6, [0, 1, 1, 2, 0, 2, 3, 4, 4, 5, 3, 5, 2, 3], [1, 0, 2, 1, 2, 0, 4, 3, 5, 4, 5, 3, 3, 2], [1] * 14)
    >>> best_communities(two, runs=4).tolist()
    [0, 0, 0, 1, 1, 1]

    References
    ----------
    Traag, Waltman, van Eck 2019 (see ``leiden``). Lourenco, H., Martin, O., Stützle, T., Iterated local search, Handbook of Metaheuristics, 2003.
    """
    draw = np.random.default_rng(seed)
    fresh = -(-runs // FRESH)
    best, most = np.zeros(0, np.int64), -np.inf
    for run in range(runs):
        begin = None if run < fresh else _loosened(best, draw, groups=bool(run % 2))
        found = leiden(matrix, seed=seed + run, iterations=iterations, begin=begin)
        if runs == 1 or not matrix.shape[0]:
            return found
        quality = quality_of(matrix, found)
        if quality > most + EQUAL:
            best, most = found, quality
    return best


def quality_of(matrix: Matrix, label: Longs) -> float:
    """The modularity ``sum_c (w_c / W - (k_c / 2 W)^2)``; 0 where there is no tie."""
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    weight: Floats = matrix.data * np.where(row == matrix.indices, 2.0, 1.0)
    whole = weight.sum() or 1.0
    strength = np.bincount(label[row], weight, matrix.shape[0]) / whole
    return float(weight[label[row] == label[matrix.indices]].sum() / whole - (strength**2).sum())


def _loosened(label: Longs, draw: np.random.Generator, *, groups: bool) -> Longs:
    """The same communities with some nodes alone: of some whole communities, or from everywhere."""
    count = int(label.max()) + 1
    if groups:
        chosen = draw.choice(count, min(count, int(draw.integers(1, MOST_GROUPS + 1))), replace=False)
        loose = np.isin(label, chosen)
    else:
        loose = draw.random(len(label)) < draw.choice(LOOSENED)
    return np.where(loose, len(label) + np.arange(len(label)), label)

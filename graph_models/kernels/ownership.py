"""Shares in shares: what is held through others, and where that has no end."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from graph_models.kernels.arrays import Bools, Floats, Ints, Matrix, reachable


def cycles(matrix: Matrix) -> list[Ints]:
    """The groups of nodes that hold shares of each other in a circle."""
    count, group = connected_components(matrix, directed=True, connection="strong")
    size = np.bincount(group, minlength=count)
    size[group[matrix.diagonal() > 0]] = 2  # who holds itself is a circle alone
    circling = np.flatnonzero(size[group] > 1)
    circling = circling[np.argsort(group[circling], kind="stable")]
    places = np.split(circling, np.flatnonzero(np.diff(group[circling])) + 1) if len(circling) else []
    return sorted(places, key=lambda members: int(members[0]))


def closed(matrix: Matrix) -> Bools:
    """Circles that hold all of themselves: sums over them do not end. (A nonnegative W has (I - W) z = 1, z > 0 exactly if its spectral radius is below 1.)"""
    answer = np.zeros(matrix.shape[0], dtype=bool)
    for members in cycles(matrix):
        inner = sp.eye_array(len(members), format="csc") - matrix[members][:, members].tocsc()
        try:
            steps = splu(inner).solve(np.ones(len(members)))
        except RuntimeError:  # exactly singular
            answer[members] = True
            continue
        answer[members] = not (np.isfinite(steps).all() and (steps > 0).all() and steps.max() < 1e12)
    return answer


def held_of(matrix: Matrix, party: int) -> tuple[Floats, Bools]:
    """Column ``party`` of (I - W)^-1 W: (the share of it that each holds, directly and through others; where that has no end).

    The row of a party is the column of the transposed matrix: ``(I - W)^-1 W = W (I - W)^-1``.

    Examples
    --------
    >>> from graph_models.kernels.arrays import matrix_of
    >>> held_of(matrix_of(3, [0, 1], [1, 2], [0.6, 0.5]), 2)[0].tolist()
    [0.3, 0.5, 0.0]
    """
    nodes = matrix.shape[0]
    held, endless = np.zeros(nodes), np.zeros(nodes, dtype=bool)
    above = reachable(matrix.T.tocsr(), party)
    members = np.flatnonzero(above)
    inner = matrix[members][:, members].tocsr()
    stuck = closed(inner)
    if stuck.any():  # all who hold a closed circle have a part of a sum that does not end
        backward = inner.T.tocsr()
        for node in np.flatnonzero(stuck):
            stuck |= reachable(backward, int(node))
    endless[members[stuck]] = True
    free = np.flatnonzero(~stuck)
    direct = inner[free][:, [int(np.searchsorted(members, party))]].toarray().ravel()
    if direct.any():
        held[members[free]] = splu(sp.eye_array(len(free), format="csc") - inner[free][:, free].tocsc()).solve(direct)
    return held, endless

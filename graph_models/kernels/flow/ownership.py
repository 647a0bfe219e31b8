"""Shares in shares: what is held through others, and where that has no end."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from graph_models.arrays.types import Floats, Longs, Mask, Matrix
from graph_models.kernels.neighbours import reachable

ROUNDING = 1e-12
FACTORED = 2_000
"""A circle of more parties would fill up the factors: its sum is added up term by term, each one more step along the shares."""
STEPS = 20_000
PRECISION = 1e-17


def cycles(matrix: Matrix) -> list[Longs]:
    """The groups of nodes that hold shares of each other in a circle."""
    count, group = connected_components(matrix, directed=True, connection="strong")
    size = np.bincount(group, minlength=count)
    size[group[matrix.diagonal() > 0]] = 2  # who holds itself is a circle alone
    circling = np.flatnonzero(size[group] > 1)
    circling = circling[np.argsort(group[circling], kind="stable")]
    places = np.split(circling, np.flatnonzero(np.diff(group[circling])) + 1) if len(circling) else []
    return sorted(places, key=lambda members: int(members[0]))


def closed(matrix: Matrix) -> Mask:
    """Circles that hold all of themselves: sums over them do not end.

    A circle in which each is held to at most 1, or each holds at most 1, is closed exactly if it is 1 for each (Perron and Frobenius). Else
    (I - W) z = 1 has z > 0 exactly if the spectral radius of W is below 1.
    """
    answer = np.zeros(matrix.shape[0], dtype=bool)
    circles = cycles(matrix)
    if not circles:
        return answer
    group = np.full(matrix.shape[0], -1)
    group[np.concatenate(circles)] = np.repeat(np.arange(len(circles)), [len(members) for members in circles])
    source, target = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), matrix.indices
    inside = (group[source] >= 0) & (group[source] == group[target])
    sums = [np.bincount(ends[inside], matrix.data[inside], matrix.shape[0]) for ends in (target, source)]
    for members in circles:
        whole = next((side[members] for side in sums if side[members].max() <= 1 + ROUNDING), None)
        answer[members] = _endless(matrix[members][:, members]) if whole is None else whole.min() >= 1 - ROUNDING
    return answer


def _endless(circle: Matrix) -> bool:
    try:
        steps = splu(sp.eye_array(circle.shape[0], format="csc") - circle.tocsc()).solve(np.ones(circle.shape[0]))
    except RuntimeError:  # exactly singular
        return True
    return not (np.isfinite(steps).all() and (steps > 0).all() and steps.max() < 1 / ROUNDING)


def held_of(matrix: Matrix, party: int) -> tuple[Floats, Mask]:
    """Column ``party`` of (I - W)^-1 W: (the share of it that each holds, directly and through others; where that has no end).

    The row of a party is the column of the transposed matrix: ``(I - W)^-1 W = W (I - W)^-1``.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
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
        stuck = reachable(inner.T.tocsr(), np.flatnonzero(stuck))
    endless[members[stuck]] = True
    free = np.flatnonzero(~stuck)
    direct = inner[free][:, [int(np.searchsorted(members, party))]].toarray().ravel()
    if direct.any():
        held[members[free]] = _solved(inner[free][:, free].tocsr(), direct)
    return held, endless


def effective_of(matrix: Matrix, held: Floats) -> tuple[Floats, Mask]:
    """(what each holds of a party with its own shares in itself counted once, where that is only a bound): ``held_u / [(I - W)^-1]_uu``, at most 1.

    The diagonal is 1 outside circles. Inside, a walk of shares from a holder to the party that passes the holder again is one that the diagonal
    counts too, so that the quotient is the sum over the walks that leave it for good.

    Parameters
    ----------
    matrix : csr_array
        The shares W: row = holder, column = held.
    held : array
        A column of ``(I - W)^-1 W`` as ``held_of`` answers it; 0 where the sum has no end.

    Notes
    -----
    A dense inverse a circle, O(size^3). In a circle of more than ``FACTORED`` parties the answer is ``min(1, held)``, a bound.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> shares = matrix_of(3, [0, 1, 0], [1, 0, 2], [0.8, 0.9, 0.5])
    >>> held_of(shares, 2)[0].round(6).tolist(), effective_of(shares, held_of(shares, 2)[0])[0].round(6).tolist()
    ([1.785714, 1.607143, 0.0], [0.5, 0.45, 0.0])

    References
    ----------
    Baldone, S., Brioschi, F., Paleari, S., Ownership measures among firms connected by cross-shareholdings and a further analogy with input-output
    theory, JAFEE 1998.
    """
    own, bound = np.ones(len(held)), np.zeros(len(held), dtype=bool)
    holders = np.flatnonzero(held > 0)
    inner = matrix[holders][:, holders].tocsr()
    for members in cycles(inner):
        if len(members) > FACTORED:
            bound[holders[members]] = True
        else:
            circle = np.eye(len(members)) - inner[members][:, members].toarray()
            own[holders[members]] = np.diagonal(np.linalg.inv(circle))
    return np.clip(held / own, 0.0, 1.0), bound


def _solved(matrix: Matrix, right: Floats) -> Floats:
    """(I - W)^-1 applied. The circles come one after the other, so that factors fill up inside a circle only; a large one is summed instead."""
    count, group = connected_components(matrix, directed=True, connection="strong")
    if count and np.bincount(group).max() > FACTORED:
        total, term = right.copy(), right
        for _ in range(STEPS):
            term = matrix @ term
            total += term
            if term.sum() <= PRECISION * total.sum():
                return total
    order = np.argsort(group, kind="stable")  # the groups are numbered along the edges, or against them: triangular but for the circles
    system = sp.eye_array(len(order), format="csc") - matrix[order][:, order].tocsc()
    answer = np.empty(len(order))
    answer[order] = splu(system, permc_spec="NATURAL", diag_pivot_thresh=0.0).solve(right[order])
    return answer

"""Columns of ``(I - M)^-1`` where every column of M, with what leaves for good, sums to 1; exact also where nearly nothing leaves."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, eye_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from graph_models.arrays.types import Floats, Longs, Matrix

NEARLY_CLOSED = 1e-3
"""A strongly connected component that less than this part leaves is balanced as a whole."""


class OpenInverse:
    """LU factors of ``I - M``, with one equation of each nearly closed component replaced by the balance of the whole component.

    ``I - M`` of a component that nearly nothing leaves is nearly singular: how much goes round in it is decided by the little that leaves, and
    that is lost where it is the difference of sums that nearly agree. ``leaving`` states it, so the sum of a component's equations is written
    with it instead: what comes in equals what leaves. What must sum to 1 then does to the precision of floats, however little leaves.

    Parameters
    ----------
    matrix : csr_array
        ``matrix[i, j]``: the share of j that goes on to i, at least 0.
    leaving : array of float
        The share of j that goes nowhere: ``1 - sum_i matrix[i, j]``, known by itself.
    weight : array of float
        About how much goes round in each place; it only decides which components are nearly closed.

    References
    ----------
    Grassmann, W., Taksar, M., Heyman, D., Regenerative analysis and steady state distributions for Markov chains, Operations Research 33, 1985 (sums
    in the place of differences). Stewart, W., Introduction to the Numerical Solution of Markov Chains, 1994, section 2.3 (one equation replaced).

    Examples
    --------
    >>> M = csr_array(np.array([[0.0, 1.0], [1.0 - 1e-11, 0.0]]))
    >>> float(OpenInverse(M, np.array([1e-11, 0.0]), np.ones(2)).solve(np.array([1.0, 0.0]))[0] * 1e-11)
    1.0
    """

    def __init__(self, matrix: Matrix, leaving: Floats, weight: Floats) -> None:
        n = matrix.shape[0]
        entries = coo_array(matrix)
        component = np.asarray(connected_components(matrix, directed=True, connection="strong")[1], np.int64)
        outward = component[entries.row] != component[entries.col]
        leak = leaving + np.bincount(entries.col[outward], entries.data[outward], n)
        balances = _balances(component, leak, weight)
        self._combined = _combining(component, balances)
        system = csr_array(eye_array(n) - matrix) if not len(balances.component) else _balanced(entries, component, leak, balances)
        self._factors: Any = splu(csc_array(system))

    def solve(self, right: Floats) -> Floats:
        """``(I - M)^-1 right``; ``right`` may have several columns."""
        return np.asarray(self._factors.solve(np.asarray(self._combined @ right)), np.float64)

    def solve_transposed(self, right: Floats) -> Floats:
        """``(I - M')^-1 right``."""
        return np.asarray(self._combined.T @ self._factors.solve(right, trans="T"), np.float64)


class _Balances(NamedTuple):
    """The nearly closed components: ``row`` is the place whose equation gives way to the component's balance, times ``scale``."""

    component: Longs
    row: Longs
    scale: Floats
    place: Longs
    """Per component its place among these; -1 for all others."""


def _balances(component: Longs, leak: Floats, weight: Floats) -> _Balances:
    """The equation of the place where most goes round gives way; the largest leak becomes 1."""
    held, lost = np.bincount(component, weight), np.bincount(component, weight * leak)
    largest = np.zeros(len(held))
    np.maximum.at(largest, component, leak)
    close = np.flatnonzero((lost < NEARLY_CLOSED * held) & (largest > 0))
    members = np.flatnonzero(np.isin(component, close))
    order = members[np.lexsort((members, -weight[members], component[members]))]
    _, first = np.unique(component[order], return_index=True)
    place = np.full(len(held), -1, np.int64)
    place[close] = np.arange(len(close))
    return _Balances(close, order[first], 1.0 / largest[close], place)


def _combining(component: Longs, balances: _Balances) -> csr_array:
    """Which equations are added up: the identity, but for the rows of the balances."""
    n, which = len(component), balances.place[component]
    members, plain = np.flatnonzero(which >= 0), np.setdiff1d(np.arange(n), balances.row)
    rows, columns = np.concatenate([plain, balances.row[which[members]]]), np.concatenate([plain, members])
    return csr_array((np.concatenate([np.ones(len(plain)), balances.scale[which[members]]]), (rows, columns)), shape=(n, n))


def _balanced(entries: coo_array, component: Longs, leak: Floats, balances: _Balances) -> csr_array:
    """``I - M`` with the balances in their rows: what leaks from the members, less what comes in from elsewhere."""
    n, which = len(component), balances.place[component]
    members = np.flatnonzero(which >= 0)
    kept = np.ones(n, bool)
    kept[balances.row] = False
    inward = (which[entries.row] >= 0) & (component[entries.row] != component[entries.col])
    to = which[entries.row[inward]]
    rows = [np.flatnonzero(kept), entries.row[kept[entries.row]], balances.row[which[members]], balances.row[to]]
    columns = [np.flatnonzero(kept), entries.col[kept[entries.row]], members, entries.col[inward]]
    values = [
        np.ones(int(kept.sum())),
        -entries.data[kept[entries.row]],
        balances.scale[which[members]] * leak[members],
        -balances.scale[to] * entries.data[inward],
    ]
    return csr_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(n, n))

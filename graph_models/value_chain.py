"""The value chain as matrices: Z, output, A = Z/x and B = x\\Z, and columns and rows of their Leontief and Ghosh inverses.

Only the columns and rows that somebody asks for are solved: by the sparse power series (each term is one more step along the
chain), by LU where that does not converge. Closed cycles, where nothing is added and nothing ends, have no inverse and stay out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csc_array, csr_array, diags_array, eye_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from graph_models.deliveries import Deliveries, deliveries_of
from graph_models.ecosystem import Ecosystem, Floats, Longs, Mask
from graph_models.parameters import Parameters
from graph_models.roll_up import focal_of, roll_up_of, states_of
from graph_models.streams import streams_of
from graph_models.warning import Warning

STEPS = 300
"""Terms of the power series before LU takes over."""
PRECISION = 1e-17
"""The series ends where a term adds less than this part of the sum."""
KEPT = 8
CLOSED = 1e-12
"""A component is closed where all that its parties add is less than this part of what they deliver."""


class ValueChain:
    """Z of one period. Arrays run along the parties; a party that trades nothing has output 0."""

    def __init__(self, n: int, deliveries: Deliveries, focal: int | None, present: Mask, own_use: Mask) -> None:
        self.nodes = n
        self.focal = focal
        """The focal party after the roll-up; ``None`` where it is not there."""
        self.present = present
        self.deliveries = deliveries
        self.z = csr_array((deliveries.value, (deliveries.source, deliveries.target)), shape=(n, n))
        self.sales: Floats = np.asarray(self.z.sum(axis=1)).ravel()
        self.purchases: Floats = np.asarray(self.z.sum(axis=0)).ravel()
        self.x: Floats = np.maximum(self.sales, self.purchases)
        self.used_by: Mask = own_use
        """Whose end of the chain is its own use; what ends with others is unattributed."""
        self._solutions: dict[tuple[str, int], Floats] = {}
        self._factored: dict[str, Any] = {}

    @property
    def warnings(self) -> tuple[Warning, ...]:
        return self.deliveries.warnings

    @cached_property
    def added(self) -> Floats:
        """``va = (x - purchases) / x``: the share of its output that a party adds; 0 without output."""
        return _over(self.x - self.purchases, self.x)

    @cached_property
    def ended(self) -> Floats:
        """``(x - sales) / x``: the share of its output that ends with a party, used or unattributed."""
        return _over(self.x - self.sales, self.x)

    @cached_property
    def used(self) -> Floats:
        """The share of its output that a party uses itself."""
        return np.where(self.used_by, self.ended, 0.0)

    @cached_property
    def unattributed(self) -> Floats:
        """The share of its output that ends with a party that does not use it: nobody knows where it went."""
        return np.where(self.used_by, 0.0, self.ended)

    @cached_property
    def unattributed_share(self) -> float | None:
        """The unattributed part of all that ends anywhere."""
        ends = self.x - self.sales
        return float(ends[~self.used_by].sum() / ends.sum()) if ends.sum() > 0 else None

    @cached_property
    def closed(self) -> Mask:
        """The parties of closed cycles: components in which everybody sells exactly what it buys."""
        _, component = connected_components(self.z, directed=False)
        gap = np.bincount(component, self.x - self.purchases) + np.bincount(component, self.x - self.sales)
        size = np.bincount(component, self.x)
        return np.asarray(((size > 0) & (gap <= CLOSED * size))[component])

    @cached_property
    def a(self) -> csr_array:
        """``A[u, v]``: the share of v's output value that came directly from u. Without closed cycles."""
        return self._open(_scaled(self.z, columns=_inverse(self.x)))

    @cached_property
    def b(self) -> csr_array:
        """``B[u, v]``: the share of u's output that goes directly to v. Without closed cycles."""
        return self._open(_scaled(self.z, rows=_inverse(self.x)))

    def _open(self, matrix: csr_array) -> csr_array:
        keep = (~self.closed).astype(np.float64)
        return _scaled(matrix, rows=keep) if self.closed.any() else matrix

    @property
    def defined(self) -> bool:
        """Has the focal party any output? Without, nothing passes through anybody."""
        return self.focal is not None and bool(self.x[self.focal] > 0)

    def inverse_column(self, place: int) -> Floats:
        """Column ``place`` of L: how much of everybody's output one unit of the party's output takes. NaN in its closed cycle."""
        return self._kept(("L", place), lambda: self._solved(self.a, "A", _unit(self.nodes, place), place))

    def inverse_row(self, place: int) -> Floats:
        """Row ``place`` of G: how much of everybody's output one unit of the party's output becomes. NaN in its closed cycle."""
        return self._kept(("G", place), lambda: self._solved(_transposed(self.b), "B'", _unit(self.nodes, place), place))

    def _kept(self, key: tuple[str, int], solve: Callable[[], Floats]) -> Floats:
        """The last few columns and rows: mostly those of the focal party, which many metrics read."""
        if key not in self._solutions:
            solution = solve()
            solution.flags.writeable = False
            self._solutions[key] = solution
            if len(self._solutions) > KEPT:
                del self._solutions[next(iter(self._solutions))]
        return self._solutions[key]

    @cached_property
    def column_sums(self) -> Floats:
        """The column sums of L (backward linkage); NaN for the parties of closed cycles."""
        return np.where(self.closed, np.nan, self._solved(_transposed(self.a), "A'", np.ones(self.nodes), None))

    @cached_property
    def row_sums(self) -> Floats:
        """The row sums of G (forward linkage); NaN for the parties of closed cycles."""
        return np.where(self.closed, np.nan, self._solved(self.b, "B", np.ones(self.nodes), None))

    @cached_property
    def cycle(self) -> Longs:
        """The number of the strongly connected component of each party; -1 where it is on no cycle."""
        _, component = connected_components(self.z, directed=True, connection="strong")
        size = np.bincount(component)
        to_itself = self.z.diagonal() > 0
        return np.where((size[component] > 1) | to_itself, component, -1).astype(np.int64)

    def diagonal(self, places: Iterable[int]) -> dict[int, float]:
        """``L_uu`` (which is ``G_uu``) of some parties, exactly: 1 outside cycles, else solved within the party's own cycle only."""
        places = list(places)
        answer = dict.fromkeys(places, 1.0)
        by_cycle: dict[int, list[int]] = {}
        for place in places:
            if self.closed[place]:
                answer[place] = float("nan")
            elif self.cycle[place] >= 0:
                by_cycle.setdefault(int(self.cycle[place]), []).append(place)
        for cycle, wanted in sorted(by_cycle.items()):
            members = np.flatnonzero(self.cycle == cycle)
            inner = csr_array(self.a[members][:, members])
            answer.update(zip(wanted, _diagonal(inner, np.searchsorted(members, wanted)).tolist(), strict=True))
        return answer

    def tiers(self, place: int, count: int) -> list[Floats]:
        """``A^k e``, k = 1 .. count: what the party's output takes from everybody k tiers up."""
        term, answer = _unit(self.nodes, place), []
        for _ in range(count):
            term = self.a @ term
            answer.append(term)
        return answer

    def _solved(self, matrix: csr_array, name: str, right: Floats, place: int | None) -> Floats:
        if place is not None and self.closed[place]:
            return np.where(self.closed, np.nan, 0.0)
        total, term = right.copy(), right
        for _ in range(STEPS):
            term = matrix @ term
            total += term
            if np.abs(term).sum() <= PRECISION * np.abs(total).sum():
                return total
        return np.asarray(self._factors(name, matrix).solve(right), np.float64)

    def _factors(self, name: str, matrix: csr_array) -> Any:
        if name not in self._factored:
            self._factored[name] = splu(csc_array(eye_array(self.nodes) - matrix))
        return self._factored[name]


def _diagonal(inner: csr_array, places: Longs) -> Floats:
    """Entries of the diagonal of ``(I - inner)^-1``: all columns at once by the series; factors of a large cycle would fill up."""
    picked = np.arange(len(places))
    term = np.zeros((inner.shape[0], len(places)))
    term[places, picked] = 1.0
    right, total = term, np.ones(len(places))
    for _ in range(STEPS):
        term = inner @ term
        total += term[places, picked]
        if term.sum() <= PRECISION * total.sum():
            return total
    factors: Any = splu(csc_array(eye_array(inner.shape[0]) - inner))
    return np.asarray(factors.solve(right)[places, picked], np.float64)


def value_chain_of(ecosystem: Ecosystem, parameters: Parameters) -> ValueChain:
    """The value chain that the parameters let count. Made once."""
    key = (
        "value_chain",
        ecosystem.period(parameters),
        parameters.hypotheses,
        parameters.roll_up,
        parameters.basis,
        parameters.in_return_for,
        parameters.product,
    )
    return ecosystem.kept(key, lambda: _made(ecosystem, parameters))


def _made(ecosystem: Ecosystem, parameters: Parameters) -> ValueChain:
    z = deliveries_of(ecosystem, parameters)
    own_use = _has_role(ecosystem, parameters, "own_use", narrowed=True)
    resale = _has_role(ecosystem, parameters, "resale", narrowed=False)
    used_by = own_use | (~resale & ~_passes_on(ecosystem, parameters, z))
    return ValueChain(len(ecosystem.parties), z, focal_of(ecosystem, parameters), roll_up_of(ecosystem, parameters).present, used_by)


def _has_role(ecosystem: Ecosystem, parameters: Parameters, purpose: str, *, narrowed: bool) -> Mask:
    """Who has a role with a purpose; ``narrowed``: one that names no product or the one that the chain is narrowed to."""
    facts = ecosystem.families["roles"]
    rows = states_of(ecosystem, "roles", parameters)
    rows = rows[facts.coded("purpose").flags(purpose.__eq__)[rows]]
    if narrowed and parameters.product is not None:
        product = facts.coded("product")
        rows = rows[(product.codes[rows] < 0) | product.flags(parameters.product.__eq__)[rows]]
    source, _, left = roll_up_of(ecosystem, parameters).ends(facts.source[rows], facts.target[rows])
    answer = np.zeros(len(ecosystem.parties), bool)
    answer[source[left]] = True
    return answer


def _passes_on(ecosystem: Ecosystem, parameters: Parameters, z: Deliveries) -> Mask:
    """Who sells a product that it also buys; what names no product is one product."""
    product = streams_of(ecosystem, parameters).flows.product[z.flows].astype(np.int64)
    sizes = np.diff(z.first)
    products = np.int64(product.max(initial=-1) + 2)
    sold = np.repeat(z.source, sizes) * products + product + 1
    bought = np.repeat(z.target, sizes) * products + product + 1
    answer = np.zeros(len(ecosystem.parties), bool)
    answer[np.intersect1d(sold, bought) // products] = True
    return answer


def _unit(n: int, place: int) -> Floats:
    answer = np.zeros(n)
    answer[place] = 1.0
    return answer


def _inverse(values: Floats) -> Floats:
    return np.divide(1.0, values, out=np.zeros(len(values)), where=values > 0)


def _over(values: Floats, output: Floats) -> Floats:
    return np.divide(values, output, out=np.zeros(len(values)), where=output > 0)


def _scaled(matrix: csr_array, *, rows: Floats | None = None, columns: Floats | None = None) -> csr_array:
    if rows is not None:
        matrix = diags_array(rows) @ matrix
    if columns is not None:
        matrix = matrix @ diags_array(columns)
    return csr_array(matrix)


def _transposed(matrix: csr_array) -> csr_array:
    return csr_array(matrix.T)

"""The value chain as matrices of lots: Z, output, A = Z/x and B = x\\Z, and columns and rows of their Leontief and Ghosh inverses.

Only the columns and rows that somebody asks for are solved: by the sparse power series (each term is one more step along the
chain), by LU where that does not converge. Closed cycles, where nothing is added and nothing ends, have no inverse and stay out.

Arrays run along the nodes of the chain, that is lots and pools (``lots.py``), where nothing else is said. A party stands for its nodes, each with its
share in the party's output.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array, diags_array
from scipy.sparse.csgraph import connected_components

from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.flows.deliveries import Deliveries, deliveries_of
from graph_models.flows.flow_amounts import without_rate
from graph_models.flows.lots import Lots, lots_of
from graph_models.kernels.flow.open_inverse import OpenInverse
from graph_models.kernels.neighbours import reachable
from graph_models.notices import Warning

STEPS = 300
"""Terms of the power series before LU takes over."""
PRECISION = 1e-17
"""The series ends where a term adds less than this part of the sum."""
KEPT = 8
CLOSED = 1e-12
"""A component is closed where all that its parties add is less than this part of what they deliver."""
SEALED = 1e-15
"""A cycle inside a component is closed where all that leaves it is less than this part of what it delivers: floats cannot tell it from nothing."""


class ValueChain:
    """Z of one period by lots. A party that trades nothing has one node with output 0."""

    def __init__(self, deliveries: Deliveries, lots: Lots, focal: int | None, present: Mask, used_by: Mask, without_rate: Mask) -> None:
        self.parties = lots.parties
        self.lots = lots
        self.nodes = len(lots.owner)
        self.focal = focal
        """The focal party after the roll-up; ``None`` where it is not there."""
        self.present = present
        """Of each party: is it a node of the graphs?"""
        self.without_rate = without_rate
        """The parties none of whose flows a rate converts: what they trade is not known."""
        self.deliveries = deliveries
        self.z = lots.z
        self.sales: Floats = np.asarray(self.z.sum(axis=1)).ravel()
        self.purchases: Floats = np.asarray(self.z.sum(axis=0)).ravel()
        self.x: Floats = np.maximum(self.sales, self.purchases)
        self.used_by: Mask = used_by
        """Where what ends is used; elsewhere it is unattributed."""
        self._solutions: dict[tuple[str, int], Floats] = {}
        self._inverses: dict[str, OpenInverse] = {}

    @property
    def warnings(self) -> tuple[Warning, ...]:
        return self.deliveries.warnings

    def total(self, values: Floats) -> Floats:
        """Per party the sum over its lots and pool; what is not known there (NaN, in closed cycles) counts 0."""
        return self.lots.total(np.nan_to_num(values))

    def output(self, party: int) -> float:
        """The output of a party: the sum over its lots and pool, closed cycles aside unless it has nothing else."""
        return float(self.x[self._open_nodes(party)].sum())

    def _open_nodes(self, party: int) -> Longs:
        nodes = self.lots.of(party)
        nodes = nodes[self.x[nodes] > 0]
        if len(nodes) and not self.closed_parties[party]:
            nodes = nodes[~self.closed[nodes]]
        return nodes

    def start(self, party: int) -> Floats:
        """Per node its share in the output of a party."""
        answer = np.zeros(self.nodes)
        nodes = self._open_nodes(party)
        if len(nodes) < 2:
            answer[nodes if len(nodes) else party] = 1.0
        else:
            answer[nodes] = self.x[nodes] / self.x[nodes].sum()
        return answer

    @cached_property
    def focal_nodes(self) -> Longs:
        """The lots and the pool in which the focal party has its output, in order."""
        return np.flatnonzero(self.start(self.focal or 0))

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
        """The nodes of closed cycles: components in which everybody sells exactly what it buys, cycles that nothing leaves."""
        _, component = connected_components(self.z, directed=False)
        gap = np.bincount(component, self.x - self.purchases) + np.bincount(component, self.x - self.sales)
        size = np.bincount(component, self.x)
        closed = ((size > 0) & (gap <= CLOSED * size))[component]
        circling = np.flatnonzero((self.cycle >= 0) & ~closed)
        if len(circling):
            leaves, size = np.bincount(self.cycle[circling], self._leaving(circling)), np.bincount(self.cycle[circling], self.x[circling])
            closed[circling] = (leaves <= SEALED * size)[self.cycle[circling]]
        return np.asarray(closed)

    def _leaving(self, nodes: Longs) -> Floats:
        """What of the output of nodes on cycles ends there, or goes to where no way leads back from."""
        some = self.z[nodes]
        source = np.repeat(nodes, np.diff(some.indptr))
        outward = self.cycle[source] != self.cycle[some.indices]
        return np.asarray((self.x - self.sales)[nodes] + np.bincount(source[outward], some.data[outward], self.nodes)[nodes])

    @cached_property
    def closed_parties(self) -> Mask:
        """The parties that trade in closed cycles only."""
        trades = self.lots.total((self.x > 0).astype(np.float64))
        return np.asarray((trades > 0) & (self.lots.total((self.closed & (self.x > 0)).astype(np.float64)) == trades))

    @cached_property
    def a(self) -> csr_array:
        """``A[u, v]``: the share of v's output value that came directly from u. Without closed cycles."""
        return self._open(_scaled(self.z, columns=_inverse(self.x)))

    @cached_property
    def b(self) -> csr_array:
        """``B[u, v]``: the share of u's output that goes directly to v. Without closed cycles."""
        return self._open(_scaled(self.z, rows=_inverse(self.x)))

    def _open(self, matrix: csr_array) -> csr_array:
        if not self.closed.any():
            return matrix
        keep = (~self.closed).astype(np.float64)
        opened = _scaled(matrix, rows=keep, columns=keep)
        opened.eliminate_zeros()
        return opened

    @property
    def defined(self) -> bool:
        """Has the focal party any output? Without, nothing passes through anybody."""
        return self.focal is not None and bool(len(self._open_nodes(self.focal)))

    def inverse_column(self, party: int) -> Floats:
        """L times the party's lots: how much of everybody's output one unit of its output takes. NaN in its closed cycle."""
        return self._kept(("L", party), lambda: self._solved("L", self.start(party), party))

    def inverse_row(self, party: int) -> Floats:
        """The party's lots times G: how much of everybody's output one unit of its output becomes. NaN in its closed cycle."""
        return self._kept(("G", party), lambda: self._solved("G", self.start(party), party))

    def taken_from(self, party: int) -> Floats:
        """``inverse_column``; exactly 0 for who stands nowhere before the party (LU leaves rounding there)."""
        return np.where(reachable(_transposed(self.z), np.flatnonzero(self.start(party))), self.inverse_column(party), 0.0)

    def received_by(self, party: int) -> Floats:
        """``inverse_row``; exactly 0 for who stands nowhere behind the party."""
        return np.where(reachable(self.z, np.flatnonzero(self.start(party))), self.inverse_row(party), 0.0)

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
        """The column sums of L (backward linkage); NaN in closed cycles."""
        return np.where(self.closed, np.nan, self._solved("L'", np.ones(self.nodes), None))

    @cached_property
    def row_sums(self) -> Floats:
        """The row sums of G (forward linkage); NaN in closed cycles."""
        return np.where(self.closed, np.nan, self._solved("G'", np.ones(self.nodes), None))

    def by_output(self, values: Floats) -> Floats:
        """Per party the mean over its lots and pool, weighted by their output; without output the value of its node, NaN in closed cycles."""
        if self.lots.plain:
            return values
        weight = np.where(self.closed, 0.0, self.x)
        output = self.lots.total(weight)
        mean = np.divide(self.total(values * weight), output, out=np.zeros(self.parties), where=output > 0)
        return np.where(output > 0, mean, values[: self.parties])

    @cached_property
    def cycle(self) -> Longs:
        """The number of the strongly connected component of each node; -1 where it is on no cycle."""
        return cycles(self.z)

    @cached_property
    def party_cycle(self) -> Longs:
        """The same of each party, all its lots taken together: only on such a cycle can value come back to a party in another lot."""
        z, n = self.deliveries, self.parties
        return self.cycle if self.lots.plain else cycles(csr_array((z.value, (z.source, z.target)), shape=(n, n)))

    def tiers(self, party: int, count: int) -> list[Floats]:
        """``A^k``, k = 1 .. count, times the party's lots: what its output takes from everybody k tiers up."""
        term, answer = self.start(party), []
        for _ in range(count):
            term = self.a @ term
            answer.append(term)
        return answer

    def _solved(self, name: str, right: Floats, party: int | None) -> Floats:
        """``(I - A)^-1 right`` (L), ``(I - B')^-1 right`` (G), or the transposed inverse (L', G') times it."""
        if party is not None and self.closed_parties[party]:
            return np.where(self.closed, np.nan, 0.0)
        matrix = self.a if name.startswith("L") else self.b
        if name in ("L'", "G"):
            matrix = _transposed(matrix)
        if (total := series(matrix, right)) is not None:
            return total
        inverse = self._inverse(name[0])
        return inverse.solve_transposed(right) if name.endswith("'") else inverse.solve(right)

    def _inverse(self, name: str) -> OpenInverse:
        if name not in self._inverses:
            axis, matrix = (0, self.a) if name == "L" else (1, _transposed(self.b))
            leaving = _over(self.x - np.asarray(self.z.sum(axis=axis)).ravel(), self.x)
            self._inverses[name] = OpenInverse(matrix, leaving, self.x)
        return self._inverses[name]


def series(matrix: csr_array, right: Floats) -> Floats | None:
    """``right + M right + M^2 right ...``; ``None`` where that is not at its end after ``STEPS`` terms. ``right`` may have several columns."""
    total, term = right.copy(), right
    for _ in range(STEPS):
        term = matrix @ term
        total += term
        if np.abs(term).sum() <= PRECISION * np.abs(total).sum():
            return total
    return None


def cycles(matrix: csr_array) -> Longs:
    """The number of the strongly connected component of each place; -1 where it is on no cycle."""
    _, component = connected_components(matrix, directed=True, connection="strong")
    size = np.bincount(component)
    return np.where((size[component] > 1) | (matrix.diagonal() > 0), component, -1).astype(np.int64)


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
        parameters.products,
    )
    return ecosystem.kept(key, lambda: _made(ecosystem, parameters))


def _made(ecosystem: Ecosystem, parameters: Parameters) -> ValueChain:
    z = deliveries_of(ecosystem, parameters)
    lots, used_by = lots_of(ecosystem, parameters, z)
    present = roll_up_of(ecosystem, parameters).present
    return ValueChain(z, lots, focal_of(ecosystem, parameters), present, used_by, without_rate(ecosystem, parameters))


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

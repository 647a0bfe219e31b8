"""Trophic level: in which tier of the chain (or of any graph) a party stands, counted from those who buy nothing."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_array, csr_array, eye_array
from scipy.sparse.linalg import bicgstab, splu

from graph_models.arrays.types import Floats, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import GRAPHS, Parameter, Parameters
from graph_models.flows.flow_amounts import without_rate
from graph_models.flows.value_chain import CLOSED, PRECISION, cycles
from graph_models.graphs.graph_types import graph_of
from graph_models.kernels.neighbours import reachable
from graph_models.metrics.result import NO_RATE, Metric, MetricResult, number_result

__all__ = ["trophic_level"]

NO_SOURCE = "no-source"
STEPS = 32
"""Terms of the series: it ends by itself in a chain without cycles that is no longer."""
RESIDUAL = 1e-13


def trophic_level(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """In which tier of the chain does a party stand, counted from those who buy nothing?

    ``s_i = 1 + sum_j p_ji s_j``, p_ji = w_ji / sum_k w_ki, in the value chain Z_ji / purchases_i: one above the mean level of what it buys,
    weighted by value. Who buys nothing stands at 1.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``graph`` (value_chain) and the others of every structural metric; ``product basis in_return_for`` shape the chain. Parties are taken
        whole: their lots are not told apart.

    Returns
    -------
    MetricResult
        At least 1. Between two whole numbers for who buys in several tiers; far above the length of any chain where value runs in circles.

    Notes
    -----
    Undefined where the system is singular: for the parties of a cycle that buys nothing from outside (to one part in 10^12), and for all that
    buy from them, at any remove (``no-source``); so on an undirected graph for all that have a tie. Who trades nothing buys nothing: 1, by
    formula. What a party buys from itself counts. In the value chain also where no rate converts any flow of the party (``no-rate``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "mine", "smelter")]
    >>> for supplier, customer, amount in (("mine", "smelter", 30), ("smelter", "firm", 60), ("mine", "firm", 20)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> trophic_level(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'firm': 2.75, 'mine': 1.0, 'smelter': 2.0}

    References
    ----------
    Levine, S., Several measures of trophic structure applicable to complex food webs, Journal of Theoretical Biology 83, 1980.
    """
    name = parameters.graph or "value_chain"
    graph = graph_of(ecosystem, name, parameters)
    matrix = graph.matrix()
    sourceless = _sourceless(matrix)
    undefined = {NO_RATE: without_rate(ecosystem, parameters)} if name == "value_chain" else {}
    return number_result(
        ecosystem,
        "trophic_level",
        _levels(matrix, sourceless),
        undefined=undefined | {NO_SOURCE: sourceless},
        present=graph.present,
        warnings=list(graph.warnings),
    )


def _sourceless(matrix: csr_array) -> Mask:
    """The parties of cycles that nothing enters from outside, and whoever stands behind them."""
    n, cycle = matrix.shape[0], cycles(matrix)
    on_cycle = np.flatnonzero(cycle >= 0)
    if not len(on_cycle):
        return np.zeros(n, bool)
    source = np.repeat(np.arange(n), np.diff(matrix.indptr))
    outside = cycle[source] != cycle[matrix.indices]
    entering, in_all = (np.bincount(matrix.indices[which], matrix.data[which], n) for which in (outside, slice(None)))
    inflow, whole = (np.bincount(cycle[on_cycle], values[on_cycle], n) for values in (entering, in_all))
    without = on_cycle[(inflow <= CLOSED * whole)[cycle[on_cycle]]]
    return reachable(matrix, without) if len(without) else np.zeros(n, bool)


def _levels(matrix: csr_array, sourceless: Mask) -> Floats:
    """By the series (exact where there is no cycle), then by BiCGSTAB from where it stands, at last by LU."""
    n = matrix.shape[0]
    received = np.bincount(matrix.indices, matrix.data, n)
    divisor = np.where(sourceless | (received <= 0), np.inf, received)
    inputs = csr_array(csr_array((matrix.data / divisor[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape).T)
    ones = np.ones(n)
    levels: Floats = ones.copy()
    term: Floats = ones
    for _ in range(STEPS):
        term = np.asarray(inputs @ term)
        levels += term
        if term.sum() <= PRECISION * levels.sum():
            return levels
    system = eye_array(n, format="csr") - inputs
    found, failed = bicgstab(system, ones, x0=levels, rtol=RESIDUAL, atol=0.0, maxiter=1000)
    return np.asarray(splu(csc_array(system)).solve(ones) if failed else found, np.float64)


TROPHIC_LEVEL = Metric(
    "trophic_level",
    "value_flow",
    "In which tier of the chain does a party stand?",
    "s_i = 1 + sum_j p_ji s_j, p_ji = w_ji / sum_k w_ki (in the value chain Z_ji / purchases_i)",
    "the party is in a cycle that buys nothing from outside, or buys from one, at any remove (no-source); in the value chain also where no rate "
    "converts any of its amounts (no-rate)",
    "Levine, Journal of Theoretical Biology 83, 1980",
    trophic_level,
    (Parameter("graph", "text", "value_chain", choices=GRAPHS),),
    structural=True,
    cost="linear in the deliveries, as often as the chain is long; with cycles one sparse solve",
)

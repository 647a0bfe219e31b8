"""Trophic level: in which tier of the chain a party stands, counted from those who buy nothing."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_array, csr_array, eye_array
from scipy.sparse.linalg import bicgstab, splu

from graph_models.ecosystem import Ecosystem, Floats, Mask
from graph_models.kernels.arrays import reachable
from graph_models.metrics.result import Metric, MetricResult, number_result
from graph_models.parameters import Parameters
from graph_models.value_chain import CLOSED, PRECISION, ValueChain, value_chain_of

__all__ = ["trophic_level"]

NO_SOURCE = "no-source"
STEPS = 32
"""Terms of the series: it ends by itself in a chain without cycles that is no longer."""
RESIDUAL = 1e-13


def trophic_level(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """In which tier of the chain does a party stand, counted from those who buy nothing?

    ``s_i = 1 + sum_j p_ji s_j``, p_ji = Z_ji / purchases_i: one above the mean level of what it buys, weighted by value. Who buys nothing
    stands at 1.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        Those that shape the chain: ``period product basis in_return_for roll_up hypotheses``.

    Returns
    -------
    MetricResult
        At least 1. Between two whole numbers for who buys in several tiers; far above the length of any chain where value runs in circles.

    Notes
    -----
    Undefined where the system is singular: for the parties of a cycle that buys nothing from outside (to one part in 10^12), and for all that
    buy from them, at any remove (``no-source``). Who trades nothing buys nothing: 1, by formula. What a party buys from itself counts.

    Examples
    --------
    >>> from graph_models.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "mine", "smelter")]
    >>> for supplier, customer, amount in (("mine", "smelter", 30), ("smelter", "firm", 60), ("mine", "firm", 20)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> trophic_level(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'firm': 2.75, 'mine': 1.0, 'smelter': 2.0}

    References
    ----------
    Levine, S., Several measures of trophic structure applicable to complex food webs, Journal of Theoretical Biology 83, 1980.
    """
    chain = value_chain_of(ecosystem, parameters)
    sourceless = _sourceless(chain)
    values = _levels(chain, sourceless)
    return number_result(ecosystem, "trophic_level", values, undefined={NO_SOURCE: sourceless}, present=chain.present, warnings=list(chain.warnings))


def _sourceless(chain: ValueChain) -> Mask:
    """The parties of cycles that buy nothing from outside, and whoever stands behind them."""
    on_cycle = np.flatnonzero(chain.cycle >= 0)
    if not len(on_cycle):
        return np.zeros(chain.nodes, bool)
    cycle = chain.cycle
    source = np.repeat(np.arange(chain.nodes), np.diff(chain.z.indptr))
    outside = cycle[source] != cycle[chain.z.indices]
    bought_outside = np.bincount(chain.z.indices[outside], chain.z.data[outside], chain.nodes)
    inflow, purchases = (np.bincount(cycle[on_cycle], values[on_cycle], chain.nodes) for values in (bought_outside, chain.purchases))
    without = on_cycle[(inflow <= CLOSED * purchases)[cycle[on_cycle]]]
    return reachable(chain.z, without) if len(without) else np.zeros(chain.nodes, bool)


def _levels(chain: ValueChain, sourceless: Mask) -> Floats:
    """By the series (exact where there is no cycle), then by BiCGSTAB from where it stands, at last by LU."""
    bought = np.where(sourceless, np.inf, chain.purchases)
    inputs = csr_array(csr_array((chain.z.data / bought[chain.z.indices], chain.z.indices, chain.z.indptr), shape=chain.z.shape).T)
    ones = np.ones(chain.nodes)
    levels: Floats = ones.copy()
    term: Floats = ones
    for _ in range(STEPS):
        term = np.asarray(inputs @ term)
        levels += term
        if term.sum() <= PRECISION * levels.sum():
            return levels
    system = eye_array(chain.nodes, format="csr") - inputs
    found, failed = bicgstab(system, ones, x0=levels, rtol=RESIDUAL, atol=0.0, maxiter=1000)
    return np.asarray(splu(csc_array(system)).solve(ones) if failed else found, np.float64)


TROPHIC_LEVEL = Metric(
    "trophic_level",
    "value_flow",
    "In which tier of the chain does a party stand?",
    "s_i = 1 + sum_j p_ji s_j, p_ji = Z_ji / purchases_i",
    "the party is in a cycle that buys nothing from outside, or buys from one, at any remove (no-source)",
    "Levine, Journal of Theoretical Biology 83, 1980",
    trophic_level,
    cost="linear in the deliveries, as often as the chain is long; with cycles one sparse solve",
)

"""Pass-through: how much of the focal party's value comes through a party, goes through it, or is added by it."""

from __future__ import annotations

import numpy as np

from graph_models.ecosystem import Ecosystem, Floats, Mask
from graph_models.kernels.arrays import reachable
from graph_models.metrics.asked_party import place_of
from graph_models.metrics.result import CLOSED_CYCLE, NO_FOCAL_PARTY, NO_VALUE_CHAIN, Metric, MetricResult, number_result, undefined_result
from graph_models.parameters import Parameters
from graph_models.roll_up import roll_up_of
from graph_models.value_chain import ValueChain, value_chain_of

__all__ = ["embodied_value_added", "no_chain", "pass_through_down", "pass_through_up", "received_by", "taken_from"]

EXACT, EXACT_LARGE, LARGE = 200, 8, 20_000
"""So many parties inside cycles get their exact value; fewer where there are more than ``LARGE`` parties."""


def pass_through_up(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How much of what we deliver was made with this supplier, at any tier?

    ``L_uf / L_uu``, L = (I - A)^-1, A = Z diag(x)^-1: the share of the focal party's output value that came through u. Dividing by L_uu
    counts value that passes u in circles once.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``exact``: how many parties inside cycles, those with the largest L_uf, get their exact L_uu (default 200, above 20,000 parties 8), and
        ``parties``, which get it too; ``period product basis in_return_for roll_up hypotheses`` shape the chain.

    Returns
    -------
    MetricResult
        ``bound`` where the value is ``min(1, L_uf)``, which the exact one does not exceed. L_uu is 1 outside cycles.

    Notes
    -----
    Undefined for all where the focal party is not there (``no-focal-party``) or has no output (``no-value-chain``), and for the parties of a
    closed cycle, where nothing is added and nothing ends (``closed-cycle``).

    Examples
    --------
    >>> from graph_models.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "mine", "shop", "smelter")]
    >>> for supplier, customer, amount in (("mine", "smelter", 30), ("smelter", "firm", 60), ("firm", "shop", 100)):
    ...     records.append({"type": "value_flow", "id": supplier, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> pass_through_up(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'firm': 1.0, 'mine': 0.3, 'shop': 0.0, 'smelter': 0.6}

    See Also
    --------
    pass_through_down

    References
    ----------
    Miller, R., Blair, P., Input-Output Analysis, 2nd edition, Cambridge University Press, 2009, chapter 2.
    """
    chain = value_chain_of(ecosystem, parameters)
    return no_chain(ecosystem, chain, "pass_through_up") or _passed(ecosystem, parameters, chain, "pass_through_up", taken_from(chain, chain.focal or 0))


def pass_through_down(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How much of what we deliver goes through this party on its way to those who use it?

    ``G_fi / G_ii``, G = (I - B)^-1, B = diag(x)^-1 Z: the share of the focal party's output that goes through i.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        As ``pass_through_up``, by the largest G_fi.

    Returns
    -------
    MetricResult
        ``bound`` where the value is ``min(1, G_fi)``.

    Notes
    -----
    Undefined as ``pass_through_up``.

    Examples
    --------
    >>> from graph_models.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("chain", "family", "firm", "shop")]
    >>> for supplier, customer, amount in (("firm", "chain", 75), ("firm", "shop", 25), ("chain", "family", 90)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> pass_through_down(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'chain': 0.75, 'family': 0.75, 'firm': 1.0, 'shop': 0.25}

    See Also
    --------
    pass_through_up, sink_share

    References
    ----------
    Ghosh, A., Input-output approach in an allocation system, Economica 25, 1958. Miller, Blair 2009, chapter 12.
    """
    chain = value_chain_of(ecosystem, parameters)
    return no_chain(ecosystem, chain, "pass_through_down") or _passed(ecosystem, parameters, chain, "pass_through_down", received_by(chain, chain.focal or 0))


def embodied_value_added(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who adds the value in what we sell?

    ``va_u L_uf`` with ``va = (x - purchases) / x``: the share of the focal party's output value that u added, at whatever tier. Sums to 1.

    Notes
    -----
    Undefined as ``pass_through_up``.

    Examples
    --------
    >>> from graph_models.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "mine", "shop", "smelter")]
    >>> for supplier, customer, amount in (("mine", "smelter", 30), ("smelter", "firm", 60), ("firm", "shop", 100)):
    ...     records.append({"type": "value_flow", "id": supplier, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> embodied_value_added(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'firm': 0.4, 'mine': 0.3, 'shop': 0.0, 'smelter': 0.3}

    References
    ----------
    Koopman, R., Wang, Z., Wei, S.-J., Tracing value-added and double counting in gross exports, American Economic Review 104, 2014.
    """
    chain = value_chain_of(ecosystem, parameters)
    if undefined := no_chain(ecosystem, chain, "embodied_value_added"):
        return undefined
    return chain_result(ecosystem, chain, "embodied_value_added", chain.added * taken_from(chain, chain.focal or 0))


def no_chain(ecosystem: Ecosystem, chain: ValueChain, metric: str) -> MetricResult | None:
    """The answer where there is no focal party, or nothing that it delivers or buys."""
    if chain.defined:
        return None
    reason = NO_FOCAL_PARTY if chain.focal is None else NO_VALUE_CHAIN
    return undefined_result(ecosystem, metric, reason, present=chain.present, warnings=list(chain.warnings))


def chain_result(
    ecosystem: Ecosystem, chain: ValueChain, metric: str, values: Floats, *, bound: Mask | None = None, undefined: dict[str, Mask | bool] | None = None
) -> MetricResult:
    """A metric of the value chain: undefined in closed cycles, with the warnings of the chain."""
    reasons = (undefined or {}) | {CLOSED_CYCLE: chain.closed}
    return number_result(ecosystem, metric, values, undefined=reasons, present=chain.present, bound=bound, warnings=list(chain.warnings))


def taken_from(chain: ValueChain, place: int) -> Floats:
    """Column ``place`` of L; exactly 0 for who stands nowhere before the party (LU leaves rounding there)."""
    return np.where(reachable(chain.z.T.tocsr(), place), chain.inverse_column(place), 0.0)


def received_by(chain: ValueChain, place: int) -> Floats:
    """Row ``place`` of G; exactly 0 for who stands nowhere behind the party."""
    return np.where(reachable(chain.z, place), chain.inverse_row(place), 0.0)


def _passed(ecosystem: Ecosystem, parameters: Parameters, chain: ValueChain, metric: str, through: Floats) -> MetricResult:
    """``through`` divided by the diagonal: exact where it is 1 or asked for, else bound."""
    circling = np.flatnonzero((chain.cycle >= 0) & ~chain.closed & (through > 0))
    count = parameters.exact if parameters.exact is not None else EXACT if chain.present.sum() <= LARGE else EXACT_LARGE
    largest = circling[np.argsort(-through[circling], kind="stable")][:count]
    counts_as = roll_up_of(ecosystem, parameters).counts_as
    named = [int(counts_as[place_of(ecosystem, party, "parties")]) for party in parameters.parties]
    exact = np.intersect1d(np.unique(np.concatenate([largest, np.array([*named, chain.focal], np.int64)])), circling)
    bound = np.zeros(chain.nodes, bool)
    bound[circling] = True
    bound[exact] = False
    diagonal = np.ones(chain.nodes)
    for place, value in chain.diagonal(exact.tolist()).items():
        diagonal[place] = value
    if chain.focal is not None and not chain.closed[chain.focal]:
        diagonal[chain.focal] = through[chain.focal]  # the same number, solved for already
    return chain_result(ecosystem, chain, metric, np.minimum(through / diagonal, 1.0), bound=bound)


_NO_CHAIN = "there is no focal party (no-focal-party), it has no output (no-value-chain), or the party is in a closed cycle (closed-cycle)"
_COST = "one sparse solve, and one within its cycle for each of the `exact` parties"
PASS_THROUGH_UP = Metric(
    "pass_through_up",
    "value_flow",
    "How much of what we deliver came through this party?",
    "L_uf / L_uu",
    _NO_CHAIN,
    "Miller, Blair, Input-Output Analysis, 2009, chapter 2",
    pass_through_up,
    cost=_COST,
)
PASS_THROUGH_DOWN = Metric(
    "pass_through_down",
    "value_flow",
    "How much of what we deliver goes through this party?",
    "G_fi / G_ii",
    _NO_CHAIN,
    "Ghosh, Economica 25, 1958",
    pass_through_down,
    cost=_COST,
)
EMBODIED_VALUE_ADDED = Metric(
    "embodied_value_added",
    "value_flow",
    "Who adds the value in what we sell?",
    "va_u L_uf, va = (x - purchases) / x; sums to 1",
    _NO_CHAIN,
    "Koopman, Wang, Wei, American Economic Review 104, 2014",
    embodied_value_added,
    cost="one sparse solve",
)

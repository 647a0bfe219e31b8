"""Pass-through: how much of the focal party's value comes through a party, goes through it, or is added by it."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import roll_up_of
from graph_models.flows.passages import coming_back, passages
from graph_models.flows.value_chain import ValueChain, value_chain_of
from graph_models.metrics.focal import place_of
from graph_models.metrics.result import CLOSED_CYCLE, NO_FOCAL_PARTY, NO_RATE, NO_VALUE_CHAIN, Metric, MetricResult, number_result

__all__ = ["chain_result", "embodied_value_added", "exact_parties", "no_chain", "pass_through_down", "pass_through_up"]

EXACT, EXACT_LARGE, LARGE = 200, 8, 20_000
"""So many parties inside cycles get their exact value; fewer where there are more than ``LARGE`` parties."""


def pass_through_up(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How much of what we deliver was made with this supplier, at any tier?

    ``L_uf / L_uu``, L = (I - A)^-1, A = Z diag(x)^-1 of lots: the share of the focal party's output value that came through u. Dividing by L_uu
    counts value that passes u in circles once. Of a party with several lots on the way, S, it is ``1' L_SS^-1 L_Sf``: what would be missing
    without them. The focal party stands for its lots, each with its share in its output.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``exact``: of how many parties to which value can come back, those with the largest L_uf, the exact value is computed (default 200, above
        20,000 parties 8), and ``parties``, of which it is computed too; ``products``: ``lots``, or ``mixed``, which takes all that a party trades
        as one product; ``period product basis in_return_for roll_up hypotheses`` shape the chain.

    Returns
    -------
    MetricResult
        ``bound`` where the value is ``min(1, L_uf)``, summed over the party's lots, which the exact one does not exceed. L_uu is 1 outside cycles.

    Notes
    -----
    Undefined for all where the focal party is not there (``no-focal-party``) or has no output (``no-value-chain``), for a party none of whose
    flows a rate converts (``no-rate``), and for who trades in closed cycles only, where nothing is added and nothing ends (``closed-cycle``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
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
    return no_chain(ecosystem, chain, "pass_through_up") or _passed(
        ecosystem, parameters, chain, "pass_through_up", chain.taken_from(chain.focal or 0), up=True
    )


def pass_through_down(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How much of what we deliver goes through this party on its way to those who use it?

    ``G_fi / G_ii``, G = (I - B)^-1, B = diag(x)^-1 Z of lots: the share of the focal party's output that goes through i. Of a party with several
    lots on the way, S, it is ``G_fS G_SS^-1 1``.

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
    >>> from graph_models.ecosystem.parameters import DEFAULTS
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
    return no_chain(ecosystem, chain, "pass_through_down") or _passed(
        ecosystem, parameters, chain, "pass_through_down", chain.received_by(chain.focal or 0), up=False
    )


def embodied_value_added(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who adds the value in what we sell?

    ``va_u L_uf`` with ``va = (x - purchases) / x``, summed over u's lots: the share of the focal party's output value that u added, at whatever
    tier. Sums to 1.

    Notes
    -----
    Undefined as ``pass_through_up``.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
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
    return chain_result(ecosystem, chain, "embodied_value_added", chain.total(chain.added * chain.taken_from(chain.focal or 0)))


def no_chain(ecosystem: Ecosystem, chain: ValueChain, metric: str) -> MetricResult | None:
    """The answer where there is no focal party, or nothing that it delivers or buys."""
    if chain.defined:
        return None
    reason = NO_FOCAL_PARTY if chain.focal is None else NO_VALUE_CHAIN
    reasons: dict[str, Mask | bool] = {reason: True} if chain.focal is None else {NO_RATE: chain.without_rate, reason: True}
    nothing = np.full(chain.parties, np.nan)
    return number_result(ecosystem, metric, nothing, undefined=reasons, present=chain.present, warnings=list(chain.warnings))


def chain_result(
    ecosystem: Ecosystem, chain: ValueChain, metric: str, values: Floats, *, bound: Mask | None = None, undefined: dict[str, Mask | bool] | None = None
) -> MetricResult:
    """A metric of the value chain, along the parties: undefined without a rate and in closed cycles, with the warnings of the chain."""
    reasons = {NO_RATE: chain.without_rate} | (undefined or {}) | {CLOSED_CYCLE: chain.closed_parties}
    return number_result(ecosystem, metric, values, undefined=reasons, present=chain.present, bound=bound, warnings=list(chain.warnings))


def exact_parties(ecosystem: Ecosystem, parameters: Parameters, chain: ValueChain, among: Mask, through: Floats, affordable: int = 0) -> Longs:
    """Of the parties whose exact value costs more, those that get it: the ones with the largest bound, those named in ``parties``, the focal one.

    ``affordable``: so many cost little; they get it unless ``exact`` says another number.
    """
    usual = EXACT if chain.present.sum() <= LARGE else EXACT_LARGE
    count = max(usual, affordable) if parameters.exact is None else parameters.exact
    candidates = np.flatnonzero(among)
    largest = candidates[np.argsort(-through[candidates], kind="stable")][:count]
    counts_as = roll_up_of(ecosystem, parameters).counts_as
    named = [int(counts_as[place_of(ecosystem, party, "parties")]) for party in parameters.parties]
    return np.intersect1d(np.concatenate([largest, np.array([*named, chain.focal], np.int64)]), candidates)


def _passed(ecosystem: Ecosystem, parameters: Parameters, chain: ValueChain, metric: str, visits: Floats, *, up: bool) -> MetricResult:
    """What comes through each party at least once: exact where nothing comes back to it or it is asked for, else at most this."""
    through = np.minimum(chain.total(visits), 1.0)
    bound = coming_back(chain, visits)
    exact = exact_parties(ecosystem, parameters, chain, bound, chain.total(visits))
    through[exact] = passages(chain, exact.tolist(), np.nan_to_num(visits), up=up)
    bound[exact] = False
    if chain.focal is not None:
        through[chain.focal] = 1.0
    return chain_result(ecosystem, chain, metric, through, bound=bound)


_NO_CHAIN = (
    "there is no focal party (no-focal-party), it has no output (no-value-chain), no rate converts any flow of the party (no-rate), "
    "or it trades in closed cycles only (closed-cycle)"
)
_COST = "one sparse solve, and one within its cycle for each lot of the `exact` parties"
PASS_THROUGH_UP = Metric(
    "pass_through_up",
    "value_flow",
    "How much of what we deliver came through this party?",
    "L_uf / L_uu on lots; of several lots S of u 1' L_SS^-1 L_Sf",
    _NO_CHAIN,
    "Miller, Blair, Input-Output Analysis, 2009, chapter 2",
    pass_through_up,
    cost=_COST,
)
PASS_THROUGH_DOWN = Metric(
    "pass_through_down",
    "value_flow",
    "How much of what we deliver goes through this party?",
    "G_fi / G_ii on lots; of several lots S of i G_fS G_SS^-1 1",
    _NO_CHAIN,
    "Ghosh, Economica 25, 1958",
    pass_through_down,
    cost=_COST,
)
EMBODIED_VALUE_ADDED = Metric(
    "embodied_value_added",
    "value_flow",
    "Who adds the value in what we sell?",
    "va_u L_uf, va = (x - purchases) / x, over the lots of u; sums to 1",
    _NO_CHAIN,
    "Koopman, Wang, Wei, American Economic Review 104, 2014",
    embodied_value_added,
    cost="one sparse solve",
)

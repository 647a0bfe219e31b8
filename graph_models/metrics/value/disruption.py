"""Disruption: what a party takes down with it when it fails, among those who live on what it delivers, or on what it buys."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from graph_models.arrays.ranking import rounded
from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import roll_up_of
from graph_models.flows.value_chain import ValueChain, value_chain_of
from graph_models.kernels.flow.distress import distress
from graph_models.metrics.focal import place_of
from graph_models.metrics.result import NO_RATE, NO_VALUE_CHAIN, Metric, MetricResult, number_result

__all__ = ["demand_disrupted_by", "demand_disruption", "disrupted_by", "disruption"]

EVERY, LARGEST = 20_000, 20
"""Up to so many parties each is made to fail; where there are more, only so many of them, the largest by output."""
NOT_AMONG_LARGEST = "not-among-largest"


def disruption(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """What would this party take down with it if it failed to deliver?

    DebtRank with the dependence ``W_ij = Z_ij / purchases_j``, the share of j's purchases that come from i: the party fails (distress 1), each
    party that is distressed for the first time passes its distress on once, times W, no distress exceeds 1. The value is
    ``sum over the others of distress_j x_j / sum x``: the share of all output that is distressed beyond the party itself.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``parties``: beside the 20 largest by output, where there are more than 20,000; ``period product basis in_return_for roll_up
        hypotheses`` shape the chain.

    Returns
    -------
    MetricResult

    Notes
    -----
    Undefined for all where nobody trades (``no-value-chain``), and above 20,000 parties for those that are neither among the 20 largest nor
    named (``not-among-largest``). It asks nothing of the focal party, and is defined in closed cycles too. Parties are taken whole: their lots are
    not told apart.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "mine", "port", "shop")]
    >>> for supplier, customer, amount in (("mine", "firm", 30), ("port", "firm", 10), ("firm", "shop", 40)):
    ...     records.append({"type": "value_flow", "id": supplier, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> disruption(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values["mine"]  # .75 of firm, so .75 of shop
    0.5

    See Also
    --------
    demand_disruption, criticality, pass_through_up

    References
    ----------
    Battiston, S., Puliga, M., Kaushik, R., Tasca, P., Caldarelli, G., DebtRank: Too central to fail? Financial networks, the FED and systemic
    risk, Scientific Reports 2, 541, 2012.
    """
    return _disrupted(ecosystem, parameters, "disruption", disrupted_by)


def demand_disruption(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """What would this party take down with it if it no longer bought?

    As ``disruption``, along the other end of each delivery: the dependence is ``W_ij = Z_ji / sales_j``, the share of j's sales that go to i.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        As ``disruption``.

    Returns
    -------
    MetricResult

    Notes
    -----
    Undefined as ``disruption``.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "hotel", "mine", "shop")]
    >>> for supplier, customer, amount in (("mine", "firm", 40), ("firm", "hotel", 10), ("firm", "shop", 30)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> demand_disruption(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values["shop"]  # .75 of firm, so .75 of mine
    0.5

    See Also
    --------
    disruption

    References
    ----------
    Battiston et al. 2012 (the measure). Acemoglu, D., Carvalho, V., Ozdaglar, A., Tahbaz-Salehi, A., The network origins of aggregate fluctuations,
    Econometrica 80, 2012, and Acemoglu, D., Akcigit, U., Kerr, W., Networks and the macroeconomy, NBER Macroeconomics Annual 30, 2016 (demand
    shocks go upstream).
    """
    return _disrupted(ecosystem, parameters, "demand_disruption", demand_disrupted_by)


def _disrupted(ecosystem: Ecosystem, parameters: Parameters, metric: str, by: Callable[[ValueChain, Longs], Floats]) -> MetricResult:
    """Of every party, in large ecosystems of the largest and those named. All that a party trades fails with it: lots are not told apart."""
    chain = value_chain_of(ecosystem, parameters.with_(products="mixed"))
    undefined: dict[str, Mask | bool] = {NO_RATE: chain.without_rate}
    values = np.zeros(chain.parties)
    if not chain.x.any():
        undefined[NO_VALUE_CHAIN] = True
    else:
        places = np.flatnonzero(chain.present)
        if len(places) > EVERY:
            counts_as = roll_up_of(ecosystem, parameters).counts_as
            named = [int(counts_as[place_of(ecosystem, party, "parties")]) for party in parameters.parties]
            places = np.union1d(np.argsort(-rounded(chain.x), kind="stable")[:LARGEST], np.array(named, np.int64))
        left = np.ones(chain.parties, bool)
        left[places] = False
        undefined[NOT_AMONG_LARGEST] = left
        values[places] = by(chain, places)
    return number_result(ecosystem, metric, values, undefined=undefined, present=chain.present, warnings=list(chain.warnings))


def disrupted_by(chain: ValueChain, places: Longs) -> Floats:
    """Of each of these parties, exactly: the share of all output that is distressed beyond it when it alone fails to deliver. The chain is a mixed one."""
    share = chain.z.data / chain.purchases[chain.z.indices]
    return _distressed(chain, csr_array((share, chain.z.indices, chain.z.indptr), shape=chain.z.shape), places)


def demand_disrupted_by(chain: ValueChain, places: Longs) -> Floats:
    """The same where it alone no longer buys."""
    share = chain.z.data / np.repeat(chain.sales, np.diff(chain.z.indptr))
    return _distressed(chain, csr_array(csr_array((share, chain.z.indices, chain.z.indptr), shape=chain.z.shape).T), places)


def _distressed(chain: ValueChain, dependence: csr_array, places: Longs) -> Floats:
    return distress(dependence, chain.x / chain.x.sum(), places)[places]


DISRUPTION = Metric(
    "disruption",
    "value_flow",
    "What would this party take down with it if it failed to deliver?",
    "DebtRank: sum over the others of distress_j x_j / sum x, dependence Z_ij / purchases_j, each party passes its distress on once",
    "no rate converts any flow of the party (no-rate), nobody trades (no-value-chain); above 20,000 parties: "
    "neither among the 20 largest by output nor in `parties` (not-among-largest)",
    "Battiston et al., DebtRank, Scientific Reports 2, 2012",
    disruption,
    cost="the deliveries that distress reaches, for each party; above 20,000 for 20",
)
DEMAND_DISRUPTION = Metric(
    "demand_disruption",
    "value_flow",
    "What would this party take down with it if it no longer bought?",
    "DebtRank: sum over the others of distress_j x_j / sum x, dependence Z_ji / sales_j, each party passes its distress on once",
    "no rate converts any flow of the party (no-rate), nobody trades (no-value-chain); above 20,000 parties: "
    "neither among the 20 largest by output nor in `parties` (not-among-largest)",
    "Battiston et al., DebtRank, Scientific Reports 2, 2012; Acemoglu, Akcigit, Kerr, NBER Macroeconomics Annual 30, 2016",
    demand_disruption,
    cost="the deliveries that distress reaches, for each party; above 20,000 for 20",
)

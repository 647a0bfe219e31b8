"""Sinks: with which end customers the focal party's value ends, what they take from it directly, and what only through others."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Floats, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.focal_facts import focal_roles
from graph_models.ecosystem.parameters import Parameters
from graph_models.flows.flow_amounts import flows_of
from graph_models.flows.value_chain import ValueChain, value_chain_of
from graph_models.metrics.result import (
    CLOSED_CYCLE,
    FOCAL_PARTY,
    NO_FOCAL_PARTY,
    NO_RATE,
    NO_VALUE_CHAIN,
    Metric,
    MetricResult,
    number_result,
    undefined_result,
)
from graph_models.metrics.value import value_loops as loops
from graph_models.metrics.value.pass_through import chain_result, no_chain, pass_through_down, pass_through_up

__all__ = ["direct_share", "implicit", "indirect_share", "sink_share", "unattributed_share"]

NO_SALES = "no-sales"


def sink_share(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """With whom does what we deliver end: who are the end customers, through whatever channel?

    ``G_fi (x_i - sales_i) / x_i`` of the lots of i that it uses: the share of the focal party's output that is used by i. With the unattributed part,
    which ends with parties that resell but whose sales do not show where it went, it sums to 1.

    Notes
    -----
    Undefined for all where the focal party is not there (``no-focal-party``) or has no output (``no-value-chain``), for a party none of whose
    flows a rate converts (``no-rate``), and for who trades in closed cycles only (``closed-cycle``). A party uses what ends with it in a lot or
    its pool if it has a role with purpose ``own_use`` that names its product (of a pool: one that it buys) or none, or if it has no such role with
    purpose ``resale`` and sells nothing of it.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("family", "firm", "hotel", "shop")]
    >>> for supplier, customer, amount in (("firm", "shop", 60), ("firm", "hotel", 40), ("shop", "family", 80)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> sink_share(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'family': 0.6, 'firm': 0.0, 'hotel': 0.4, 'shop': 0.0}

    See Also
    --------
    pass_through_down, direct_share, indirect_share

    References
    ----------
    Kemeny, J., Snell, J., Finite Markov Chains, 1960, chapter 3 (absorption probabilities). Miller, Blair, Input-Output Analysis, 2009, chapter 12.
    """
    chain = value_chain_of(ecosystem, parameters)
    if undefined := no_chain(ecosystem, chain, "sink_share"):
        return undefined
    return chain_result(ecosystem, chain, "sink_share", chain.total(chain.received_by(chain.focal or 0) * chain.used))


def direct_share(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """What does a party take from us itself?

    ``Z_fi / sales_f``. This and ``indirect_share`` are no two halves of a whole: what a distributor passes on is in its direct share, and again in
    the indirect one of who uses it.

    Notes
    -----
    Undefined as ``sink_share``, and for all where the focal party sells nothing (``no-sales``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("family", "firm", "hotel", "shop")]
    >>> for supplier, customer, amount in (("firm", "shop", 60), ("firm", "hotel", 40), ("shop", "family", 80)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> direct_share(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'family': 0.0, 'firm': 0.0, 'hotel': 0.4, 'shop': 0.6}

    References
    ----------
    Miller, Blair, Input-Output Analysis, 2009, chapter 12.
    """
    chain = value_chain_of(ecosystem, parameters)
    if undefined := no_chain(ecosystem, chain, "direct_share"):
        return undefined
    sales = _sold_by(chain)
    taken = chain.total(np.asarray(chain.z[chain.lots.of(chain.focal or 0)].sum(axis=0)).ravel())
    return chain_result(ecosystem, chain, "direct_share", taken / (sales or 1.0), undefined={NO_SALES: bool(sales <= 0)})


def indirect_share(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """What reaches a party from us through others only, so that our own books do not show it?

    ``(G_fi - [i = f] - Z_fi / x_f) (x_i - sales_i) / x_i  x_f / sales_f``, over the lots of i. It is no other half of ``direct_share``: what a
    distributor passes on is in its direct share, and again in the indirect one of who uses it.

    Notes
    -----
    Undefined as ``direct_share``.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("family", "firm", "hotel", "shop")]
    >>> for supplier, customer, amount in (("firm", "shop", 60), ("firm", "hotel", 40), ("shop", "family", 80)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> indirect_share(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'family': 0.6, 'firm': 0.0, 'hotel': 0.0, 'shop': 0.0}

    References
    ----------
    Miller, Blair, Input-Output Analysis, 2009, chapter 12.
    """
    chain = value_chain_of(ecosystem, parameters)
    if undefined := no_chain(ecosystem, chain, "indirect_share"):
        return undefined
    focal, sales = chain.focal or 0, _sold_by(chain)
    values = chain.total(_through_others(chain, focal) * chain.ended) * (chain.output(focal) / (sales or 1.0))
    return chain_result(ecosystem, chain, "indirect_share", values, undefined={NO_SALES: bool(sales <= 0)})


def implicit(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who matters to us though we have nothing to do with it directly?

    1 for a party that has no valid role toward the focal party and no value flow with it in either direction, but through which value passes
    (pass-through, up or down, above 0) or that has a place on a value loop (WSO above 0); else 0. Units count as what they are part of.

    Notes
    -----
    Undefined for all without a focal party (``no-focal-party``), for the focal party itself (``focal-party``), and for who has nothing to do with
    it where neither WSO nor pass-through is defined (``no-value-chain``). A bound of a pass-through counts as it is: it is above 0 exactly where
    the value is.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("family", "firm", "shop")]
    >>> for supplier, customer, amount in (("firm", "shop", 60), ("shop", "family", 80)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> implicit(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'family': 1.0, 'firm': None, 'shop': 0.0}

    References
    ----------
    Mitchell, R., Agle, B., Wood, D., Toward a theory of stakeholder identification and salience, Academy of Management Review 22, 1997 (on
    stakeholders without a contract).
    """
    chain = value_chain_of(ecosystem, parameters)
    if chain.focal is None:
        return undefined_result(ecosystem, "implicit", NO_FOCAL_PARTY, present=chain.present, warnings=list(chain.warnings))
    explicit = _explicit(ecosystem, parameters, chain.focal)
    parts = [loops.wso(ecosystem, parameters), pass_through_up(ecosystem, parameters), pass_through_down(ecosystem, parameters)]
    known = np.any([part.defined for part in parts], axis=0)
    matters = np.any([part.defined & (np.nan_to_num(part.array) > 0) for part in parts], axis=0)
    itself = np.arange(chain.parties) == chain.focal
    undefined = {FOCAL_PARTY: itself, NO_RATE: chain.without_rate, NO_VALUE_CHAIN: ~explicit & ~known}
    warnings = list(dict.fromkeys(warning for part in parts for warning in part.warnings))
    return number_result(ecosystem, "implicit", (matters & ~explicit).astype(np.float64), undefined=undefined, present=chain.present, warnings=warnings)


def _explicit(ecosystem: Ecosystem, parameters: Parameters, focal: int) -> Mask:
    """Who has a valid role toward the focal party, or a value flow of the period with it."""
    answer, flows = focal_roles(ecosystem, parameters).has(ecosystem), flows_of(ecosystem, parameters)
    answer[flows.source[flows.target == focal]] = True
    answer[flows.target[flows.source == focal]] = True
    return answer


def no_chain_of(chain: ValueChain, place: int) -> str | None:
    """Why there is no chain from or to a party: no rate, no output, closed cycles only."""
    if chain.without_rate[place]:
        return NO_RATE
    if not chain.x[chain.lots.of(place)].any():
        return NO_VALUE_CHAIN
    return CLOSED_CYCLE if chain.closed_parties[place] else None


def unattributed_share(ecosystem: Ecosystem, parameters: Parameters) -> tuple[float | None, str | None]:
    """How much of all that ends anywhere ends with parties that do not use it, so that nobody knows where it went.

    (value, reason): no value where nothing ends (``no-value-chain``).

    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("family", "firm", "shop")]
    >>> for supplier, customer, amount in (("firm", "shop", 60), ("shop", "family", 45)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> unattributed_share(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS)
    (0.25, None)
    """
    share = value_chain_of(ecosystem, parameters).unattributed_share
    return share, NO_VALUE_CHAIN if share is None else None


def _sold_by(chain: ValueChain) -> float:
    """The sales of the focal party, of all its lots."""
    return float(chain.sales[chain.lots.of(chain.focal or 0)].sum())


def _through_others(chain: ValueChain, focal: int) -> Floats:
    """``G_fi - [i = f] - Z_fi / x_f`` as ``G_f B B``: sums of what others pass on, so that 0 is 0 and not rounding."""
    return np.asarray(chain.b.T @ (chain.b.T @ np.nan_to_num(chain.received_by(focal))), np.float64)


_UNDEFINED = (
    "there is no focal party (no-focal-party), it has no output (no-value-chain), no rate converts any flow of the party (no-rate), "
    "or it trades in closed cycles only (closed-cycle)"
)
SINK_SHARE = Metric(
    "sink_share",
    "value_flow",
    "With which end customers does what we deliver end?",
    "G_fi (x_i - sales_i) / x_i over the lots of i that it uses",
    _UNDEFINED,
    "Kemeny, Snell, Finite Markov Chains, 1960, chapter 3",
    sink_share,
    cost="one sparse solve",
)
DIRECT_SHARE = Metric(
    "direct_share",
    "value_flow",
    "What does a party take from us itself?",
    "Z_fi / sales_f; no other half of indirect_share: what a distributor passes on is in its direct share and in the indirect one of who uses it",
    _UNDEFINED + ", or the focal party sells nothing (no-sales)",
    "Miller, Blair, Input-Output Analysis, 2009, chapter 12",
    direct_share,
)
INDIRECT_SHARE = Metric(
    "indirect_share",
    "value_flow",
    "What reaches a party from us through others only?",
    "(G_fi - [i = f] - Z_fi / x_f) (x_i - sales_i) / x_i x_f / sales_f over the lots of i; no other half of direct_share",
    _UNDEFINED + ", or the focal party sells nothing (no-sales)",
    "Miller, Blair, Input-Output Analysis, 2009, chapter 12",
    indirect_share,
    cost="one sparse solve",
)
IMPLICIT = Metric(
    "implicit",
    "value_flow",
    "Who matters to us though we have nothing to do with it directly?",
    "1: no valid role toward f and no value flow with f, but WSO or pass-through above 0",
    "there is no focal party (no-focal-party), for the focal party itself (focal-party), no rate "
    "converts any of its amounts (no-rate), or neither WSO nor pass-through is defined (no-value-chain)",
    "Mitchell, Agle, Wood 1997",
    implicit,
    cost="that of wso and both pass-throughs",
)

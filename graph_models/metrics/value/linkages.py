"""Linkages: how much a party's output sets in motion behind it, and how much its input makes possible before it."""

from __future__ import annotations

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.flows.value_chain import value_chain_of
from graph_models.metrics.result import Metric, MetricResult
from graph_models.metrics.value.pass_through import chain_result

__all__ = ["backward_linkage", "forward_linkage"]


def backward_linkage(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How much output of others, at all tiers, does one unit of the party's output take?

    The column sums of ``L = (I - A)^-1``, A = Z diag(x)^-1; the unit itself is counted. A unit of a party with several lots is made of them by their
    shares in its output.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        Those that shape the chain: ``products period product basis in_return_for roll_up hypotheses``.

    Returns
    -------
    MetricResult
        At least 1: 1 for who buys nothing.

    Notes
    -----
    Undefined for a party none of whose flows a rate converts (``no-rate``), and for who trades in closed cycles only (``closed-cycle``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "mine", "shop", "smelter")]
    >>> for supplier, customer, amount in (("mine", "smelter", 30), ("smelter", "firm", 60), ("firm", "shop", 120)):
    ...     records.append({"type": "value_flow", "id": supplier, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> backward_linkage(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'firm': 1.75, 'mine': 1.0, 'shop': 2.75, 'smelter': 1.5}

    References
    ----------
    Rasmussen, P., Studies in Inter-Sectoral Relations, 1956. Miller, R., Blair, P., Input-Output Analysis, 2nd edition, Cambridge University
    Press, 2009, section 12.2.
    """
    chain = value_chain_of(ecosystem, parameters)
    return chain_result(ecosystem, chain, "backward_linkage", chain.by_output(chain.column_sums))


def forward_linkage(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How much output of others, down to the end, does one unit of value that the party adds become part of?

    The row sums of ``G = (I - B)^-1``, B = diag(x)^-1 Z; the unit itself is counted.

    Notes
    -----
    Undefined as ``backward_linkage``; 1 for who sells nothing.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "mine", "shop", "smelter")]
    >>> for supplier, customer, amount in (("mine", "smelter", 30), ("smelter", "firm", 60), ("firm", "shop", 120)):
    ...     records.append({"type": "value_flow", "id": supplier, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> forward_linkage(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'firm': 2.0, 'mine': 4.0, 'shop': 1.0, 'smelter': 3.0}

    References
    ----------
    Miller, Blair 2009, section 12.2 (linkages by the Ghosh inverse).
    """
    chain = value_chain_of(ecosystem, parameters)
    return chain_result(ecosystem, chain, "forward_linkage", chain.by_output(chain.row_sums))


_CLOSED = "no rate converts any flow of the party (no-rate), or it trades in closed cycles only (closed-cycle)"
BACKWARD_LINKAGE = Metric(
    "backward_linkage",
    "value_flow",
    "How much does a party's output set in motion among its suppliers, at all tiers?",
    "column sums of L, of lots by their share in the party's output",
    _CLOSED,
    "Miller, Blair, Input-Output Analysis, 2009, section 12.2",
    backward_linkage,
    cost="one sparse solve",
)
FORWARD_LINKAGE = Metric(
    "forward_linkage",
    "value_flow",
    "How much output of others does a party's value become part of, down to the end?",
    "row sums of G, of lots by their share in the party's output",
    _CLOSED,
    "Miller, Blair, Input-Output Analysis, 2009, section 12.2",
    forward_linkage,
    cost="one sparse solve",
)

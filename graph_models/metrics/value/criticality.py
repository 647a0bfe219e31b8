"""Criticality: what would have no other way if a party were gone, on the way to the customers or from the suppliers."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from graph_models.arrays.types import Floats, Matrix
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.flows.choke_points import Hanging, hanging, hanging_exactly
from graph_models.flows.value_chain import ValueChain, value_chain_of
from graph_models.kernels.structure.removals import AT_ONCE
from graph_models.metrics.result import FOCAL_PARTY, Metric, MetricResult
from graph_models.metrics.value.pass_through import chain_result, exact_parties, no_chain

__all__ = ["criticality"]

STEPS = 50_000_000
"""So many steps along lots and deliveries are made to know what hangs on parties with several lots: about a second."""


def criticality(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who is the choke point: how much of our value has no other way than through this party?

    The larger of (a) the sum of ``sink_share`` of the others that the focal party's output reaches only through it, and (b) the sum of
    ``embodied_value_added`` of the others whose value reaches the focal party only through it, in whichever of its lots. "Only through" are the
    dominators of Z of lots from the focal party, and of Z reversed; of a party with several lots on the way it is found by taking all of them away.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``exact`` and ``parties`` as ``pass_through_up``: of which parties with several lots on the way the exact value is computed, by default of
        as many more as 50 million steps along deliveries allow (in most ecosystems all); ``products`` and those that shape the chain:
        ``period product basis in_return_for roll_up hypotheses``.

    Returns
    -------
    MetricResult
        ``bound`` where a party with several lots on the way is not among the exact ones: all that passes through it, less what it uses or adds
        itself, which the exact value does not exceed.

    Notes
    -----
    Undefined for all where the focal party is not there (``no-focal-party``) or has no output (``no-value-chain``), for the focal party itself
    (``focal-party``), without a rate (``no-rate``), and for who trades in closed cycles only (``closed-cycle``). What the party uses or adds itself
    is not in it.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("family", "firm", "hotel", "shop")]
    >>> for supplier, customer, amount in (("firm", "shop", 60), ("firm", "hotel", 40), ("shop", "family", 80)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> criticality(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'family': 0.0, 'firm': None, 'hotel': 0.0, 'shop': 0.6}

    See Also
    --------
    pass_through_down, pass_through_up

    References
    ----------
    Lengauer, T., Tarjan, R., A fast algorithm for finding dominators in a flowgraph, ACM TOPLAS 1, 1979.
    """
    chain = value_chain_of(ecosystem, parameters)
    if undefined := no_chain(ecosystem, chain, "criticality"):
        return undefined
    focal = chain.focal or 0
    received, taken = (np.nan_to_num(visits) for visits in (chain.received_by(focal), chain.taken_from(focal)))
    down = _only_through(ecosystem, parameters, chain, chain.z, received, received * chain.used)
    up = _only_through(ecosystem, parameters, chain, csr_array(chain.z.T), taken, taken * chain.added)
    itself = np.zeros(chain.parties, bool)
    itself[focal] = True
    larger = np.maximum(down.share, up.share)
    exact = (~down.open & (down.share == larger)) | (~up.open & (up.share == larger))
    return chain_result(ecosystem, chain, "criticality", larger, bound=~exact & ~itself, undefined={FOCAL_PARTY: itself})


def _only_through(ecosystem: Ecosystem, parameters: Parameters, chain: ValueChain, matrix: Matrix, visits: Floats, share: Floats) -> Hanging:
    """One side of the chain; exact of the parties that ``exact`` and ``parties`` name."""
    found = hanging(chain, matrix, visits, share)
    if not found.open.any():
        return found
    affordable = AT_ONCE * (STEPS // (chain.nodes + int(matrix.nnz)))
    exact = exact_parties(ecosystem, parameters, chain, found.open, chain.total(visits), affordable)
    found.share[exact] = hanging_exactly(chain, matrix, visits, share, exact)
    found.open[exact] = False
    return found


CRITICALITY = Metric(
    "criticality",
    "value_flow",
    "Who is the choke point of our value?",
    "max(sum of sink_share reached only through it, sum of embodied_value_added that comes only through it), of the others",
    "there is no focal party (no-focal-party), it has no output (no-value-chain), for the focal "
    "party itself (focal-party), no rate converts any flow of the party (no-rate), or it trades in closed cycles only (closed-cycle)",
    "Lengauer, Tarjan, ACM TOPLAS 1, 1979",
    criticality,
    cost="linear, two sparse solves, and one more pass for each 61 of the `exact` parties",
)

"""Criticality: what would have no other way if a party were gone, on the way to the customers or from the suppliers."""

from __future__ import annotations

import numpy as np

from graph_models.ecosystem import Ecosystem, Floats
from graph_models.kernels.arrays import Matrix
from graph_models.kernels.dominators import immediate_dominators, sums_below
from graph_models.metrics.pass_through import chain_result, no_chain, received_by, taken_from
from graph_models.metrics.result import FOCAL_PARTY, Metric, MetricResult
from graph_models.parameters import Parameters
from graph_models.value_chain import value_chain_of

__all__ = ["criticality"]


def criticality(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who is the choke point: how much of our value has no other way than through this party?

    The larger of (a) the sum of ``sink_share`` of the others that the focal party's output reaches only through it, and (b) the sum of
    ``embodied_value_added`` of the others whose value reaches the focal party only through it. "Only through" are the dominators of Z from
    the focal party, and of Z reversed.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        Those that shape the chain: ``period product basis in_return_for roll_up hypotheses``.

    Returns
    -------
    MetricResult

    Notes
    -----
    Undefined for all where the focal party is not there (``no-focal-party``) or has no output (``no-value-chain``), for the focal party itself
    (``focal-party``), and for the parties of a closed cycle (``closed-cycle``). What the party uses or adds itself is not in it.

    Examples
    --------
    >>> from graph_models.parameters import DEFAULTS
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
    down = _only_through(chain.z, focal, received_by(chain, focal) * chain.used)
    up = _only_through(chain.z.T.tocsr(), focal, taken_from(chain, focal) * chain.added)
    itself = np.zeros(chain.nodes, bool)
    itself[focal] = True
    return chain_result(ecosystem, chain, "criticality", np.maximum(down, up), undefined={FOCAL_PARTY: itself})


def _only_through(matrix: Matrix, focal: int, share: Floats) -> Floats:
    """Per party the sum of the shares of the others that the focal party reaches only through it."""
    dominators, order = immediate_dominators(matrix, focal)
    return sums_below(dominators, order, np.nan_to_num(share))


CRITICALITY = Metric(
    "criticality",
    "value_flow",
    "Who is the choke point of our value?",
    "max(sum of sink_share reached only through it, sum of embodied_value_added that comes only through it), of the others",
    "there is no focal party (no-focal-party), it has no output (no-value-chain), or for the focal party itself (focal-party) and closed cycles (closed-cycle)",
    "Lengauer, Tarjan, ACM TOPLAS 1, 1979",
    criticality,
    cost="linear, and two sparse solves",
)

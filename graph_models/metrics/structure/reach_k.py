"""How far word travels in a few steps."""

from __future__ import annotations

import numpy as np

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import GRAPHS, Parameter, Parameters
from graph_models.errors import TooCostly
from graph_models.graphs.graph_types import Graph, graph_of
from graph_models.kernels.centrality.distances import LANES, distance_sums
from graph_models.metrics.result import Metric, MetricResult, number_result

__all__ = ["reach_k"]

STEPS = 2
"""Along so many edges word travels where nobody says another number."""
MOST_STEPS = 100_000_000_000
"""So many steps (an edge, followed from 64 parties at once) are worth waiting for: minutes, not hours."""


def reach_k(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How many hear of it, if word travels a few steps?

    The number of other parties that are reached from the party along at most ``k`` edges; ``normalised: true``: divided by n - 1.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``k`` (2), ``graph`` (influence), ``normalised`` (false) and the others of every structural metric. Weights are not looked at.

    Returns
    -------
    MetricResult
        Exact on a graph of any size.

    Notes
    -----
    Defined for every party. Refused where it would take hours (``too-costly``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abcd"]
    >>> for a, b in ("ab", "bc", "cd"):
    ...     records.append({"type": "relationship", "id": a + b, "source": a, "target": b, "kind": "refers"})
    >>> reach_k(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).values
    {'a': 2.0, 'b': 2.0, 'c': 1.0, 'd': 0.0}

    References
    ----------
    Borgatti, S., Identifying sets of key players in a social network, Computational and Mathematical Organization Theory 12, 2006.
    """
    graph = graph_of(ecosystem, parameters.graph or "influence", parameters)
    steps = STEPS if parameters.k is None else parameters.k
    backward = graph.reversed()  # by how many a party is reached against the edges is how many it reaches along them
    needed = _steps_needed(backward, steps)
    if needed > MOST_STEPS:
        raise TooCostly(
            f"reach_k along {steps} edges would take {needed:,} steps; the limit is {MOST_STEPS:,}: ask for a smaller k", limit=MOST_STEPS, needed=needed
        )
    values = distance_sums(backward.matrix(), np.flatnonzero(graph.present), hops=steps).sources
    if parameters.normalised:
        values = values / max(graph.count - 1, 1)
    return number_result(ecosystem, "reach_k", values, present=graph.present, warnings=list(graph.warnings))


def _steps_needed(graph: Graph, steps: int) -> int:
    """How many at most: from 64 parties at once an edge is followed once a level, and not more often than walks of the parties come to it."""
    out = np.bincount(graph.source, minlength=graph.nodes).astype(np.float64)
    batch = (np.cumsum(graph.present) - 1) // LANES
    met = np.unique(batch[graph.source] * graph.nodes + graph.target)
    followed = np.bincount(batch[graph.source], minlength=graph.nodes) + np.bincount(met // graph.nodes, out[met % graph.nodes], graph.nodes)
    matrix, walks, most = graph.unweighted().matrix(), out, min(steps, graph.nodes)
    for _ in range(most - 1):
        walks, before = np.minimum(out + matrix @ walks, 1e18), walks
        if np.array_equal(walks, before):
            break
    walked = np.bincount(batch[graph.present], walks[graph.present], graph.nodes)
    return int(np.minimum(walked, followed + max(most - 2, 0) * float(len(graph.source))).sum())


REACH_K = Metric(
    "reach_k",
    "influence",
    "How many hear of it, if word travels a few steps?",
    "number of other parties along at most k edges; normalised: / (n - 1)",
    "never",
    "Borgatti, Computational and Mathematical Organization Theory 12, 2006",
    reach_k,
    parameters=(Parameter("graph", "text", "influence", choices=GRAPHS), Parameter("k", "integer", STEPS, low=1), Parameter("normalised", "boolean", False)),
    structural=True,
    cost="parties / 64 x edges x k at most, exact",
)

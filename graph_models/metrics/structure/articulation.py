"""Articulation: whose loss, or the loss of which tie, cuts others off from one another."""

from __future__ import annotations

import numpy as np

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import GRAPHS, Parameter, Parameters
from graph_models.graphs.graph_types import Graph, graph_of
from graph_models.kernels.structure.articulation import cuts
from graph_models.metrics.result import Metric, MetricResult, number_result

__all__ = ["articulation", "bridges_of"]


def articulation(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Whose loss cuts others off from one another?

    1 for a party without which those that were connected fall into more than one group, else 0.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``graph`` (tie) and the others of every structural metric. Direction and weight of ties are not looked at.

    Returns
    -------
    MetricResult

    Notes
    -----
    Defined for every party.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abcd"]
    >>> for a, b in ("ab", "bc", "ca", "cd"):
    ...     records.append({"type": "relationship", "id": a + b, "source": a, "target": b, "kind": "knows"})
    >>> articulation(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).values
    {'a': 0.0, 'b': 0.0, 'c': 1.0, 'd': 0.0}

    References
    ----------
    Hopcroft, J., Tarjan, R., Algorithm 447: efficient algorithms for graph manipulation, Communications of the ACM 16, 1973.
    """
    graph = graph_of(ecosystem, parameters.graph or "tie", parameters)
    points = cuts(graph.undirected().matrix()).points.astype(np.float64)
    return number_result(ecosystem, "articulation", points, present=graph.present, warnings=list(graph.warnings))


def bridges_of(graph: Graph) -> list[tuple[int, int]]:
    """The ties without which their ends are no longer connected: (place, place), the lower one first, in order. Direction is not looked at.

    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abcd"]
    >>> for a, b in ("ab", "bc", "ca", "cd"):
    ...     records.append({"type": "relationship", "id": a + b, "source": a, "target": b, "kind": "knows"})
    >>> bridges_of(graph_of(Ecosystem.from_records(records, "a", "2025-12-31"), "tie", DEFAULTS))
    [(2, 3)]
    """
    return [(low, high) for low, high in cuts(graph.undirected().matrix()).bridges.tolist()]


ARTICULATION = Metric(
    "articulation",
    "influence",
    "Whose loss cuts others off from one another?",
    "1 where the component falls apart without it, else 0",
    "never",
    "Hopcroft, Tarjan, Algorithm 447, Communications of the ACM 16, 1973",
    articulation,
    parameters=(Parameter("graph", "text", "tie", choices=GRAPHS),),
    structural=True,
    cost="linear in the edges",
)

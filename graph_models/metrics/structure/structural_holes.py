"""Structural holes: who is free to broker between others, and who is captive of a closed circle."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Floats
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import GRAPHS, Parameter, Parameters
from graph_models.graphs.graph_types import Graph, graph_of
from graph_models.kernels.structure.structural_holes import constraint as constraint_of
from graph_models.kernels.structure.structural_holes import effective_size as effective_size_of
from graph_models.metrics.result import Metric, MetricResult, number_result

__all__ = ["constraint", "effective_size"]

ISOLATED = "isolated"


def constraint(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who is free to broker (low), and who is captive (high)?

    ``c_i = sum_j (p_ij + sum_q p_iq p_qj)^2`` over the neighbours j of i, p_ij the share of i's ties that j has, from ``a_ij + a_ji``:
    how much of i's effort is invested in parties that are invested in one another. A tie to oneself is none.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``graph`` (tie, by its weights), and the others of every structural metric.

    Returns
    -------
    MetricResult

    Notes
    -----
    Undefined for a party without a tie to another one (``isolated``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abcd"]
    >>> records += [{"type": "relationship", "id": "x", "source": "a", "target": "b", "kind": "knows"},
    ...             {"type": "relationship", "id": "y", "source": "b", "target": "c", "kind": "knows"}]
    >>> constraint(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).values
    {'a': 1.0, 'b': 0.5, 'c': 1.0, 'd': None}

    See Also
    --------
    betweenness

    References
    ----------
    Burt, R., Structural Holes: The Social Structure of Competition, Harvard University Press, 1992, chapter 2.
    """
    graph = graph_of(ecosystem, parameters.graph or "tie", parameters).without_self_ties()
    values = constraint_of(graph.matrix())
    return number_result(ecosystem, "constraint", values, undefined={ISOLATED: np.isnan(values)}, present=graph.present, warnings=list(graph.warnings))


def effective_size(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How many partners does a party have that are not redundant?

    ``sum_j (1 - sum_q p_iq m_jq)`` over the neighbours j of i, p_iq the share of i's ties that q has, m_jq the tie of j and q over the strongest
    that j has, both from ``a_ij + a_ji``; where all weigh the same: degree - 2 t / degree, t = ties among the partners. ``normalised: true``:
    Burt's efficiency, divided by the number of partners. A tie to oneself is none.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``graph`` (tie, by its weights), ``normalised`` (false) and the others of every structural metric.

    Returns
    -------
    MetricResult

    Notes
    -----
    Undefined for a party without a tie to another one (``isolated``). networkx 3.6 divides m_jq by the strongest tie of the wrong end, unless it is
    asked for some nodes.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abcd"]
    >>> records += [{"type": "relationship", "id": "x", "source": "a", "target": "b", "kind": "knows"},
    ...             {"type": "relationship", "id": "y", "source": "b", "target": "c", "kind": "knows"}]
    >>> effective_size(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).values
    {'a': 1.0, 'b': 2.0, 'c': 1.0, 'd': None}

    See Also
    --------
    constraint

    References
    ----------
    Burt 1992, chapter 2 (see ``constraint``). Borgatti, S., Structural holes: unpacking Burt's redundancy measures, Connections 20, 1997.
    """
    graph = graph_of(ecosystem, parameters.graph or "tie", parameters).without_self_ties()
    values = effective_size_of(graph.matrix())
    isolated = np.isnan(values)
    if parameters.normalised:
        values = values / np.maximum(_partners(graph), 1)
    return number_result(ecosystem, "effective_size", values, undefined={ISOLATED: isolated}, present=graph.present, warnings=list(graph.warnings))


def _partners(graph: Graph) -> Floats:
    """With how many others each party has a tie that weighs something, whichever way."""
    ties = graph.undirected()
    return np.bincount(ties.source[ties.weight > 0], minlength=ties.nodes).astype(np.float64)


CONSTRAINT = Metric(
    "constraint",
    "influence",
    "Who is free to broker, who is captive?",
    "sum_j (p_ij + sum_q p_iq p_qj)^2, p from a_ij + a_ji",
    "the party has no tie to another one (isolated)",
    "Burt, Structural Holes, 1992",
    constraint,
    parameters=(Parameter("graph", "text", "tie", choices=GRAPHS),),
    structural=True,
    cost="edges^1.5 at most (triangles)",
)
EFFECTIVE_SIZE = Metric(
    "effective_size",
    "influence",
    "How many partners does a party have that are not redundant?",
    "sum_j (1 - sum_q p_iq m_jq), p and m from a_ij + a_ji; normalised: / number of partners",
    "the party has no tie to another one (isolated)",
    "Burt, Structural Holes, 1992; Borgatti, Connections 20, 1997",
    effective_size,
    parameters=(Parameter("graph", "text", "tie", choices=GRAPHS), Parameter("normalised", "boolean", False)),
    structural=True,
    cost="edges^1.5 at most (triangles)",
)

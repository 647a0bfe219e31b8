"""Structural holes: who is free to broker between others, and who is captive of a closed circle."""

from __future__ import annotations

import numpy as np

from graph_models.ecosystem import Ecosystem
from graph_models.graphs import graph_of
from graph_models.kernels.structural_holes import constraint as constraint_of
from graph_models.metrics.result import Metric, MetricResult, number_result
from graph_models.parameters import GRAPHS, Parameter, Parameters

__all__ = ["constraint"]

ISOLATED = "isolated"


def constraint(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who is free to broker (low), and who is captive (high)?

    ``c_i = sum_j (p_ij + sum_q p_iq p_qj)^2`` over the neighbours j of i, p_ij the share of i's ties that j has, from ``a_ij + a_ji``:
    how much of i's effort is invested in parties that are invested in one another.

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
    >>> from graph_models.parameters import DEFAULTS
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
    graph = graph_of(ecosystem, parameters.graph or "tie", parameters)
    values = constraint_of(graph.matrix())
    return number_result(ecosystem, "constraint", values, undefined={ISOLATED: np.isnan(values)}, present=graph.present, warnings=list(graph.warnings))


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

"""Degree and strength: how many ties a party has, and how strong they are."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Floats
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import GRAPHS, Parameter, Parameters
from graph_models.graphs.graph_types import Graph, graph_of
from graph_models.metrics.result import Metric, MetricResult, number_result

__all__ = ["degree", "in_degree", "out_degree", "strength_in", "strength_out"]


def degree(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who has many ties?

    The number of parties that a party has a tie with (on a directed graph: in-degree + out-degree); ``normalised``: divided by n - 1.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``graph`` (tie), ``normalised`` (false) and the others of every structural metric.

    Returns
    -------
    MetricResult

    Notes
    -----
    Defined for every party. A tie to oneself is none. As in networkx a party that is alone has the normalised degree 1.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abc"]
    >>> records += [{"type": "relationship", "id": "x", "source": "a", "target": "b", "kind": "knows"},
    ...             {"type": "relationship", "id": "y", "source": "a", "target": "c", "kind": "refers"}]
    >>> degree(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).values
    {'a': 2.0, 'b': 1.0, 'c': 1.0}

    References
    ----------
    Freeman, L., Centrality in social networks: conceptual clarification, Social Networks 1, 1979.
    """
    graph = graph_of(ecosystem, parameters.graph or "tie", parameters).without_self_ties()
    ones = np.ones(len(graph.source))
    return _counted(ecosystem, parameters, "degree", graph, _in(graph, ones) + (_out(graph, ones) if graph.directed else 0.0))


def in_degree(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who is moved by many?

    The number of parties with an edge to a party; ``normalised``: divided by n - 1.

    Notes
    -----
    Defined for every party. Graph ``influence``; on an undirected graph every tie runs both ways.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "ab"]
    >>> records += [{"type": "relationship", "id": "x", "source": "a", "target": "b", "kind": "refers"}]
    >>> in_degree(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).values
    {'a': 0.0, 'b': 1.0}

    References
    ----------
    Freeman 1979 (see ``degree``).
    """
    graph = graph_of(ecosystem, parameters.graph or "influence", parameters).without_self_ties()
    return _counted(ecosystem, parameters, "in_degree", graph, _in(graph, np.ones(len(graph.source))))


def out_degree(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who moves many?

    The number of parties that a party has an edge to; ``normalised``: divided by n - 1.

    Notes
    -----
    Defined for every party. Graph ``influence``; on an undirected graph every tie runs both ways.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "ab"]
    >>> records += [{"type": "relationship", "id": "x", "source": "a", "target": "b", "kind": "refers"}]
    >>> out_degree(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).values
    {'a': 1.0, 'b': 0.0}

    References
    ----------
    Freeman 1979 (see ``degree``).
    """
    graph = graph_of(ecosystem, parameters.graph or "influence", parameters).without_self_ties()
    return _counted(ecosystem, parameters, "out_degree", graph, _out(graph, np.ones(len(graph.source))))


def strength_in(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who is strongly moved by others?

    The sum of the weights of the edges to a party (networkx: weighted in-degree).

    Notes
    -----
    Defined for every party. Graph ``influence``; networkx does not normalise a strength, nor is it here.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "ab"]
    >>> records += [{"type": "relationship", "id": "x", "source": "a", "target": "b", "kind": "refers", "strength": 0.25}]
    >>> strength_in(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).values
    {'a': 0.0, 'b': 0.25}

    References
    ----------
    Barrat, A., Barthelemy, M., Pastor-Satorras, R., Vespignani, A., The architecture of complex weighted networks, PNAS 101, 2004.
    """
    graph = graph_of(ecosystem, parameters.graph or "influence", parameters).without_self_ties()
    return number_result(ecosystem, "strength_in", _in(graph, graph.weight), present=graph.present, warnings=list(graph.warnings))


def strength_out(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who moves others strongly?

    The sum of the weights of the edges from a party (networkx: weighted out-degree).

    Notes
    -----
    Defined for every party. Graph ``influence``; networkx does not normalise a strength, nor is it here.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "ab"]
    >>> records += [{"type": "relationship", "id": "x", "source": "a", "target": "b", "kind": "refers", "strength": 0.25}]
    >>> strength_out(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).values
    {'a': 0.25, 'b': 0.0}

    References
    ----------
    Barrat et al. 2004 (see ``strength_in``).
    """
    graph = graph_of(ecosystem, parameters.graph or "influence", parameters).without_self_ties()
    return number_result(ecosystem, "strength_out", _out(graph, graph.weight), present=graph.present, warnings=list(graph.warnings))


def _in(graph: Graph, weight: Floats) -> Floats:
    return np.bincount(graph.target, weight, graph.nodes).astype(np.float64, copy=False)


def _out(graph: Graph, weight: Floats) -> Floats:
    return np.bincount(graph.source, weight, graph.nodes).astype(np.float64, copy=False)


def _counted(ecosystem: Ecosystem, parameters: Parameters, name: str, graph: Graph, values: Floats) -> MetricResult:
    if parameters.normalised:
        values = values / (graph.count - 1) if graph.count > 1 else np.ones(graph.nodes)
    return number_result(ecosystem, name, values, present=graph.present, warnings=list(graph.warnings))


_INFLUENCE = Parameter("graph", "text", "influence", choices=GRAPHS)
_COUNT = Parameter("normalised", "boolean", False)
DEGREE = Metric(
    "degree",
    "influence",
    "Who has many ties?",
    "number of parties with a tie; normalised: / (n - 1)",
    "never",
    "Freeman, Social Networks 1, 1979",
    degree,
    parameters=(Parameter("graph", "text", "tie", choices=GRAPHS), _COUNT),
    structural=True,
)
IN_DEGREE = Metric(
    "in_degree",
    "influence",
    "Who is moved by many?",
    "number of parties with an edge to it; normalised: / (n - 1)",
    "never",
    "Freeman, Social Networks 1, 1979",
    in_degree,
    parameters=(_INFLUENCE, _COUNT),
    structural=True,
)
OUT_DEGREE = Metric(
    "out_degree",
    "influence",
    "Who moves many?",
    "number of parties that it has an edge to; normalised: / (n - 1)",
    "never",
    "Freeman, Social Networks 1, 1979",
    out_degree,
    parameters=(_INFLUENCE, _COUNT),
    structural=True,
)
STRENGTH_IN = Metric(
    "strength_in",
    "influence",
    "Who is strongly moved by others?",
    "sum of the weights of the edges to it",
    "never",
    "Barrat et al., PNAS 101, 2004",
    strength_in,
    parameters=(_INFLUENCE,),
    structural=True,
)
STRENGTH_OUT = Metric(
    "strength_out",
    "influence",
    "Who moves others strongly?",
    "sum of the weights of the edges from it",
    "never",
    "Barrat et al., PNAS 101, 2004",
    strength_out,
    parameters=(_INFLUENCE,),
    structural=True,
)

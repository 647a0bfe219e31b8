"""Closeness on the graph of ties: who has the shortest ways to everyone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.arrays.types import Floats
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import GRAPHS, Parameter, Parameters
from graph_models.graphs.graph_types import Graph, graph_of
from graph_models.kernels.centrality.distances import Sums, distance_sums
from graph_models.metrics.result import Metric, MetricResult, number_result
from graph_models.metrics.sampling import drawn_error, pivots_of
from graph_models.notices import Warning

__all__ = ["closeness", "harmonic"]


def closeness(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who is near everyone that has a way to it?

    ``r / (n - 1) * r / sum d``, r = the number of the others that reach the party, d = their distances to it in hops (Wasserman and Faust: a
    party that few reach is not near). ``normalised: false``: ``1 / sum d``.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``graph`` (tie); ``weight: distance`` takes the length of a path as the sum of 1 / weight, any other weight the number of its steps;
        ``pivots`` (256) and ``seed``: above 2,000 parties distances are those from so many parties; those of every structural metric.

    Returns
    -------
    MetricResult
        With the standard error where pivots were drawn.

    Notes
    -----
    Defined for every party; 0 for one that nobody reaches. On a directed graph the ways to a party count. A pivot is none for itself. Refused where it
    would take hours (``too-costly``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abc"]
    >>> records += [{"type": "relationship", "id": "x", "source": "a", "target": "b", "kind": "knows"},
    ...             {"type": "relationship", "id": "y", "source": "b", "target": "c", "kind": "knows"}]
    >>> closeness(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).array.round(6).tolist()
    [0.666667, 1.0, 0.666667]

    References
    ----------
    Wasserman, S., Faust, K., Social Network Analysis, 1994, page 201. Freeman 1979 (see ``degree``). Eppstein, D., Wang, J., Fast approximation of
    centrality, Journal of Graph Algorithms and Applications 8, 2004 (pivots).
    """
    graph = graph_of(ecosystem, parameters.graph or "tie", parameters)
    sums, others, drawn, warnings = _from_pivots(graph, parameters, "closeness")
    reached, total = sums.sources / np.maximum(drawn, 1), sums.distance / np.maximum(drawn, 1)
    whole = parameters.normalised is not False
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(total > 0, (reached * reached if whole else 1.0 / max(others, 1)) / total, 0.0)
        # The value is a quotient of two means: what each source adds to its logarithm, to the first order.
        power = 2.0 if whole else 0.0
        squares = power * power * sums.sources / reached**2 - 2 * power * sums.distance / (reached * total) + sums.distance_squares / total**2
        error = np.where(total > 0, values * drawn_error((power - 1) * drawn, squares, drawn, 1.0 * others) / others, 0.0)
        error[drawn < 2] = np.nan
    return number_result(
        ecosystem, "closeness", values, present=graph.present, standard_error=error if warnings else None, warnings=[*graph.warnings, *warnings]
    )


def harmonic(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who is near everyone, where not everyone has a way to everyone?

    ``sum 1 / d`` over the others that reach the party, d in hops. ``normalised: true``: divided by n - 1.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        As ``closeness`` has them; ``normalised`` (false).

    Returns
    -------
    MetricResult
        With the standard error where pivots were drawn.

    Notes
    -----
    Defined for every party; 0 for one that nobody reaches. On a directed graph the ways to a party count. A pivot is none for itself: from the p
    others that were drawn of the n - 1 the sum is scaled by (n - 1) / p. Refused where it would take hours (``too-costly``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abcd"]
    >>> records += [{"type": "relationship", "id": "x", "source": "a", "target": "b", "kind": "knows"},
    ...             {"type": "relationship", "id": "y", "source": "b", "target": "c", "kind": "knows"}]
    >>> harmonic(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).values
    {'a': 1.5, 'b': 2.0, 'c': 1.5, 'd': 0.0}

    References
    ----------
    Marchiori, M., Latora, V., Harmony in the small-world, Physica A 285, 2000. Boldi, P., Vigna, S., Axioms for centrality, Internet Mathematics 10,
    2014. Eppstein and Wang 2004 (see ``closeness``).
    """
    graph = graph_of(ecosystem, parameters.graph or "tie", parameters)
    sums, others, drawn, warnings = _from_pivots(graph, parameters, "harmonic")
    scale = 1.0 / max(others, 1) if parameters.normalised else 1.0
    error = drawn_error(sums.inverse, sums.inverse_squares, drawn, max(others, 1)) * scale if warnings else None
    values = sums.inverse * (others / np.maximum(drawn, 1)) * scale
    return number_result(ecosystem, "harmonic", values, present=graph.present, standard_error=error, warnings=[*graph.warnings, *warnings])


class _Followed(NamedTuple):
    """Sums over the pivots; how many others each party has, and how many of them are pivots."""

    sums: Sums
    others: int
    drawn: Floats
    warnings: tuple[Warning, ...]


def _from_pivots(graph: Graph, parameters: Parameters, metric: str) -> _Followed:
    pivots = pivots_of(graph, parameters, metric)
    sums = distance_sums(graph.matrix(), pivots.sources, by_distance=parameters.weight == "distance")
    drawn = np.full(graph.nodes, float(len(pivots.sources)))
    drawn[pivots.sources] -= 1
    return _Followed(sums, graph.count - 1, drawn, pivots.warnings)


_TIE = Parameter("graph", "text", "tie", choices=GRAPHS)
_COST = "sources x edges: all parties up to 2,000, above that `pivots`"
CLOSENESS = Metric(
    "closeness",
    "influence",
    "Who is near everyone that has a way to it?",
    "r / (n - 1) * r / sum d, d in hops, r = how many others reach it; not normalised: 1 / sum d",
    "never",
    "Wasserman, Faust, Social Network Analysis, 1994; Freeman, Social Networks 1, 1979",
    closeness,
    parameters=(_TIE,),
    structural=True,
    cost=_COST,
)
HARMONIC = Metric(
    "harmonic",
    "influence",
    "Who is near everyone, where not everyone has a way to everyone?",
    "sum 1 / d over the others that reach it, d in hops; normalised: / (n - 1)",
    "never",
    "Marchiori, Latora, Physica A 285, 2000; Boldi, Vigna, Internet Mathematics 10, 2014",
    harmonic,
    parameters=(_TIE, Parameter("normalised", "boolean", False)),
    structural=True,
    cost=_COST,
)

"""Centrality on the influence graph: who reaches the focal party, who is endorsed, who stands between the others."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Floats, Longs
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import GRAPHS, Parameter, Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.errors import InvalidInput, ParameterOutOfRange
from graph_models.graphs.graph_types import Graph, graph_of
from graph_models.kernels.centrality.betweenness import Dependencies, dependencies
from graph_models.kernels.centrality.pagerank import pagerank as pagerank_of
from graph_models.metrics.focal import place_of
from graph_models.metrics.result import NO_FOCAL_PARTY, Metric, MetricResult, number_result, undefined_result
from graph_models.metrics.sampling import drawn_error, pivots_of
from graph_models.notices import Warning

__all__ = ["betweenness", "betweenness_of", "pagerank", "reach"]

ALPHA = 0.85


def reach(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who reaches us, through any chain of influence?

    Personalised PageRank on the **reversed** influence graph, with restart and dangling mass at the focal party: the share of time that a
    walker spends at a party, who starts at the focal party and goes against the direction of influence. PageRank scores by in-edges, so the
    reversed graph is what answers "who influences us".

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``alpha`` (.85) and those of every structural metric.

    Returns
    -------
    MetricResult
        Sums to 1 over all parties, the focal one included.

    Notes
    -----
    Undefined for all without a focal party (``no-focal-party``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "fund", "holding")]
    >>> records += [{"type": "relationship", "id": "a", "source": "holding", "target": "fund", "kind": "owns", "share": 1},
    ...             {"type": "relationship", "id": "b", "source": "fund", "target": "firm", "kind": "owns", "share": 1}]
    >>> reach(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).array.round(6).tolist()
    [0.388727, 0.330418, 0.280855]

    References
    ----------
    Haveliwala, T., Topic-sensitive PageRank, WWW 2002. Page, L., Brin, S., Motwani, R., Winograd, T., The PageRank citation ranking, 1999.
    """
    graph = graph_of(ecosystem, parameters.graph or "influence", parameters)
    focal = focal_of(ecosystem, parameters)
    if focal is None:
        return undefined_result(ecosystem, "reach", NO_FOCAL_PARTY, present=graph.present, warnings=list(graph.warnings))
    alpha = _alpha(parameters)

    def reached() -> Floats:
        restart = np.zeros(graph.nodes)
        restart[focal] = 1.0
        return pagerank_of(graph.reversed().matrix(), alpha, restart=restart, dangling=restart, present=graph.present)

    values = ecosystem.kept(("reach", graph, alpha), reached)  # salience and the influence score read it too
    return number_result(ecosystem, "reach", values, present=graph.present, warnings=list(graph.warnings))


def pagerank(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who is endorsed by those who are endorsed themselves?

    ``r = alpha P^T r + alpha (mass of the dangling) d + (1 - alpha) p`` with P the out-weights scaled to sum 1, to 1e-10 in L1.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``alpha`` (.85); ``personalization`` {party: weight}, p (default: uniform); ``dangling``: where a walker goes from a party without
        out-edges, ``uniform`` (default) or ``restart`` (as p); those of every structural metric.

    Returns
    -------
    MetricResult
        Sums to 1 over all parties.

    Notes
    -----
    Defined for every party. networkx sends dangling mass to p, and stops at ``n * tol``.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abc"]
    >>> records += [{"type": "relationship", "id": "a", "source": "a", "target": "c", "kind": "refers"},
    ...             {"type": "relationship", "id": "b", "source": "b", "target": "c", "kind": "refers"}]
    >>> pagerank(Ecosystem.from_records(records, "c", "2025-12-31"), DEFAULTS).array.round(6).tolist()
    [0.212766, 0.212766, 0.574468]

    References
    ----------
    Page, Brin, Motwani, Winograd 1999 (see ``reach``). Langville, A., Meyer, C., A survey of eigenvector methods, SIAM Review 47, 2005.
    """
    graph = graph_of(ecosystem, parameters.graph or "influence", parameters)
    restart = _personal(ecosystem, parameters, graph)
    dangling = restart if parameters.dangling == "restart" else None
    values = pagerank_of(graph.matrix(), _alpha(parameters), restart=restart, dangling=dangling, present=graph.present)
    return number_result(ecosystem, "pagerank", values, present=graph.present, warnings=list(graph.warnings))


def betweenness(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who is the gatekeeper: through whom do the shortest chains between others pass?

    ``sum over s, t of sigma(s, t | v) / sigma(s, t)``, sigma = the number of shortest paths, in hops; divided by (n - 1)(n - 2) (undirected:
    half of it) where ``normalised``.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``weight: distance`` takes the length of a path as the sum of 1 / weight, any other weight the number of its steps; ``pivots`` (256) and
        ``seed``: above 2,000 parties so many sources are drawn, and the sums scaled by (n - 1) / pivots (of a pivot: by (n - 1) / (pivots - 1));
        those of every structural metric.

    Returns
    -------
    MetricResult
        With the standard error where sources were drawn (none where fewer than two others of a party were).

    Notes
    -----
    Defined for every party; 0 where there are fewer than three. Never above 1 where it is normalised. Refused where it would take hours (``too-costly``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abc"]
    >>> records += [{"type": "relationship", "id": "x", "source": "a", "target": "b", "kind": "refers"},
    ...             {"type": "relationship", "id": "y", "source": "b", "target": "c", "kind": "refers"}]
    >>> betweenness(Ecosystem.from_records(records, "c", "2025-12-31"), DEFAULTS).values
    {'a': 0.0, 'b': 0.5, 'c': 0.0}

    References
    ----------
    Brandes, U., A faster algorithm for betweenness centrality, Journal of Mathematical Sociology 25, 2001. Brandes, U., Pich, C., Centrality
    estimation in large networks, 2007 (pivots).
    """
    graph = graph_of(ecosystem, parameters.graph or "influence", parameters)
    values, error, warnings = betweenness_of(graph, parameters)
    return number_result(ecosystem, "betweenness", values, present=graph.present, standard_error=error, warnings=[*graph.warnings, *warnings])


def betweenness_of(graph: Graph, parameters: Parameters) -> tuple[Floats, Floats | None, list[Warning]]:
    """(values, standard error where sources were drawn, warnings) on any graph; the influence score asks it without the focal party."""
    count, by_distance = graph.count, parameters.weight == "distance"
    pivots = pivots_of(graph, parameters, "betweenness")
    sums = dependencies(graph.matrix(), pivots.sources, by_distance=by_distance)
    scale = 1.0 if graph.directed else 0.5
    if parameters.normalised is not False and count > 2:
        scale = 1.0 / ((count - 1) * (count - 2))
    if not pivots.sampled:
        return sums.total * scale, None, []
    values, error = scaled_up(sums, pivots.sources, count)
    return values * scale, error * scale, list(pivots.warnings)


def scaled_up(sums: Dependencies, sources: Longs, count: int) -> tuple[Floats, Floats]:
    """(the sums over all sources, their standard error), estimated from the sums over those that were drawn.

    A source is never between itself and others: of the ``count - 1`` other sources of a party, all that were drawn count, of a pivot all but itself.

    >>> from graph_models.kernels.neighbours import matrix_of
    >>> star = matrix_of(4, [0, 1, 0, 2, 0, 3], [1, 0, 2, 0, 3, 0], [1] * 6)
    >>> values, error = scaled_up(dependencies(star, np.array([0, 1])), np.array([0, 1]), 4)
    >>> values.tolist()
    [6.0, 0.0, 0.0, 0.0]
    """
    drawn = np.full(len(sums.total), float(len(sources)))
    drawn[sources] -= 1.0
    others = count - 1.0
    values = np.minimum(sums.total * (others / np.maximum(drawn, 1.0)), others * (count - 2.0))  # rounding must not lift it above all pairs
    return values, drawn_error(sums.total, sums.squares, drawn, others)


def _alpha(parameters: Parameters) -> float:
    alpha = ALPHA if parameters.alpha is None else parameters.alpha
    if not 0 <= alpha < 1:
        raise InvalidInput.of("out-of-range", f"alpha is in [0, 1), not {alpha:g}", "alpha")
    return alpha


def _personal(ecosystem: Ecosystem, parameters: Parameters, graph: Graph) -> Floats | None:
    """Where the walker starts anew: a rolled-up party counts as its whole."""
    if parameters.personalization is None:
        return None
    restart = np.zeros(graph.nodes)
    counts_as = roll_up_of(ecosystem, parameters).counts_as
    for party, weight in sorted(parameters.personalization.items()):
        if not 0 <= weight < np.inf:
            raise InvalidInput.of("out-of-range", f"the weight of {party!r} is {weight:g}; weights are at least 0", "personalization")
        restart[counts_as[place_of(ecosystem, party, "personalization")]] += weight
    if restart.sum() <= 0:
        raise ParameterOutOfRange("personalization: the weights sum to 0", metric="pagerank", parameter="personalization", limit=0)
    return restart


_GRAPH = Parameter("graph", "text", "influence", choices=GRAPHS)
_ALPHA = Parameter("alpha", "number", ALPHA, low=0, high=1, open_high=True)
REACH = Metric(
    "reach",
    "influence",
    "Who reaches us through any chain?",
    "personalised PageRank on the reversed graph, restart and dangling mass at the focal party",
    "there is no focal party (no-focal-party)",
    "Haveliwala, Topic-sensitive PageRank, WWW 2002",
    reach,
    parameters=(_GRAPH, _ALPHA),
    structural=True,
    cost="linear in the edges, about 140 times",
)
PAGERANK = Metric(
    "pagerank",
    "influence",
    "Who is endorsed by the important?",
    "r = alpha P'r + alpha (dangling mass) d + (1 - alpha) p; sums to 1",
    "never",
    "Page, Brin, Motwani, Winograd, The PageRank citation ranking, Stanford 1999",
    pagerank,
    parameters=(_GRAPH, _ALPHA, Parameter("personalization", "map of number"), Parameter("dangling", "text", "uniform", choices=("uniform", "restart"))),
    structural=True,
    cost="linear in the edges, about 140 times",
)
BETWEENNESS = Metric(
    "betweenness",
    "influence",
    "Who is the gatekeeper?",
    "sum over s, t of sigma(s, t | v) / sigma(s, t), in hops, over (n - 1)(n - 2)",
    "never",
    "Brandes, A faster algorithm for betweenness centrality, 2001",
    betweenness,
    parameters=(_GRAPH,),
    structural=True,
    cost="sources x edges: all parties up to 2,000, above that `pivots`",
)

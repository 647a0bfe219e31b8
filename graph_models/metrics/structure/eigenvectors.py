"""Standing by whom one stands with: eigenvector and Katz centrality, hubs and authorities, all by in-edges."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from graph_models.arrays.types import Floats, Matrix
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import GRAPHS, Parameter, Parameters
from graph_models.errors import ParameterOutOfRange, TooCostly
from graph_models.graphs.graph_types import graph_of
from graph_models.kernels.centrality import eigenvectors as kernel
from graph_models.kernels.centrality.pagerank import NotConverged
from graph_models.metrics.result import Metric, MetricResult, number_result, undefined_result

__all__ = ["eigenvector", "hits_authority", "hits_hub", "katz"]

NO_CYCLE = "no-cycle"
NO_EDGES = "no-edges"
NO_CONVERGENCE = "no-convergence"
ALPHA, BETA = 0.1, 1.0


def eigenvector(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who is moved by those who are moved by many?

    ``x = A'x / lambda`` with the largest eigenvalue lambda of the weights: the end of votes that are passed on along edges again and again, all
    beginning with the same; of L2 norm 1.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        Those of every structural metric. The norm is 1 also where ``normalised`` is false: an eigenvector has no size of its own.

    Returns
    -------
    MetricResult
        0 for a party that the circle with the largest eigenvalue does not lead to: in a disconnected graph, for all but the part that holds it.

    Notes
    -----
    Undefined for all where no edge is on a cycle (``no-cycle``: votes come to an end, lambda is 0), and where votes do not settle in bounded time,
    as from one circle with the largest eigenvalue to another one (``no-convergence``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abc"]
    >>> for a, b in ("ab", "bc"):
    ...     records.append({"type": "relationship", "id": a + b, "source": a, "target": b, "kind": "knows"})
    >>> eigenvector(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).array.round(6).tolist()
    [0.5, 0.707107, 0.5]

    References
    ----------
    Bonacich, P., Factoring and weighting approaches to status scores and clique identification, Journal of Mathematical Sociology 2, 1972.
    """
    return _settled(ecosystem, parameters, "eigenvector", NO_CYCLE, kernel.eigenvector)


def katz(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who is moved by many, through any number of others?

    ``x = alpha A'x + beta``: every walk that ends at the party counts the product of its weights and ``alpha`` to the power of its length; of L2
    norm 1 where ``normalised``.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``alpha`` (.1), below 1 / the largest eigenvalue of the weights; ``beta`` (1); those of every structural metric.

    Returns
    -------
    MetricResult

    Notes
    -----
    Defined for every party. An ``alpha`` that is not below 1 / lambda is refused with the limit (``parameter-out-of-range``), one that is so near
    to it that the sum takes hours as ``too-costly``.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abc"]
    >>> for a, b in ("ab", "bc"):
    ...     records.append({"type": "relationship", "id": a + b, "source": a, "target": b, "kind": "refers", "strength": 1})
    >>> katz(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS.with_(alpha=0.5, normalised=False)).values
    {'a': 1.0, 'b': 1.5, 'c': 1.75}

    References
    ----------
    Katz, L., A new status index derived from sociometric analysis, Psychometrika 18, 1953.
    """
    graph = graph_of(ecosystem, parameters.graph or "influence", parameters)
    alpha = ALPHA if parameters.alpha is None else parameters.alpha
    values = _walks(graph.matrix(), alpha) * (BETA if parameters.beta is None else parameters.beta)
    if parameters.normalised is not False:
        values = values / (np.linalg.norm(values[graph.present]) or 1.0)
    return number_result(ecosystem, "katz", values, present=graph.present, warnings=list(graph.warnings))


def hits_hub(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who moves those that many good ones move?

    ``h = A a``, ``a = A'h``, both scaled to sum 1: a good hub points to good authorities.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        Those of every structural metric. With ``normalised: false`` the authorities have L2 norm 1, and hubs are the sum of what they point to.

    Returns
    -------
    MetricResult
        0 for a party that does not belong to where the largest singular value is.

    Notes
    -----
    Undefined for all where there is no edge (``no-edges``), and where votes do not settle in bounded time (``no-convergence``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abc"]
    >>> for a, b in ("ac", "bc", "ba"):
    ...     records.append({"type": "relationship", "id": a + b, "source": a, "target": b, "kind": "refers"})
    >>> hits_hub(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).array.round(6).tolist()
    [0.381966, 0.618034, 0.0]

    References
    ----------
    Kleinberg, J., Authoritative sources in a hyperlinked environment, Journal of the ACM 46, 1999.
    """
    return _settled(ecosystem, parameters, "hits_hub", NO_EDGES, lambda matrix: _hubs_and_authorities(matrix, parameters)[0])


def hits_authority(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who is moved by those who move the right ones?

    ``a = A'h``, ``h = A a``, both scaled to sum 1: good hubs point to a good authority.

    Notes
    -----
    Parameters and what is undefined: as ``hits_hub``.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abc"]
    >>> for a, b in ("ac", "bc", "ba"):
    ...     records.append({"type": "relationship", "id": a + b, "source": a, "target": b, "kind": "refers"})
    >>> hits_authority(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).array.round(6).tolist()
    [0.381966, 0.0, 0.618034]

    References
    ----------
    Kleinberg 1999 (see ``hits_hub``).
    """
    return _settled(ecosystem, parameters, "hits_authority", NO_EDGES, lambda matrix: _hubs_and_authorities(matrix, parameters)[1])


def _settled(ecosystem: Ecosystem, parameters: Parameters, metric: str, nothing: str, votes: Callable[[Matrix], Floats]) -> MetricResult:
    graph = graph_of(ecosystem, parameters.graph or "influence", parameters)
    matrix, warnings = graph.matrix(), list(graph.warnings)
    try:
        values = votes(matrix)
    except (kernel.NoCycle, NotConverged) as error:
        reason = nothing if isinstance(error, kernel.NoCycle) else NO_CONVERGENCE
        return undefined_result(ecosystem, metric, reason, present=graph.present, warnings=warnings)
    return number_result(ecosystem, metric, values, present=graph.present, warnings=warnings)


def _hubs_and_authorities(matrix: Matrix, parameters: Parameters) -> tuple[Floats, Floats]:
    hubs, authorities = kernel.hubs_and_authorities(matrix)
    if parameters.normalised is False:
        authorities = authorities / np.linalg.norm(authorities)
        hubs = matrix @ authorities
    return hubs, authorities


def _walks(matrix: Matrix, alpha: float) -> Floats:
    """Katz's sums with 1 as what each has of its own."""
    _, high = kernel.largest_eigenvalue(matrix, lambda low, high: alpha * high < 1)
    if alpha * high >= 1:
        limit = 1 / high
        raise ParameterOutOfRange(
            f"alpha = {alpha:g} of katz is not below 1 / lambda_max = {limit:.6g} of this graph: the sum over its walks has no end",
            metric="katz",
            parameter="alpha",
            limit=limit,
        )
    rounds = 1 if alpha * high == 0 else math.ceil(math.log(1e-17) / math.log(alpha * high))
    needed = rounds * (matrix.nnz + matrix.shape[0])
    if needed > kernel.STEPS:
        raise TooCostly(f"katz with an alpha so near to 1 / lambda_max = {1 / high:.6g} would take {needed:,} steps", limit=kernel.STEPS, needed=needed)
    return kernel.katz(matrix, alpha, np.ones(matrix.shape[0]), most=rounds + matrix.shape[0] + 1)


_GRAPH = Parameter("graph", "text", "influence", choices=GRAPHS)
EIGENVECTOR = Metric(
    "eigenvector",
    "influence",
    "Who is moved by those who are moved by many?",
    "x = A'x / lambda_max, from equal values; L2 norm 1",
    "no edge is on a cycle (no-cycle), or votes do not settle in bounded time (no-convergence)",
    "Bonacich, Journal of Mathematical Sociology 2, 1972",
    eigenvector,
    parameters=(_GRAPH,),
    structural=True,
    cost="linear in the edges, some hundred times; more where the two largest eigenvalues are near",
)
KATZ = Metric(
    "katz",
    "influence",
    "Who is moved by many, through any number of others?",
    "x = alpha A'x + beta, alpha < 1 / lambda_max; L2 norm 1",
    "never; alpha >= 1 / lambda_max is refused with the limit",
    "Katz, Psychometrika 18, 1953",
    katz,
    parameters=(_GRAPH, Parameter("alpha", "number", ALPHA, low=0), Parameter("beta", "number", BETA, low=0, high=1e12, open_low=True)),
    structural=True,
    cost="linear in the edges, log(1e-17) / log(alpha lambda_max) times",
)
HITS_HUB = Metric(
    "hits_hub",
    "influence",
    "Who moves those that many good ones move?",
    "h = A a, a = A'h; sum 1",
    "there is no edge (no-edges), or votes do not settle in bounded time (no-convergence)",
    "Kleinberg, Journal of the ACM 46, 1999",
    hits_hub,
    parameters=(_GRAPH,),
    structural=True,
    cost="linear in the edges, some hundred times",
)
HITS_AUTHORITY = HITS_HUB._replace(
    name="hits_authority", question="Who is moved by those who move the right ones?", formula="a = A'h, h = A a; sum 1", compute=hits_authority
)

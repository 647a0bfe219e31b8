"""Cohesion: whose partners are tied to one another, and who stands in the dense middle."""

from __future__ import annotations

import numpy as np

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import GRAPHS, Parameter, Parameters
from graph_models.graphs.graph_types import graph_of
from graph_models.kernels.structure.core import core_numbers
from graph_models.kernels.structure.triangles import clustering as clustering_of
from graph_models.metrics.result import Metric, MetricResult, number_result

__all__ = ["clustering", "core_number"]


def clustering(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Whose partners know one another?

    ``2 t / (d (d - 1))``, t = the number of triangles that the party is in, d = its degree: which part of the pairs of its partners are tied.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``graph`` (tie), ``weight`` (none; with another one a triangle counts as the geometric mean of its weights, each over the largest of all); on
        a directed graph all kinds of directed triangles count; those of every structural metric. A share has nothing to be normalised by.

    Returns
    -------
    MetricResult

    Notes
    -----
    Defined for every party; as in networkx 0 for one with fewer than two partners.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abcd"]
    >>> for a, b in ("ab", "bc", "ca", "cd"):
    ...     records.append({"type": "relationship", "id": a + b, "source": a, "target": b, "kind": "knows"})
    >>> clustering(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).array.round(6).tolist()
    [1.0, 1.0, 0.333333, 0.0]

    References
    ----------
    Watts, D., Strogatz, S., Collective dynamics of 'small-world' networks, Nature 393, 1998. Fagiolo, G., Clustering in complex directed networks,
    Physical Review E 76, 2007. Onnela, J.-P., et al., Intensity and coherence of motifs in weighted complex networks, Physical Review E 71, 2005.
    """
    graph = graph_of(ecosystem, parameters.graph or "tie", parameters)
    values = clustering_of(graph.matrix(), directed=graph.directed, weighted=parameters.weight not in (None, "none"))
    return number_result(ecosystem, "clustering", values, present=graph.present, warnings=list(graph.warnings))


def core_number(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who stands in the dense middle?

    The largest k for which the party is in the k-core: the largest part of the graph in which each has k ties to others in it.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``graph`` (tie; on a directed graph in + out count) and the others of every structural metric. Ties are counted, whatever they weigh, and
        a tie to oneself is none.

    Returns
    -------
    MetricResult

    Notes
    -----
    Defined for every party; 0 for one without ties.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abcd"]
    >>> for a, b in ("ab", "bc", "ca", "cd"):
    ...     records.append({"type": "relationship", "id": a + b, "source": a, "target": b, "kind": "knows"})
    >>> core_number(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).values
    {'a': 2.0, 'b': 2.0, 'c': 2.0, 'd': 1.0}

    References
    ----------
    Seidman, S., Network structure and minimum degree, Social Networks 5, 1983. Batagelj, V., Zaversnik, M., An O(m) algorithm for cores decomposition
    of networks, 2003.
    """
    graph = graph_of(ecosystem, parameters.graph or "tie", parameters)
    values = core_numbers(graph.matrix(), directed=graph.directed).astype(np.float64)
    return number_result(ecosystem, "core_number", values, present=graph.present, warnings=list(graph.warnings))


_TIE = Parameter("graph", "text", "tie", choices=GRAPHS)
CLUSTERING = Metric(
    "clustering",
    "influence",
    "Whose partners know one another?",
    "2 t / (d (d - 1)), t = triangles, d = degree",
    "never",
    "Watts, Strogatz, Nature 393, 1998; directed: Fagiolo 2007; weighted: Onnela et al. 2005",
    clustering,
    parameters=(_TIE, Parameter("weight", "text", "none", choices=("none", "strength", "amount", "utility", "distance"))),
    structural=True,
    cost="edges^1.5 at most (triangles)",
)
CORE_NUMBER = Metric(
    "core_number",
    "influence",
    "Who stands in the dense middle?",
    "the largest k such that it is in the k-core",
    "never",
    "Seidman, Social Networks 5, 1983",
    core_number,
    parameters=(_TIE,),
    structural=True,
    cost="linear in the edges",
)

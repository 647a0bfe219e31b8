"""What the network is like as a whole: one number a statistic, each with its definition, and the bridges that hold its parts together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from graph_models.arrays.types import Floats, Longs
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import STRUCTURAL, Parameters
from graph_models.ecosystem.roll_up import roll_up_of, states_of
from graph_models.flows.streams import streams_of
from graph_models.graphs.communities import communities_of
from graph_models.graphs.communities import modularity as modularity_of
from graph_models.graphs.components import component_of, tie_graph
from graph_models.graphs.graph_types import Graph, graph_of
from graph_models.kernels.centrality.distances import distance_sums, hops_from
from graph_models.kernels.structure.triangles import triangle_sums
from graph_models.metrics.sampling import EXACT_PARTIES
from graph_models.metrics.structure.articulation import bridges_of
from graph_models.metrics.value.concentration import hhi_money
from graph_models.metrics.value.end_customers import unattributed_share

__all__ = ["STATISTICS", "Statistic", "network_statistics", "network_view"]

SWEEPS = 8
"""So many searches from the farthest party found look for the diameter of a large network."""
NO_TIES = "no-ties"
TOO_FEW = "too-few-parties"


class Found(NamedTuple):
    """The value of a statistic, or why there is none; ``parameters`` say how it was found."""

    value: float | int | None
    reason: str | None = None
    parameters: dict[str, Any] | None = None


class Statistic(NamedTuple):
    """An entry of the list: what a number of the whole network answers, how, and the function that computes it."""

    name: str
    question: str
    formula: str
    undefined_when: str
    reference: str
    compute: Callable[[Ecosystem, Parameters], Found]


def network_statistics(ecosystem: Ecosystem, parameters: Parameters) -> list[dict[str, Any]]:
    """Every statistic of ``STATISTICS``, in its order. Made once for the same parameters.

    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abcd"]
    >>> records += [{"type": "relationship", "id": a + b, "source": a, "target": b, "kind": "knows"} for a, b in ("ab", "bc", "ac", "cd")]
    >>> found = network_statistics(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS)
    >>> {item["statistic"]: item["value"] for item in found if item["statistic"] in ("density", "diameter", "clustering")}
    {'density': 0.6666666666666666, 'diameter': 2, 'clustering': 0.5833333333333334}
    """
    plain = parameters.with_(**dict.fromkeys(STRUCTURAL))
    return ecosystem.kept(("network statistics", plain.given_key()), lambda: [_answer(statistic, ecosystem, plain) for statistic in STATISTICS])


def network_view(
    ecosystem: Ecosystem, parameters: Parameters, *, known: list[dict[str, Any]] | None = None, limit: int = 100, offset: int = 0
) -> dict[str, Any]:
    """The statistics of the network (``known``: those that an analysis found before) and some of its bridges, of which there are ``total``.

    A bridge is a tie without which its ends are no longer connected; they are in the order of ids.

    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abcd"]
    >>> records += [{"type": "relationship", "id": a + b, "source": a, "target": b, "kind": "knows"} for a, b in ("ab", "bc", "ac", "cd")]
    >>> network_view(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS)["bridges"]
    [{'source': 'c', 'target': 'd'}]
    """
    statistics = network_statistics(ecosystem, parameters) if known is None else known
    graph = tie_graph(ecosystem, parameters)
    bridges = ecosystem.kept(("bridges", parameters.with_(**dict.fromkeys(STRUCTURAL)).given_key()), lambda: bridges_of(graph))
    shown = [{"source": ecosystem.parties[low], "target": ecosystem.parties[high]} for low, high in bridges[offset : offset + limit]]
    return {"statistics": statistics, "bridges": shown, "total": len(bridges)}


def _answer(statistic: Statistic, ecosystem: Ecosystem, parameters: Parameters) -> dict[str, Any]:
    found = statistic.compute(ecosystem, parameters)
    return {"statistic": statistic.name, "value": found.value, "reason": found.reason, "parameters": found.parameters or {}}


def _counts(graph: Graph) -> tuple[int, int]:
    """How many parties, and how many ties."""
    return graph.count, len(graph.source) // 2


def _degrees(graph: Graph) -> Longs:
    return np.bincount(graph.source, minlength=graph.nodes).astype(np.int64)


def _parties(ecosystem: Ecosystem, parameters: Parameters) -> Found:
    return Found(tie_graph(ecosystem, parameters).count)


def _facts(ecosystem: Ecosystem, parameters: Parameters) -> Found:
    states = sum(len(states_of(ecosystem, family, parameters)) for family in ("roles", "relationships"))
    return Found(states + len(streams_of(ecosystem, parameters).flows.rows))


def _density(ecosystem: Ecosystem, parameters: Parameters) -> Found:
    n, ties = _counts(tie_graph(ecosystem, parameters))
    return Found(2 * ties / (n * (n - 1))) if n > 1 else Found(None, TOO_FEW)


def _components(ecosystem: Ecosystem, parameters: Parameters) -> Found:
    return Found(int(component_of(tie_graph(ecosystem, parameters)).max(initial=-1)) + 1)


def _diameter(ecosystem: Ecosystem, parameters: Parameters) -> Found:
    """Of a large network from below: from the party with the most ties in the largest component to the farthest one, from there to the farthest ..."""
    graph = tie_graph(ecosystem, parameters)
    if not len(graph.source):
        return Found(None, NO_TIES)
    matrix, places = graph.matrix(), np.flatnonzero(graph.present)
    if len(places) <= EXACT_PARTIES:
        return Found(max(int(hops_from(matrix, place)[0].max()) for place in places.tolist()), parameters={"sampled": False})
    label = component_of(graph)
    largest = label == np.bincount(label[label >= 0]).argmax()
    at, longest, sweeps = int(np.where(largest, _degrees(graph), -1).argmax()), -1, 0
    while sweeps < SWEEPS:
        hops = hops_from(matrix, at)[0]
        sweeps += 1
        if hops.max() <= longest:
            break
        longest, at = int(hops.max()), int(hops.argmax())
    return Found(longest, parameters={"sampled": True, "bound": "lower", "sweeps": sweeps})


def _average_path(ecosystem: Ecosystem, parameters: Parameters) -> Found:
    graph = tie_graph(ecosystem, parameters)
    if not len(graph.source):
        return Found(None, NO_TIES)
    places = np.flatnonzero(graph.present)
    sampled = len(places) > EXACT_PARTIES and parameters.pivots < len(places)
    if sampled:
        places = np.sort(np.random.default_rng(parameters.seed).choice(places, parameters.pivots, replace=False))
    sums = distance_sums(graph.matrix(), places.astype(np.int64))
    pairs, about = sums.sources.sum(), {"sampled": sampled} | ({"sources": len(places), "seed": parameters.seed} if sampled else {})
    return Found(float(sums.distance.sum() / pairs), parameters=about) if pairs else Found(None, "no-pairs-drawn", about)


def _clustering(ecosystem: Ecosystem, parameters: Parameters) -> Found:
    graph = tie_graph(ecosystem, parameters)
    if not graph.count:
        return Found(None, TOO_FEW)
    degree = _degrees(graph)
    pairs = degree * (degree - 1)
    closed = np.divide(2.0 * triangle_sums(graph.matrix()), pairs, out=np.zeros(graph.nodes), where=pairs > 0)
    return Found(float(closed.sum() / graph.count))


def _modularity(ecosystem: Ecosystem, parameters: Parameters) -> Found:
    graph = tie_graph(ecosystem, parameters)
    found = communities_of(ecosystem, parameters.with_(weight="none"))
    value = modularity_of(graph, found.number)
    return Found(None, NO_TIES) if value is None else Found(value, parameters={"communities": len(found.size), "seed": parameters.seed})


def _core_periphery(ecosystem: Ecosystem, parameters: Parameters) -> Found:
    """For each least degree d: the core is who has d ties or more; the cells where somebody of the core stands should be ties, the others not."""
    graph = tie_graph(ecosystem, parameters)
    n, ties = _counts(graph)
    pairs = n * (n - 1) / 2
    if not 0 < ties < pairs:
        return Found(None, "all-are-tied" if ties else NO_TIES)
    degree = _degrees(graph)
    least = np.unique(degree[graph.present])[::-1]
    core = n - _below(degree[graph.present], least)
    once = graph.source < graph.target
    reached = np.maximum(degree[graph.source[once]], degree[graph.target[once]])
    covered = len(reached) - _below(reached, least)
    fit = core_fit(n, ties, core, covered)
    best = int(fit.argmax())
    if not np.isfinite(fit[best]):
        return Found(None, "no-periphery")
    return Found(float(fit[best]), parameters={"core": int(core[best]), "least_degree": int(least[best])})


def core_fit(parties: int, ties: int, core: Longs, covered: Longs) -> Floats:
    """The correlation, over all pairs, of being tied and of having one of the two in the core; ``covered``: so many ties have. -inf where it has no value.

    Borgatti and Everett's example: 14 ties of ten parties, all of them of the four in the core.

    >>> round(float(core_fit(10, 14, np.array([4]), np.array([14]))[0]), 3)
    0.475
    """
    pairs = parties * (parties - 1) / 2
    ideal = core * (core - 1) / 2 + core * (parties - core)
    spread = np.sqrt(ideal * (pairs - ideal) * ties * (pairs - ties))
    return np.asarray(np.divide(covered * pairs - ties * ideal, spread, out=np.full(len(core), -np.inf), where=spread > 0), np.float64)


def _below(values: Longs, limits: Longs) -> Longs:
    """How many values are less than each limit."""
    return np.searchsorted(np.sort(values), limits, side="left").astype(np.int64)


def _assortativity_role(ecosystem: Ecosystem, parameters: Parameters) -> Found:
    """A party of several roles counts in equal parts for each; ties of parties without role are left out."""
    graph = tie_graph(ecosystem, parameters)
    facts = ecosystem.families["roles"]
    rows = states_of(ecosystem, "roles", parameters)
    kinds = facts.coded("kind")
    source = roll_up_of(ecosystem, parameters).counts_as[facts.source[rows]].astype(np.int64)
    count = max(len(kinds.texts), 1)
    held = np.unique(source * count + kinds.codes[rows])
    parts = np.bincount(held // count, minlength=graph.nodes)
    share = csr_array((1.0 / parts[held // count], (held // count, held % count)), shape=(graph.nodes, count))
    mixing = (share.T @ (graph.matrix() @ share)).toarray()
    if mixing.sum() <= 0:
        return Found(None, "no-roles")
    mixing = mixing / mixing.sum()
    chance = float(mixing.sum(axis=0) @ mixing.sum(axis=1))
    if 1 - chance < 1e-12:
        return Found(None, "one-role")
    return Found((float(np.trace(mixing)) - chance) / (1 - chance), parameters={"roles": int((mixing.sum(axis=0) > 0).sum())})


def _reciprocity(ecosystem: Ecosystem, parameters: Parameters) -> Found:
    """Two are tied by one edge or by two: the edges beyond the first of each pair have their reverse, and so have those."""
    edges, ties = len(graph_of(ecosystem, "influence", parameters).source), _counts(tie_graph(ecosystem, parameters))[1]
    return Found(2 * (edges - ties) / edges) if edges else Found(None, NO_TIES)


_TIED = "nobody is tied to anybody (no-ties)"
STATISTICS: tuple[Statistic, ...] = (
    Statistic("parties", "How many are there?", "parties valid at as_of, rolled-up ones aside", "never", "metrics.md, section 1", _parties),
    Statistic(
        "facts",
        "On how many facts does it rest?",
        "roles and relationships that hold at as_of, value flows of the period",
        "never",
        "metrics.md, section 1",
        _facts,
    ),
    Statistic(
        "density",
        "How many of all possible ties are there?",
        "2 m / (n (n - 1))",
        "there are fewer than two parties (too-few-parties)",
        "Wasserman, Faust, Social Network Analysis, Cambridge 1994, chapter 4",
        _density,
    ),
    Statistic(
        "components",
        "Into how many parts does it fall?",
        "connected components; who has no tie is one",
        "never",
        "Wasserman, Faust 1994, chapter 4",
        _components,
    ),
    Statistic(
        "diameter",
        "How far apart are the farthest two that can reach each other?",
        "the largest distance in ties; above 2,000 parties from below, by sweeps from the farthest party found in the largest component",
        _TIED,
        "Wasserman, Faust 1994, chapter 4; Magnien, Latapy, Habib, Fast computation of empirically tight bounds for the diameter, 2009",
        _diameter,
    ),
    Statistic(
        "average_path",
        "Over how many steps are two connected on average?",
        "the mean distance of all pairs that can reach each other; above 2,000 parties from `pivots` sources, seeded",
        _TIED + ", or no party drawn has a tie (no-pairs-drawn)",
        "Watts, Strogatz, Collective dynamics of small-world networks, Nature 393, 1998",
        _average_path,
    ),
    Statistic(
        "clustering",
        "How often do those tied to the same party know each other?",
        "the mean of 2 t / (d (d - 1)) over all parties; 0 for who has fewer than two ties",
        "there is no party (too-few-parties)",
        "Watts, Strogatz 1998",
        _clustering,
    ),
    Statistic(
        "modularity",
        "How clearly does it fall into communities?",
        "sum_c (w_c / W - (k_c / 2 W)^2) of the communities found (Leiden)",
        _TIED,
        "Newman, Girvan, Finding and evaluating community structure in networks, Physical Review E 69, 2004",
        _modularity,
    ),
    Statistic(
        "core_periphery",
        "How far is it a core around which the others stand?",
        "the correlation of ties with the ideal pattern (a tie wherever one of two is in the core), for the best core of all who have so many ties or more",
        _TIED + ", all are tied to all (all-are-tied), or all have as many ties (no-periphery)",
        "Borgatti, Everett, Models of core/periphery structures, Social Networks 21, 2000",
        _core_periphery,
    ),
    Statistic(
        "assortativity_role",
        "Are parties of the same role tied to one another?",
        "(sum_r e_rr - sum_r a_r^2) / (1 - sum_r a_r^2), e the share of ties between two roles; several roles of a party count in equal parts",
        "no tie is between two parties with roles (no-roles), or all have the same one (one-role)",
        "Newman, Mixing patterns in networks, Physical Review E 67, 2003",
        _assortativity_role,
    ),
    Statistic(
        "reciprocity",
        "How much of the influence goes both ways?",
        "edges of `influence` whose reverse is there too, over all edges",
        _TIED,
        "Wasserman, Faust 1994, chapter 13",
        _reciprocity,
    ),
    Statistic(
        "hhi_money",
        "On how few parties does all money rest?",
        "the sum of squares of each party's share in all money that is received",
        "no money flows between parties (no-money)",
        "Rhoades, The Herfindahl-Hirschman index, Federal Reserve Bulletin 79, 1993",
        lambda ecosystem, parameters: Found(*hhi_money(ecosystem, parameters)),
    ),
    Statistic(
        "unattributed_share",
        "How much of all value ends with nobody known to use it?",
        "what ends unattributed over all that ends, on `value_chain`",
        "nothing ends anywhere (no-value-chain)",
        "metrics.md, section 1",
        lambda ecosystem, parameters: Found(*unattributed_share(ecosystem, parameters)),
    ),
)
"""What ``.../network`` answers, in this order."""

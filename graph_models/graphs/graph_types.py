"""The graphs that metrics run on (metrics.md section 1), as arrays of edges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from scipy.sparse import csr_array

from graph_models.arrays.types import Floats, Ints, Longs, Mask
from graph_models.ecosystem.claims import contradiction_warning
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import RollUp, claims_of, roll_up_of
from graph_models.errors import InvalidInput
from graph_models.flows.deliveries import deliveries_of
from graph_models.flows.implied_returns import exchanges_of
from graph_models.flows.streams import Streams, streams_of
from graph_models.flows.utilities import utilities_of
from graph_models.graphs.edge_list import FactsOfItems, Items, grouped
from graph_models.graphs.fact_edges import facts_items
from graph_models.graphs.influence_edges import influence_items
from graph_models.notices import Warning

OWN_WEIGHT = {"utility": "utility", "value_chain": "amount", "influence": "strength", "tie": "strength", "ownership": "strength"}
"""What the weight of each graph is, of those that ``weight`` may name."""


FactsOf: TypeAlias = Callable[[int, int], Longs]
"""(u, v) -> the numbers of some facts from u to v."""


@dataclass(frozen=True, eq=False)
class Graph:
    """Edges sorted by source and target, one a pair; of an undirected graph each is there in both directions (to itself: once)."""

    name: str
    nodes: int
    source: Ints
    target: Ints
    weight: Floats
    present: Mask
    """Who is a node: all but the rolled-up."""
    directed: bool = True
    warnings: tuple[Warning, ...] = ()
    facts: FactsOf = field(default=lambda u, v: np.zeros(0, np.int64), repr=False)
    """The numbers of the facts from u to v, as the graph was made; sorted."""
    implied: FactsOf = field(default=lambda u, v: np.zeros(0, np.int64), repr=False)
    """As ``facts``: the payments for which v gets something from u that is not recorded."""
    also_stated: FactsOf = field(default=lambda u, v: np.zeros(0, np.int64), repr=False)
    """As ``facts``: those that state the same as one of ``facts``, which counts."""

    @property
    def count(self) -> int:
        """How many parties are nodes."""
        return int(self.present.sum())

    def matrix(self) -> csr_array:
        """``matrix[u, v]`` is the weight of u -> v."""
        return self._matrix

    @cached_property
    def _matrix(self) -> csr_array:
        first = np.searchsorted(self.source, np.arange(self.nodes + 1))
        return csr_array((self.weight, self.target, first.astype(np.int32)), shape=(self.nodes, self.nodes))

    def edge_facts(self, edge: int) -> Longs:
        """The numbers of the facts that an edge is made of (of an undirected graph: of both directions)."""
        u, v = int(self.source[edge]), int(self.target[edge])
        return self.facts(u, v)

    def reversed(self) -> Graph:
        turned = self.matrix().T.tocsr()  # a counting sort, stable
        source = np.repeat(np.arange(self.nodes, dtype=np.int32), np.diff(turned.indptr))
        return replace(self, source=source, target=turned.indices, weight=turned.data, **self._asked(lambda facts: lambda u, v: facts(v, u)))

    def undirected(self, *, ones: bool = False) -> Graph:
        """Both directions added up; with ``ones`` every edge weighs 1."""
        if not self.directed:
            return self
        other = self.source != self.target
        items = Items(
            np.concatenate([self.source, self.target[other]]),
            np.concatenate([self.target, self.source[other]]),
            np.concatenate([self.weight, self.weight[other]]),
        )
        source, target, weight = grouped(items)
        return replace(self, source=source, target=target, weight=np.ones(len(weight)) if ones else weight, directed=False, **self.both_ways())

    def both_ways(self) -> dict[str, Any]:
        """What ``facts``, ``implied`` and ``also_stated`` are of a graph whose edges have no direction."""
        return self._asked(lambda facts: lambda u, v: np.union1d(facts(u, v), facts(v, u)))

    def _asked(self, otherwise: Callable[[FactsOf], FactsOf]) -> dict[str, Any]:
        return {name: otherwise(getattr(self, name)) for name in ("facts", "implied", "also_stated")}

    def without_self_ties(self) -> Graph:
        """A party is no partner of itself: degrees, strengths, constraint, clustering and cores count ties to others only."""
        other = self.source != self.target
        if other.all():
            return self
        return replace(self, source=self.source[other], target=self.target[other], weight=self.weight[other])

    def without(self, node: int) -> Graph:
        """The graph with one party less."""
        kept = (self.source != node) & (self.target != node)
        present = self.present.copy()
        present[node] = False
        return replace(self, source=self.source[kept], target=self.target[kept], weight=self.weight[kept], present=present)

    def unweighted(self) -> Graph:
        """Every edge weighs 1."""
        return replace(self, weight=np.ones(len(self.weight)))

    def distance(self) -> Graph:
        """Distance is 1 / weight: the one place where strength becomes distance. What weighs nothing is infinitely far: no edge."""
        kept = self.weight > 0
        return replace(self, source=self.source[kept], target=self.target[kept], weight=1.0 / self.weight[kept])


def graph_of(ecosystem: Ecosystem, name: str, parameters: Parameters) -> Graph:
    """A graph by its name, with what ``weight``, ``directed`` and ``reversed`` make of it. Made once for the same parameters."""
    key = (
        "graph",
        name,
        ecosystem.period(parameters),
        parameters.hypotheses,
        parameters.roll_up,
        parameters.basis,
        parameters.in_return_for,
        parameters.product,
        parameters.utility,
        parameters.implied_returns,
        parameters.materiality,
        parameters.kinds,
        parameters.weight,
        parameters.distance_of,
        parameters.directed,
        parameters.reversed,
    )
    return ecosystem.kept(key, lambda: _viewed(ecosystem, name, parameters))


def _viewed(ecosystem: Ecosystem, name: str, parameters: Parameters) -> Graph:
    weight = _weight(name, parameters)
    shaping = ("kinds", "period", "product", "roll_up", "hypotheses", "basis", "in_return_for", "utility", "implied_returns", "materiality")
    plain = Parameters(weight=weight if name == "facts" else None, **{field: getattr(parameters, field) for field in shaping})
    graph = ecosystem.kept(("base graph", name, ecosystem.period(plain), plain), lambda: GRAPHS[name](ecosystem, plain))
    if parameters.weight == "none":
        graph = graph.unweighted()
    if parameters.directed is False:
        graph = graph.undirected(ones=weight == "none")
    elif parameters.directed and not graph.directed:
        graph = replace(graph, directed=True)
    if parameters.weight == "distance":
        graph = graph.distance()
    return graph.reversed() if parameters.reversed else graph


def _weight(name: str, parameters: Parameters) -> str:
    """What weighs, before it is made a distance."""
    if name not in GRAPHS:
        raise InvalidInput.of("unknown-graph", f"{name!r} is no graph; there are {', '.join(GRAPHS)}", "graph")
    if name == "facts":
        if parameters.weight == "distance":
            if parameters.distance_of is None:
                raise InvalidInput.of("missing", "weight: distance on facts needs distance_of: amount, strength or utility", "distance_of")
            return parameters.distance_of
        return parameters.weight or "none"
    own = OWN_WEIGHT[name]
    if parameters.weight not in (None, "none", "distance", own) or (parameters.weight == "distance" and parameters.distance_of not in (None, own)):
        raise InvalidInput.of("out-of-range", f"the graph {name} weighs by {own}; weight is none, {own} or distance", "weight")
    return "none" if parameters.weight == "none" else own


def _graph(
    ecosystem: Ecosystem,
    name: str,
    items: Items,
    roll_up: RollUp,
    warnings: tuple[Warning, ...] = (),
    *,
    by: Callable[[Items], tuple[Ints, Ints, Floats]] = grouped,
) -> Graph:
    source, target, weight = by(items)
    return Graph(
        name,
        len(ecosystem.parties),
        source,
        target,
        weight,
        roll_up.present,
        warnings=warnings,
        facts=items.facts_between,
        implied=items.implied_between,
        also_stated=items.also_stated_between,
    )


def _utility(ecosystem: Ecosystem, parameters: Parameters) -> Graph:
    """Parallel streams added; loops run on the streams themselves."""
    streams, keep, utility = utility_streams(ecosystem, parameters)
    first_ref = ecosystem.families["value_flows"].first_ref

    def facts_of(implied: bool) -> FactsOfItems:
        def facts() -> tuple[Longs, Longs]:
            chosen = np.flatnonzero(streams.implied[keep] == implied)
            place, ref = streams.facts_of(keep[chosen], first_ref)
            return chosen[place], ref

        return facts

    items = Items(streams.source[keep], streams.target[keep], utility[keep], facts=facts_of(False), implied=facts_of(True))
    return _graph(ecosystem, "utility", items, roll_up_of(ecosystem, parameters), streams.warnings)


def utility_streams(ecosystem: Ecosystem, parameters: Parameters) -> tuple[Streams, Longs, Floats]:
    """The exchanges, which of them are edges of the graph ``utility``, and the utility of all."""
    streams = exchanges_of(ecosystem, parameters)
    utilities = utilities_of(ecosystem, parameters)
    keep = streams.source != streams.target
    if parameters.utility == "judged":
        keep &= utilities.judged
    return streams, np.flatnonzero(keep), utilities.utility


def _value_chain(ecosystem: Ecosystem, parameters: Parameters) -> Graph:
    """A party may deliver to itself: it is on an edge of its own."""
    z = deliveries_of(ecosystem, parameters)
    flows = streams_of(ecosystem, parameters).flows
    first_ref = ecosystem.families["value_flows"].first_ref

    def facts() -> tuple[Longs, Longs]:
        return np.repeat(np.arange(len(z.value)), np.diff(z.first)), flows.rows[z.flows] + first_ref

    items = Items(z.source.astype(np.int32), z.target.astype(np.int32), z.value, facts)
    return _graph(ecosystem, "value_chain", items, roll_up_of(ecosystem, parameters), z.warnings)


def _influence(ecosystem: Ecosystem, parameters: Parameters) -> Graph:
    items = influence_items(ecosystem, parameters)
    warnings = streams_of(ecosystem, parameters).warnings
    for family in ("roles", "relationships"):
        warnings += contradiction_warning(ecosystem, family, claims_of(ecosystem, family, parameters))
    return _graph(ecosystem, "influence", items, roll_up_of(ecosystem, parameters), warnings, by=_any_of)


def _any_of(items: Items) -> tuple[Ints, Ints, Floats]:
    """One edge a pair: ``1 - prod(1 - w_k)``; a pair moved by nothing above 0 is no edge."""
    source, target, spared = grouped(Items(items.source, items.target, 1.0 - items.value), np.multiply)
    weight = 1.0 - spared
    return source[weight > 0], target[weight > 0], weight[weight > 0]


def _tie(ecosystem: Ecosystem, parameters: Parameters) -> Graph:
    influence = graph_of(ecosystem, "influence", parameters.with_(weight=None, directed=None, reversed=None, distance_of=None))
    both = Items(np.concatenate([influence.source, influence.target]), np.concatenate([influence.target, influence.source]), np.tile(influence.weight, 2))
    source, target, weight = _any_of(both)
    return replace(influence, name="tie", source=source, target=target, weight=weight, directed=False, **influence.both_ways())


def _ownership(ecosystem: Ecosystem, parameters: Parameters) -> Graph:
    """Confidence never multiplies a share; ``owns`` without a share is left out and listed."""
    facts = ecosystem.families["relationships"]
    claims = claims_of(ecosystem, "relationships", parameters).where(ecosystem.means("relationships", "ownership"))
    rows = claims.rows
    roll_up = roll_up_of(ecosystem, parameters)
    source, target, left = roll_up.ends(facts.source[rows], facts.target[rows])
    share = facts.number("share")[rows]
    unknown = rows[np.isnan(share)]
    warnings: tuple[Warning, ...] = ()
    if len(unknown):
        warnings = (Warning("no-share", f"{len(unknown)} ownerships without a share are left out", tuple(facts.texts("id", unknown))),)
    warnings += contradiction_warning(ecosystem, "relationships", claims)
    left &= share > 0
    counted = rows[left]

    def also_stated() -> tuple[Longs, Longs]:
        place, row = claims.stated_by(counted)
        return place, row + facts.first_ref

    items = Items(source[left], target[left], share[left], lambda: (np.arange(len(counted)), counted + facts.first_ref), also_stated=also_stated)
    return _graph(ecosystem, "ownership", items, roll_up, warnings)


def _facts(ecosystem: Ecosystem, parameters: Parameters) -> Graph:
    items = facts_items(ecosystem, parameters)
    graph = _graph(ecosystem, "facts", items, roll_up_of(ecosystem, parameters), streams_of(ecosystem, parameters).warnings)
    return graph.unweighted() if parameters.weight == "none" else graph


GRAPHS: dict[str, Callable[[Ecosystem, Parameters], Graph]] = {
    "utility": _utility,
    "value_chain": _value_chain,
    "influence": _influence,
    "tie": _tie,
    "ownership": _ownership,
    "facts": _facts,
}

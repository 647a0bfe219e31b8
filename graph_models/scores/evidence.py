"""What each part of a score rests on: the loops, walks and chains that contribute most, with the facts on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
from scipy.sparse import csr_array, diags_array

from graph_models.arrays.types import Ints
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.graphs.best_walks import walks_from
from graph_models.graphs.graph_types import FactsOf, Graph, graph_of
from graph_models.metrics.stakeholders.salience_attributes import judged_values, valid_assessments
from graph_models.metrics.structure.centrality import ALPHA
from graph_models.metrics.value.value_loops import facts_of_streams, loops_of
from graph_models.scores.chain_evidence import Way, others_hanging, ways_through

T = TypeVar("T")

TOP = 3
PAIRS, GIVERS = 300_000, 256
"""So many pairs, and givers, are looked at at once."""


class Item(NamedTuple):
    """One piece of evidence: places from the party to the focal party, ids of facts, and what it adds to the part's raw value.

    ``implied``: the payments on the path for which something is got in return that is not recorded; ``also_stated``: facts that state the same
    as one of ``facts``.
    """

    path: Sequence[int]
    facts: Sequence[str]
    contribution: float
    implied: Sequence[str] = ()
    also_stated: Sequence[str] = ()
    lots: Sequence[str | None] = ()
    """Along the path, of a way in the value chain: the product in whose lot the value passes each party; nothing where no lot has a name."""

    def as_json(self, ecosystem: Ecosystem) -> dict[str, Any]:
        plain = {
            "path": [ecosystem.parties[place] for place in self.path],
            "facts": list(self.facts),
            "implied": list(self.implied),
            "also_stated": list(self.also_stated),
            "contribution": self.contribution,
        }
        return plain | ({"lots": list(self.lots)} if self.lots else {})


def _value_loops(ecosystem: Ecosystem, parameters: Parameters, party: int) -> list[Item]:
    """The strongest loops that the party is on; the path is the loop's way from it on, the facts are those of the whole loop."""
    found = loops_of(ecosystem, parameters)
    assert found is not None
    strongest = _kept(ecosystem, parameters, "loops", lambda: found.strongest(len(ecosystem.parties), TOP))
    items = []
    for row in strongest[party][strongest[party] >= 0].tolist():
        edges = found.edges[found.loops.streams[row][found.loops.streams[row] >= 0]]
        around = [*found.streams.source[edges].tolist(), int(found.streams.source[edges[0]])]
        facts = facts_of_streams(ecosystem, found.streams, edges)
        items.append(Item(around[around.index(party) :], facts["facts"], float(found.loops.score[row]) / found.total, facts["implied"]))
    return items


def _reach(ecosystem: Ecosystem, parameters: Parameters, party: int) -> list[Item]:
    """The likeliest walks: (1 - a) a^k times the product of the transition probabilities."""
    graph, focal = graph_of(ecosystem, "influence", parameters), _focal(ecosystem, parameters)
    walks = _kept(ecosystem, parameters, "reach", lambda: walks_from(_probabilities(graph.reversed().matrix()), focal, damping=ALPHA))
    return [_along(ecosystem, graph, walk.places[::-1], (1 - ALPHA) * walk.product) for walk in walks.to(party, TOP)]


def _brokerage(ecosystem: Ecosystem, parameters: Parameters, party: int) -> list[Item]:
    """The closest pairs that the party stands between: a pair with fewer others between them depends on it more than any pair farther apart."""
    graph = graph_of(ecosystem, "influence", parameters)
    focal = _focal(ecosystem, parameters)
    takers, givers = _kept(ecosystem, parameters, "brokerage", lambda: _both_ways(graph.without(focal)))
    before, after = (matrix.indices[matrix.indptr[party] : matrix.indptr[party + 1]] for matrix in (givers, takers))
    pairs = max((graph.count - 2) * (graph.count - 3), 1)
    return [
        _along(ecosystem, graph, (giver, party, taker), depends / pairs) for depends, giver, taker in _closest(takers, givers, np.sort(before), np.sort(after))
    ]


def _both_ways(graph: Graph) -> tuple[csr_array, csr_array]:
    matrix = graph.unweighted().matrix()
    return matrix, csr_array(matrix.T)


def _closest(takers: csr_array, givers: csr_array, before: Ints, after: Ints) -> list[tuple[float, int, int]]:
    """(share of the ways, giver, taker) of the pairs, two steps apart, that depend most on one party; of equal ones the first.

    Some givers at a time: once there are pairs enough that have no other way, no other pair depends more.
    """
    best: list[tuple[float, int, int]] = []
    onward = csr_array(givers[after].T)
    for start in range(0, len(before), some := min(max(1, PAIRS // max(len(after), 1)), GIVERS)):
        some_givers = before[start : start + some]
        given = takers[some_givers]
        between = (given @ onward).toarray()
        apart = (given[:, after].toarray() == 0) & (some_givers[:, None] != after[None, :])
        depends = np.where(apart, 1.0 / np.maximum(between, 1.0), 0.0)
        for _ in range(min(TOP, depends.size)):
            row, column = divmod(int(depends.argmax()), len(after))  # of equal ones the first
            if depends[row, column] > 0:
                best.append((float(depends[row, column]), int(some_givers[row]), int(after[column])))
                depends[row, column] = 0.0
        best = sorted(best, key=lambda pair: -pair[0])[:TOP]
        if len(best) == TOP and best[-1][0] == 1.0:
            break
    return best


def _salience(ecosystem: Ecosystem, parameters: Parameters, party: int) -> list[Item]:
    """The newest judgement."""
    facts = ecosystem.families["assessments"]
    rows = valid_assessments(ecosystem, parameters)
    rows = rows[facts.coded("kind").flags("salience".__eq__)[rows] & (roll_up_of(ecosystem, parameters).counts_as[facts.target[rows]] == party)]
    newest = rows[np.argsort(facts.start[rows], kind="stable")][-1:]
    judged = judged_values(ecosystem, parameters)[:, party]
    return [Item((party,), facts.texts("id", newest), float(np.nanmean(judged)))]


def _control(ecosystem: Ecosystem, parameters: Parameters, party: int) -> list[Item]:
    """The chains of shares with the largest products; none passes the holder again, whose own shares count once."""
    graph, focal = graph_of(ecosystem, "ownership", parameters), _focal(ecosystem, parameters)
    walks = _kept(ecosystem, parameters, "control", lambda: walks_from(graph.reversed().matrix(), focal))
    return [_along(ecosystem, graph, walk.places[::-1], walk.product) for walk in walks.to(party, TOP, first_arrival=True)]


def _pass_through(ecosystem: Ecosystem, parameters: Parameters, party: int) -> list[Item]:
    """The chains that carry most of what comes through the party, on the side (up or down) that counts."""
    return [_on_way(ecosystem, way) for way in ways_through(ecosystem, parameters, party, TOP)]


def _criticality(ecosystem: Ecosystem, parameters: Parameters, party: int) -> list[Item]:
    """Everyone who hangs on the party, by share."""
    return [_on_way(ecosystem, way) for way in others_hanging(ecosystem, parameters, party)]


def _on_way(ecosystem: Ecosystem, way: Way) -> Item:
    """Evidence on a way of value along lots: ``lots`` names the products of the lots on it, where any has one."""
    lots = way.products if any(way.products) else ()
    return Item(way.path, ecosystem.fact_ids(dict.fromkeys(way.facts.tolist())), way.share, lots=lots)


def _kept(ecosystem: Ecosystem, parameters: Parameters, what: str, make: Callable[[], T]) -> T:
    """What the explanations of all parties share, made with the first of them."""
    return ecosystem.kept(("evidence", what, parameters.given_key()), make)


def _focal(ecosystem: Ecosystem, parameters: Parameters) -> int:
    focal = focal_of(ecosystem, parameters)
    assert focal is not None
    return focal


def _probabilities(matrix: csr_array) -> csr_array:
    out = np.asarray(matrix.sum(axis=1)).ravel()
    return csr_array(diags_array(np.divide(1.0, out, out=np.zeros(len(out)), where=out > 0)) @ matrix)


def _along(ecosystem: Ecosystem, graph: Graph, path: Sequence[int], contribution: float) -> Item:
    """Evidence on a path whose steps are edges of the graph."""
    return Item(path, contribution=contribution, **_facts(ecosystem, graph, list(pairwise(path))))


def _facts(ecosystem: Ecosystem, graph: Graph, steps: Sequence[tuple[int, int]]) -> dict[str, list[str]]:
    """Of each sort the facts of the steps, each once, in the order of the steps."""

    def ids(facts: FactsOf) -> list[str]:
        return ecosystem.fact_ids(dict.fromkeys(ref for source, target in steps for ref in facts(source, target).tolist()))

    return {"facts": ids(graph.facts), "implied": ids(graph.implied), "also_stated": ids(graph.also_stated)}


EVIDENCE: dict[str, Callable[[Ecosystem, Parameters, int], list[Item]]] = {
    "value_loops": _value_loops,
    "reach": _reach,
    "brokerage": _brokerage,
    "salience": _salience,
    "control": _control,
    "pass_through": _pass_through,
    "criticality": _criticality,
}
"""Of each part that a profile may weigh."""

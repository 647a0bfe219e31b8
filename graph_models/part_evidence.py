"""What each part of a score rests on: the loops, walks and chains that contribute most, with the facts on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array, diags_array

from graph_models.ecosystem import Ecosystem, Floats, Mask
from graph_models.graphs import Graph, graph_of
from graph_models.kernels.arrays import reachable
from graph_models.metrics.centrality import ALPHA
from graph_models.metrics.loops import loops_of, stream_facts
from graph_models.metrics.salience_attributes import judged_values, valid_assessments
from graph_models.parameters import Parameters
from graph_models.roll_up import focal_of, roll_up_of
from graph_models.value_chain import value_chain_of
from graph_models.walks import Walk, best_walks, shortest_walk

TOP = 3


class Item(NamedTuple):
    """One piece of evidence: places from the party to the focal party, ids of facts, and what it adds to the part's raw value."""

    path: Sequence[int]
    facts: Sequence[str]
    contribution: float

    def as_json(self, ecosystem: Ecosystem) -> dict[str, Any]:
        return {"path": [ecosystem.parties[place] for place in self.path], "facts": list(self.facts), "contribution": self.contribution}


def _value_loops(ecosystem: Ecosystem, parameters: Parameters, party: int) -> list[Item]:
    """The strongest loops that the party is on; the path is the loop's way from it on, the facts are those of the whole loop."""
    found = loops_of(ecosystem, parameters)
    assert found is not None
    items = []
    for row in np.flatnonzero(found.through(party))[:TOP].tolist():
        edges = found.edges[found.loops.streams[row][found.loops.streams[row] >= 0]]
        around = [*found.streams.source[edges].tolist(), int(found.streams.source[edges[0]])]
        facts = [fact for edge in edges.tolist() for fact in stream_facts(ecosystem, found.streams, edge)]
        items.append(Item(around[around.index(party) :], facts, float(found.loops.score[row]) / found.total))
    return items


def _reach(ecosystem: Ecosystem, parameters: Parameters, party: int) -> list[Item]:
    """The likeliest walks: (1 - a) a^k times the product of the transition probabilities."""
    graph = graph_of(ecosystem, "influence", parameters)
    walks = best_walks(_probabilities(graph.reversed().matrix()), _focal(ecosystem, parameters), party, TOP, damping=ALPHA)
    return [_along(ecosystem, graph, walk.places[::-1], (1 - ALPHA) * walk.product) for walk in walks]


def _brokerage(ecosystem: Ecosystem, parameters: Parameters, party: int) -> list[Item]:
    """The closest pairs that the party stands between: a pair with fewer others between them depends on it more than any pair farther apart."""
    graph = graph_of(ecosystem, "influence", parameters).without(_focal(ecosystem, parameters))
    matrix = graph.unweighted().matrix()
    giver, taker = csr_array(matrix.T), matrix
    before = np.sort(giver.indices[giver.indptr[party] : giver.indptr[party + 1]])
    after = np.sort(taker.indices[taker.indptr[party] : taker.indptr[party + 1]])
    between = (matrix[before] @ matrix)[:, after].toarray()
    apart = (matrix[before][:, after].toarray() == 0) & (before[:, None] != after[None, :])
    depends = np.where(apart, 1.0 / np.maximum(between, 1.0), 0.0)
    pairs = max((graph.count - 1) * (graph.count - 2), 1)
    best = np.argsort(-depends, axis=None, kind="stable")[:TOP]
    rows, columns = np.unravel_index(best, depends.shape) if depends.size else (np.zeros(0, int), np.zeros(0, int))
    return [
        _along(ecosystem, graph, (int(before[row]), party, int(after[column])), float(depends[row, column]) / pairs)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if depends[row, column] > 0
    ]


def _salience(ecosystem: Ecosystem, parameters: Parameters, party: int) -> list[Item]:
    """The newest judgement."""
    facts = ecosystem.families["assessments"]
    rows = valid_assessments(ecosystem, parameters)
    rows = rows[facts.coded("kind").flags("salience".__eq__)[rows] & (roll_up_of(ecosystem, parameters).counts_as[facts.target[rows]] == party)]
    newest = rows[np.argsort(facts.start[rows], kind="stable")][-1:]
    judged = judged_values(ecosystem, parameters)[:, party]
    return [Item((party,), facts.texts("id", newest), float(np.nanmean(judged)))]


def _control(ecosystem: Ecosystem, parameters: Parameters, party: int) -> list[Item]:
    """The chains of shares with the largest products."""
    graph = graph_of(ecosystem, "ownership", parameters)
    walks = best_walks(graph.reversed().matrix(), _focal(ecosystem, parameters), party, TOP)
    return [_along(ecosystem, graph, walk.places[::-1], walk.product) for walk in walks]


def _pass_through(ecosystem: Ecosystem, parameters: Parameters, party: int) -> list[Item]:
    """The chains that carry most of what comes through the party, on the side (up or down) that counts."""
    chain, graph = value_chain_of(ecosystem, parameters), graph_of(ecosystem, "value_chain", parameters)
    focal = _focal(ecosystem, parameters)
    if chain.inverse_column(focal)[party] >= chain.inverse_row(focal)[party]:
        walks = best_walks(csr_array(chain.a.T), focal, party, TOP, first_arrival=True)
        return [_along(ecosystem, graph, walk.places[::-1], walk.product) for walk in walks]
    walks = best_walks(chain.b, focal, party, TOP, first_arrival=True)
    return [_backward(ecosystem, graph, walk) for walk in walks]


def _criticality(ecosystem: Ecosystem, parameters: Parameters, party: int) -> list[Item]:
    """Everyone who hangs on the party, by share."""
    chain, graph = value_chain_of(ecosystem, parameters), graph_of(ecosystem, "value_chain", parameters)
    focal = _focal(ecosystem, parameters)
    z, backward = chain.z, csr_array(chain.z.T)
    sinks, makers = chain.inverse_row(focal) * chain.used, chain.inverse_column(focal) * chain.added
    down = _hanging(z, focal, party, sinks)
    up = _hanging(backward, focal, party, makers)
    if sinks[down].sum() >= makers[up].sum():
        walks = [(Walk(float(sinks[place]), shortest_walk(z, focal, place)), True) for place in np.flatnonzero(down).tolist()]
    else:
        walks = [(Walk(float(makers[place]), shortest_walk(backward, focal, place)), False) for place in np.flatnonzero(up).tolist()]
    items = [_backward(ecosystem, graph, walk) if is_down else _along(ecosystem, graph, walk.places[::-1], walk.product) for walk, is_down in walks]
    return sorted(items, key=lambda item: -item.contribution)


def _hanging(matrix: csr_array, focal: int, party: int, share: Floats) -> Mask:
    """Which others, with a share, the focal party reaches through the party only."""
    cut = matrix.copy()
    cut.data[cut.indptr[party] : cut.indptr[party + 1]] = 0.0
    cut.eliminate_zeros()
    hanging = reachable(matrix, focal) & ~reachable(cut, focal) & (share > 0)
    hanging[party] = False
    return np.asarray(hanging, bool)


def _focal(ecosystem: Ecosystem, parameters: Parameters) -> int:
    focal = focal_of(ecosystem, parameters)
    assert focal is not None
    return focal


def _probabilities(matrix: csr_array) -> csr_array:
    out = np.asarray(matrix.sum(axis=1)).ravel()
    return csr_array(diags_array(np.divide(1.0, out, out=np.zeros(len(out)), where=out > 0)) @ matrix)


def _along(ecosystem: Ecosystem, graph: Graph, path: Sequence[int], contribution: float) -> Item:
    """Evidence on a path whose steps are edges of the graph."""
    return Item(path, _facts(ecosystem, graph, list(pairwise(path))), contribution)


def _backward(ecosystem: Ecosystem, graph: Graph, walk: Walk) -> Item:
    """Evidence on a walk that leads away from the focal party; its path is told from the party on."""
    return Item(walk.places[::-1], _facts(ecosystem, graph, list(pairwise(walk.places))[::-1]), walk.product)


def _facts(ecosystem: Ecosystem, graph: Graph, steps: Sequence[tuple[int, int]]) -> list[str]:
    refs = dict.fromkeys(ref for source, target in steps for ref in graph.facts(source, target).tolist())
    return ecosystem.fact_ids(refs)


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

"""Communities: parties that have more ties to one another than chance would give them; one partition of an ecosystem, and how good it is."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from graph_models.arrays.types import Longs
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.graphs.graph_types import Graph, graph_of
from graph_models.kernels.structure.best_communities import best_communities
from graph_models.kernels.structure.structural_order import structural_order, without_rounding

ROUNDS = 10
"""So often the search may begin anew from what it found; it ends where a round gains nothing."""
LARGE = 20_000
"""Above so many parties one round has to do: another one costs as much and gains some thousandths."""
RUNS = 64
"""So often the communities of a small graph are searched for, and the best are taken."""
EFFORT = 100_000
"""So many parties and ties are looked at in all runs together, each counted once a run; one run is made in any case."""


class Communities(NamedTuple):
    """Numbered from 0, the largest first, equal ones by their smallest id. ``number`` is -1 for who is rolled up."""

    number: Longs
    size: Longs


def communities_of(ecosystem: Ecosystem, parameters: Parameters) -> Communities:
    """The partition that the Leiden algorithm finds on the graph ``tie`` (or the one named, without direction). Made once for the same parameters."""
    plain = parameters.with_(match_to=None, first_id=None)
    return ecosystem.kept(("communities", plain.given_key()), lambda: partition(tie_of(ecosystem, plain), plain.seed))


def tie_of(ecosystem: Ecosystem, parameters: Parameters) -> Graph:
    """The graph that communities are found on: without direction."""
    return graph_of(ecosystem, parameters.graph or "tie", parameters).undirected()


def partition(graph: Graph, seed: int) -> Communities:
    """Each community is connected; who has no tie is one of their own. The same graph and seed give the same, whatever the parties are called.

    The best of several runs, fewer the larger the graph, on the parties in an order that follows from their ties.
    """
    largest = float(np.abs(graph.weight).max(initial=0.0)) or 1.0  # amounts may be so large that their sum would be infinite
    matrix = replace(graph, weight=without_rounding(graph.weight / largest)).matrix()
    order = structural_order(matrix)
    ordered = matrix[order][:, order]
    ordered.sort_indices()
    label = np.empty(graph.nodes, np.int64)
    label[order] = best_communities(ordered, seed=seed, runs=runs_for(graph), iterations=1 if graph.count > LARGE else ROUNDS)
    return numbered(np.where(graph.present, label, -1))


def runs_for(graph: Graph) -> int:
    """How often communities are searched for: ``RUNS`` times in a small graph, once in a large one."""
    return int(np.clip(EFFORT // (graph.count + len(graph.source) + 1), 1, RUNS))


def numbered(label: Longs) -> Communities:
    """The same groups, the largest first, equal ones by their smallest place; -1 stays -1."""
    there = np.flatnonzero(label >= 0)
    _, first, group, size = np.unique(label[there], return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -size))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    number = np.full(len(label), -1, np.int64)
    number[there] = place[group]
    return Communities(number, size[order])


def modularity(graph: Graph, number: Longs) -> float | None:
    """``sum_c (w_c / W - (k_c / 2 W)^2)`` over the communities; ``None`` where nobody is tied to anybody.

    Newman, M., Girvan, M., Finding and evaluating community structure in networks, Physical Review E 69, 2004.
    """
    kept = graph.weight > 0
    source, target, weight = graph.source[kept], graph.target[kept], graph.weight[kept]
    if not len(weight):
        return None
    weight = weight / weight.max() * np.where(source == target, 2.0, 1.0)  # a tie to oneself has both its ends there
    whole = weight.sum()
    inside = weight[number[source] == number[target]].sum() / whole
    strength = np.bincount(number[source], weight / whole)
    return float(inside - (strength**2).sum())

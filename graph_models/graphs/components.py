"""The parts that a network falls into, and the graph of ties that it is made of."""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import connected_components

from graph_models.arrays.types import Longs
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import STRUCTURAL, Parameters
from graph_models.graphs.graph_types import Graph, graph_of


def tie_graph(ecosystem: Ecosystem, parameters: Parameters) -> Graph:
    """Who is tied to whom, however strongly: what the statistics are of."""
    return graph_of(ecosystem, "tie", parameters.with_(**dict.fromkeys(STRUCTURAL)).with_(weight="none"))


def component_of(graph: Graph) -> Longs:
    """The component of each party, numbered from 0; of who is rolled up -1."""
    label = connected_components(graph.matrix(), directed=False)[1]
    there = np.unique(label[graph.present], return_inverse=True)[1]
    answer = np.full(graph.nodes, -1, np.int64)
    answer[graph.present] = there
    return answer

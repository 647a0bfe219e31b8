"""The graphs of an ecosystem as networkx takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graph_models.graphs.graph_types import graph_of, utility_streams
from graph_models.networkx_backend.array_graph import ArrayGraph

if TYPE_CHECKING:
    from graph_models.ecosystem.ecosystem import Ecosystem
    from graph_models.ecosystem.parameters import Parameters
    from graph_models.kernels.neighbours import Bools


def graph_for_networkx(ecosystem: Ecosystem, name: str, parameters: Parameters) -> ArrayGraph:
    """A graph by its name: nodes are party ids, edges carry ``weight``. ``utility`` has parallel edges, one a stream, keyed by kind and product."""
    graph = graph_of(ecosystem, name, parameters)
    if name == "utility" and (parameters.weight, parameters.directed, parameters.reversed) == (None, None, None):
        return _of_streams(ecosystem, parameters, graph.present)
    return _array_graph(ecosystem, graph.present, graph.source, graph.target, graph.weight, directed=graph.directed)


def _array_graph(ecosystem: Ecosystem, present: Bools, source: Any, target: Any, weight: Any, **options: Any) -> ArrayGraph:
    parties = ecosystem.parties
    if not present.all():  # a party that is rolled up is no node
        place = np.cumsum(present, dtype=np.int32) - 1
        source, target = place[source], place[target]
        parties = [parties[at] for at in np.flatnonzero(present).tolist()]
    return ArrayGraph(parties, source, target, {"weight": weight}, **options)


def _of_streams(ecosystem: Ecosystem, parameters: Parameters, present: Bools) -> ArrayGraph:
    found, edges, utility = utility_streams(ecosystem, parameters)
    source, target, weight = found.source[edges], found.target[edges], utility[edges]

    def plain() -> Any:
        import networkx

        made = networkx.MultiDiGraph()
        made.add_nodes_from(graph.nodes_in_order)
        kinds, products = found.kinds, [*ecosystem.families["value_flows"].coded("product").texts, None]
        for edge in edges.tolist():
            kind, product = kinds[found.kind[edge]], products[found.product[edge]]
            ends = ecosystem.parties[found.source[edge]], ecosystem.parties[found.target[edge]]
            made.add_edge(*ends, key=(kind, product), weight=float(utility[edge]), kind=kind, product=product)
        return made

    graph = _array_graph(ecosystem, present, source, target, weight, directed=True, multigraph=True, plain=plain)
    return graph

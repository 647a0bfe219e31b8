"""The graphs of an ecosystem as networkx takes them."""

from __future__ import annotations

from typing import Any

import networkx
import numpy as np

from graph_models.arrays.types import Mask
from graph_models.ecosystem.column_schema import FAMILIES, FAMILY_OF
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters, parameters_of
from graph_models.graphs.graph_types import graph_of, utility_streams
from graph_models.networkx_backend.array_graph import ArrayGraph

PLAIN_TYPES = ("role", "relationship", "value_flow")
"""The facts that are edges of the plain graph of everything."""


def graph(ecosystem: Ecosystem, name: str, /, **fields: Any) -> ArrayGraph:
    """One of the graphs of an ecosystem, as networkx functions accept it.

    Parameters
    ----------
    ecosystem : Ecosystem
    name : str
        ``influence``, ``tie``, ``value``, ``utility``, ``money`` ...: see docs/graphs.md.
    **fields
        Parameters of an analysis that change the graph, such as ``period``, ``kinds``, ``weight``, ``directed``.

    Returns
    -------
    ArrayGraph
        Nodes are party ids; edges have ``weight`` (float64). ``utility`` has parallel edges, one a stream, keyed by kind and product.

    Raises
    ------
    InvalidInput
        Where there is no such graph or parameter, or a value is out of range.

    Examples
    --------
    >>> import networkx
    >>> from graph_models import Ecosystem, graph
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "shop")]
    >>> records += [{"type": "role", "id": "r", "source": "shop", "target": "firm", "role": "distributor"}]
    >>> sorted(graph(Ecosystem.from_records(records, focal_party="firm", as_of="2025-12-31"), "influence").to_networkx().edges)
    [('firm', 'shop'), ('shop', 'firm')]
    """
    return graph_for_networkx(ecosystem, name, parameters_of(fields, ecosystem.vocabulary))


def to_networkx(ecosystem: Ecosystem) -> networkx.MultiDiGraph:
    """A plain ``MultiDiGraph`` of everything.

    Parameters
    ----------
    ecosystem : Ecosystem

    Returns
    -------
    networkx.MultiDiGraph
        Parties with their details as nodes; roles, relationships and value flows as edges, keyed by type and id.
    """
    plain = networkx.MultiDiGraph(focal_party=ecosystem.focal_party, as_of=ecosystem.as_of_text, base_currency=ecosystem.base_currency)
    kinds = ecosystem.columns["parties"]["kind"].to_pylist()
    plain.add_nodes_from((party, {"kind": kind, **details}) for party, kind, details in zip(ecosystem.parties, kinds, ecosystem.details, strict=True))
    for type_name in PLAIN_TYPES:
        family = ecosystem.families[FAMILY_OF[type_name]]
        columns = [name for name in ("id", "valid_from", "valid_to", *FAMILIES[FAMILY_OF[type_name]]) if name not in ("source", "target", "documents")]
        rows = zip(family.source.tolist(), family.target.tolist(), *(family.texts(name) for name in columns), strict=True)
        for source, target, *values in rows:
            attributes = {name: value for name, value in zip(columns, values, strict=True) if value is not None}
            plain.add_edge(ecosystem.parties[source], ecosystem.parties[target], key=(type_name, attributes["id"]), type=type_name, **attributes)
    return plain


def graph_for_networkx(ecosystem: Ecosystem, name: str, parameters: Parameters) -> ArrayGraph:
    """A graph by its name and checked parameters, see :func:`graph`."""
    graph = graph_of(ecosystem, name, parameters)
    if name == "utility" and (parameters.weight, parameters.directed, parameters.reversed) == (None, None, None):
        return _of_streams(ecosystem, parameters, graph.present)
    return _array_graph(ecosystem, graph.present, graph.source, graph.target, graph.weight, directed=graph.directed)


def _array_graph(ecosystem: Ecosystem, present: Mask, source: Any, target: Any, weight: Any, **options: Any) -> ArrayGraph:
    parties = ecosystem.parties
    if not present.all():  # a party that is rolled up is no node
        place = np.cumsum(present, dtype=np.int32) - 1
        source, target = place[source], place[target]
        parties = [parties[at] for at in np.flatnonzero(present).tolist()]
    return ArrayGraph(parties, source, target, {"weight": weight}, **options)


def _of_streams(ecosystem: Ecosystem, parameters: Parameters, present: Mask) -> ArrayGraph:
    found, edges, utility = utility_streams(ecosystem, parameters)
    source, target, weight = found.source[edges], found.target[edges], utility[edges]

    def plain() -> Any:
        made = networkx.MultiDiGraph()
        made.add_nodes_from(answer.nodes_in_order)
        kinds, products = found.kinds, [*ecosystem.families["value_flows"].coded("product").texts, None]
        for edge in edges.tolist():
            kind, product = kinds[found.kind[edge]], products[found.product[edge]]
            ends = ecosystem.parties[found.source[edge]], ecosystem.parties[found.target[edge]]
            made.add_edge(*ends, key=(kind, product), weight=float(utility[edge]), kind=kind, product=product)
        return made

    answer = _array_graph(ecosystem, present, source, target, weight, directed=True, multigraph=True, plain=plain)
    return answer

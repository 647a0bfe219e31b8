"""A graph on arrays that networkx takes for a graph; of a plain networkx graph, or into one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Any, Literal

import networkx
import numpy as np
from scipy.sparse import csr_array

from graph_models.arrays.types import Floats, Longs, Matrix
from graph_models.networkx_backend.registration import NAME

Parallel = Literal["sum", "least", "one"]
"""What parallel edges weigh together: their sum; the least, as networkx takes it for a distance; or 1 whatever they weigh."""


class ArrayGraph:
    """Read-only. Nodes are in order; an edge of an undirected graph is there in both directions (to itself: once)."""

    __networkx_backend__ = NAME

    def __init__(
        self,
        nodes: list[Any],
        source: Any,
        target: Any,
        weights: dict[str, Floats],
        *,
        directed: bool,
        multigraph: bool = False,
        plain: Callable[[], Any] | None = None,
        is_converted: bool = False,
    ) -> None:
        self.nodes_in_order = nodes
        self.source, self.target = source, target
        self.weights = weights
        self.is_converted = is_converted
        """Made of a plain graph, of which it knows no more than was asked for."""
        self._directed, self._multigraph = directed, multigraph
        self._make = plain
        self._matrices: dict[tuple[str | None, Parallel], Matrix] = {}
        self.__networkx_cache__: dict[str, Any] = {}

    def is_directed(self) -> bool:
        return self._directed

    def is_multigraph(self) -> bool:
        return self._multigraph

    def __len__(self) -> int:
        return len(self.nodes_in_order)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.nodes_in_order)

    def __contains__(self, node: object) -> bool:
        try:
            return node in self.places
        except TypeError:  # what cannot be hashed is no node
            return False

    def __getitem__(self, node: Any) -> Any:
        return self.to_networkx()[node]

    def __getattr__(self, name: str) -> Any:
        """What else a networkx graph has (``edges``, ``degree`` ...) is read from the plain one."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.to_networkx(), name)

    @cached_property
    def places(self) -> dict[Any, int]:
        """The place of each node in order: its number in every array."""
        return {node: place for place, node in enumerate(self.nodes_in_order)}

    def places_of(self, nbunch: Any) -> Longs:
        """The places of one node, of some, or (``None``) of all; who is not in the graph is left out, as in networkx."""
        if nbunch is None:
            return np.arange(len(self), dtype=np.int64)
        if nbunch in self:
            return np.array([self.places[nbunch]])
        try:
            return np.array([self.places[node] for node in dict.fromkeys(nbunch) if node in self.places], dtype=np.int64)
        except TypeError as error:
            raise networkx.NetworkXError(f"{nbunch!r} is neither a node nor a sequence of nodes") from error

    def by_node(self, values: Any, places: Longs | None = None) -> dict[Any, Any]:
        """An array as networkx answers it: a value a node, in order."""
        if places is None:
            return dict(zip(self.nodes_in_order, values.tolist(), strict=True))
        return dict(zip(map(self.nodes_in_order.__getitem__, places.tolist()), values[places].tolist(), strict=True))

    def matrix(self, weight: str | None = None, parallel: Parallel = "sum") -> Matrix:
        """Row = source, column = target. An edge weighs 1 where ``weight`` is nothing that it has.

        ``NotImplementedError`` where a weight is below 0 or infinite: networkx answers for that itself.
        """
        if callable(weight):
            raise NotImplementedError("a function as weight")
        key = (weight if weight in self.weights else None, parallel)
        if key not in self._matrices:
            self._matrices[key] = self._matrix(*key)
        return self._matrices[key]

    def _matrix(self, weight: str | None, parallel: Parallel) -> Matrix:
        nodes = len(self)
        values = np.ones(len(self.source)) if weight is None or parallel == "one" else self.weights[weight]
        if not (np.isfinite(values) & (values >= 0)).all():
            raise NotImplementedError("weights below 0 or without an end")
        source, target = self.source, self.target
        if self._multigraph:
            order = np.lexsort((target, source))
            source, target, values = source[order], target[order], values[order]
            first = np.flatnonzero(np.r_[True, (source[1:] != source[:-1]) | (target[1:] != target[:-1])][: len(source)])
            if len(first):
                values = {"sum": np.add, "least": np.minimum, "one": np.maximum}[parallel].reduceat(values, first)
            source, target = source[first], target[first]
        starts = np.searchsorted(source, np.arange(nodes + 1)).astype(np.int32)
        return csr_array((values, target.astype(np.int32, copy=False), starts), shape=(nodes, nodes))

    def loops(self) -> Longs:
        """The places of nodes with a tie to themselves, one for each tie."""
        found: Longs = self.source[self.source == self.target]
        return found

    def to_networkx(self) -> Any:
        """The same as a plain, frozen networkx graph; made once."""
        return self._plain

    @cached_property
    def _plain(self) -> Any:
        return networkx.freeze(_plain(self) if self._make is None else self._make())


def _plain(graph: ArrayGraph) -> Any:
    kind = {(False, False): networkx.Graph, (True, False): networkx.DiGraph, (False, True): networkx.MultiGraph, (True, True): networkx.MultiDiGraph}
    made = kind[graph.is_directed(), graph.is_multigraph()]()
    made.add_nodes_from(graph.nodes_in_order)
    once = slice(None) if graph.is_directed() else graph.source <= graph.target
    ends = (map(graph.nodes_in_order.__getitem__, places[once].tolist()) for places in (graph.source, graph.target))
    columns = [values[once].tolist() for values in graph.weights.values()]
    data = (dict(zip(graph.weights, values, strict=True)) for values in zip(*columns, strict=True)) if columns else ({} for _ in graph.source[once])
    made.add_edges_from(zip(*ends, data, strict=True))
    return made


def from_networkx(
    graph: Any, edge_attrs: dict[str, Any] | None = None, node_attrs: dict[str, Any] | None = None, *, preserve_edge_attrs: bool = False, **_: Any
) -> ArrayGraph:
    """The weights asked for as arrays. ``NotImplementedError`` where they are no numbers: networkx then runs on the plain graph."""
    if preserve_edge_attrs or node_attrs:
        raise NotImplementedError("all that is known of edges or nodes is not kept in arrays")
    nodes = list(graph)
    places = {node: place for place, node in enumerate(nodes)}
    multigraph = graph.is_multigraph()
    rows = [graph._adj[node] for node in nodes]
    if multigraph:
        target = [places[node] for row in rows for node, keys in row.items() for _ in keys]
        counts = [sum(map(len, row.values())) for row in rows]
        data: list[Any] = [attributes for row in rows for keys in row.values() for attributes in keys.values()]
    else:
        counts = list(map(len, rows))
        target = list(map(places.__getitem__, chain.from_iterable(rows)))
        data = list(chain.from_iterable(row.values() for row in rows)) if edge_attrs else []
    source = np.repeat(np.arange(len(nodes), dtype=np.int32), counts)
    weights = {attribute: _numbers(data, attribute, default) for attribute, default in (edge_attrs or {}).items()}
    ends = np.array(target, dtype=np.int32)
    return ArrayGraph(nodes, source, ends, weights, directed=graph.is_directed(), multigraph=multigraph, is_converted=True)


def _numbers(data: list[Any], attribute: str, default: Any) -> Floats:
    try:
        try:
            found = list(map(itemgetter(attribute), data))
        except KeyError:
            found = [attributes.get(attribute, default) for attributes in data]
        answer = np.array(found, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise NotImplementedError(f"{attribute} is not a number everywhere") from error
    if answer.ndim != 1:
        raise NotImplementedError(f"{attribute} is not a number everywhere")
    return answer

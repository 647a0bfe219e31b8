"""Our graphs as graphs that networkx functions accept, through networkx's own backend dispatch.

``networkx.pagerank(ecosystem.graph("influence"))`` runs on arrays; a function that has no array code here gets a plain networkx
graph. networkx reads :func:`info` while it is being imported: nothing here may import it, or anything large, at the top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph_models.ecosystem import Ecosystem
    from graph_models.graphs import Graph
    from graph_models.parameters import Parameters

NAME = "stakeholder_graph"


class EcosystemGraph:
    """One graph of an ecosystem. Its nodes are party ids, its edges carry ``weight``; it is read-only."""

    __networkx_backend__ = NAME

    def __init__(self, graph: Graph, parties: list[str], networkx_graph: Callable[[], Any] | None = None) -> None:
        self.arrays = graph
        self.places = [place for place, present in enumerate(graph.present.tolist()) if present]
        self.nodes_in_order = [parties[place] for place in self.places]
        self.parties = parties
        self._make = networkx_graph
        self._plain: Any = None
        self.__networkx_cache__: dict[str, Any] = {}

    def is_directed(self) -> bool:
        return self.arrays.directed

    def is_multigraph(self) -> bool:
        return self._make is not None

    def __len__(self) -> int:
        return len(self.places)

    def __iter__(self) -> Iterator[str]:
        return iter(self.nodes_in_order)

    def __contains__(self, party: object) -> bool:
        return party in self.to_networkx()

    def __getitem__(self, party: str) -> Any:
        return self.to_networkx()[party]

    def __getattr__(self, name: str) -> Any:
        """What else a networkx graph has (``edges``, ``degree`` ...) is read from the plain one."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.to_networkx(), name)

    def to_networkx(self) -> Any:
        """The same as a plain, frozen networkx graph; made once."""
        if self._plain is None:
            import networkx

            self._plain = networkx.freeze(_plain(self) if self._make is None else self._make())
        return self._plain


def _plain(graph: EcosystemGraph) -> Any:
    import networkx

    arrays = graph.arrays
    made = networkx.DiGraph() if arrays.directed else networkx.Graph()
    made.add_nodes_from(graph.nodes_in_order)
    once = slice(None) if arrays.directed else arrays.source <= arrays.target
    ends = (arrays.source[once].tolist(), arrays.target[once].tolist(), arrays.weight[once].tolist())
    made.add_weighted_edges_from((graph.parties[source], graph.parties[target], weight) for source, target, weight in zip(*ends, strict=True))
    return made


def graph_for_networkx(ecosystem: Ecosystem, name: str, parameters: Parameters) -> EcosystemGraph:
    """A graph by its name; ``utility`` has parallel edges, one a stream, keyed by kind and product."""
    from graph_models.graphs import graph_of, utility_streams

    graph = graph_of(ecosystem, name, parameters)
    if name != "utility" or (parameters.weight, parameters.directed, parameters.reversed) != (None, None, None):
        return EcosystemGraph(graph, ecosystem.parties)

    def streams() -> Any:
        import networkx

        made = networkx.MultiDiGraph()
        made.add_nodes_from(party for party, present in zip(ecosystem.parties, graph.present.tolist(), strict=True) if present)
        found, edges, utility = utility_streams(ecosystem, parameters)
        facts = ecosystem.families["value_flows"]
        kinds, products = facts.coded("kind").texts, [*facts.coded("product").texts, None]
        for edge in edges.tolist():
            kind, product = kinds[found.kind[edge]], products[found.product[edge]]
            made.add_edge(
                ecosystem.parties[found.source[edge]],
                ecosystem.parties[found.target[edge]],
                key=(kind, product),
                weight=float(utility[edge]),
                kind=kind,
                product=product,
            )
        return made

    return EcosystemGraph(graph, ecosystem.parties, streams)


def pagerank(
    G: EcosystemGraph,
    alpha: float = 0.85,
    personalization: Mapping[str, float] | None = None,
    max_iter: int = 100,
    tol: float = 1e-6,
    nstart: Mapping[str, float] | None = None,
    weight: str | None = "weight",
    dangling: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """networkx's PageRank on arrays. It converges to an absolute error in L1, however large the graph: ``max_iter``, ``tol``, ``nstart`` change nothing."""
    import numpy as np

    from graph_models.kernels import pagerank as kernel

    if not len(G):
        return {}

    def vector(weights: Mapping[str, float] | None) -> Any:
        if weights is None:
            return None
        answer = np.zeros(len(G.parties))
        answer[G.places] = [weights.get(party, 0.0) for party in G.nodes_in_order]
        if not answer.sum():
            raise ZeroDivisionError("the weights sum to 0")
        return answer

    matrix = (G.arrays if weight == "weight" else G.arrays.unweighted()).matrix()
    restart = vector(personalization)
    ranks = kernel.pagerank(matrix, alpha, restart=restart, dangling=restart if dangling is None else vector(dangling), present=G.arrays.present)
    return dict(zip(G.nodes_in_order, ranks[G.places].tolist(), strict=True))


class Backend:
    """What networkx calls: our own functions by name, every other one on the plain graph."""

    ON_ARRAYS: Mapping[str, Callable[..., Any]] = {"pagerank": pagerank}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self.ON_ARRAYS:
            return self.ON_ARRAYS[name]
        from networkx.utils.backends import _registered_algorithms

        if name not in _registered_algorithms:
            raise AttributeError(name)
        return _on_plain_graph(_registered_algorithms[name].orig_func)

    @staticmethod
    def convert_from_nx(graph: Any, **_: Any) -> EcosystemGraph:
        """Graphs come from ecosystems: a plain networkx graph runs in networkx."""
        raise NotImplementedError("make the graph with Ecosystem.graph()")

    @staticmethod
    def convert_to_nx(result: Any, **_: Any) -> Any:
        return result.to_networkx() if isinstance(result, EcosystemGraph) else result

    @staticmethod
    def can_run(name: str, args: Any, kwargs: Mapping[str, Any]) -> bool:
        """Everything runs, on arrays or on the plain graph."""
        return True

    should_run = can_run


def _on_plain_graph(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        return function(*map(Backend.convert_to_nx, args), **{name: Backend.convert_to_nx(value) for name, value in kwargs.items()})

    return run


def info() -> dict[str, Any]:
    """What networkx is told of this backend: the functions that run on arrays."""
    return {
        "backend_name": NAME,
        "project": "stakeholder-graph",
        "package": "graph_models",
        "short_summary": "Graphs of a stakeholder ecosystem on arrays.",
        "functions": {name: {} for name in Backend.ON_ARRAYS},
    }


backend = Backend()

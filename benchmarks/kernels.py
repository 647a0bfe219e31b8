"""Every networkx function that runs on arrays, against plain networkx (and networkit, if it is installed) on one random graph, in one run.

Ours are called through networkx on a graph of arrays, plain dicts out, the best of some rounds. Plain networkx runs once; where its time grows
with the number of sources it runs from `--sources` of them and is multiplied, then the table says "about". PageRank to 1e-10 also stands against
scipy by hand. Kernels that networkx does not dispatch to are called on the matrix. With `--large` plain networkx does not run.

python -m benchmarks.kernels [--nodes 10000] [--edges 100000] [--sources 20] [--large]
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import networkx as nx
import numpy as np

from benchmarks.machine import machine
from graph_models.arrays.types import Matrix
from graph_models.kernels.centrality.distances import distance_sums
from graph_models.kernels.centrality.eigenvectors import eigenvector, hubs_and_authorities, katz, largest_eigenvalue
from graph_models.kernels.centrality.pagerank import pagerank as pagerank_kernel
from graph_models.kernels.structure.articulation import cuts
from graph_models.networkx_backend import dispatched
from graph_models.networkx_backend.array_graph import ArrayGraph

PIVOTS = 256
Ends = tuple[Any, Any, Any]


def random_edges(nodes: int, edges: int, seed: int = 7) -> Ends:
    """Simple and directed; both degrees fall as powers of the rank, and who has many out-edges has often many in-edges; money as weights."""
    draw = np.random.default_rng(seed)
    giving = draw.permutation(nodes)
    taking = giving[np.argsort(np.arange(nodes) * np.exp(draw.normal(0, 2, nodes)))]
    out, into = (np.cumsum(np.arange(1, nodes + 1) ** -power) for power in (0.6, 0.75))
    keys = np.zeros(0, dtype=np.int64)
    while len(keys) < edges:
        many = 2 * (edges - len(keys)) + 1000
        source = giving[np.minimum(np.searchsorted(out, draw.random(many) * out[-1]), nodes - 1)]
        target = taking[np.minimum(np.searchsorted(into, draw.random(many) * into[-1]), nodes - 1)]
        keys = np.unique(np.concatenate([keys, (source * nodes + target)[source != target]]))
    keys = np.sort(draw.permutation(keys)[:edges])
    return (keys // nodes).astype(np.int32), (keys % nodes).astype(np.int32), draw.lognormal(3, 1.5, edges)


def both_ways(source: Any, target: Any, weight: Any, nodes: int) -> Ends:
    keys = np.concatenate([source * np.int64(nodes) + target, target * np.int64(nodes) + source])
    found, first = np.unique(keys, return_index=True)
    lower = np.minimum(found // nodes, found % nodes) * nodes + np.maximum(found // nodes, found % nodes)
    _, same = np.unique(lower, return_inverse=True)  # one weight a pair
    return (
        (found // nodes).astype(np.int32),
        (found % nodes).astype(np.int32),
        np.concatenate([weight, weight])[first][np.unique(same, return_index=True)[1]][same],
    )


def seconds(work: Callable[[], Any], rounds: int = 1) -> float:
    times = []
    for _ in range(rounds):
        begin = perf_counter()
        found = work()
        if isinstance(found, Iterator):
            found = list(found)
        times.append(perf_counter() - begin)
    return min(times)


def by_hand(matrix: Matrix, alpha: float = 0.85, tolerance: float = 1e-10) -> Any:
    """PageRank as a careful user of scipy writes it."""
    nodes = matrix.shape[0]
    out = matrix.sum(axis=1)
    steps = (matrix.multiply(np.divide(1.0, out, out=np.zeros(nodes), where=out > 0)[:, None])).T.tocsr()
    lost = np.flatnonzero(out == 0)
    ranks = np.full(nodes, 1 / nodes)
    while True:
        following = alpha * (steps @ ranks + ranks[lost].sum() / nodes) + (1 - alpha) / nodes
        if np.abs(following - ranks).sum() < tolerance:
            return following
        ranks = following


def cases(sources: int, nodes: int) -> list[tuple[str, str, dict[str, Any], dict[str, Any] | None, float]]:
    """(function, graph, options, options for plain networkx if they are others, what its time is then multiplied by)"""
    some = {"sources": list(range(sources))}
    tight = {"tol": 1e-10 / nodes, "max_iter": 10_000}
    times = PIVOTS / sources
    return [
        ("pagerank", "directed", tight, None, 1),
        ("hits", "directed", {}, None, 1),
        ("eigenvector_centrality", "directed", {"max_iter": 1000, "tol": 1e-6 / nodes}, None, 1),
        ("katz_centrality", "directed", {"alpha": 0.001, "tol": 1e-6 / nodes}, None, 1),
        ("betweenness_centrality", "directed", {"k": PIVOTS, "seed": 1}, {"k": sources, "seed": 1}, times),
        ("betweenness_centrality", "directed", {"k": PIVOTS, "seed": 1, "weight": "weight"}, {"k": sources, "seed": 1, "weight": "weight"}, times),
        ("harmonic_centrality", "directed", {"sources": list(range(min(PIVOTS, nodes)))}, some, times),
        ("closeness_centrality", "undirected", {}, {"u": 0}, nodes),
        ("degree_centrality", "directed", {}, None, 1),
        ("core_number", "directed", {}, None, 1),
        ("clustering", "directed", {}, None, 1),
        ("clustering", "undirected", {}, None, 1),
        ("clustering", "undirected", {"weight": "weight"}, None, 1),
        ("constraint", "undirected", {"weight": "weight"}, None, 1),
        ("effective_size", "undirected", {"weight": "weight"}, None, 1),
        ("weakly_connected_components", "directed", {}, None, 1),
        ("strongly_connected_components", "directed", {}, None, 1),
        ("connected_components", "undirected", {}, None, 1),
        ("single_source_shortest_path_length", "directed", {"source": 0}, None, 1),
        ("single_source_dijkstra_path_length", "directed", {"source": 0}, None, 1),
        ("leiden_communities", "undirected", {"seed": 1}, None, 1),
    ]


def undispatched(ours: dict[str, ArrayGraph], plain: dict[str, Any], sources: int) -> list[tuple[str, Callable[[], Any], Callable[[], Any], float]]:
    """(what, ours on the matrix, plain networkx, what its time is then multiplied by)"""
    directed, ties, backward = ours["directed"].matrix("weight"), ours["undirected"].matrix(None), ours["directed"].matrix(None).T.tocsr()
    nodes = directed.shape[0]
    alpha = 0.5 / largest_eigenvalue(directed)[1]

    def reached() -> None:
        for node in range(sources):
            nx.single_source_shortest_path_length(plain["directed"], node, cutoff=2)

    tight = {"weight": "weight", "tol": 1e-13 / nodes, "max_iter": 100_000}
    return [
        ("articulation points and bridges (undirected)", lambda: cuts(ties), lambda: [*nx.articulation_points(plain["undirected"])], 1),
        ("reach in two steps (directed)", lambda: distance_sums(backward, np.arange(nodes), hops=2), reached, nodes / sources),
        ("eigenvector to 13 digits (directed)", lambda: eigenvector(directed), lambda: nx.eigenvector_centrality(plain["directed"], **tight), 1),
        ("HITS to 13 digits (directed)", lambda: hubs_and_authorities(directed), lambda: nx.hits(plain["directed"], tol=1e-13), 1),
        ("Katz, half the limit (directed)", lambda: katz(directed, alpha, np.ones(nodes)), lambda: nx.katz_centrality(plain["directed"], alpha, **tight), 1),
    ]


def of_networkit(source: Any, target: Any, weight: Any, nodes: int, *, large: bool) -> dict[str, float]:
    """What networkit takes for the same, where it has it; its betweenness takes more than minutes on a large graph."""
    if importlib.util.find_spec("networkit") is None:
        return {}
    import networkit as nk

    graph = nk.GraphFromCoo((weight, (source, target)), n=nodes, weighted=True, directed=True)
    hops = nk.GraphFromCoo((np.ones(len(source)), (source, target)), n=nodes, weighted=False, directed=True)
    ties = nk.graphtools.toUndirected(graph)
    ties.removeMultiEdges()

    def run(algorithm: Any) -> Callable[[], Any]:
        return lambda: algorithm().run()

    between = {} if large else {"betweenness_centrality": seconds(run(lambda: nk.centrality.EstimateBetweenness(hops, PIVOTS, False, True)))}
    return between | {
        "pagerank": seconds(run(lambda: nk.centrality.PageRank(graph, 0.85, 1e-10)), 3),
        "core_number": seconds(run(lambda: nk.centrality.CoreDecomposition(ties)), 3),
        "strongly_connected_components": seconds(run(lambda: nk.components.StronglyConnectedComponents(graph)), 3),
        "weakly_connected_components": seconds(run(lambda: nk.components.WeaklyConnectedComponents(graph)), 3),
        "single_source_dijkstra_path_length": seconds(run(lambda: nk.distance.Dijkstra(graph, 0)), 3),
        "leiden_communities": seconds(run(lambda: nk.community.ParallelLeiden(ties))),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--nodes", type=int, default=10_000)
    arguments.add_argument("--edges", type=int, default=100_000)
    arguments.add_argument("--sources", type=int, default=20)
    arguments.add_argument("--large", action="store_true", help="without plain networkx, closeness of everybody and shortest paths by weight from 256")
    given = arguments.parse_args()
    edges = random_edges(given.nodes, given.edges)
    names = list(range(given.nodes))
    ties = both_ways(*edges, given.nodes)
    ours = {
        "directed": ArrayGraph(names, *edges[:2], {"weight": edges[2]}, directed=True),
        "undirected": ArrayGraph(names, *ties[:2], {"weight": ties[2]}, directed=False),
    }
    plain = (
        {}
        if given.large
        else {name: nx.Graph(graph.to_networkx()) if name == "undirected" else nx.DiGraph(graph.to_networkx()) for name, graph in ours.items()}
    )
    others = of_networkit(*edges, given.nodes, large=given.large)
    print(
        f"{given.nodes:,} nodes, {given.edges:,} edges. {machine()}\n\n| function | ours, s | plain networkx, s | ratio | networkit, s |\n|---|---|---|---|---|"
    )
    for name, graph, options, fewer, times in cases(given.sources, given.nodes):
        if given.large and (name == "closeness_centrality" or ("k" in options and "weight" in options)):
            continue
        function = getattr(nx, name, getattr(nx.community, name, None))
        assert function is not None
        took = seconds(lambda f=function, g=graph, o=options: f(ours[g], **o), 1 if given.large else 3)  # type: ignore[misc]
        theirs = float("nan")
        if plain and name != "leiden_communities":
            theirs = seconds(lambda f=function, g=graph, o=fewer or options: f(plain[g], **o)) * times  # type: ignore[misc]
        label = f"{name} ({', '.join([graph, *(key for key in options if key in ('weight', 'k', 'sources'))])})"
        said = "" if theirs != theirs else f"{'about ' if times != 1 else ''}{theirs:.3g} | {theirs / took:,.0f}"
        print(f"| {label} | {took:.3g} | {said or ' | '} | {f'{others[name]:.3g}' if name in others and 'weight' not in options else ''} |", flush=True)
    for label, mine, networkx, times in undispatched(ours, plain, given.sources):
        took = seconds(mine, 1 if given.large else 3)
        theirs = float("nan") if given.large else seconds(networkx) * times
        said = "" if theirs != theirs else f"{'about ' if times != 1 else ''}{theirs:.3g} | {theirs / took:,.0f}"
        print(f"| {label} | {took:.3g} | {said or ' | '} | |", flush=True)
    matrix = ours["directed"].matrix("weight")
    kernel, hand = (seconds(lambda w=work: w(matrix), 3) for work in (lambda m: pagerank_kernel(m, tolerance=1e-10), by_hand))  # type: ignore[misc]
    print(f"\nPageRank to 1e-10, arrays in and out: {kernel:.3g} s, scipy by hand {hand:.3g} s")
    fallen = [name for name, kind in dispatched if kind != "arrays"]
    assert not fallen, fallen


if __name__ == "__main__":
    main()

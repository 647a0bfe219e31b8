"""What is hard on structural metrics: nobody, one party, ties to oneself, parallel flows, all the same, a star, amounts of any size."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest

from graph_models import Ecosystem, compute
from graph_models.analysis.registry import METRICS
from graph_models.arrays.types import Matrix
from graph_models.ecosystem.parameters import GRAPHS
from graph_models.errors import ParameterOutOfRange
from graph_models.graphs.graph_types import Graph
from graph_models.kernels.centrality.distances import distance_sums
from graph_models.kernels.centrality.eigenvectors import NoCycle, eigenvector, hubs_and_authorities, katz, largest_eigenvalue
from graph_models.kernels.neighbours import matrix_of
from graph_models.kernels.structure.articulation import cuts
from graph_models.kernels.structure.structural_holes import constraint, effective_size
from graph_models.kernels.structure.triangles import clustering
from graph_models.metrics.result import NUMBER, ROLLED_UP, MetricResult
from graph_models.metrics.structure.articulation import bridges_of
from tests.graph_models.metrics.made import ecosystem, of_networkx, parties, ties

STRUCTURAL = [metric.name for metric in METRICS if metric.structural and metric.kind == NUMBER]


def flow(source: str, target: str, name: str, amount: float, **fields: Any) -> dict[str, Any]:
    return {"type": "value_flow", "id": name, "source": source, "target": target, "kind": "money", "amount": amount, **fields}


HARD = {
    "nobody": ecosystem([], "nobody"),
    "one party": ecosystem(parties("a"), "a"),
    "one party that pays itself": ecosystem([*parties("a"), flow("a", "a", "v", 5)], "a"),
    "no facts": ecosystem(parties("a", "b", "c"), "a"),
    "parallel flows": ecosystem([*parties("a", "b"), *(flow("a", "b", f"v{place}", 5, product=f"p{place % 3}") for place in range(9))], "a"),
    "two parts": ecosystem(parties(*"abcdef") + ties([("a", "b"), ("b", "c"), ("c", "a"), ("d", "e")]), "a"),
    "all the same": of_networkx(nx.complete_graph(6)),
    "a star": of_networkx(nx.star_graph(40)),
    "the least and the largest amounts": ecosystem(
        [*parties("a", "b", "c"), flow("a", "b", "v", 1e-12), flow("b", "c", "w", 999_999_999_999), flow("c", "a", "x", 1)], "a"
    ),
    "a unit": ecosystem(
        [*parties("a", "b"), {"type": "party", "id": "u", "name": "u", "kind": "unit"}, *ties([("u", "a")], "part_of"), *ties([("u", "b")])], "a"
    ),
}


def asked(made: Ecosystem, metric: str, **parameters: Any) -> MetricResult | None:
    """``None`` where alpha is too large for this graph, which only Katz's is ever."""
    try:
        return compute(made, metric, **parameters)
    except ParameterOutOfRange as error:
        if error.facts["metric"] == "katz" and 0 < error.facts["limit"] <= 0.1:
            return None
        raise


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("metric", STRUCTURAL)
def test_there_is_a_number_or_a_reason(name: str, metric: str) -> None:
    for graph in GRAPHS:
        for options in ({}, {"weight": "none"}, {"reversed": True}, {"directed": False}, {"normalised": False}, {"normalised": True}):
            result = asked(HARD[name], metric, graph=graph, **options)
            if result is not None:
                assert np.isfinite(result.array[result.defined]).all()
                assert (result.array[result.defined] >= 0).all()
                assert ("u" in result.parties) == (result.reasons.get("u") == ROLLED_UP)
        distance = {"weight": "distance"} | ({"distance_of": "amount"} if graph == "facts" else {})
        result = asked(HARD[name], metric, graph=graph, **distance)
        assert result is None or np.isfinite(result.array[result.defined]).all()


def test_no_party_of_a_graph_without_direction_stands_in_a_tier() -> None:
    for name in ("all the same", "a star"):
        assert set(compute(HARD[name], "trophic_level", graph="tie").reasons.values()) == {"no-source"}


@pytest.mark.parametrize("metric", [name for name in STRUCTURAL if name not in ("reach", "trophic_level")])
def test_all_the_same_have_the_same_value_and_rank(metric: str) -> None:
    result = compute(HARD["all the same"], metric, graph="tie")
    assert set(result.ranks.tolist()) == {1}


@pytest.mark.parametrize("metric", [name for name in STRUCTURAL if name not in ("reach", "katz", "trophic_level")])
def test_leaves_of_a_star_are_the_same_and_the_hub_is_not(metric: str) -> None:
    values = compute(HARD["a star"], metric, graph="tie").array
    assert np.ptp(values[1:]) <= 1e-12 * values.max()
    assert (values[0] == pytest.approx(values[1])) == (metric in ("core_number", "reach_k", "hits_authority", "clustering"))


def star(leaves: int) -> Matrix:
    hub, leaf = np.zeros(leaves, dtype=np.int64), np.arange(1, leaves + 1)
    return matrix_of(leaves + 1, np.r_[hub, leaf], np.r_[leaf, hub], np.ones(2 * leaves))


def test_a_star_of_many_leaves_is_answered_in_bounded_time() -> None:
    leaves = 20_000
    made = star(leaves)
    assert eigenvector(made)[:2].tolist() == pytest.approx([0.5**0.5, (0.5 / leaves) ** 0.5])
    hubs, authorities = hubs_and_authorities(made)  # the largest singular value is there twice, as in networkx the start decides
    assert hubs[:2].tolist() == pytest.approx([0.5, 0.5 / leaves])
    assert authorities.tolist() == pytest.approx([1 / (leaves + 1)] * (leaves + 1))
    assert largest_eigenvalue(made)[1] == pytest.approx(leaves**0.5)
    found = cuts(made)
    assert found.points.tolist() == [True] + [False] * leaves
    assert len(found.bridges) == leaves
    assert distance_sums(made, np.arange(leaves + 1), hops=2).sources.tolist() == [leaves] * (leaves + 1)
    assert not clustering(made).any()
    assert effective_size(made)[0] == leaves
    assert constraint(made)[:2].tolist() == pytest.approx([1 / leaves, 1.0])
    nodes = leaves + 1
    coo = made.tocoo()
    graph = Graph("tie", nodes, coo.row.astype(np.int32), coo.col.astype(np.int32), coo.data, np.ones(nodes, bool), directed=False)
    assert bridges_of(graph) == [(0, leaf) for leaf in range(1, nodes)]


def test_rounding_at_a_hub_of_many_does_not_keep_its_eigenvector_from_being_found() -> None:
    leaves = 300_000
    made = star(leaves) * 0.3
    assert eigenvector(made)[[0, 1, -1]].tolist() == pytest.approx([0.5**0.5, *[(0.5 / leaves) ** 0.5] * 2], rel=1e-9)
    assert hubs_and_authorities(made)[0][[0, 1, -1]].tolist() == pytest.approx([0.5, *[0.5 / leaves] * 2], rel=1e-9)
    assert largest_eigenvalue(made) == pytest.approx((0.3 * leaves**0.5,) * 2, rel=1e-9)


def test_weights_at_the_end_of_what_a_number_holds_have_an_answer() -> None:
    for size in (1e308, 1e-308):
        circle = matrix_of(3, [0, 1, 2], [1, 2, 0], [size] * 3)
        assert eigenvector(circle).tolist() == pytest.approx([3**-0.5] * 3)
        assert hubs_and_authorities(circle)[1].tolist() == pytest.approx([1 / 3] * 3)
        assert largest_eigenvalue(circle) == pytest.approx((size, size))
    assert katz(matrix_of(2, [0], [1], [1e308]), 1e-308, np.ones(2)).tolist() == pytest.approx([1, 2])
    with pytest.raises(NoCycle):
        eigenvector(matrix_of(2, [0], [1], [1e308]))
    apart = matrix_of(4, [0, 1, 2, 3], [1, 0, 3, 2], [1e308, 1e308, 1e-308, 1e-308])
    assert eigenvector(apart).tolist() == pytest.approx([0.5**0.5, 0.5**0.5, 0, 0])
    assert clustering(matrix_of(3, [0, 1, 2, 1, 2, 0], [1, 2, 0, 0, 1, 2], [1e308] * 6), weighted=True).tolist() == pytest.approx([1, 1, 1])

"""Eigenvector and Katz centrality, hubs and authorities: published numbers, what plain networkx answers, and what has no answer."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute
from graph_models.errors import InvalidInput, ParameterOutOfRange, TooCostly
from graph_models.kernels.centrality import eigenvectors as kernel
from tests.graph_models.metrics.made import FAMILIES, ecosystem, florentine_families, of_networkx, parties, ties
from tests.graph_models.metrics.structure.networks import FACTS, networks, weighted_networks

TIES = {**FACTS, "directed": False}
SURVEY = nx.DiGraph([(1, 3), (1, 5), (2, 1), (3, 5), (5, 4), (5, 3), (6, 5)])
"""Langville, Meyer, A survey of eigenvector methods for web information retrieval, SIAM Review 47, 2005: the example of HITS, as networkx numbers it."""


def test_eigenvector_of_the_florentine_families() -> None:
    """Jackson, Social and Economic Networks, 2008, section 2.2.4: Medici .430, Strozzi .356, Ridolfi .341, Tornabuoni .326, Guadagni .289."""
    values = compute(florentine_families(), "eigenvector", **FAMILIES).values
    published = {"Medici": 0.430, "Strozzi": 0.356, "Ridolfi": 0.342, "Tornabuoni": 0.326, "Guadagni": 0.289}
    assert {family: values[family] for family in published} == pytest.approx(published, abs=6e-4)


def test_eigenvector_of_krackhardts_kite() -> None:
    """Krackhardt's kite as published with Gephi, networkx and others: Diane (3) .481, Fernando and Garth .398, Jane (9) .011."""
    values = compute(of_networkx(nx.krackhardt_kite_graph()), "eigenvector", **TIES).array
    assert values.tolist() == pytest.approx([0.352, 0.352, 0.286, 0.481, 0.286, 0.398, 0.398, 0.196, 0.048, 0.011], abs=5e-4)
    assert np.linalg.norm(values) == pytest.approx(1)


def test_hubs_and_authorities_of_the_survey() -> None:
    made = of_networkx(SURVEY)
    hubs, authorities = (dict(zip(sorted(SURVEY), compute(made, name, **FACTS).array.tolist(), strict=True)) for name in ("hits_hub", "hits_authority"))
    assert hubs == pytest.approx({1: 0.366025, 2: 0, 3: 0.211325, 4: 0, 5: 0.211325, 6: 0.211325}, abs=1e-6)
    assert authorities == pytest.approx({1: 0, 2: 0, 3: 0.366025, 4: 0.133975, 5: 0.5, 6: 0}, abs=1e-6)
    assert (hubs[2], hubs[4], authorities[1]) == (0, 0, 0)


def test_katz_of_a_path_by_hand() -> None:
    """Three in a row, both ways: ends 1.1 / .98, the middle 1.2 / .98 (before the norm), as x = 1 + .1 y, y = 1 + .2 x."""
    made = of_networkx(nx.path_graph(3))
    assert compute(made, "katz", **TIES, normalised=False).array.tolist() == pytest.approx([1.1 / 0.98, 1.2 / 0.98, 1.1 / 0.98])
    assert compute(made, "katz", **TIES, normalised=False, beta=2.5).array[1] == pytest.approx(3 / 0.98)
    assert compute(made, "katz", **TIES).array.tolist() == pytest.approx([0.559885, 0.610784, 0.559885], abs=1e-6)


def test_an_alpha_that_is_not_below_the_limit_is_refused_with_it() -> None:
    """The complete graph of five has the largest eigenvalue 4: alpha must be below .25. Without a cycle any alpha will do."""
    made = of_networkx(nx.complete_graph(5))
    assert compute(made, "katz", **TIES, alpha=0.2499).array.tolist() == pytest.approx([5**-0.5] * 5)
    for alpha in (0.25, 0.3, 1e300):
        with pytest.raises(ParameterOutOfRange, match=r"alpha = .* of katz is not below 1 / lambda_max = 0\.25 ") as refused:
            compute(made, "katz", **TIES, alpha=alpha)
        assert refused.value.facts == {"metric": "katz", "parameter": "alpha", "limit": pytest.approx(0.25)}
    with pytest.raises(InvalidInput):
        compute(made, "katz", beta=0)
    chain = of_networkx(nx.path_graph(3, create_using=nx.DiGraph))
    assert compute(chain, "katz", **FACTS, alpha=3.0, normalised=False).array.tolist() == [1, 4, 13]


def test_an_alpha_so_near_the_limit_that_it_takes_hours_is_too_costly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "STEPS", 10_000)
    with pytest.raises(TooCostly, match=r"1 / lambda_max = 0\.25 "):
        compute(of_networkx(nx.complete_graph(5)), "katz", **TIES, alpha=0.2499)


def test_without_a_cycle_or_an_edge_there_is_no_eigenvector() -> None:
    chain = of_networkx(nx.path_graph(4, create_using=nx.DiGraph))
    assert set(compute(chain, "eigenvector").reasons.values()) == {"no-cycle"}
    assert set(compute(chain, "eigenvector").values.values()) == {None}
    assert compute(chain, "hits_authority").array.tolist() == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3])
    alone = ecosystem(parties("a", "b"), "a")
    assert {name: set(compute(alone, name).reasons.values()) for name in ("eigenvector", "hits_hub", "hits_authority")} == {
        "eigenvector": {"no-cycle"},
        "hits_hub": {"no-edges"},
        "hits_authority": {"no-edges"},
    }
    assert compute(alone, "katz").array.tolist() == pytest.approx([0.5**0.5] * 2)


def test_of_a_disconnected_graph_the_part_with_the_largest_eigenvalue_has_it_all() -> None:
    """A triangle (2) beside a pair (1), and who hangs on the triangle: x = 1 / 2 of its anchor's, by hand."""
    graph = nx.DiGraph([(0, 1), (1, 0), (2, 3), (3, 2), (3, 4), (4, 3), (4, 2), (2, 4), (4, 5), (5, 6)])
    values = compute(of_networkx(graph), "eigenvector", **FACTS).array
    assert values[:2].tolist() == [0, 0]
    assert (values[2:] / values[2]).tolist() == pytest.approx([1, 1, 1, 1 / 2, 1 / 4])
    two = of_networkx(nx.Graph([(0, 1), (2, 3)]))
    assert compute(two, "eigenvector", **TIES).array.tolist() == pytest.approx([0.5] * 4)


def test_between_two_circles_of_the_same_eigenvalue_votes_do_not_settle() -> None:
    graph = nx.DiGraph([(0, 1), (1, 0), (1, 2), (2, 3), (3, 2)])
    assert set(compute(of_networkx(graph), "eigenvector", **FACTS).reasons.values()) == {"no-convergence"}


@settings(max_examples=60)
@given(networks() | weighted_networks(), st.booleans())
def test_they_are_those_of_networkx(graph: nx.DiGraph, directed: bool) -> None:
    made, plain, nodes = of_networkx(graph), graph if directed else graph.to_undirected(), list(range(len(graph)))
    adjacency = nx.to_numpy_array(plain, nodes, weight=None)
    options = {**FACTS, "directed": directed}
    largest = float(np.abs(np.linalg.eigvals(adjacency)).max())
    alpha = 0.5 / largest if largest > 0.01 else 0.1
    expected = nx.katz_centrality(plain, alpha, max_iter=10_000, tol=1e-13)
    assert compute(made, "katz", **options, alpha=alpha).array.tolist() == pytest.approx([expected[node] for node in nodes])
    found = compute(made, "eigenvector", **options)
    if found.reasons:
        reasons = set(found.reasons.values())
        assert reasons == {"no-cycle"} if largest < 0.01 else reasons == {"no-convergence"}
    else:
        assert adjacency.T @ found.array == pytest.approx(largest * found.array)
        expected = nx.eigenvector_centrality(plain, max_iter=100_000, tol=1e-13)
        assert found.array.tolist() == pytest.approx([expected[node] for node in nodes], abs=1e-7)
    left, singular, right = np.linalg.svd(adjacency)
    if singular[0] > 0 and (len(nodes) == 1 or singular[0] > singular[1] * 1.001):
        for name, vector in (("hits_hub", left[:, 0]), ("hits_authority", right[0])):
            assert compute(made, name, **options).array == pytest.approx(np.abs(vector) / np.abs(vector).sum(), abs=1e-9)


@settings(max_examples=40)
@given(weighted_networks(), st.booleans())
def test_they_are_those_of_networkx_by_strength_and_distance(graph: nx.DiGraph, backward: bool) -> None:
    made, nodes = of_networkx(graph), list(range(len(graph)))
    plain = graph.reverse() if backward else graph
    for weight in ("strength", "distance"):
        for *_, data in plain.edges(data=True):
            data["weight"] = data["strength"] if weight == "strength" else 1 / data["strength"]
        expected = nx.katz_centrality(plain, 0.01, weight="weight", max_iter=10_000, tol=1e-13)
        found = compute(made, "katz", alpha=0.01, weight=weight, reversed=backward)
        assert found.array.tolist() == pytest.approx([expected[node] for node in nodes])
        votes = compute(made, "eigenvector", weight=weight, reversed=backward)
        if not votes.reasons:
            expected = nx.eigenvector_centrality(plain, weight="weight", max_iter=200_000, tol=1e-13)
            assert votes.array.tolist() == pytest.approx([expected[node] for node in nodes], abs=1e-6)
        matrix = nx.to_numpy_array(plain, nodes)
        if matrix.any():
            hubs, authorities = (compute(made, name, weight=weight, reversed=backward, normalised=False).array for name in ("hits_hub", "hits_authority"))
            assert matrix @ authorities == pytest.approx(hubs, abs=1e-9)
            assert matrix.T @ hubs == pytest.approx(np.linalg.norm(hubs) ** 2 * authorities, abs=1e-8)


def test_ownership_in_a_circle_has_an_eigenvector_too() -> None:
    made = ecosystem(parties("a", "b") + ties([("a", "b")], "owns", share=0.5) + [*ties([("b", "a")], "owns", share=0.125)], "a")
    assert compute(made, "eigenvector", graph="ownership").array.tolist() == pytest.approx([0.2**0.5, 0.8**0.5])

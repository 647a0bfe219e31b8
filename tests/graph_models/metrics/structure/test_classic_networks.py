"""What networkx published of Zachary's club, the Florentine families and the Southern women, whole, party by party."""

from __future__ import annotations

import pytest

from graph_models import compute
from graph_models.ecosystem.parameters import parameters_of
from graph_models.graphs.graph_types import graph_of
from graph_models.metrics.structure.articulation import bridges_of
from tests.graph_models.metrics.made import of_networkx
from tests.graph_models.metrics.structure.classic_networks import classic_network

TIES = {"graph": "facts", "weight": "none", "directed": False}
METRICS = {
    "pagerank": "pagerank_085",
    "betweenness": "betweenness_normalised",
    "closeness": "closeness",
    "degree": "degree",
    "clustering": "clustering",
    "core_number": "core_number",
    "eigenvector": "eigenvector",
}


@pytest.mark.parametrize("name", ["karate", "flo_marriage", "flo_business", "southern_women"])
def test_every_party_has_the_expected_value(name: str) -> None:
    graph, expected = classic_network(name)
    made = of_networkx(graph)
    for metric, key in METRICS.items():
        if key in expected:  # networkx has no eigenvector of what is not connected
            found = compute(made, metric, **TIES).array.tolist()
            assert found == pytest.approx([expected[key][str(node)] for node in range(len(graph))], abs=1e-7), metric
    cut_off = compute(made, "articulation", **TIES).array
    assert cut_off.nonzero()[0].tolist() == expected["articulation_points"]
    assert [list(bridge) for bridge in bridges_of(graph_of(made, "facts", parameters_of(TIES)))] == expected["bridges"]

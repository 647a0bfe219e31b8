"""networkx's own tests of every function that runs on arrays, run on this backend as networkx's documentation says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from graph_models.networkx_backend.registration import ON_ARRAYS

ROOT = Path(__file__).parents[3]
MODULES = (
    "centrality.tests.test_betweenness_centrality",
    "centrality.tests.test_closeness_centrality",
    "centrality.tests.test_degree_centrality",
    "centrality.tests.test_eigenvector_centrality",
    "centrality.tests.test_harmonic_centrality",
    "centrality.tests.test_katz_centrality",
    "community.tests.test_leiden",
    "components.tests",
    "link_analysis.tests",
    "shortest_paths.tests",
    "tests.test_cluster",
    "tests.test_core",
    "tests.test_structuralholes",
)
PLUGIN = """
import json

def pytest_sessionfinish(session):
    from graph_models.networkx_backend import dispatched
    with open("dispatched.json", "w") as file:
        json.dump([[name, kind, count] for (name, kind), count in dispatched.items()], file)
"""
REFUSED = {
    "clustering": "weights below 0",
    "effective_size": "some nodes of a graph with ties to themselves, whose neighbourhoods networkx counts otherwise then",
    "shortest_path_length": "between two nodes, or between all",
    "single_source_dijkstra_path_length": "weights below 0",
}
"""Why some calls of these functions in the tests are left to networkx itself. No other is."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[tuple[str, str], int]]:
    """(the last lines that pytest wrote, how often each function ran on what)"""
    place = tmp_path_factory.mktemp("networkx")
    (place / "pytest.ini").write_text("[pytest]\n")
    (place / "counting.py").write_text(PLUGIN)
    environment = os.environ | {
        "NETWORKX_TEST_BACKEND": "stakeholder_graph",
        "NETWORKX_FALLBACK_TO_NX": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(place)]),
        "PYTEST_ADDOPTS": "",
    }
    options = ["-q", "-c", "pytest.ini", "--rootdir", ".", "-p", "counting", "-p", "no:cacheprovider", "-p", "no:xdist", "--pyargs"]
    command = [sys.executable, "-m", "pytest", *options, *(f"networkx.algorithms.{module}" for module in MODULES)]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, timeout=300, check=False)
    counted = {(name, kind): count for name, kind, count in json.loads((place / "dispatched.json").read_text())}
    return done.stdout[-4000:], counted


def test_all_of_them_pass_and_none_is_left_out(ran: tuple[str, dict[tuple[str, str], int]]) -> None:
    text, _ = ran
    found = re.search(r"(\d+) passed in", text)
    assert found, text
    assert int(found[1]) > 500
    assert "failed" not in text


def test_every_function_ran_on_arrays(ran: tuple[str, dict[tuple[str, str], int]]) -> None:
    _, counted = ran
    assert {name for name, kind in counted if kind == "arrays"} == set(ON_ARRAYS)
    assert {name for name, kind in counted if kind != "arrays"} == set(REFUSED)

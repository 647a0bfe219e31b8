"""The classic networks of ``shared/data``, and what networkx itself answered of them; tests skip where they are not beside the repository."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

DATA = Path(__file__).parents[5] / "shared" / "data" / "classic_networks"


def classic_network(name: str) -> tuple[nx.Graph, dict[str, Any]]:
    """(the network, what is expected of it)"""
    if not DATA.is_dir():
        pytest.skip("the classic networks are not beside the repository (shared/data/classic_networks)")
    graph = nx.Graph()
    with (DATA / f"{name}.nodes.csv").open(encoding="utf-8") as file:
        graph.add_nodes_from(int(row["id"]) for row in csv.DictReader(file))
    with (DATA / f"{name}.edges.csv").open(encoding="utf-8") as file:
        graph.add_edges_from((int(row["source"]), int(row["target"])) for row in csv.DictReader(file))
    return graph, json.loads((DATA / "expected_networkx" / f"{name}.json").read_text("utf-8"))

"""Leiden communities, for which networkx has a signature and no code of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any

import networkx as nx
import numpy as np
from networkx.utils import create_py_random_state

from graph_models.kernels.structure.communities import leiden_levels
from graph_models.networkx_backend.array_graph import ArrayGraph


def leiden_communities(G: ArrayGraph, weight: str | None = "weight", resolution: float = 1, max_level: int | None = None, seed: Any = None) -> list[set[Any]]:
    if max_level is not None and max_level <= 0:
        raise ValueError("max_level argument must be a positive integer or None")
    return deque(islice(leiden_partitions(G, weight, resolution, seed), max_level), maxlen=1).pop()


def leiden_partitions(G: ArrayGraph, weight: str | None = "weight", resolution: float = 1, seed: Any = None) -> Iterator[list[set[Any]]]:
    if G.is_directed():
        raise nx.NetworkXNotImplemented("not implemented for directed type")
    drawn = create_py_random_state(seed).randrange(2**32)
    matrix = G.matrix(weight)
    return (_sets(G, labels) for labels in leiden_levels(matrix, resolution=resolution, seed=drawn))


def _sets(G: ArrayGraph, labels: Any) -> list[set[Any]]:
    groups: list[set[Any]] = [set() for _ in range(int(np.max(labels, initial=-1)) + 1)]
    for node, label in zip(G.nodes_in_order, labels.tolist(), strict=True):
        groups[label].add(node)
    return groups

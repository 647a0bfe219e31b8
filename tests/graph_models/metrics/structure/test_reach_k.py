"""How many are reached in a few steps: by hand, and what plain networkx answers."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute
from graph_models.errors import InvalidInput, TooCostly
from graph_models.metrics.structure import reach_k
from tests.graph_models.metrics.made import FAMILIES, florentine_families, of_networkx
from tests.graph_models.metrics.structure.networks import FACTS, networks


def test_how_far_word_of_a_florentine_family_travels() -> None:
    """By hand: the Medici are tied to six, and these to Castellani, Strozzi, Pazzi, Ginori, Guadagni; Pazzi knows Salviati, who knows them."""
    values = compute(florentine_families(), "reach_k", **FAMILIES).values
    assert (values["Medici"], values["Pazzi"], values["Acciaiuoli"]) == (11, 2, 6)
    assert compute(florentine_families(), "reach_k", **FAMILIES, k=1).values["Medici"] == 6
    assert compute(florentine_families(), "reach_k", **FAMILIES, k=99, normalised=True).array.tolist() == [1.0] * 15


@settings(max_examples=60)
@given(networks(), st.booleans(), st.booleans(), st.sampled_from([1, 2, 3, 10**15]))
def test_it_is_that_of_networkx(graph: nx.DiGraph, directed: bool, backward: bool, k: int) -> None:
    plain = graph if directed else graph.to_undirected()
    plain = plain.reverse() if directed and backward else plain
    found = compute(of_networkx(graph), "reach_k", **FACTS, directed=directed, reversed=backward, k=k).array.tolist()
    assert found == [len(nx.single_source_shortest_path_length(plain, node, cutoff=k)) - 1 for node in range(len(graph))]


def test_of_many_at_once_each_is_counted_for_itself() -> None:
    graph = nx.gnm_random_graph(300, 900, seed=5, directed=True)
    found = compute(of_networkx(graph), "reach_k", **FACTS, k=3).array.tolist()
    assert found == [len(nx.single_source_shortest_path_length(graph, node, cutoff=3)) - 1 for node in range(300)]


def test_what_would_take_hours_is_refused_and_no_steps_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    made = of_networkx(nx.star_graph(200))
    assert compute(made, "reach_k", directed=False).array.tolist() == [200.0] * 201
    monkeypatch.setattr(reach_k, "MOST_STEPS", 100)
    with pytest.raises(TooCostly, match="the limit is 100: ask for a smaller k"):
        compute(made, "reach_k", directed=False)
    with pytest.raises(InvalidInput):
        compute(made, "reach_k", k=0)


def test_the_steps_that_are_foreseen_are_not_fewer_than_those_taken() -> None:
    """By hand: four batches of 64 in a star of 201; each follows its own ties (400 in all), and then the hub's 200, the last also those of 9 leaves."""
    from graph_models.ecosystem.parameters import parameters_of
    from graph_models.graphs.graph_types import graph_of

    graph = graph_of(of_networkx(nx.star_graph(200)), "tie", parameters_of({}))
    assert reach_k._steps_needed(graph, 1) == 400
    assert reach_k._steps_needed(graph, 2) == 400 + 4 * 200 + 200
    assert np.isfinite(reach_k._steps_needed(graph, 10**15))

"""Trophic levels: Levine's food web, networkx, omnivores by hand, and where there is no source."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute
from tests.graph_models.metrics.made import chain_records, ecosystem, owns, parties

LEVINE = [("1", "2", 10), ("1", "3", 2), ("1", "4", 8), ("2", "3", 2), ("2", "5", 3), ("4", "3", 6), ("4", "5", 7), ("5", "4", 2)]
"""Levine, Journal of Theoretical Biology 83, 1980, figure 5 (as networkx's own tests have it), in tenths; 4 and 5 eat each other."""


def levels(rows: list[tuple[str, str, float]]) -> dict[str, float | str | None]:
    return compute(ecosystem(chain_records(rows), rows[0][0]), "trophic_level").values


def test_the_food_web_of_levine() -> None:
    assert levels(LEVINE) == pytest.approx({"1": 1, "2": 2, "3": 3.07906977, "4": 2.46511628, "5": 3.3255814})


def test_who_buys_in_several_tiers_stands_between_them() -> None:
    """Grass 1, rabbit 2; the fox eats three rabbits' worth to one of grass: 1 + .75 x 2 + .25 x 1."""
    assert levels([("grass", "rabbit", 5), ("rabbit", "fox", 3), ("grass", "fox", 1)]) == {"fox": 2.75, "grass": 1, "rabbit": 2}


def test_a_sector_that_buys_from_itself_stands_higher() -> None:
    """s = 1 + .5 s + .5 x 1, so 3."""
    assert levels([("mine", "steel", 50), ("steel", "steel", 50), ("steel", "cars", 10)]) == pytest.approx({"mine": 1, "steel": 3, "cars": 4})


def test_a_cycle_that_buys_nothing_from_outside_has_no_level_nor_has_who_buys_from_it() -> None:
    rows = [("x", "y", 5), ("y", "x", 7), ("y", "shop", 1), ("mine", "shop", 9), ("shop", "family", 3), ("mine", "firm", 1), ("self", "self", 2)]
    found = compute(ecosystem(chain_records(rows) + parties("idle"), "firm"), "trophic_level")
    assert found.reasons == dict.fromkeys(("family", "self", "shop", "x", "y"), "no-source")
    assert {party: value for party, value in found.values.items() if value is not None} == {"firm": 2, "idle": 1, "mine": 1}


def test_what_a_cycle_buys_outside_must_be_more_than_rounding() -> None:
    found = compute(ecosystem(chain_records([("x", "y", 10**15), ("y", "x", 10**15), ("mine", "x", 1)]), "mine"), "trophic_level")
    assert found.reasons == {"x": "no-source", "y": "no-source"}
    leaking = levels([("x", "y", 1000), ("y", "x", 1000), ("mine", "x", 1)])  # s_x = 1 + 1000/1001 s_y + 1/1001, s_y = 1 + s_x
    assert leaking == pytest.approx({"mine": 1, "x": 2002, "y": 2003}, rel=1e-9)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(1, 99)), min_size=1, max_size=24, unique_by=lambda row: row[:2]))
def test_it_is_what_networkx_finds_where_it_finds_anything(rows: list[tuple[int, int, int]]) -> None:
    made = ecosystem(chain_records([(f"p{u}", f"p{v}", float(w)) for u, v, w in rows]), f"p{rows[0][0]}")
    found = compute(made, "trophic_level")
    web = nx.DiGraph()
    web.add_nodes_from(made.parties)
    web.add_weighted_edges_from((f"p{u}", f"p{v}", w) for u, v, w in rows)
    sourceless = [party for party in made.parties if not {party, *nx.ancestors(web, party)} <= fed(web)]
    assert sorted(found.reasons) == sorted(sourceless)
    web.remove_nodes_from(sourceless)
    if len(web):
        assert {party: found.values[party] for party in web} == pytest.approx(nx.trophic_levels(web), rel=1e-9)
    assert (found.array[found.defined] >= 1 - 1e-12).all()
    assert np.isnan(found.array[~found.defined]).all()


def fed(web: nx.DiGraph) -> set[str]:
    """The parties that a source reaches."""
    sources = [party for party, degree in web.in_degree if degree == 0]
    return set(sources).union(*(nx.descendants(web, source) for source in sources))


def test_it_runs_on_any_graph() -> None:
    """Of shares: a stands above nobody, b above a, c above a and b by what each holds of it."""
    made = ecosystem(parties("a", "b", "c") + owns(("a", "b", 0.5), ("a", "c", 0.3), ("b", "c", 0.1)), "c")
    assert compute(made, "trophic_level", graph="ownership").values == pytest.approx({"a": 1, "b": 2, "c": 1 + 0.75 * 1 + 0.25 * 2})
    assert compute(made, "trophic_level", graph="ownership", weight="none").values["c"] == pytest.approx(2.5)
    assert compute(made, "trophic_level", graph="ownership", reversed=True).values["a"] > 2
    assert set(compute(made, "trophic_level", graph="tie").reasons.values()) == {"no-source"}
    assert compute(made, "trophic_level").values == {"a": 1, "b": 1, "c": 1}

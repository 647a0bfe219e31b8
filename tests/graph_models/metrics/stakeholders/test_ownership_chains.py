"""Chains of ownership: which of several is shown, how long ones are cut, and what of long lists is left out."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from graph_models import Ecosystem, compute
from graph_models.analysis.registry import metric_named
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.errors import InvalidInput
from graph_models.kernels.flow import ownership as ownership_kernel
from graph_models.metrics.stakeholders.ownership import control_share, ownership_view
from tests.graph_models.metrics.made import ecosystem, owns, parties, ties

LONG = [f"p{place:03d}" for place in range(130)]
Stake = tuple[str, str, float]


def made(*stakes: Stake, focal: str = "f") -> Ecosystem:
    return ecosystem(parties(*sorted({end for stake in stakes for end in stake[:2]} | {focal})) + owns(*stakes), focal)


def chains(*stakes: Stake) -> dict[str, list[str]]:
    """Of each holder of f the chain that is shown."""
    return {item["party_id"]: item["chain"] for item in ownership_view(made(*stakes), DEFAULTS)["holders"]}


@pytest.fixture(scope="module")
def long_chain() -> Ecosystem:
    """130 parties, each of which owns the next one wholly."""
    return made(*((one, other, 1.0) for one, other in pairwise(LONG)), focal=LONG[-1])


def test_of_a_chain_of_more_than_a_hundred_both_ends_are_shown(long_chain: Ecosystem) -> None:
    holders = {item["party_id"]: item for item in ownership_view(long_chain, DEFAULTS)["holders"]}
    assert list(holders) == LONG[:-1]
    assert all(holder["integrated"] == 1 and holder["controls"] for holder in holders.values())
    assert holders["p000"]["chain"] == LONG[:50] + LONG[80:]
    assert holders["p000"]["chain_left_out"] == 30
    assert holders["p029"]["chain"] == LONG[29:79] + LONG[80:]
    assert holders["p029"]["chain_left_out"] == 1
    assert holders["p030"]["chain"] == LONG[30:]
    assert "chain_left_out" not in holders["p030"]
    assert [holders[name]["direct"] for name in ("p128", "p127")] == [1.0, 0.0]


def test_a_long_chain_of_holdings_is_cut_the_same_way(long_chain: Ecosystem) -> None:
    view = ownership_view(long_chain, DEFAULTS, party="p000")
    assert (view["party_id"], view["holders"], view["truncated"]) == ("p000", [], {"holders": None, "holdings": None})
    assert [item["party_id"] for item in view["holdings"]] == LONG[1:]
    assert all(item["controls"] for item in view["holdings"])
    assert (view["holdings"][-1]["chain"], view["holdings"][-1]["chain_left_out"]) == (LONG[:50] + LONG[80:], 30)


def test_a_thousand_holders_are_shown_and_the_smallest_left_out() -> None:
    stakes = [(f"h{place:04d}", "f", 0.0009 if place else 0.0001) for place in range(1001)]
    view = ownership_view(made(*stakes), DEFAULTS)
    assert [item["party_id"] for item in view["holders"]] == [holder for holder, _, _ in stakes[1:]]
    assert view["truncated"] == {"holders": {"shown": 1000, "left_out": 1, "why": "the 1000 largest are shown"}, "holdings": None}


def test_the_chain_with_the_largest_product_is_shown_also_where_it_is_longer() -> None:
    assert chains(("a", "f", 0.1), ("a", "b", 0.9), ("b", "f", 0.5))["a"] == ["a", "b", "f"]
    assert chains(("a", "b", 0.5), ("b", "f", 0.5), ("a", "c", 0.9), ("c", "f", 0.3))["a"] == ["a", "c", "f"]


def test_a_share_above_the_whole_counts_as_the_whole() -> None:
    """a holds .8 of b, and so does its unit: through b .5, not .8; through c .54."""
    stakes = owns(("a", "b", 0.8), ("lab", "b", 0.8), ("b", "f", 0.5), ("a", "c", 0.9), ("c", "f", 0.6))
    unit = [*parties("lab", kind="unit"), *ties([("lab", "a")], "part_of")]
    holders = ownership_view(ecosystem([*parties("a", "b", "c", "f"), *unit, *stakes], "f"), DEFAULTS)["holders"]
    assert next(item["chain"] for item in holders if item["party_id"] == "a") == ["a", "c", "f"]


def test_of_equal_products_the_shortest_chain_is_shown_also_where_the_longer_is_found_first() -> None:
    """a has half of f through x and y, and through z; the chain of x and y is looked at first. What lies behind a is found all the same."""
    stakes = (("a", "x", 0.5), ("x", "y", 1.0), ("y", "f", 1.0), ("a", "z", 1.0), ("z", "f", 0.5), ("g", "a", 0.5), ("h", "g", 0.5))
    found = chains(*stakes)
    assert found["a"] == ["a", "z", "f"]
    assert found["h"] == ["h", "g", "a", "z", "f"]
    assert chains(("a", "f", 0.25), ("a", "b", 0.5), ("b", "f", 0.5))["a"] == ["a", "f"]


def test_of_equal_and_equally_long_chains_the_first_by_id_is_shown_whichever_is_found_first() -> None:
    assert chains(("a", "m", 0.5), ("m", "f", 0.5), ("a", "k", 1.0), ("k", "f", 0.25))["a"] == ["a", "k", "f"]
    assert chains(("a", "m", 1.0), ("m", "f", 0.25), ("a", "k", 0.5), ("k", "f", 0.5))["a"] == ["a", "k", "f"]


def test_the_first_chain_by_id_is_told_where_they_part_on_the_side_of_what_is_held() -> None:
    """From f on, k comes before m, though y comes after x."""
    late = ("m", "f", 1.0), ("x", "m", 0.5), ("a", "x", 0.5), ("k", "f", 0.5), ("y", "k", 0.5), ("a", "y", 1.0)
    early = ("k", "f", 1.0), ("y", "k", 0.5), ("a", "y", 0.5), ("m", "f", 0.5), ("x", "m", 0.5), ("a", "x", 1.0)
    assert chains(*late)["a"] == chains(*early)["a"] == ["a", "y", "k", "f"]


def test_holders_are_sorted_by_what_they_hold_then_by_id() -> None:
    view = ownership_view(made(("c", "f", 0.2), ("b", "f", 0.2), ("a", "f", 0.1), ("d", "f", 0.3), ("f", "x", 0.1), ("f", "w", 0.6)), DEFAULTS)
    assert [item["party_id"] for item in view["holders"]] == ["d", "b", "c", "a"]
    assert [(item["party_id"], item["controls"], item["facts"]) for item in view["holdings"]] == [("w", True, ["f-w"]), ("x", False, ["f-x"])]


def test_without_a_focal_party_the_view_says_why_it_is_empty() -> None:
    records = parties("a", "b") + owns(("a", "b", 0.4))
    assert ownership_view(ecosystem(records, "nobody"), DEFAULTS) == {
        "party_id": "nobody",
        "holders": [],
        "holdings": [],
        "reason": "no-focal-party",
        "warnings": [],
        "truncated": {"holders": None, "holdings": None},
    }


def over_100(*stakes: Stake) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    warnings = compute(made(*stakes), "integrated_ownership").warnings
    return [(warning.message, warning.facts, warning.parties) for warning in warnings if warning.code == "over-100"]


def test_exactly_the_whole_is_not_too_much_and_a_hundredth_more_is() -> None:
    assert over_100(("a", "f", 0.25), ("b", "f", 0.75)) == []
    assert over_100(("a", "f", 0.26), ("b", "f", 0.75)) == [("1 parties are held to more than 100 %, f to 101.0000%", ("a-f", "b-f"), ("f",))]


def test_of_all_that_are_held_to_more_than_the_whole_the_worst_is_named() -> None:
    stakes = ("a", "f", 0.6), ("b", "f", 0.7), ("a", "c", 0.8), ("b", "c", 0.8), ("a", "d", 0.9), ("b", "d", 0.2)
    assert over_100(*stakes) == [("3 parties are held to more than 100 %, c to 160.0000%", ("a-c", "a-d", "a-f", "b-c", "b-d", "b-f"), ("c", "d", "f"))]


def test_a_circle_is_said_with_all_its_members() -> None:
    (warning,) = compute(made(("a", "b", 0.2), ("b", "c", 0.2), ("c", "a", 0.2), ("c", "f", 0.3)), "control").warnings
    assert warning[:2] == ("ownership-cycle", "3 parties hold shares of one another in a circle")
    assert (warning.facts, warning.parties) == ((), ("a", "b", "c"))


@pytest.mark.parametrize("threshold", [-0.1, 1, 1.5, "half"])
def test_a_threshold_is_a_share_below_the_whole(threshold: Any) -> None:
    stakes = made(("a", "f", 0.1), ("b", "f", 0.9))
    with pytest.raises(InvalidInput) as refused:
        compute(stakes, "control", threshold=threshold)
    assert refused.value.errors[0].field == "threshold"


def test_the_lowest_and_the_highest_threshold_hold() -> None:
    stakes = made(("a", "f", 0.1), ("b", "f", 0.9))
    assert compute(stakes, "control", threshold=0).values == {"a": 1.0, "b": 1.0, "f": 0.0}
    assert compute(stakes, "control", threshold=0.9).values == {"a": 0.0, "b": 0.0, "f": 0.0}
    assert compute(stakes, "control", threshold=0.89).values == {"a": 0.0, "b": 1.0, "f": 0.0}


def test_control_share_is_one_for_who_controls_and_else_what_is_effectively_held() -> None:
    share, held = control_share(made(("a", "f", 0.6), ("b", "a", 0.5), ("c", "f", 0.3)), DEFAULTS)
    assert share.tolist() == pytest.approx([1, 0.3, 0.3, 0])
    assert held.array.tolist() == pytest.approx([0.6, 0.3, 0.3, 0])
    assert held.bound is not None
    assert held.bound.tolist() == [False] * 4


def test_who_holds_a_closed_circle_has_no_control_share_unless_it_controls() -> None:
    share, _ = control_share(made(("a", "b", 1.0), ("b", "a", 1.0), ("a", "f", 0.4), ("d", "f", 0.25)), DEFAULTS)
    assert share.tolist() == pytest.approx([np.nan, np.nan, 0.25, 0], nan_ok=True)


def test_the_control_share_of_who_controls_is_no_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownership_kernel, "FACTORED", 1)
    share, held = control_share(made(("h", "f", 0.6), ("f", "h", 0.4), ("x", "f", 0.1)), DEFAULTS)
    assert share.tolist()[1:] == pytest.approx([1, 0.1 / (1 - 0.24)])
    assert held.bound is not None
    assert held.bound.tolist() == [True, False, False]


def test_ownership_is_among_the_default_metrics_where_anybody_owns_anything() -> None:
    for name in ("control", "integrated_ownership"):
        metric = metric_named(name)
        assert metric.family == "ownership"
        assert metric.default_where is not None
        assert metric.default_where(made(("a", "b", 0.4)), DEFAULTS) is True
        assert metric.default_where(made(), DEFAULTS) is False

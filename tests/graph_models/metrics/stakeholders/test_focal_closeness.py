"""Closeness to the focal party and the circles around it, by hand."""

from __future__ import annotations

from math import exp, log

import pytest

from graph_models import compute
from graph_models.metrics.result import MetricResult
from tests.graph_models.metrics.made import ecosystem, parties, ties


def call(source: str, target: str, day: str) -> dict[str, object]:
    return {"type": "touchpoint", "id": f"{source}{day}", "source": source, "target": target, "kind": "call", "occurred_at": day}


RECORDS = [
    *parties("f", "a", "b", "c", "d", "e"),
    *ties([("a", "f")], "partners_with", strength=0.8),
    *ties([("f", "b")], "refers", strength=0.48),
    *ties([("d", "a")], "partners_with"),
    {"type": "value_flow", "id": "g1", "source": "a", "target": "f", "kind": "data", "utility": 0.0},
    {"type": "value_flow", "id": "g2", "source": "f", "target": "a", "kind": "data", "utility": 0.0},
    {"type": "value_flow", "id": "g3", "source": "f", "target": "a", "kind": "knowledge", "utility": 0.0},
]
"""Ties with f: a 1 - .2 * .2 = .96, b .48; families: a 3 (relationships, data, knowledge), b 1. d is tied to a only; c and e to nobody."""
CALLS = [call("a", "f", "2025-12-31"), call("f", "b", "2025-10-02"), call("b", "f", "2025-10-01"), call("c", "f", "2025-12-31"), call("a", "b", "2025-11-11")]
"""a 1, b 2 (the later one 90 days before the end of the period), c 1; between a and b none of f's."""


def close(records: list[dict[str, object]], focal: str = "f", **parameters: object) -> MetricResult:
    return compute(ecosystem(records, focal), "closeness_to_focal", **parameters)


def test_without_touchpoints_it_is_the_mean_of_ties_and_families() -> None:
    result = close(RECORDS)
    assert result.values == pytest.approx({"a": 1.0, "b": (0.5 + 1 / 3) / 2, "c": 0.0, "d": 0.0, "e": 0.0, "f": None})
    assert result.coverage is not None
    assert result.coverage.tolist() == [0.5] * 6
    assert result.reasons == {"f": "focal-party"}


def test_with_touchpoints_all_four_count() -> None:
    result = close([*RECORDS, *CALLS])
    often = log(2) / log(3)
    assert result.values == pytest.approx(
        {"a": (1 + often + 1 + 1) / 4, "b": (0.5 + 1 + exp(-1) + 2 / 4) / 4, "c": (0 + often + 1 + 1 / 4) / 4, "d": 0.0, "e": 0.0, "f": None}
    )
    assert result.coverage is not None
    assert result.coverage.tolist() == [1.0] * 6


def test_only_touchpoints_of_the_period_count() -> None:
    assert close([*RECORDS, call("c", "f", "2023-01-01")]).values == close(RECORDS).values
    before = close([*RECORDS, call("c", "f", "2023-01-01")], period={"from": "2023-01-01", "to": "2023-01-31"})
    assert before.values["c"] == pytest.approx((0 + 1 + exp(-30 / 90) + 1 / 3) / 4)  # flows without a date are of every period


def test_the_circles_are_cut_at_two_thirds_and_one_third_and_any_fact_is_a_tie() -> None:
    far = {"type": "role", "id": "r", "source": "e", "target": "f", "role": "public"}
    result = compute(ecosystem([*RECORDS, far], "f"), "circle")
    assert result.values == {"a": "core", "b": "inner", "c": "outer", "d": "outer", "e": "middle", "f": None}
    assert result.ranks.tolist() == [0] * 6
    assert compute(ecosystem([*RECORDS, *CALLS], "f"), "circle").values == {"a": "core", "b": "inner", "c": "inner", "d": "outer", "e": "outer", "f": None}


def test_a_unit_counts_for_its_company_and_nobody_is_close_to_no_focal_party() -> None:
    unit = [{"type": "party", "id": "u", "name": "u", "kind": "unit"}, *ties([("u", "a")], "part_of")]
    result = close([*parties("f", "a"), *unit, *ties([("u", "f")], "refers", strength=0.3), call("u", "f", "2025-12-31")])
    assert result.values == {"a": 1.0, "f": None, "u": None}
    assert result.reasons == {"f": "focal-party", "u": "rolled-up"}
    for metric in ("closeness_to_focal", "circle"):
        assert set(compute(ecosystem(parties("a"), "nobody"), metric).reasons.values()) == {"no-focal-party"}

"""Both scores, by hand and on the worked example."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graph_models import compute
from graph_models.parameters import DEFAULTS
from graph_models.ranking import ranks, rounded
from graph_models.scores import DEFAULT_PROFILE, scored_of
from tests.graph_models.ecosystems import Record, ecosystem_of, flow, paid, parties, related, role, worked_chain


def judged(party: str, power: float, legitimacy: float = 0.5, urgency: float = 0.2) -> Record:
    values = {"power": power, "legitimacy": legitimacy, "urgency": urgency}
    return {"type": "assessment", "id": f"judged {party}", "target": party, "scheme": "salience", "values": values, "valid_from": "2025-01-01"}


def test_the_worked_value_flow() -> None:
    result = compute(worked_chain(), "value_flow")
    expected = {"Distributor": 51.368286, "Retail": 41.368286, "Enterprise": 35.447570, "TierOne": 27.885422, "Consumer": 24.552430, "TierTwo": 12.572072}
    assert {party: round(result.values[party], 6) for party in expected} == expected
    assert result.values["Firm"] is None
    assert result.reasons == {"Firm": "focal-party"}
    assert set(result.coverage[result.defined]) == {1.0}


def test_influence_is_the_weighted_mean_of_its_parts() -> None:
    """reach: both are one step from f, .6 against .3 of its in-strength; nobody stands between others; a was judged, b not; no loops."""
    ecosystem = ecosystem_of(role("a", "f", "regulator"), role("b", "f", "customer"), judged("a", 0.8))
    result = compute(ecosystem, "influence")
    assert result.values["a"] == pytest.approx(100 * (0.25 * 1 + 0.20 * 0.5) / (0.25 + 0.15 + 0.20))
    assert result.values["b"] == pytest.approx(100 * 0.25 * 0.5 / (0.25 + 0.15))
    assert result.coverage.tolist() == pytest.approx([0.6, 0.4, np.nan], nan_ok=True)


def test_brokerage_leaves_the_focal_party_out() -> None:
    """Without f, b alone connects a and c; with f inside it would share that."""
    ties = [related(party, "f", "knows") for party in "abc"]
    scored = scored_of(ecosystem_of(related("a", "b", "knows"), related("b", "c", "knows"), *ties), DEFAULTS, "influence")
    brokerage = next(part for part in scored.parts if part.name == "brokerage")
    assert brokerage.raw.tolist() == pytest.approx([0, 1, 0, np.nan], nan_ok=True)
    assert brokerage.normalised.tolist() == pytest.approx([0, 1, 0, np.nan], nan_ok=True)


def test_where_somebody_owns_the_focal_party_control_is_a_part() -> None:
    ecosystem = ecosystem_of(related("a", "f", "owns", share=0.6), related("b", "a", "owns", share=0.5), related("c", "d", "owns", share=1))
    scored = scored_of(ecosystem, DEFAULTS, "influence")
    assert {part.name: part.weight for part in scored.parts} == {"value_loops": 0.35, "reach": 0.20, "brokerage": 0.15, "salience": 0.15, "control": 0.15}
    control = scored.parts[-1]
    assert control.raw[:4].tolist() == pytest.approx([1, 0.3, 0, 0])
    assert "control" not in {part.name for part in scored_of(ecosystem_of(related("f", "a", "owns", share=1)), DEFAULTS, "influence").parts}


def test_value_loops_count_as_they_are_and_reach_by_its_maximum() -> None:
    records = [flow("f", "a", utility=0.5), flow("a", "f", utility=0.8), flow("f", "b", utility=0.3), flow("b", "f", utility=0.4)]
    scored = scored_of(ecosystem_of(*records), DEFAULTS, "influence")
    loops, reach = scored.parts[:2]
    assert loops.normalised[:2].tolist() == pytest.approx([0.40 / 0.52, 0.12 / 0.52])
    assert reach.normalised[:2].tolist() == pytest.approx([1, reach.raw[1] / reach.raw[0]])


def test_where_the_maximum_is_zero_all_are_zero() -> None:
    result = compute(ecosystem_of(*parties("a", "b", "f")), "influence")
    assert result.values == {"a": 0, "b": 0, "f": None}
    assert [warning.code for warning in result.warnings] == ["score-flat"]


def test_the_rank_range_covers_every_corner_of_the_weights() -> None:
    records = [
        role("a", "f", "regulator"),
        role("b", "f", "supplier"),
        judged("a", 0.1, 0.1, 0.1),
        judged("b", 0.8, 0.7, 0.6),
        role("c", "f", "public"),
        judged("c", 0, 0, 0),
    ]
    result = compute(ecosystem_of(*records), "influence")
    names = [part.name for part in scored_of(ecosystem_of(*records), DEFAULTS, "influence").parts]
    scored = scored_of(ecosystem_of(*records), DEFAULTS, "influence")
    best, worst = np.full(3, 99), np.zeros(3, int)
    for corner in range(2 ** len(names)):
        weights = [part.weight * (1.2 if corner >> place & 1 else 0.8) for place, part in enumerate(scored.parts)]
        total = sum(weight * np.nan_to_num(part.normalised[:3]) for weight, part in zip(weights, scored.parts, strict=True))
        available = sum(weight * ~np.isnan(part.normalised[:3]) for weight, part in zip(weights, scored.parts, strict=True))
        rank = [1 + int(sum(other > own + 1e-12 for other in total / available)) for own in total / available]
        best, worst = np.minimum(best, rank), np.maximum(worst, rank)
    assert result.rank_range[:3].tolist() == np.column_stack([best, worst]).tolist()
    assert result.rank_range[3].tolist() == [0, 0]
    assert best[0] < worst[0]


def test_weights_of_another_profile_are_used() -> None:
    profile = DEFAULT_PROFILE.__class__(name="own", version=1, influence={"reach": 1.0}, influence_owned={"reach": 1.0}, value_flow={"criticality": 1.0})
    ecosystem = worked_chain()
    assert scored_of(ecosystem, DEFAULTS, "value_flow", profile).value[ecosystem.index("Retail")] == pytest.approx(40.9207, abs=1e-4)


@pytest.mark.parametrize(
    ("records", "reasons"),
    [
        ([paid("f", "f", 5), paid("a", "b", 1)], {"a": "closed-cycle"}),
        ([role("a", "f", "customer")], {"a": "no-value-chain", "f": "focal-party"}),
        ([*parties("lab", kind="unit"), related("lab", "f", "part_of"), paid("f", "a", 1)], {"lab": "rolled-up", "f": "focal-party"}),
    ],
)
def test_what_is_undefined_has_its_reason(records: list[Record], reasons: dict[str, Any]) -> None:
    found = compute(ecosystem_of(*records), "value_flow").reasons
    assert found["f"] == "focal-party"
    if "closed-cycle" not in reasons.values():
        assert found == reasons


def test_a_missing_pass_through_leaves_criticality_alone_or_nothing() -> None:
    """x and y circle with nothing added: they pass nothing through, and f's own chain goes on without them."""
    result = compute(ecosystem_of(paid("x", "y", 5), paid("y", "x", 5), paid("f", "a", 3)), "value_flow")
    assert result.values["a"] == 60
    assert result.reasons["x"] == result.reasons["y"] == "closed-cycle"


def test_ranks_are_those_of_a_competition_to_twelve_digits() -> None:
    values = np.array([0.5, 0.1 + 0.2, 0.3, 0.2, np.nan, 0.3 * (1 + 1e-11)])
    assert ranks(values, ~np.isnan(values)).tolist() == [1, 3, 3, 5, 0, 2]


def test_rounding_keeps_twelve_digits_of_any_size() -> None:
    assert rounded(np.array([0.0, 123456789.0123456, -1e-300, 1e300, 1.23456789012345e-20])).tolist() == pytest.approx(
        [0, 123456789.012, -1e-300, 1e300, 1.23456789012e-20], rel=1e-15
    )


def test_a_score_is_a_bound_where_the_larger_pass_through_is() -> None:
    """a, b and f deliver to one another: b's exact value is below its bound, unless what goes down through it is larger and exact."""
    rows = [("a", "b", 50), ("b", "a", 20), ("b", "f", 60), ("f", "a", 5), ("work", "a", 30), ("f", "shop", 90)]
    ecosystem = ecosystem_of(*(paid(*row) for row in rows))
    bounded, exact = compute(ecosystem, "value_flow", exact=0), compute(ecosystem, "value_flow")
    assert exact.bound is not None
    assert not exact.bound.any()
    assert bounded.bound is not None
    assert [party for party, bound in zip(ecosystem.parties, bounded.bound.tolist(), strict=True) if bound] == ["a", "b"]
    assert (bounded.array >= exact.array - 1e-12)[exact.defined].all()
    influence = compute(ecosystem, "influence").bound
    assert influence is not None
    assert not influence.any()

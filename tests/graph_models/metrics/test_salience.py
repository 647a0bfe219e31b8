"""Salience: what people judged, what is computed instead, and the eight classes (Mitchell, Agle, Wood 1997)."""

from __future__ import annotations

import math
from typing import Any

import pytest

from graph_models import compute
from tests.graph_models.metrics.made import ecosystem, parties, ties


def judged(identifier: str, target: str, **values: Any) -> dict[str, Any]:
    when = {name: values.pop(name) for name in ("valid_from", "valid_to", "status") if name in values}
    return {"type": "assessment", "id": identifier, "target": target, "scheme": "salience", "values": values} | when


def contact(identifier: str, day: str, **fields: Any) -> dict[str, Any]:
    return {"type": "touchpoint", "id": identifier, "source": "acme", "target": "firm", "kind": "call", "occurred_at": day} | fields


@pytest.mark.parametrize(
    ("power", "legitimacy", "urgency", "name"),
    [
        (0.5, 0.5, 0.5, "definitive"),
        (0.9, 0.5, 0.49, "dominant"),
        (0.5, 0, 1, "dangerous"),
        (0, 0.5, 0.5, "dependent"),
        (1, 0, 0, "dormant"),
        (0, 1, 0, "discretionary"),
        (0, 0, 1, "demanding"),
        (0.49, 0.49, 0.49, "non_stakeholder"),
    ],
)
def test_the_eight_classes_by_a_cut_at_one_half(power: float, legitimacy: float, urgency: float, name: str) -> None:
    made = ecosystem([*parties("acme", "firm"), judged("a", "acme", power=power, legitimacy=legitimacy, urgency=urgency)], "firm")
    result = compute(made, "salience_class")
    assert result.values["acme"] == name
    assert result.ranks.tolist() == [0, 0]
    assert compute(made, "salience").values["acme"] == pytest.approx((power + legitimacy + urgency) / 3)


def test_the_newest_valid_assessment_counts() -> None:
    records = [
        *parties("acme", "firm"),
        judged("a", "acme", power=0.1, valid_from="2024-01-01"),
        judged("b", "acme", power=0.2, valid_from="2025-06-30"),
        judged("c", "acme", power=0.3, valid_from="2026-01-01"),
        judged("d", "acme", power=0.4, valid_from="2025-07-01", valid_to="2025-08-01"),
        judged("e", "acme", power=0.5, valid_from="2025-09-01", status="hypothesis"),
        judged("z", "firm", power=0.9),
    ]
    made = ecosystem(records, "firm")
    assert compute(made, "power", salience="judged").values == {"acme": 0.2, "firm": 0.9}
    assert compute(made, "power", salience="judged", hypotheses=True).values["acme"] == 0.5


def test_an_assessment_of_a_unit_counts_for_the_whole() -> None:
    records = [*parties("firm", "acme"), *parties("sales", kind="unit"), *ties([("sales", "acme")], "part_of"), judged("a", "sales", urgency=0.6)]
    result = compute(ecosystem(records, "firm"), "urgency", salience="judged")
    assert result.values["acme"] == 0.6
    assert result.reasons == {"firm": "not-judged", "sales": "rolled-up"}


def test_what_nobody_judged_is_computed_and_marked_so() -> None:
    records = [*parties("acme", "firm", "fund"), *ties([("acme", "firm"), ("fund", "firm")], "refers"), judged("a", "acme", power=0.9, legitimacy=0.2)]
    made = ecosystem(records, "firm")
    power = compute(made, "power")
    assert power.values["acme"] == 0.9
    assert power.values["fund"] == pytest.approx(0.425)  # 0.85 x .5 of what starts at the firm, which has the largest reach
    assert power.origin == ["judged", "computed", "computed"]
    assert compute(made, "power", salience="computed").values["acme"] == pytest.approx(0.425)
    salience = compute(made, "salience")
    assert salience.origin is not None
    assert salience.origin[0] == "judged"
    assert salience.coverage is not None
    assert salience.coverage.tolist() == pytest.approx([2 / 3, 1 / 3, 1 / 3])
    assert compute(made, "salience", salience="judged").reasons == {"firm": "not-judged", "fund": "not-judged"}


def test_the_graph_asked_for_other_metrics_does_not_change_power() -> None:
    records = [*parties("acme", "firm", "fund"), *ties([("acme", "firm"), ("fund", "firm")], "refers")]
    made = ecosystem(records, "firm")
    assert compute(made, "power").values["acme"] == pytest.approx(0.425)


def test_legitimacy_is_the_share_of_facts_that_are_borne_out() -> None:
    evidence = [{"document_id": "good"}]
    tie = {"type": "relationship", "source": "acme", "target": "firm", "kind": "knows"}
    records = [
        *parties("acme", "firm", "fund"),
        {"type": "document", "id": "good", "reliability": "C"},
        {"type": "document", "id": "poor", "reliability": "D"},
        tie | {"id": "1", "evidence": evidence},
        tie | {"id": "2", "evidence": evidence, "status": "inferred"},
        tie | {"id": "3", "evidence": [{"document_id": "poor"}]},
        tie | {"id": "4", "evidence": [{"document_id": "poor"}, *evidence], "status": "asserted"},
    ]
    result = compute(ecosystem(records, "firm"), "legitimacy")
    assert result.values == {"acme": 0.5, "firm": 0.5, "fund": None}
    assert result.reasons == {"fund": "no-facts"}
    assert set(compute(ecosystem(parties("acme", "firm"), "firm"), "legitimacy").reasons.values()) == {"no-evidence"}


def test_urgency_is_the_recent_share_of_what_is_negative() -> None:
    role = {"type": "role", "id": "r", "source": "acme", "target": "firm", "role": "customer", "stage": "at_risk"}
    records = [
        *parties("acme", "firm", "fund"),
        contact("1", "2025-12-31"),
        contact("2", "2025-10-02", sentiment=-0.2),
        contact("3", "2025-12-31", kind="complaint"),
        contact("4", "2024-12-31", sentiment=-1),
        role,
    ]
    result = compute(ecosystem(records, "firm"), "urgency")
    faded = math.exp(-1)  # 90 days
    assert result.values["acme"] == pytest.approx((faded + 1 + 1) / (1 + faded + 1 + 1))
    assert result.values["firm"] == pytest.approx((faded + 1) / (1 + faded + 1))  # the role is acme's
    assert result.reasons == {"fund": "no-touchpoints-or-stages"}


def test_without_a_focal_party_power_is_judged_or_unknown() -> None:
    result = compute(ecosystem([*parties("a", "b"), judged("x", "a", power=0.3)], "nobody"), "power")
    assert (result.values, result.reasons) == ({"a": 0.3, "b": None}, {"b": "no-focal-party"})

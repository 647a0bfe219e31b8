"""Salience: what people judged, what is computed instead, and the eight classes (Mitchell, Agle, Wood 1997)."""

from __future__ import annotations

import math
from typing import Any

import pytest

from graph_models import compute
from graph_models.records.vocabulary import BUILT_IN
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
    ]
    made = ecosystem(records, "firm")
    assert compute(made, "power", salience="judged").values == {"acme": 0.2, "firm": None}
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
    assert power.values == {"acme": 0.9, "firm": None, "fund": pytest.approx(1)}  # acme and fund reach the firm alike
    assert power.origin == ["judged", None, "computed"]
    assert compute(made, "power", salience="computed").values["acme"] == pytest.approx(1)
    salience = compute(made, "salience")
    assert salience.origin is not None
    assert salience.origin[0] == "judged"
    assert salience.coverage is not None
    assert salience.coverage.tolist() == pytest.approx([2 / 3, 0, 1 / 3])
    assert compute(made, "salience", salience="judged").reasons == {"firm": "focal-party", "fund": "not-judged"}


def test_power_is_reach_over_the_largest_of_the_others_on_the_influence_graph() -> None:
    """The reversed graph leads from the firm to acme by .6 and to fund by .2: three quarters and one quarter of what the walker takes each time."""
    records = [*parties("acme", "firm", "fund"), *ties([("acme", "firm")], "refers", strength=0.6), *ties([("fund", "firm")], "refers", strength=0.2)]
    made = ecosystem(records, "firm")
    assert compute(made, "power").values == {"acme": pytest.approx(1), "firm": None, "fund": pytest.approx(1 / 3)}
    assert compute(made, "reach").values["firm"] > compute(made, "reach").values["acme"]


def test_power_is_zero_where_nobody_reaches_the_focal_party() -> None:
    assert compute(ecosystem(parties("acme", "firm"), "firm"), "power").values == {"acme": 0, "firm": None}


def test_the_focal_party_has_no_power_salience_and_class_even_where_somebody_judged_it() -> None:
    made = ecosystem([*parties("acme", "firm"), judged("z", "firm", power=0.9, legitimacy=0.8, urgency=0.7)], "firm")
    for metric in ("power", "salience", "salience_class"):
        for salience in ("judged_or_computed", "judged", "computed"):
            result = compute(made, metric, salience=salience)
            assert (result.values["firm"], result.reasons["firm"], result.ranks.tolist()[made.index("firm")]) == (None, "focal-party", 0)
    assert compute(made, "legitimacy").values["firm"] == 0.8
    assert compute(made, "urgency").values["firm"] == 0.7


def has(party: str, name: str, target: str = "firm", **fields: Any) -> dict[str, Any]:
    return {"type": "role", "id": f"{party} {name} {target}", "source": party, "target": target, "role": name} | fields


def test_legitimacy_is_the_highest_claim_of_the_roles_toward_the_focal_party() -> None:
    records = [
        *parties("acme", "firm", "fund", "press", "state"),
        *(has("acme", name) for name in ("competitor", "supplier", "partner")),
        has("state", "regulator"),
        has("press", "media"),
        has("press", "customer", valid_to="2024"),  # no longer
        has("press", "supplier", status="hypothesis"),
        has("fund", "regulator", target="acme"),  # not toward the focal party
        has("firm", "customer", target="acme"),
    ]
    result = compute(ecosystem(records, "firm"), "legitimacy")
    assert result.values == {"acme": 0.8, "firm": None, "fund": None, "press": 0.4, "state": 1.0}
    assert result.reasons == {"firm": "no-role", "fund": "no-role"}
    assert result.origin == ["computed", None, None, "computed", "computed"]


def test_documentation_is_no_legitimacy() -> None:
    document = {"type": "document", "id": "d", "reliability": "A"}
    plain = [*parties("acme", "firm"), has("acme", "public"), document]
    documented = [*parties("acme", "firm"), has("acme", "public", evidence=[{"document_id": "d"}]), document]
    assert [compute(ecosystem(records, "firm"), "legitimacy").values["acme"] for records in (plain, documented)] == [0.3, 0.3]


def test_the_role_of_a_department_toward_a_department_is_its_companys() -> None:
    records = [*parties("acme", "firm"), *parties("sales", "buying", kind="unit"), *ties([("sales", "acme"), ("buying", "firm")], "part_of")]
    result = compute(ecosystem([*records, has("sales", "supplier", target="buying")], "firm"), "legitimacy")
    assert result.values == {"acme": 0.8, "buying": None, "firm": None, "sales": None}


def test_every_role_of_the_product_has_the_claim_that_the_text_gives_it() -> None:
    claims = {name: kind.claim for name, kind in BUILT_IN.roles.items()}
    given = {1: "regulator government", 0.8: "investor employee customer supplier distributor", 0.6: "community association partner"}
    given |= {0.4: "media kol university", 0.3: "public", 0.2: "competitor"}
    assert all(claims[name] == claim for claim, names in given.items() for name in names.split())
    assert all(0 < claim <= 1 for claim in claims.values())


def test_urgency_grows_with_each_negative_touchpoint_and_a_role_at_risk() -> None:
    records = [
        *parties("acme", "firm", "fund", "press", "rival"),
        contact("1", "2025-12-31"),
        contact("2", "2025-10-02", sentiment=-0.2),  # 90 days
        contact("3", "2025-12-31", kind="complaint"),
        contact("4", "2024-12-31", sentiment=-1),  # 365 days: no longer
        contact("5", "2026-01-01", sentiment=-1),  # not yet
        contact("6", "2025-12-31", sentiment=-1, status="hypothesis"),
        contact("7", "2025-12-31", sentiment=-1, target="rival"),
        contact("8", "2025-12-31", sentiment=-1, source="firm", target="press"),
        has("acme", "customer", stage="at_risk"),
        has("acme", "supplier", stage="at_risk"),
        has("fund", "customer", stage="at_risk"),
        has("rival", "customer", target="acme", stage="at_risk"),
    ]
    result = compute(ecosystem(records, "firm"), "urgency")
    faded = 1 - 0.5 * math.exp(-1)
    negative = faded * 0.5
    assert result.values == pytest.approx({"acme": 1 - negative * 0.5, "firm": 1 - negative * 0.5, "fund": 0.5, "press": 0.5, "rival": 0})


def test_the_oldest_day_of_urgency_is_364_days_ago() -> None:
    made = ecosystem([*parties("acme", "firm"), contact("1", "2025-01-01", kind="complaint")], "firm")
    assert compute(made, "urgency").values["acme"] == pytest.approx(0.5 * math.exp(-364 / 90))


def test_urgency_is_not_known_where_the_focal_party_has_neither_touchpoint_nor_stage() -> None:
    elsewhere = [*parties("acme", "firm", "fund"), contact("1", "2025-12-31", kind="complaint", target="fund"), has("acme", "customer")]
    assert set(compute(ecosystem(elsewhere, "firm"), "urgency").reasons.values()) == {"no-touchpoints-or-stages"}
    content = [*elsewhere, contact("2", "2025-06-01")]
    assert compute(ecosystem(content, "firm"), "urgency").values == {"acme": 0, "firm": 0, "fund": 0}
    staged = [*elsewhere, has("acme", "supplier", stage="active")]
    assert compute(ecosystem(staged, "firm"), "urgency").values == {"acme": 0, "firm": 0, "fund": 0}


def test_without_a_focal_party_power_is_judged_or_unknown() -> None:
    result = compute(ecosystem([*parties("a", "b"), judged("x", "a", power=0.3)], "nobody"), "power")
    assert (result.values, result.reasons) == ({"a": 0.3, "b": None}, {"b": "no-focal-party"})
    for metric in ("legitimacy", "urgency"):
        assert set(compute(ecosystem(parties("a", "b"), "nobody"), metric).reasons.values()) == {"no-focal-party"}

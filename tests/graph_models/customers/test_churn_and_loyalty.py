"""Churn risk and loyalty: the hotel of customers.md section 4, each part by hand, points and levels, and properties."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute, explain
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.rules import SHIPPED
from tests.graph_models.customers.test_classes import DAYS, bought, hotel, touched
from tests.graph_models.ecosystems import Record, ecosystem_of, related, role


def guest(*more: Record) -> Ecosystem:
    return hotel(touched("Hotel", "complaint", "2025-06-20"), touched("Hotel", "survey_answer", "2025-07-01", measure="csat", value=4), *more)


def parts(ecosystem: Ecosystem, party: str, metric: str) -> dict[str, dict[str, Any]]:
    return {part["part"]: part for part in explain(ecosystem, party, metric)["parts"]}


def test_the_churn_risk_of_the_hotel() -> None:
    made = guest()
    result = compute(made, "churn_risk")
    place = made.index("Hotel")
    assert result.values["Hotel"] == pytest.approx(0.645320, abs=1e-6)
    assert result.coverage is not None
    assert result.coverage[place] == pytest.approx(0.8)
    found = parts(made, "Hotel", "churn_risk")
    assert {name: round(part["normalised"], 6) for name, part in found.items() if part["normalised"] is not None} == {
        "silence": 0.958333, "decline": 0.888889, "complaints": 0.469482, "satisfaction": 0.25, "competitor": 0.0,
    }  # fmt: skip
    assert {name: round(part["points"], 6) for name, part in found.items()} == {
        "silence": 0.359375, "p_alive": 0.0, "decline": 0.166667, "complaints": 0.088028, "satisfaction": 0.03125, "competitor": 0.0,
    }  # fmt: skip
    assert found["silence"]["raw"] == pytest.approx(2.916667, abs=1e-6)
    assert found["p_alive"]["reason"] == "too-few-repeat-buyers"
    assert found["satisfaction"]["evidence"][0]["facts"] == ["Hotel survey_answer 2025-07-01"]
    assert set(found["complaints"]["evidence"][0]["facts"]) == {"Hotel survey_answer 2025-07-01", "Hotel complaint 2025-06-20"}
    assert {party: result.reasons[party] for party in ("Dist", "f")} == {"Dist": "too-few-purchases", "f": "no-purchases"}


def test_the_points_add_up_to_the_value() -> None:
    why = explain(guest(), "Hotel", "churn_risk")
    assert sum(part["points"] for part in why["parts"]) == pytest.approx(why["value"], abs=1e-12)
    assert (why["score"], why["rank"], why["coverage"]) == ("churn_risk", 1, pytest.approx(0.8))


def test_competitors() -> None:
    rival = [role("Rival", "f", "competitor"), related("Other", "f", "competes_with")]
    for tie, risky in ((role("Hotel", "Rival", "customer"), 1.0), (role("Hotel", "Other", "user"), 1.0), (role("Hotel", "f", "competitor_customer"), 1.0),
                       (role("Hotel", "f", "customer"), 0.0), (role("Hotel", "Friend", "customer"), 0.0)):  # fmt: skip
        assert parts(guest(*rival, tie), "Hotel", "churn_risk")["competitor"]["normalised"] == risky, tie["id"]


def test_the_gap_of_the_role_stands_in_where_a_party_has_too_few() -> None:
    steady = [bought(f"c{number}", f"2025-{month:02d}-01", 5) for number in range(4) for month in (1, 2, 3, 4)]
    roles = [role(f"c{number}", "f", "customer") for number in range(5)]
    made = ecosystem_of(*steady, *roles, bought("c4", "2025-01-01", 5), bought("c4", "2025-02-01", 5), bought("x", "2025-01-01", 5))
    assert parts(made, "c4", "churn_risk")["silence"]["raw"] == pytest.approx((365 - 1 - 31) / 31)
    assert compute(made, "churn_risk").reasons["x"] == "too-few-purchases"


def test_weights_are_rules() -> None:
    only = SHIPPED.changed("churn", {"weights": dict.fromkeys(("silence", "p_alive", "decline", "complaints", "competitor"), 0.0)}, 1)
    assert compute(guest(), "churn_risk", rules=only).values["Hotel"] == pytest.approx(0.25)


@given(st.lists(st.tuples(st.sampled_from(["visit", "survey_answer", "call", "complaint"]), st.integers(1, 28)), max_size=6, unique=True), st.integers(1, 28))
@settings(max_examples=40)
def test_an_added_complaint_never_lowers_the_risk(contacts: list[tuple[str, int]], day: int) -> None:
    told = [touched("Hotel", kind, f"2025-09-{on:02d}") for kind, on in contacts]
    before = compute(hotel(*told), "churn_risk").values["Hotel"]
    after = compute(hotel(*told, touched("Hotel", "complaint", f"2025-10-{day:02d}")), "churn_risk").values["Hotel"]
    assert isinstance(before, float)
    assert isinstance(after, float)
    if told:  # without any contact the part is unknown, and a first complaint makes it known
        assert after >= before - 1e-12
    assert 0 <= after <= 1


def test_loyalty_by_hand() -> None:
    """The hotel bought in three of the four quarters since its first; it paid a competitor 50 of 100 for the same product, and would recommend us: 8 of 10."""
    named = {"product": "lamp"}
    records = [bought("Hotel", day, amount, **named) for day, amount in zip(DAYS, (20, 15, 10, 5), strict=True)]
    rival = {**bought("Hotel", "2025-05-05", 50, **named), "target": "Rival", "id": "rival"}
    other = {**bought("Hotel", "2025-05-06", 900, product="sofa"), "target": "Rival", "id": "sofa"}
    told = touched("Hotel", "survey_answer", "2025-07-01", measure="nps", value=8)
    made = ecosystem_of(*records, rival, other, told, role("Rival", "f", "competitor"))
    found = parts(made, "Hotel", "loyalty")
    assert {name: part["normalised"] for name, part in found.items()} == {"regularity": 0.75, "wallet": 0.5, "advocacy": pytest.approx(0.8)}
    assert compute(made, "loyalty").values["Hotel"] == pytest.approx((0.75 + 0.5 + 0.8) / 3)
    alone = ecosystem_of(*records)
    assert compute(alone, "loyalty").values["Hotel"] == pytest.approx(0.75)
    for spoken in (role("Hotel", "f", "advocate"), related("Hotel", "Inn", "refers"), {**touched("Hotel", "referral"), "target": "Inn"}):
        found = parts(ecosystem_of(*records, told, spoken), "Hotel", "loyalty")
        assert (found["advocacy"]["normalised"], found["advocacy"]["evidence"][0]["facts"]) == (1.0, [spoken["id"]])
    assert compute(alone, "loyalty").reasons["f"] == "no-purchases"


def test_points_and_levels() -> None:
    """The window is 365 days that end on the day: the purchase of 2025-01-01 is its first, one of the day before is out of it."""
    records = [
        bought("a", "2025-01-01", 900),
        bought("a", "2024-12-31", 5_000),
        touched("a", "referral"),
        touched("a", "survey_answer"),
        bought("b", "2025-02-01", 1),
    ]
    made = ecosystem_of(*records)
    assert compute(made, "loyalty_points").values == {"a": 1220.0, "b": 1.0, "f": None}
    level = compute(made, "loyalty_level")
    assert level.values == {"a": "silver", "b": "member", "f": None}
    assert level.columns["points_missing"][:2].tolist() == [5000 - 1220, 999]
    rules = SHIPPED.changed("loyalty", {"levels": {"guest": 0, "friend": 1000}, "per_unit": 2.0}, 1)
    level = compute(made, "loyalty_level", rules=rules)
    assert level.values == {"a": "friend", "b": "guest", "f": None}
    assert level.columns["amount_missing"][1] == pytest.approx((1000 - 2) / 2)
    assert compute(made, "loyalty_points").reasons["f"] == "no-purchases"


@given(st.sampled_from([0.5, 3.0, 1000.0]))
@settings(max_examples=3)
def test_scaling_money_changes_no_risk_and_no_loyalty(factor: float) -> None:
    def made(by: float) -> Ecosystem:
        return ecosystem_of(*(bought("Hotel", day, amount * by) for day, amount in zip(DAYS, (20, 15, 10, 5), strict=True)), touched("Hotel", "complaint"))

    for metric in ("churn_risk", "loyalty"):
        assert compute(made(factor), metric).values == compute(made(1.0), metric).values

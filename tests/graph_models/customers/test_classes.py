"""Purchases, RFM, newness, tier, depth, visibility and side: the worked numbers of customers.md, each condition, and properties."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import Ecosystem, compute
from graph_models.analysis.registry import DEFAULT_SET, METRICS
from graph_models.customers.buying.purchases import gaps_of, purchases_of
from graph_models.customers.depth import depth_classes
from graph_models.customers.newness import newness_classes
from graph_models.customers.tiers import tier_classes
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.ecosystem.rules import SHIPPED
from graph_models.errors import InvalidInput
from tests.graph_models.ecosystems import Record, ecosystem_of, flow, parties, related, role

DAYS = ("2025-01-10", "2025-03-11", "2025-05-10", "2025-07-09")


def bought(party: str, day: str, amount: float, **more: Any) -> Record:
    fields = {"type": "value_flow", "id": f"{party} {day} {amount}", "source": party, "target": "f", "kind": "money", "amount": amount}
    return fields | {"valid_from": day, "valid_to": day} | more


def touched(party: str, kind: str, day: str = "2025-06-01", **more: Any) -> Record:
    return {"type": "touchpoint", "id": f"{party} {kind} {day}", "source": party, "target": "f", "kind": kind, "occurred_at": day, **more}


def hotel(*more: Record) -> Ecosystem:
    """The hotel of customers.md section 4, with the two who pay more."""
    own = [bought("Hotel", day, amount) for day, amount in zip(DAYS, (20, 15, 10, 5), strict=True)]
    return ecosystem_of(*own, bought("Dist", "2025-02-01", 210), bought("Plant", "2025-04-01", 90), *more)


def classes(ecosystem: Ecosystem, metric: str, **more: Any) -> dict[str, Any]:
    return {party: value for party, value in compute(ecosystem, metric, **more).values.items() if value is not None}


def test_the_hotel() -> None:
    made = hotel()
    purchases = purchases_of(made, DEFAULTS)
    assert purchases is not None
    party, days = gaps_of(purchases)
    assert (days.tolist(), {made.parties[place] for place in party.tolist()}) == ([60, 60, 60], {"Hotel"})
    for metric, value in (("recency_days", 175.0), ("frequency", 4.0), ("monetary", 50.0), ("depth", "repeat"), ("tier", "key"), ("newness", "existing")):
        assert compute(made, metric).values["Hotel"] == value, metric
    assert classes(made, "tier") == {"Dist": "key", "Hotel": "key", "Plant": "key", "f": "ordinary"}
    shares = {part["part"]: part for part in tier_classes(made, DEFAULTS).parts_of(made, made.index("Hotel"))}
    assert shares["receipts_share"]["raw"] == pytest.approx(0.142857, abs=1e-6)
    assert (shares["receipts_share"]["points"], shares["otherwise"]["points"]) == (1.0, 0.0)
    assert len(shares["receipts_share"]["evidence"][0]["facts"]) == 4


def test_a_day_is_net_of_what_was_given_back() -> None:
    made = ecosystem_of(bought("a", "2025-01-01", 10), bought("a", "2025-01-01", -10), bought("a", "2025-02-01", 10), bought("a", "2025-02-01", -4))
    assert [compute(made, metric).values["a"] for metric in ("frequency", "monetary", "recency_days")] == [1.0, 6.0, 333.0]
    assert compute(ecosystem_of(bought("a", "2025-01-01", 0)), "frequency").reasons["a"] == "no-purchases"


def test_a_payment_for_a_long_or_unknown_time_has_no_day() -> None:
    yearly = bought("a", "2025-01-01", 120, valid_to="2025-12-31")
    undated = {key: value for key, value in bought("b", "2025-01-01", 7).items() if not key.startswith("valid")}
    made = ecosystem_of(yearly, undated, bought("c", "2025-01-01", 5, valid_to="2025-01-31"))
    result = compute(made, "monetary")
    assert (result.values["a"], result.values["b"], result.values["c"]) == (120.0, 7.0, 5.0)
    assert compute(made, "frequency").values == {"a": None, "b": None, "c": 1.0, "f": None}
    (warning,) = result.warnings
    assert (warning.code, warning.parties) == ("coarse-dates", ("a", "b"))
    assert compute(made, "frequency", rules=SHIPPED.changed("purchases", {"max_days": 366}, 1)).values["a"] == 1.0
    assert compute(made, "newness").values["a"] == "existing"


def test_orders_count_where_no_payment_is_recorded() -> None:
    orders = [touched("a", "order", day, amount=5) for day in DAYS] + [touched("b", "order", "2025-01-01", amount=5)]
    made = ecosystem_of(*orders, bought("b", "2025-06-01", 9))
    assert compute(made, "frequency").values == {"a": 4.0, "b": 1.0, "f": None}
    assert compute(made, "monetary").values == {"a": 20.0, "b": 9.0, "f": None}


def test_fifths_are_of_mean_ranks() -> None:
    """Five parties, two of which paid alike: midranks 1 2 3.5 3.5 5 of monetary value."""
    amounts = {"a": 1, "b": 2, "c": 3, "d": 3, "e": 9}
    made = ecosystem_of(*(bought(party, f"2025-0{place}-01", amount) for place, (party, amount) in enumerate(amounts.items(), 1)))
    assert compute(made, "rfm").values == {"a": "131", "b": "232", "c": "334", "d": "434", "e": "535", "f": None}


def test_newness_is_the_first_condition_that_holds() -> None:
    records = [
        bought("lost", "2025-01-01", 5), bought("lost", "2025-02-01", 5), role("lost", "f", "customer", stage="lapsed"),
        bought("half", "2025-01-01", 5), bought("half", "2025-02-01", 5), role("half", "f", "customer", stage="lapsed"),
        role("half", "f", "user", stage="active"),
        bought("once", "2025-01-01", 5), bought("lately", "2025-11-01", 5), bought("lately", "2025-11-09", 5),
        bought("old", "2025-01-01", 5), bought("old", "2025-02-01", 5),
        touched("asks", "inquiry"), role("hopes", "f", "customer", stage="prospect"), role("theirs", "f", "competitor_customer"),
        role("state", "f", "regulator"), touched("state", "meeting"), *parties("nobody"),
    ]  # fmt: skip
    result = compute(ecosystem_of(*records), "newness")
    assert {party: value for party, value in result.values.items() if value} == {
        "lost": "former", "half": "existing", "once": "new", "lately": "new", "old": "existing", "asks": "prospect", "hopes": "prospect",
    }  # fmt: skip
    assert {party: result.reasons[party] for party in ("state", "nobody", "theirs")} == {
        "state": "not-a-buyer", "nobody": "no-contact", "theirs": "no-contact",
    }  # fmt: skip
    assert compute(ecosystem_of(*records), "newness", rules=SHIPPED.changed("newness", {"days": 30}, 2)).values["lately"] == "existing"


def test_depth_is_the_first_condition_that_holds() -> None:
    months = [bought("loyal", f"20{year}-{month:02d}-01", 5) for year in (23, 24) for month in range(1, 13)]
    families = [role("loyal", "f", "customer"), touched("loyal", "visit"), related("loyal", "f", "knows")]
    records = [
        *months, *families, *(bought("often", day, 5) for day in DAYS), bought("quick", "2025-12-01", 1), bought("quick", "2025-12-02", 1),
        bought("quick", "2025-12-03", 1), related("f", "ally", "partners_with"), role("helper", "f", "partner"), *parties("nobody"),
    ]  # fmt: skip
    result = compute(ecosystem_of(*records), "depth")
    assert result.values == {
        "ally": "strategic_partner", "f": None, "helper": "strategic_partner", "loyal": "strategic_partner", "nobody": None, "often": "repeat",
        "quick": "transactional",
    }  # fmt: skip
    assert result.reasons["nobody"] == "no-purchases"
    made = ecosystem_of(*records)
    (partnership, *_) = depth_classes(made, DEFAULTS).parts_of(made, made.index("ally"))
    assert (partnership["points"], partnership["evidence"][0]["facts"]) == (1.0, ["f partners_with ally"])
    assert classes(ecosystem_of(*months), "depth") == {"loyal": "repeat"}  # one family of facts is no partnership


def test_a_stated_tier_counts_and_the_newest_one() -> None:
    records = [role("Hotel", "f", "customer", tier="gold", valid_from="2024-01-01"), role("Hotel", "f", "user", tier="silver", valid_from="2025-01-01")]
    result = compute(hotel(*records), "tier")
    assert result.values["Hotel"] == "silver"
    assert result.origin is not None
    assert dict(zip(result.parties, result.origin, strict=True)) == {"Dist": "computed", "Hotel": "stated", "Plant": "computed", "f": "computed"}
    made = hotel(*records)
    (part,) = [part for part in tier_classes(made, DEFAULTS).parts_of(made, made.index("Hotel")) if part["points"]]
    assert (part["part"], part["evidence"][0]["facts"]) == ("stated:silver", ["Hotel user f"])


def test_key_is_the_set_that_makes_most_but_only_in_the_top_fifth() -> None:
    """Thirty pay alike, so no share is .05 and 24 of them make 80 %: only the top fifth is key, and equal payers share their rank."""
    alike = ecosystem_of(*(bought(f"p{number:02d}", "2025-05-01", 10) for number in range(30)))
    assert set(classes(alike, "tier").values()) == {"key", "ordinary"}
    rising = ecosystem_of(*(bought(f"p{number:02d}", "2025-05-01", 100 + number) for number in range(30)))
    by_set = [
        party
        for party in rising.parties
        if any(part["part"] == "receipts_share_before" and part["normalised"] for part in tier_classes(rising, DEFAULTS).parts_of(rising, rising.index(party)))
    ]
    assert by_set == [f"p{number}" for number in range(24, 30)]


def test_visibility_and_side() -> None:
    records = [
        bought("pays", "2025-05-01", 10), bought("paid", "2023-05-01", 10), *parties("far"), {**parties("shop")[0], "kind": "unit"},
        related("shop", "f", "part_of"), related("desk", "shop", "part_of"), role("works", "f", "employee"), role("mixed", "f", "employee"),
        role("mixed", "f", "customer"), {**flow("pays", "end", "money", amount=4), "source": "end", "target": "pays"},
    ]  # fmt: skip
    made = ecosystem_of(*records)
    result = compute(made, "visibility")
    assert result.values["pays"] == "explicit"
    assert (result.values["paid"], result.values["far"], result.values["end"]) == ("none", "none", "implicit")
    assert result.reasons["f"] == "focal-party"
    assert result.reasons["shop"] == "rolled-up"
    assert compute(made, "side").values == {
        "desk": "internal", "end": "external", "f": None, "far": "external", "mixed": "external", "paid": "external", "pays": "external",
        "shop": "internal", "works": "internal",
    }  # fmt: skip


def test_nobody_is_classed_without_a_focal_party() -> None:
    made = ecosystem_of(bought("a", "2025-05-01", 10), focal="gone")
    for metric in ("recency_days", "rfm", "newness", "tier", "depth", "visibility", "side", "customer_kind"):
        assert set(compute(made, metric).reasons.values()) == {"no-focal-party"}, metric


def test_the_default_set_asks_them_only_where_anybody_buys() -> None:
    entries = {entry.name: entry for entry in METRICS}
    buys, none = hotel(), ecosystem_of(role("a", "f", "regulator"))
    for name in ("recency_days", "frequency", "monetary", "rfm", "newness", "tier", "depth", "customer_kind"):
        assert name in DEFAULT_SET
        asked = entries[name].default_where
        assert asked is not None
        assert (asked(buys, DEFAULTS), asked(none, DEFAULTS)) == (True, False), name


@pytest.mark.parametrize(
    ("section", "values", "field"),
    [
        ("newness", {"days": 0}, "days"), ("newness", {"weeks": 3}, "weeks"), ("tiers", {"key_share": 1.5}, "key_share"),
        ("stages", {"lapsed_gaps": 1}, "lapsed_gaps"), ("churn", {"weights": {"silence": "much"}}, "weights.silence"),
        ("duplicates", {"likely": 0.2}, "likely"), ("loyalty", {"levels": {"gold": 10}}, "levels"),
    ],
)  # fmt: skip
def test_rules_that_cannot_hold_are_refused(section: str, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        SHIPPED.changed(section, values, 1)
    assert [fault.field for fault in refused.value.errors] == [field]


def test_a_changed_rule_keeps_the_others() -> None:
    changed = SHIPPED.changed("churn", {"weights": {"silence": 0.5}}, 3)
    assert (changed.churn.weights.silence, changed.churn.weights.p_alive, changed.churn.recent_days) == (0.5, 0.2, 180)
    assert changed.versions_of(["churn", "tiers"]) == {"tiers": 0, "churn": 3}
    assert changed.hash_of(["tiers"]) == SHIPPED.hash_of(["tiers"])
    assert changed.hash_of(["churn"]) != SHIPPED.hash_of(["churn"])


buyers = st.lists(st.tuples(st.sampled_from("abcde"), st.integers(1, 28), st.integers(1, 12), st.integers(1, 900)), min_size=1, max_size=20, unique=True)


@given(buyers, st.sampled_from([0.5, 3.0, 1000.0]))
@settings(max_examples=50)
def test_scaling_money_changes_no_class(rows: list[tuple[str, int, int, int]], factor: float) -> None:
    made, scaled = (ecosystem_of(*(bought(party, f"2025-{month:02d}-{day:02d}", amount * by) for party, day, month, amount in rows)) for by in (1.0, factor))
    for metric in ("newness", "tier", "depth", "rfm", "recency_days", "frequency", "visibility", "customer_kind"):
        assert compute(made, metric).values == compute(scaled, metric).values, metric


@given(buyers)
@settings(max_examples=30)
def test_a_purchase_on_the_day_makes_the_recency_zero(rows: list[tuple[str, int, int, int]]) -> None:
    records = [bought(party, f"2025-{month:02d}-{day:02d}", amount) for party, day, month, amount in rows]
    made = ecosystem_of(*records, bought("a", "2025-12-31", 77))
    assert compute(made, "recency_days").values["a"] == 0
    assert compute(made, "newness").values["a"] in ("new", "existing")
    total = sum(amount for party, _, _, amount in rows if party == "a") + 77
    assert compute(made, "monetary").values["a"] == pytest.approx(total)


def test_conditions_say_what_they_looked_at() -> None:
    made = hotel()
    parts = {part["part"]: part for part in newness_classes(made, DEFAULTS).parts_of(made, made.index("Hotel"))}
    assert parts["days_since_first_purchase"]["raw"] == 355.0
    assert [name for name, part in parts.items() if part["points"]] == ["purchases"]
    assert set(parts["purchases"]["evidence"][0]["facts"]) == {f"Hotel {day} {amount}" for day, amount in zip(DAYS, (20, 15, 10, 5), strict=True)}

"""Kinds of customers: the worked example of customers.md section 1, and the properties that it names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute
from graph_models.customers.channels.customer_kinds import KINDS, SHARES, customer_shares
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.ecosystem.rules import SHIPPED
from tests.graph_models.ecosystems import Record, ecosystem_of, role

LAMP = (("Firm", "Dist", 200), ("Firm", "Hotel", 50), ("Dist", "Shop", 150), ("Dist", "Hotel", 40), ("Dist", "Trader", 20), ("Shop", "Homes", 180))
PANEL = (("Firm", "Dist", 10), ("Firm", "Plant", 90))


def sold(supplier: str, customer: str, amount: float, product: str | None = "lamp", **more: Any) -> Record:
    named = {} if product is None else {"product": product}
    fields = {"type": "value_flow", "id": f"{supplier}>{customer}:{product}", "source": customer, "target": supplier, "kind": "money", "amount": amount}
    return fields | named | more


def touched(party: str, kind: str, number: int, **more: Any) -> Record:
    return {"type": "touchpoint", "id": f"{party} {kind} {number}", "source": party, "target": "Firm", "kind": kind, "occurred_at": "2025-05-01", **more}


def lumen(*more: Record) -> Ecosystem:
    records = [sold(*row) for row in LAMP] + [sold(*row, product="panel") for row in PANEL]
    records += [role("Trader", "Firm", "customer", purpose="resale"), role("Dist", "Firm", "distributor", purpose="own_use", product="panel")]
    records += [role("Plant", "Firm", "customer", purpose="transformation")]
    records += [touched("Clinic", kind, number, product="lamp") for number, kind in enumerate(("usage", "usage", "after_sales"))]
    return ecosystem_of(*records, *more, focal="Firm")


def rows(ecosystem: Ecosystem, **parameters: Any) -> dict[tuple[str, str | None], dict[str, Any]]:
    found = customer_shares(ecosystem, DEFAULTS.with_(**parameters))
    chain = found.made_of
    return {
        (ecosystem.parties[int(chain.keys.party[key])], chain.product_of(key)): {
            "kind": KINDS[found.kind[key]],
            "conflict": found.conflict[key],
            "ends": float(chain.ends[key]),
            **{name: float(found.shares[place][key]) for place, name in enumerate(SHARES)},
        }
        for key in np.flatnonzero(found.listed).tolist()
    }


def test_the_kinds_of_the_worked_example() -> None:
    found = rows(lumen())
    assert {key: row["kind"] for key, row in found.items()} == {
        ("Dist", "lamp"): "channel", ("Shop", "lamp"): "channel", ("Trader", "lamp"): "channel", ("Hotel", "lamp"): "end", ("Homes", "lamp"): "end",
        ("Dist", "panel"): "end", ("Plant", "panel"): "processor", ("Clinic", "lamp"): "end",
    }  # fmt: skip
    assert {key: row["conflict"] for key, row in found.items() if row["conflict"]} == {("Trader", "lamp"): "resale-stated-none-sold"}
    assert found["Trader", "lamp"]["unattributed"] == 1.0
    kinds = compute(lumen(), "customer_kind")
    assert kinds.values == {
        "Clinic": "end", "Dist": "both", "Firm": None, "Homes": "end", "Hotel": "end", "Plant": "processor", "Shop": "channel", "Trader": "channel",
    }  # fmt: skip
    assert kinds.reasons == {"Firm": "focal-party"}


def test_where_the_lamps_end() -> None:
    found = rows(lumen(), product="lamp")
    ends = {party: round(row["ends"], 6) for (party, _), row in found.items() if row["ends"] > 1e-9}
    assert ends == {"Homes": 0.571429, "Hotel": 0.352381, "Trader": 0.07619}


def test_use_is_shown_by_each_kind_of_touchpoint_once() -> None:
    use = customer_shares(lumen(), DEFAULTS).made_of.use
    assert use.confidence.tolist() == [pytest.approx(0.84, abs=1e-9)]


def test_quantities_tell_own_use_that_a_mark_up_hides() -> None:
    """Dealer buys 100 pieces for 1,000 and sells 60 for 1,200: money says that nothing ends there."""
    pieces = {"unit": "piece"}
    told = ecosystem_of(sold("Firm", "Dealer", 1000, quantity=100, **pieces), sold("Dealer", "Homes", 1200, quantity=60, **pieces), focal="Firm")
    dealer = rows(told)["Dealer", "lamp"]
    assert (dealer["own_use"], dealer["resale"], dealer["kind"]) == (0.0, pytest.approx(0.6), "both")
    assert dealer["unattributed"] == pytest.approx(0.4)
    stated = ecosystem_of(*_records(told), role("Dealer", "Firm", "customer", purpose="own_use"), focal="Firm")
    dealer = rows(stated)["Dealer", "lamp"]
    assert (dealer["own_use"], dealer["resale"], dealer["kind"]) == (pytest.approx(0.4), pytest.approx(0.6), "both")
    assert dealer["ends"] == pytest.approx(0.4)
    assert dealer["conflict"] == "own-use-stated-but-sold"
    unknown = ecosystem_of(sold("Firm", "Dealer", 1000), sold("Dealer", "Homes", 1200, quantity=60, **pieces), focal="Firm")
    assert rows(unknown)["Dealer", "lamp"]["resale"] == 1.0


def _records(_: Ecosystem) -> list[Record]:
    pieces = {"unit": "piece"}
    return [sold("Firm", "Dealer", 1000, quantity=100, **pieces), sold("Dealer", "Homes", 1200, quantity=60, **pieces)]


def test_both_purposes_share_what_is_not_sold() -> None:
    stated = [role("a", "Firm", "customer", purpose="own_use"), role("a", "x", "customer", purpose="transformation")]
    found = rows(ecosystem_of(sold("Firm", "a", 10), *stated, focal="Firm"))["a", "lamp"]
    assert (found["own_use"], found["transformation"], found["kind"]) == (0.5, 0.5, "both")


def test_a_role_that_names_the_product_counts_before_one_that_names_none() -> None:
    stated = [role("a", "Firm", "customer", purpose="own_use"), role("a", "x", "customer", purpose="transformation", product="lamp")]
    found = rows(ecosystem_of(sold("Firm", "a", 10), sold("Firm", "a", 5, product="panel"), *stated, focal="Firm"))
    assert (found["a", "lamp"]["kind"], found["a", "panel"]["kind"]) == ("processor", "end")


def test_who_sells_to_us_is_no_customer() -> None:
    found = compute(ecosystem_of(sold("Mine", "Maker", 40), sold("Maker", "Firm", 60), sold("Firm", "Homes", 90), focal="Firm"), "customer_kind")
    assert (found.values["Homes"], found.reasons["Mine"], found.reasons["Maker"]) == ("end", "no-purchases", "no-purchases")


def test_the_thresholds_are_rules() -> None:
    made = ecosystem_of(sold("Firm", "a", 100), sold("a", "b", 90), role("a", "Firm", "customer", purpose="own_use"), focal="Firm")
    assert compute(made, "customer_kind").values["a"] == "both"
    assert compute(made, "customer_kind", rules=SHIPPED.changed("kinds", {"share": 0.9}, 1)).values["a"] == "channel"


PARTIES = ["Firm", "a", "b", "c", "d"]


@st.composite
def trades(draw: st.DrawFn) -> list[Record]:
    pairs = st.tuples(st.sampled_from(PARTIES), st.sampled_from(PARTIES), st.sampled_from(["lamp", "panel", None])).filter(lambda row: row[0] != row[1])
    chosen = draw(st.lists(pairs, min_size=1, max_size=10, unique=True))
    records = [sold(supplier, customer, draw(st.integers(1, 90)), product) for supplier, customer, product in chosen]
    stated = draw(st.lists(st.tuples(st.sampled_from(PARTIES[1:]), st.sampled_from(["own_use", "resale", "transformation"])), max_size=3, unique=True))
    return [*records, *(role(party, "Firm", "customer", purpose=purpose) | {"id": f"{party}{purpose}"} for party, purpose in stated)]


@given(trades())
@settings(max_examples=60)
def test_shares_sum_to_one_and_splitting_a_flow_changes_nothing(records: list[Record]) -> None:
    found = rows(ecosystem_of(*records, focal="Firm"))
    for row in found.values():
        assert sum(row[name] for name in SHARES) == pytest.approx(1.0, abs=1e-12)
    first, *others = records
    halves = [first | {"amount": first["amount"] / 2, "id": f"{first['id']}{half}"} for half in "xy"]
    split = rows(ecosystem_of(*halves, *others, focal="Firm"))
    assert split.keys() == found.keys()
    for key, row in found.items():
        assert (split[key]["kind"], split[key]["conflict"]) == (row["kind"], row["conflict"])
        assert split[key]["ends"] == pytest.approx(row["ends"], abs=1e-9)
    more = rows(ecosystem_of(*records, sold("x", "y", 5, "other"), focal="Firm"))
    assert {key: row["kind"] for key, row in more.items()} == {key: row["kind"] for key, row in found.items()}


@given(trades(), st.sampled_from(["usage", "after_sales", "complaint", "trial"]))
@settings(max_examples=40)
def test_one_more_touchpoint_of_use_never_makes_use_less_sure(records: list[Record], kind: str) -> None:
    before = customer_shares(ecosystem_of(*records, touched("a", "usage", 0), focal="Firm"), DEFAULTS).made_of.use
    after = customer_shares(ecosystem_of(*records, touched("a", "usage", 0), touched("a", kind, 1), focal="Firm"), DEFAULTS).made_of.use
    assert after.confidence[0] >= before.confidence[0]

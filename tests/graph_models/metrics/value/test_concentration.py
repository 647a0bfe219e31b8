"""Concentration: the guidelines' example, what counts as a share, both directions, and the money of the whole ecosystem."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import Ecosystem, compute
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.errors import InvalidInput
from graph_models.flows.value_chain import value_chain_of
from graph_models.metrics.value.concentration import hhi_money
from graph_models.metrics.value.end_customers import unattributed_share
from tests.graph_models.metrics.made import chain_records, ecosystem, paid, parties

METRICS = ("hhi_in", "top1_in", "hhi_out", "top1_out")


def of(made: Ecosystem, party: str, **parameters: Any) -> list[float | str | None]:
    return [compute(made, metric, **parameters).values[party] for metric in METRICS]


def goods(source: str, target: str, **fields: Any) -> dict[str, Any]:
    return {"type": "value_flow", "id": f"{source}{target}{fields}", "source": source, "target": target, "kind": "goods"} | fields


def test_four_firms_of_thirty_thirty_twenty_and_twenty() -> None:
    """U.S. Department of Justice and Federal Trade Commission, Horizontal Merger Guidelines: an index of 2,600, that is .26."""
    four = [("firm", f"c{place}", share) for place, share in enumerate((30, 30, 20, 20))]
    customers = ecosystem(parties("firm", "c0", "c1", "c2", "c3") + paid(four), "firm")
    assert of(customers, "firm") == [pytest.approx(0.26), 0.3, None, None]
    assert of(customers, "c0") == [None, None, 1, 1]
    assert compute(customers, "hhi_out").reasons == {"firm": "nothing-given"}
    assert set(compute(customers, "top1_in").reasons) == {"c0", "c1", "c2", "c3"}
    suppliers = ecosystem(parties("firm", "c0", "c1", "c2", "c3") + paid([(who, "firm", share) for _, who, share in four]), "firm")
    assert of(suppliers, "firm") == [None, None, pytest.approx(0.26), 0.3]


def test_flows_of_several_products_and_months_from_one_giver_are_one_share() -> None:
    records = parties("f", "a", "b") + paid([("f", "a", 30)], product="tea") + [record | {"id": "x"} for record in paid([("f", "a", 30)], product="rice")]
    assert of(ecosystem(records + paid([("f", "b", 40)]), "f"), "f")[:2] == [pytest.approx(0.6**2 + 0.4**2), 0.6]


def test_what_a_party_gives_itself_is_no_share() -> None:
    assert of(ecosystem(chain_records([("f", "f", 90), ("f", "a", 5), ("f", "b", 5)]), "f"), "f")[:2] == [0.5, 0.5]


def test_goods_without_amount_count_by_what_was_paid_for_them() -> None:
    records = parties("f", "a", "b") + paid([("a", "f", 75), ("b", "f", 25)]) + [goods("a", "f"), goods("b", "f")]
    assert of(ecosystem(records, "f"), "f", kind="goods") == [pytest.approx(0.625), 0.75, None, None]


def test_quantities_count_where_there_are_no_amounts_and_all_are_of_one_unit() -> None:
    tonnes = [goods("a", "f", quantity=3, unit="t"), goods("b", "f", quantity=1, unit="t")]
    assert of(ecosystem(parties("f", "a", "b") + tonnes, "f"), "f", kind="goods")[:2] == [0.625, 0.75]


@pytest.mark.parametrize("other", [{"quantity": 1, "unit": "m"}, {"amount": 5}, {}])
def test_a_giver_without_a_price_is_never_left_out_in_silence(other: dict[str, Any]) -> None:
    tonnes = [goods("a", "f", quantity=3, unit="t"), goods("b", "f", quantity=1, unit="t")]
    made = ecosystem([*parties("f", "a", "b", "c"), *tonnes, goods("c", "f", **other)], "f")
    for metric in ("hhi_in", "top1_in"):
        assert compute(made, metric, kind="goods").reasons["f"] == "mixed-amounts"
    assert compute(made, "hhi_in", kind="service").reasons["f"] == "nothing-received"
    assert compute(made, "hhi_out", kind="goods").reasons["f"] == "nothing-given"


def test_who_has_only_flows_that_no_rate_converts_has_no_concentration() -> None:
    lost = [{**record, "currency": "EUR"} for record in paid([("f", "b", 5)])]
    made = ecosystem(parties("f", "a", "b") + paid([("f", "a", 5)]) + lost, "f")
    assert compute(made, "hhi_out").reasons == {"f": "nothing-given", "b": "no-rate"}
    assert compute(made, "hhi_in").reasons == {"a": "nothing-received", "b": "no-rate", "f": "mixed-amounts"}


def test_implied_returns_are_not_among_what_is_given() -> None:
    made = ecosystem(parties("f", "a", "b") + paid([("f", "a", 5), ("f", "b", 5)]), "f")
    assert compute(made, "hhi_out", kind="goods").reasons["f"] == "nothing-given"


def test_a_kind_that_is_not_in_the_vocabulary_is_refused() -> None:
    with pytest.raises(InvalidInput):
        compute(ecosystem(chain_records(), "Firm"), "hhi_in", kind="banana")


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 99)), min_size=1, max_size=20, unique_by=lambda row: row[:2]))
def test_the_largest_share_bounds_the_sum_of_squares(rows: list[tuple[int, int, int]]) -> None:
    made = ecosystem(chain_records([(f"p{u}", f"p{v}", float(w)) for u, v, w in rows]), "p0")
    for squares, largest in (("hhi_in", "top1_in"), ("hhi_out", "top1_out")):
        hhi, top = compute(made, squares), compute(made, largest)
        assert hhi.reasons == top.reasons
        for party, value in hhi.values.items():
            if isinstance(value, float):
                share = top.array[made.index(party)]
                assert share**2 - 1e-12 <= value <= share + 1e-12 <= 1 + 2e-12


def test_the_money_of_an_ecosystem_and_what_nobody_knows_the_end_of() -> None:
    made = ecosystem(chain_records([("firm", "shop", 60), ("mine", "firm", 20), ("shop", "family", 20)]), "firm")
    assert hhi_money(made, DEFAULTS) == (pytest.approx(0.6**2 + 0.2**2 + 0.2**2), None)
    assert unattributed_share(made, DEFAULTS) == (pytest.approx(40 / 60), None)  # of the 60 that end, shop keeps 40
    assert unattributed_share(made, DEFAULTS)[0] == value_chain_of(made, DEFAULTS).unattributed_share
    idle = ecosystem(parties("a"), "a")
    assert (hhi_money(idle, DEFAULTS), unattributed_share(idle, DEFAULTS)) == ((None, "no-money"), (None, "no-value-chain"))

"""Time to recover and to survive, by hand: which chain runs dry first, what it costs, what nobody stated."""

from __future__ import annotations

from typing import Any

import pytest

from graph_models import Ecosystem, compute
from tests.graph_models.metrics.made import ecosystem, paid, parties, ties

ROWS = [("mine", "smelter", 36.5), ("smelter", "firm", 73), ("mine", "trader", 10), ("trader", "firm", 20), ("firm", "shop", 365)]
"""The firm sells 1 a day. Half of what the smelter (.2 a day) and the trader deliver comes from the mine."""
RECOVERY = {"mine": 90, "smelter": 25, "firm": 5, "shop": 40}
STOCK = {"mine": 1000, "smelter": 20, "trader": 40, "firm": 10}


def firm(recovery: dict[str, Any] = RECOVERY, stock: dict[str, Any] = STOCK, **more: Any) -> Ecosystem:
    records = parties("mine", "smelter", "trader", "firm", "shop", "idle")
    for record in records:
        days = {"time_to_recover_days": recovery.get(record["id"]), "inventory_days": stock.get(record["id"])}
        record["attributes"] = {name: value for name, value in days.items() if value is not None} | {"employees": 3}
    return ecosystem(records + paid(ROWS, **more), "firm")


def column(made: Ecosystem, name: str, **parameters: Any) -> dict[str, float]:
    result = compute(made, "ttr_tts", **parameters)
    return {party: value for party, value in zip(made.parties, result.columns[name].tolist(), strict=True) if result.defined[made.index(party)]}


def test_the_chain_that_runs_dry_first_decides() -> None:
    """From the mine by the smelter 20 + 10 days, by the trader 40 + 10; the stock of who fails does not help; the shop delivers nothing to us."""
    made = firm()
    result = compute(made, "ttr_tts")
    assert {party: value for party, value in result.values.items() if value is not None} == {"mine": 60, "smelter": 15, "firm": 5, "shop": 0}
    assert result.reasons == {"idle": "no-time-to-recover", "trader": "no-time-to-recover"}
    assert column(made, "time_to_survive_days") == {"mine": 30, "smelter": 10, "firm": 0, "shop": float("inf")}
    assert column(made, "time_to_recover_days") == RECOVERY
    assert result.bound is not None
    assert not result.bound.any()


def test_the_amount_is_what_would_have_come_through_the_party_in_those_days() -> None:
    assert column(firm(), "amount") == pytest.approx({"mine": 60 * 46.5 / 365, "smelter": 15 * 73 / 365, "firm": 5, "shop": 0})
    half = {"period": {"from": "2025-07-02", "to": "2025-12-31"}}  # 183 days; the flows have no dates and count whole
    assert column(firm(), "amount", **half)["firm"] == pytest.approx(5 * 365 / 183)
    assert compute(firm(), "ttr_tts", period={"from": "2025-01-01"}).values["firm"] == 5
    assert str(column(firm(), "amount", period={"from": "2025-01-01"})["firm"]) == "nan"


def test_a_stock_that_nobody_stated_counts_as_nothing_and_the_days_are_a_bound() -> None:
    made = firm(stock={"trader": 5, "firm": 10})
    result = compute(made, "ttr_tts")
    assert (result.values["mine"], result.values["smelter"]) == (80, 15)  # by the smelter 0 + 10; by the trader 15 for certain
    assert result.bound is not None
    assert [party for party, bound in zip(made.parties, result.bound.tolist(), strict=True) if bound] == ["mine"]
    certain = compute(firm(stock={"trader": 5, "firm": 90}), "ttr_tts")
    assert certain.values["mine"] == 0
    assert certain.bound is not None
    assert not certain.bound.any()


@pytest.mark.parametrize("value", ["30", -1, True, 1e300, [30]])
def test_what_is_no_number_of_days_is_not_read_and_listed(value: Any) -> None:
    result = compute(firm(recovery={"mine": value, "smelter": 25}), "ttr_tts")
    assert result.reasons["mine"] == "no-time-to-recover"
    assert [(warning.code, warning.parties) for warning in result.warnings] == [("bad-attribute", ("mine",))]


def test_where_there_is_no_chain_or_nobody_states_anything_it_is_undefined() -> None:
    assert set(compute(ecosystem(parties("a", "b"), "b"), "ttr_tts").reasons.values()) == {"no-value-chain"}
    assert set(compute(ecosystem(parties("a"), "b"), "ttr_tts").reasons.values()) == {"no-focal-party"}
    assert set(compute(firm(recovery={}), "ttr_tts").reasons.values()) == {"no-time-to-recover"}
    closed = parties("x", "y", attributes={"time_to_recover_days": 1}) + paid([("x", "y", 1), ("y", "x", 1)])
    records = [
        record | ({"attributes": {"time_to_recover_days": 1}} if record["type"] == "party" else {})
        for record in parties("firm", "a") + paid([("a", "firm", 1)])
    ]
    assert compute(ecosystem(records + closed, "firm"), "ttr_tts").reasons == {"x": "closed-cycle", "y": "closed-cycle"}
    unit = parties("lab", kind="unit", attributes={"time_to_recover_days": 1}) + ties([("lab", "firm")], "part_of")
    assert compute(ecosystem(records + unit, "firm"), "ttr_tts").reasons == {"lab": "rolled-up"}

"""Amounts: rates, shares of days, and what is listed because it has no rate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graph_models.ecosystem.parameters import parameters_of
from graph_models.flows.flow_amounts import flows_of, share_of_days
from graph_models.records.dates import FIRST_DAY, OPEN, Period, day_of
from tests.graph_models.ecosystems import Record, ecosystem_of, edges, paid, with_amounts


def rate(currency: str, value: float, day: str, base: str = "CNY") -> Record:
    return {"type": "exchange_rate", "currency": currency, "base_currency": base, "rate": value, "valid_from": day}


def amounts(*records: Record, **parameters: Any) -> list[float]:
    return flows_of(ecosystem_of(*records), parameters_of(parameters)).amount.round(9).tolist()


def test_the_newest_rate_not_after_the_first_day_converts() -> None:
    rates = [rate("EUR", 7, "2025-01-01"), rate("EUR", 8, "2025-03-01"), rate("EUR", 9, "2025-03-02"), rate("EUR", 1, "2025-02-01", base="USD")]
    assert amounts(paid("f", "a", 10, currency="EUR", valid_from="2025-03-01", valid_to="2025-03-31"), *rates) == [80]
    assert amounts(paid("f", "a", 10, currency="EUR", valid_from="2025-02"), *rates) == [70]


def test_a_flow_without_dates_takes_the_newest_rate_at_as_of_and_counts_whole() -> None:
    assert amounts(paid("f", "a", 10, currency="EUR"), rate("EUR", 7, "2025-01-01"), rate("EUR", 9, "2026-01-01")) == [70]


def test_an_amount_without_currency_is_in_base_currency() -> None:
    assert amounts(paid("f", "a", 10), paid("f", "b", 11, currency="CNY")) == [10, 11]


def test_what_has_no_rate_is_left_out_and_listed() -> None:
    flows = flows_of(ecosystem_of(paid("f", "a", 10, currency="EUR", valid_from="2025-01"), rate("EUR", 7, "2025-02-01"), paid("f", "b", 1)), parameters_of({}))
    assert np.isnan(flows.amount[0])
    assert flows.amount[1] == 1
    assert [(warning.code, warning.facts) for warning in flows.warnings] == [("no-rate", ("f>a",))]


def test_a_flow_counts_by_the_share_of_its_days_in_the_period() -> None:
    year = paid("f", "a", 365, valid_from="2024-07-01", valid_to="2025-06-30")
    assert amounts(year) == [181]
    assert amounts(year, period={"from": "2025-06-30", "to": "2030-01-01"}) == [1]
    assert amounts(year, period={"from": "2025-07", "to": "2030-01-01"}) == []
    assert amounts(paid("f", "a", 365, valid_from="2025")) == [365]


def test_the_default_period_ends_with_as_of() -> None:
    assert amounts(paid("f", "a", 5, valid_from="2026-01-01"), paid("f", "b", 6, valid_from="2025-12-31"), paid("f", "c", 7, valid_from="2024-12-31")) == [6]


def test_an_explicit_period_alone_decides() -> None:
    assert amounts(paid("f", "a", 5, valid_from="2026-02-01"), period={"from": "2026-01-01", "to": "2026-12-31"}) == [5]


def test_an_event_with_an_open_end_counts_whole_on_its_first_day_and_is_listed() -> None:
    now, before = paid("f", "a", 12, valid_from="2025-11", valid_to="2099-12-31"), paid("f", "b", 7, valid_from="2024", valid_to="9999-12-31")
    flows = flows_of(ecosystem_of(now, before, paid("f", "c", 1, valid_to="2999-12-31")), parameters_of({}))
    assert flows.amount.tolist() == [12, 1]
    assert [(warning.code, warning.facts) for warning in flows.warnings] == [("open-end", ("f>a", "f>b"))]
    assert amounts(now, period={"from": "2025-11-02", "to": "2026-12-31"}) == []
    assert amounts(now, period={"from": "2025-11-01", "to": "2025-11-01"}) == [12]


def test_a_default_period_over_a_leap_day_begins_after_the_same_day_of_the_year_before() -> None:
    last_year = [paid("f", "a", 5, valid_from="2023-02-28"), paid("f", "b", 6, valid_from="2023-03-01")]
    for day in ("2024-02-28", "2024-02-29"):
        assert flows_of(ecosystem_of(*last_year, as_of=day), parameters_of({})).amount.tolist() == [6]
    leap_day = paid("f", "c", 7, valid_from="2024-02-29")
    assert flows_of(ecosystem_of(leap_day, as_of="2025-02-28"), parameters_of({})).amount.tolist() == [7]
    assert flows_of(ecosystem_of(leap_day, as_of="2025-03-01"), parameters_of({})).amount.tolist() == []


def test_quantities_are_cut_as_amounts_are() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 365, quantity=730, unit="kg", valid_from="2024-07-01", valid_to="2025-06-30"))
    assert flows_of(ecosystem, parameters_of({})).quantity.tolist() == [362]


def test_hypotheses_count_only_where_they_are_asked_for() -> None:
    guess = paid("f", "a", 5, status="hypothesis")
    assert amounts(guess, paid("f", "b", 6)) == [6]
    assert amounts(guess, paid("f", "b", 6), hypotheses=True) == [5, 6]


@pytest.mark.parametrize(
    ("start", "end", "share"), [(FIRST_DAY, OPEN, 1), (FIRST_DAY, day_of("2025-02-01"), 1), (day_of("2024-12-31"), day_of("2025-01-02"), 0.5)]
)
def test_the_days_of_what_has_no_start_are_not_known(start: int, end: int, share: float) -> None:
    period = Period(day_of("2025-01-01"), day_of("2026-01-01"))
    assert share_of_days(np.array([start], np.int32), np.array([end], np.int32), period).tolist() == [share]


def test_amounts_beyond_what_floats_can_add_up_are_left_out_and_listed() -> None:
    records = [paid("f", "a", 1), paid("f", "b", 1, currency="KWD"), paid("f", "c", 5), paid("f", "d", 1)]
    ecosystem = with_amounts(ecosystem_of(*records, rate("KWD", 1e-300, "2025-01-01")), {"f>a": 1e308, "f>d": -1e308})
    [warning] = flows_of(ecosystem, parameters_of({})).warnings
    assert (warning.code, warning.facts) == ("extreme-amount", ("f>a", "f>b", "f>d"))
    assert edges(ecosystem, "value_chain") == {("f", "c"): 5}

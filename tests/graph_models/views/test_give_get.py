"""Give and get: units, balance, one-sided relations, and what does not count."""

from __future__ import annotations

from typing import Any

import pytest

from graph_models.ecosystem.parameters import DEFAULTS, parameters_of
from graph_models.errors import InvalidInput
from graph_models.views.give_get import give_get_view
from tests.graph_models.metrics.made import ecosystem, parties, ties


def flow(identifier: str, source: str, target: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": "value_flow", "id": identifier, "source": source, "target": target, "kind": kind} | fields


def test_each_kind_is_measured_in_money_else_in_its_unit_else_counted() -> None:
    records = [
        *parties("firm", "acme", "other"),
        flow("m", "acme", "firm", "money", amount=100),
        flow("g", "firm", "acme", "goods", amount=90),
        flow("t", "firm", "acme", "goods", quantity=3, unit="t"),
        flow("k", "acme", "firm", "knowledge"),
        flow("l", "acme", "firm", "knowledge"),
        flow("h", "firm", "acme", "knowledge", quantity=8, unit="h"),
        flow("x", "other", "firm", "money", amount=7),
    ]
    answer = give_get_view(ecosystem(records, "firm"), DEFAULTS, party="acme")
    assert [(item["kind"], item["given"], item["received"], item["unit"], item["balance"], item["facts"]) for item in answer["items"]] == [
        ("money", 100, 0, "CNY", 100, ["m"]),
        ("goods", 0, 90, "CNY", -90, ["g"]),
        ("goods", 0, 3, "t", -3, ["t"]),
        ("knowledge", 0, 8, "h", -8, ["h"]),
        ("knowledge", 2, 0, "flows", 2, ["k", "l"]),
    ]
    assert answer["one_sided"] is False


def test_a_relation_that_only_takes_is_flagged() -> None:
    made = ecosystem([*parties("firm", "acme"), flow("k", "acme", "firm", "knowledge")], "firm")
    assert give_get_view(made, DEFAULTS, party="acme")["one_sided"] is True
    assert give_get_view(made, DEFAULTS)["items"][0]["received"] == 1  # the focal party against all others


def test_the_period_and_hypotheses_decide_what_counts() -> None:
    records = [
        *parties("firm", "acme"),
        flow("h", "acme", "firm", "money", amount=5, status="hypothesis"),
        flow("o", "acme", "firm", "money", amount=8, valid_from="2023"),
        flow("p", "acme", "firm", "money", amount=730, valid_from="2024-01-01", valid_to="2025-12-30"),
    ]
    made = ecosystem(records, "firm")
    money, goods = give_get_view(made, DEFAULTS, party="acme")["items"]
    assert (money["given"], goods["implied"]["received"]) == (pytest.approx(364), pytest.approx(364))
    period = parameters_of({"period": {"from": "2023-01-01", "to": "2023-12-31"}})
    assert [item["facts"] for item in give_get_view(made, period, party="acme")["items"]] == [["o"], []]


def test_units_count_for_their_whole_and_amounts_without_a_rate_are_listed() -> None:
    records = [
        *parties("firm", "acme"),
        *parties("desk", kind="unit"),
        *ties([("desk", "acme")], "part_of"),
        flow("e", "desk", "firm", "money", amount=5, currency="EUR"),
        flow("c", "desk", "firm", "money", amount=5, currency="CNY"),
    ]
    answer = give_get_view(ecosystem(records, "firm"), DEFAULTS, party="acme")
    assert [(item["given"], item["unit"], item["facts"]) for item in answer["items"]] == [(5, "CNY", ["c"]), (1, "flows", ["e"]), (0, "CNY", [])]
    assert [(warning["code"], warning["facts"]) for warning in answer["warnings"]] == [("no-rate", ["e"])]


def test_who_is_asked_about_must_be_there() -> None:
    made = ecosystem(parties("acme"), "firm")
    assert give_get_view(made, DEFAULTS, party="acme")["reason"] == "no-focal-party"
    with pytest.raises(InvalidInput):
        give_get_view(made, DEFAULTS, party="nobody")

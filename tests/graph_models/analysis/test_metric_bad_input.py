"""Ecosystems that break formulas: every metric and view answers with finite numbers or a reason, and says what was left out."""

from __future__ import annotations

from math import isfinite
from typing import Any

import pytest

from graph_models import Ecosystem, compute
from graph_models.analysis.registry import METRICS, metric_named
from graph_models.analysis.view_registry import VIEWS
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.metrics.result import STREAM
from tests.graph_models.ecosystems import with_amounts
from tests.graph_models.metrics.made import chain_records, ecosystem, owns, paid, parties, ties

Records = list[dict[str, Any]]


CYCLE = chain_records([("firm", "shop", 1), ("shop", "mall", 1), ("mall", "firm", 1), ("mine", "firm", 1)])
AMOUNTS = {
    "huge and tiny amounts": {"firm>shop": 1e308, "shop>mall": 1.7e308, "mall>firm": 1e-305, "mine>firm": 5e-324},
    "nearly huge amounts": {"firm>shop": 1e279, "shop>mall": 9e279, "mall>firm": 1e279, "mine>firm": 1e-279},
}
"""The first beyond what counts, the second just within: what is made of them stays finite."""
CASES: dict[str, Records] = {
    "empty": [],
    "a single party": parties("firm"),
    "nobody trades": parties("firm", "a", "b"),
    "the focal party is not there": chain_records([("a", "b", 5), ("b", "c", 4)]),
    "disconnected": chain_records([("firm", "a", 5), ("x", "y", 7), ("y", "z", 3)]),
    "a sector that buys from itself": chain_records([("firm", "firm", 50), ("mine", "firm", 20), ("firm", "shop", 30)]),
    "nothing but oneself": chain_records([("firm", "firm", 50)]),
    "a closed cycle": chain_records([("firm", "a", 5), ("a", "b", 5), ("b", "firm", 5)]),
    "a closed cycle beside the chain": chain_records([("firm", "a", 5), ("x", "y", 5), ("y", "x", 5)]),
    "nearly closed": chain_records([("firm", "a", 10**12), ("a", "firm", 10**12), ("mine", "a", 1)]),
    "purchases above sales": chain_records([("mine", "firm", 500), ("firm", "shop", 3), ("shop", "mall", 70)]),
    "net refunds": [*chain_records([("firm", "shop", -5), ("shop", "mall", 3), ("mine", "firm", -1)]), paid([("shop", "mall", -9)])[0] | {"id": "back"}],
    "all of one strength": parties(*"abcd", "firm") + ties([(a, b) for a in "abcd" for b in ("firm", "a") if a != b]),
    "parallel flows": parties("firm", "a") + [record | {"id": f"x{place}"} for place in range(40) for record in paid([("firm", "a", 1)])],
    "everybody owned by one another": parties("firm", "a") + owns(("firm", "a", 1.0), ("a", "firm", 1.0)),
    "huge and tiny amounts": CYCLE,
    "nearly huge amounts": CYCLE,
}  # fmt: skip
PARTY_METRICS = [metric.name for metric in METRICS if metric.kind != STREAM]


def firm(case: str) -> Ecosystem:
    return with_amounts(ecosystem(CASES[case], "firm"), AMOUNTS.get(case, {}))


def endless(answer: Any) -> list[Any]:
    """The numbers in an answer that JSON does not know."""
    if isinstance(answer, dict):
        return [item for value in answer.values() for item in endless(value)]
    if isinstance(answer, (list, tuple)):
        return [item for value in answer for item in endless(value)]
    return [answer] if isinstance(answer, float) and not isfinite(answer) else []


@pytest.mark.parametrize("case", CASES)
def test_every_metric_is_finite_or_has_a_reason(case: str) -> None:
    made = firm(case)
    for name in PARTY_METRICS:
        result = compute(made, name)
        for party, value in result.values.items():
            assert (value is None) == (party in result.reasons), name
            assert value is None or isinstance(value, str) or isfinite(value), name


@pytest.mark.parametrize("case", CASES)
def test_every_view_is_finite_or_has_a_reason(case: str) -> None:
    made = firm(case)
    for name, view in VIEWS.items():
        ends = dict(zip(("from", "to"), made.parties[:2], strict=False))
        if name != "bottleneck" or len(ends) == 2:
            assert endless(view(made, DEFAULTS, **(ends if name == "bottleneck" else {}))) == [], name


@pytest.mark.parametrize(
    ("case", "metric", "reasons"),
    [
        ("nobody trades", "pass_through_up", {"no-value-chain"}),
        ("nobody trades", "disruption", {"no-value-chain"}),
        ("nobody trades", "hhi_in", {"nothing-received"}),
        ("the focal party is not there", "sink_share", {"no-focal-party"}),
        ("the focal party is not there", "disruption", set()),
        ("nothing but oneself", "embodied_value_added", {"closed-cycle"}),
        ("nothing but oneself", "trophic_level", {"no-source"}),
        ("nothing but oneself", "hhi_out", {"nothing-given"}),
        ("a closed cycle", "criticality", {"focal-party", "closed-cycle"}),
        ("a closed cycle", "backward_linkage", {"closed-cycle"}),
        ("a closed cycle", "disruption", set()),
        ("nearly closed", "trophic_level", {"no-source"}),
        ("net refunds", "value_flow", {"no-value-chain", "focal-party"}),
        ("huge and tiny amounts", "pass_through_down", {"no-value-chain"}),
        ("nearly huge amounts", "pass_through_down", set()),
    ],
)  # fmt: skip
def test_the_reason_is_the_stated_one(case: str, metric: str, reasons: set[str]) -> None:
    found = compute(firm(case), metric)
    assert set(found.reasons.values()) == reasons
    assert not reasons or metric_named(metric).undefined_when != "never"


def test_what_was_left_out_is_listed() -> None:
    refunds = {warning.code: set(warning.facts) for warning in compute(firm("net refunds"), "hhi_in").warnings}
    assert refunds == {"net-refund": {"firm>shop", "mine>firm", "back", "shop>mall"}}
    extreme = {warning.code: set(warning.facts) for warning in compute(firm("huge and tiny amounts"), "disruption").warnings}
    assert extreme == {"extreme-amount": {"firm>shop", "shop>mall", "mall>firm", "mine>firm"}}


def test_purchases_above_sales_end_with_the_buyer_by_name() -> None:
    """The shop sells 70 and buys 3: it adds the rest. The firm buys 500 and sells 3: 497 of 500 end there, in no product that it does not sell."""
    made = firm("purchases above sales")
    assert compute(made, "embodied_value_added").values["firm"] == 0
    unattributed = VIEWS["sinks"](made, DEFAULTS)["unattributed"]
    assert unattributed == {"share": pytest.approx(497 / 500), "through": [{"party_id": "firm", "share": pytest.approx(497 / 500)}]}
    assert compute(made, "sink_share").values["mall"] == pytest.approx(3 / 500)

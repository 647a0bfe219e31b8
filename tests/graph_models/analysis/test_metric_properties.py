"""What must hold of every ecosystem (metrics.md section 8), as far as single metrics go."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import Ecosystem, compute
from graph_models.analysis.registry import METRICS
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.metrics.result import NUMBER
from graph_models.views.bottleneck import bottleneck_view
from graph_models.views.end_customers import sinks_view
from tests.graph_models.metrics.made import ecosystem, parties

STRUCTURAL = tuple(metric.name for metric in METRICS if metric.structural and metric.kind == NUMBER and metric.name != "katz")  # alpha may be refused
CHAIN = ("pass_through_up", "pass_through_down", "sink_share", "embodied_value_added", "direct_share", "indirect_share", "criticality", "implicit", "ttr_tts")
VALUE = ("disruption", "trophic_level", "backward_linkage", "forward_linkage", "hhi_in", "hhi_out", "top1_in", "top1_out")
"""Of the value chain and its flows too, but not of what comes from or goes to the focal party."""
OTHERS = ("power", "legitimacy", "urgency", "salience", "closeness_to_focal", "integrated_ownership", "control", "nps", "ces")
NORMALISED = ("pagerank", "betweenness", "closeness")
UNMOVED_BY_STRANGERS = (*(name for name in STRUCTURAL if name not in NORMALISED), *CHAIN, *VALUE, "closeness_to_focal", "integrated_ownership", "control")
NAMES = [f"p{place}" for place in range(6)]
ENDS = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))


@st.composite
def records(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Six parties around p0 with value flows, ties, roles, shares, touchpoints, answers and days of stock and recovery between them."""
    made = [record | {"attributes": {"time_to_recover_days": 40 - 9 * place, "inventory_days": 3 * place}} for place, record in enumerate(parties(*NAMES))]
    flow = st.tuples(ENDS, st.sampled_from(["money", "money", "goods", "knowledge"]), st.integers(1, 40).map(lambda tenth: tenth * 12))
    for place, ((source, target), kind, amount) in enumerate(draw(st.lists(flow, max_size=14))):
        dates = {"valid_from": "2025-01-01", "valid_to": "2025-12-31"}
        made.append({"type": "value_flow", "id": f"v{place}", "source": source, "target": target, "kind": kind, "amount": amount} | dates)
    fact = st.tuples(
        ENDS, st.sampled_from(["knows", "refers", "owns", "supplier", "call", "nps", "ces"]), st.sampled_from(["own_use", "resale", "transformation"])
    )
    for place, ((source, target), kind, purpose) in enumerate(draw(st.lists(fact, max_size=8))):
        if source == target:
            continue
        plain = {"id": f"f{place}", "source": source, "target": target}
        made.append(
            {
                "supplier": {"type": "role", "role": "supplier", "purpose": purpose, "stage": "at_risk" if purpose == "resale" else "active"} | plain,
                "call": {"type": "touchpoint", "kind": "call", "occurred_at": "2025-11-11", "sentiment": -0.5 if purpose == "resale" else 0.5} | plain,
                "nps": {"type": "touchpoint", "kind": "survey_answer", "measure": "nps", "value": 10 - place, "occurred_at": "2025-03-03"} | plain,
                "ces": {"type": "touchpoint", "kind": "survey_answer", "measure": "ces", "value": 1 + place % 7, "occurred_at": "2024-03-03"} | plain,
            }.get(kind, {"type": "relationship", "kind": kind, **({"share": 0.15} if kind == "owns" else {})} | plain)
        )
    return made


def scores(made: Ecosystem, metrics: tuple[str, ...]) -> dict[tuple[str, str], Any]:
    return {(metric, party): value for metric in metrics for party, value in compute(made, metric).values.items()}


def same(found: dict[Any, Any], expected: dict[Any, Any]) -> bool:
    assert found.keys() == expected.keys()
    differing = {key: (value, expected[key]) for key, value in found.items() if value != pytest.approx(expected[key], abs=1e-9)}
    assert not differing
    return True


@settings(max_examples=25)
@given(records(), st.randoms(use_true_random=False))
def test_renaming_and_reordering_change_no_score(made: list[dict[str, Any]], order: random.Random) -> None:
    renamed = dict(zip(NAMES, order.sample([f"q{place}" for place in range(6)], 6), strict=True))
    others = [record | {field: renamed[record[field]] for field in ("source", "target") if field in record} for record in made]
    others = [record | {"id": renamed[record["id"]] if record["type"] == "party" else f"x{99 - place}"} for place, record in enumerate(others)]
    order.shuffle(others)
    metrics = (*STRUCTURAL, *CHAIN, *VALUE, *OTHERS)
    before, after = scores(ecosystem(made, "p0"), metrics), scores(ecosystem(others, renamed["p0"]), metrics)
    assert same(after, {(metric, renamed[party]): value for (metric, party), value in before.items()})


@settings(max_examples=25)
@given(records())
def test_cutting_flows_into_months_changes_no_score(made: list[dict[str, Any]]) -> None:
    cut = []
    for record in made:
        if record["type"] != "value_flow":
            cut.append(record)
            continue
        for month in range(1, 13):
            part = {name: value for name, value in record.items() if name != "valid_to"}
            cut.append(part | {"id": f"{record['id']}-{month}", "amount": record["amount"] / 12, "valid_from": f"2025-{month:02}"})
    metrics = (*STRUCTURAL, *CHAIN, *VALUE, "power")
    assert same(scores(ecosystem(cut, "p0"), metrics), scores(ecosystem(made, "p0"), metrics))


@settings(max_examples=25)
@given(records(), st.sampled_from([0.001, 7.0, 1e6]))
def test_scaling_all_money_changes_no_share_and_scales_the_maximum_flow(made: list[dict[str, Any]], factor: float) -> None:
    scaled = [record | ({"amount": round(record["amount"] * factor, 9)} if "amount" in record else {}) for record in made]
    before, after = ecosystem(made, "p0"), ecosystem(scaled, "p0")
    assert same(scores(after, CHAIN + VALUE), scores(before, CHAIN + VALUE))
    ends = {"from": "p0", "to": "p1"}
    assert bottleneck_view(after, DEFAULTS, **ends)["value"] == pytest.approx(factor * bottleneck_view(before, DEFAULTS, **ends)["value"])


@settings(max_examples=25)
@given(records())
def test_an_isolated_party_changes_nobodys_value(made: list[dict[str, Any]]) -> None:
    before, after = scores(ecosystem(made, "p0"), UNMOVED_BY_STRANGERS), scores(ecosystem([*made, *parties("stranger")], "p0"), UNMOVED_BY_STRANGERS)
    assert same({key: value for key, value in after.items() if key[1] != "stranger"}, before)


@settings(max_examples=40)
@given(records())
def test_sums_that_must_be_one_are_one_and_shares_stay_below_what_passes_through(made: list[dict[str, Any]]) -> None:
    firm = ecosystem(made, "p0")
    for metric in ("reach", "pagerank"):
        assert compute(firm, metric).array.sum() == pytest.approx(1)
    down, up, sink, embodied, critical = (
        compute(firm, metric) for metric in ("pass_through_down", "pass_through_up", "sink_share", "embodied_value_added", "criticality")
    )
    if down.reasons:
        assert set(down.reasons.values()) <= {"no-value-chain", "closed-cycle"}
        return
    assert sink.array.sum() + sinks_view(firm, DEFAULTS)["unattributed"]["share"] == pytest.approx(1)
    assert embodied.array.sum() == pytest.approx(1)
    assert (sink.array <= down.array + 1e-12).all()
    assert (embodied.array <= up.array + 1e-12).all()
    assert (np.nan_to_num(critical.array) <= np.maximum(down.array, up.array) + 1e-12).all()


@settings(max_examples=25)
@given(records(), st.sampled_from(NAMES[2:]))
def test_removing_a_party_never_raises_a_maximum_flow(made: list[dict[str, Any]], gone: str) -> None:
    ends = {"from": "p0", "to": "p1"}
    before = bottleneck_view(ecosystem(made, "p0"), DEFAULTS, **ends)
    left = [record for record in made if gone not in (record["id"], record.get("source"), record.get("target"))]
    after = bottleneck_view(ecosystem(left, "p0"), DEFAULTS, **ends)
    assert after["value"] <= before["value"] + 1e-9
    assert before["value"] == pytest.approx(sum(edge["amount"] for edge in before["cut"]))


@settings(max_examples=25)
@given(records())
def test_every_value_is_a_number_or_has_a_reason(made: list[dict[str, Any]]) -> None:
    firm = ecosystem(made, "p0")
    for metric in (*STRUCTURAL, *CHAIN, *VALUE, *OTHERS, "salience_class", "circle"):
        result = compute(firm, metric)
        for party, value in result.values.items():
            assert (value is None) == (party in result.reasons)
            assert not isinstance(value, float) or np.isfinite(value)

"""Both scores, by hand and on the worked example."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import Ecosystem, compute
from graph_models.arrays.ranking import ranks, rounded
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.scores.profile import DEFAULT_PROFILE
from graph_models.scores.scores import scored_of
from tests.graph_models.ecosystems import Record, ecosystem_of, flow, paid, parties, related, role, worked_chain


def judged(party: str, power: float, legitimacy: float = 0.5, urgency: float = 0.2) -> Record:
    values = {"power": power, "legitimacy": legitimacy, "urgency": urgency}
    return {"type": "assessment", "id": f"judged {party}", "target": party, "scheme": "salience", "values": values, "valid_from": "2025-01-01"}


def test_the_worked_value_flow() -> None:
    result = compute(worked_chain(), "value_flow")
    expected = {"Distributor": 51.368286, "Retail": 41.368286, "Enterprise": 35.447570, "TierOne": 27.885422, "Consumer": 24.552430, "TierTwo": 12.572072}
    assert {party: round(result.values[party], 6) for party in expected} == expected
    assert result.values["Firm"] is None
    assert result.reasons == {"Firm": "focal-party"}
    assert set(result.coverage[result.defined]) == {1.0}


def test_influence_is_the_weighted_mean_of_its_parts() -> None:
    """reach: both are one step from f, .6 against .3 of its in-strength; nobody stands between others; a was judged, b not; no loops."""
    ecosystem = ecosystem_of(role("a", "f", "regulator"), role("b", "f", "customer"), judged("a", 0.8))
    result = compute(ecosystem, "influence")
    assert result.values["a"] == pytest.approx(100 * (0.25 * 1 + 0.20 * 0.5) / (0.25 + 0.15 + 0.20))
    assert result.values["b"] == pytest.approx(100 * 0.25 * 0.5 / (0.25 + 0.15))
    assert result.coverage.tolist() == pytest.approx([0.6, 0.4, np.nan], nan_ok=True)


def test_brokerage_leaves_the_focal_party_out() -> None:
    """Without f, b alone connects a and c; with f inside it would share that."""
    ties = [related(party, "f", "knows") for party in "abc"]
    scored = scored_of(ecosystem_of(related("a", "b", "knows"), related("b", "c", "knows"), *ties), DEFAULTS, "influence")
    brokerage = next(part for part in scored.parts if part.name == "brokerage")
    assert brokerage.raw.tolist() == pytest.approx([0, 1, 0, np.nan], nan_ok=True)
    assert brokerage.normalised.tolist() == pytest.approx([0, 1, 0, np.nan], nan_ok=True)


def test_where_somebody_owns_the_focal_party_control_is_a_part() -> None:
    ecosystem = ecosystem_of(related("a", "f", "owns", share=0.6), related("b", "a", "owns", share=0.5), related("c", "d", "owns", share=1))
    scored = scored_of(ecosystem, DEFAULTS, "influence")
    assert {part.name: part.weight for part in scored.parts} == {"value_loops": 0.35, "reach": 0.20, "brokerage": 0.15, "salience": 0.15, "control": 0.15}
    control = scored.parts[-1]
    assert control.raw[:4].tolist() == pytest.approx([1, 0.3, 0, 0])
    assert "control" not in {part.name for part in scored_of(ecosystem_of(related("f", "a", "owns", share=1)), DEFAULTS, "influence").parts}


def control_of(ecosystem: Ecosystem) -> dict[str, float]:
    part = next(part for part in scored_of(ecosystem, DEFAULTS, "influence").parts if part.name == "control")
    assert part.raw.tolist() == pytest.approx(part.normalised.tolist(), nan_ok=True)
    return dict(zip(ecosystem.parties, part.normalised.tolist(), strict=True))


def test_what_a_holder_owns_of_itself_counts_once() -> None:
    """h holds .4 of f, f holds .8 of h: integrated .4 / (1 - .32) = .588, of which h's diagonal 1 / (1 - .32) counts .4 again and again."""
    circle = ecosystem_of(related("h", "f", "owns", share=0.4), related("f", "h", "owns", share=0.8))
    assert compute(circle, "integrated_ownership").values["h"] == pytest.approx(0.4 / 0.68)
    assert control_of(circle)["h"] == pytest.approx(0.4)


def test_a_holder_of_a_circle_above_the_focal_party_has_what_the_circle_has() -> None:
    """p and q hold .9 and .8 of each other, p half of f: p .5, q .8 x .5 = .4, and r, who holds .1 of q, .1 x .4 / (1 - .72)."""
    rows = (("p", "q", 0.9), ("q", "p", 0.8), ("p", "f", 0.5), ("r", "q", 0.1))
    found = control_of(ecosystem_of(*(related(holder, held, "owns", share=share) for holder, held, share in rows)))
    assert found == pytest.approx({"f": 0, "p": 0.5, "q": 0.4, "r": 0.1 * 0.4 / 0.28})


def test_more_than_the_whole_is_one_and_is_reported() -> None:
    """h holds half of a, b and c, each of which is said to hold .9 of f: together 1.35 of what is one."""
    rows = [related("h", company, "owns", share=0.5) for company in "abc"] + [related(company, "f", "owns", share=0.9) for company in "abc"]
    ecosystem = ecosystem_of(*rows)
    assert compute(ecosystem, "integrated_ownership").values["h"] == pytest.approx(3 * 0.5 * 0.9)
    assert control_of(ecosystem)["h"] == 1
    assert "over-100" in {warning.code for warning in compute(ecosystem, "influence").warnings}


def test_control_is_of_the_focal_party_whomever_other_metrics_are_asked_of() -> None:
    ecosystem = ecosystem_of(related("h", "f", "owns", share=0.4), related("h", "a", "owns", share=0.9))
    control = scored_of(ecosystem, DEFAULTS.with_(of="a"), "influence").parts[-1]
    assert control.raw[ecosystem.index("h")] == pytest.approx(0.4)


def test_a_closed_circle_leaves_control_to_who_has_it() -> None:
    """a holds b, b holds c and d, these hold a: all of it, so that what they hold of f has no end. c holds .6 of f; who controls c controls f."""
    shares = (("a", "b", 0.5), ("d", "b", 0.5), ("b", "c", 1.0), ("b", "d", 1.0), ("c", "a", 0.5), ("d", "a", 0.5), ("c", "f", 0.6), ("d", "f", 0.1))
    ecosystem = ecosystem_of(*(related(holder, held, "owns", share=share) for holder, held, share in shares))
    control = scored_of(ecosystem, DEFAULTS, "influence").parts[-1]
    assert control.raw.tolist() == pytest.approx([np.nan, 1, 1, np.nan, 0], nan_ok=True)
    assert [control.result.reason(place) for place in (0, 3)] == ["closed-cycle"] * 2


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_no_part_is_above_one_and_no_score_above_a_hundred(data: st.DataObject) -> None:
    """Circles of ownership, stakes stated twice, more than the whole: every c is in [0, 1], the points sum to the score, and coverage is a share."""
    party, share = st.sampled_from("fabcd"), st.sampled_from([0.1, 0.5, 0.6, 0.9, 1.0])
    pair = st.tuples(party, party).filter(lambda ends: ends[0] != ends[1])
    stakes = [related(*ends, "owns", share=part) for ends, part in data.draw(st.lists(st.tuples(pair, share), max_size=10))]
    flows = [paid(*ends, amount) for ends, amount in data.draw(st.lists(st.tuples(pair, st.integers(1, 900)), max_size=6))]
    records = [record | {"id": f"x{place}"} for place, record in enumerate([*stakes, *flows, related("a", "f", "refers"), judged("b", 1.0, 1.0, 1.0)])]
    ecosystem = ecosystem_of(*parties(*"fabcd"), *records)
    for score in ("influence", "value_flow"):
        scored = scored_of(ecosystem, DEFAULTS, score)
        for part in scored.parts:
            assert ((part.normalised >= 0) & (part.normalised <= 1))[~np.isnan(part.normalised)].all()
        assert ((scored.value >= 0) & (scored.value <= 100))[scored.defined].all()
        assert ((scored.coverage > 0) & (scored.coverage <= 1))[scored.defined].all()
        assert np.isnan(scored.value[ecosystem.index("f")])


def test_few_loops_and_one_sided_receipts_are_said() -> None:
    """One of twenty on a loop is enough, none of ten is not; a grant of 60 of 100 that nothing is given for is more than half of the receipts."""
    loop = [flow("f", "p00", utility=0.5), flow("p00", "f", utility=0.5)]
    for others, codes in ((20, []), (21, ["few-loops"])):
        found = compute(ecosystem_of(*loop, *parties(*(f"p{place:02d}" for place in range(others)))), "influence").warnings
        assert [warning.code for warning in found if warning.code != "score-flat"] == codes
    exchange = ecosystem_of(*loop, *parties(*(f"p{place:02d}" for place in range(20))))  # its loop scores .25
    for least, codes in ((0.25, []), (0.26, ["few-loops"])):
        found = compute(exchange, "influence", min_loop_score=least).warnings
        assert [warning.code for warning in found if warning.code != "score-flat"] == codes
    triangle = [flow("f", "p00", utility=0.5), flow("p00", "p01", utility=0.5), flow("p01", "f", utility=0.5)]
    found = compute(ecosystem_of(*triangle, *parties(*(f"p{place:02d}" for place in range(40)))), "value_flow").warnings
    assert [warning.code for warning in found if warning.code != "score-flat"] == []
    grant = flow("state", "f", "money", amount=60, in_return_for="nothing")
    sold = [flow("a", "f", "money", amount=40), flow("f", "a", "goods", amount=40)]
    for score in ("influence", "value_flow"):
        (warning,) = [warning for warning in compute(ecosystem_of(grant, *sold), score).warnings if warning.code == "one-sided"]
        assert warning.message.startswith("60.0% of the receipts come from 1 parties")
        assert warning.parties == ("state",)
        balanced = compute(ecosystem_of(grant | {"amount": 40}, *sold), score).warnings
        assert "one-sided" not in {warning.code for warning in balanced}


def test_amounts_without_a_rate_are_said_by_both_scores() -> None:
    ecosystem = ecosystem_of(flow("a", "f", "money", amount=40, currency="USD"), paid("f", "b", 5))
    for score in ("influence", "value_flow"):
        (warning,) = [warning for warning in compute(ecosystem, score).warnings if warning.code == "no-rate"]
        assert warning.facts == ("a>f:money",)


def test_value_loops_count_as_they_are_and_reach_by_its_maximum() -> None:
    records = [flow("f", "a", utility=0.5), flow("a", "f", utility=0.8), flow("f", "b", utility=0.3), flow("b", "f", utility=0.4)]
    scored = scored_of(ecosystem_of(*records), DEFAULTS, "influence")
    loops, reach = scored.parts[:2]
    assert loops.normalised[:2].tolist() == pytest.approx([0.40 / 0.52, 0.12 / 0.52])
    assert reach.normalised[:2].tolist() == pytest.approx([1, reach.raw[1] / reach.raw[0]])


def test_where_the_maximum_is_zero_all_are_zero() -> None:
    result = compute(ecosystem_of(*parties("a", "b", "f")), "influence")
    assert result.values == {"a": 0, "b": 0, "f": None}
    assert [warning.code for warning in result.warnings] == ["score-flat", "few-loops"]


def test_the_rank_range_covers_every_corner_of_the_weights() -> None:
    records = [
        role("a", "f", "regulator"),
        role("b", "f", "supplier"),
        judged("a", 0.1, 0.1, 0.1),
        judged("b", 0.8, 0.7, 0.6),
        role("c", "f", "public"),
        judged("c", 0, 0, 0),
    ]
    result = compute(ecosystem_of(*records), "influence")
    names = [part.name for part in scored_of(ecosystem_of(*records), DEFAULTS, "influence").parts]
    scored = scored_of(ecosystem_of(*records), DEFAULTS, "influence")
    best, worst = np.full(3, 99), np.zeros(3, int)
    for corner in range(2 ** len(names)):
        weights = [part.weight * (1.2 if corner >> place & 1 else 0.8) for place, part in enumerate(scored.parts)]
        total = sum(weight * np.nan_to_num(part.normalised[:3]) for weight, part in zip(weights, scored.parts, strict=True))
        available = sum(weight * ~np.isnan(part.normalised[:3]) for weight, part in zip(weights, scored.parts, strict=True))
        rank = [1 + int(sum(other > own + 1e-12 for other in total / available)) for own in total / available]
        best, worst = np.minimum(best, rank), np.maximum(worst, rank)
    assert result.rank_range[:3].tolist() == np.column_stack([best, worst]).tolist()
    assert result.rank_range[3].tolist() == [0, 0]
    assert best[0] < worst[0]


def test_weights_of_another_profile_are_used() -> None:
    profile = DEFAULT_PROFILE.__class__(name="own", version=1, influence={"reach": 1.0}, influence_owned={"reach": 1.0}, value_flow={"criticality": 1.0})
    ecosystem = worked_chain()
    assert scored_of(ecosystem, DEFAULTS, "value_flow", profile).value[ecosystem.index("Retail")] == pytest.approx(40.9207, abs=1e-4)


@pytest.mark.parametrize(
    ("records", "reasons"),
    [
        ([paid("f", "f", 5), paid("a", "b", 1)], {"a": "closed-cycle"}),
        ([role("a", "f", "customer")], {"a": "no-value-chain", "f": "focal-party"}),
        ([*parties("lab", kind="unit"), related("lab", "f", "part_of"), paid("f", "a", 1)], {"lab": "rolled-up", "f": "focal-party"}),
    ],
)
def test_what_is_undefined_has_its_reason(records: list[Record], reasons: dict[str, Any]) -> None:
    found = compute(ecosystem_of(*records), "value_flow").reasons
    assert found["f"] == "focal-party"
    if "closed-cycle" not in reasons.values():
        assert found == reasons


def test_a_missing_pass_through_leaves_criticality_alone_or_nothing() -> None:
    """x and y circle with nothing added: they pass nothing through, and f's own chain goes on without them."""
    result = compute(ecosystem_of(paid("x", "y", 5), paid("y", "x", 5), paid("f", "a", 3)), "value_flow")
    assert result.values["a"] == 60
    assert result.reasons["x"] == result.reasons["y"] == "closed-cycle"


def test_ranks_are_those_of_a_competition_to_twelve_digits() -> None:
    values = np.array([0.5, 0.1 + 0.2, 0.3, 0.2, np.nan, 0.3 * (1 + 1e-11)])
    assert ranks(values, ~np.isnan(values)).tolist() == [1, 3, 3, 5, 0, 2]


def test_rounding_keeps_twelve_digits_of_any_size() -> None:
    assert rounded(np.array([0.0, 123456789.0123456, -1e-300, 1e300, 1.23456789012345e-20])).tolist() == pytest.approx(
        [0, 123456789.012, -1e-300, 1e300, 1.23456789012e-20], rel=1e-15
    )


def test_a_score_is_a_bound_where_the_larger_pass_through_is() -> None:
    """a, b and f deliver to one another: b's exact value is below its bound, unless what goes down through it is larger and exact."""
    rows = [("a", "b", 50), ("b", "a", 20), ("b", "f", 60), ("f", "a", 5), ("work", "a", 30), ("f", "shop", 90)]
    ecosystem = ecosystem_of(*(paid(*row) for row in rows))
    bounded, exact = compute(ecosystem, "value_flow", exact=0), compute(ecosystem, "value_flow")
    assert exact.bound is not None
    assert not exact.bound.any()
    assert bounded.bound is not None
    assert [party for party, bound in zip(ecosystem.parties, bounded.bound.tolist(), strict=True) if bound] == ["a", "b"]
    assert (bounded.array >= exact.array - 1e-12)[exact.defined].all()
    influence = compute(ecosystem, "influence").bound
    assert influence is not None
    assert not influence.any()

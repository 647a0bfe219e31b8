"""Integrated ownership, control and what is odd about shares."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from graph_models import compute
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.errors import InvalidInput
from graph_models.kernels.flow import ownership as ownership_kernel
from graph_models.kernels.flow.ownership import effective_of, held_of
from graph_models.kernels.neighbours import matrix_of
from graph_models.metrics.stakeholders.ownership import control_share, ownership_view
from tests.graph_models.metrics.made import ecosystem, owns, parties


def test_what_is_held_through_others_counts() -> None:
    made = ecosystem(parties("a", "b", "c", "d") + owns(("a", "b", 0.6), ("b", "c", 0.5), ("a", "c", 0.1), ("c", "d", 1.0)), "d")
    assert compute(made, "integrated_ownership").values == pytest.approx({"a": 0.4, "b": 0.5, "c": 1.0, "d": 0.0})
    assert compute(made, "integrated_ownership", of="c").values == pytest.approx({"a": 0.4, "b": 0.5, "c": 0.0, "d": 0.0})


def test_a_cross_holding_by_hand() -> None:
    """a holds .2 of b, b holds .5 of a: Y = W + W^2 + ..., the circle weighs .1, so Y_ab = .2 / .9, Y_bb = .1 / .9."""
    made = ecosystem(parties("a", "b") + owns(("a", "b", 0.2), ("b", "a", 0.5)), "b")
    result = compute(made, "integrated_ownership")
    assert result.values == pytest.approx({"a": 0.2 / 0.9, "b": 0.1 / 0.9})
    assert [(warning.code, warning.parties) for warning in result.warnings] == [("ownership-cycle", ("a", "b"))]


def test_control_adds_up_what_the_controlled_hold() -> None:
    """The pyramid of Chapelle and Szafarz 2005: neither branch has a majority, both together have."""
    shares = owns(("top", "left", 0.51), ("top", "right", 0.51), ("left", "firm", 0.3), ("right", "firm", 0.3))
    made = ecosystem(parties("top", "left", "right", "firm") + shares, "firm")
    assert compute(made, "control").values == {"top": 1.0, "left": 0.0, "right": 0.0, "firm": 0.0}
    assert compute(made, "control", threshold=0.6).values["top"] == 0
    assert compute(made, "control", of="left").values["top"] == 1


def test_exactly_half_does_not_control_and_nobody_controls_itself() -> None:
    made = ecosystem(parties("a", "b") + owns(("a", "b", 0.5), ("b", "a", 0.9)), "b")
    assert compute(made, "control").values == {"a": 0.0, "b": 0.0}
    assert compute(made, "control", of="a").values == {"a": 0.0, "b": 1.0}


def test_too_many_shares_and_missing_ones_are_listed() -> None:
    records = parties("a", "b", "c") + owns(("a", "c", 0.7), ("b", "c", 0.6))
    records.append({"type": "relationship", "id": "unknown", "source": "a", "target": "b", "kind": "owns"})
    result = compute(ecosystem(records, "c"), "integrated_ownership")
    by_code = {warning.code: warning for warning in result.warnings}
    assert by_code["over-100"].parties == ("c",)
    assert by_code["over-100"].facts == ("a-c", "b-c")
    assert by_code["no-share"].facts == ("unknown",)
    assert result.values["a"] == 0.7


def test_a_share_is_not_multiplied_by_its_confidence() -> None:
    records = [*parties("a", "b"), owns(("a", "b", 0.4))[0] | {"confidence": 0.5}]
    assert compute(ecosystem(records, "b"), "integrated_ownership").values["a"] == 0.4


def test_a_circle_at_a_hundred_per_cent_has_no_end() -> None:
    made = ecosystem(parties("a", "b", "c", "d") + owns(("a", "b", 1.0), ("b", "a", 1.0), ("a", "c", 0.5), ("d", "c", 0.25)), "c")
    result = compute(made, "integrated_ownership")
    assert result.reasons == {"a": "closed-cycle", "b": "closed-cycle"}
    assert result.values["d"] == 0.25
    view = ownership_view(made, DEFAULTS)
    assert [(item["party_id"], item["integrated"]) for item in view["holders"]] == [("d", 0.25), ("a", None), ("b", None)]


def stated(*facts: str) -> dict[str, list[str]]:
    """The facts of a direct stake, which nobody else states."""
    return {"facts": list(facts), "also_stated": []}


def test_the_view_shows_holders_and_holdings_with_their_chains() -> None:
    shares = owns(("family", "holding", 0.8), ("holding", "firm", 0.6), ("family", "firm", 0.1), ("firm", "plant", 1.0), ("plant", "shop", 0.4))
    made = ecosystem(parties("family", "holding", "firm", "plant", "shop") + shares, "firm")
    view = ownership_view(made, DEFAULTS)
    assert view["holders"] == [
        stated("holding-firm") | {"party_id": "holding", "direct": 0.6, "integrated": 0.6, "controls": True, "chain": ["holding", "firm"]},
        stated("family-firm")
        | {"party_id": "family", "direct": 0.1, "integrated": pytest.approx(0.58), "controls": True, "chain": ["family", "holding", "firm"]},
    ]
    assert view["holdings"] == [
        stated("firm-plant") | {"party_id": "plant", "direct": 1.0, "integrated": 1.0, "controls": True, "chain": ["firm", "plant"]},
        stated() | {"party_id": "shop", "direct": 0.0, "integrated": 0.4, "controls": False, "chain": ["firm", "plant", "shop"]},
    ]
    with pytest.raises(InvalidInput):
        ownership_view(made, DEFAULTS, party="nobody")


def test_without_a_focal_party_somebody_must_be_named() -> None:
    made = ecosystem(parties("a", "b") + owns(("a", "b", 1.0)), "nobody")
    for metric in ("integrated_ownership", "control"):
        assert set(compute(made, metric).reasons.values()) == {"no-focal-party"}
        assert compute(made, metric, of="b").values["a"] == 1
        with pytest.raises(InvalidInput) as refused:
            compute(made, metric, of="stranger")
        assert refused.value.errors[0].field == "of"


@given(
    st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] != pair[1]), st.floats(0.01, 0.19), max_size=15),
    st.sampled_from([0.1, 0.3, 0.5]),
)
def test_integrated_is_never_less_than_direct_and_a_higher_threshold_adds_nobody(shares: dict[tuple[int, int], float], threshold: float) -> None:
    made = ecosystem(parties(*(f"p{place}" for place in range(6))) + owns(*((f"p{u}", f"p{v}", share) for (u, v), share in shares.items())), "p0")
    integrated = compute(made, "integrated_ownership").values
    for (holder, held), share in shares.items():
        if held == 0:
            assert integrated[f"p{holder}"] >= share - 1e-12
    lower, higher = (compute(made, "control", threshold=limit).values for limit in (threshold, threshold + 0.05))
    assert all(lower[party] >= higher[party] for party in made.parties)


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.sampled_from([0.05, 0.1, 0.15]), max_size=14))
def test_effective_ownership_is_the_sum_over_the_walks_that_leave_the_holder_for_good(shares: dict[tuple[int, int], float]) -> None:
    """Whose shares in itself count once: the same with nobody holding the holder. Never above 1, never above the integrated, at least the direct share."""
    matrix = matrix_of(5, [u for u, _ in shares], [v for _, v in shares], list(shares.values()))
    held, endless = held_of(matrix, 4)
    assert not endless.any()
    effective, bound = effective_of(matrix, held)
    assert not bound.any()
    for holder in range(4):
        alone = matrix.toarray()
        alone[:, holder] = 0.0
        assert effective[holder] == pytest.approx(held_of(csr_array(alone), 4)[0][holder], abs=1e-12)
        assert shares.get((holder, 4), 0.0) - 1e-12 <= effective[holder] <= held[holder] + 1e-12


def test_a_circle_that_is_nearly_closed_has_a_finite_effective_share() -> None:
    """a and b hold 1 - 1e-9 of each other: integrated 5e8, effective .5 and half of it."""
    near = 1 - 1e-9
    matrix = matrix_of(3, [0, 1, 0], [1, 0, 2], [near, near, 0.5])
    held, endless = held_of(matrix, 2)
    assert not endless.any()
    assert held[0] == pytest.approx(0.5 / (2e-9), rel=1e-6)
    assert effective_of(matrix, held)[0].tolist() == pytest.approx([0.5, 0.5 * near, 0], rel=1e-6)


def test_in_a_circle_of_thousands_effective_ownership_is_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownership_kernel, "FACTORED", 1)
    made = ecosystem(parties("f", "h") + owns(("h", "f", 0.4), ("f", "h", 0.8)), "f")
    share, held = control_share(made, DEFAULTS)
    assert share[1] == pytest.approx(0.4 / 0.68)
    assert held.bound is not None
    assert held.bound.tolist() == [True, True]

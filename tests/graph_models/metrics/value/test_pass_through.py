"""Pass-through, embodied value and tiers: the worked example, Miller and Blair's two sectors, bounds, closed cycles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.errors import InvalidInput
from graph_models.metrics.value import pass_through
from graph_models.views.supply_tiers import tiers_view
from tests.graph_models.metrics.made import chain_records, ecosystem, paid, parties

MILLER_BLAIR = [
    ("one", "one", 150),
    ("one", "two", 500),
    ("two", "one", 200),
    ("two", "two", 100),
    ("one", "households", 350),
    ("two", "households", 1700),
    ("work", "one", 650),
    ("work", "two", 1400),
]
"""Miller, Blair, Input-Output Analysis, 2009, table 2.3: two sectors, outputs 1000 and 2000."""


def test_the_worked_example() -> None:
    made = ecosystem(chain_records(), "Firm")
    expected = {
        "pass_through_up": {"TierOne": 0.354476, "TierTwo": 0.165422, "Firm": 1.0, "Consumer": 0.0},
        "pass_through_down": {"Distributor": 0.583333, "Retail": 0.416667, "Firm": 1.0, "RawMat": 0.0},
        "embodied_value_added": {"Firm": 0.635102, "TierOne": 0.189054, "TierTwo": 0.099253, "RawMat": 0.066169},
    }
    for metric, values in expected.items():
        found = compute(made, metric)
        assert {party: found.values[party] for party in values} == pytest.approx(values, abs=1e-6)
        assert not found.reasons
    assert compute(made, "embodied_value_added").array.sum() == pytest.approx(1)


def test_the_leontief_inverse_of_miller_and_blair() -> None:
    """Equation 2.17: L = [[1.2541, .3300], [.2640, 1.1221]]."""
    made = ecosystem(chain_records(MILLER_BLAIR), "two")
    total = {item["party_id"]: item["requirement"] for item in tiers_view(made, DEFAULTS)["total"]}
    assert total["one"] == pytest.approx(0.3300, abs=1e-4)
    assert total["two"] == pytest.approx(0.1221, abs=1e-4)
    other = {item["party_id"]: item["requirement"] for item in tiers_view(made, DEFAULTS, party="one")["total"]}
    assert (other["one"], other["two"]) == (pytest.approx(0.2541, abs=1e-4), pytest.approx(0.2640, abs=1e-4))
    assert compute(made, "pass_through_up").values["one"] == pytest.approx(0.3300 / 1.2541, abs=1e-4)


def test_tiers_are_powers_of_the_requirements() -> None:
    answer = tiers_view(ecosystem(chain_records(), "Firm"), DEFAULTS, max_tier=3)
    assert answer["party_id"] == "Firm"
    first = [(item["party_id"], item["requirement"]) for item in answer["items"] if item["tier"] == 1]
    assert first == [("TierOne", 120 / 350), ("Service", 10 / 350), ("Retail", 5 / 350)]
    second = {item["party_id"]: item["requirement"] for item in answer["items"] if item["tier"] == 2}
    assert second["TierTwo"] == pytest.approx(70 / 150 * 120 / 350)
    assert [item["tier"] for item in answer["items"]] == sorted(item["tier"] for item in answer["items"])


@pytest.mark.parametrize("tiers", [0, 101])
def test_a_number_of_tiers_out_of_range_is_refused(tiers: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        tiers_view(ecosystem(chain_records(), "Firm"), DEFAULTS, max_tier=tiers)
    assert refused.value.errors[0].field == "max_tier"


def test_who_is_not_there_or_delivers_nothing_has_no_chain() -> None:
    names = ("pass_through_up", "pass_through_down", "embodied_value_added", "sink_share", "direct_share", "indirect_share", "criticality")
    for focal, reason in (("nobody", "no-focal-party"), ("idle", "no-value-chain")):
        made = ecosystem(chain_records() + parties("idle"), focal)
        for name in names:
            assert set(compute(made, name).reasons.values()) == {reason}
        assert tiers_view(made, DEFAULTS)["reason"] == reason


def test_a_closed_cycle_is_undefined_for_its_parties_only() -> None:
    made = ecosystem(chain_records() + parties("x", "y") + paid([("x", "y", 10), ("y", "x", 10)]), "Firm")
    for name in ("pass_through_up", "pass_through_down", "sink_share", "embodied_value_added", "criticality"):
        reasons = compute(made, name).reasons
        assert (reasons["x"], reasons["y"]) == ("closed-cycle", "closed-cycle")
    assert compute(made, "pass_through_up").values["TierOne"] == pytest.approx(0.354476, abs=1e-6)
    inside = ecosystem(parties("x", "y") + paid([("x", "y", 10), ("y", "x", 10)]), "x")
    assert compute(inside, "pass_through_up").reasons == {"x": "closed-cycle", "y": "closed-cycle"}
    assert tiers_view(inside, DEFAULTS)["reason"] == "closed-cycle"


def test_inside_cycles_only_so_many_are_exact_and_the_others_say_that_they_are_bounds() -> None:
    rows = [("a", "b", 50), ("b", "a", 20), ("b", "firm", 60), ("firm", "a", 5), ("work", "a", 30), ("firm", "shop", 90)]
    made = ecosystem(chain_records(rows), "firm")
    exact = compute(made, "pass_through_up")
    assert exact.bound is not None
    assert not exact.bound.any()
    bounded = compute(made, "pass_through_up", exact=0, parties=["a"])
    assert bounded.bound is not None
    assert [party for party, bound in zip(made.parties, bounded.bound.tolist(), strict=True) if bound] == ["b"]
    assert bounded.values["a"] == exact.values["a"]
    assert bounded.array[made.index("b")] >= exact.array[made.index("b")]
    # the largest L_uf come first: of three in the cycle that is the focal party, then b
    two = compute(made, "pass_through_up", exact=2)
    assert two.bound is not None
    assert [party for party, bound in zip(made.parties, two.bound.tolist(), strict=True) if bound] == ["a"]


def test_in_a_large_ecosystem_fewer_are_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("a", "b", 50), ("b", "a", 20), ("b", "firm", 60), ("firm", "a", 5), ("work", "a", 30), ("firm", "shop", 90)]
    made = ecosystem(chain_records(rows), "firm")
    assert (pass_through.EXACT, pass_through.EXACT_LARGE, pass_through.LARGE) == (200, 8, 20_000)
    for large, bounds in ((5, 0), (4, 2)):
        monkeypatch.setattr(pass_through, "LARGE", large)
        monkeypatch.setattr(pass_through, "EXACT_LARGE", 1)
        found = compute(made, "pass_through_up").bound
        assert found is not None
        assert found.sum() == bounds


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 99)), min_size=1, max_size=20, unique_by=lambda row: row[:2]))
def test_they_are_the_dense_inverses(rows: list[tuple[int, int, int]]) -> None:
    made = ecosystem(chain_records([(f"p{u}", f"p{v}", float(w)) for u, v, w in rows]), f"p{rows[0][0]}")
    n, focal = len(made.parties), made.focal
    assert focal is not None
    z = np.zeros((n, n))
    for u, v, w in rows:
        z[made.index(f"p{u}"), made.index(f"p{v}")] = w
    x = np.maximum(z.sum(axis=0), z.sum(axis=1))
    up, down = compute(made, "pass_through_up"), compute(made, "pass_through_down")
    if "closed-cycle" in up.reasons.values():
        return
    leontief, ghosh = np.linalg.inv(np.eye(n) - z / x), np.linalg.inv(np.eye(n) - z / x[:, None])
    assert up.array.tolist() == pytest.approx((leontief[:, focal] / leontief.diagonal()).tolist(), abs=1e-9)
    assert down.array.tolist() == pytest.approx((ghosh[focal] / ghosh.diagonal()).tolist(), abs=1e-9)

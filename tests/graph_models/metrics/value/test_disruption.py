"""Disruption: DebtRank by hand and by its equations, what does not come back, and where it is not asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.flows.value_chain import value_chain_of
from graph_models.metrics.value import disruption
from graph_models.metrics.value.disruption import disrupted_by
from tests.graph_models.kernels.flow.test_distress import equations
from tests.graph_models.metrics.made import chain_records, ecosystem, parties, ties

RING = [("a", "b", 50), ("b", "c", 50), ("c", "a", 50), ("r", "a", 50), ("r", "b", 50), ("r", "c", 50)]
"""Each of a, b, c buys half from the one before it and half from r; outputs 100, 100, 100, 150."""


def test_distress_in_a_ring_goes_round_once() -> None:
    """a fails: b .5, c .25, and a has failed already. r fails: a, b, c .5 each, each adds half of that to the next, and there it ends."""
    values = compute(ecosystem(chain_records(RING), "a"), "disruption").values
    assert values == pytest.approx({"a": 75 / 450, "b": 75 / 450, "c": 75 / 450, "r": 3 * 75 / 450})


def test_the_worked_chain_by_hand() -> None:
    """Retail fails: Consumer loses all, Firm 5 of the 135 that it buys; so do all that live on Firm alone, and Firm once more, by Service."""
    values = compute(ecosystem(chain_records(), "Firm"), "disruption").values
    assert values["Consumer"] == values["Enterprise"] == values["OtherOEM"] == 0
    firm = 5 / 135
    lost = 160 + firm * (1 + 10 / 135) * 350 + firm * (210 + 70 + 220)  # Distributor, Service; Enterprise by three ways
    assert values["Retail"] == pytest.approx(lost / 1525)


def test_who_fails_is_not_counted_and_nobody_is_lost_twice() -> None:
    rows = [("a", "b", 10), ("b", "a", 5), ("a", "c", 10), ("b", "c", 10)]
    values = compute(ecosystem(chain_records(rows), "a"), "disruption").values
    # a fails: b loses all it buys, c half at once; b then takes the other half of c. Outputs a 20, b 15, c 20.
    assert values == pytest.approx({"a": (15 + 20) / 55, "b": (20 + 20) / 55, "c": 0})


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 99)), min_size=1, max_size=24, unique_by=lambda row: row[:2]))
def test_it_is_what_the_equations_say(rows: list[tuple[int, int, int]]) -> None:
    made = ecosystem(chain_records([(f"p{u}", f"p{v}", float(w)) for u, v, w in rows]), f"p{rows[0][0]}")
    z = np.zeros((len(made.parties),) * 2)
    for u, v, w in rows:
        z[made.index(f"p{u}"), made.index(f"p{v}")] = w
    purchases, output = z.sum(axis=0), np.maximum(z.sum(axis=0), z.sum(axis=1))
    dependence = np.divide(z, purchases, out=np.zeros_like(z), where=purchases > 0)
    found = compute(made, "disruption").array
    assert found.tolist() == pytest.approx([equations(dependence, output / output.sum(), place) for place in range(len(z))])
    assert (found >= 0).all()
    assert (found <= 1).all()
    chain = value_chain_of(made, DEFAULTS)
    assert disrupted_by(chain, np.array([len(z) - 1])).tolist() == [found[-1]]


def test_in_a_large_ecosystem_it_is_asked_of_the_largest_and_of_those_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disruption, "EVERY", 9)
    monkeypatch.setattr(disruption, "LARGEST", 2)
    made = ecosystem(chain_records(), "Firm")
    found = compute(made, "disruption", parties=["RawMat"])
    assert {party for party, value in found.values.items() if value is not None} == {"Firm", "Enterprise", "RawMat"}
    assert set(found.reasons.values()) == {"not-among-largest"}
    monkeypatch.undo()
    every = compute(made, "disruption")
    assert not every.reasons
    assert found.values["RawMat"] == every.values["RawMat"]


def test_where_nobody_trades_it_is_undefined_and_a_unit_is_rolled_up() -> None:
    assert set(compute(ecosystem(parties("a", "b"), "a"), "disruption").reasons.values()) == {"no-value-chain"}
    records = chain_records() + parties("lab", kind="unit") + ties([("lab", "Firm")], "part_of")
    assert compute(ecosystem(records, "Firm"), "disruption").reasons == {"lab": "rolled-up"}


def test_demand_disruption_runs_against_the_deliveries() -> None:
    """firm sells 30 of 40 to the shop and 10 to the hotel; the mine sells 40 of 80 to firm. Without the shop firm loses .75, the mine .375."""
    made = ecosystem(chain_records([("mine", "firm", 40), ("mine", "else", 40), ("firm", "shop", 30), ("firm", "hotel", 10)]), "firm")
    values = compute(made, "demand_disruption").values
    assert values["shop"] == pytest.approx((0.75 * 40 + 0.375 * 80) / 200)
    assert values["hotel"] == pytest.approx((0.25 * 40 + 0.125 * 80) / 200)
    assert values["mine"] == 0
    mirrored = ecosystem(chain_records([("firm", "mine", 40), ("else", "mine", 40), ("shop", "firm", 30), ("hotel", "firm", 10)]), "firm")
    assert compute(mirrored, "disruption").values == pytest.approx(values)

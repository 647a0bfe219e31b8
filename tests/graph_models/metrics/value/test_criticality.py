"""Criticality: the worked example, and what is lost when a party is taken away."""

from __future__ import annotations

import pytest

from graph_models import compute
from tests.graph_models.metrics.made import chain_records, ecosystem


def test_the_worked_example() -> None:
    result = compute(ecosystem(chain_records(), "Firm"), "criticality")
    assert {party: value for party, value in result.values.items() if value} == pytest.approx(
        {"Distributor": 0.409207, "Retail": 0.409207, "TierOne": 0.165422, "TierTwo": 0.066169}, abs=1e-6
    )
    assert result.reasons == {"Firm": "focal-party"}
    assert result.values["Enterprise"] == result.values["Consumer"] == 0


def test_two_ways_to_a_customer_leave_nobody_critical() -> None:
    values = compute(ecosystem(chain_records([("f", "a", 5), ("f", "b", 5), ("a", "c", 5), ("b", "c", 5)]), "f"), "criticality").values
    assert values == {"a": 0, "b": 0, "c": 0, "f": None}

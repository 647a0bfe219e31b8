"""With the rules of the second version switched off, the numbers are those of before (settled.md, "Mending")."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from graph_models import Ecosystem, compute
from graph_models.ecosystem.parameters import SPECS
from tests.graph_models.generated import METRICS, SEEDS, SWITCHED_OFF, records_of

BEFORE: dict[str, dict[str, list[float | None]]] = json.loads(Path(__file__).with_name("before_5169bd6.json").read_text("utf-8"))
"""seed -> metric -> the values of the parties, by id, that commit 5169bd6 computed; to 12 digits."""
OFF: dict[str, Any] = {name: value for name, value in SWITCHED_OFF.items() if name in SPECS}
FOCAL_NULL = frozenset({"criticality"})
"""Answered null for the focal party since then."""


def numbers(values: dict[str, float | None], left_out: set[str]) -> dict[str, float]:
    """Undefined is -1, which no metric answers."""
    return {party: -1.0 if value is None else value for party, value in values.items() if party not in left_out}


@pytest.mark.parametrize("seed", SEEDS)
def test_switched_off_the_numbers_are_those_of_before(seed: int) -> None:
    ecosystem = Ecosystem.from_records(records_of(seed), "f", "2025-12-31")
    for metric in METRICS:
        left_out = {"f"} if metric in FOCAL_NULL else set()
        found = numbers(compute(ecosystem, metric, **OFF).values, left_out)
        assert found == pytest.approx(numbers(dict(zip(ecosystem.parties, BEFORE[str(seed)][metric], strict=True)), left_out), rel=1e-9, abs=1e-9), metric


def test_switched_on_they_are_not() -> None:
    """Otherwise the test above would show nothing."""
    ecosystem = Ecosystem.from_records(records_of(SEEDS[0]), "f", "2025-12-31")
    for metric in ("influence", "wso", "reach", "strength_in"):
        assert compute(ecosystem, metric).values != compute(ecosystem, metric, **OFF).values

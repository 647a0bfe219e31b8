"""Classes of parties as text metrics: a list of conditions, the first of which that holds decides, each with the facts that show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.customers.shown_facts import evidence_of
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.metrics.result import MetricResult, text_result
from graph_models.notices import Warning


class Condition(NamedTuple):
    """One test of every party: the class that it gives, where it holds, the number that it looks at, and from where on it holds."""

    name: str
    gives: str
    holds: Mask
    raw: Floats | None = None
    """Along the parties, in its own unit; ``None`` where the test is a plain yes or no."""
    threshold: float | None = None
    facts: Callable[[int], Sequence[int] | Longs] = lambda place: ()
    """The place of a party -> the numbers of the facts that the test looked at."""


class Classification(NamedTuple):
    """The conditions of a class in their order, and who has none for which reason."""

    conditions: tuple[Condition, ...]
    undefined: Mapping[str, Mask | bool]
    present: Mask | None = None
    origin: Sequence[str | None] | None = None
    warnings: tuple[Warning, ...] = ()
    parameters: Mapping[str, Any] = {}
    otherwise: str | None = None
    """The reason of those for whom no condition holds; ``None`` where one holds for everybody."""

    def result(self, ecosystem: Ecosystem, metric: str) -> MetricResult:
        """The class of every party as a text metric."""
        texts, reached = np.full(len(ecosystem.parties), None, object), np.zeros(len(ecosystem.parties), bool)
        for condition in reversed(self.conditions):
            texts[condition.holds] = condition.gives
            reached |= condition.holds
        return text_result(
            ecosystem,
            metric,
            texts.tolist(),
            undefined={**self.undefined, **({self.otherwise: ~reached} if self.otherwise is not None else {})},
            present=self.present,
            origin=self.origin,
            warnings=list(self.warnings),
            parameters=dict(self.parameters),
        )

    def parts_of(self, ecosystem: Ecosystem, place: int) -> list[dict[str, Any]]:
        """Why a party has its class: one part a condition; the one that decided has 1 point, the others 0."""
        decided = next(condition for condition in self.conditions if condition.holds[place])
        return [_part(ecosystem, condition, place, condition is decided) for condition in self.conditions]

    @property
    def rule(self) -> dict[str, float]:
        """The thresholds, by the names of the conditions."""
        return {condition.name: condition.threshold for condition in self.conditions if condition.threshold is not None}


def _part(ecosystem: Ecosystem, condition: Condition, place: int, decided: bool) -> dict[str, Any]:
    return {
        "part": condition.name,
        "raw": None if condition.raw is None or np.isnan(condition.raw[place]) else float(condition.raw[place]),
        "normalised": float(condition.holds[place]),
        "weight": 1.0,
        "points": float(decided),
        "reason": None,
        "evidence": evidence_of(ecosystem, place, condition.facts(place), float(decided)),
    }

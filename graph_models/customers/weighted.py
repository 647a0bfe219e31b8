"""Numbers from 0 to 1 that are weighted means of parts: what is unknown of a party is left out and shown as coverage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.customers.shown_facts import evidence_of
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.metrics.result import MetricResult, number_result
from graph_models.notices import Warning


class WeightedPart(NamedTuple):
    """One part along the parties: ``raw`` in its own unit, ``normalised`` from 0 to 1; NaN where it is unknown, for ``reason``."""

    name: str
    weight: float
    raw: Floats
    normalised: Floats
    reason: str
    facts: Callable[[int], Sequence[int] | Longs]


class Weighted(NamedTuple):
    """The parts of a number, and who has none for which reason."""

    parts: tuple[WeightedPart, ...]
    undefined: Mapping[str, Mask | bool]
    present: Mask | None = None
    warnings: tuple[Warning, ...] = ()

    def result(self, ecosystem: Ecosystem, metric: str) -> MetricResult:
        """The weighted mean of what is known of every party, with its coverage: the part of the weights that are known."""
        total, known = np.zeros((2, len(ecosystem.parties)))
        for part in self.parts:
            total += part.weight * np.nan_to_num(part.normalised)
            known += part.weight * ~np.isnan(part.normalised)
        value = np.divide(total, known, out=np.full(len(known), np.nan), where=known > 0)
        coverage = known / sum(part.weight for part in self.parts) if self.parts else None
        return number_result(ecosystem, metric, value, undefined=self.undefined, present=self.present, coverage=coverage, warnings=list(self.warnings))

    def parts_of(self, ecosystem: Ecosystem, place: int) -> list[dict[str, Any]]:
        """Why a party has its number: the points of the parts add up to it."""
        known = sum(part.weight for part in self.parts if not np.isnan(part.normalised[place]))
        return [_part(ecosystem, part, place, known) for part in self.parts]

    @property
    def rule(self) -> dict[str, float]:
        """The weights, by the names of the parts."""
        return {part.name: part.weight for part in self.parts}


def _part(ecosystem: Ecosystem, part: WeightedPart, place: int, known: float) -> dict[str, Any]:
    if np.isnan(part.normalised[place]):
        return {"part": part.name, "raw": None, "normalised": None, "weight": part.weight, "points": 0.0, "reason": part.reason, "evidence": []}
    points = part.weight * float(part.normalised[place]) / known
    return {
        "part": part.name,
        "raw": float(part.raw[place]),
        "normalised": float(part.normalised[place]),
        "weight": part.weight,
        "points": points,
        "reason": None,
        "evidence": evidence_of(ecosystem, place, part.facts(place), points),
    }

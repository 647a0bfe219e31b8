"""Numbers from 0 to 1 that are weighted means of parts: what is unknown of a party is left out and shown as coverage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.customers.classification import SHOWN_FACTS
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
    parameters: Mapping[str, Any] = {}

    @property
    def known(self) -> Floats:
        """Per party the weight of the parts that are known."""
        return np.asarray(sum(part.weight * ~np.isnan(part.normalised) for part in self.parts), np.float64)

    @property
    def value(self) -> Floats:
        """Per party the weighted mean of what is known."""
        total, known = sum(part.weight * np.nan_to_num(part.normalised) for part in self.parts), self.known
        return np.asarray(np.divide(total, known, out=np.full(len(known), np.nan), where=known > 0), np.float64)


def weighted_result(ecosystem: Ecosystem, metric: str, weighted: Weighted) -> MetricResult:
    """The weighted mean of every party, with its coverage."""
    if not weighted.parts:
        nothing = np.full(len(ecosystem.parties), np.nan)
        return number_result(ecosystem, metric, nothing, undefined=weighted.undefined, present=weighted.present)
    coverage = weighted.known / sum(part.weight for part in weighted.parts)
    return number_result(
        ecosystem,
        metric,
        weighted.value,
        undefined=weighted.undefined,
        present=weighted.present,
        coverage=coverage,
        warnings=list(weighted.warnings),
        parameters=dict(weighted.parameters),
    )


def weighted_parts(ecosystem: Ecosystem, weighted: Weighted, place: int) -> list[dict[str, Any]]:
    """Why a party has its number: the points of the parts add up to it."""
    return [_part(ecosystem, part, place, float(weighted.known[place])) for part in weighted.parts]


def _part(ecosystem: Ecosystem, part: WeightedPart, place: int, known: float) -> dict[str, Any]:
    if np.isnan(part.normalised[place]):
        return {"part": part.name, "raw": None, "normalised": None, "weight": part.weight, "points": 0.0, "reason": part.reason, "evidence": []}
    points = part.weight * float(part.normalised[place]) / known
    facts = ecosystem.fact_ids(sorted({int(fact) for fact in part.facts(place)}, reverse=True)[:SHOWN_FACTS])
    evidence = [{"path": [ecosystem.parties[place]], "facts": facts, "implied": [], "also_stated": [], "contribution": points}] if facts else []
    return {
        "part": part.name,
        "raw": float(part.raw[place]),
        "normalised": float(part.normalised[place]),
        "weight": part.weight,
        "points": points,
        "reason": None,
        "evidence": evidence,
    }

"""Classes of parties as text metrics: a list of conditions, the first of which that holds decides, each with the facts that show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.metrics.result import MetricResult, text_result
from graph_models.notices import Warning

SHOWN_FACTS = 20
"""So many facts are listed as the evidence of a condition, the newest first."""


class Condition(NamedTuple):
    """One test of every party: the class that it gives, where it holds, the number that it looks at, and from where on it holds."""

    name: str
    gives: str
    holds: Mask
    raw: Floats | None = None
    """Along the parties, in its own unit; ``None`` where the test is a plain yes or no."""
    threshold: float | None = None
    facts: Callable[[int], Sequence[int] | Longs] | None = None
    """The place of a party -> the numbers of the facts that the test looked at."""


Conditions: TypeAlias = Callable[[Ecosystem, Parameters], "Classification"]


class Classification(NamedTuple):
    """The conditions of a class in their order, and who has none for which reason."""

    conditions: tuple[Condition, ...]
    undefined: Mapping[str, Mask | bool]
    present: Mask | None = None
    origin: Sequence[str | None] | None = None
    warnings: tuple[Warning, ...] = ()
    parameters: Mapping[str, Any] = {}


def class_result(ecosystem: Ecosystem, metric: str, classes: Classification) -> MetricResult:
    """The class of every party as a text metric."""
    n = len(ecosystem.parties)
    texts = np.full(n, None, object)
    for condition in reversed(classes.conditions):
        texts[condition.holds] = condition.gives
    return text_result(
        ecosystem,
        metric,
        texts.tolist(),
        undefined={**classes.undefined, "no-class": texts == None},  # noqa: E711 - along an array
        present=classes.present,
        origin=classes.origin,
        warnings=list(classes.warnings),
        parameters=dict(classes.parameters),
    )


def class_parts(ecosystem: Ecosystem, classes: Classification, place: int) -> list[dict[str, Any]]:
    """Why a party has its class: one part a condition; the one that decided has 1 point, the others 0."""
    decided = next((condition for condition in classes.conditions if condition.holds[place]), None)
    return [_part(ecosystem, condition, place, condition is decided) for condition in classes.conditions]


def _part(ecosystem: Ecosystem, condition: Condition, place: int, decided: bool) -> dict[str, Any]:
    raw = None if condition.raw is None or np.isnan(condition.raw[place]) else float(condition.raw[place])
    holds = bool(condition.holds[place])
    facts = [] if condition.facts is None else sorted({int(fact) for fact in condition.facts(place)}, reverse=True)
    evidence = ecosystem.fact_ids(facts[:SHOWN_FACTS])
    return {
        "part": condition.name,
        "raw": raw,
        "normalised": float(holds),
        "weight": 1.0,
        "points": float(decided),
        "reason": None,
        "evidence": [{"path": [ecosystem.parties[place]], "facts": evidence, "implied": [], "also_stated": [], "contribution": float(decided)}]
        if evidence
        else [],
    }


def rule_of(classes: Classification) -> dict[str, Any]:
    """The thresholds that decided, by the names of the conditions."""
    return {condition.name: condition.threshold for condition in classes.conditions if condition.threshold is not None}

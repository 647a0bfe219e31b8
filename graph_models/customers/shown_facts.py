"""The facts of one party as the evidence of a part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph_models.arrays.types import Longs
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.scores.evidence import Item

SHOWN_FACTS = 20
"""So many facts are listed as the evidence of a part, the last first."""


def evidence_of(ecosystem: Ecosystem, place: int, facts: Sequence[int] | Longs, contribution: float) -> list[dict[str, Any]]:
    """The facts by their numbers, each once; nothing where there are none."""
    shown = ecosystem.fact_ids(sorted({int(fact) for fact in facts}, reverse=True)[:SHOWN_FACTS])
    return [Item((place,), shown, contribution).as_json(ecosystem)] if shown else []

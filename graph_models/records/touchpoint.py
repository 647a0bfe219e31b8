"""A touchpoint: a dated contact between two parties."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from graph_models.records.dates import Period, moment_period
from graph_models.records.evidence import Fact, Id

SCALES: dict[str, tuple[int, int]] = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
"""The lowest and the highest answer of each survey measure; an answer is a whole number between them."""


class Touchpoint(Fact, frozen=True, kw_only=True, tag="touchpoint"):
    """An event: order, visit, call, complaint, survey answer ... ``responds_to`` closes the feedback loop.

    ``cost`` is what serving the party then cost, in ``currency``; ``due`` is the day by which an answer is promised.
    """

    source: Id
    target: Id
    kind: str
    occurred_at: str
    channel: str | None = None
    text: str | None = None
    topics: list[str] | None = None
    sentiment: Annotated[float, msgspec.Meta(ge=-1.0, le=1.0)] | None = None
    measure: Literal["nps", "csat", "ces"] | None = None
    aspect: str | None = None
    value: float | None = None
    amount: Decimal | None = None
    currency: str | None = None
    product: str | None = None
    case: str | None = None
    responds_to: Id | None = None
    intent: str | None = None
    due: str | None = None
    outcome: str | None = None
    cost: Decimal | None = None

    def period(self) -> Period:
        return moment_period(self.occurred_at)

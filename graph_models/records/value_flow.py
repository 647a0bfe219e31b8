"""A value flow: something of value given by one party to another; and the rates that make currencies comparable."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from graph_models.records.dates import Period, event_period
from graph_models.records.evidence import Fact, Id, Stored, Unit

Positive = Annotated[float, msgspec.Meta(gt=0.0)]


class ValueFlow(Fact, frozen=True, kw_only=True, tag="value_flow"):
    """An event: ``source`` gives, ``target`` receives. ``utility`` or ``satisfaction`` x ``importance`` say what it is worth to the receiver."""

    source: Id
    target: Id
    kind: str
    amount: Decimal | None = None
    currency: str | None = None
    quantity: float | None = None
    unit: str | None = None
    product: str | None = None
    channel: str | None = None
    in_return_for: str | None = None
    utility: Unit | None = None
    satisfaction: Literal["A", "B", "C", "D", "E"] | None = None
    importance: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    valid_from: str | None = None
    valid_to: str | None = None

    def period(self) -> Period:
        return event_period(self.valid_from, self.valid_to)


class ExchangeRate(Stored, frozen=True, kw_only=True, tag="exchange_rate"):
    """An event: ``rate`` base units are paid for one unit of ``currency`` from ``valid_from`` on. Its id is made from these."""

    id: str = ""
    currency: str
    base_currency: str
    rate: Positive
    valid_from: str

    def period(self) -> Period:
        return event_period(self.valid_from, None)

"""An assessment: what a person judges about a party on a day, and why."""

from __future__ import annotations

from graph_models.records.dates import Period, state_period
from graph_models.records.evidence import Fact, Id

SCHEMES: dict[str, tuple[str, ...]] = {
    "salience": ("power", "legitimacy", "urgency"),
    "power_interest": ("power", "interest"),
    "value_closeness": ("value", "closeness"),
    "kraljic": ("profit_impact", "supply_risk"),
}
"""The schemes that the service computes with: their values, each 0-1. Other schemes are kept as they come."""


class Assessment(Fact, frozen=True, kw_only=True, tag="assessment"):
    """An event: ``source`` (nobody in particular, if null) judges ``target``. The newest valid one counts.

    A judgement holds until it is withdrawn, so without an end it stays open, unlike other events.
    """

    source: Id | None = None
    target: Id
    scheme: str
    values: dict[str, float]
    reason: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None

    def period(self) -> Period:
        return state_period(self.valid_from, self.valid_to)

"""A role: what a party is toward another party for a period."""

from __future__ import annotations

from graph_models.records.dates import Period, state_period
from graph_models.records.evidence import Fact, Id


class Role(Fact, frozen=True, kw_only=True, tag="role"):
    """A state: ``source`` has the role toward ``target``. ``purpose`` parts end customers from channel customers."""

    source: Id
    target: Id
    role: str
    stage: str | None = None
    stage_reason: str | None = None
    reason_code: str | None = None
    decision_stage: str | None = None
    decision_role: str | None = None
    motives: list[str] | None = None
    product: str | None = None
    region: str | None = None
    tier: str | None = None
    purpose: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None

    def period(self) -> Period:
        return state_period(self.valid_from, self.valid_to)

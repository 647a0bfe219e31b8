"""A relationship: a dated tie without an amount."""

from __future__ import annotations

from graph_models.records.dates import Period, state_period
from graph_models.records.evidence import Fact, Id, Unit


class Relationship(Fact, frozen=True, kw_only=True, tag="relationship"):
    """A state: ``source`` owns, is part of, regulates ... ``target``. ``share`` is of ownership.

    ``interest`` tells apart several stakes of one party in another (shares, voting ...): without it two facts of one source, target and kind
    state the same.
    """

    source: Id
    target: Id
    kind: str
    strength: Unit | None = None
    share: Unit | None = None
    interest: str | None = None
    partnership: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None

    def period(self) -> Period:
        return state_period(self.valid_from, self.valid_to)

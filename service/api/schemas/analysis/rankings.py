"""Rankings over time."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from service.analysis import rankings
from service.api.schemas.analysis.analyses import UndefinedCount
from service.api.schemas.shapes import Answer, Day, Listed, Notice

Every = Literal["year", "quarter", "month"]


class RankingRequest(rankings.Asked, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"begin": "from", "end": "to"}):
    """Which parties are ranked, and how often."""

    role: Annotated[str, Meta(description="The parties that have it.")]
    every: Every = "year"
    begin: Annotated[str | None, Meta(description="A full day; default: the first on which value flowed.")] = None
    end: Annotated[str | None, Meta(description="A full day; default: the last on which value flowed.")] = None


class RankChange(Answer, frozen=True, kw_only=True):
    """What changed since the period before."""

    value: float
    rank: Annotated[int, Meta(description="Places won.")]


class PeriodStanding(Answer, frozen=True, kw_only=True):
    """Value and rank in one period."""

    value: float
    rank: int
    change: Annotated[RankChange | None, Meta(description="Null in the first period that has a value.")]


class PeriodScores(Answer, frozen=True, kw_only=True):
    """Both scores in one period; one that is undefined or 0 is left out."""

    influence: PeriodStanding | UnsetType = UNSET
    value_flow: PeriodStanding | UnsetType = UNSET


class RankedParty(Answer, frozen=True, kw_only=True):
    """A party, period after period."""

    party_id: str
    name: str
    by_period: Annotated[list[PeriodScores], Meta(description="In the order of `periods`.")]


class RankingPeriod(Answer, frozen=True, kw_only=True, rename={"begin": "from", "end": "to"}):
    """A period, and the analysis behind its numbers."""

    begin: Day
    end: Day
    analysis_id: str
    warnings: list[Notice]
    undefined: list[UndefinedCount]


class RankingAbout(Answer, frozen=True, kw_only=True):
    """A ranking without its items."""

    ranking_id: str
    role: str
    every: Every
    periods: list[RankingPeriod]
    total: Annotated[int, Meta(description="How many parties were ranked; a thousand are kept.")]


class Ranking(RankingAbout, frozen=True, kw_only=True):
    """A ranking: the parties that stood highest in any period first."""

    items: list[RankedParty]


class RankingList(Listed, frozen=True, kw_only=True):
    """Rankings, the newest first."""

    items: list[RankingAbout]

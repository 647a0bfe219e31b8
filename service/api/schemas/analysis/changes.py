"""What changed between two days: ranks, the structure, facts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from service.api.schemas.analysis.scores import ScoreName
from service.api.schemas.shapes import Answer, Day, Listed, Parties

ChangedFacts = Annotated[list[str], Meta(description="Ids of the facts behind it.")]


class ScoreSide(Answer, frozen=True, kw_only=True):
    """Value and rank on one of the days."""

    value: float
    rank: int


class RankChanged(Answer, frozen=True, kw_only=True, tag_field="kind", tag="rank"):
    """A party whose rank by a score differs."""

    change: Literal["entered", "left", "rose", "fell"]
    party_id: str
    score: ScoreName
    before: ScoreSide | None
    after: ScoreSide | None
    facts: ChangedFacts
    through: Annotated[Literal["paths", "own facts"] | None, Meta(description="Where these facts are: on the paths behind the score, or the party's own.")]


Side = Annotated[Any, Meta(description="By the change: fields of a party, ids of communities, a flag, the ends of a bridge, a number of components; or null.")]


class StructureChanged(Answer, frozen=True, kw_only=True, tag_field="kind", tag="structure"):
    """A party that came, went or changed; communities; what holds the network together."""

    change: Annotated[str, Meta(examples=["party-came", "party-went", "party-changed", "community-merged", "articulation-gained", "bridge-lost", "components"])]
    party_id: str | None
    before: Side
    after: Side
    message: str | UnsetType = UNSET
    parties: Parties | UnsetType = UNSET
    facts: ChangedFacts


class FactChanged(Answer, frozen=True, kw_only=True, tag_field="kind", tag="fact"):
    """A fact that began, ended or changed."""

    change: Literal["began", "changed", "ended"]
    party_id: Annotated[str | None, Meta(description="Whom it is about beside the focal party.")]
    type: Annotated[str, Meta(examples=["role", "relationship", "value_flow", "touchpoint", "assessment"])]
    before: Annotated[dict[str, Any] | None, Meta(description="The fields of the fact on the first day.")]
    after: Annotated[dict[str, Any] | None, Meta(description="The fields of the fact on the second day.")]
    facts: ChangedFacts


class Changes(Listed, frozen=True, kw_only=True, rename={"begin": "from", "end": "to"}):
    """What changed from one day to another: ranks, then the structure, then facts."""

    begin: Day
    end: Day
    known_at: Annotated[int, Meta(description="The revision as of which both days are known.")]
    items: list[RankChanged | StructureChanged | FactChanged]

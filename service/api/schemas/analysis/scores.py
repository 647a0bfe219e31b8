"""Numbers of an analysis: rankings of parties, all that one party has, series, comparisons, explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from msgspec import UNSET, Meta, UnsetType

from graph_models.analysis.registry import EXPLAINED
from service.api.schemas.analysis.rules import RuleVersions
from service.api.schemas.parameters import RanWith
from service.api.schemas.shapes import Answer, Day, Id, Listed, Notice, Rank, RankRange, Reason

ScoreName = Literal["influence", "value_flow"]
if TYPE_CHECKING:
    ExplainedName: TypeAlias = str
else:
    ExplainedName = Literal[EXPLAINED]
Value = Annotated[float | str | None, Meta(description="A number, for some metrics a text; null where it is undefined.")]
Coverage = Annotated[float | None, Meta(description="The part of the weights whose parts are known; null where it does not apply.")]


class Score(Answer, frozen=True, kw_only=True):
    """One value of one party."""

    value: Value
    bound: Annotated[bool, Meta(description="The value is an upper bound.")]
    reason: Reason
    rank: Rank
    rank_range: RankRange
    coverage: Coverage
    source: Annotated[
        str | UnsetType | None, Meta(description="Where a person may have said it: `judged`, `computed` or `blended`; of classes `stated` or `computed`.")
    ] = UNSET
    standard_error: Annotated[float | None, Meta(description="Of a sampled value; null where it is exact.")]
    n: Annotated[int | UnsetType | None, Meta(description="Of surveys: how many answers.")] = UNSET
    low: Annotated[float | UnsetType | None, Meta(description="Of surveys: lower end of the 95 % interval.")] = UNSET
    high: Annotated[float | UnsetType | None, Meta(description="Of surveys: upper end of the 95 % interval.")] = UNSET
    time_to_recover_days: Annotated[float | UnsetType | None, Meta(description="Of `ttr_tts`.")] = UNSET
    time_to_survive_days: Annotated[float | UnsetType | None, Meta(description="Of `ttr_tts`.")] = UNSET
    amount: Annotated[float | UnsetType | None, Meta(description="Of `ttr_tts`: the value at risk, in the base currency.")] = UNSET
    points_missing: Annotated[float | UnsetType | None, Meta(description="Of `loyalty_level`: points to the next level; null at the highest.")] = UNSET
    amount_missing: Annotated[float | UnsetType | None, Meta(description="Of `loyalty_level`: what it would have to pay for them.")] = UNSET


class RankedScore(Score, frozen=True, kw_only=True):
    """One value in the ranking of a metric."""

    party_id: str
    name: Annotated[str, Meta(description="The party's name.")]


class ScoreList(Listed, frozen=True, kw_only=True):
    """One result of an analysis, the highest first; undefined ones last."""

    items: list[RankedScore]
    metric: str
    parameters: Annotated[RanWith, Meta(description="What it was computed with.")]
    rules: RuleVersions | UnsetType = UNSET


class PartyScore(Score, frozen=True, kw_only=True):
    """One value of the party that was asked for."""

    metric: str
    name: Annotated[str, Meta(description="The name of the result: two runs of a metric have different ones.")]


class PartyScores(Answer, frozen=True, kw_only=True):
    """Every number that an analysis has of one party."""

    party_id: str
    items: list[PartyScore]


class SeriesItem(Answer, frozen=True, kw_only=True):
    """The value on one date."""

    as_of: Day
    value: Value
    rank: Rank
    reason: Annotated[str | None, Meta(description="Why there is no value; `absent`: the party was not there, or the result not computed.")]


class Series(Answer, frozen=True, kw_only=True):
    """One result of one party over time."""

    party_id: str
    metric: str
    name: str
    items: list[SeriesItem]


class ComparedAnalysis(Answer, frozen=True, kw_only=True):
    """One of the two analyses."""

    analysis_id: Id
    as_of: Day
    known_at: Annotated[int, Meta(description="The revision up to which facts were known.")]
    snapshot_id: str
    parameters_hash: str


class Standing(Answer, frozen=True, kw_only=True):
    """Value and rank in one analysis."""

    value: float | None
    reason: Reason
    rank: Rank


class ComparedItem(Answer, frozen=True, kw_only=True):
    """A party in both analyses."""

    party_id: str
    name: str
    before: Annotated[Standing | None, Meta(description="Null where the party is not in that analysis.")]
    after: Standing | None
    change: Annotated[float | None, Meta(description="after - before; null where one of them is undefined.")]
    rank_change: Annotated[int | None, Meta(description="Places won.")]


class Comparison(Listed, frozen=True, kw_only=True):
    """One result of two analyses, the largest change first."""

    name: str
    analyses: Annotated[list[ComparedAnalysis], Meta(min_length=2, max_length=2)]
    differs: Annotated[list[str], Meta(description="In what else than this result the two are not alike.", examples=[["as_of", "snapshot_id"]])]
    items: list[ComparedItem]


class EvidenceItem(Answer, frozen=True, kw_only=True):
    """A loop, walk or chain behind a part of a score."""

    path: Annotated[list[str], Meta(description="Ids of the parties on it, in order.")]
    facts: Annotated[list[str], Meta(description="Ids of the facts on it.")]
    implied: Annotated[list[str], Meta(description="Payments that imply a return which no fact states.")]
    also_stated: Annotated[list[str], Meta(description="Facts that state the same claim and were not counted again.")]
    lots: Annotated[
        list[str | None] | UnsetType,
        Meta(description="Along the path: the product in whose lot the value passes each party; left out where no lot has a name."),
    ] = UNSET
    contribution: Annotated[float, Meta(description="What it adds to the raw value of the part.")]


class ScorePart(Answer, frozen=True, kw_only=True):
    """One part of a score."""

    part: str
    raw: Annotated[float | None, Meta(description="As its metric has it.")]
    normalised: Annotated[float | None, Meta(description="From 0 to 1.")]
    weight: float
    points: Annotated[float, Meta(description="What it adds to the score.")]
    reason: Reason
    evidence: list[EvidenceItem]


class InfluentialFact(Answer, frozen=True, kw_only=True):
    """The fact that matters most."""

    fact_id: str
    value_without: Annotated[float | None, Meta(description="The score as if the fact were not there.")]


class Explanation(Answer, frozen=True, kw_only=True):
    """Why a party has its score or its class."""

    party_id: str
    score: ExplainedName
    value: Annotated[float, Meta(ge=0, le=100)] | str | None
    reason: Reason
    rank: Rank
    rank_range: RankRange
    coverage: Coverage
    parts: list[ScorePart]
    most_influential_fact: Annotated[InfluentialFact | None, Meta(description="Only with `counterfactual=true`.")]
    profile: Annotated[str | UnsetType, Meta(description="Of scores.")] = UNSET
    profile_version: int | UnsetType = UNSET
    rule: Annotated[dict[str, Any] | UnsetType, Meta(description="Of classes: the thresholds, by part.")] = UNSET
    rules: RuleVersions | UnsetType = UNSET
    warnings: list[Notice]
    snapshot_id: str

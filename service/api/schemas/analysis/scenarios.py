"""Scenarios: what is asked, and what it comes to."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from graph_models.records.record_types import Record
from graph_models.scenarios import edits as scenario_edits
from service.analysis import scenarios
from service.api.schemas.analysis.scores import ScoreName
from service.api.schemas.parameters import Parameters
from service.api.schemas.shapes import Answer, Day, Listed, Notice, Parties, Time, Truncated


class AddEdit(scenario_edits.Add, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="op", tag="add"):
    """A record more, as in a batch."""

    record: Record  # type: ignore[assignment]


class ReplaceEdit(scenario_edits.Replace, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="op", tag="replace"):
    """A record in the place of the one of its type and id."""

    record: Record  # type: ignore[assignment]


EditSent = (
    scenario_edits.RemoveParty | scenario_edits.RemoveFact | AddEdit | ReplaceEdit | scenario_edits.Scale | scenario_edits.Redirect | scenario_edits.Merge
)


class ScenarioBase(scenarios.Base, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which instant the ecosystem is that the edits start from."""


class ScenarioRequest(scenarios.Request, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is assumed."""

    edits: Annotated[list[EditSent], Meta(description="Done one after the other.", max_length=scenario_edits.MAX_EDITS)]
    base: ScenarioBase = ScenarioBase()
    parameters: Parameters = UNSET


class ScenarioInstant(Answer, frozen=True, kw_only=True):
    """The day and the revision that the edits start from."""

    as_of: Day
    known_at: int


class ScenarioItem(Answer, frozen=True, kw_only=True):
    """A scenario in short."""

    id: str
    name: str
    base: ScenarioInstant
    snapshot_id: str
    value_lost: Annotated[float | None, Meta(description="Money that no longer arrives, in the base currency; null with a reason in `reasons`.")]
    scores_moved: int
    recorded_at: Time


class ScenarioAbout(ScenarioItem, frozen=True, kw_only=True):
    """A scenario in a list."""

    edit_count: int


class ScenarioList(Listed, frozen=True, kw_only=True):
    """Scenarios, the newest first."""

    items: list[ScenarioAbout]


class ScoreMove(Answer, frozen=True, kw_only=True):
    """A party whose score moves."""

    party_id: str
    score: ScoreName
    before: float | None
    after: float | None
    change: float | None
    rank_before: int | None
    rank_after: int | None
    bound: bool
    reason: Annotated[str | None, Meta(description="Why there is no score on one side: `removed`, `added` ...")]


class MoneySide(Answer, frozen=True, kw_only=True):
    """Money before and after, in the base currency."""

    before: float
    after: float
    lost: float


class ValueLost(Answer, frozen=True, kw_only=True):
    """What the focal party no longer sells and buys."""

    currency: str
    sales: MoneySide
    purchases: MoneySide


class Disruption(Answer, frozen=True, kw_only=True):
    """What the loss of a party costs the chain beyond itself."""

    party_id: str
    value: Annotated[float | None, Meta(description="The share of the output that is distressed.")]
    reason: str | None


class OtherSupplier(Answer, frozen=True, kw_only=True):
    """Another supplier of the product."""

    party_id: str
    to_buyer: float
    in_all: float
    facts: list[str]
    facts_left_out: int


class Substitution(Answer, frozen=True, kw_only=True):
    """Who could deliver what a lost party delivered, and how much at most."""

    party_id: str
    buyer_id: str
    product: str | None
    lost: float
    facts: list[str]
    facts_left_out: int
    from_others: float
    others_in_all: float
    at_most: float
    share_at_most: float
    suppliers: list[OtherSupplier]
    suppliers_left_out: int


class ScenarioCut(Answer, frozen=True, kw_only=True):
    """What was left out of each list."""

    scores: Truncated | None
    cut_off: Annotated[Truncated | UnsetType | None, Meta(description="Left out where there is no focal party.")] = UNSET
    lost_only_channel: Annotated[Truncated | UnsetType | None, Meta(description="Left out where there is no focal party.")] = UNSET
    substitution: Truncated | None


class ScenarioOutcome(ScenarioItem, frozen=True, kw_only=True):
    """What a scenario came to."""

    focal_party_id: str
    base_currency: str
    parameters: Parameters
    profile: str
    profile_version: int
    scores: list[ScoreMove]
    value: ValueLost | None
    disruption: list[Disruption]
    cut_off: Annotated[Parties | None, Meta(description="Parties that have no way to the focal party any more.")]
    lost_only_channel: Annotated[Parties | None, Meta(description="End customers that the focal party does not reach any more.")]
    lost_only_channel_value: Annotated[dict[str, float] | None, Meta(description="Id of an end customer -> what it used, in the base currency.")]
    substitution: list[Substitution]
    truncated: ScenarioCut
    reasons: Annotated[dict[str, str], Meta(description="Field -> why it is null.")]
    warnings: list[Notice]


class Scenario(ScenarioOutcome, frozen=True, kw_only=True):
    """A scenario: its definition and what it came to."""

    edits: Annotated[list[EditSent], Meta(description="As they were sent.")]


class ScenarioComparison(Answer, frozen=True, kw_only=True):
    """Scenarios side by side, without their edits."""

    scenarios: list[ScenarioOutcome]
    differs: Annotated[list[Literal["base", "snapshot_id", "parameters", "profile", "profile_version", "focal_party_id", "base_currency"]],
                       Meta(description="In what else than their edits they are not alike.")]  # fmt: skip

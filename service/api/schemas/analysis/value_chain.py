"""Views of the value chain: where value ends, on whom it draws, and what holds it back."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from service.api.schemas.analysis.views import PartyAsked, WhyEmpty
from service.api.schemas.shapes import Answer, Notice, Parties

PartOfOutput = Annotated[float, Meta(description="Of the output of the party asked for.")]
Money = Annotated[float, Meta(description="In the base currency.")]


class Lot(Answer, frozen=True, kw_only=True):
    """What a party trades in one product; `pool`: all that is in no lot."""

    product: str | None
    pool: bool
    share: PartOfOutput | UnsetType = UNSET
    requirement: float | UnsetType = UNSET


Lots = Annotated[list[Lot] | UnsetType, Meta(description="By product, where the party trades in lots.")]


class Sink(Answer, frozen=True, kw_only=True):
    """An end customer, or with `by` a group of them."""

    party_id: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    key: Annotated[str | UnsetType | None, Meta(description="With `by`: the region, or `scheme:code` of the industry; null: not known.")] = UNSET
    share: PartOfOutput
    amount: Money
    lots: Lots = UNSET
    parties: Annotated[list[str] | UnsetType, Meta(description="With `by`: ids of the end customers.")] = UNSET


class Through(Answer, frozen=True, kw_only=True):
    """A party at which value is lost sight of."""

    party_id: str
    share: PartOfOutput
    lots: Lots = UNSET


class Unattributed(Answer, frozen=True, kw_only=True):
    """What ends with parties that do not use it."""

    share: Annotated[float | None, Meta(description="Null where nothing is delivered.")]
    through: list[Through]


class Sinks(Answer, frozen=True, kw_only=True):
    """Where what a party delivers ends."""

    party_id: PartyAsked
    by: Literal["party", "industry", "region"]
    items: list[Sink]
    unattributed: Unattributed
    output: Annotated[float | UnsetType, Meta(description="What the party delivers in the period, in the base currency.")] = UNSET
    reason: WhyEmpty = UNSET
    warnings: list[Notice]


class TierItem(Answer, frozen=True, kw_only=True):
    """A supplier in one tier."""

    tier: Annotated[int, Meta(ge=1)]
    party_id: str
    requirement: Annotated[float, Meta(description="What one unit of output takes from it in this tier.")]
    lots: Lots = UNSET


class Requirement(Answer, frozen=True, kw_only=True):
    """A supplier over all tiers."""

    party_id: str
    requirement: float
    lots: Lots = UNSET


class Tiers(Answer, frozen=True, kw_only=True):
    """On whom what a party delivers draws."""

    party_id: PartyAsked
    items: list[TierItem]
    total: list[Requirement]
    reason: WhyEmpty = UNSET
    warnings: list[Notice]


class Cut(Answer, frozen=True, kw_only=True):
    """A delivery that holds the flow back."""

    source: str
    target: str
    amount: Money


class Bottleneck(Answer, frozen=True, kw_only=True, rename={"begin": "from", "end": "to"}):
    """How much value can reach one party from another."""

    begin: str
    end: str
    value: Annotated[float | None, Meta(description="In the base currency; null where one of the two is no node.")]
    cut: list[Cut]
    source_side: Annotated[Parties, Meta(description="The parties before the cut.")]
    rounding: Annotated[float | UnsetType, Meta(description="How far the whole numbers that were computed with lie from the value.")] = UNSET
    reason: WhyEmpty = UNSET
    warnings: list[Notice] | UnsetType = UNSET

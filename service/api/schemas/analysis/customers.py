"""Who the customers are, and on which chains the output comes to them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from service.api.schemas.analysis.rules import RuleVersions
from service.api.schemas.analysis.value_chain import Money, Through
from service.api.schemas.shapes import Answer, Listed, Notice

CustomerKind = Literal["end", "channel", "processor", "both"]
Share = Annotated[float, Meta(ge=0, le=1.000000001)]
FactIds = Annotated[list[str], Meta(description="Ids of the facts behind it.")]
OfOutput = Annotated[float, Meta(description="Of the output of the focal party.")]
OfProduct = Annotated[str | None, Meta(description="Null: the flows name none, or (with `products` above 1) the sum over the products.")]


class CustomerShares(Answer, frozen=True, kw_only=True):
    """What becomes of what a party bought; the four sum to 1."""

    resale: Share
    own_use: Share
    transformation: Share
    unattributed: Annotated[float, Meta(description="Nobody knows.")]


class StatedPurpose(Answer, frozen=True, kw_only=True):
    """A purpose that a role states."""

    purpose: str
    fact: Annotated[str, Meta(description="The id of the role.")]


class ShownUse(Answer, frozen=True, kw_only=True):
    """Use that touchpoints show."""

    confidence: Annotated[float, Meta(ge=0, le=1)]
    facts: FactIds


class Customer(Answer, frozen=True, kw_only=True):
    """A party with a product that it buys, or the sum of its products."""

    party_id: str
    name: str
    product: OfProduct
    products: Annotated[int, Meta(description="Of how many products it is the sum.")]
    kind: CustomerKind
    shares: CustomerShares
    bought: Annotated[float, Meta(description="In `unit`.")]
    sold: Annotated[float, Meta(description="In `unit`.")]
    unit: Annotated[str, Meta(description="The base currency, or the unit of all flows of the product with the party.", examples=["CNY"])]
    purposes: list[StatedPurpose]
    use: ShownUse
    users: Annotated[list[str], Meta(description="Ids of those for whom it buys.")]
    conflict: Annotated[
        Literal["resale-stated-none-sold", "own-use-stated-but-sold"] | None, Meta(description="Where what is stated and what is recorded differ.")
    ]
    hidden: Annotated[bool, Meta(description="Use is shown, and no purchase is recorded.")]
    share_of_output: Annotated[float, Meta(description="Of the output of the focal party what ends with it, used or transformed.")]
    facts: FactIds


class KindTotal(Answer, frozen=True, kw_only=True):
    """The parties of one kind."""

    kind: CustomerKind
    parties: int
    share: OfOutput


class UnattributedOutput(Answer, frozen=True, kw_only=True):
    """What ends with parties of whom nobody knows what they do with it."""

    share: OfOutput
    through: list[Through]


class CustomerList(Listed, frozen=True, kw_only=True):
    """The customers, those first with whom most of the output ends."""

    items: list[Customer]
    totals: Annotated[list[KindTotal], Meta(description="By the kind of a party over all its products; all parties, whatever is filtered.")]
    unattributed: UnattributedOutput
    rules: RuleVersions
    warnings: list[Notice]


class Chain(Answer, frozen=True, kw_only=True):
    """A way of one product from the focal party to an end customer."""

    parties: Annotated[list[str], Meta(description="Ids, from the focal party to the end customer.", examples=[["firm", "dist", "homes"]])]
    names: list[str]
    product: Annotated[str | None, Meta(description="Null: the flows name none.")]
    facts: FactIds
    share: OfOutput
    amount: Money


class Chains(Answer, frozen=True, kw_only=True):
    """The widest chains."""

    items: list[Chain]
    total_share: Annotated[float, Meta(description="Of the output what comes to these ends on all ways, those with circles too.")]
    shown_share: Annotated[float, Meta(description="Of the output what comes on the chains that are listed.")]
    truncated: Annotated[bool, Meta(description="There are more chains.")]
    warnings: list[Notice]

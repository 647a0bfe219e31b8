"""Views of an analysis: loops and flows, communities and the network, ownership, ties, give and get, and the quality of the data."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from service.api.schemas.shapes import Answer, Day, Listed, Notice, Parties, Share, Text, Truncated

PartyAsked = Annotated[str, Meta(description="The party that was asked for; by default the focal party.")]
WhyEmpty = Annotated[str | UnsetType | None, Meta(description="Why there is nothing to show; left out where there is something.")]


class Loop(Answer, frozen=True, kw_only=True):
    """A loop of exchange through the focal party."""

    score: Annotated[float, Meta(description="The product of the utilities on it.")]
    parties: Annotated[list[str], Meta(description="Ids in order, the focal party first and once.")]
    facts: Annotated[list[str], Meta(description="Ids of all facts on it.")]
    implied: Annotated[list[str], Meta(description="Payments that imply a return which no fact states.")]
    weakest_fact: Annotated[str, Meta(description="A fact of its weakest stream.")]


class LoopList(Listed, frozen=True, kw_only=True):
    """Loops, the strongest first."""

    items: list[Loop]
    total_score: float
    complete: Annotated[bool, Meta(description="False: only those above `min_loop_score` were found.")]
    min_loop_score: Annotated[float, Meta(description="The threshold that was used.")]
    max_length: int


class Flow(Answer, frozen=True, kw_only=True):
    """A stream: all flows of one kind and product from one party to another."""

    source: str
    target: str
    kind: str
    product: str | None
    facts: Annotated[list[str], Meta(description="Ids of its flows; of an implied one those of the payments that imply it.")]
    implied: Annotated[bool, Meta(description="No fact states it.")]
    utility: Annotated[float, Meta(description="What it is worth to the receiver, 0 to 1.")]
    utility_source: Literal["judged", "computed"]
    wvfo: Annotated[float | None, Meta(description="The share of the loops that it carries; null where it is undefined.")]
    rank: Annotated[int | None, Meta(description="1 is the highest.")]


class FlowList(Listed, frozen=True, kw_only=True):
    """Streams by the share of loops that they carry."""

    items: list[Flow]
    variant: Literal["share", "normalised"]


class Community(Answer, frozen=True, kw_only=True):
    """Parties that belong together."""

    community_id: Annotated[str, Meta(description="As the metric `community` names it.")]
    label: Text
    size: int
    parties: Parties
    truncated: Annotated[Truncated | None, Meta(description="`parties` is cut at a thousand.")]


class CommunityList(Listed, frozen=True, kw_only=True):
    """Communities, the largest first."""

    items: list[Community]
    modularity: Annotated[float | None, Meta(description="Of all of them; null where nobody is tied to anybody.")]


class StatisticParameters(Answer, frozen=True, kw_only=True):
    """How a number of the network was found."""

    sampled: bool | UnsetType = UNSET
    sources: Annotated[int | UnsetType, Meta(description="From how many parties distances were measured.")] = UNSET
    bound: Annotated[Literal["lower"] | UnsetType, Meta(description="The value is at least this.")] = UNSET
    sweeps: int | UnsetType = UNSET
    seed: int | UnsetType = UNSET
    communities: int | UnsetType = UNSET
    core: int | UnsetType = UNSET
    least_degree: int | UnsetType = UNSET
    roles: int | UnsetType = UNSET


class Statistic(Answer, frozen=True, kw_only=True):
    """One number of the network as a whole."""

    statistic: str
    value: float | int | None
    reason: Annotated[str | None, Meta(description="Why there is no value.")]
    parameters: StatisticParameters


class Bridge(Answer, frozen=True, kw_only=True):
    """A tie without which its two ends are not connected."""

    source: str
    target: str


class Network(Listed, frozen=True, kw_only=True):
    """The network as a whole. `total` and `next_cursor` are those of `bridges`."""

    statistics: list[Statistic]
    bridges: list[Bridge]


class Holding(Answer, frozen=True, kw_only=True):
    """Who holds the party, or what it holds."""

    party_id: str
    direct: Share
    integrated: Annotated[float | None, Meta(description="Directly and through others; null in a circle that never ends.")]
    controls: bool
    chain: Annotated[list[str], Meta(description="Ids of the parties on the strongest chain, from the holder on; of a long one both ends.")]
    chain_left_out: Annotated[int | UnsetType, Meta(description="How many parties of the chain are not shown.")] = UNSET
    reason: WhyEmpty = UNSET
    facts: Annotated[list[str] | UnsetType, Meta(description="Ids of the facts that state the direct stake.")] = UNSET
    also_stated: Annotated[list[str] | UnsetType, Meta(description="Facts that state the same stake and were not counted again.")] = UNSET


class OwnershipCut(Answer, frozen=True, kw_only=True):
    """What was left out of either list."""

    holders: Truncated | None
    holdings: Truncated | None


class Ownership(Answer, frozen=True, kw_only=True):
    """Who holds a party, and what it holds."""

    party_id: PartyAsked
    holders: list[Holding]
    holdings: list[Holding]
    reason: WhyEmpty = UNSET
    warnings: list[Notice]
    truncated: OwnershipCut


class Tie(Answer, frozen=True, kw_only=True):
    """One party with which there is a tie."""

    party_id: str
    name: str
    tie: Annotated[float, Meta(description="The weight of the tie, 0 to 1.")]
    facts: Annotated[int, Meta(description="How many facts are between the two.")]


class TieList(Answer, frozen=True, kw_only=True):
    """Ties of a party, the strongest first."""

    party_id: PartyAsked
    items: list[Tie]
    total: int
    truncated: Truncated | None
    reason: WhyEmpty = UNSET


class ImpliedReturns(Answer, frozen=True, kw_only=True):
    """Returns that the payments of the other side imply."""

    given: float
    received: float
    facts: Annotated[list[str], Meta(description="Ids of these payments.")]


class GiveGetItem(Answer, frozen=True, kw_only=True):
    """One kind of value between the party and the focal party."""

    kind: str
    given: Annotated[float, Meta(description="By the party, in `unit`.")]
    received: Annotated[float, Meta(description="By the party, in `unit`.")]
    implied: ImpliedReturns
    unit: Annotated[str, Meta(description="The base currency, a unit of quantity, or `flows`: how many there are.")]
    balance: Annotated[float, Meta(description="What is given less what is received.")]
    balance_includes_implied: Annotated[bool, Meta(description="Implied returns are part of `balance`.")]
    one_sided: Annotated[bool, Meta(description="It goes one way only.")]
    facts: list[str]


class GiveGet(Answer, frozen=True, kw_only=True):
    """What a party gives the focal party and gets from it; the focal party itself is held against all others."""

    party_id: PartyAsked
    items: list[GiveGetItem]
    one_sided: Annotated[bool, Meta(description="The whole relation goes one way only.")]
    reason: WhyEmpty = UNSET
    warnings: list[Notice]


class FactCounts(Answer, frozen=True, kw_only=True):
    """How many facts there are, and how far they can be trusted."""

    without_evidence: Annotated[int, Meta(description="They name no document.")]
    inferred: int
    hypothesis: int


class FamilyCounts(FactCounts, frozen=True, kw_only=True):
    """The counts of one type of facts."""

    family: Annotated[str, Meta(examples=["roles", "relationships", "value_flows", "touchpoints", "assessments"])]
    count: int


class TotalCounts(FactCounts, frozen=True, kw_only=True):
    """The counts of all facts."""

    parties: int
    facts: int


class RoleCounts(Answer, frozen=True, kw_only=True):
    """Roles under way, and how many of them are stale."""

    under_way: int
    stale: int


class StaleRole(Answer, frozen=True, kw_only=True):
    """A role under way between two parties of whom nothing was seen in the period."""

    fact: str
    source: str
    target: str
    role: str
    stage: str | None
    last_seen: Annotated[Day | None, Meta(description="The last value flow or touchpoint between the two; null: none.")]


class ClaimCounts(Answer, frozen=True, kw_only=True):
    """Roles and relationships of the day: what several sources state counts once."""

    facts: int
    claims: int


class Contradiction(Answer, frozen=True, kw_only=True):
    """A claim of which sources state different values; the statement that counts first."""

    family: str
    source: str
    target: str
    kind: str
    field: str
    facts: list[str]
    values: list[float | str | None]


class DataQuality(Answer, frozen=True, kw_only=True):
    """How far the facts can be trusted."""

    total: TotalCounts
    facts: list[FamilyCounts]
    roles: RoleCounts
    stale: list[StaleRole]
    claims: ClaimCounts
    contradictions: list[Contradiction]
    contradictions_left_out: int
    truncated: Annotated[Truncated | None, Meta(description="`stale` is cut at a thousand.")]

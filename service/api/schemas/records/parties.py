"""What is answered about one party: its page, its journey, the paths to others."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from graph_models.records.role import Role
from graph_models.records.touchpoint import Touchpoint
from service.api.schemas.analysis.scores import PartyScore
from service.api.schemas.analysis.views import GiveGetItem
from service.api.schemas.records.records import ANSWERED, defined
from service.api.schemas.shapes import Answer, Parties, Truncated

PartyPage: Any = defined(
    "PartyPage",
    "A party with all that belongs to it.",
    [
        ("roles", Annotated[list[Role], Meta(description="The roles that it has on that day.")]),
        ("scores", Annotated[list[PartyScore], Meta(description="What the newest analysis has of it; empty where there is none.")]),
        ("give_get", Annotated[list[GiveGetItem], Meta(description="What it gives the focal party and gets from it; empty for the focal party.")]),
        ("touchpoints", Annotated[list[Touchpoint], Meta(description="Its last ten touchpoints, the newest first.")]),
    ],
    ANSWERED["party"],
    tag="party",
    forbid_unknown_fields=False,
)


class JourneyStep(Answer, frozen=True, kw_only=True):
    """A touchpoint, or a role that came into a stage."""

    date: Annotated[str | None, Meta(description="When; null where nobody knows since when a role has been there.")]
    type: Literal["touchpoint", "role"]
    id: str
    kind: Annotated[str, Meta(description="The kind of the touchpoint, or the role.")]
    stage: Annotated[str | UnsetType | None, Meta(description="Of a role: its stage from then on.")] = UNSET
    record: Role | Touchpoint


class Journey(Answer, frozen=True, kw_only=True):
    """Dated touchpoints and changes of stage, oldest first."""

    party_id: str
    items: list[JourneyStep]
    truncated: Truncated | None


class PathItem(Answer, frozen=True, kw_only=True):
    """One way from the first party to the last."""

    parties: Parties
    facts: Annotated[list[str], Meta(description="Ids of the facts between its parties, step by step.")]
    strength: Annotated[float, Meta(description="The product of the weights of its ties, 0 to 1.")]


class Paths(Answer, frozen=True, kw_only=True):
    """The strongest paths, the strongest first."""

    items: list[PathItem]
    truncated: Truncated | None

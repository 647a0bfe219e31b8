"""Score profiles: weights of the parts of both scores."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from service.api.schemas.shapes import Answer, Listed, NamedItem, Time
from service.workspaces import score_profiles as profiles

Weights = Annotated[dict[str, float], Meta(description="Part -> weight, above 0; they need not sum to 1.")]


class ProfileRequest(profiles.Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Weights to be saved; what the service adds to its answer may be sent back."""

    influence: Weights
    value_flow: Weights
    influence_owned: Annotated[dict[str, float] | None, Meta(description="Hold where somebody owns the focal party; left out: `influence`.")] = None


class ScoreProfile(Answer, frozen=True, kw_only=True):
    """One version of a profile."""

    name: str
    version: int
    influence: Weights
    influence_owned: Annotated[dict[str, float] | UnsetType, Meta(description="Hold where somebody owns the focal party.")] = UNSET
    value_flow: Weights
    recorded_at: Annotated[Time | UnsetType, Meta(description="Left out of the one that is part of the product.")] = UNSET


class ProfileList(Listed, frozen=True, kw_only=True):
    """The names that `profile` of an analysis may have."""

    items: list[NamedItem]

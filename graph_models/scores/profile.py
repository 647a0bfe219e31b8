"""Score profiles: named weights of the parts of both scores."""

from __future__ import annotations

import msgspec


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Named weights of the parts of both scores; ``influence_owned`` holds where somebody owns the focal party."""

    name: str
    version: int
    influence: dict[str, float]
    influence_owned: dict[str, float]
    value_flow: dict[str, float]


DEFAULT_PROFILE = Profile(
    name="default",
    version=2,
    influence={"value_loops": 0.40, "reach": 0.25, "brokerage": 0.15, "salience": 0.20},
    influence_owned={"value_loops": 0.35, "reach": 0.20, "brokerage": 0.15, "salience": 0.15, "control": 0.15},
    value_flow={"pass_through": 0.6, "criticality": 0.4},
)
DEFAULT_VERSIONS: dict[int, Profile] = {1: msgspec.structs.replace(DEFAULT_PROFILE, version=1), 2: DEFAULT_PROFILE}
"""All versions of the default profile. Version 2 has the weights of version 1; what its parts are made of is new (docs/decisions/score-profile-2.md)."""

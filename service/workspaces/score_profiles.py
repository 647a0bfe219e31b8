"""Score profiles: a workspace's own weights of the parts of both scores, named and kept in versions."""

from __future__ import annotations

from math import isfinite
from typing import Any

import msgspec

from graph_models.decoding import decode_request
from graph_models.errors import FieldError, InvalidInput, NotFound
from graph_models.scores.profile import DEFAULT_PROFILE, DEFAULT_VERSIONS, Profile
from service.catalog.catalog import Versioned
from service.workspaces.context import Service

FAMILY: Any = "score-profile"
_INFLUENCE = tuple(DEFAULT_PROFILE.influence_owned)
PARTS = {"influence": _INFLUENCE, "influence_owned": _INFLUENCE, "value_flow": tuple(DEFAULT_PROFILE.value_flow)}
"""field -> the parts that may have a weight there. ``influence_owned`` holds where somebody owns the focal party; left out, ``influence`` does."""
CONTROL = "control"


class Sent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``PUT W/score-profiles/{name}``; what the service adds to its answer may be sent back."""

    influence: dict[str, float]
    value_flow: dict[str, float]
    influence_owned: dict[str, float] | None = None
    name: str | None = None
    version: int | None = None
    recorded_at: str | None = None


def profile_named(service: Service, workspace_id: str, name: str, version: int | None = None) -> Profile:
    """The newest version of a profile, or that one; ``NotFound`` where there is none. ``default`` is everywhere, in all its versions."""
    if default := _default(name, version):
        return default
    return _profile(service.catalog.version(workspace_id, FAMILY, name, version))


def profile_asked(service: Service, workspace_id: str, name: str) -> Profile:
    """The profile that a request names; ``InvalidInput`` where there is none."""
    try:
        return profile_named(service, workspace_id, name)
    except NotFound:
        raise InvalidInput.of("unknown-profile", f"there is no score profile {name!r}", "profile") from None


def names(service: Service, workspace_id: str) -> list[str]:
    """All profiles that can be asked for: ``default``, then the others by name."""
    return [DEFAULT_PROFILE.name, *service.catalog.names(workspace_id, FAMILY)]


def save(service: Service, workspace_id: str, name: str, fields: Any) -> dict[str, Any]:
    """Keep weights under a name; a new version where they changed. ``InvalidInput`` names each weight that cannot be used."""
    if name == DEFAULT_PROFILE.name:
        raise InvalidInput.of("built-in", "the profile default is part of the product; give your own another name", "name")
    sent = decode_request(fields, Sent)
    weights = {field: given for field in PARTS if (given := getattr(sent, field)) is not None}
    if errors := [fault for field, given in weights.items() for fault in _faults(field, given)]:
        raise InvalidInput("The weights cannot be used", errors=errors)
    return _shown(service.catalog.put_version(workspace_id, FAMILY, name, msgspec.json.encode(weights, order="sorted")))


def shown(service: Service, workspace_id: str, name: str, version: int | None = None) -> dict[str, Any]:
    """A profile as it is answered: the weights as they were sent."""
    if default := _default(name, version):
        fields: dict[str, Any] = msgspec.to_builtins(default)
        return fields
    return _shown(service.catalog.version(workspace_id, FAMILY, name, version))


def _default(name: str, version: int | None) -> Profile | None:
    """The profile of the product in a version, where that is asked for; ``None`` where it is another profile or there is no such version."""
    return DEFAULT_VERSIONS.get(version or DEFAULT_PROFILE.version) if name == DEFAULT_PROFILE.name else None


def _shown(kept: Versioned) -> dict[str, Any]:
    return {"name": kept.name, "version": kept.version, **msgspec.json.decode(kept.body), "recorded_at": kept.recorded_at}


def _profile(kept: Versioned) -> Profile:
    """Where nobody owns the focal party, ``control`` is nobody's: the other parts share its weight."""
    weights = msgspec.json.decode(kept.body)
    unowned = _in_order("influence", {part: weight for part, weight in weights["influence"].items() if part != CONTROL})
    owned = _in_order("influence_owned", weights.get("influence_owned", weights["influence"]))
    return Profile(name=kept.name, version=kept.version, influence=unowned, influence_owned=owned, value_flow=_in_order("value_flow", weights["value_flow"]))


def _in_order(field: str, weights: dict[str, float]) -> dict[str, float]:
    return {part: weights[part] for part in PARTS[field] if part in weights}


def _faults(field: str, weights: dict[str, float]) -> list[FieldError]:
    found = [FieldError("unknown-part", f"a part is one of {', '.join(PARTS[field])}", f"{field}.{part}") for part in weights if part not in PARTS[field]]
    found += [
        FieldError("out-of-range", "a weight is above 0 and at most 1,000,000; leave out what should not count", f"{field}.{part}")
        for part, weight in weights.items()
        if not (isfinite(weight) and 0 < weight <= 1e6)
    ]
    if not set(weights) & set(PARTS[field]) - {CONTROL}:
        found.append(FieldError("missing", "a score needs a part beside control" if field != "value_flow" else "a score needs a part", field))
    return found

"""The rules of classes and risks as data: thresholds and weights, in sections of which a workspace may keep its own versions."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection, Mapping
from functools import cached_property
from importlib import resources
from typing import Annotated, Any, get_type_hints

import msgspec

from graph_models.decoding import decode_request
from graph_models.errors import FieldError, InvalidInput, NotFound

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Days = Annotated[int, msgspec.Meta(ge=1, le=36_525)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Amount = Annotated[float, msgspec.Meta(ge=0, le=1e12)]
Gaps = Annotated[float, msgspec.Meta(gt=0, le=1000)]


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every section is: names and values."""


class Purchases(Section, frozen=True, kw_only=True):
    """``max_days``: a payment for a longer period has no day of purchase."""

    max_days: Days


class Kinds(Section, frozen=True, kw_only=True):
    """Kinds of customers. ``min_use``: from which confidence use makes a hidden end customer; ``share``: from which share it is the one
    kind; ``conflict``: above which share sold a stated own use is contradicted."""

    min_use: Share
    share: Share
    conflict: Share


class Stages(Section, frozen=True, kw_only=True):
    """Silences in gaps between purchases: at risk from, lapsed from, active again below; ``churn``: the risk from which a party is at risk."""

    at_risk_gaps: Gaps
    lapsed_gaps: Gaps
    active_gaps: Gaps
    churn: Share


class Tiers(Section, frozen=True, kw_only=True):
    """Key customers: by their share of receipts, by being in the set that makes ``key_set`` and in the top ``key_top``, or by a score."""

    key_share: Share
    key_set: Share
    key_top: Share
    key_score: Share


class Weights(Section, frozen=True, kw_only=True):
    """Weights of the parts of ``churn_risk``."""

    silence: Share
    p_alive: Share
    decline: Share
    complaints: Share
    satisfaction: Share
    competitor: Share


class Churn(Section, frozen=True, kw_only=True):
    """``recent_days``: receipts of so many days are compared with those of as many before; ``decay_days``: after so many a touchpoint counts 1/e."""

    weights: Weights
    recent_days: Days
    decay_days: Days


class PotentialWeights(Section, frozen=True, kw_only=True):
    """Weights of the parts of ``potential``."""

    profile: Share
    interest: Share
    trial: Share
    referral: Share


class Potential(Section, frozen=True, kw_only=True):
    """``interest``: so many signals within ``days`` are full interest; ``high``: from here a potential is high; ``min_key``: fewer key
    customers make no profile."""

    weights: PotentialWeights
    interest: Count
    days: Days
    high: Share
    min_key: Count


class Loyalty(Section, frozen=True, kw_only=True):
    """Points for each unit of base currency and for events (kinds of touchpoint), and from how many points each level is."""

    per_unit: Amount
    events: dict[str, Amount]
    levels: dict[str, Amount]
    window_days: Days


class Depth(Section, frozen=True, kw_only=True):
    """Purchase days, days since the first, and families of facts that make a strategic partner, and a repeat buyer."""

    partner_days: Count
    partner_tenure: Days
    partner_families: Annotated[int, msgspec.Meta(ge=1, le=5)]
    repeat_days: Count
    repeat_tenure: Days


class Newness(Section, frozen=True, kw_only=True):
    """``days``: so long after its first purchase a customer is new."""

    days: Days


class Costs(Section, frozen=True, kw_only=True):
    """``unit``: what a touchpoint of a kind costs where it does not say it."""

    unit: dict[str, Amount]


class Satisfaction(Section, frozen=True, kw_only=True):
    """Fewer answers, or answers on fewer days, are too few to show."""

    min_answers: Count
    min_days: Count


class CrossSell(Section, frozen=True, kw_only=True):
    """Two products go together from so many buyers of both, and from this lift."""

    support: Count
    lift: Amount


class Duplicates(Section, frozen=True, kw_only=True):
    """From which match two parties are possibly, and likely, the same."""

    possible: Share
    likely: Share


class Quality(Section, frozen=True, kw_only=True):
    """``half_life_days``: after so many a fact is half as sure; ``stale_days``: after so many it is stale."""

    half_life_days: Days
    stale_days: Days


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """All sections. ``versions``: of each section that a workspace changed its version; 0 is that of the product."""

    purchases: Purchases
    kinds: Kinds
    stages: Stages
    tiers: Tiers
    churn: Churn
    potential: Potential
    loyalty: Loyalty
    depth: Depth
    newness: Newness
    costs: Costs
    satisfaction: Satisfaction
    crosssell: CrossSell
    duplicates: Duplicates
    quality: Quality
    versions: dict[str, int] = {}

    def __hash__(self) -> int:
        return hash(self.key)

    def section(self, name: str) -> Section:
        """A section by its name; ``NotFound`` where there is none."""
        if name not in SECTIONS:
            raise NotFound(f"There is no section {name!r} of rules; there are {', '.join(SECTIONS)}")
        section: Section = getattr(self, name)
        return section

    def changed(self, name: str, values: Mapping[str, Any], version: int) -> Rules:
        """With these values in a section, and the product's where none is given; ``InvalidInput`` names each field that is wrong."""
        section = section_of(name, values)
        return msgspec.structs.replace(self, **{name: section}, versions={**self.versions, name: version})

    def versions_of(self, names: Collection[str]) -> dict[str, int]:
        """Section -> version, of those that an answer used."""
        return {name: self.versions.get(name, 0) for name in SECTIONS if name in names}

    def hash_of(self, names: Collection[str]) -> str:
        """A digest of the values of some sections: it enters the parameters hash of what used them."""
        values = {name: msgspec.to_builtins(getattr(self, name)) for name in sorted(names)}
        return hashlib.blake2b(msgspec.json.encode(values, order="deterministic"), digest_size=8).hexdigest()

    @cached_property
    def key(self) -> str:
        """The same for the same values of all sections, whatever their versions."""
        return self.hash_of(SECTIONS)


SECTIONS: dict[str, type[Section]] = {name: kind for name, kind in get_type_hints(Rules).items() if name != "versions"}
"""The name of a section -> its values."""
SHIPPED: Rules = msgspec.convert(tomllib.loads(resources.files("graph_models").joinpath("rules.toml").read_text("utf-8")), Rules)
"""The rules of the product."""


def section_of(name: str, values: Mapping[str, Any]) -> Section:
    """A section with these values, and the product's where none is given; ``InvalidInput`` names each field that is wrong."""
    shipped = msgspec.to_builtins(SHIPPED.section(name))
    section = decode_request(_merged(shipped, values), SECTIONS[name])
    if faults := list(_faults(section)):
        raise InvalidInput("The rules are not valid", errors=faults)
    return section


def _merged(shipped: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Objects of fixed names are filled up; those whose names are open (levels, events, costs) are taken as they are given."""
    inner = {
        name: {**before, **values[name]}
        for name, before in shipped.items()
        if name == "weights" and isinstance(before, dict) and isinstance(values.get(name), Mapping)
    }
    return {**shipped, **values, **inner}


def _faults(section: Section) -> list[FieldError]:
    """What no range of a single value tells."""
    if isinstance(section, (Churn, Potential)) and not sum(msgspec.structs.astuple(section.weights)) > 0:
        return [FieldError("out-of-range", "a weight is needed that is not 0", "weights")]
    if isinstance(section, Stages) and section.lapsed_gaps <= section.at_risk_gaps:
        return [FieldError("out-of-range", "a party is lapsed after it is at risk", "lapsed_gaps")]
    if isinstance(section, Duplicates) and section.likely < section.possible:
        return [FieldError("out-of-range", "likely is at least possible", "likely")]
    if isinstance(section, Loyalty) and (not section.levels or min(section.levels.values()) > 0):
        return [FieldError("missing", "a level from 0 points is needed", "levels")]
    return []

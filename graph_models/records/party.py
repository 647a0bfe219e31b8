"""A party: a person, organization, unit, group or offering that the company exchanges value with."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from graph_models.records.dates import Period, state_period
from graph_models.records.evidence import Marking, Stored


class Name(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A further name: an alias, a translation, another script."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
    language: str | None = None
    script: str | None = None


class Industry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A code of an industry classification: ISIC, GB/T 4754, NACE ..."""

    scheme: str
    code: str


class Party(Stored, frozen=True, kw_only=True, tag="party"):
    """A state: it reads so for its period."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
    names: list[Name] | None = None
    kind: str
    identifiers: dict[str, str] | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    market_tier: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    industry: Industry | None = None
    sector: str | None = None
    size_class: str | None = None
    consumer_kind: str | None = None
    business_model: str | None = None
    purchase_channel: str | None = None
    scope: str | None = None
    tags: list[str] | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    marking: Marking | None = None
    attributes: dict[str, Any] | None = None

    def period(self) -> Period:
        return state_period(self.valid_from, self.valid_to)

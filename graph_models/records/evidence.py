"""Where facts come from: documents, and the places in them that bear a fact out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from graph_models.records.dates import ALL_TIME, Period, event_period

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Unit = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Status = Literal["asserted", "inferred", "hypothesis"]
Marking = Literal["public", "internal", "confidential", "restricted"]


class Evidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One place in one document that bears a fact out."""

    document_id: Id
    locator: str | None = None
    quote: str | None = None
    retrieved_at: str | None = None


class Stored(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", gc=False):
    """Anything stored under an id."""

    id: Id


class Fact(Stored, frozen=True, kw_only=True):
    """What roles, relationships and events have in common: where it comes from and how sure it is."""

    evidence: list[Evidence] | None = None
    confidence: Unit | None = None
    status: Status | None = None
    marking: Marking | None = None
    attributes: dict[str, Any] | None = None


class Document(Stored, frozen=True, kw_only=True, tag="document"):
    """Where evidence comes from: a report, a web page, an interview, a database extract."""

    title: str | None = None
    kind: str | None = None
    url: str | None = None
    publisher: str | None = None
    reliability: Literal["A", "B", "C", "D", "E", "F"] | None = None
    retrieved_at: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    marking: Marking | None = None
    attributes: dict[str, Any] | None = None

    def period(self) -> Period:
        event_period(self.valid_from, self.valid_to)
        return ALL_TIME

"""Rules: thresholds and weights of classes and risks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, get_type_hints

import msgspec
from msgspec import UNSET, Meta, UnsetType

from graph_models.ecosystem.rules import SECTIONS
from service.api.schemas.shapes import Answer, Listed

RuleVersions = Annotated[dict[str, int], Meta(description="Of each section of rules that took part its version; 0 is the product's.", examples=[{"tiers": 0}])]


class RuleSection(Answer, frozen=True, kw_only=True):
    """One section of the rules as it holds."""

    section: Annotated[str, Meta(examples=list(SECTIONS)[:3])]
    version: Annotated[int, Meta(ge=0, description="0: as the product has it.")]
    values: Annotated[dict[str, Any], Meta(description="Name -> threshold or weight.")]


class RuleList(Listed, frozen=True, kw_only=True):
    """All sections."""

    items: list[RuleSection]


def _values() -> list[tuple[str, Any, Any]]:
    """The names of all sections; one that several have is of one type in each."""
    kinds = {name: dict[str, float] if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else kind for name, kind in _hints().items()}
    return [(name, kind | UnsetType, UNSET) for name, kind in kinds.items()]


def _hints() -> dict[str, Any]:
    return {name: kind for section in SECTIONS.values() for name, kind in get_type_hints(section).items()}


if TYPE_CHECKING:
    RuleRequest: TypeAlias = Any
else:
    RuleRequest = msgspec.defstruct("RuleRequest", _values(), frozen=True, kw_only=True, forbid_unknown_fields=True, module=__name__)
    RuleRequest.__doc__ = "The values of one section that differ from the product's; those left out are the product's."

"""Parameters of metrics, built from their registry, and the registry itself as it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from graph_models.ecosystem.parameters import SPECS, Parameter
from service.api.schemas.shapes import Answer, Listed


class PeriodDays(Answer, frozen=True, kw_only=True, rename={"begin": "from", "end": "to"}, omit_defaults=True):
    """Days from, to (inclusive); null: open."""

    begin: str | None = None
    end: str | None = None


_TYPES: dict[str, Any] = {
    "text": str,
    "boolean": bool,
    "integer": int,
    "number": float,
    "list of text": list[str],
    "period": PeriodDays,
    "map of number": dict[str, float],
    "map of text": dict[str, str],
}


def _type_of(parameter: Parameter) -> Any:
    if parameter.choices:
        return Literal[parameter.choices]
    kind = _TYPES[parameter.type]
    if parameter.name in _OWN_RANGES or parameter.type not in ("integer", "number"):
        return kind
    limits = {"exclusiveMinimum" if parameter.open_low else "minimum": parameter.low, "exclusiveMaximum" if parameter.open_high else "maximum": parameter.high}
    return Annotated[kind, Meta(extra_json_schema={name: limit for name, limit in limits.items() if limit is not None})]


_OWN_RANGES = frozenset({"alpha", "beta", "k", "threshold"})
"""Metrics have ranges of their own for these: see `GET W/metrics`."""


def _fields() -> list[tuple[str, Any, Any]]:
    found = []
    for name, spec in SPECS.items():
        default = "the metric's own" if spec.default is None else f"`{msgspec.json.encode(spec.default).decode()}`"
        found.append((name, Annotated[_type_of(spec) | UnsetType | None, Meta(description=f"Default: {default}.")], UNSET))
    return found


_FOUND = [
    ("complete", Annotated[bool | UnsetType, Meta(description="Of loops: false where only those above `min_loop_score` were found.")], UNSET),
    ("fit", Annotated[dict[str, dict[str, float]] | UnsetType, Meta(description="Of models of customers: the fitted parameters, by model.")], UNSET),
]
"""What a metric adds to the parameters that it ran with."""

if TYPE_CHECKING:
    Parameters: TypeAlias = Any
    RanWith: TypeAlias = Any
else:
    Parameters = msgspec.defstruct("Parameters", _fields(), frozen=True, kw_only=True, module=__name__)
    Parameters.__doc__ = "Parameters of metrics. Which metric takes which, with its default and range: `GET W/metrics`."
    RanWith = msgspec.defstruct("RanWith", _FOUND, bases=(Parameters,), frozen=True, kw_only=True, module=__name__)
    RanWith.__doc__ = "What a metric ran with: what was sent, else its defaults."


class ParameterAbout(Answer, frozen=True, kw_only=True):
    """What a metric may be given."""

    name: str
    type: Annotated[str, Meta(examples=sorted(_TYPES))]
    default: Annotated[Any, Meta(description="A value of that type; null: none.")]
    range: Annotated[str | list[str] | None, Meta(description="An interval, or the values that there are.")]


class MetricAbout(Answer, frozen=True, kw_only=True):
    """A metric that can be asked for."""

    name: str
    family: str
    question: str
    formula: str
    undefined_when: str
    reference: str
    cost: str
    kind: Annotated[Literal["number", "text", "stream"], Meta(description="What its values are; one of streams is answered by the view `flows`.")]
    explained: Annotated[bool, Meta(description="`.../explain?score=` takes it.")]
    rules: Annotated[list[str], Meta(description="The sections of rules that it goes by.")]
    parameters: list[ParameterAbout]


class MetricList(Listed, frozen=True, kw_only=True):
    """All metrics."""

    items: list[MetricAbout]

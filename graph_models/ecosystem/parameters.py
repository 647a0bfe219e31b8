"""The parameters of metrics: their names, types, ranges and defaults, and the one way from JSON to checked values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import isfinite
from typing import Any, NamedTuple

import msgspec

from graph_models.decoding import field_error
from graph_models.ecosystem.rules import SHIPPED, Rules
from graph_models.errors import FieldError, InvalidInput
from graph_models.records.closed_lists import unknown_value
from graph_models.records.dates import FIRST_DAY, OPEN, Period, first_day_text, last_day_text, span
from graph_models.records.validation import NOTHING
from graph_models.records.vocabulary import Vocabulary

GRAPHS = ("utility", "value_chain", "influence", "tie", "ownership", "facts")
WEIGHTS = ("none", "strength", "amount", "utility", "distance")


LARGEST_WHOLE = 2**63 - 1
"""Whole numbers have 64 bits."""


class Parameter(NamedTuple):
    """What the registry says about one parameter. ``low`` and ``high`` are part of the range unless ``open_low``, ``open_high``."""

    name: str
    type: str
    default: Any = None
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    open_low: bool = False
    open_high: bool = False

    @property
    def range(self) -> str | list[str] | None:
        """The range as the registry shows it: choices, or an interval."""
        if self.choices:
            return list(self.choices)
        if self.low is None and self.high is None:
            return None
        low = "(-inf" if self.low is None else f"{'(' if self.open_low else '['}{self.low:g}"
        high = "inf)" if self.high is None else f"{self.high:g}{')' if self.open_high else ']'}"
        return f"{low}, {high}"

    def fault(self, value: Any) -> FieldError | None:
        """What is wrong with a value (of the right type), if anything."""
        if self.choices and value not in self.choices:
            return FieldError("unknown-graph" if self.name == "graph" else "unknown-value", f"{self.name} is one of {', '.join(self.choices)}", self.name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            below = self.low is not None and (value < self.low or (self.open_low and value == self.low))
            above = self.high is not None and (value > self.high or (self.open_high and value == self.high))
            if below or above or not (abs(value) <= LARGEST_WHOLE if isinstance(value, int) else isfinite(value)):
                return FieldError("out-of-range", f"{self.name} is in {self.range or 'the range of 64 bits'}, not {str(value)[:24]}", self.name)
        return None


STRUCTURAL: dict[str, Parameter] = {
    parameter.name: parameter
    for parameter in (
        Parameter("graph", "text", choices=GRAPHS),
        Parameter("kinds", "list of text"),
        Parameter("weight", "text", choices=WEIGHTS),
        Parameter("distance_of", "text", choices=("amount", "strength", "utility")),
        Parameter("directed", "boolean"),
        Parameter("reversed", "boolean", False),
        Parameter("normalised", "boolean", True),
    )
}
"""What every structural metric takes."""

COMMON: dict[str, Parameter] = {
    parameter.name: parameter
    for parameter in (
        Parameter("period", "period"),
        Parameter("product", "text"),
        Parameter("roll_up", "text", "units", choices=("units", "none", "group")),
        Parameter("hypotheses", "boolean", False),
        Parameter("basis", "text", "money", choices=("money", "goods", "max")),
        Parameter("in_return_for", "list of text", []),
        Parameter("utility", "text", "judged_or_computed", choices=("judged_or_computed", "judged")),
        Parameter("salience", "text", "judged_or_computed", choices=("judged_or_computed", "judged", "computed")),
        Parameter("implied_returns", "boolean", True),
        Parameter("materiality", "number", 0.05, low=0, high=1),
        Parameter("products", "text", "lots", choices=("lots", "mixed")),
        Parameter("max_length", "integer", 6, low=2, high=32),
        Parameter("min_loop_score", "number", 0.0, low=0, high=1),
        Parameter("max_loops", "integer", 1_000_000, low=1, high=10_000_000),
        Parameter("pivots", "integer", 256, low=1),
        Parameter("exact", "integer", low=0),
        Parameter("parties", "list of text", []),
        Parameter("kind", "text", "money"),
        Parameter("seed", "integer", 0, low=0),
    )
}
"""What every metric takes."""

SPECIAL: dict[str, Parameter] = {
    parameter.name: parameter
    for parameter in (
        Parameter("alpha", "number", low=0, open_high=True),
        Parameter("beta", "number"),
        Parameter("k", "integer", 2, low=1),
        Parameter("threshold", "number", 0.5, low=0, high=1, open_high=True),
        Parameter("personalization", "map of number"),
        Parameter("dangling", "text", choices=("uniform", "restart")),
        Parameter("of", "text"),
        Parameter("toward", "text"),
        Parameter("max_tier", "integer", 4, low=1, high=100),
        Parameter("variant", "text", "share", choices=("share", "normalised")),
        Parameter("horizon_days", "integer", low=1),
        Parameter("months", "integer", 12, low=1),
        Parameter("match_to", "map of text"),
        Parameter("first_id", "integer", low=1, high=10**15),
    )
}
"""What single metrics take: a metric that does lists them, with its own defaults and limits."""

SPECS: dict[str, Parameter] = STRUCTURAL | COMMON | SPECIAL


class Parameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Checked parameters; ``None`` means the metric's own default."""

    graph: str | None = None
    kinds: tuple[str, ...] | None = None
    weight: str | None = None
    distance_of: str | None = None
    directed: bool | None = None
    reversed: bool | None = None
    normalised: bool | None = None
    period: tuple[int, int] | None = None
    """Days from, to (exclusive)."""
    product: str | None = None
    roll_up: str = "units"
    hypotheses: bool = False
    basis: str = "money"
    in_return_for: tuple[str, ...] = ()
    utility: str = "judged_or_computed"
    salience: str = "judged_or_computed"
    implied_returns: bool = True
    """Does who pays get something in return where only the money is recorded (implied_returns.py)?"""
    materiality: float = 0.05
    """A kind of value that makes up less than this part of all that a party receives hardly weighs (utilities.py); 0: every kind does."""
    products: str = "lots"
    max_length: int = 6
    min_loop_score: float = 0.0
    max_loops: int = 1_000_000
    pivots: int = 256
    exact: int | None = None
    parties: tuple[str, ...] = ()
    kind: str = "money"
    seed: int = 0
    alpha: float | None = None
    beta: float | None = None
    k: int | None = None
    threshold: float | None = None
    personalization: dict[str, float] | None = None
    dangling: str | None = None
    of: str | None = None
    toward: str | None = None
    max_tier: int | None = None
    variant: str | None = None
    horizon_days: int | None = None
    months: int | None = None
    match_to: dict[str, str] | None = None
    first_id: int | None = None
    rules: Rules = SHIPPED
    """The rules of the workspace: no parameter of a request."""

    def given(self) -> dict[str, Any]:
        """What differs from the defaults, as a request may give it."""
        answer: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(self, rules=SHIPPED))
        return answer

    def given_key(self) -> bytes:
        """The same for the same parameters: what is made for them is kept under it."""
        return msgspec.json.encode(self, order="deterministic")

    def with_(self, **changes: Any) -> Parameters:
        """The same with other values (already checked ones)."""
        return msgspec.structs.replace(self, **changes)


DEFAULTS = Parameters()


def parameters_of(fields: Mapping[str, Any] | None, vocabulary: Vocabulary | None = None) -> Parameters:
    """Checked parameters of a whole analysis; those of one metric are ``Metric.parameters_of``.

    Parameters
    ----------
    fields : mapping or None
        Parameter names and values as a request has them; ``None`` values are left out.
    vocabulary : Vocabulary or None
        Where given, the kinds that are named must be in it.

    Raises
    ------
    InvalidInput
        Names each field that is wrong.
    """
    parameters = checked(fields or {}, SPECS, {})
    if vocabulary is not None:
        check_kinds(parameters, vocabulary)
    return parameters


def check_kinds(parameters: Parameters, vocabulary: Vocabulary) -> None:
    """``InvalidInput`` where a parameter names a kind that the vocabulary has not."""
    flows = set(vocabulary.value_kinds)
    named = (
        ("kinds", parameters.kinds or (), flows | set(vocabulary.roles) | set(vocabulary.relationship_kinds)),
        ("in_return_for", parameters.in_return_for, flows | {NOTHING}),
        ("kind", (parameters.kind,), flows),
    )
    errors = [unknown_value(kind, sorted(known), field) for field, kinds, known in named for kind in kinds if kind not in known]
    if errors:
        raise InvalidInput("The parameters are not valid: " + "; ".join(error.message for error in errors), errors=errors)


def checked(fields: Mapping[str, Any], allowed: Collection[str] = SPECS, own: Mapping[str, Parameter] | None = None) -> Parameters:
    """Parameters from JSON values: names, types and ranges are checked; ``own`` specifications come before the common ones."""
    specs = SPECS | dict(own or {})
    errors: list[FieldError] = []
    plain: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in SPECS or name not in allowed:
            errors.append(FieldError("unknown-parameter", f"{name!r} is no parameter here; there are {', '.join(sorted(allowed))}", name))
        elif value is not None:
            try:
                plain[name] = _period(value) if name == "period" else msgspec.convert(value, _TYPES[name])
            except msgspec.ValidationError as error:
                wrong = field_error(error)
                errors.append(FieldError(wrong.code, f"{name}: {wrong.message}", f"{name}{wrong.field or ''}"))
                continue
            except ValueError as error:
                errors.append(FieldError("out-of-range" if isinstance(value, Mapping) else "wrong-type", str(error), name))
                continue
            if fault := specs[name].fault(plain[name]):
                errors.append(fault)
    if errors:
        raise InvalidInput("The parameters are not valid: " + "; ".join(error.message for error in errors), errors=errors)
    return Parameters(**plain)


_TYPES = {field.name: field.type for field in msgspec.structs.fields(Parameters)}


def _period(value: Any) -> tuple[int, int]:
    if isinstance(value, (tuple, list)) and len(value) == 2 and all(isinstance(day, int) for day in value):
        return int(value[0]), int(value[1])
    if not isinstance(value, Mapping) or not value or set(value) - {"from", "to"} or not all(isinstance(text, str | None) for text in value.values()):
        raise ValueError('a period is {"from": "2025-01-01", "to": "2025-12-31"}')
    start = span(value["from"]).start if value.get("from") else FIRST_DAY
    end = span(value["to"]).end if value.get("to") else OPEN
    if end <= start:
        raise ValueError("the period ends before it begins")
    return start, end


def period_json(period: Period | tuple[int, int]) -> dict[str, str | None]:
    """A period as JSON has it: days, the end inclusive."""
    return {"from": first_day_text(period[0]), "to": last_day_text(period[1])}


def effective(parameters: Parameters, specs: Collection[Parameter], period: Period) -> dict[str, Any]:
    """What a metric ran with, in JSON: what was given, else its own default, else the common one. Sorted by name."""
    answer: dict[str, Any] = {}
    for spec in specs:
        value = getattr(parameters, spec.name)
        value = spec.default if value is None else value
        if value is not None:
            answer[spec.name] = list(value) if isinstance(value, tuple) else value
    return dict(sorted((answer | ({"period": period_json(period)} if "period" in {spec.name for spec in specs} else {})).items()))

"""What a metric answers with, and what the registry says about a metric."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np

from graph_models.arrays.ranking import ranks, rounded
from graph_models.arrays.types import Floats, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import COMMON, STRUCTURAL, Parameter, Parameters, check_kinds, checked
from graph_models.flows.flow_amounts import NO_RATE
from graph_models.notices import Warning
from graph_models.records.vocabulary import Vocabulary

__all__ = [
    "CLOSED_CYCLE",
    "FOCAL_PARTY",
    "NO_FOCAL_PARTY",
    "NO_LOOPS",
    "NO_RATE",
    "NO_VALUE_CHAIN",
    "NUMBER",
    "ROLLED_UP",
    "STREAM",
    "TEXT",
    "Metric",
    "MetricResult",
    "StreamKey",
    "Warning",
    "number_result",
    "ranks",
    "rounded",
    "text_result",
    "undefined_result",
]

StreamKey: TypeAlias = tuple[str, str, str, "str | None"]

NUMBER, TEXT, STREAM = "number", "text", "stream"
NO_FOCAL_PARTY = "no-focal-party"
ROLLED_UP = "rolled-up"
FOCAL_PARTY = "focal-party"
NO_VALUE_CHAIN = "no-value-chain"
CLOSED_CYCLE = "closed-cycle"
NO_LOOPS = "no-loops"


@dataclass
class MetricResult:
    """One metric of every party. ``array`` and ``reason_codes`` run along ``parties``; NaN stays inside."""

    metric: str
    parties: Sequence[str]
    array: Floats
    reason_codes: np.ndarray[Any, np.dtype[np.int16]]
    """0 where the value is defined, else 1 + the place of the reason in ``reason_names``."""
    reason_names: tuple[str, ...] = ()
    kind: str = NUMBER
    texts: Sequence[str | None] | None = None
    streams: Sequence[StreamKey] | None = None
    """For a metric of streams: what each place of ``array`` is of."""
    bound: Mask | None = None
    standard_error: Floats | None = None
    coverage: Floats | None = None
    origin: Sequence[str | None] | None = None
    """Per party whether the value was ``judged`` by a person, ``computed``, or ``blended`` of both; ``None`` where it is undefined."""
    rank_range: np.ndarray[Any, np.dtype[np.int64]] | None = None
    """Per party the best and the worst rank, 0 where undefined."""
    columns: Mapping[str, np.ndarray[Any, np.dtype[Any]]] = field(default_factory=dict)
    """What else is answered with each value, by name: numbers along the parties, NaN where there is none."""
    warnings: list[Warning] = field(default_factory=list)
    name: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def defined(self) -> Mask:
        return np.asarray(self.reason_codes == 0, bool)

    @cached_property
    def values(self) -> dict[Any, float | str | None]:
        """Party id (of a metric of streams: source, target, kind, product) -> value, ``None`` where it is undefined."""
        defined = self.defined.tolist()
        plain: Sequence[float | str | None] = self.texts if self.texts is not None else self.array.tolist()
        keys: Sequence[Any] = self.parties if self.streams is None else self.streams
        return {key: value if known else None for key, value, known in zip(keys, plain, defined, strict=True)}

    @cached_property
    def reasons(self) -> dict[str, str]:
        """Party id -> why it has no value, only for those that have none."""
        places = np.flatnonzero(self.reason_codes)
        return {self.parties[place]: self.reason_names[self.reason_codes[place] - 1] for place in places.tolist()}

    def reason(self, place: int) -> str | None:
        """Why the party at a place has no value; ``None`` where it has one."""
        code = int(self.reason_codes[place])
        return self.reason_names[code - 1] if code else None

    @cached_property
    def ranks(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """1 for the highest; equal values (to 12 significant digits) share a rank; 0 where there is none."""
        if self.kind == TEXT:
            return np.zeros(len(self.parties), np.int64)
        return ranks(self.array, self.defined)


def number_result(
    ecosystem: Ecosystem, metric: str, array: Floats, *, undefined: Mapping[str, Mask | bool] | None = None, present: Mask | None = None, **more: Any
) -> MetricResult:
    """A result of one number a party. The first reason that holds for a party counts; ``present``: who is no node was rolled up."""
    n = len(ecosystem.parties)
    reasons: dict[str, Mask | bool] = {ROLLED_UP: ~present} if present is not None else {}
    names, codes = _reasons(reasons | dict(undefined or {}), n)
    array = np.where(codes == 0, array, np.nan)
    return MetricResult(metric, ecosystem.parties, array, codes, names, **more)


def text_result(
    ecosystem: Ecosystem,
    metric: str,
    texts: Sequence[str | None],
    *,
    undefined: Mapping[str, Mask | bool] | None = None,
    present: Mask | None = None,
    **more: Any,
) -> MetricResult:
    """A result of one id as text a party."""
    n = len(ecosystem.parties)
    reasons: dict[str, Mask | bool] = {ROLLED_UP: ~present} if present is not None else {}
    names, codes = _reasons(reasons | dict(undefined or {}), n)
    known = [text if defined else None for text, defined in zip(texts, (codes == 0).tolist(), strict=True)]
    return MetricResult(metric, ecosystem.parties, np.full(n, np.nan), codes, names, kind=TEXT, texts=known, **more)


def undefined_result(ecosystem: Ecosystem, metric: str, reason: str, *, present: Mask | None = None, **more: Any) -> MetricResult:
    """A result that is undefined for every party, for one reason."""
    return number_result(ecosystem, metric, np.full(len(ecosystem.parties), np.nan), undefined={reason: True}, present=present, **more)


def _reasons(undefined: Mapping[str, Mask | bool], n: int) -> tuple[tuple[str, ...], np.ndarray[Any, np.dtype[np.int16]]]:
    codes = np.zeros(n, np.int16)
    for place, mask in enumerate(undefined.values()):
        codes[(codes == 0) & np.asarray(mask)] = place + 1
    return tuple(undefined), codes


class Explained(Protocol):
    """What a metric is made of: its result, and why each party has its value."""

    def result(self, ecosystem: Ecosystem, metric: str) -> MetricResult:
        """The values of all parties."""
        ...

    def parts_of(self, ecosystem: Ecosystem, place: int) -> list[dict[str, Any]]:
        """The parts of the value of a party that has one, as an explanation shows them."""
        ...

    @property
    def rule(self) -> Mapping[str, float]:
        """The thresholds or weights, by part."""
        ...


class Metric(NamedTuple):
    """An entry of the registry: what a metric answers, how, and the function that computes it."""

    name: str
    family: str
    question: str
    formula: str
    undefined_when: str
    reference: str
    compute: Callable[[Ecosystem, Parameters], MetricResult]
    parameters: tuple[Parameter, ...] = ()
    """Its own, or common ones with another default; those of ``parameters.COMMON`` (of structural metrics: ``STRUCTURAL`` too) are always taken."""
    structural: bool = False
    cost: str = "linear in the facts"
    kind: str = NUMBER
    rules: tuple[str, ...] = ()
    """The sections of rules that it goes by."""
    explained_by: Callable[[Ecosystem, Parameters], Explained] | None = None
    """Of a metric that says why each party has its value: what it is made of."""
    default_where: Callable[[Ecosystem, Parameters], bool] | None = None
    """Of the default set, an analysis computes it only where this holds: where there are facts that it is about."""

    @property
    def parameter_names(self) -> frozenset[str]:
        """All parameters that it takes: common ones and its own."""
        common = COMMON | STRUCTURAL if self.structural else COMMON
        return frozenset(common) | {parameter.name for parameter in self.parameters}

    def parameters_of(self, fields: Mapping[str, Any] | None, vocabulary: Vocabulary | None = None) -> Parameters:
        """Checked parameters of this metric; with a ``vocabulary`` the kinds that are named must be in it. ``InvalidInput`` names each wrong field."""
        parameters = checked(fields or {}, self.parameter_names, {parameter.name: parameter for parameter in self.parameters})
        if vocabulary is not None:
            check_kinds(parameters, vocabulary)
        return parameters

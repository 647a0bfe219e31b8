"""Analyses: what is asked for, and what is known of one that was made."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from service.analysis import request as analysis_request
from service.api.schemas.analysis.rules import RuleVersions
from service.api.schemas.parameters import Parameters, RanWith
from service.api.schemas.shapes import Answer, Day, Listed, Notice, Time


class MetricAsked(analysis_request.Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One metric; `name` (default: the metric's) tells two runs of a metric apart."""

    parameters: Parameters = UNSET


class AnalysisFilter(Answer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Only these parties are shown; all are counted."""

    role: str | list[str] | UnsetType = UNSET
    kind: str | list[str] | UnsetType = UNSET


class SeriesAsked(analysis_request.Series, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"begin": "from", "end": "to"}):
    """One result a date: from a day to a day by `P7D`, `P1W`, `P1M`, `P3M`, `P1Y` ..., at most a thousand."""


class AnalysisRequest(analysis_request.Request, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be computed."""

    metrics: Annotated[list[str | MetricAsked] | None, Meta(description="Left out: the default set.")] = None  # type: ignore[assignment]
    parameters: Annotated[Parameters, Meta(description="Hold for all metrics that take them.")] = UNSET
    profile: Annotated[str, Meta(description="The score profile.")] = "default"
    as_of: Annotated[str | None, Meta(description="A full day; default: the workspace's.")] = None
    known_at: Annotated[str | int | None, Meta(description="A time with zone, or a revision; default: now.")] = None
    filter: AnalysisFilter = AnalysisFilter()  # type: ignore[assignment]
    series: SeriesAsked | None = None


class MetricRun(Answer, frozen=True, kw_only=True):
    """A metric with what it was computed with."""

    metric: str
    parameters: RanWith


class UndefinedCount(Answer, frozen=True, kw_only=True):
    """For how many parties a result is undefined, for one reason."""

    name: str
    reason: str
    parties: int


class AnalysisDate(Answer, frozen=True, kw_only=True):
    """One date of a series."""

    as_of: Day
    snapshot_id: str
    parties: int
    events: Annotated[list[Notice], Meta(description="Communities that were born, gone, merged or split since the date before.")]
    network: Annotated[dict[str, float | None] | UnsetType, Meta(description="Statistic -> value, of the default set.")] = UNSET


class SeriesShown(Answer, frozen=True, kw_only=True, rename={"begin": "from", "end": "to"}):
    """The dates that were asked for."""

    begin: str
    end: str
    step: str


class Analysis(Answer, frozen=True, kw_only=True):
    """What is known of an analysis."""

    analysis_id: str
    state: Annotated[str, Meta(description="Only finished ones are kept: `done`.", extra_json_schema={"const": "done"})]
    as_of: Day
    known_at: Annotated[int, Meta(description="The revision up to which facts were known.")]
    snapshot_id: Annotated[str, Meta(description="The same for the same facts.")]
    parameters: Annotated[Parameters, Meta(description="As they were sent for all metrics.")]
    metrics: Annotated[dict[str, MetricRun], Meta(description="Name of the result -> what it is.")]
    profile: str
    profile_version: int
    rules: RuleVersions | UnsetType = UNSET
    filter: AnalysisFilter
    series: SeriesShown | UnsetType = UNSET
    parameters_hash: Annotated[str, Meta(description="The same for all that numbers depend on beside the facts.")]
    engine: Annotated[dict[str, str], Meta(description="Library -> version.")]
    timings: Annotated[dict[str, float], Meta(description="Result -> seconds.")]
    warnings: list[Notice]
    undefined: list[UndefinedCount]
    focal_party_id: str
    base_currency: str
    recorded_at: Time
    dates: Annotated[list[AnalysisDate] | UnsetType, Meta(description="Of a series.")] = UNSET


class AnalysisList(Listed, frozen=True, kw_only=True):
    """Analyses, the newest first."""

    items: list[Analysis]

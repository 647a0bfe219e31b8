"""Reports: which kinds there are, and what is asked for."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from service.api.schemas.shapes import Answer, Listed, Text
from service.reports import registry as reports


class ReportSection(Answer, frozen=True, kw_only=True):
    """A section of a report."""

    name: str
    description: str


class ReportKind(Answer, frozen=True, kw_only=True):
    """A kind of report."""

    kind: str
    title: Text
    question: str
    formats: list[str]
    sections: list[ReportSection]


class ReportKindList(Listed, frozen=True, kw_only=True):
    """The kinds of reports."""

    items: list[ReportKind]


class ReportRequest(reports.Request, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which report is to be made."""

    kind: Annotated[str, Meta(description="One of `GET W/reports/kinds`.", examples=list(reports.KINDS))]
    format: Annotated[str, Meta(description="One that the kind is made as.", examples=["html"])] = "html"
    locale: Annotated[Literal["en", "zh"] | None, Meta(description="Default: the workspace's.")] = None
    as_of: Annotated[str | None, Meta(description="The day of the analysis: with `latest` the newest of that day.")] = None
    analysis: Annotated[str, Meta(description="The id of an analysis, or `latest`.")] = "latest"

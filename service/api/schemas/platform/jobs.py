"""Jobs, and what each kind of them results in."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from service.api.schemas.shapes import Answer, Day, Time
from service.jobs.job import Kind, State


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


JobResult = Annotated[
    dict[str, Any],
    Meta(
        description="By the kind of the job.",
        extra_json_schema={
            "anyOf": [_ref(name) for name in ("AnalysisResult", "RankingResult", "ScenarioResult", "ReportResult", "RollbackResult", "ImportResult")]
        },
    ),
]


class AnalysisResult(Answer, frozen=True, kw_only=True):
    """Of a job `analysis`: read it at `GET W/analyses/{analysis_id}`."""

    analysis_id: str


class RankingResult(Answer, frozen=True, kw_only=True):
    """Of a job `ranking`: read it at `GET W/rankings/{ranking_id}`."""

    ranking_id: str


class ScenarioResult(Answer, frozen=True, kw_only=True):
    """Of a job `scenario`: read it at `GET W/scenarios/{scenario_id}`."""

    scenario_id: str


class ReportResult(Answer, frozen=True, kw_only=True):
    """Of a job `report`: the file is at `GET W/reports/{report_id}`."""

    report_id: str
    kind: str
    format: str
    locale: str
    as_of: Day
    analysis_id: str


class JobProgress(Answer, frozen=True, kw_only=True):
    """How far a job is."""

    done: int
    total: Annotated[int | None, Meta(description="Null while nobody knows.")]
    stage: str | None


class Job(Answer, frozen=True, kw_only=True):
    """Long work: ask again, or follow its events."""

    id: str
    workspace: str
    kind: Kind
    state: State
    progress: JobProgress
    result: Annotated[JobResult | None, Meta(description="Once it is done.")]
    problem: Annotated[
        dict[str, Any] | None,
        Meta(description="Where it failed: as the API answers problems.", extra_json_schema={"anyOf": [_ref("Problem"), {"type": "null"}]}),
    ]
    submitted_at: Time
    started_at: Time | None
    finished_at: Time | None

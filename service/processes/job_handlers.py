"""Which function does a job of which kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from service.analysis import rankings, scenarios
from service.analysis import run as analysis_job
from service.imports.mapping.model import Ranking
from service.imports.pipeline import import_job as load
from service.imports.pipeline import rollback
from service.jobs.job import Progress
from service.reports import registry as reports
from service.workspaces.context import Service

Handler: TypeAlias = Callable[[Service, str, dict[str, Any], Progress], dict[str, Any]]


def handlers() -> Mapping[str, Handler]:
    """What does which kind of job."""
    return {
        "analysis": analysis_job.run_job,
        "import": import_job,
        "ranking": rankings.run_job,
        "report": reports.run_job,
        "rollback": rollback.run_job,
        "scenario": scenarios.run_job,
    }


def import_job(service: Service, workspace_id: str, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The job ``import``, and after it the ranking that the mapping asks for; the result then has its ``ranking_id``."""
    result = load.run_job(service, workspace_id, arguments, progress)
    mapping = arguments.get("mapping")
    wanted: Ranking | None = None if mapping is None else load.named_mapping(service, workspace_id, mapping).model.ranking
    if wanted is None or result["dry_run"]:
        return result
    return result | rankings.run_job(service, workspace_id, msgspec.to_builtins(wanted), progress)

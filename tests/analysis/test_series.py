"""A series as a job: how far it is, and that nothing is left of one that was cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_models.errors import JobCancelled
from service.analysis import results as analysis
from service.analysis import run as analysis_job
from service.jobs.job import no_progress
from service.workspaces.context import Service
from tests.analysis.test_results import W
from tests.analysis.test_results import service as service

SERIES = {"metrics": ["degree", "community"], "series": {"from": "2025-01-31", "to": "2025-03-31", "step": "P1M"}}


def files(service: Service) -> Iterator[Path]:
    return service.directory(W, "analyses").rglob("*")


def test_progress_goes_date_by_date(service: Service) -> None:
    told: list[tuple[int, int | None, str]] = []
    analysis_job.run_job(service, W, SERIES, lambda done, total, stage: told.append((done, total, stage)))
    assert [done for done, _, _ in told] == sorted({done for done, _, _ in told})
    assert {total for _, total, _ in told} == {12}
    days = ("2025-01-31", "2025-02-28", "2025-03-31")
    assert [stage for _, _, stage in told] == [f"{day}: {stage}" for day in days for stage in ("ecosystem", "degree", "community")]


def test_of_a_cancelled_series_nothing_is_left(service: Service) -> None:
    def progress(done: int, total: int | None, stage: str) -> None:
        if stage == "2025-03-31: degree":
            assert any(path.parent.name == "2025-02-28" for path in files(service))
            raise JobCancelled("cancelled")

    with pytest.raises(JobCancelled):
        analysis_job.run_job(service, W, SERIES, progress)
    assert list(files(service)) == []
    assert analysis.listing(service, W) == []


def test_the_same_series_twice_is_the_same(service: Service) -> None:
    first, second = (analysis.analysis(service, W, analysis_job.run_job(service, W, SERIES, no_progress)["analysis_id"]) for _ in range(2))
    assert (first["parameters_hash"], first["dates"], first["metrics"]) == (second["parameters_hash"], second["dates"], second["metrics"])
    shorter = SERIES | {"series": {"from": "2025-02-28", "to": "2025-03-31", "step": "P1M"}}
    assert analysis.analysis(service, W, analysis_job.run_job(service, W, shorter, no_progress)["analysis_id"])["parameters_hash"] != first["parameters_hash"]

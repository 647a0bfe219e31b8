"""The queue of jobs, and the worker that does them: nothing is done twice, nothing is lost when a worker dies."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models.errors import InvalidInput, JobCancelled, NotFound, TooManyJobs
from graph_models.records.json_codec import record_of
from graph_models.records.record_types import finished
from service.catalog.catalog import Workspace
from service.core.settings import Settings
from service.facts.batch_writing import write_batch
from service.http.problems import problem_of, problem_response
from service.jobs.job import Job, Progress
from service.jobs.queue import MAX_ATTEMPTS
from service.processes.supervisor import LOOK_S, WorkerProcess
from service.processes.worker import Worker
from service.stores.interface.store import Writing
from service.workspaces.context import Service

HEAVY_PARTIES = 9_000
"""Betweenness from so many takes some 15 s on a quiet core (from 4,000: 3 s), and is just below what is refused as too costly."""
PROBLEM = {"type": "/problems/worker-died", "status": 500}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    opened = Service(Settings(store=f"sqlite:///{tmp_path}"))
    opened.create_workspace({"id": "demo", "name": "Demo", "focal_party_id": "firm"})
    yield opened
    opened.close()


def done_by(service: Service, handler: Callable[[Service, str, dict[str, Any], Progress], dict[str, Any]], **arguments: Any) -> Job:
    """A job that a worker with this handler does."""
    job = service.jobs.submit("analysis", "demo", arguments)
    claimed = service.jobs.claim()
    assert claimed is not None
    Worker(service, {"analysis": handler}).do(claimed)
    return service.jobs.get(job.id)


def until(what: Callable[[], bool], seconds: float = 30) -> None:
    limit = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.05)


def test_each_job_is_claimed_by_one_worker_in_the_order_of_submission(service: Service) -> None:
    submitted = [service.jobs.submit("analysis", "demo", {"n": number}).id for number in range(20)]
    claimed: list[str] = []

    def claim() -> None:
        while (job := service.jobs.claim()) is not None:
            claimed.append(job.id)

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(submitted)
    assert len(set(claimed)) == 20


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=24), st.integers(0, 3))
def test_a_job_begins_within_as_many_jobs_as_workspaces_are_busy(steps: list[tuple[int, bool]], newcomer: int) -> None:
    """Whatever was queued and done before: a job of a workspace that has none under way waits for one job of each other workspace at the most."""
    with TemporaryDirectory() as directory, closing(Service(Settings(store=f"sqlite:///{directory}"))) as service:
        names = [f"w{number}" for number in range(4)]
        for name in names:
            service.catalog.add_workspace(Workspace(id=name, name=name))
        for number, is_done in steps:
            service.jobs.submit("analysis", names[number], {})
            if is_done and (claimed := service.jobs.claim()) is not None:
                service.jobs.finish(claimed.id, {})
        while any(job.workspace == names[newcomer] for job in queued(service)):
            claimed = service.jobs.claim()
            assert claimed is not None
            service.jobs.finish(claimed.id, {})
        busy = {job.workspace for job in queued(service)}
        mine = service.jobs.submit("report", names[newcomer], {}).id
        before = 0
        while (claimed := service.jobs.claim()) is not None and claimed.id != mine:
            service.jobs.finish(claimed.id, {})
            before += 1
        assert claimed is not None
        assert before <= len(busy)


def queued(service: Service) -> list[Job]:
    return [service.jobs.get(job_id) for (job_id,) in service.catalog.rows("SELECT id FROM jobs WHERE state = 'queued' ORDER BY number")]


def test_a_workspace_and_the_service_have_so_many_jobs_and_no_more(tmp_path: Path) -> None:
    with closing(Service(Settings(store=f"sqlite:///{tmp_path}", jobs_per_workspace=3, jobs_in_all=5))) as service:
        for name in ("a", "b"):
            service.catalog.add_workspace(Workspace(id=name, name=name))
        jobs = [service.jobs.submit("analysis", "a", {}) for _ in range(3)]
        with pytest.raises(TooManyJobs, match="Workspace 'a' has 3 jobs") as refused:
            service.jobs.submit("report", "a", {})
        assert (problem_of(refused.value)["status"], problem_of(refused.value)["type"]) == (429, "/problems/too-many-jobs")
        assert problem_response(problem_of(refused.value)).headers["retry-after"]
        for _ in range(2):
            service.jobs.submit("analysis", "b", {})
        with pytest.raises(TooManyJobs, match="5 jobs are queued"):
            service.jobs.submit("analysis", "b", {})
        service.jobs.cancel(jobs[0].id)
        key = Writing(key="k", body_hash="h")
        first = service.jobs.submit("analysis", "a", {}, key)
        assert service.jobs.submit("analysis", "a", {}, key).id == first.id


def test_a_job_that_says_how_far_it_is_ends_at_its_deadline(tmp_path: Path) -> None:
    with closing(Service(Settings(store=f"sqlite:///{tmp_path}", analysis_deadline_s=0.05))) as service:
        service.catalog.add_workspace(Workspace(id="demo", name="Demo"))

        def work(service: Service, workspace: str, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
            while True:
                progress(0, None, "for ever")

        job = done_by(service, work)
        assert job.problem is not None
        assert (job.state, job.problem["type"], job.problem["deadline_s"]) == ("failed", "/problems/deadline", 0.05)


def test_a_result_is_kept(service: Service) -> None:
    job = done_by(service, lambda service, workspace, arguments, progress: {"said": arguments["said"], "of": workspace}, said="hello")
    assert (job.state, job.result, job.problem) == ("done", {"said": "hello", "of": "demo"}, None)


def test_a_domain_error_becomes_the_problem_of_the_job(service: Service) -> None:
    def fail(*_: Any) -> dict[str, Any]:
        raise InvalidInput.of("out-of-range", "alpha is at most 0.4 here", "alpha")

    job = done_by(service, fail)
    assert job.problem is not None
    assert (job.state, job.problem["status"], job.problem["errors"][0]["field"], job.result) == ("failed", 422, "alpha", None)


def test_what_nobody_foresaw_fails_the_job_without_telling_its_trace(service: Service) -> None:
    def fail(*_: Any) -> dict[str, Any]:
        raise ZeroDivisionError("secret")

    job = done_by(service, fail)
    assert job.problem is not None
    assert (job.state, job.problem["status"], "secret" in str(job.problem)) == ("failed", 500, False)


def test_progress_is_seen_while_the_job_runs(service: Service) -> None:
    seen: list[dict[str, Any]] = []

    def work(service: Service, workspace: str, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
        for done in range(3):
            progress(done, 3, "counting")
            seen.append(service.jobs.get(arguments["self"]).as_json()["progress"])
        return {}

    job = service.jobs.submit("analysis", "demo", {})
    claimed = service.jobs.claim()
    assert claimed is not None
    Worker(service, {"analysis": work}).do(claimed._replace(arguments={"self": job.id}))
    assert [item["done"] for item in seen] == [0, 1, 2]
    assert seen[-1] == {"done": 2, "total": 3, "stage": "counting"}


def test_progress_never_goes_back_within_a_stage(service: Service) -> None:
    job = service.jobs.submit("analysis", "demo", {})
    service.jobs.claim()
    for done, stage, shown in ((5, "a", 5), (3, "a", 5), (1, "b", 1)):
        service.jobs.progress(job.id, done, 9, stage)
        assert service.jobs.get(job.id).done == shown


def test_a_queued_job_is_cancelled_at_once_and_never_claimed(service: Service) -> None:
    job = service.jobs.submit("analysis", "demo", {})
    assert service.jobs.cancel(job.id).state == "cancelled"
    assert service.jobs.claim() is None


def test_a_running_job_ends_when_it_next_says_how_far_it_is(service: Service) -> None:
    def work(service: Service, workspace: str, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
        (running,) = service.catalog.rows("SELECT id FROM jobs WHERE state = 'running'")
        service.jobs.cancel(running[0])
        progress(1, 2, "working")
        raise AssertionError("it should have ended")

    assert done_by(service, work).state == "cancelled"


def test_the_job_of_a_deleted_workspace_ends(service: Service) -> None:
    job = service.jobs.submit("analysis", "demo", {})
    service.jobs.claim()
    service.delete_workspace("demo")
    with pytest.raises(JobCancelled):
        service.jobs.progress(job.id, 1, 2, "working")
    with pytest.raises(NotFound):
        service.jobs.submit("analysis", "demo", {})


def test_a_job_whose_worker_died_is_tried_once_more_and_then_fails(service: Service) -> None:
    job = service.jobs.submit("analysis", "demo", {})
    for _ in range(MAX_ATTEMPTS):
        assert service.jobs.get(job.id).state == "queued"
        service.jobs.claim()
        service.jobs.take_over(PROBLEM)
    assert (service.jobs.get(job.id).state, service.jobs.get(job.id).problem) == ("failed", PROBLEM)


def test_a_cancelled_job_whose_worker_died_is_cancelled(service: Service) -> None:
    job = service.jobs.submit("analysis", "demo", {})
    service.jobs.claim()
    service.jobs.cancel(job.id)
    service.jobs.take_over(PROBLEM)
    assert service.jobs.get(job.id).state == "cancelled"


def test_a_stopping_worker_puts_its_job_back_into_the_queue(service: Service) -> None:
    worker = Worker(service, {})

    def work(service: Service, workspace: str, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
        worker.stop()
        progress(1, 2, "working")
        return {}

    worker.work = {"analysis": work}
    job = service.jobs.submit("analysis", "demo", {})
    claimed = service.jobs.claim()
    assert claimed is not None
    worker.do(claimed)
    assert (service.jobs.get(job.id).state, service.jobs.counts()) == ("queued", {"queued": 1})


def test_finished_jobs_are_forgotten_in_time(service: Service) -> None:
    job = done_by(service, lambda *_: {})
    service.jobs.forget_before(1)
    assert service.jobs.get(job.id).state == "done"
    with service.catalog.writing() as connection:
        connection.execute("UPDATE jobs SET finished_at = '2020-01-01T00:00:00Z'")
    service.jobs.forget_before(1)
    with pytest.raises(NotFound):
        service.jobs.get(job.id)


def test_a_worker_process_that_is_killed_is_started_again_and_no_job_is_lost(service: Service) -> None:
    process = WorkerProcess(service)
    service.jobs.wake = process.wake
    process.start()
    try:
        until(lambda: process.pid is not None)
        first = process.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        job = service.jobs.submit("analysis", "demo", {"metrics": ["wso"]})
        until(lambda: service.jobs.get(job.id).state == "done", 60)
        assert process.pid != first
    finally:
        process.stop()
    assert process.pid is None


def test_jobs_that_were_queued_while_nobody_worked_are_done_after_a_start(service: Service) -> None:
    job = service.jobs.submit("analysis", "demo", {"metrics": ["wso"]})
    process = WorkerProcess(service)
    process.start()
    try:
        until(lambda: service.jobs.get(job.id).state == "done", 60)
    finally:
        process.stop()


def heavy(service: Service) -> Job:
    """A job that is inside one compiled loop for a quarter of a minute or more, and says nothing: betweenness from every party, by distance."""
    parties = [{"type": "party", "id": f"p{number}", "name": f"p{number}", "kind": "organization"} for number in range(HEAVY_PARTIES)]
    pairs = np.random.default_rng(0).integers(0, HEAVY_PARTIES, (10 * HEAVY_PARTIES, 2)).tolist()
    ties = [
        {"type": "relationship", "id": f"k{number}", "source": f"p{a}", "target": f"p{b}", "kind": "refers", "strength": 0.5}
        for number, (a, b) in enumerate(pairs)
        if a != b
    ]
    records = [(line, finished(record_of(fields))) for line, fields in enumerate(parties + ties, 1)]
    write_batch(service.store("demo"), service.vocabulary("demo"), records)
    asked = {"metric": "betweenness", "parameters": {"weight": "distance", "pivots": HEAVY_PARTIES}}
    return service.jobs.submit("analysis", "demo", {"metrics": ["degree", asked], "as_of": "2025-12-31"})


def test_a_job_inside_a_kernel_is_cancelled_within_two_seconds_and_the_next_one_is_done(service: Service) -> None:
    process = WorkerProcess(service)
    process.start()
    try:
        job = heavy(service)
        until(lambda: service.jobs.get(job.id).stage == "betweenness", 60)
        first = process.pid
        time.sleep(0.5)
        begin = time.monotonic()
        service.jobs.cancel(job.id)
        until(lambda: service.jobs.get(job.id).state == "cancelled", 10)
        took = time.monotonic() - begin
        ended = service.jobs.get(job.id)
        assert ended.problem is not None
        assert ended.problem["type"] == "/problems/cancelled"
        assert took < 2 + LOOK_S
        following = service.jobs.submit("analysis", "demo", {"metrics": ["degree"], "as_of": "2025-12-31"})
        until(lambda: service.jobs.get(following.id).state == "done", 60)
        assert process.pid != first
        assert len(service.catalog.things("demo", "analysis")) == 1
    finally:
        process.stop()


def test_a_job_inside_a_kernel_ends_at_its_deadline_and_the_next_one_is_done(tmp_path: Path) -> None:
    with closing(Service(Settings(store=f"sqlite:///{tmp_path}", analysis_deadline_s=6))) as service:
        service.create_workspace({"id": "demo", "name": "Demo", "focal_party_id": "firm"})
        process = WorkerProcess(service)
        process.start()
        try:
            job = heavy(service)
            until(lambda: service.jobs.get(job.id).state == "failed", 60)
            ended = service.jobs.get(job.id)
            assert ended.problem is not None
            assert (ended.problem["type"], ended.problem["status"]) == ("/problems/deadline", 422)
            following = service.jobs.submit("report", "demo", {"kind": "strategy"})
            until(lambda: service.jobs.get(following.id).state == "failed", 60)  # nothing was scored
        finally:
            process.stop()


def test_what_a_killed_process_had_begun_to_write_goes_once_it_is_old(service: Service) -> None:
    old, young, whole = (service.directory("demo", "analyses", name) for name in ("a.making", "b.making", "c"))
    os.utime(old, (0, 0))
    service.sweep_unfinished()
    assert [path.exists() for path in (old, young, whole)] == [False, True, True]

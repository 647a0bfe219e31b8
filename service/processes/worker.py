"""The worker: one process beside the API that does the jobs, so that long work never stands in the way of a request.

It ends when the pipe to its parent closes, at the latest when its parent is gone; a worker that dies is started again by
:class:`WorkerProcess`. A cancelled job that does not end by itself, since it is inside a kernel or a solver, ends with its worker.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, TypeAlias

from filelock import FileLock, Timeout

from graph_models.errors import DeadlinePassed, JobCancelled, StoreUnavailable
from service.core.child_processes import end_with_parent
from service.core.logging import configure, logger
from service.core.settings import Settings
from service.http.problems import problem, problem_of
from service.imports.pipeline.uploads import discard_of, sweep
from service.jobs.queue import Job, Progress, Stopped
from service.workspaces.context import Service

Handler: TypeAlias = Callable[[Service, str, dict[str, Any], Progress], dict[str, Any]]
LOCK_FILE = "worker.lock"
IDLE_S = 1.0
"""How long an idle worker waits before it looks for jobs that nobody told it of (the command line's)."""
RESTART_S = 1.0
STOP_S = 5.0
LOOK_S = 0.2
CANCEL_S = 1.0
"""So long a cancelled job may take to end by itself."""
_log = logger(__name__)


def handlers() -> Mapping[str, Handler]:
    """What does which kind of job; imported where it is needed, since the API process needs none of it."""
    from service.analysis import rankings, scenarios
    from service.analysis import run as analysis_job
    from service.imports.pipeline import rollback
    from service.reports import registry as reports

    return {
        "analysis": analysis_job.run_job,
        "import": rankings.import_job,
        "ranking": rankings.run_job,
        "report": reports.run_job,
        "rollback": rollback.run_job,
        "scenario": scenarios.run_job,
    }


class Worker:
    """Does one job after the other."""

    def __init__(self, service: Service, work: Mapping[str, Handler]) -> None:
        self.service = service
        self.work = work
        self.woken = threading.Event()
        self.stopping = False

    def stop(self) -> None:
        """End after the running job next says how far it is."""
        self.stopping = True
        self.woken.set()

    def run(self) -> None:
        """Take over what a dead worker left, then work until stopped."""
        self.service.jobs.take_over(problem("worker-died", "The worker died", 500, "The worker process died twice while it did this job; its log may say why."))
        sweep(self.service)
        self.service.sweep_unfinished()
        self.service.remove_leftovers()
        self.service.jobs.forget_before(self.service.settings.keep_jobs_days)
        while not self.stopping:
            self.woken.clear()
            job = self.service.jobs.claim()
            if job is None:
                self.woken.wait(IDLE_S)
            else:
                self.do(job)
                self.service.close_stores()  # a workspace may be deleted and made again before the next job

    def do(self, job: Job) -> None:
        """Do one job to its end, whatever that is."""
        jobs = self.service.jobs

        ends_at = time.monotonic() + self.service.settings.job_deadline_s(job.kind)

        def progress(done: int, total: int | None, stage: str) -> None:
            if self.stopping:
                raise Stopped
            if time.monotonic() > ends_at:
                raise deadline_passed(self.service.settings, job.kind)
            jobs.progress(job.id, done, total, stage)

        _log.info("job started", extra={"job": job.id, "kind": job.kind, "workspace": job.workspace})
        try:
            result = self.work[job.kind](self.service, job.workspace, job.arguments, progress)
            jobs.finish(job.id, result)
        except Stopped:
            jobs.requeue(job.id)
            return
        except DeadlinePassed as error:
            jobs.fail(job.id, problem_of(error))
        except JobCancelled as error:
            jobs.fail(job.id, problem_of(error), "cancelled")
        except Exception as error:
            body = problem_of(error)
            if body["status"] == 500:
                _log.exception("job failed", extra={"job": job.id, "kind": job.kind})
            jobs.fail(job.id, body)
        discard_of(job)
        _log.info("job ended", extra={"job": job.id, "state": jobs.get(job.id).state if _is_there(self.service, job) else "gone"})


def _is_there(service: Service, job: Job) -> bool:
    return bool(service.catalog.rows("SELECT 1 FROM jobs WHERE id = ?", job.id))


def deadline_passed(settings: Settings, kind: str) -> DeadlinePassed:
    """What a job ends with that took too long."""
    longest = settings.job_deadline_s(kind)
    return DeadlinePassed(f"A job of the kind {kind} may take {longest:g} seconds; what it had written by then is kept", deadline_s=longest)


class WorkerProcess:
    """The worker as the API's process sees it: started, woken, started again where it dies, stopped."""

    def __init__(self, service: Service) -> None:
        self.settings = service.settings
        self._jobs = service.jobs
        self._process: subprocess.Popen[str] | None = None
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def start(self) -> None:
        self._keeper.start()

    @property
    def pid(self) -> int | None:
        """Of the process that runs now."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def wake(self) -> None:
        """There is a new job."""
        process = self._process
        if process is not None and process.stdin is not None:
            with suppress(OSError, ValueError):  # it just died: the next one looks by itself
                process.stdin.write("wake\n")
                process.stdin.flush()

    def stop(self) -> None:
        """End the worker; its job goes back to the queue."""
        self._stopping.set()
        self._keeper.join(STOP_S * 3)

    def _keep(self) -> None:
        while not self._stopping.is_set():
            process = self._process = self._spawn()
            ended_here = False
            while process.poll() is None and not self._stopping.wait(LOOK_S):
                ended_here = self._end_overdue(process)
            if not self._stopping.is_set() and not ended_here:
                _log.error("the worker died", extra={"status": process.returncode})
                self._stopping.wait(RESTART_S)
            _ended(process)

    def _end_overdue(self, process: subprocess.Popen[str]) -> bool:
        """Was the worker ended for the sake of a job (cancelled, or too long)? What that had begun to write is undone as after any sudden end."""
        try:
            cancelled = self._jobs.overdue(CANCEL_S)
            late = self._jobs.past_deadline(self.settings.job_deadline_s, CANCEL_S)
            if cancelled or late:
                process.kill()
                process.wait()
            for job_id in cancelled:
                self._jobs.fail(job_id, problem_of(JobCancelled("The job was cancelled")), "cancelled")
                _log.info("the worker was ended to cancel a job", extra={"job": job_id})
            for job_id in late:
                self._jobs.fail(job_id, problem_of(deadline_passed(self.settings, self._jobs.get(job_id).kind)))
                _log.warning("the worker was ended at the deadline of a job", extra={"job": job_id})
        except StoreUnavailable:  # the next worker finds the job cancelled
            return process.returncode is not None
        return bool(cancelled or late)

    def _spawn(self) -> subprocess.Popen[str]:
        process = subprocess.Popen([sys.executable, "-m", "service.processes.worker"], stdin=subprocess.PIPE, text=True, cwd=_package_parent())
        assert process.stdin is not None
        with suppress(OSError):
            process.stdin.write(json.dumps({"parent": os.getpid(), "settings": _plain(self.settings)}) + "\n")
            process.stdin.flush()
        return process


def _ended(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    with suppress(OSError):
        process.stdin.close()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _plain(settings: Settings) -> dict[str, Any]:
    """Settings as they go through the pipe: never on a command line, where others could read the password."""
    given = settings.model_dump(mode="json") | {"store": settings.store.get_secret_value(), "data": str(settings.data_directory), "token": None}
    return given | ({"store": f"sqlite:///{settings.store_directory}"} if settings.store_directory is not None else {})


def _package_parent() -> Path:
    return Path(__file__).resolve().parents[2]


def _listen(worker: Worker, pipe: IO[str]) -> None:
    """A line wakes the worker, the end of the pipe stops it."""
    for _ in pipe:
        worker.woken.set()
    worker.stop()


def main() -> None:
    """The process: its parent and the settings come as one line of JSON on standard input."""
    given = json.loads(sys.stdin.readline())
    end_with_parent(given["parent"])
    settings = Settings(**given["settings"])
    configure(settings)
    service = Service(settings)
    worker = Worker(service, handlers())
    threading.Thread(target=_listen, args=(worker, sys.stdin), daemon=True).start()
    sys.stdin = None  # the thread has it: a process that a job forks would wait for it to let go, to close its own
    lock = FileLock(settings.data_directory / LOCK_FILE, blocking=False)  # one worker a data directory
    while not worker.stopping:
        try:
            with lock:
                worker.run()
        except Timeout:
            worker.woken.wait(IDLE_S)
            worker.woken.clear()
    service.close()


if __name__ == "__main__":
    main()

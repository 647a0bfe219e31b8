"""The worker: one process beside the API that does the jobs, so that long work never stands in the way of a request.

It ends when the pipe to its parent closes, at the latest when its parent is gone; a worker that dies is started again by
:class:`WorkerProcess`. A cancelled job that does not end by itself, since it is inside a kernel or a solver, ends with its worker.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Mapping
from typing import IO

from filelock import FileLock, Timeout

from graph_models.errors import DeadlinePassed, JobCancelled
from service.core.child_processes import end_with_parent
from service.core.logging import configure, logger
from service.core.settings import Settings
from service.http.problems import problem, problem_of
from service.imports.pipeline.uploads import discard_of, sweep
from service.jobs.job import Job, Stopped
from service.processes.job_handlers import Handler, handlers
from service.workspaces.context import Service

LOCK_FILE = "worker.lock"
IDLE_S = 1.0
"""How long an idle worker waits before it looks for jobs that nobody told it of (the command line's)."""
_log = logger(__name__)


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

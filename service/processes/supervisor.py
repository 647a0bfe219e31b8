"""The worker as a process: started, watched, stopped, and started again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from graph_models.errors import JobCancelled, StoreUnavailable
from service.core.settings import Settings
from service.http.problems import problem_of
from service.processes.worker import _log, deadline_passed
from service.workspaces.context import Service

RESTART_S = 1.0
STOP_S = 5.0
LOOK_S = 0.2
CANCEL_S = 1.0
"""So long a cancelled job may take to end by itself."""


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

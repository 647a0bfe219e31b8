"""Long work as jobs in the service's file: submitted, claimed by compare-and-set, followed by stage, cancelled, kept with result or problem."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import apsw
import msgspec

from graph_models.errors import IdempotencyKeyReused, JobCancelled, NotFound, TooManyJobs
from graph_models.records.dates import now_text
from service.catalog.catalog import Catalog
from service.jobs.job import Job, Kind, State
from service.stores.interface.store import Writing

CLAIM = """
UPDATE jobs SET state = 'running', started_at = ?, attempts = attempts + 1, turn = (SELECT max(turn) + 1 FROM jobs) WHERE number = (
WITH waiting AS (SELECT workspace, min(number) AS number FROM jobs WHERE state = 'queued' GROUP BY workspace)
SELECT number FROM waiting ORDER BY
  (SELECT count(*) FROM jobs j WHERE j.workspace = waiting.workspace AND j.state = 'running'),
  (SELECT max(turn) FROM jobs j WHERE j.workspace = waiting.workspace), number LIMIT 1
) RETURNING id
"""
"""The oldest job of the workspace that was served longest ago: with k workspaces busy, a job of another one begins within k jobs."""
MAX_ATTEMPTS = 2
"""A job whose worker died is tried once more; one that kills two workers is the cause of it."""

_COLUMNS = "id, workspace, kind, arguments, state, done, total, stage, result, problem, cancelling, submitted_at, started_at, finished_at"


class Jobs:
    """The queue. ``wake`` is called when a job was submitted, so that a worker need not be asked all the time."""

    def __init__(self, catalog: Catalog, wake: Callable[[], None] = lambda: None, *, of_workspace: int = 30, in_all: int = 200) -> None:
        """``of_workspace``, ``in_all``: so many may be queued and running."""
        self.catalog = catalog
        self.wake = wake
        self._quotas = of_workspace, in_all

    def submit(self, kind: Kind, workspace: str, arguments: dict[str, Any], writing: Writing = Writing()) -> Job:  # noqa: B008
        """Queue a job. An idempotency key that was used for the same body gives its job again."""
        job_id = secrets.token_hex(12)
        with self.catalog.writing() as connection:
            if (before := self.of_key(workspace, writing)) is not None:  # here, where nobody else is submitting
                return before
            if not connection.execute("SELECT 1 FROM workspaces WHERE id = ?", (workspace,)).fetchone():
                raise NotFound(f"There is no workspace {workspace!r}")
            self._check_quotas(connection, workspace)
            connection.execute(
                "INSERT INTO jobs (id, workspace, kind, arguments, submitted_at) VALUES (?, ?, ?, ?, ?)",
                (job_id, workspace, kind, msgspec.json.encode(arguments), now_text()),
            )
            if writing.key is not None:
                connection.execute(
                    "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", (workspace, writing.key, writing.body_hash or "", job_id.encode(), now_text())
                )
        self.wake()
        return self.get(job_id)

    def _check_quotas(self, connection: apsw.Connection, workspace: str) -> None:
        under_way = dict(connection.execute("SELECT workspace, count(*) FROM jobs WHERE state IN ('queued', 'running') GROUP BY workspace"))
        of_workspace, in_all = self._quotas
        if under_way.get(workspace, 0) >= of_workspace:
            raise TooManyJobs(f"Workspace {workspace!r} has {of_workspace} jobs queued and running, and may have no more", limit=of_workspace)
        if sum(under_way.values()) >= in_all:
            raise TooManyJobs(f"{in_all} jobs are queued and running, and there may be no more", limit=in_all)

    def get(self, job_id: str) -> Job:
        rows = self.catalog.rows(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", job_id)  # noqa: S608 - columns of our own
        if not rows:
            raise NotFound(f"There is no job {job_id!r}")
        return _job(rows[0])

    def uploads(self) -> dict[str, bool]:
        """The directories of uploaded files that jobs name, and whether the job still needs them."""
        rows = self.catalog.rows(
            "SELECT arguments ->> 'upload', state IN ('queued', 'running') FROM jobs WHERE kind = 'import' AND arguments ->> 'upload' IS NOT NULL"
        )
        return {str(directory): bool(needed) for directory, needed in rows}

    def counts(self) -> dict[str, int]:
        """How many there are in each state."""
        return dict(self.catalog.rows("SELECT state, count(*) FROM jobs GROUP BY state"))

    def claim(self) -> Job | None:
        """Take the job whose turn it is, if there is one; nobody else gets it. Workspaces take turns, and within one the oldest comes first."""
        if not self.catalog.rows("SELECT 1 FROM jobs WHERE state = 'queued' LIMIT 1"):
            return None
        with self.catalog.writing() as connection:
            claimed = connection.execute(CLAIM, (now_text(),)).fetchall()
        return self.get(str(claimed[0][0])) if claimed else None

    def progress(self, job_id: str, done: int, total: int | None, stage: str) -> None:
        """Say how far a running job is; ``JobCancelled`` where it is to end or is gone."""
        with self.catalog.writing() as connection:
            connection.execute(
                "UPDATE jobs SET done = max(done * (stage IS ?3), ?1), total = ?2, stage = ?3 WHERE id = ?4 AND state = 'running'", (done, total, stage, job_id)
            )
        self.raise_if_cancelled(job_id)

    def raise_if_cancelled(self, job_id: str) -> None:
        if self.catalog.rows("SELECT 1 FROM jobs WHERE id = ? AND state = 'running' AND NOT cancelling", job_id):
            return
        raise JobCancelled("The job was cancelled")

    def cancel(self, job_id: str) -> Job:
        """A queued job is cancelled at once, a running one when it next says how far it is, or with its worker; a finished one stays as it is."""
        with self.catalog.writing() as connection:
            connection.execute("UPDATE jobs SET state = 'cancelled', finished_at = ? WHERE id = ? AND state = 'queued'", (now_text(), job_id))
            connection.execute("UPDATE jobs SET cancelling = ? WHERE id = ? AND state = 'running' AND NOT cancelling", (_milliseconds(), job_id))
        return self.get(job_id)

    def overdue(self, seconds: float) -> list[str]:
        """Running jobs that were cancelled so long ago and have not said anything since: they are inside something that cannot be asked to end."""
        limit = _milliseconds() - int(seconds * 1000)
        return [job_id for (job_id,) in self.catalog.rows("SELECT id FROM jobs WHERE state = 'running' AND cancelling AND cancelling <= ?", limit)]

    def past_deadline(self, deadline_s: Callable[[str], float], grace_s: float = 0.0) -> list[str]:
        """Running jobs that take longer than jobs of their kind may (``deadline_s``), and so much longer."""
        running = self.catalog.rows("SELECT id, kind, started_at FROM jobs WHERE state = 'running' AND NOT cancelling")
        now = datetime.now(UTC)
        return [job_id for job_id, kind, began in running if (now - datetime.fromisoformat(began)).total_seconds() > deadline_s(kind) + grace_s]

    def finish(self, job_id: str, result: dict[str, Any]) -> None:
        self._end(job_id, "done", result=msgspec.json.encode(result))

    def fail(self, job_id: str, problem: dict[str, Any], state: State = "failed") -> None:
        self._end(job_id, state, problem=msgspec.json.encode(problem, enc_hook=str))

    def requeue(self, job_id: str) -> None:
        """The worker stops before the job is done: it is done again from its beginning."""
        with self.catalog.writing() as connection:
            connection.execute(
                "UPDATE jobs SET state = 'queued', started_at = NULL, done = 0, stage = NULL, turn = 0, attempts = attempts - 1 "
                "WHERE id = ? AND state = 'running'",
                (job_id,),
            )

    def take_over(self, problem: dict[str, Any]) -> None:
        """Called by the one worker as it starts: whatever runs was left by a dead one, and is queued again, cancelled, or failed with this problem."""
        with self.catalog.writing() as connection:
            connection.execute("UPDATE jobs SET state = 'cancelled', finished_at = ? WHERE state = 'running' AND cancelling", (now_text(),))
            connection.execute(
                "UPDATE jobs SET state = 'failed', problem = ?, finished_at = ? WHERE state = 'running' AND attempts >= ?",
                (msgspec.json.encode(problem), now_text(), MAX_ATTEMPTS),
            )
            connection.execute("UPDATE jobs SET state = 'queued', started_at = NULL, done = 0, stage = NULL, turn = 0 WHERE state = 'running'")

    def forget_before(self, days: int) -> None:
        """Forget what was finished more than so many days ago."""
        moment = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        with self.catalog.writing() as connection:
            connection.execute("DELETE FROM jobs WHERE finished_at < ?", (moment,))

    def of_key(self, workspace: str, writing: Writing) -> Job | None:
        """The job that was submitted under a key before. ``IdempotencyKeyReused`` where that was for another body."""
        found = None if writing.key is None else self.catalog.answered(workspace, writing.key)
        if found is None:
            return None
        if found[0] != (writing.body_hash or ""):
            raise IdempotencyKeyReused("This Idempotency-Key was used for another body")
        with suppress(NotFound):
            return self.get(found[1].decode())
        return None

    def _end(self, job_id: str, state: State, result: bytes | None = None, problem: bytes | None = None) -> None:
        with self.catalog.writing() as connection:
            connection.execute(
                "UPDATE jobs SET state = ?, result = ?, problem = ?, finished_at = ? WHERE id = ? AND state = 'running'",
                (state, result, problem, now_text(), job_id),
            )


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


def _job(row: Any) -> Job:
    job_id, workspace, kind, arguments, state, done, total, stage, result, problem, cancelling, *times = row
    return Job(
        job_id,
        workspace,
        kind,
        msgspec.json.decode(arguments),
        state,
        done,
        total,
        stage,
        None if result is None else msgspec.json.decode(result),
        None if problem is None else msgspec.json.decode(problem),
        bool(cancelling),
        *times,
    )

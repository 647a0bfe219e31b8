"""A job: what it is, how far it is, and how it ends."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, Protocol

State = Literal["queued", "running", "done", "failed", "cancelled"]
Kind = Literal["analysis", "import", "ranking", "report", "rollback", "scenario"]
FINAL = frozenset({"done", "failed", "cancelled"})


class Job(NamedTuple):
    """One job as it stands."""

    id: str
    workspace: str
    kind: Kind
    arguments: dict[str, Any]
    state: State
    done: int
    total: int | None
    stage: str | None
    result: dict[str, Any] | None
    problem: dict[str, Any] | None
    cancelling: bool
    submitted_at: str
    started_at: str | None
    finished_at: str | None

    def as_submitted(self) -> Job:
        """As it was when it was submitted: what is answered to whoever submits it, also again under the same key."""
        return self._replace(state="queued", done=0, total=None, stage=None, result=None, problem=None, started_at=None, finished_at=None)

    def as_json(self) -> dict[str, Any]:
        """The answer of the API; arguments are not shown, they may hold paths of this machine."""
        shown = {name: value for name, value in self._asdict().items() if name not in ("arguments", "done", "total", "stage", "cancelling")}
        return shown | {"progress": {"done": self.done, "total": self.total, "stage": self.stage}}


class Progress(Protocol):
    """Called by long work as it goes on. Raises ``JobCancelled`` where somebody wants it to end."""

    def __call__(self, done: int, total: int | None, stage: str) -> None: ...


class Stopped(Exception):
    """The worker is asked to end: the job goes back to the queue."""


def no_progress(done: int, total: int | None, stage: str) -> None:
    """For work that nobody watches."""

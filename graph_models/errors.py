"""Domain errors: what can go wrong and with what, without HTTP.

::

    StakeholderGraphError
    ├── Malformed                     not even JSON, UTF-8, gzip, YAML ...
    ├── InvalidInput                  understood, but not allowed; carries FieldErrors
    │   ├── IdempotencyKeyReused      the same key with another body
    │   ├── TooCostly                 would need more than this machine has
    │   └── ParameterOutOfRange       only the graph shows that a parameter is invalid
    ├── NotFound                      no such workspace, record, job, analysis, metric ...
    ├── Conflict
    │   ├── InUse                     what is referred to cannot be taken away
    │   ├── BuiltOn                   later writes build on what is to be taken back
    │   ├── StageNotAllowed           a role cannot go from that stage to this one
    │   ├── AlreadyExists             a workspace of that id is there
    │   └── OneWorkspace              this store holds one workspace only
    ├── VersionConflict               If-Match names another version
    ├── TooLarge                      a record or an upload above its limit
    ├── Busy                          too many of the same wait already; later it may go
    │   ├── TooManyJobs               the workspace, or the service, has as many jobs as it may
    │   └── TooManyQuestions          as many questions in Cypher run and wait as may
    ├── UnsupportedMedia              a body or file of a kind that is not read
    ├── CypherNotReadOnly             a statement that the gate refuses
    ├── QueryFailed                   a read-only statement that Neo4j could not run
    ├── NeedsNeo4j                    asked of a store that has no Cypher
    ├── JobCancelled                  somebody cancelled the job this work belongs to
    │   └── DeadlinePassed            the job took longer than a job of its kind may
    ├── StoreUnavailable              the store does not answer
    └── OutcomeUnknown                the store went away while it committed
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple


class FieldError(NamedTuple):
    """One thing that is wrong: where (line and field, where they are known), what (a stable code) and in words."""

    code: str
    message: str
    field: str | None = None
    line: int | None = None

    def at(self, line: int) -> FieldError:
        """The same error, said of a line."""
        return self._replace(line=line)


class StakeholderGraphError(Exception):
    """The root. ``code`` is a stable slug; ``facts`` are what a program may want to read (JSON values)."""

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, message: str, *, errors: Sequence[FieldError] = (), **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.errors = tuple(errors)
        self.facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors cross from the worker process to the service's."""
        return _rebuild, (type(self), self.message, self.errors, self.facts)


def _rebuild(kind: type[StakeholderGraphError], message: str, errors: Any, facts: dict[str, Any]) -> StakeholderGraphError:
    return kind(message, errors=errors, **facts)


class Malformed(StakeholderGraphError):
    code, title = "malformed", "The request cannot be read"


class InvalidInput(StakeholderGraphError):
    code, title = "invalid", "The content is not valid"

    @classmethod
    def of(cls, code: str, message: str, field: str | None = None, line: int | None = None) -> InvalidInput:
        """One field is wrong."""
        return cls(message, errors=[FieldError(code, message, field, line)])


class IdempotencyKeyReused(InvalidInput):
    code, title = "idempotency-key-reused", "This Idempotency-Key was used for another body"


class TooCostly(InvalidInput):
    code, title = "too-costly", "This would need more than the machine has"


class ParameterOutOfRange(InvalidInput):
    code, title = "parameter-out-of-range", "A parameter makes the method invalid on this graph"


class NotFound(StakeholderGraphError):
    code, title = "not-found", "There is no such thing"


class Conflict(StakeholderGraphError):
    code, title = "conflict", "The state of the data does not allow this"


class InUse(Conflict):
    code, title = "in-use", "Other records refer to this one"


class BuiltOn(Conflict):
    code, title = "built-on", "Later writes build on this"


class StageNotAllowed(Conflict):
    code, title = "stage-not-allowed", "The vocabulary does not allow this change of stage"


class AlreadyExists(Conflict):
    code, title = "already-exists", "This id is taken"


class OneWorkspace(Conflict):
    code, title = "one-workspace", "This store holds one workspace"


class VersionConflict(StakeholderGraphError):
    code, title = "version-conflict", "The record was changed meanwhile"


class TooLarge(StakeholderGraphError):
    code, title = "too-large", "This is larger than the limit"


class Busy(StakeholderGraphError):
    code, title = "busy", "Too many requests of this kind wait already"


class UnsupportedMedia(StakeholderGraphError):
    code, title = "unsupported-media", "This kind of content is not read here"


class CypherNotReadOnly(StakeholderGraphError):
    code, title = "cypher-not-read-only", "Only read-only Cypher runs here"


class QueryFailed(StakeholderGraphError):
    code, title = "query-failed", "Neo4j could not run this query"


class NeedsNeo4j(StakeholderGraphError):
    code, title = "needs-neo4j", "This needs a Neo4j store"


class JobCancelled(StakeholderGraphError):
    code, title = "cancelled", "The job was cancelled"


class DeadlinePassed(JobCancelled):
    code, title = "deadline", "The job took longer than it may"


class TooManyJobs(Busy):
    code, title = "too-many-jobs", "As many jobs as may be are queued or running"


class TooManyQuestions(Busy):
    code, title = "too-many-questions", "As many questions as may be are running and waiting"


class StoreUnavailable(StakeholderGraphError):
    code, title = "store-unavailable", "The store does not answer"


class OutcomeUnknown(StakeholderGraphError):
    code, title = "outcome-unknown", "It is not known whether the write took place"

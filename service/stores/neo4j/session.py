"""How work is done on a Neo4j server within a deadline: whatever the server does, the caller gets an answer in time.

The driver has no read timeout, so each piece of work runs in a thread of its own kind and the caller waits for it only so
long. Work that nobody waits for any more may still read, but it can no longer commit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from queue import SimpleQueue
from time import monotonic, sleep
from typing import Any, Generic, TypeVar

from neo4j import READ_ACCESS, WRITE_ACCESS, Driver, GraphDatabase, NotificationMinimumSeverity, Query, Result, Session, Transaction
from neo4j.exceptions import ClientError, DriverError, IncompleteCommit, Neo4jError, ServiceUnavailable, SessionExpired, TransientError

from graph_models.errors import OutcomeUnknown, StoreUnavailable, TooManyQuestions
from service.stores.neo4j.statements import Statement

T = TypeVar("T")
DEADLINE: ContextVar[float | None] = ContextVar("deadline", default=None)
"""When (``time.monotonic``) the request at hand must be answered; the store's own timeout holds where this is not set, or is later."""

MAX_THREADS = 32
"""As many connections; more work waits for its turn, within its deadline."""
RECONNECTS = 3
"""A server that was restarted leaves connections behind that fail once each; one that is down fails every time."""
CONNECT_S = 5.0


def too_late() -> StoreUnavailable:
    """The deadline passed, and nothing was written."""
    return StoreUnavailable("Neo4j did not answer within the deadline", deadline_passed=True)


class Attempt:
    """One piece of work that somebody waits for. Who is first wins: the work that commits, or the caller who gives up."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self._lock = threading.Lock()
        self.abandoned = False
        self.committing = False
        self.session: Session | None = None

    def left(self) -> float:
        """Seconds until the deadline; ``StoreUnavailable`` where there are none."""
        left = self.deadline - monotonic()
        if left <= 0 or self.abandoned:
            raise too_late()
        return left

    def commit_begins(self) -> None:
        with self._lock:
            if self.abandoned:
                raise too_late()
            self.committing = True

    def commit_ended(self) -> None:
        with self._lock:
            self.committing = False

    def abandon(self) -> bool:
        """Give up; was it committing? The connection is cut, so that its thread does not wait, or read on, for nobody."""
        with self._lock:
            self.abandoned = True
            committing = self.committing
        cut = getattr(getattr(self.session, "_connection", None), "kill", None)
        if cut is not None:
            cut()
        return committing


class _Job(Generic[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        self.work = copy_context().run, work
        self.done = threading.Event()
        self.result: T | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.result = self.work[0](self.work[1])
        except BaseException as error:
            self.error = error
        self.done.set()


class Neo4jSessions:
    """One driver, and the threads that use it."""

    def __init__(self, uri: str, user: str, password: str, database: str, timeout_s: float, *, threads: int = MAX_THREADS, waiting: int | None = None) -> None:
        """``threads``: so many pieces of work go on at once; ``waiting``: so many more wait for their turn, and what comes then is refused."""
        self.database = database
        self._max_threads, self._places = threads, None if waiting is None else threads + waiting
        self._under_way = 0
        self.timeout_s = timeout_s
        connect = min(CONNECT_S, timeout_s)
        self.driver: Driver = GraphDatabase.driver(
            uri,
            auth=(user, password),
            max_connection_pool_size=threads,
            connection_timeout=connect,
            connection_acquisition_timeout=min(2 * connect, timeout_s),
            liveness_check_timeout=30.0,
            notifications_min_severity=NotificationMinimumSeverity.OFF,
            user_agent="stakeholder-graph",
        )
        self._queue: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = self._idle = 0
        self._closed = False

    def close(self) -> None:
        """Let go of the connections; threads end when their work does."""
        with self._lock:
            self._closed = True
            for _ in range(self._threads):
                self._queue.put(None)
        self.driver.close()

    def within(self, work: Callable[[Attempt], T], timeout_s: float | None = None) -> T:
        """Run a piece of work, but answer at the deadline: ``StoreUnavailable``, or ``OutcomeUnknown`` where a commit is under way."""
        own = monotonic() + (self.timeout_s if timeout_s is None else timeout_s)
        attempt = Attempt(min(own, DEADLINE.get() or own))
        job = _Job(lambda: work(attempt))
        self._start(job)
        if not job.done.wait(max(attempt.deadline - monotonic(), 0)):
            if attempt.abandon():
                raise OutcomeUnknown("Neo4j did not say within the deadline whether it committed")
            raise too_late()
        if job.error is not None:
            raise job.error
        return job.result  # type: ignore[return-value]

    def _start(self, job: _Job[Any]) -> None:
        with self._lock:
            if self._closed:
                raise StoreUnavailable("The store is closed")
            if self._places is not None and self._under_way >= self._places:
                waiting = self._places - self._max_threads
                raise TooManyQuestions(f"{self._max_threads} questions run and {waiting} wait, and there may be no more; ask again soon")
            self._under_way += 1
            self._queue.put(job)
            if self._idle < self._queue.qsize() and self._threads < self._max_threads:
                self._threads += 1
                threading.Thread(target=self._serve, name="neo4j", daemon=True).start()

    def _serve(self) -> None:
        while True:
            with self._lock:
                self._idle += 1
            job = self._queue.get()
            with self._lock:
                self._idle -= 1
            if job is None:
                return
            job.run()
            del job
            with self._lock:
                self._under_way -= 1

    @contextmanager
    def session(self, attempt: Attempt, *, write: bool = False, fetch_size: int = 1000) -> Iterator[Session]:
        """A session for one attempt, which may have to cut it off."""
        attempt.left()
        with self.driver.session(database=self.database, default_access_mode=WRITE_ACCESS if write else READ_ACCESS, fetch_size=fetch_size) as session:
            attempt.session = session
            try:
                yield session
            finally:
                attempt.session = None

    @contextmanager
    def transaction(self, attempt: Attempt, *, write: bool = False) -> Iterator[Transaction]:
        """A transaction that the server ends at the deadline."""
        with self.session(attempt, write=write) as session, session.begin_transaction(timeout=attempt.left()) as transaction:
            yield transaction

    def read(self, work: Callable[[Transaction], T], timeout_s: float | None = None) -> T:
        """Run reads in one transaction of a reader; again, where a connection turned out to be dead."""
        return self.within(lambda attempt: self.retried(attempt, lambda: self._read(attempt, work)), timeout_s)

    def _read(self, attempt: Attempt, work: Callable[[Transaction], T]) -> T:
        with self.transaction(attempt) as transaction:
            return work(transaction)

    def auto(self, statement: Statement, timeout_s: float | None = None, **parameters: Any) -> None:
        """Run a statement that manages its own transactions."""

        def work(attempt: Attempt) -> None:
            def once() -> None:
                with self.session(attempt, write=True) as session:
                    session.run(Query(statement.text, timeout=attempt.left()), dict(statement.bound(parameters))).consume()

            self.retried(attempt, once)

        self.within(work, timeout_s)

    def tried(self, once: Callable[[], T]) -> T | None:
        """Done once; nothing where that came to nothing, and another try may do better."""
        try:
            with store_errors():
                return once()
        except _Again:
            return None

    def retried(self, attempt: Attempt, once: Callable[[], T]) -> T:
        failures = 0
        while True:
            try:
                with store_errors():
                    return once()
            except _Again as again:
                failures += again.lost
                if failures >= RECONNECTS:
                    raise StoreUnavailable(again.reason) from again.__cause__
                sleep(min(0.05 * 2**failures, attempt.left()))


class _Again(Exception):
    """Worth another try: nothing was written. ``lost``: the connection was."""

    def __init__(self, reason: str, *, lost: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lost = lost


@contextmanager
def store_errors() -> Iterator[None]:
    """Say in the service's own errors what the driver says in its own."""
    try:
        yield
    except IncompleteCommit:
        raise
    except (ServiceUnavailable, SessionExpired) as error:
        raise _Again(f"Neo4j does not answer: {error}", lost=True) from error
    except TransientError as error:
        raise _Again(f"Neo4j could not do it now: {_message(error)}", lost=_is_down(error)) from error
    except ClientError as error:
        raise StoreUnavailable(f"Neo4j refused: {_message(error)}") from error
    except Neo4jError as error:
        raise _Again(f"Neo4j failed: {_message(error)}", lost=True) from error
    except DriverError as error:
        raise StoreUnavailable(f"Neo4j cannot be reached: {error}") from error
    except OSError as error:
        raise _Again(f"Neo4j cannot be reached: {error}", lost=True) from error


def _is_down(error: Neo4jError) -> bool:
    """Locks are waited for until the deadline; a database that is not there, a few times only."""
    return not (error.code or "").startswith("Neo.TransientError.Transaction")


def _message(error: Neo4jError) -> str:
    return f"{error.code}: {error.message}"


def begin(transaction: Transaction, statement: Statement, **parameters: Any) -> Result:
    """Let a statement of the store begin: the server goes on with it until its records are asked for."""
    return transaction.run(statement.text, dict(statement.bound(parameters)))


def run(transaction: Transaction, statement: Statement, **parameters: Any) -> Sequence[Any]:
    """Run a statement of the store; its one record as a list of values, empty where there is none."""
    record = next(iter(begin(transaction, statement, **parameters)), None)
    return [] if record is None else record.values()


def run_all(transaction: Transaction, statement: Statement, **parameters: Any) -> list[Mapping[str, Any]]:
    """Run a statement of the store; all its records."""
    return [record.data() for record in begin(transaction, statement, **parameters)]

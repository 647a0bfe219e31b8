"""The store on Neo4j: what is believed now is a graph that analysts can ask, what was superseded are nodes beside it.

One database is one workspace. Writers queue up at one node, so revisions become visible in the order of their numbers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

from neo4j import Transaction
from neo4j.exceptions import IncompleteCommit

from graph_models.ecosystem.columns import Columns
from graph_models.errors import IdempotencyKeyReused, OutcomeUnknown, StoreUnavailable
from graph_models.records.dates import now_text
from service.stores.interface.store import NO_CHANGE, At, Beside, Found, OwnTerms, Plan, Revision, Row, Writing
from service.stores.neo4j import reads as reads
from service.stores.neo4j.columns import load_columns
from service.stores.neo4j.commit_order import Turn, Turns, waited
from service.stores.neo4j.read_only_gate import DEFAULT_LIMITS, QuestionLimits, run_gated
from service.stores.neo4j.rows import HalfSeen, spelt_out
from service.stores.neo4j.session import Attempt, Neo4jSessions, run, run_all, store_errors
from service.stores.neo4j.statements import statement, statements
from service.stores.neo4j.writes import Neo4jBelieved, PartyGone, apply, insert_facts, may_go_beside, remember

T = TypeVar("T")
SCHEMA_VERSION = len(statements("schema"))
_LOCK, _OF_TOKEN, _PING = statement("store/lock"), statement("store/revision_of_token"), statement("store/ping")
_CLEAR = statement("store/clear_relationships"), statement("store/clear_nodes")
_VERSION, _APPLIED, _ONLINE = statement("store/schema_version"), statement("store/schema_applied"), statement("store/indexes_online")
_IDENTITY, _IDENTIFY = statement("store/identity"), statement("store/identity_insert")
_SETTLED, _TURN = statement("store/settled"), statement("store/turn")
_READS, _LOADS = 5, 2
_CHECK_S = 5.0
_QUICK_CHECK_S = 2.0
"""For a question that has waited its time already."""
_SCHEMA_S = 900.0
"""Indexes are made over what is there already: ten million facts after a first load from files."""
_IMPORT_S = 300.0
"""Nobody waits at a screen for a batch of an import; two of them share the server, and one waits for the other."""
_LOAD_S = 600.0
"""Loading ten million facts takes half a minute on two cores; a machine may be ten times slower."""


def _as_one(transaction: Transaction, work: Callable[[Transaction], T]) -> tuple[T] | None:
    """What a read found, if no commit was under way before or after it."""
    before = run(transaction, _SETTLED)
    try:
        found = work(transaction)
    except HalfSeen:
        return None
    after = run(transaction, _SETTLED)
    return (found,) if before == after and all(after[1:]) else None


class Neo4jStore:
    """The records of one workspace in one Neo4j database. Safe to use from many threads, and from many processes at once."""

    runs_cypher: ClassVar[bool] = True
    answers_at_once: ClassVar[bool] = False
    writers: ClassVar[int] = 2

    def __init__(
        self, uri: str, user: str, password: str, database: str = "neo4j", *, timeout_s: float = 30.0, questions: QuestionLimits = DEFAULT_LIMITS
    ) -> None:
        """Connects when first used, so that a service can start before its store; ``timeout_s`` bounds every read and write, but those of imports.

        The questions of analysts have connections and threads of their own: however many and slow they are, reads and writes do not wait for them.
        """
        self._sessions = Neo4jSessions(uri, user, password, database, timeout_s)
        self._questions = Neo4jSessions(uri, user, password, database, timeout_s, threads=questions.at_work, waiting=questions.waiting)
        self._question_limits = questions
        self._turns = Turns()
        self._schema_lock = threading.Lock()
        self._has_schema = False
        self._expected: str | None = None
        self._is_expected = False

    def write(self, plan: Plan, writing: Writing) -> Revision | None:
        sessions = self._ready()
        timeout_s = None if writing.import_id is None else max(_IMPORT_S, sessions.timeout_s)
        if writing.in_turn and writing.key is None:
            return sessions.within(lambda attempt: self._write_in_turn(attempt, plan, writing), timeout_s)
        return sessions.within(lambda attempt: sessions.retried(attempt, lambda: self._write(attempt, plan, writing)), timeout_s)

    def together(self, writing: Writing) -> None:
        """One transaction of Neo4j holds all that it changes in memory: an import is written in several."""

    def _write_in_turn(self, attempt: Attempt, plan: Plan, writing: Writing) -> Revision | None:
        """Write in turn with others that are under way (``neo4j_turns.py``); where that does not go, alone."""
        turn, done = self._turns.take(), None
        try:
            done = self._sessions.tried(lambda: self._in_turn(attempt, turn, plan, writing))
        finally:
            turn.ends(as_said=done is not None)
        return done[0] if done is not None else self._sessions.retried(attempt, lambda: self._write(attempt, plan, writing))

    def _in_turn(self, attempt: Attempt, turn: Turn, plan: Plan, writing: Writing) -> tuple[Revision | None] | None:
        began = self._begun(attempt) if turn.before is None else waited(turn.before.began, attempt)
        if began is None:
            return None
        turn.begins(*began)
        token = uuid4().hex
        try:
            with self._sessions.transaction(attempt, write=True) as transaction:
                try:
                    return self._added(transaction, attempt, turn, began, plan, writing, token)
                finally:
                    transaction.close()  # what was not committed is undone: else the driver would commit it here
        except PartyGone:
            return None
        except IncompleteCommit as error:
            turn.ends(as_said=False)
            return (self._looked_up(attempt, token, plan, writing, error),)

    def _added(
        self, transaction: Transaction, attempt: Attempt, turn: Turn, began: tuple[int, bool], plan: Plan, writing: Writing, token: str
    ) -> tuple[Revision | None] | None:
        before = turn.before
        believed = Neo4jBelieved(transaction, retracted=began[1])
        change = spelt_out(plan(believed) or NO_CHANGE)
        newest = began[0] if before is None else before.newest(attempt)
        if newest is None or not may_go_beside(change, believed.anchored):
            return None
        run(transaction, _TURN, name=turn.name)
        number = newest + bool(change.insert)
        turn.makes(number)
        insert_facts(transaction, change.insert, number)
        if before is not None:
            run(transaction, _TURN, name=before.name)
            if not before.did_as_said(attempt):
                return None
        if not change.insert:
            return (None,)
        there, time, _ = run(transaction, _LOCK)
        if there != newest:
            return None
        revision = remember(transaction, change, writing, (number, max(now_text(), time)), token)
        attempt.commit_begins()
        transaction.commit()
        attempt.commit_ended()
        return (revision,)

    def _begun(self, attempt: Attempt) -> tuple[int, bool]:
        """The newest revision, wholly visible, and whether there are periods taken away."""
        with self._sessions.transaction(attempt, write=True) as transaction:
            number, _, retracted = run(transaction, _LOCK)
            transaction.rollback()
        return number, retracted

    def _write(self, attempt: Attempt, plan: Plan, writing: Writing) -> Revision | None:
        token = uuid4().hex
        try:
            with self._sessions.transaction(attempt, write=True) as transaction:
                revision, is_new = self._plan(transaction, plan, writing, token)
                if is_new:
                    attempt.commit_begins()
                    transaction.commit()
                    attempt.commit_ended()
                return revision
        except IncompleteCommit as error:
            return self._looked_up(attempt, token, plan, writing, error)

    def _plan(self, transaction: Transaction, plan: Plan, writing: Writing, token: str) -> tuple[Revision | None, bool]:
        number, time, retracted = run(transaction, _LOCK)
        if writing.key is not None and (before := reads.revision_where(transaction, reads.REVISION_OF_KEY, key=writing.key)) is not None:
            if before.body_hash != writing.body_hash:
                raise IdempotencyKeyReused(f"Idempotency-Key {writing.key!r} was used for another body in revision {before.number}")
            return before, False
        believed = Neo4jBelieved(transaction, retracted=retracted)
        change = plan(believed)
        if writing.key is None and (change is None or change.is_empty()):
            return None, False
        return apply(transaction, spelt_out(change or NO_CHANGE), writing, (number, time), token, believed.anchored), True

    def _looked_up(self, attempt: Attempt, token: str, plan: Plan, writing: Writing, error: IncompleteCommit) -> Revision | None:
        """The connection died while it committed. Whoever holds the lock after that write can see whether it took place."""
        try:
            revision = self._sessions.retried(attempt, lambda: self._revision_of(attempt, token))
        except StoreUnavailable as gone:
            raise OutcomeUnknown(f"Neo4j went away while it committed, and cannot be asked whether it did: {gone.message}") from error
        attempt.commit_ended()
        return revision if revision is not None else self._write(attempt, plan, writing)

    def _revision_of(self, attempt: Attempt, token: str) -> Revision | None:
        with self._sessions.transaction(attempt, write=True) as transaction:
            run(transaction, _LOCK)
            return reads.revision_where(transaction, _OF_TOKEN, token=token)

    def get(self, type_name: str, ids: Collection[str], at: At) -> Sequence[Row]:
        return self._read(lambda transaction: reads.get(transaction, type_name, ids, at))

    def find(self, type_name: str, filters: Mapping[str, str], at: At, after: str | None, limit: int) -> Found:
        return self._read(lambda transaction: reads.find(transaction, type_name, filters, at, after, limit))

    def count(self, type_name: str, filters: Mapping[str, str], at: At) -> int:
        return self._read(lambda transaction: reads.count(transaction, type_name, filters, at))

    def adjacent(self, parties: Collection[str], at: At, kinds: Collection[str] | None, limit: int) -> Sequence[Row]:
        return self._read(lambda transaction: reads.adjacent(transaction, parties, at, kinds, limit))

    def beside(self, parties: Collection[str], at: At, kinds: Collection[str] | None, limit: int) -> Beside:
        return self._read(lambda transaction: reads.beside(transaction, parties, at, kinds, limit))

    def history(self, type_name: str, record_id: str, at: At) -> Sequence[Row]:
        return self._read(lambda transaction: reads.history(transaction, type_name, record_id, at))

    def columns(self, at: At) -> Columns:
        """Several statements read at once, so none may see a commit that the others do not: checked as every read is."""
        sessions = self._ready()
        for _ in range(_LOADS):
            before = self._settled()
            found = load_columns(sessions, at, _LOAD_S)
            if before is not None and before == self._settled():
                return found
        return sessions.within(lambda attempt: sessions.retried(attempt, lambda: self._load_alone(attempt, at)), _LOAD_S)

    def _settled(self) -> int | None:
        """The newest revision; nothing where it is not wholly visible."""
        number, is_found = self._sessions.read(lambda transaction: run(transaction, _SETTLED)) or (0, True)
        return int(number) if is_found else None

    def _load_alone(self, attempt: Attempt, at: At) -> Columns:
        with self._sessions.transaction(attempt, write=True) as transaction:
            run(transaction, _LOCK)
            return load_columns(self._sessions, at, _LOAD_S)

    def revisions(self, after: int, limit: int) -> Sequence[Revision]:
        return self._ready().read(lambda transaction: [reads.revision_of(values) for values in run_all(transaction, reads.REVISIONS, after=after, limit=limit)])

    def terms(self) -> OwnTerms | None:
        return self._ready().read(reads.terms)

    def head(self) -> int:
        return self._ready().read(lambda transaction: next(iter(run(transaction, reads.HEAD)), 0))

    def revision_at(self, time: str) -> int:
        return self._ready().read(lambda transaction: next(iter(run(transaction, reads.REVISION_AT, time=time)), 0))

    def revision_of_key(self, key: str) -> Revision | None:
        return self._ready().read(lambda transaction: reads.revision_where(transaction, reads.REVISION_OF_KEY, key=key))

    def query(self, text: str, parameters: Mapping[str, Any], limit: int, timeout_s: float) -> Mapping[str, Any]:
        self._ready()
        return run_gated(self._questions, text, parameters, self._question_limits.rows(limit), timeout_s, lambda: self._ping(_QUICK_CHECK_S))

    def _read(self, work: Callable[[Transaction], T]) -> T:
        """Read as of one revision, though Neo4j lets a reader see half of a commit: again where one took place meanwhile, and at last with writers kept out."""
        sessions = self._ready()
        for _ in range(_READS):
            found = sessions.read(lambda transaction: _as_one(transaction, work))
            if found is not None:
                return found[0]
        return sessions.within(lambda attempt: sessions.retried(attempt, lambda: self._read_alone(attempt, work)))

    def _read_alone(self, attempt: Attempt, work: Callable[[Transaction], T]) -> T:
        with self._sessions.transaction(attempt, write=True) as transaction:
            run(transaction, _LOCK)
            return work(transaction)

    def identify(self, expected: str | None) -> str:
        """The server is asked for its name at the first read or write after this, for it may not run yet; at once where none is expected."""
        self._expected = expected
        return expected or self._ready().within(lambda attempt: self._sessions.retried(attempt, lambda: self._identified(attempt)))

    def _identified(self, attempt: Attempt) -> str:
        with self._sessions.transaction(attempt, write=True) as transaction:
            identity: str = run(transaction, _IDENTIFY, identity=uuid4().hex)[0]
            transaction.commit()
        return identity

    def check(self) -> None:
        self._ping(_CHECK_S)

    def _ping(self, timeout_s: float) -> None:
        """Raise ``StoreUnavailable`` where the server does not answer in so many seconds."""
        self._ready(timeout_s).read(lambda transaction: run(transaction, _PING), timeout_s)

    def clear(self) -> None:
        for step in _CLEAR:
            self._ready().auto(step, _LOAD_S)

    def close(self) -> None:
        self._questions.close()
        self._sessions.close()

    def _ready(self, timeout_s: float | None = None) -> Neo4jSessions:
        """The sessions, once the schema is there: it is applied when the server answers for the first time."""
        if not self._has_schema:
            with self._schema_lock:
                if not self._has_schema:
                    self._apply_schema(timeout_s)
                    self._has_schema = True
        if self._expected is not None and not self._is_expected:
            self._check_identity(self._expected, timeout_s)
        return self._sessions

    def _check_identity(self, expected: str, timeout_s: float | None) -> None:
        identity = next(iter(self._sessions.read(lambda transaction: run(transaction, _IDENTITY), timeout_s)), None)
        if identity != expected:
            raise StoreUnavailable(
                "The Neo4j database is not the one that this workspace was made in: it is empty, or another's; "
                "restore it, or DELETE the workspace to begin anew",
                is_another=True,
            )
        self._is_expected = True

    def _apply_schema(self, timeout_s: float | None) -> None:
        version = next(iter(self._sessions.read(lambda transaction: run(transaction, _VERSION), timeout_s)), 0)
        if version > SCHEMA_VERSION:
            raise StoreUnavailable(f"The database was made by a newer version of the service (schema {version}, this one knows {SCHEMA_VERSION})")
        if version == SCHEMA_VERSION:
            return
        for step in statements("schema")[version:]:
            self._sessions.auto(step, _SCHEMA_S)
        self._sessions.read(lambda transaction: run(transaction, _ONLINE, seconds=int(_SCHEMA_S)), _SCHEMA_S)

        def remember(attempt: Attempt) -> None:
            with store_errors(), self._sessions.transaction(attempt, write=True) as transaction:
                run(transaction, _APPLIED, version=SCHEMA_VERSION, time=now_text())
                transaction.commit()

        self._sessions.within(remember, timeout_s)

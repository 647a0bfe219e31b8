"""The embedded store: one SQLite file a workspace, one row a slice, nothing ever overwritten but the mark of what superseded it.

One connection writes, under a lock and SQLite's own, for other processes write too; every thread has one that reads.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import ClassVar, Concatenate, ParamSpec, TypeVar
from uuid import uuid4
from weakref import WeakSet

import apsw

from graph_models.ecosystem.columns import Columns
from graph_models.errors import IdempotencyKeyReused, OutcomeUnknown, StoreUnavailable
from service.stores.interface.store import NO_CHANGE, At, Beside, Found, OwnTerms, Plan, Revision, Row, Writing
from service.stores.sqlite import reads as reads
from service.stores.sqlite import statements as sql
from service.stores.sqlite.columns import columns
from service.stores.sqlite.schema import RESTORE, look_for_damage, open_reader, open_writer, storage_errors
from service.stores.sqlite.writes import EmbeddedBelieved, next_revision, revise, write_rows

LOOK_EVERY_S, LOOK_S = 60.0, 0.5
"""A file is looked through for damage once a minute at the most, for so long."""
P = ParamSpec("P")
T = TypeVar("T")


class EmbeddedStore:
    """The records of one workspace in one file. Safe to use from many threads, and from many processes at once."""

    runs_cypher: ClassVar[bool] = False
    answers_at_once: ClassVar[bool] = True
    writers: ClassVar[int] = 1

    def __init__(self, path: Path | str, *, busy_s: float = 15.0) -> None:
        """``busy_s``: how long a write waits for other writers before it says that the store is locked."""
        self.path = Path(path)
        self._busy_s = busy_s
        self._lock = threading.Lock()
        self._writer = open_writer(self.path, busy_s)
        there = self.path.stat()
        self._place = there.st_dev, there.st_ino
        self._looked_at = -LOOK_EVERY_S
        self._of_thread = threading.local()
        self._readers: WeakSet[apsw.Connection] = WeakSet()
        self._closed = False
        self._together: tuple[int, Counter[str]] | None = None
        """The thread whose writes are one revision just now, and what they did so far."""

    def write(self, plan: Plan, writing: Writing) -> Revision | None:
        if self._together is not None and self._together[0] == threading.get_ident():
            return self._written_together(self._together[1], plan)
        with self._alone() as connection:
            if writing.key is not None and (before := reads.revision_of_key(connection, writing.key)) is not None:
                if before.body_hash != writing.body_hash:
                    raise IdempotencyKeyReused(f"Idempotency-Key {writing.key!r} was used for another body in revision {before.number}")
                return before
            change = plan(EmbeddedBelieved(connection))
            if writing.key is None and (change is None or change.is_empty()):
                return None
            revision = revise(connection, change or NO_CHANGE, writing)
            self._commit(connection)
            return revision

    @contextmanager
    def together(self, writing: Writing) -> Iterator[None]:
        counts: Counter[str] = Counter()
        with self._alone() as connection:
            self._together = threading.get_ident(), counts
            try:
                yield
            finally:
                self._together = None
            if counts:
                revise(connection, NO_CHANGE._replace(counts=counts), writing)
                self._commit(connection)

    def _written_together(self, counts: Counter[str], plan: Plan) -> Revision | None:
        change = plan(EmbeddedBelieved(self._writer))
        if change is None or change.is_empty():
            return None
        number, time = next_revision(self._writer)
        write_rows(self._writer, change, number)
        counts.update(change.counts)
        return Revision(number, time, None, None, None, change.counts, None, None)

    @contextmanager
    def _alone(self) -> Iterator[apsw.Connection]:
        """A transaction that nobody else writes in; it ends with what was not committed undone."""
        self._check_place()
        if not self._lock.acquire(timeout=self._busy_s):
            raise StoreUnavailable(f"The store {self.path} is busy with another write")
        try:
            with storage_errors(self.path):
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield self._writer
                finally:
                    if self._writer.in_transaction:
                        self._writer.execute("ROLLBACK")
        finally:
            self._lock.release()

    def _commit(self, connection: apsw.Connection) -> None:
        try:
            connection.execute("COMMIT")
        except apsw.IOError as error:
            raise OutcomeUnknown(f"The store {self.path} failed while it committed: {error}") from error

    def _read(self, read: Callable[Concatenate[apsw.Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return read(getattr(self._of_thread, "reader", None) or self._new_reader(), *args, **kwargs)
        except apsw.Error:
            with storage_errors(self.path):
                raise

    def _new_reader(self) -> apsw.Connection:
        if self._closed:
            raise StoreUnavailable(f"The store {self.path} is closed")
        reader = self._of_thread.reader = open_reader(self.path, self._busy_s)
        self._readers.add(reader)
        return reader

    def get(self, type_name: str, ids: Collection[str], at: At) -> Sequence[Row]:
        return self._read(reads.get, type_name, ids, at)

    def find(self, type_name: str, filters: Mapping[str, str], at: At, after: str | None, limit: int) -> Found:
        return self._read(reads.find, type_name, filters, at, after, limit)

    def count(self, type_name: str, filters: Mapping[str, str], at: At) -> int:
        return self._read(reads.count, type_name, filters, at)

    def adjacent(self, parties: Collection[str], at: At, kinds: Collection[str] | None, limit: int) -> Sequence[Row]:
        return self._read(reads.adjacent, parties, at, kinds, limit)

    def beside(self, parties: Collection[str], at: At, kinds: Collection[str] | None, limit: int) -> Beside:
        return self._read(reads.beside, parties, at, kinds, limit)

    def history(self, type_name: str, record_id: str, at: At) -> Sequence[Row]:
        return self._read(reads.history, type_name, record_id, at)

    def columns(self, at: At) -> Columns:
        return self._read(columns, at)

    def revisions(self, after: int, limit: int) -> Sequence[Revision]:
        return self._read(reads.revisions, after, limit)

    def terms(self) -> OwnTerms | None:
        return self._read(reads.terms)

    def head(self) -> int:
        return self._read(reads.head)[0]

    def revision_at(self, time: str) -> int:
        return self._read(reads.revision_at, time)

    def revision_of_key(self, key: str) -> Revision | None:
        return self._read(reads.revision_of_key, key)

    def identify(self, expected: str | None) -> str:
        with self._alone() as connection:
            identity = connection.execute(sql.IDENTITY).get
            if identity is None and expected is None:
                identity = uuid4().hex
                connection.execute(sql.PUT_IDENTITY, (identity.encode(),))
                self._commit(connection)
        if expected is not None and identity != expected:
            raise StoreUnavailable(f"The file {self.path} is not the one that the service made for this workspace; {RESTORE}")
        return str(identity)

    def check(self) -> None:
        self._check_place()
        self.head()
        if monotonic() - self._looked_at > LOOK_EVERY_S:
            self._looked_at = monotonic()
            with storage_errors(self.path):
                look_for_damage(self.path, LOOK_S)

    def _check_place(self) -> None:
        """Is the file still at its place, where whoever opens it next finds it?"""
        try:
            there = self.path.stat()
        except OSError:
            raise StoreUnavailable(f"The file {self.path} of the store is gone; {RESTORE}") from None
        if (there.st_dev, there.st_ino) != self._place:
            raise StoreUnavailable(f"The file {self.path} of the store was replaced while it was open; restart the service")

    def clear(self) -> None:
        with self._alone() as connection:
            connection.execute(sql.CLEAR)
            self._commit(connection)
        with self._lock, storage_errors(self.path):
            try:
                self._writer.execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
            except apsw.BusyError:
                return  # somebody reads an older state: what is free now will be written over later

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for connection in (*self._readers, self._writer):
                connection.close()

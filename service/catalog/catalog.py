"""The service's own SQLite file: workspaces with their vocabularies, mappings, score profiles, and the indexes of analyses and reports.

It is small and shared by the API, the worker and the command line; jobs (``jobs.py``) live in the same file.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import apsw
import msgspec

from graph_models.errors import AlreadyExists, NotFound, StoreUnavailable
from graph_models.records.dates import now_text
from graph_models.records.vocabulary import Terms, Vocabulary, own_body, with_own

SCHEMA = """
CREATE TABLE IF NOT EXISTS workspaces (id TEXT PRIMARY KEY, created_at TEXT NOT NULL, body BLOB NOT NULL, terms BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (workspace TEXT, family TEXT, name TEXT, version INTEGER, body BLOB NOT NULL, recorded_at TEXT NOT NULL,
    PRIMARY KEY (workspace, family, name, version)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS things (number INTEGER PRIMARY KEY AUTOINCREMENT, workspace TEXT NOT NULL, family TEXT NOT NULL, id TEXT NOT NULL,
    body BLOB NOT NULL, recorded_at TEXT NOT NULL, UNIQUE (workspace, family, id));
CREATE TABLE IF NOT EXISTS answers (scope TEXT, key TEXT, body_hash TEXT NOT NULL, answer BLOB NOT NULL, recorded_at TEXT NOT NULL,
    PRIMARY KEY (scope, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, workspace TEXT NOT NULL, kind TEXT NOT NULL,
    arguments BLOB NOT NULL, state TEXT NOT NULL DEFAULT 'queued', done INTEGER NOT NULL DEFAULT 0, total INTEGER, stage TEXT,
    result BLOB, problem BLOB, cancelling INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
    submitted_at TEXT NOT NULL, started_at TEXT, finished_at TEXT);
CREATE TABLE IF NOT EXISTS leftovers (path TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, number);
CREATE INDEX IF NOT EXISTS jobs_by_workspace ON jobs (workspace, state);
"""
LATER_COLUMNS = {
    "jobs": {"turn": "INTEGER NOT NULL DEFAULT 0"},
    "workspaces": {"coming": "INTEGER NOT NULL DEFAULT 0", "terms_revision": "INTEGER NOT NULL DEFAULT 0", "store": "TEXT"},
}
"""table -> column -> what it is: columns that a file of an earlier version lacks."""
_NEWEST = "SELECT version, body, recorded_at FROM versions WHERE workspace = ? AND family = ? AND name = ? ORDER BY version DESC LIMIT 1"
VERSION = 1
Locale = Literal["en", "zh"]
TIME_ZONES = {"zh": "Asia/Shanghai"}
"""The time zone of a language where a workspace chose none; UTC for others."""
Family = Literal["analysis", "report", "import", "ranking", "scenario"]
VersionedFamily = Literal["mapping", "rules", "score-profile"]


class Workspace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One isolated ecosystem: its focal party, base currency and language, the zone of its days, and the day that its reads are of by default."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    focal_party_id: Annotated[str, msgspec.Meta(min_length=1, max_length=256)] | None = None
    base_currency: str = "CNY"
    locale: Locale = "en"
    time_zone: str | None = None
    """The IANA name that was chosen; ``None``: that of the language."""
    default_as_of: str | None = None

    @property
    def zone(self) -> str:
        """The time zone that decides what today is."""
        return self.time_zone or TIME_ZONES.get(self.locale, "UTC")

    def as_json(self) -> dict[str, Any]:
        """The workspace as it is answered."""
        return {**msgspec.structs.asdict(self), "time_zone": self.zone}


class Versioned(msgspec.Struct, frozen=True):
    """One version of something that is kept in versions: a mapping, a score profile."""

    name: str
    version: int
    body: bytes
    recorded_at: str


class Catalog:
    """The service's file, opened once a process. Safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._reading, self._writing = threading.Lock(), threading.RLock()
        self._writer_thread: int | None = None
        """The thread that is inside a transaction."""
        try:
            self._writer, self._reader = _opened(path), _opened(path)
            with self.writing() as connection:
                for statement in SCHEMA.split(";\n"):
                    connection.execute(statement)
                _add_columns(connection)
                connection.execute(f"PRAGMA user_version = {VERSION}")
        except apsw.Error as error:
            raise StoreUnavailable(f"The service's own file cannot be opened: {error}") from error
        self._seen: int | None = None
        self._workspaces: dict[str, tuple[Workspace, Vocabulary, bool]] = {}
        self._vocabularies: dict[bytes, Vocabulary] = {}

    # -- the file

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """One transaction, alone among writers; undone where the body raises. Inside another one of this thread it is a part of that."""
        with self._writing, _as_unavailable():
            if self._writer_thread == threading.get_ident():
                yield self._writer
                return
            self._writer.execute("BEGIN IMMEDIATE")
            self._writer_thread = threading.get_ident()
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            else:
                self._writer.execute("COMMIT")
            finally:
                self._writer_thread = None

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """What a reading statement gives; inside a transaction of this thread it sees what that has written."""
        if self._writer_thread == threading.get_ident():
            return list(self._writer.execute(statement, values))
        with self._reading, _as_unavailable():
            return list(self._reader.execute(statement, values))

    def check(self) -> None:
        """Raise ``StoreUnavailable`` where the file is not where it was opened, or a page of it is damaged."""
        if not self.path.exists():
            raise StoreUnavailable(f"The service's own file {self.path} is gone; put it back (from a backup) and restart the service")
        if (found := self.rows("PRAGMA quick_check(1)")[0][0]) != "ok":
            raise StoreUnavailable(f"The service's own file {self.path} is damaged ({found}); put it back from a backup")

    def close(self) -> None:
        self._reader.close()
        self._writer.close()

    # -- workspaces

    def workspaces(self) -> list[Workspace]:
        """All of them, in the order of their ids."""
        return [_workspace(body) for (body,) in self.rows("SELECT body FROM workspaces ORDER BY id")]

    def workspace(self, workspace_id: str) -> Workspace:
        return self._known(workspace_id)[0]

    def vocabulary(self, workspace_id: str) -> Vocabulary:
        """The product's vocabulary together with the workspace's own, as they were last copied from its store."""
        return self._known(workspace_id)[1]

    def add_workspace(self, workspace: Workspace, *, only_one: bool = False) -> bool:
        """Make a workspace. With ``only_one`` says ``False``, and makes none, where another is there."""
        with self.writing() as connection:
            there = [found for (found,) in connection.execute("SELECT id FROM workspaces")]
            if workspace.id in there:
                raise AlreadyExists(f"There is a workspace {workspace.id!r}")
            if there and only_one:
                return False
            connection.execute("INSERT INTO workspaces (id, created_at, body) VALUES (?, ?, ?)", (workspace.id, now_text(), msgspec.json.encode(workspace)))
        return True

    def change_workspace(self, workspace: Workspace) -> None:
        with self.writing() as connection:
            connection.execute("UPDATE workspaces SET body = ? WHERE id = ?", (msgspec.json.encode(workspace), workspace.id))
            _must_change(connection, workspace.id)

    def store_of(self, workspace_id: str) -> str | None:
        """The name of the store that was made for a workspace (``Store.identify``); ``None`` before it was first used."""
        rows = self.rows("SELECT store FROM workspaces WHERE id = ?", workspace_id)
        return rows[0][0] if rows else None

    def remember_store(self, workspace_id: str, identity: str) -> None:
        with self.writing() as connection:
            connection.execute("UPDATE workspaces SET store = ? WHERE id = ?", (identity, workspace_id))

    def leftovers(self) -> list[str]:
        """Files of deleted workspaces that could not be removed yet."""
        return [path for (path,) in self.rows("SELECT path FROM leftovers")]

    def forget_leftover(self, path: str) -> None:
        with self.writing() as connection:
            connection.execute("DELETE FROM leftovers WHERE path = ?", (path,))

    def remove_workspace(self, workspace_id: str, leftovers: Sequence[Path] = ()) -> None:
        """Forget a workspace and all that is kept under it here; its files are remembered until they are removed."""
        with self.writing() as connection:
            connection.executemany("INSERT OR IGNORE INTO leftovers VALUES (?)", [(str(path),) for path in leftovers])
            connection.execute("DELETE FROM workspaces WHERE id = ?", (workspace_id,))
            _must_change(connection, workspace_id)
            for table in ("versions", "things", "jobs"):
                connection.execute(f"DELETE FROM {table} WHERE workspace = ?", (workspace_id,))  # noqa: S608 - names of our own tables
            connection.execute("DELETE FROM answers WHERE scope = ?", (workspace_id,))

    def terms_begin(self, workspace_id: str) -> None:
        """Somebody is about to write own terms into the store: until that ended the store is asked for them, not this copy."""
        with self.writing() as connection:
            connection.execute("UPDATE workspaces SET coming = coming + 1 WHERE id = ?", (workspace_id,))

    def terms_end(self, workspace_id: str, body: bytes | None, revision: int) -> None:
        """It ended, and these are the terms of the store; nobody else's newer ones are written over."""
        with self.writing() as connection:
            connection.execute("UPDATE workspaces SET coming = max(coming - 1, 0) WHERE id = ?", (workspace_id,))
            if body is not None:
                connection.execute(
                    "UPDATE workspaces SET terms = ?, terms_revision = ? WHERE id = ? AND terms_revision <= ?", (body, revision, workspace_id, revision)
                )

    def terms_are_coming(self, workspace_id: str) -> bool:
        """Is somebody writing own terms, or did a process die that did?"""
        return self._known(workspace_id)[2]

    def keep_terms(self, workspace_id: str, terms: Sequence[Terms]) -> None:
        """Add own terms for a store that does not run yet (a first load from files): it has none of its own until the first are written there."""
        with self.writing() as connection:
            found = connection.execute("SELECT terms FROM workspaces WHERE id = ?", (workspace_id,)).fetchone()
            if found is None:
                raise _no_workspace(workspace_id)
            vocabulary = with_own(found[0])
            for own in terms:
                vocabulary = vocabulary.extended(own)
            connection.execute("UPDATE workspaces SET terms = ? WHERE id = ?", (own_body(vocabulary), workspace_id))

    def _known(self, workspace_id: str) -> tuple[Workspace, Vocabulary, bool]:
        """From memory, unless anybody (the worker, the command line) wrote to the file since."""
        with self._reading, _as_unavailable():
            ((seen,),) = self._reader.execute("PRAGMA data_version")
            if seen != self._seen:
                self._workspaces.clear()
                self._seen = seen
            known = self._workspaces.get(workspace_id)
            if known is None:
                row = self._reader.execute("SELECT body, terms, coming > 0 FROM workspaces WHERE id = ?", (workspace_id,)).fetchone()
                if row is None:
                    raise _no_workspace(workspace_id)
                vocabulary = self._vocabularies.get(row[1]) or with_own(row[1])
                self._vocabularies[row[1]] = vocabulary
                known = self._workspaces[workspace_id] = (_workspace(row[0]), vocabulary, bool(row[2]))
        return known

    # -- what is kept in versions

    def put_version(self, workspace_id: str, family: VersionedFamily, name: str, body: bytes) -> Versioned:
        """Keep a new version; the same body as the newest makes none."""
        with self.writing() as connection:
            row = connection.execute(_NEWEST, (workspace_id, family, name)).fetchone()
            if row is not None and row[1] == body:
                return Versioned(name, *row)
            kept = Versioned(name, 1 if row is None else row[0] + 1, body, now_text())
            connection.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?)", (workspace_id, family, name, kept.version, body, kept.recorded_at))
        return kept

    def version(self, workspace_id: str, family: VersionedFamily, name: str, number: int | None = None) -> Versioned:
        """One version, by default the newest."""
        rows = self.rows(
            "SELECT version, body, recorded_at FROM versions WHERE workspace = ? AND family = ? AND name = ? AND version = coalesce(?, version) "
            "ORDER BY version DESC LIMIT 1",
            workspace_id,
            family,
            name,
            number,
        )
        if not rows:
            raise NotFound(f"There is no {family} {name!r}" + ("" if number is None else f" of version {number}"))
        return Versioned(name, *rows[0])

    def names(self, workspace_id: str, family: VersionedFamily) -> list[str]:
        return [name for (name,) in self.rows("SELECT DISTINCT name FROM versions WHERE workspace = ? AND family = ? ORDER BY name", workspace_id, family)]

    # -- indexes of what is in files: analyses, reports, imports

    def put_thing(self, workspace_id: str, family: Family, thing_id: str, body: dict[str, Any]) -> None:
        """Keep what is to be known of an analysis, a report or an import (written again: replaced, its place in the order stays)."""
        with self.writing() as connection:
            if not connection.execute("SELECT 1 FROM workspaces WHERE id = ?", (workspace_id,)).fetchone():
                raise _no_workspace(workspace_id)
            connection.execute(
                "INSERT INTO things (workspace, family, id, body, recorded_at) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (workspace, family, id) DO UPDATE SET body = excluded.body",
                (workspace_id, family, thing_id, msgspec.json.encode(body), now_text()),
            )

    def thing(self, workspace_id: str, family: Family, thing_id: str) -> dict[str, Any]:
        rows = self.rows("SELECT body FROM things WHERE workspace = ? AND family = ? AND id = ?", workspace_id, family, thing_id)
        if not rows:
            raise NotFound(f"There is no {family} {thing_id!r}")
        return _object(rows[0][0])

    def things(self, workspace_id: str, family: Family, *, before: str | None = None, limit: int = 1000) -> list[dict[str, Any]]:
        """Newest first; ``before`` is the id of the one after which to go on."""
        rows = self.rows(
            "SELECT body FROM things WHERE workspace = ?1 AND family = ?2 AND (?3 IS NULL OR number < "
            "(SELECT number FROM things WHERE workspace = ?1 AND family = ?2 AND id = ?3)) ORDER BY number DESC LIMIT ?4",
            workspace_id,
            family,
            before,
            limit,
        )
        return [_object(body) for (body,) in rows]

    def numbered_things(self, workspace_id: str, family: Family, after: int | None, limit: int) -> list[tuple[int, dict[str, Any]]]:
        """Newest first, each with its number; ``after`` is the number of the one after which to go on, which may be gone."""
        rows = self.rows(
            "SELECT number, body FROM things WHERE workspace = ?1 AND family = ?2 AND (?3 IS NULL OR number < ?3) ORDER BY number DESC LIMIT ?4",
            workspace_id,
            family,
            after,
            limit,
        )
        return [(number, _object(body)) for number, body in rows]

    def remove_thing(self, workspace_id: str, family: Family, thing_id: str) -> None:
        with self.writing() as connection:
            connection.execute("DELETE FROM things WHERE workspace = ? AND family = ? AND id = ?", (workspace_id, family, thing_id))

    # -- answers to writes outside the stores, by idempotency key

    def answered(self, scope: str, key: str) -> tuple[str, bytes] | None:
        """The body hash and the answer that a key was used for."""
        rows = self.rows("SELECT body_hash, answer FROM answers WHERE scope = ? AND key = ?", scope, key)
        return rows[0] if rows else None

    def remember_answer(self, scope: str, key: str, body_hash: str, answer: bytes) -> None:
        with self.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?)", (scope, key, body_hash, answer, now_text()))


def _opened(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(10_000)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _add_columns(connection: apsw.Connection) -> None:
    for table, columns in LATER_COLUMNS.items():
        there = {name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")}
        for name in columns.keys() - there:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} {columns[name]}")


@contextmanager
def _as_unavailable() -> Iterator[None]:
    try:
        yield
    except (apsw.BusyError, apsw.IOError, apsw.FullError, apsw.CantOpenError, apsw.ConnectionClosedError, apsw.CorruptError, apsw.NotADBError) as error:
        raise StoreUnavailable(f"The service's own file does not answer: {error}") from error


def _workspace(body: bytes) -> Workspace:
    return msgspec.json.decode(body, type=Workspace)


def _object(body: bytes) -> dict[str, Any]:
    return msgspec.json.decode(body, type=dict[str, Any])


def _must_change(connection: apsw.Connection, workspace_id: str) -> None:
    if not connection.changes():
        raise _no_workspace(workspace_id)


def _no_workspace(workspace_id: str) -> NotFound:
    return NotFound(f"There is no workspace {workspace_id!r}")

"""The file of an embedded store: its tables, how a connection to it is opened, and what SQLite's errors mean here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

import apsw

from graph_models.ecosystem.column_schema import HOT, NUMBER, TEXT
from graph_models.errors import StoreUnavailable
from graph_models.records.record_types import RECORD_TYPES

SCHEMA_VERSION = 3
APPLICATION_ID = 0x53544B47
"""Marks the file as one of ours (``STKG``)."""
CODES = {kind.name: code for code, kind in enumerate(RECORD_TYPES)}
"""A record type is stored as its place in ``RECORD_TYPES``: states come before events, and lists of several types are in that order."""
NAMES = tuple(kind.name for kind in RECORD_TYPES)
FIRST_EVENT = sum(kind.is_state for kind in RECORD_TYPES)
BELIEVED = 2**63 - 1
"""``superseded`` of a row that nothing has superseded: later than any revision, so that one comparison says whether a row was believed."""

_SQL_TYPE = {TEXT: "TEXT", NUMBER: "REAL"}
_HOT_COLUMNS = ", ".join(f"{name} {_SQL_TYPE.get(kind, 'INTEGER')}" for name, kind in HOT)

_ABOUT = "CREATE TABLE about (name TEXT PRIMARY KEY, value BLOB NOT NULL, revision INTEGER NOT NULL) STRICT, WITHOUT ROWID"
"""What there is one of: the workspace's own vocabulary (``terms``), with the revision that wrote it."""
TABLES = f"""
CREATE TABLE record (
  n INTEGER PRIMARY KEY, type INTEGER NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, revision INTEGER NOT NULL, superseded INTEGER NOT NULL,
  start INTEGER NOT NULL, stop INTEGER NOT NULL, {_HOT_COLUMNS}, body BLOB
) STRICT;
CREATE INDEX record_id ON record (type, id);
CREATE INDEX record_source ON record (source) WHERE source IS NOT NULL;
CREATE INDEX record_target ON record (target) WHERE target IS NOT NULL;
CREATE TABLE revision (
  number INTEGER PRIMARY KEY, time TEXT NOT NULL, who TEXT, key TEXT, body_hash TEXT, counts TEXT NOT NULL, import_id TEXT, answer BLOB
) STRICT;
CREATE UNIQUE INDEX revision_key ON revision (key) WHERE key IS NOT NULL;
CREATE INDEX revision_time ON revision (time);
CREATE TABLE evidence (document TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (document, n)) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (text, content='', detail='none', columnsize=0, tokenize='ascii');
{_ABOUT};
"""
"""``words`` holds the search text of party rows; the tokenizer ``ascii`` parts it at blanks only, for it takes all that is not ASCII for letters."""

CHANGES = {1: "ALTER TABLE record ADD COLUMN interest TEXT", 2: _ABOUT}
"""schema version -> what makes the next one of it."""

_SETTINGS = """
PRAGMA synchronous = FULL;
PRAGMA temp_store = MEMORY;
PRAGMA trusted_schema = OFF;
PRAGMA cache_size = -{cache_kib};
PRAGMA wal_autocheckpoint = {log_pages};
PRAGMA mmap_size = {mmap_bytes};
"""
_WRITER = {"cache_kib": 65_536, "mmap_bytes": 0, "log_pages": 8_192}
_READER = {"cache_kib": 8_192, "mmap_bytes": 1 << 30, "log_pages": 8_192}
"""The log may grow to 64 MiB before it is carried over: pages of an index that batch after batch writes to are then carried once."""


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Say in the service's own errors what SQLite says in its own."""
    try:
        yield
    except apsw.Error as error:
        raise StoreUnavailable(f"The store {path} {_reason(error)}") from error


def _reason(error: apsw.Error) -> str:
    for kind, words in _REASONS.items():
        if isinstance(error, kind):
            return words
    return f"cannot be used: {error}"


RESTORE = "put the right file back (from a backup), or DELETE the workspace to begin anew"
_REASONS: dict[type[apsw.Error], str] = {
    apsw.BusyError: "is locked by another process",
    apsw.LockedError: "is locked by another connection",
    apsw.FullError: "has no space left",
    apsw.CorruptError: "is damaged; restore it from a backup",
    apsw.NotADBError: "is no SQLite file, or is damaged",
    apsw.CantOpenError: "cannot be opened; look at the directory and its permissions",
    apsw.ReadOnlyError: "cannot be written; look at its permissions",
    apsw.IOError: "cannot be read or written (input/output error)",
    apsw.ConnectionClosedError: "is closed",
}


def open_writer(path: Path, busy_s: float) -> apsw.Connection:
    """The connection that writes; it makes the file, its directory and its tables where they are absent."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"The directory of the store cannot be made: {error}") from error
    with storage_errors(path):
        connection = apsw.Connection(str(path))
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        connection.set_busy_timeout(int(busy_s * 1000))
        connection.execute("PRAGMA page_size = 8192")
        _use_write_ahead_log(connection, busy_s)
        _set(connection, _WRITER)
        _make_tables(connection, path)
    return connection


def open_reader(path: Path, busy_s: float) -> apsw.Connection:
    """A connection that only reads."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    connection.set_busy_timeout(int(busy_s * 1000))
    _set(connection, _READER)
    connection.execute("PRAGMA query_only = ON")
    return connection


def look_for_damage(path: Path, seconds: float) -> None:
    """Read as much of the file as can be in so many seconds; ``CorruptError`` where a page is damaged."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    ends_at = monotonic() + seconds
    try:
        connection.set_progress_handler(lambda: monotonic() > ends_at, 10_000)
        with suppress(apsw.InterruptError):
            found = connection.execute("PRAGMA quick_check(1)").get
            if found != "ok":
                raise apsw.CorruptError(found)
    finally:
        connection.close()


def _set(connection: apsw.Connection, values: dict[str, int]) -> None:
    """All settings: what comes after one that answers is done only when its answer is fetched."""
    connection.execute(_SETTINGS.format(**values)).fetchall()


def _use_write_ahead_log(connection: apsw.Connection, busy_s: float) -> None:
    """Changing the journal does not wait for other connections, so this does, when several processes open a new file at once."""
    deadline = monotonic() + busy_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except apsw.BusyError:
            if monotonic() > deadline:
                raise
            sleep(0.01)


def _make_tables(connection: apsw.Connection, path: Path) -> None:
    """Whoever comes first makes the tables, or brings those of an older version up to date. A file of somebody else, or of a newer version, is left alone."""
    if _version(connection, path) == SCHEMA_VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection, path)
        if version == 0:
            connection.execute(TABLES)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for before in range(max(version, 1), SCHEMA_VERSION if version else 0):
            connection.execute(CHANGES[before])
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: apsw.Connection, path: Path) -> int:
    version = int(connection.pragma("user_version"))
    if version > SCHEMA_VERSION:
        raise StoreUnavailable(f"The store {path} was made by a newer version of the service (schema {version}, this one knows {SCHEMA_VERSION})")
    owner = int(connection.pragma("application_id"))
    is_empty = connection.execute("SELECT count(*) FROM sqlite_schema").get == 0
    if owner != APPLICATION_ID and not (owner == 0 and version == 0 and is_empty):
        raise StoreUnavailable(f"The file {path} belongs to another program")
    return version

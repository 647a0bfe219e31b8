"""What only the embedded store has: one file, which other processes use too, and which can be full, locked, damaged or foreign."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest

from graph_models.errors import InvalidInput, OutcomeUnknown, StoreUnavailable
from graph_models.records.dates import day_of, now_text
from graph_models.records.json_codec import record_of
from service.core.settings import read_settings
from service.stores.interface.store import UNSIGNED, At, Believed, Change
from service.stores.registry import STORES, embedded_path, open_store
from service.stores.sqlite import statements as sql
from service.stores.sqlite.schema import APPLICATION_ID, SCHEMA_VERSION, open_reader
from service.stores.sqlite.store import EmbeddedStore
from tests.stores.plans import plan_of, state
from tests.stores.sample_records import tie

PARTY = {"type": "party", "id": "a", "name": "Name", "kind": "organization"}
SIGNED = UNSIGNED._replace(who="somebody", import_id="i")
ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "w.sqlite"


@pytest.fixture
def embedded(path: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(path, busy_s=0.2)
    yield store
    store.close()


def names(store: EmbeddedStore) -> list[str]:
    return [row.id for row in store.find("party", {}, At(), None, 100).rows]


# -- the file


def test_records_outlive_the_process(path: Path) -> None:
    first = EmbeddedStore(path)
    state(first, PARTY)
    first.close()
    second = EmbeddedStore(path)
    assert (names(second), second.head()) == (["a"], 1)
    second.close()


def test_directories_are_made_where_they_are_absent(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "one" / "two" / "w.sqlite")
    store.check()
    store.close()


def test_the_file_is_marked_and_versioned_and_written_safely(embedded: EmbeddedStore, path: Path) -> None:
    writer = embedded._writer
    assert (writer.pragma("application_id"), writer.pragma("user_version")) == (APPLICATION_ID, SCHEMA_VERSION)
    assert (writer.pragma("journal_mode"), writer.pragma("synchronous")) == ("wal", 2)


def test_any_sqlite_reads_the_file(embedded: EmbeddedStore, path: Path) -> None:
    state(embedded, PARTY)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_file_of_a_newer_version_is_refused(path: Path) -> None:
    EmbeddedStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(StoreUnavailable, match="newer version"):
        EmbeddedStore(path)


def test_a_file_of_an_older_version_is_brought_up_to_date_and_keeps_what_it_holds(path: Path) -> None:
    older = EmbeddedStore(path)
    state(older, PARTY)
    older.close()
    with sqlite3.connect(path) as connection:
        connection.executescript("ALTER TABLE record DROP COLUMN interest; DROP TABLE about; PRAGMA user_version = 1")
    connection.close()
    newer = EmbeddedStore(path)
    state(newer, tie("t", "a", "b", interest="shares"), PARTY | {"id": "b"})
    assert newer._writer.pragma("user_version") == SCHEMA_VERSION
    assert newer.columns(At(day_of("2025-12-31"))).tables["relationships"]["interest"].to_pylist() == ["shares"]
    newer.close()


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreUnavailable, match="another program"):
        EmbeddedStore(path)
    with sqlite3.connect(path) as connection:
        assert [name for (name,) in connection.execute("SELECT name FROM sqlite_schema")] == ["theirs"]
    connection.close()
    assert len(path.read_bytes()) >= len(before)


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"These are not the records you are looking for. " * 100)
    with pytest.raises(StoreUnavailable, match="no SQLite file"):
        EmbeddedStore(path)


def test_a_directory_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="cannot be made"):
        EmbeddedStore(tmp_path / "file" / "w.sqlite")


def test_a_path_that_is_a_directory_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        EmbeddedStore(tmp_path)


def test_a_file_that_vanished_is_noticed(embedded: EmbeddedStore, path: Path) -> None:
    path.unlink()
    with pytest.raises(StoreUnavailable, match="gone"):
        embedded.check()


def test_damage_is_said_and_nothing_is_made_up(path: Path) -> None:
    store = EmbeddedStore(path)
    state(store, *({**PARTY, "id": f"p{place}"} for place in range(2_000)))
    store.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(8192 * 2)
        file.write(os.urandom(size - 8192 * 3))
    with pytest.raises(StoreUnavailable, match="damaged"):
        EmbeddedStore(path).find("party", {}, At(), None, 1000)


def test_many_may_open_a_new_file_at_once(path: Path) -> None:
    start = threading.Barrier(6)

    def opens(place: int) -> int:
        start.wait()
        store = EmbeddedStore(path)
        state(store, {**PARTY, "id": f"p{place}"})
        store.close()
        return 1

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(opens, range(6))) == 6
    store = EmbeddedStore(path)
    assert (len(names(store)), store.head()) == (6, 6)
    store.close()


# -- other processes


def test_a_writer_that_waits_too_long_says_that_the_store_is_locked(embedded: EmbeddedStore, path: Path) -> None:
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked by another process"):
        state(embedded, PARTY)
    assert names(embedded) == []
    other.execute("ROLLBACK")
    other.close()
    assert state(embedded, PARTY) is not None


def test_a_writer_waits_for_another_thread_only_so_long(embedded: EmbeddedStore) -> None:
    inside, leave = threading.Event(), threading.Event()

    def slow(believed: Believed) -> Change | None:
        inside.set()
        leave.wait(10)
        return None

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(embedded.write, slow, UNSIGNED)
        inside.wait(10)
        with pytest.raises(StoreUnavailable, match="busy with another write"):
            state(embedded, PARTY)
        leave.set()
        writing.result()
    assert state(embedded, PARTY) is not None


def test_processes_that_write_at_once_lose_nothing(embedded: EmbeddedStore, path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from service.stores.sqlite.store import EmbeddedStore; from tests.stores.plans import state\n"
        "store = EmbeddedStore(Path(sys.argv[1]))\n"
        "for place in range(20): state(store, {'type': 'party', 'id': f'{sys.argv[2]}-{place}', 'name': 'n', 'kind': 'person'})\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(path), name], cwd=ROOT) for name in ("x", "y")]
    assert [process.wait(60) for process in running] == [0, 0]
    assert (embedded.head(), len(names(embedded))) == (40, 40)


# -- what may fail


def test_a_full_disk_undoes_the_write_and_reads_go_on(embedded: EmbeddedStore) -> None:
    state(embedded, PARTY)
    embedded._writer.pragma("max_page_count", embedded._writer.pragma("page_count"))
    many = [record_of({**PARTY, "id": f"p{place}"}) for place in range(5_000)]
    with pytest.raises(StoreUnavailable, match="no space left"):
        embedded.write(plan_of(many), UNSIGNED)
    assert (embedded.head(), names(embedded)) == (1, ["a"])
    embedded._writer.pragma("max_page_count", 2**30)
    embedded.write(plan_of(many), UNSIGNED)
    assert embedded.count("party", {}, At()) == 5_001


def test_an_error_of_the_disk_at_the_commit_is_an_unknown_outcome(embedded: EmbeddedStore) -> None:
    class Failing:
        def execute(self, statement: str) -> None:
            raise apsw.IOError("disk I/O error")

    with pytest.raises(OutcomeUnknown):
        embedded._commit(Failing())  # type: ignore[arg-type]


def test_times_of_revisions_never_go_back(embedded: EmbeddedStore) -> None:
    state(embedded, PARTY)
    later = "2999-01-01T00:00:00.000000Z"
    embedded._writer.execute("UPDATE revision SET time = ?", (later,))
    revision = state(embedded, {**PARTY, "name": "Other"})
    assert revision is not None
    assert revision.time == later
    assert (embedded.revision_at(now_text()), embedded.revision_at(later)) == (0, 2)


def test_a_closed_store_says_so(path: Path) -> None:
    store = EmbeddedStore(path)
    state(store, PARTY)
    assert names(store) == ["a"]
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.head()
    with pytest.raises(StoreUnavailable, match="closed"):
        state(store, PARTY)
    with ThreadPoolExecutor(1) as pool, pytest.raises(StoreUnavailable, match="closed"):
        pool.submit(store.head).result()


def test_threads_that_end_take_their_connections_along(embedded: EmbeddedStore) -> None:
    for _ in range(20):
        with ThreadPoolExecutor(1) as pool:
            pool.submit(embedded.head).result()
    assert len(embedded._readers) <= 1


def test_a_cleared_file_holds_nothing_of_what_was(embedded: EmbeddedStore, path: Path) -> None:
    state(embedded, {**PARTY, "name": "Geheimnis 秘密"}, *({**PARTY, "id": f"p{place}"} for place in range(3_000)))
    assert b"Geheimnis" in path.read_bytes() + path.with_name(path.name + "-wal").read_bytes()
    embedded.clear()
    assert path.stat().st_size < 200_000
    left = path.read_bytes() + path.with_name(path.name + "-wal").read_bytes()
    assert b"Geheimnis" not in left
    assert "秘密".encode() not in left


def test_a_clear_waits_for_no_reader(embedded: EmbeddedStore, path: Path) -> None:
    state(embedded, PARTY)
    reader = open_reader(path, 1)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM record").get == 1
    embedded.clear()
    assert reader.execute("SELECT count(*) FROM record").get == 1
    assert names(embedded) == []
    reader.close()


# -- how it reads


def test_every_setting_of_a_connection_takes_effect(embedded: EmbeddedStore, path: Path) -> None:
    reader = open_reader(path, 1)
    wanted = {"synchronous": 2, "temp_store": 2, "trusted_schema": 0, "wal_autocheckpoint": 8_192}
    for connection, own in ((embedded._writer, {"cache_size": -65_536, "mmap_size": 0}), (reader, {"cache_size": -8_192, "mmap_size": 1 << 30})):
        settings = wanted | own
        assert {name: connection.pragma(name) for name in settings} == settings
    reader.close()


def test_a_reader_that_has_the_file_mapped_follows_when_another_store_shrinks_and_fills_it(embedded: EmbeddedStore, path: Path) -> None:
    state(embedded, *({**PARTY, "id": f"p{place}"} for place in range(3_000)))
    other = EmbeddedStore(path)
    other._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    maps = Path("/proc/self/maps")
    assert len(embedded.find("party", {}, At(), None, 5_000).rows) == 3_000
    if maps.exists():
        assert any(line.endswith(path.name) for line in maps.read_text().splitlines())
    other.clear()
    assert path.stat().st_size < 200_000
    assert names(embedded) == []
    state(other, PARTY, *({**PARTY, "id": f"q{place}"} for place in range(3_000)))
    found = [row.id for row in embedded.find("party", {}, At(), None, 5_000).rows]
    assert (found[0], len(found)) == ("a", 3_001)
    other.close()


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (sql.GET_ONE, "record_id"), (sql.GET, "record_id"), (sql.HISTORY, "record_id"), (sql.LIVE, "record_id"), (sql.PRESENT, "record_id"),
        (sql.ADJACENT[False, False], "record_source"), (sql.ADJACENT[False, True], "record_target"), (sql.ADJACENT[True, True], "record_source"),
        (sql.REFERRING["party"], "record_target"), (sql.REFERRING["document"], "PRIMARY KEY"), (sql.find_statement("party", (), True), "record_id"),
        (sql.find_statement("party", ("country",), True), "record_id"), (sql.find_statement("party", ("role",), False), "record_source"),
        (sql.find_statement("value_flow", ("party",), True), "record_target"), (sql.find_statement("value_flow", ("source",), True), "record_source"),
        (sql.count_statement("role", ("target",)), "record_target"), (sql.find_statement("party", ("q",), True), "words"),
        (sql.REVISION_OF_KEY, "revision_key"),
        (sql.REVISION_AT, "revision_time"),
    ],
)  # fmt: skip
def test_every_read_goes_through_an_index(embedded: EmbeddedStore, statement: str, index: str) -> None:
    state(embedded, PARTY)
    plan = [row[3] for row in embedded._writer.execute(f"EXPLAIN QUERY PLAN {statement}", _anything(statement))]
    assert any(index in step for step in plan)
    assert not [step for step in plan if step.startswith("SCAN") and not step.startswith(("SCAN a", "SCAN b", "SCAN words", "SCAN near", "SCAN carray"))]


def _anything(statement: str) -> object:
    values = dict.fromkeys(("type", "id", "day", "revision", "party", "limit", "start", "stop", "after", "country", "role", "source", "target", "q"), 0)
    array = apsw.carray(("a",))
    return (0,) if "?" in statement else values | dict.fromkeys(("ids", "parties", "kinds"), array)


def test_settings_say_which_store_is_opened_for_a_workspace(tmp_path: Path) -> None:
    settings = read_settings(store=f"sqlite:///{tmp_path}")
    store = open_store(settings, "demo")
    assert set(STORES) == {"sqlite", "neo4j"}
    assert (tmp_path / "demo.sqlite").exists()
    assert store.answers_at_once
    store.close()


@pytest.mark.parametrize(
    "pair", [("Firm", "firm"), ("a/b", "a%2Fb"), ("..", "."), ("é", "e\u0301"), ("x" * 256, "x" * 255), ("家" * 256, "家" * 255), ("", "-")]
)
def test_workspaces_never_share_a_file(tmp_path: Path, pair: tuple[str, str]) -> None:
    first, second = (embedded_path(tmp_path, workspace) for workspace in pair)
    assert first.name.lower() != second.name.lower()
    assert first.parent == second.parent == tmp_path
    assert max(len(first.name), len(second.name)) < 255


# -- several writes together


def test_writes_together_are_one_revision_that_nobody_sees_before_the_end(embedded: EmbeddedStore) -> None:
    state(embedded, PARTY)
    with embedded.together(SIGNED):
        state(embedded, PARTY | {"name": "Another"})
        state(embedded, PARTY | {"id": "b"}, PARTY | {"id": "c"})
        assert (names(embedded), embedded.head()) == (["a"], 1)
    assert (names(embedded), embedded.head()) == (["a", "b", "c"], 2)
    assert [(row.version, row.revision) for row in embedded.history("party", "a", At())] == [(2, 2), (1, 1)]
    (revision,) = embedded.revisions(1, 10)
    assert (revision.who, revision.import_id, revision.counts) == ("somebody", "i", {"written": 3})


def test_writes_together_that_change_nothing_are_no_revision(embedded: EmbeddedStore) -> None:
    state(embedded, PARTY)
    with embedded.together(SIGNED):
        state(embedded)
    assert embedded.head() == 1


def test_writes_together_are_undone_where_one_of_them_fails(embedded: EmbeddedStore) -> None:
    state(embedded, PARTY)

    def both() -> None:
        with embedded.together(SIGNED):
            state(embedded, PARTY | {"name": "Another"})
            state(embedded, {"type": "party"})

    with pytest.raises(InvalidInput):
        both()
    assert ([row.version for row in embedded.history("party", "a", At())], embedded.head()) == ([1], 1)
    state(embedded, PARTY | {"id": "b"})
    assert (names(embedded), embedded.head()) == (["a", "b"], 2)


def test_another_thread_does_not_write_into_what_is_written_together(embedded: EmbeddedStore) -> None:
    with ThreadPoolExecutor(1) as pool:
        with embedded.together(SIGNED):
            state(embedded, PARTY)
            with pytest.raises(StoreUnavailable, match="busy"):
                pool.submit(state, embedded, PARTY | {"id": "b"}).result()
        pool.submit(state, embedded, PARTY | {"id": "c"}).result()
    assert (names(embedded), embedded.head()) == (["a", "c"], 2)

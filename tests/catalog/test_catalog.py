"""The service's own file: what one process writes another one sees, and nothing is written by half."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import msgspec
import pytest

from graph_models.errors import AlreadyExists, IdempotencyKeyReused, InvalidInput, NotFound
from graph_models.records.vocabulary import BUILT_IN, own_body, terms_of
from service.catalog.catalog import Catalog, Workspace
from service.catalog.idempotency import once
from service.stores.interface.store import Writing

DEMO = Workspace(id="demo", name="Demo", focal_party_id="firm")
CHERRY = terms_of({"products": [{"id": "cherry", "label": {"en": "Cherry", "zh": "樱桃"}}]})
BANANA = terms_of({"products": [{"id": "banana", "label": {"en": "Banana", "zh": "香蕉"}}]})


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog(tmp_path / "service.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def other(catalog: Catalog, tmp_path: Path) -> Iterator[Catalog]:
    """The same file, as the worker has it open."""
    opened = Catalog(tmp_path / "service.sqlite3")
    yield opened
    opened.close()


def test_a_workspace_is_kept_over_a_restart(catalog: Catalog, tmp_path: Path) -> None:
    catalog.add_workspace(DEMO)
    catalog.close()
    again = Catalog(tmp_path / "service.sqlite3")
    assert again.workspace("demo") == DEMO
    again.close()


def test_what_another_process_changes_is_seen_at_once(catalog: Catalog, other: Catalog) -> None:
    catalog.add_workspace(DEMO)
    assert other.workspace("demo").name == "Demo"
    catalog.change_workspace(Workspace(id="demo", name="Changed"))
    assert other.workspace("demo").name == "Changed"
    other.keep_terms("demo", [BANANA])
    assert "banana" in catalog.vocabulary("demo").products
    catalog.remove_workspace("demo")
    with pytest.raises(NotFound):
        other.workspace("demo")


def test_an_id_is_taken_once_whoever_comes_first(catalog: Catalog, other: Catalog) -> None:
    made: list[str] = []

    def make(which: Catalog) -> None:
        try:
            which.add_workspace(DEMO)
            made.append("made")
        except AlreadyExists:
            made.append("taken")

    threads = [threading.Thread(target=make, args=(which,)) for which in (catalog, other) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == ["made"] + ["taken"] * 7


def test_where_there_is_one_place_a_second_workspace_has_none(catalog: Catalog) -> None:
    assert catalog.add_workspace(DEMO, only_one=True)
    assert not catalog.add_workspace(Workspace(id="second", name="Second"), only_one=True)
    assert [workspace.id for workspace in catalog.workspaces()] == ["demo"]


def test_terms_that_clash_leave_the_vocabulary_as_it_was(catalog: Catalog) -> None:
    catalog.add_workspace(DEMO)
    supplier = terms_of({"roles": [{"id": "supplier", "label": {"en": "x", "zh": "x"}}]})
    with pytest.raises(InvalidInput):
        catalog.keep_terms("demo", [BANANA, supplier])
    assert catalog.vocabulary("demo").hash == BUILT_IN.hash


def test_the_copy_of_the_terms_follows_the_newest_revision_whoever_comes_last(catalog: Catalog, other: Catalog) -> None:
    catalog.add_workspace(DEMO)
    for writer in (catalog, other):
        writer.terms_begin("demo")
    both = own_body(BUILT_IN.extended(BANANA).extended(CHERRY))
    catalog.terms_end("demo", both, 2)
    assert other.terms_are_coming("demo")
    other.terms_end("demo", own_body(BUILT_IN.extended(BANANA)), 1)
    assert not catalog.terms_are_coming("demo")
    assert {"banana", "cherry"} <= catalog.vocabulary("demo").products.keys()


def test_a_file_of_an_earlier_version_gets_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    old = apsw.Connection(str(path))
    old.execute("CREATE TABLE workspaces (id TEXT PRIMARY KEY, created_at TEXT NOT NULL, body BLOB NOT NULL, terms BLOB) WITHOUT ROWID")
    body, terms = msgspec.json.encode(DEMO), own_body(BUILT_IN.extended(BANANA))
    old.execute("INSERT INTO workspaces VALUES ('demo', '', ?, ?)", (body, terms))
    old.close()
    catalog = Catalog(path)
    assert (catalog.workspace("demo"), catalog.terms_are_coming("demo")) == (DEMO, False)
    assert "banana" in catalog.vocabulary("demo").products
    catalog.close()


def test_the_same_body_makes_no_new_version(catalog: Catalog) -> None:
    assert [catalog.put_version("demo", "mapping", "m", body).version for body in (b"a", b"a", b"b", b"a")] == [1, 1, 2, 3]
    assert (catalog.version("demo", "mapping", "m").body, catalog.version("demo", "mapping", "m", 2).body) == (b"a", b"b")
    assert catalog.names("demo", "mapping") == ["m"]
    with pytest.raises(NotFound):
        catalog.version("demo", "mapping", "m", 9)


def test_things_are_listed_newest_first_and_paged(catalog: Catalog) -> None:
    catalog.add_workspace(DEMO)
    for number in range(4):
        catalog.put_thing("demo", "analysis", f"a{number}", {"n": number})
    catalog.put_thing("demo", "analysis", "a0", {"n": "changed"})
    assert [body["n"] for body in catalog.things("demo", "analysis")] == [3, 2, 1, "changed"]
    assert [body["n"] for body in catalog.things("demo", "analysis", before="a2", limit=1)] == [1]
    catalog.remove_thing("demo", "analysis", "a3")
    with pytest.raises(NotFound):
        catalog.thing("demo", "analysis", "a3")


def test_nothing_is_kept_for_a_workspace_that_is_not_there(catalog: Catalog) -> None:
    with pytest.raises(NotFound):
        catalog.put_thing("demo", "report", "r", {})


def test_a_deleted_workspace_leaves_nothing_behind(catalog: Catalog) -> None:
    catalog.add_workspace(DEMO)
    catalog.put_thing("demo", "report", "r", {})
    catalog.put_version("demo", "mapping", "m", b"x")
    catalog.remember_answer("demo", "k", "h", b"{}")
    catalog.remove_workspace("demo")
    catalog.add_workspace(DEMO)
    assert (catalog.things("demo", "report"), catalog.names("demo", "mapping"), catalog.answered("demo", "k")) == ([], [], None)


def test_what_is_done_under_a_key_is_done_once(catalog: Catalog) -> None:
    done: list[int] = []

    def act() -> dict[str, int]:
        done.append(1)
        return {"times": len(done)}

    assert once(catalog, "demo", Writing(key="k", body_hash="h"), act) == {"times": 1}
    assert once(catalog, "demo", Writing(key="k", body_hash="h"), act) == {"times": 1}
    assert once(catalog, "demo", Writing(), act) == {"times": 2}
    with pytest.raises(IdempotencyKeyReused):
        once(catalog, "demo", Writing(key="k", body_hash="other"), act)

"""Stores and catalogs that are gone, another's, empty or damaged: said with what to do, and never a new empty workspace."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from graph_models.errors import NotFound, StoreUnavailable
from service.core.settings import Settings, read_settings
from service.facts.batches import take_batch
from service.stores.interface.store import At, Writing
from service.stores.registry import open_store, store_files
from service.workspaces import context as workplace
from service.workspaces.context import CATALOG_FILE, Service

PARTY = b'{"type":"party","id":"p","name":"P","kind":"organization"}'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A service that was used, and stopped."""
    settings = read_settings(store=f"sqlite:///{tmp_path}")
    with closing(Service(settings)) as service:
        for name in ("w", "other"):
            service.create_workspace({"id": name, "name": name})
            take_batch(service, name, PARTY, "abort", Writing())
    return settings


def gone(settings: Settings) -> None:
    for path in store_files(settings, "w"):
        path.unlink(missing_ok=True)


def emptied(settings: Settings) -> None:
    gone(settings)
    store_files(settings, "w")[0].touch()


def anothers(settings: Settings) -> None:
    gone(settings)
    shutil.copy(store_files(settings, "other")[0], store_files(settings, "w")[0])


def made_anew(settings: Settings) -> None:
    gone(settings)
    open_store(settings, "w").close()


def foreign(settings: Settings) -> None:
    store_files(settings, "w")[0].write_bytes(b"this is no store at all\n" * 1000)


@pytest.mark.parametrize("lose", [gone, emptied, anothers, made_anew, foreign])
def test_a_store_that_is_not_the_one_that_was_made_is_unavailable_until_it_is_put_back(settings: Settings, lose: Callable[[Settings], None]) -> None:
    path = store_files(settings, "w")[0]
    kept = path.read_bytes()
    lose(settings)
    with closing(Service(settings)) as service:
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match=r"w\.sqlite.*(back|damaged)"):
                service.store("w")
        if lose is gone:
            assert not path.exists()
            assert "w.sqlite" in service.readiness()["store"]
        assert service.store("other").get("party", ["p"], At())
    path.write_bytes(kept)
    with closing(Service(settings)) as service:
        assert service.store("w").get("party", ["p"], At())


def test_a_lost_workspace_can_be_deleted_and_made_again(settings: Settings) -> None:
    gone(settings)
    with closing(Service(settings)) as service:
        service.delete_workspace("w")
        service.create_workspace({"id": "w", "name": "again"})
        assert service.store("w").head() == 0


def test_a_file_that_goes_while_it_is_open_takes_no_more_writes(settings: Settings) -> None:
    with closing(Service(settings)) as service:
        service.store("w")
        gone(settings)
        with pytest.raises(StoreUnavailable, match="is gone"):
            take_batch(service, "w", PARTY.replace(b'"P"', b'"Q"'), "abort", Writing())
        assert "is gone" in service.readiness()["store"]
        made_anew(settings)
        with pytest.raises(StoreUnavailable, match="replaced"):
            take_batch(service, "w", PARTY.replace(b'"P"', b'"Q"'), "abort", Writing())


def test_a_catalog_that_is_gone_beside_stores_is_an_error_that_names_both(settings: Settings) -> None:
    catalog = settings.data_directory / CATALOG_FILE
    for path in catalog.parent.glob(f"{CATALOG_FILE}*"):
        path.unlink()
    with pytest.raises(StoreUnavailable) as refused:
        Service(settings)
    assert str(catalog) in refused.value.message
    assert "other.sqlite, w.sqlite" in refused.value.message
    assert not catalog.exists()


def test_a_store_that_the_catalog_does_not_know_is_not_taken_for_a_new_workspace(settings: Settings) -> None:
    with closing(Service(settings)) as service:
        shutil.copy(store_files(settings, "other")[0], store_files(settings, "w")[0].with_name("third.sqlite"))
        with pytest.raises(StoreUnavailable, match=r"third\.sqlite holds records"):
            service.create_workspace({"id": "third", "name": "third"})
        with pytest.raises(NotFound):
            service.workspace("third")


def test_a_store_of_an_earlier_version_is_taken_over(settings: Settings) -> None:
    with closing(Service(settings)) as service:
        with service.catalog.writing() as connection:
            connection.execute("UPDATE workspaces SET store = NULL")
        assert service.store("w").head() == 1
        assert service.catalog.store_of("w") is not None


def test_a_deleted_workspace_leaves_no_file(settings: Settings) -> None:
    with closing(Service(settings)) as service:
        service.directory("w", "reports").joinpath("r.html").write_text("x")
        service.delete_workspace("w")
        assert [path.name for path in settings.data_directory.iterdir() if path.name.startswith("w.")] == []
        assert service.catalog.leftovers() == []


def test_what_cannot_be_removed_is_removed_at_the_next_start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Service(settings)) as service:
        remove = Path.unlink

        def refused(path: Path, missing_ok: bool = False) -> None:
            raise PermissionError(13, "somebody has it open")

        monkeypatch.setattr(Path, "unlink", refused)
        service.delete_workspace("w")
        assert str(store_files(settings, "w")[0]) in service.catalog.leftovers()
        monkeypatch.setattr(Path, "unlink", remove)
    with closing(Service(settings)) as service:
        service.remove_leftovers()
        assert not store_files(settings, "w")[0].exists()
        assert service.catalog.leftovers() == []


def test_readiness_tells_a_damaged_page_and_a_full_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    path = store_files(settings, "w")[0]
    with path.open("r+b") as file:
        file.seek(8192 * 2 + 8)
        file.write(b"\xff" * 4000)
    with closing(Service(settings)) as service:
        service.store("w")
        assert "damaged" in service.readiness()["store"]
        assert service.readiness()["disk"] == "ok"

        def full(_: Any) -> Any:
            return shutil._ntuple_diskusage(1, 1, 0)  # type: ignore[attr-defined]

        monkeypatch.setattr(workplace.shutil, "disk_usage", full)
        assert "make room" in service.readiness()["disk"]


@pytest.mark.neo4j
def test_a_database_that_was_emptied_or_changed_for_another_is_unavailable(neo4j_address: str, tmp_path: Path) -> None:
    store = open_store(read_settings(store=neo4j_address), "w")
    store.clear()
    settings = read_settings(store=neo4j_address, data=tmp_path)
    with closing(Service(settings)) as service:
        service.create_workspace({"id": "w", "name": "w"})
        take_batch(service, "w", PARTY, "abort", Writing())
    with closing(Service(settings)) as service:
        assert service.store("w").head() == 1
    store.clear()
    with closing(Service(settings)) as service:
        with pytest.raises(StoreUnavailable, match="not the one"):
            service.store("w").head()
        assert "not the one" in service.readiness()["store"]
        service.delete_workspace("w")
        service.create_workspace({"id": "w", "name": "w"})
        assert service.store("w").head() == 0
    store.close()

"""Settings: read from the environment, refused by name, and never shown with their secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.core.logging import without_secrets
from service.core.settings import PREFIX, BadSetting, Settings, read_settings


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_without_settings_the_embedded_store_is_in_the_directory_data(tmp_path: Path) -> None:
    settings = read_settings()
    assert (settings.store_kind, settings.store_directory, settings.data_directory) == ("sqlite", tmp_path / "data", tmp_path / "data")


def test_an_absolute_directory_has_four_slashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "STORE", "sqlite:////somewhere/my%20data")
    assert read_settings().store_directory == Path("/somewhere/my data")


def test_the_parts_of_a_neo4j_address_are_decoded(tmp_path: Path) -> None:
    settings = read_settings(store="neo4j://user:p%40ss%3Aword@host:7687/graph")
    address = settings.neo4j
    assert (address.uri, address.user, address.password.get_secret_value(), address.database) == ("neo4j://host:7687", "user", "p@ss:word", "graph")
    assert (settings.store_kind, settings.data_directory) == ("neo4j", tmp_path / "data")


@pytest.mark.parametrize(
    "store", ["banana", "sqlite://host/x", "sqlite:", "mysql://a:b@c/d", "neo4j://host:7687/db", "neo4j://user@host/db", "neo4j://user:secret@host:port/db"]
)
def test_a_store_that_cannot_be_used_is_refused_by_the_name_of_its_setting(monkeypatch: pytest.MonkeyPatch, store: str) -> None:
    monkeypatch.setenv(PREFIX + "STORE", store)
    with pytest.raises(BadSetting, match=r"^STAKEHOLDER_GRAPH_STORE: ") as caught:
        read_settings()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("name", "value"), [("LOG_LEVEL", "loud"), ("BATCH_BYTES", "many"), ("DEADLINE_S", "0"), ("KEEP_JOBS_DAYS", "-1")])
def test_a_setting_out_of_its_range_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(BadSetting, match=rf"^{PREFIX}{name}: "):
        read_settings()


def test_no_text_of_the_settings_shows_the_password() -> None:
    settings = read_settings(store="neo4j://user:hunter2@host:7687/db")
    assert "hunter2" not in repr(settings) + str(settings) + repr(settings.neo4j) + str(settings.neo4j)


def test_the_password_of_an_address_is_covered_in_logs() -> None:
    assert without_secrets("cannot reach neo4j://user:hunter2@host:7687") == "cannot reach neo4j://user:***@host:7687"


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []

"""Fixtures of every suite: where records are kept. Whatever asks for one of them runs on the embedded store and on Neo4j."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from service.core.settings import Settings, read_settings
from service.stores.interface.store import Store
from service.stores.registry import open_store

NEO4J_ADDRESS = "STAKEHOLDER_GRAPH_TEST_NEO4J"
WORKSPACE = "w"

hypothesis_settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
hypothesis_settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def neo4j_address() -> str:
    """The address of the Neo4j that tests may empty; they are skipped where there is none."""
    address = os.environ.get(NEO4J_ADDRESS)
    if not address:
        pytest.skip(f"{NEO4J_ADDRESS}=neo4j://user:password@host:7687/database is not set (`make test-neo4j` starts a server and sets it)")
    return address


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def store_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, as ``STAKEHOLDER_GRAPH_STORE`` takes it."""
    if request.param == "embedded":
        return f"sqlite:///{tmp_path / 'stores'}"
    address: str = request.getfixturevalue("neo4j_address")
    store = open_store(read_settings(store=address), WORKSPACE)
    try:
        store.clear()
    finally:
        store.close()
    return address


@pytest.fixture
def store_settings(store_address: str, tmp_path: Path) -> Settings:
    """Settings with that store, and a data directory of their own."""
    return read_settings(store=store_address, data=tmp_path / "data")


@pytest.fixture
def open_another(store_settings: Settings) -> Iterator[Callable[[], Store]]:
    """Opens one more store object on the same records, as another process would."""
    opened: list[Store] = []

    def another() -> Store:
        opened.append(open_store(store_settings, WORKSPACE))
        return opened[-1]

    yield another
    for store in opened:
        store.close()


@pytest.fixture
def store(open_another: Callable[[], Store]) -> Store:
    """An empty store."""
    return open_another()

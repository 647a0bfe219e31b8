"""How a write is cut off in the middle: a killed process for the embedded store, a closed connection for Neo4j."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest

from graph_models.errors import OutcomeUnknown, StoreUnavailable
from graph_models.records.json_codec import encode_record
from graph_models.records.record_types import Record
from service.core.settings import Settings
from service.stores.interface.store import Writing
from service.stores.neo4j.store import Neo4jStore
from service.stores.registry import embedded_path
from tests.conftest import WORKSPACE
from tests.stores.neo4j.tcp_proxy import TcpProxy
from tests.stores.plans import plan_of

CutWrite = Callable[[Literal["before", "after"], Sequence[Record], Writing], None]
"""Writes records (the plan of ``plans.py``, with the answer ``b"answer"``) and is cut off just before or just after the commit."""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def cut_write(store_settings: Settings) -> CutWrite:
    """The way that the store at hand is cut off."""
    cut = _killed if store_settings.store_kind == "sqlite" else _disconnected
    return lambda moment, records, writing: cut(store_settings, moment, records, writing)


def _killed(settings: Settings, moment: str, records: Sequence[Record], writing: Writing) -> None:
    assert settings.store_directory is not None
    path = embedded_path(settings.store_directory, WORKSPACE)
    command = [sys.executable, "-m", "tests.stores.killed_writer", str(path), moment, writing.key or "", writing.body_hash or ""]
    ended = subprocess.run(command, input=b"\n".join(map(encode_record, records)), cwd=ROOT, check=False, timeout=60)
    assert ended.returncode == -9


def _disconnected(settings: Settings, moment: str, records: Sequence[Record], writing: Writing) -> None:
    """The network is gone for good just before the server hears of the commit, or just before it answers."""
    there = urlsplit(settings.neo4j.uri)
    with TcpProxy(there.hostname or "", there.port or 0) as proxy:
        store = Neo4jStore(
            f"bolt://127.0.0.1:{proxy.port}", settings.neo4j.user, settings.neo4j.password.get_secret_value(), settings.neo4j.database, timeout_s=4.0
        )
        assert store.head() == 1
        proxy.cut_for_good(moment)
        with pytest.raises((StoreUnavailable, OutcomeUnknown)):
            store.write(plan_of(records, b"answer"), writing)
        store.close()

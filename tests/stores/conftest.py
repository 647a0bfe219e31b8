"""How a write is cut off in the middle: a killed process for the embedded store, a closed connection for Neo4j."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import pytest

from graph_models.records import Record, encode_record
from service.settings import Settings
from service.stores import embedded_path
from service.stores.store import Writing
from tests.conftest import WORKSPACE

CutWrite = Callable[[Literal["before", "after"], Sequence[Record], Writing], None]
"""Writes records (the plan of ``plans.py``, with the answer ``b"answer"``) and is cut off just before or just after the commit."""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def cut_write(store_settings: Settings) -> CutWrite:
    """``tests/stores/cut_neo4j.py`` has the one for Neo4j: ``cut_write(settings, moment, records, writing)``."""
    if store_settings.store_kind == "sqlite":
        return lambda moment, records, writing: _killed(store_settings, moment, records, writing)
    if importlib.util.find_spec("tests.stores.cut_neo4j") is None:
        pytest.skip("tests/stores/cut_neo4j.py, which cuts the connection to a Neo4j, is not there")
    cut = importlib.import_module("tests.stores.cut_neo4j").cut_write
    return lambda moment, records, writing: cut(store_settings, moment, records, writing)


def _killed(settings: Settings, moment: str, records: Sequence[Record], writing: Writing) -> None:
    assert settings.store_directory is not None
    path = embedded_path(settings.store_directory, WORKSPACE)
    command = [sys.executable, "-m", "tests.stores.killed_writer", str(path), moment, writing.key or "", writing.body_hash or ""]
    ended = subprocess.run(command, input=b"\n".join(map(encode_record, records)), cwd=ROOT, check=False, timeout=60)
    assert ended.returncode == -9

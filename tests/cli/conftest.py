"""The command line as people run it: a process of its own, on an embedded store of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


def runner(directory: Path) -> Run:
    """Runs ``stakeholder-graph`` with a store in a directory."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STAKEHOLDER_GRAPH_")}
    environment |= {"STAKEHOLDER_GRAPH_STORE": f"sqlite:///{directory}", "COLUMNS": "160", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from service.cli import main; main()", *arguments]
        return subprocess.run(command, env=environment | more, capture_output=True, encoding="utf-8", timeout=120, check=False)

    return run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """On an empty store."""
    return runner(tmp_path / "store")


@pytest.fixture(scope="session")
def on_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """On the demo, made by the command itself."""
    run = runner(tmp_path_factory.mktemp("demo"))
    made = run("demo")
    assert made.returncode == 0, made.stderr
    yield run

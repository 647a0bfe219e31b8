"""The command line on embedded stores of its own: in this process, and as the process that people start."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from service.cli.main import main

Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(directory: Path) -> dict[str, str]:
    """Nothing of this machine's settings but a store in a directory."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("STAKEHOLDER_GRAPH_")}
    return plain | {"STAKEHOLDER_GRAPH_STORE": f"sqlite:///{directory}", "COLUMNS": "160", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}


def runner(directory: Path) -> Run:
    """Runs ``main`` here, with arguments, environment and streams as a process has them: it saves the second that a process takes to start."""

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with (
            patch.dict(os.environ, environment(directory) | more, clear=True),
            patch.multiple(sys, argv=["stakeholder-graph", *arguments], stdout=out, stderr=err),
            pytest.raises(SystemExit) as left,
        ):
            main()
        texts = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
        return subprocess.CompletedProcess(arguments, int(left.value.code or 0), *texts)

    return run


def process_runner(directory: Path) -> Run:
    """Runs the program as a process."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", "-c", "from service.cli.main import main; main()", *arguments]
        return subprocess.run(command, env=environment(directory), capture_output=True, encoding="utf-8", timeout=180, check=False)

    return run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """On an empty store."""
    return runner(tmp_path / "store")


@pytest.fixture(scope="session")
def demo_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, made by the command itself, as a process."""
    directory = tmp_path_factory.mktemp("demo")
    made = process_runner(directory)("demo", "--json")
    assert made.returncode == 0, made.stderr
    return directory


@pytest.fixture(scope="session")
def on_demo(demo_directory: Path) -> Run:
    return runner(demo_directory)


@pytest.fixture(scope="session")
def demo_process(demo_directory: Path) -> Run:
    return process_runner(demo_directory)

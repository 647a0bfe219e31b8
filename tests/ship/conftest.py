"""The wheel, built once; and an environment outside the source tree that holds nothing but the wheel and what it needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
NOBODY = 10001
"""The user of the image."""


class Installed(NamedTuple):
    """An environment with the wheel in it, readable by everybody and writable by its owner only."""

    directory: Path
    python: Path

    def run(self, *command: str, environment: dict[str, str], timeout: int = 300) -> subprocess.CompletedProcess[str]:
        """A command of the environment, run in an empty directory with these variables and no others."""
        return subprocess.run(
            [str(self.directory / "venv/bin" / command[0]), *command[1:]],
            cwd=self.directory / "empty", env=environment, capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, as the image builds it."""
    where = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(where), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (made,) = where.glob("*.whl")
    return made


@pytest.fixture(scope="session")
def installed(wheel: Path) -> Iterator[Installed]:
    """An empty environment into which the locked packages and the wheel were installed, and nothing else."""
    directory = Path(tempfile.mkdtemp(prefix="shipped-", dir="/var/tmp" if Path("/var/tmp").is_dir() else None))  # others may enter it
    directory.chmod(0o755)
    try:
        (directory / "empty").mkdir()
        subprocess.run([_python_for_everybody(), "-m", "venv", "--without-pip", str(directory / "venv")], check=True, timeout=120)
        python = directory / "venv/bin/python"
        install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-compile", "--disable-pip-version-check"]
        subprocess.run([*install, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True, timeout=600)
        subprocess.run([*install, str(wheel)], check=True, timeout=120)
        made = Installed(directory, python)
        assert made.run("python", "-m", "graph_models.kernels.compile", environment={}).returncode == 0
        yield made
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _python_for_everybody() -> str:
    """A Python of this version that another user may run too, where root runs the tests; else the one that runs the tests."""
    own = f"{sys.base_prefix}/bin/python3"
    if os.geteuid() != 0:
        return own
    for name in (own, f"python3.{sys.version_info.minor}", "python3"):
        path = shutil.which(name, path="/usr/local/bin:/usr/bin:/bin") if "/" not in name else name
        check = f"import sys, venv; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
        command = ["/bin/sh", "-c", '"$0" -c "$1"', str(path), check]
        if path and subprocess.run(command, user=NOBODY, cwd="/", capture_output=True, check=False).returncode == 0:
            return path
    return own

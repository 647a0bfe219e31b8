"""The wheel holds all that the service reads at run time, and names all that it needs."""

from __future__ import annotations

import re
import subprocess
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOVED = {"cypher/": "service/cypher/"}
"""What stands elsewhere in the wheel than in the tree."""


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def tracked(*places: str) -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z", *places], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name]


def in_wheel(name: str) -> str:
    return next((there + name.removeprefix(here) for here, there in MOVED.items() if name.startswith(here)), name)


def test_every_file_of_the_packages_is_in_the_wheel(names: set[str]) -> None:
    files = tracked("graph_models", "service", "examples", "cypher")
    assert sum(name.endswith(".cypher") for name in files) > 50
    assert [name for name in files if in_wheel(name) not in names] == []


def test_nothing_else_is_in_the_wheel(names: set[str]) -> None:
    files = {in_wheel(name) for name in tracked("graph_models", "service", "examples", "cypher")}
    assert sorted(name for name in names - files if ".dist-info/" not in name) == []


def test_every_requirement_of_the_wheel_is_locked(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        wanted = Parser().parsestr(archive.read(metadata).decode("utf-8")).get_all("Requires-Dist") or []
    needed = {re.split(r"[^A-Za-z0-9._-]", line)[0].lower().replace("_", "-") for line in wanted if "extra ==" not in line}
    locked = {match[1] for match in re.finditer(r"^([a-z0-9.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)}
    assert len(needed) > 15
    assert needed - locked == set()

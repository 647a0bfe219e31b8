"""Every package that the code imports is a requirement of the project, and a name of the standard library is none."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import packages_distributions

from tests.core.test_versions import imported
from tests.ship.conftest import ROOT

OURS = {"graph_models", "service", "examples"}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_package_that_is_imported_is_required() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    required = {plain(re.split(r"[^A-Za-z0-9._-]", line)[0]) for line in project["dependencies"]} | {
        "starlette",
        "markupsafe",
    }  # FastAPI's and Jinja's own base
    distributions = packages_distributions()
    needed = {name: {plain(found) for found in distributions.get(name, [name])} for package in OURS for name in imported(package) - OURS}
    assert {name for name, candidates in needed.items() if not candidates & required} == set()

"""Which version this is, and of what it computes with."""

from __future__ import annotations

import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

NAME = "stakeholder-graph"
ENGINE = ("networkx", "numpy", "scipy", "pyarrow", "apsw", "neo4j")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "0+unpacked"  # run from a source tree that was not installed


VERSION = _version(NAME)


def python_version() -> str:
    return platform.python_version()


@lru_cache(1)
def engine() -> dict[str, str]:
    """What analyses are computed with: part of every analysis's answer."""
    return {"stakeholder_graph": VERSION} | {name: _version(name) for name in ENGINE}

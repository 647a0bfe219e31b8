"""Which version this is, and of what it computes with."""

from __future__ import annotations

import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

NAME = "stakeholder-graph"
ENGINE = (NAME, "networkx", "numpy", "scipy", "numba", "llvmlite", "pyarrow")
"""The packages whose code computes numbers."""
STORES = ("apsw", "neo4j")
"""The packages through which records are stored."""


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
    """The version of each package that computes numbers, and of Python: part of every analysis and of its hash."""
    return {name: _version(name) for name in ENGINE} | {"python": python_version()}


@lru_cache(1)
def components() -> dict[str, str]:
    """The version of each package that the service computes and stores with."""
    return {"stakeholder_graph": VERSION} | {name: _version(name) for name in (*ENGINE[1:], *STORES)}

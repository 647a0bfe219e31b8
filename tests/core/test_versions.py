"""The versions that an analysis names: every package that takes part in a number is among them."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from service.core.versions import ENGINE, components, engine

ROOT = Path(__file__).parents[2]
COMPUTES_NOTHING = {"msgspec"}
"""Reads and writes records."""


def imported(package: str) -> set[str]:
    """The names of the top-level packages that a package of ours imports from elsewhere."""
    found: set[str] = set()
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {package}


def test_every_package_that_the_models_import_is_named_by_an_analysis() -> None:
    assert imported("graph_models") - COMPUTES_NOTHING <= set(ENGINE)


def test_the_service_names_what_it_stores_with_too() -> None:
    assert {"apsw", "neo4j"} <= set(components())
    assert {name: version for name, version in engine().items() if name in components()}.items() <= components().items()
    assert "0+unpacked" not in engine().values()

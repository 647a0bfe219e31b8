"""A role, a value kind and a relationship kind that somebody adds to ``vocabulary.toml``, and to nothing else, on their way through the product."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from numba.core.caching import _CacheLocator  # type: ignore[import-untyped]

from graph_models.kernels.compiled import CACHE
from service.core.settings import read_settings
from service.stores.registry import open_store

ROOT = Path(__file__).parents[2]
ADDED = """
[[roles]]
id = "franchisee"
label = { en = "Franchisee", zh = "加盟商" }
default_strength = 0.45

[[relationship_kinds]]
id = "audited_by"
label = { en = "audited by", zh = "由其审计" }
directed = true
default_strength = 0.8

[[value_kinds]]
id = "carbon_credits"
label = { en = "Carbon credits", zh = "碳信用" }
means = "trade"
"""
FIRM = {"id": "firm", "name": "Firm", "kind": "organization"}
RECORDS: list[dict[str, Any]] = [
    {"type": "party", **FIRM},
    {"type": "party", "id": "shop", "name": "Shop", "kind": "organization"},
    {"type": "party", "id": "auditor", "name": "Auditor", "kind": "organization"},
    {"type": "role", "id": "r", "source": "shop", "target": "firm", "role": "franchisee", "stage": "active"},
    {"type": "relationship", "id": "t", "source": "auditor", "target": "firm", "kind": "audited_by"},
    {"type": "value_flow", "id": "v", "source": "firm", "target": "shop", "kind": "carbon_credits", "utility": 0.6, "valid_from": "2025"},
    {"type": "value_flow", "id": "m", "source": "shop", "target": "firm", "kind": "money", "amount": "5", "currency": "EUR", "valid_from": "2025"},
]
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, store_address: str) -> Iterator[Run]:
    """The program on a copy of the code, the vocabulary of which has three entries more; nothing is left in the store."""
    code = tmp_path / "code"
    for package in ("graph_models", "service", "cypher"):
        shutil.copytree(ROOT / package, code / package)
    _move_machine_code(code)
    with (code / "graph_models" / "vocabulary.toml").open("a", encoding="utf-8") as file:
        file.write(ADDED)
    environment = os.environ | {
        "PYTHONPATH": str(code), "STAKEHOLDER_GRAPH_STORE": store_address, "STAKEHOLDER_GRAPH_DATA": str(tmp_path / "data"), "PYTHONIOENCODING": "utf-8",
    }  # fmt: skip

    def runs(*arguments: str) -> str:
        command = [sys.executable, "-c", "from service.cli.main import main; main()", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=180, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    yield runs
    with closing(open_store(read_settings(store=store_address), "w")) as store:
        store.clear()


def _move_machine_code(code: Path) -> None:
    """What numba compiled for the sources holds for their copies too; it lies in folders named by the place of the source."""
    cache = code / CACHE.relative_to(ROOT)
    for source in (ROOT / "graph_models").rglob("*.py"):
        compiled = cache / _CacheLocator.get_suitable_cache_subpath(str(source))
        if compiled.is_dir():
            compiled.rename(cache / _CacheLocator.get_suitable_cache_subpath(str(code / source.relative_to(ROOT))))


def _entry(kind: str) -> str:
    """An entry of the mapping: the columns are called as the fields are."""
    fields = sorted({name for record in RECORDS if record["type"] == kind for name in record} - {"type"})
    return f"      - {{type: {kind}, when: {{column: type, equals: {kind}}}, {', '.join(f'{name}: {{column: {name}}}' for name in fields)}}}"


@pytest.fixture
def imported(run: Run, tmp_path: Path) -> Run:
    """The records are in a workspace of one focal party, and analysed."""
    table = tmp_path / "facts.csv"
    names = sorted({name for record in RECORDS for name in record})
    rows = [names, *([str(record.get(name, "")) for name in names] for record in RECORDS)]
    table.write_text("".join(",".join(row) + "\n" for row in rows), "utf-8")
    mapping = tmp_path / "mapping.yaml"
    records = "\n".join(map(_entry, ("party", "role", "relationship", "value_flow")))
    mapping.write_text(
        "name: facts\nworkspace: {name: Firm, focal_party_id: firm, base_currency: EUR, default_as_of: '2025-12-31'}\n"
        f"files:\n  facts:\n    pattern: facts.csv\n    records:\n{records}\n", "utf-8",
    )  # fmt: skip
    run("import", str(table), "--mapping", str(mapping), "--workspace", "w")
    run("analyze", "--workspace", "w")
    return run


def test_a_new_kind_is_imported_scored_reported_and_exported(imported: Run, tmp_path: Path, store_address: str) -> None:
    exported = [json.loads(line) for line in imported("export", "--workspace", "w").splitlines()]
    assert {record.get("role") or record.get("kind") for record in exported} >= {"franchisee", "audited_by", "carbon_credits"}
    scores = {row["party_id"]: row["value"] for row in json.loads(imported("top", "influence", "--workspace", "w", "--json"))["items"]}
    assert scores["auditor"] > 0
    assert scores["shop"] > 0
    assert '"t"' in imported("explain", "auditor", "--workspace", "w", "--json")
    for locale, label in (("en", "Franchisee"), ("zh", "加盟商")):
        path = tmp_path / f"{locale}.html"
        imported("report", "strategy", "--workspace", "w", "--locale", locale, "-o", str(path))
        assert label in path.read_text("utf-8")
    if store_address.startswith("sqlite"):
        return
    asked = imported("query", "MATCH (f:Franchisee)-[:HAS_ROLE]->(:Party)<-[t:AUDITED_BY]-(a) RETURN f.id, t.id, a.id", "--workspace", "w", "--json")
    assert json.loads(asked)["rows"] == [["shop", "t", "auditor"]]

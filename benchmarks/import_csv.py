"""How fast a CSV file becomes validated records through a mapping, and how fast it enters the embedded store. Run: python -m benchmarks.import_csv"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.machine import processor_s
from graph_models.records.vocabulary import BUILT_IN
from service.imports.formats.byte_source import FileOfSet
from service.imports.mapping.bound_mapping import BoundMapping
from service.imports.mapping.model import read_mapping
from service.imports.pipeline.import_job import ImportPlan, import_files
from service.stores.sqlite.store import EmbeddedStore

MAPPING = """
name: payments
files:
  payments:
    pattern: "*.csv"
    records:
      - type: party
        id: "s{supplier}"
        name: "Supplier {supplier}"
        kind: organization
      - type: value_flow
        id: "{number}"
        source: firm
        target: "s{supplier}"
        kind: money
        amount: "{amount}"
        currency: EUR
        product: "{product}"
        valid_from: "{date}"
records:
  - {type: party, id: firm, name: Firm, kind: organization}
"""


def written_file(directory: Path, rows: int) -> FileOfSet:
    """A file of payments to a thousand suppliers, the same each time."""
    path = directory / "payments.csv"
    with path.open("w", encoding="utf-8") as out:
        out.write("number,date,supplier,product,amount\n")
        for row in range(rows):
            out.write(f"P{row:08d},2025-{row % 12 + 1:02d}-{row % 28 + 1:02d},{row * 7919 % 1000},part {row % 40},{row * 31 % 100000 / 100:.2f}\n")
    return FileOfSet(path, path.name)


Rate = tuple[float, float]
"""Rows a second, and seconds of processor for a hundred thousand."""


def timed(rows: int, work: Callable[[], Any]) -> tuple[Rate, Any]:
    """How fast some work goes, and what it gives."""
    wall, processor = time.perf_counter(), processor_s()
    given = work()
    return (rows / (time.perf_counter() - wall), (processor_s() - processor) / rows * 1e5), given


def measured(rows: int) -> dict[str, Rate]:
    """Read and mapped (no store); imported into an empty embedded store; imported once more."""
    mapping = read_mapping(MAPPING)
    with tempfile.TemporaryDirectory() as name:
        file = written_file(Path(name), rows)
        found: dict[str, Rate] = {}
        found["read and map"], count = timed(rows, lambda: sum(1 for _ in BoundMapping(mapping, [file], BUILT_IN).records(lambda _: None)))
        store = EmbeddedStore(Path(name) / "store.sqlite3")
        for label in ("import", "import again, all unchanged"):
            found[label], result = timed(rows, lambda: import_files(store, BUILT_IN, ImportPlan([file], mapping)))
            assert result["accepted"] == count
        store.close()
    return found


def main() -> None:
    """Measure the best of some runs and print it with the machine."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--runs", type=int, default=3)
    chosen = options.parse_args()
    runs = [measured(chosen.rows) for _ in range(chosen.runs)]
    best = {label: max(run[label] for run in runs) for label in runs[0]}
    told = {label: {"per_second": round(rate), "processor_s_per_100k": round(processor, 2)} for label, (rate, processor) in best.items()}
    machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
    sys.stdout.write(json.dumps({"rows": chosen.rows, **told, **machine}, indent=2) + "\n")


if __name__ == "__main__":
    main()

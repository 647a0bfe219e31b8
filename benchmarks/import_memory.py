"""How much memory an import takes, as the file grows: each size in a process of its own, from the first byte read to the last record written.

    python -m benchmarks.import_memory [--megabytes 100] [--form csv]

Prints the peak of the memory at 1, 2 and 4 times the size, for NDJSON and for CSV with a mapping, the slope, and what it comes to for 10 GB. The memory is
that of all processes of the import (what they share counts once: PSS), looked at fifty times a second.
A tenth of the NDJSON records are parties. Of the payments of the CSV each goes to a supplier that is new or was paid before, more often one of the older
ones: one in ten is new. So the number of parties grows with the file.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.import_csv import MAPPING
from benchmarks.import_embedded import fact_lines, party_lines
from benchmarks.machine import machine
from graph_models.records.vocabulary import BUILT_IN
from service.imports.formats.byte_source import FileOfSet
from service.imports.mapping.model import read_mapping
from service.imports.pipeline.import_job import ImportPlan, import_files
from service.stores.sqlite.store import EmbeddedStore

WHOLE = 10_000
"""The megabytes of the file for which the memory is told."""


def ndjson(records: int) -> Iterator[bytes]:
    """Parties and their facts, a stretch at a time, ten facts a party."""
    for start in range(0, records, 11_000):
        parties = party_lines(1_000)
        yield from (line.replace(b'"id": "p', b'"id": "%d-p' % start) for line in parties)
        for line in fact_lines(10_000, 1_000, start):
            yield line.replace(b'": "p', b'": "%d-p' % start).replace(b'"id": "v', b'"id": "%d-v' % start)


def csv(rows: int) -> Iterator[bytes]:
    """Payments to a tenth as many suppliers as rows, of which those that came first are paid most."""
    chance = random.Random(20261126).random
    yield b"number,date,supplier,product,amount"
    for row in range(rows):
        date, supplier = f"2025-{row % 12 + 1:02d}-{row % 28 + 1:02d}", int((row // 10 + 1) * chance() ** 3) if row % 10 else row // 10
        yield f"P{row:012d},{date},{supplier},part {row % 40} of a machine with a name that is long,{row * 31 % 100000 / 100:.2f}".encode()


FORMS = {"ndjson": (ndjson, 215), "csv": (csv, 92)}
"""What writes a file, and about how many bytes a line of it takes."""


def written(form: str, path: Path, megabytes: float) -> None:
    write, line_bytes = FORMS[form]
    with path.open("wb") as file:
        file.writelines(line + b"\n" for line in write(int(megabytes * 1e6 / line_bytes)))


def imported(form: str, path: Path) -> None:
    """Import the file into a store beside it."""
    store = EmbeddedStore(path.with_suffix(".sqlite"))
    mapping = read_mapping(MAPPING) if form == "csv" else None
    import_files(store, BUILT_IN, ImportPlan([FileOfSet(path, path.name)], mapping, directory=path.parent))
    store.close()


def memory(process: int) -> int:
    """What a process and those that it started take, in bytes; 0 when it has ended."""
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        started = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return 0
    own = next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return own * 1024 + sum(memory(int(other)) for other in started)


def measured(form: str, megabytes: float) -> list[tuple[float, float]]:
    """(megabytes of the file, megabytes of memory) at three sizes."""
    found = []
    for times in (1, 2, 4):
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / f"payments.{form}"
            written(form, path, megabytes * times)
            command = [sys.executable, "-m", "benchmarks.import_memory", "--import", str(path)]
            peak = 0
            with subprocess.Popen(command) as process:
                while process.poll() is None:
                    peak = max(peak, memory(process.pid))
                    time.sleep(0.02)
            assert process.returncode == 0
            found.append((path.stat().st_size / 1e6, peak / 1e6))
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--megabytes", type=float, default=100)
    arguments.add_argument("--form", choices=FORMS, help="measure only this one")
    arguments.add_argument("--import", dest="path", type=Path, help="import this one file")
    given = arguments.parse_args()
    if given.path is not None:
        imported(given.path.suffix[1:], given.path)
        return
    told: dict[str, Any] = {}
    for form in [given.form] if given.form else FORMS:
        sizes = measured(form, given.megabytes)
        slope = (sizes[2][1] - sizes[1][1]) / (sizes[2][0] - sizes[1][0])
        told[form] = {
            "file_mb_peak_mb": [[round(size), round(peak)] for size, peak in sizes],
            "mb_per_gb": round(slope * 1000, 1), "peak_mb_at_10_gb": round(sizes[2][1] + slope * (WHOLE - sizes[2][0])),
        }  # fmt: skip
    json.dump({**told, "machine": machine()}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()

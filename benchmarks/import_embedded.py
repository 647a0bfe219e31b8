"""Imports NDJSON facts into the embedded store: read, decoded, validated, versioned, written, synced.

    python -m benchmarks.import_embedded [--facts 100000] [--parties 10000] [--rounds 3] [--stored 1000000]

Into an empty store, the same file again, and new facts into a store that holds ``--stored`` of them already (0: leave that out). Each is one import, as
the job and the command line make it. Prints facts a second of the best round, and the seconds of processor that a hundred thousand took in it.
``loop_ms`` says how busy the machine was: about 15 on a core of its own here.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from benchmarks.machine import machine, processor_s
from graph_models.records.vocabulary import BUILT_IN
from service.facts.batch_writing import MAX_BATCH_RECORDS, write_batch
from service.facts.ndjson import parse_ndjson
from service.imports.formats.byte_source import FileOfSet
from service.imports.pipeline.import_job import ImportPlan, import_files
from service.stores.sqlite.store import EmbeddedStore

Rates = dict[str, tuple[float, float]]
"""What was measured -> (records a second, seconds of processor a hundred thousand)."""


def loop_ms() -> float:
    """A loop that takes about 10 ms on a core of its own: more says that others were at work."""
    begin = perf_counter()
    sum(range(1_000_000))
    return (perf_counter() - begin) * 1000


def party_lines(parties: int) -> list[bytes]:
    """One organization a line."""
    return [
        json.dumps({"type": "party", "id": f"p{place}", "name": f"Party {place} 华东家电", "kind": "organization", "country": "CN"}).encode()
        for place in range(parties)
    ]  # fmt: skip


def fact_lines(facts: int, parties: int, seed: int = 1, named: str = "v") -> list[bytes]:
    """Value flows between parties at random, one a line."""
    draw = random.Random(seed)
    return [
        json.dumps(
            {
                "type": "value_flow", "id": f"{named}{place}", "source": f"p{draw.randrange(parties)}", "target": f"p{draw.randrange(parties)}",
                "kind": "money", "amount": f"{draw.random() * 1e6:.2f}", "currency": "CNY", "product": "refrigerator",
                "valid_from": f"2025-{draw.randrange(12) + 1:02}",
            }
        ).encode()
        for place in range(facts)
    ]  # fmt: skip


def load(store: EmbeddedStore, lines: Sequence[bytes]) -> None:
    """The whole path of a batch, as ``POST .../batches`` goes it."""
    for first in range(0, len(lines), MAX_BATCH_RECORDS):
        parsed = parse_ndjson(lines[first : first + MAX_BATCH_RECORDS], first + 1)
        write_batch(store, BUILT_IN, parsed.records, parsed.errors)


def written(path: Path, lines: Sequence[bytes]) -> FileOfSet:
    """A file of these lines."""
    with path.open("wb") as file:
        file.writelines(line + b"\n" for line in lines)
    return FileOfSet(path, path.name)


def imported(store: EmbeddedStore, file: FileOfSet, count: int) -> tuple[float, float]:
    """Records a second, and seconds of processor a hundred thousand, of an import."""
    wall, processor = perf_counter(), processor_s()
    result = import_files(store, BUILT_IN, ImportPlan([file]))
    wall, processor = perf_counter() - wall, processor_s() - processor
    assert result["accepted"] == count
    return count / wall, processor / count * 1e5


def measured(directory: Path, facts: int, parties: int, rounds: int, stored: int) -> list[Rates]:
    """Each round: parties and facts into an empty store, the same facts again; then new facts into a store of many."""
    names = written(directory / "parties.ndjson", party_lines(parties))
    file = written(directory / "facts.ndjson", fact_lines(facts, parties))
    found: list[Rates] = []
    for number in range(rounds):
        store = EmbeddedStore(directory / f"{number}.sqlite")
        found.append({"parties": imported(store, names, parties), "new": imported(store, file, facts), "again": imported(store, file, facts)})
        store.close()
    if stored:
        store = EmbeddedStore(directory / "many.sqlite")
        imported(store, names, parties)
        found.append({"many": imported(store, written(directory / "many.ndjson", fact_lines(stored, parties, 2, "m")), stored)})
        for number in range(rounds):
            more = written(directory / "more.ndjson", fact_lines(facts, parties, 3 + number, f"n{number}-"))
            found.append({"into_many": imported(store, more, facts)})
        store.close()
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--facts", type=int, default=100_000)
    arguments.add_argument("--parties", type=int, default=10_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--stored", type=int, default=1_000_000)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        rounds = measured(Path(name), given.facts, given.parties, given.rounds, given.stored)
    best: Rates = {}
    for rates in rounds:
        for label, rate in rates.items():
            best[label] = max(best.get(label, rate), rate)
    told = {label: {"per_second": round(rate), "processor_s_per_100k": round(processor, 2)} for label, (rate, processor) in best.items()}
    json.dump({**told, "facts": given.facts, "stored": given.stored, "loop_ms": round(loop_ms(), 1), "machine": machine()}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()

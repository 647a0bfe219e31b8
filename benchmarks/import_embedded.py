"""Imports 100,000 NDJSON facts into the embedded store, twice, in batches of 50,000: decoded, validated, versioned, written, synced.

    python -m benchmarks.import_embedded [--facts 100000] [--parties 10000] [--rounds 3]

Prints facts a second of the best round. ``quiet`` is how fast the machine was meanwhile (a fixed loop, in milliseconds).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import apsw

from graph_models.vocabulary import BUILT_IN
from service.stores.embedded_store import EmbeddedStore
from service.writes import MAX_BATCH_RECORDS, parse_ndjson, write_batch


def machine() -> dict[str, object]:
    """What the numbers were measured on."""
    return {
        "machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version(), "sqlite": apsw.sqlite_lib_version(),
        "msgspec": version("msgspec"), "pyarrow": version("pyarrow"), "quiet": round(loop_ms(), 1),
    }  # fmt: skip


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


def fact_lines(facts: int, parties: int, seed: int = 1) -> list[bytes]:
    """Value flows between parties at random, one a line."""
    draw = random.Random(seed)
    return [
        json.dumps(
            {
                "type": "value_flow", "id": f"v{place}", "source": f"p{draw.randrange(parties)}", "target": f"p{draw.randrange(parties)}", "kind": "money",
                "amount": f"{draw.random() * 1e6:.2f}", "currency": "CNY", "product": "refrigerator", "valid_from": f"2025-{draw.randrange(12) + 1:02}",
            }
        ).encode()
        for place in range(facts)
    ]  # fmt: skip


def load(store: EmbeddedStore, lines: Sequence[bytes]) -> None:
    """The whole path of a batch, as ``POST .../batches`` goes it."""
    for first in range(0, len(lines), MAX_BATCH_RECORDS):
        parsed = parse_ndjson(lines[first : first + MAX_BATCH_RECORDS], first + 1)
        write_batch(store, BUILT_IN, parsed.records, parsed.errors)


def rate(count: int, work: Callable[[], object]) -> float:
    """How many a second."""
    begin = perf_counter()
    work()
    return count / (perf_counter() - begin)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--facts", type=int, default=100_000)
    arguments.add_argument("--parties", type=int, default=10_000)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    parties, facts = party_lines(given.parties), fact_lines(given.facts, given.parties)
    best = {"parties": 0.0, "new": 0.0, "again": 0.0}
    for _ in range(given.rounds):
        with tempfile.TemporaryDirectory() as directory:
            store = EmbeddedStore(Path(directory) / "w.sqlite")
            found = {"parties": rate(len(parties), lambda: load(store, parties)), "new": rate(len(facts), lambda: load(store, facts))}
            found["again"] = rate(len(facts), lambda: load(store, facts))
            store.close()
        best = {name: max(best[name], found[name]) for name in best}
    measured = {f"{name}_per_second": round(value) for name, value in best.items()}
    json.dump({**measured, "facts": given.facts, **machine()}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()

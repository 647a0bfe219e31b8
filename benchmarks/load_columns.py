"""Reads of the embedded store: a whole ecosystem as columns, and the two short reads of a neighborhood (adjacent facts, parties by id).

python -m benchmarks.load_columns [--facts 1000000] [--parties 100000] [--data FILE]

``--data``: only the columns, of a store that is there already (that of ``neighborhood_http --data``, or of a demo), with the time of the processor.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.import_embedded import fact_lines, load, loop_ms, party_lines
from benchmarks.machine import machine
from graph_models.records.dates import day_of
from service.stores.interface.store import At, Row
from service.stores.sqlite.store import EmbeddedStore

TODAY = At(day_of("2025-12-31"))


def best_us(work: Callable[[], object], repeats: int = 300, rounds: int = 7) -> float:
    """Microseconds of one, in the best of some rounds."""
    times = []
    for _ in range(rounds):
        begin = perf_counter()
        for _ in range(repeats):
            work()
        times.append((perf_counter() - begin) / repeats)
    return round(min(times) * 1e6, 1)


def best_s(work: Callable[[], object], rounds: int = 3) -> float:
    """Seconds of one, in the best of some rounds."""
    return round(best_us(work, 1, rounds) / 1e6, 3)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--facts", type=int, default=1_000_000)
    arguments.add_argument("--parties", type=int, default=100_000)
    arguments.add_argument("--data", type=Path)
    given = arguments.parse_args()
    if given.data:
        of_store(given.data)
        return
    with tempfile.TemporaryDirectory() as directory:
        store = EmbeddedStore(Path(directory) / "w.sqlite")
        load(store, party_lines(given.parties))
        load(store, fact_lines(given.facts, given.parties))
        draw = random.Random(2)
        party = f"p{draw.randrange(given.parties)}"
        facts = store.adjacent([party], TODAY, None, 1000)
        neighbors = _parties(facts)
        measured = {
            "columns_s": best_s(lambda: store.columns(TODAY)),
            "count_s": best_s(lambda: store.count("value_flow", {}, TODAY)),
            "adjacent_us": best_us(lambda: store.adjacent([party], TODAY, None, 1000)), "adjacent_facts": len(facts),
            "get_us": best_us(lambda: store.get("party", neighbors, TODAY)), "get_parties": len(neighbors),
            "get_one_us": best_us(lambda: store.get("party", [party], TODAY)),
            "search_us": best_us(lambda: store.find("party", {"q": "华东 party 77"}, TODAY, None, 10), 30),
        }  # fmt: skip
        store.close()
    json.dump({**measured, "facts": given.facts, "parties": given.parties, "loop_ms": round(loop_ms(), 1), "machine": machine()}, sys.stdout, indent=1)
    print()


def of_store(path: Path) -> None:
    """Three loads of one store."""
    store = EmbeddedStore(path)
    for _ in range(3):
        begin, spent = perf_counter(), process_time()
        columns = store.columns(TODAY)
        took, spent = perf_counter() - begin, process_time() - spent
        facts = sum(table.num_rows for family, table in columns.tables.items() if family != "parties")
        print(f"{columns['parties'].num_rows:,} parties, {facts:,} facts: {took:.1f} s, {spent:.1f} s of the processor", flush=True)
        del columns
    print(machine())
    store.close()


def _parties(facts: Sequence[Row]) -> list[str]:
    ends = [json.loads(row.body or b"{}") for row in facts]
    return sorted({end[name] for end in ends for name in ("source", "target")})


if __name__ == "__main__":
    main()

"""Imports 100,000 NDJSON facts into the embedded store, twice, in batches of 50,000: decoded, validated, versioned, written, synced.

    python -m benchmarks.import_embedded [--facts 100000] [--parties 10000] [--rounds 3]

Prints facts a second of the best round. ``loop_ms`` says how busy the machine was: about 15 on a core of its own here.
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

from benchmarks.machine import machine
from graph_models.vocabulary import BUILT_IN
from service.stores.embedded_store import EmbeddedStore
from service.writes import MAX_BATCH_RECORDS, parse_ndjson, write_batch


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


def measured(parties: Sequence[bytes], facts: Sequence[bytes]) -> dict[str, float]:
    """Records a second: parties, new facts, the same facts again."""
    with tempfile.TemporaryDirectory() as directory:
        store = EmbeddedStore(Path(directory) / "w.sqlite")
        rates = {}
        for name, lines in (("parties", parties), ("new", facts), ("again", facts)):
            begin = perf_counter()
            load(store, lines)
            rates[name] = len(lines) / (perf_counter() - begin)
        store.close()
    return rates


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--facts", type=int, default=100_000)
    arguments.add_argument("--parties", type=int, default=10_000)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    parties, facts = party_lines(given.parties), fact_lines(given.facts, given.parties)
    rounds = [measured(parties, facts) for _ in range(given.rounds)]
    best = {f"{name}_per_second": round(max(rates[name] for rates in rounds)) for name in rounds[0]}
    json.dump({**best, "facts": given.facts, "loop_ms": round(loop_ms(), 1), "machine": machine()}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()

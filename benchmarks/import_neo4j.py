"""Import into Neo4j, validated and versioned, against a bare ``UNWIND ... CREATE`` of the same rows and properties in the same run.

    STAKEHOLDER_GRAPH_TEST_NEO4J=neo4j://... python -m benchmarks.import_neo4j [--facts 100000] [--parties 10000] [--batch 20000] [--rounds 3]

The bare statement gets its parameters ready made, in the same transactions, with the same constraint and the same index on
the relationship's id. Both are warmed up first, and take turns. The database is emptied.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
from collections.abc import Sequence
from statistics import median
from time import perf_counter
from typing import Any

import msgspec
import neo4j

from graph_models.records import decode_record
from graph_models.vocabulary import BUILT_IN
from service.settings import read_settings
from service.stores.neo4j_rows import columns_of_rows
from service.stores.neo4j_store import Neo4jStore
from service.stores.statements import statement
from service.stores.store import NewRow, Writing
from service.writes import parse_ndjson, write_batch

BARE = statement("store/insert_value_flow")


def lines_of(count: int, parties: int, seed: int) -> tuple[list[bytes], list[bytes]]:
    """Lines of NDJSON: parties, and value flows among them with what an order book has."""
    chance = random.Random(seed)
    people = [{"type": "party", "id": f"p{place:06}", "name": f"Party {place}", "kind": "organization", "country": "CN"} for place in range(parties)]
    flows = [
        {
            "type": "value_flow", "id": f"v{seed}-{place:07}", "source": f"p{chance.randrange(parties):06}", "target": f"p{chance.randrange(parties):06}",
            "kind": "money", "amount": f"{chance.randrange(1, 10_000_000) / 100:.2f}", "currency": "CNY", "product": f"product {place % 40}",
            "channel": "offline",
            "confidence": 0.9, "valid_from": f"2025-{place % 12 + 1:02}-{place % 28 + 1:02}",
        }
        for place in range(count)
    ]  # fmt: skip
    return [msgspec.json.encode(line) for line in people], [msgspec.json.encode(line) for line in flows]


def imported(store: Neo4jStore, lines: Sequence[bytes], batch: int) -> float:
    """Seconds to import lines through the service's own way in."""
    begin = perf_counter()
    for start in range(0, len(lines), batch):
        parsed = parse_ndjson(lines[start : start + batch])
        outcome = write_batch(store, BUILT_IN, parsed.records, parsed.errors, writing=Writing(who="benchmark", key=os.urandom(8).hex(), body_hash="x"))
        assert outcome.created == len(parsed.records), outcome
    return perf_counter() - begin


def created(driver: neo4j.Driver, database: str, lines: Sequence[bytes], batch: int) -> float:
    """Seconds that the bare statement needs for the same rows."""
    ready: list[dict[str, Any]] = []
    for start in range(0, len(lines), batch):
        records = [decode_record(line) for line in lines[start : start + batch]]
        rows = [NewRow("value_flow", record.id, record.period(), record, 1) for record in records]
        rows.sort(key=lambda row: row.record.source)  # type: ignore[union-attr]
        ready.append(columns_of_rows("value_flow", rows, 1))
    begin = perf_counter()
    with driver.session(database=database) as session:
        for columns in ready:
            session.execute_write(lambda transaction, columns=columns: transaction.run(BARE.text, columns).consume())
    return perf_counter() - begin


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    for name, default in (("facts", 100_000), ("parties", 10_000), ("batch", 20_000), ("rounds", 3)):
        options.add_argument(f"--{name}", type=int, default=default)
    chosen = options.parse_args()
    address = read_settings(store=os.environ["STAKEHOLDER_GRAPH_TEST_NEO4J"]).neo4j
    password = address.password.get_secret_value()
    store = Neo4jStore(address.uri, address.user, password, address.database)
    with neo4j.GraphDatabase.driver(address.uri, auth=(address.user, password), notifications_min_severity="OFF") as driver:
        server = driver.get_server_info().agent
        store.clear()
        imported(store, lines_of(0, chosen.parties, 0)[0], chosen.batch)
        ours, bare = [], []
        for turn in range(chosen.rounds + 1):
            count = chosen.facts if turn else chosen.batch
            bare.append(count / created(driver, address.database, lines_of(count, chosen.parties, 2 * turn)[1], chosen.batch))
            ours.append(count / imported(store, lines_of(count, chosen.parties, 2 * turn + 1)[1], chosen.batch))
            print(
                f"{'warm-up' if turn == 0 else f'round {turn}'}: bare {bare[-1]:,.0f} facts/s, import {ours[-1]:,.0f} facts/s, ratio {ours[-1] / bare[-1]:.2f}",
                flush=True,
            )
    print(
        f"median of {chosen.rounds}: bare {median(bare[1:]):,.0f}/s, import {median(ours[1:]):,.0f}/s, "
        f"ratio {median(ours[1:]) / median(bare[1:]):.2f} (bar 0.6)"
    )
    print(f"{server}, driver {neo4j.__version__}, Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    store.close()


if __name__ == "__main__":
    main()

"""Import into Neo4j, validated and versioned, against a bare ``UNWIND ... CREATE`` of the same rows and properties in the same run.

    STAKEHOLDER_GRAPH_TEST_NEO4J=neo4j://... python -m benchmarks.import_neo4j [--facts 100000] [--parties 10000] [--batch 20000] [--rounds 3]

Both with two writers. Ours is a whole import of a file of records, as a user's: read, checked, compared with what is believed, written as revisions. The bare
statement gets its parameters ready made, parted by source, with the same constraint and the same index on the relationship's id; what deadlocks the driver
does again. Both are warmed up first, and take turns. The database is emptied.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from zlib import crc32

import msgspec
import neo4j

from graph_models.records.json_codec import decode_record
from graph_models.records.vocabulary import BUILT_IN
from service.core.settings import read_settings
from service.imports.formats.byte_source import FileOfSet
from service.imports.pipeline.import_job import ImportPlan, import_files
from service.stores.interface.store import NewRow
from service.stores.neo4j.rows import columns_of_rows
from service.stores.neo4j.statements import statement
from service.stores.neo4j.store import Neo4jStore

BARE = statement("store/insert_value_flow")
WRITERS = 2


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


def imported(store: Neo4jStore, lines: Sequence[bytes]) -> float:
    """Seconds to import lines as a file."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "records.ndjson"
        path.write_bytes(b"\n".join(lines))
        begin = perf_counter()
        result = import_files(store, BUILT_IN, ImportPlan([FileOfSet(path, path.name)], who="benchmark"))
        took = perf_counter() - begin
    assert result["created"] == len(lines), result
    return took


def created(driver: neo4j.Driver, database: str, lines: Sequence[bytes], batch: int) -> float:
    """Seconds that the bare statement needs for the same rows."""
    shares: list[list[NewRow]] = [[] for _ in range(WRITERS)]
    for line in lines:
        record: Any = decode_record(line)
        shares[crc32(record.source.encode()) % WRITERS].append(NewRow("value_flow", record.id, record.period(), record, 1))
    ready = [[columns_of_rows("value_flow", sorted(share[start : start + batch], key=_source), 1) for start in range(0, len(share), batch)] for share in shares]

    def write(batches: Sequence[dict[str, Any]]) -> None:
        with driver.session(database=database) as session:
            for columns in batches:
                session.execute_write(lambda transaction, columns=columns: transaction.run(BARE.text, columns).consume())

    begin = perf_counter()
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, ready))
    return perf_counter() - begin


def _source(row: NewRow) -> str:
    return row.record.source or ""  # type: ignore[union-attr]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("facts", 100_000), ("parties", 10_000), ("batch", 20_000), ("rounds", 3)):
        options.add_argument(f"--{name}", type=int, default=default)
    chosen = options.parse_args()
    address = read_settings(store=os.environ["STAKEHOLDER_GRAPH_TEST_NEO4J"]).neo4j
    password = address.password.get_secret_value()
    store = Neo4jStore(address.uri, address.user, password, address.database)
    with neo4j.GraphDatabase.driver(address.uri, auth=(address.user, password), notifications_min_severity="OFF") as driver:
        server = driver.get_server_info().agent
        store.clear()
        imported(store, lines_of(0, chosen.parties, 0)[0])
        ours, bare = [], []
        for turn in range(chosen.rounds + 1):
            count = chosen.facts
            bare.append(count / created(driver, address.database, lines_of(count, chosen.parties, 2 * turn)[1], chosen.batch))
            ours.append(count / imported(store, lines_of(count, chosen.parties, 2 * turn + 1)[1]))
            print(
                f"{'warm-up' if turn == 0 else f'round {turn}'}: bare {bare[-1]:,.0f} facts/s, import {ours[-1]:,.0f} facts/s, "
                f"ratio {ours[-1] / bare[-1]:.2f}, load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
    print(
        f"median of {chosen.rounds}: bare {median(bare[1:]):,.0f}/s, import {median(ours[1:]):,.0f}/s, "
        f"ratio {median(ours[1:]) / median(bare[1:]):.2f} (bar 0.7), {WRITERS} writers each"
    )
    print(f"{server}, driver {neo4j.__version__}, Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    store.close()


if __name__ == "__main__":
    main()

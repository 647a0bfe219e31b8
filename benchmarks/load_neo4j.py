"""A first load of Neo4j: records to import files, ``neo4j-admin`` offline, the first opening with its indexes; then the columns of what is there.

    python -m benchmarks.load_neo4j [--size large|huge] [--rounds 3]

Starts a server of its own (tools/neo4j/server). Wall time, and beside it the processor's time of all that ran, for other work may run on the machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from benchmarks.machine import machine
from examples import large
from graph_models.records.dates import day_of
from graph_models.records.vocabulary import BUILT_IN
from service.core.settings import read_settings
from service.imports.bulk_load.bulk_load import first_load
from service.imports.formats.byte_source import FileOfSet
from service.stores.interface.store import At
from service.stores.neo4j.store import Neo4jStore

TOOL = Path(__file__).parents[1] / "tools" / "neo4j" / "server"
TODAY = At(day_of("2025-12-31"))
PORTS = ("37687", "37474")
PAGE_CACHE = {"large": "1g", "huge": "6g"}
"""What Neo4j is given to keep its store in memory, as its manual advises: half a gigabyte a million facts."""


def cpu_s(server: Path | None = None) -> float:
    """The processor's time of this process, of those that it waited for, and of the server."""
    used = sum(times.ru_utime + times.ru_stime for times in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
    if server is not None:
        fields = Path(f"/proc/{(server / 'pid').read_text('utf-8').strip()}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
        used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


@contextmanager
def told(what: str, facts: int, server: Path | None = None) -> Iterator[None]:
    begin, used = perf_counter(), cpu_s(server)
    yield
    took, busy = perf_counter() - begin, cpu_s(server) - used
    print(f"| {what} | {took:.1f} s | {busy:.1f} s | {facts / took:,.0f} | {os.getloadavg()[0]:.1f} |", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--size", choices=list(large.SIZES), default="large")
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    print(machine())
    print("| what | time | processor | facts/s | load |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        file = FileOfSet(directory / "large.ndjson", "large.ndjson")
        records = large.write(large.shape_of(large.SIZES[chosen.size]), file.path, "ndjson")
        with told("files and import", records):
            with told("files", records):
                first_load([file], BUILT_IN, directory / "files")
            file.path.unlink()
            with told("neo4j-admin", records):
                subprocess.run([TOOL, "load", directory / "server", directory / "files"], check=True, stdout=subprocess.DEVNULL)
        started = subprocess.run(
            [TOOL, "start", directory / "server", *PORTS],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | {"NEO4J_PAGECACHE": PAGE_CACHE[chosen.size]},
        )
        try:
            address = read_settings(store=started.stdout.strip()).neo4j
            store = Neo4jStore(address.uri, address.user, address.password.get_secret_value(), address.database, timeout_s=900)
            with told("first opening: indexes", records, directory / "server"):
                assert store.head() == 1
            for number in range(chosen.rounds):
                with told(f"columns, round {number + 1}", records, directory / "server"):
                    columns = store.columns(TODAY)
                columns.digest  # noqa: B018 - read once, as whoever asked for them will
            store.close()
        finally:
            subprocess.run([TOOL, "stop", directory / "server"], check=True)


if __name__ == "__main__":
    main()

"""1-hop neighborhoods over HTTP: one uvicorn worker on a core of its own, the embedded store, 32 connections, parties of a degree of at most 50.

    python -m benchmarks.neighborhood_http [--parties 100000] [--seconds 10] [--data DIRECTORY]

The store holds the large demo (a million facts), and each request is of one of its parties of that degree at random: tens of
thousands of them, and no answer is kept. The client has the other core: ``wrk`` where it is installed, else raw sockets in Python;
each connection asks again when it has its answer. Said are requests per second, the median, the 99th percentile, and the time of the
processor that the server spent on one request. ``--data`` keeps the store, or takes one that was kept, for another run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow.compute as pc

from benchmarks.machine import machine
from examples import large
from examples.large.writing import lines, tables
from service.core.settings import read_settings
from service.facts.batches import take_batch
from service.stores.interface.store import Writing
from service.workspaces.context import Service

WORKSPACE = str(large.WORKSPACE["id"])
MAX_DEGREE = 50
SEED = 7
BATCH = 50_000
PATH = f"/v1/workspaces/{WORKSPACE}/parties/%s/neighborhood"
SCRIPT = """
local ids = {}
for id in io.lines("%s") do ids[#ids + 1] = id end
math.randomseed(%d)
request = function() return wrk.format("GET", string.format("%s", ids[math.random(#ids)])) end
done = function(summary, latency)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout
  local ms = {latency:percentile(50) / 1e3, latency:percentile(99) / 1e3}
  io.write(string.format("\\n[%%d,%%f,%%f,%%f,%%d]\\n", summary.requests, summary.duration / 1e6, ms[1], ms[2], bad))
end
"""


def load(directory: str, parties: int) -> None:
    """The large demo, where it is not there yet."""
    service = Service(read_settings(store=f"sqlite:///{directory}"))
    if not service.catalog.workspaces():
        service.create_workspace(large.WORKSPACE)
        for table in tables(large.shape_of(parties)):
            for start in range(0, len(table), BATCH):
                take_batch(service, WORKSPACE, bytes(lines(table.slice(start, BATCH).combine_chunks())), "abort", Writing())
    service.close()


def of_small_degree(parties: int) -> list[str]:
    """The parties that at most so many facts name."""
    degree: Counter[str] = Counter()
    ids = set()
    for table in tables(large.shape_of(parties)):
        if table["type"][0].as_py() == "party":
            ids |= set(table["id"].to_pylist())
            continue
        for name in ("source", "target"):
            if name in table.schema.names:
                degree.update({item["values"]: item["counts"] for item in pc.value_counts(table[name]).to_pylist()})
    return sorted(party for party in ids if degree[party] <= MAX_DEGREE)


async def ask(port: int, ids: list[str], seconds: float, connections: int) -> list[float]:
    """The seconds that each answer took."""
    taken: list[float] = []
    end = time.perf_counter() + seconds

    async def one(seed: int) -> None:
        chance = random.Random(seed)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            begun = time.perf_counter()
            writer.write(f"GET {PATH % chance.choice(ids)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            taken.append(time.perf_counter() - begun)
        writer.close()

    await asyncio.gather(*(one(seed) for seed in range(connections)))
    return taken


def with_python(port: int, ids: list[str], seconds: float, connections: int) -> list[float]:
    """Requests, seconds, median and 99th percentile in milliseconds, errors."""
    taken = sorted(asyncio.run(ask(port, ids, seconds, connections)))
    return [len(taken), seconds, taken[len(taken) // 2] * 1e3, taken[int(len(taken) * 0.99)] * 1e3, 0]


def with_wrk(wrk: str, port: int, ids: list[str], seconds: float, connections: int) -> list[float]:
    """The same of wrk."""
    with tempfile.TemporaryDirectory() as directory:
        names, script = Path(directory, "ids"), Path(directory, "ask.lua")
        names.write_text("\n".join(ids), "utf-8")
        script.write_text(SCRIPT % (names, SEED, PATH), "utf-8")
        command = [wrk, "-t1", f"-c{connections}", f"-d{int(seconds)}s", "-s", str(script), f"http://127.0.0.1:{port}"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: list[float] = json.loads(said.splitlines()[-1])
    return found


def processor_seconds(pid: int) -> float:
    """What a process has spent so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Load, serve, warm up, measure."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--parties", type=int, default=100_000)
    arguments.add_argument("--seconds", type=float, default=10.0)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--connections", type=int, default=32)
    arguments.add_argument("--port", type=int, default=8099)
    arguments.add_argument("--data", type=Path)
    asked = arguments.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as temporary:
        directory = str(asked.data.absolute()) if asked.data else temporary
        load(directory, asked.parties)
        ids = of_small_degree(asked.parties)
        wrk = shutil.which("wrk")
        print(f"{len(ids):,} parties of at most {MAX_DEGREE} facts; the client is {'wrk' if wrk else 'Python'}")
        serving, asking = sorted(os.sched_getaffinity(0))[:1], sorted(os.sched_getaffinity(0))[1:] or sorted(os.sched_getaffinity(0))
        environment = os.environ | {"STAKEHOLDER_GRAPH_STORE": f"sqlite:///{directory}", "STAKEHOLDER_GRAPH_WORKER": "false"}
        command = [sys.executable, "-c", "from service.cli.main import main; main()", "serve", "--port", str(asked.port)]
        os.sched_setaffinity(0, serving)
        server = subprocess.Popen(command, env=environment, cwd=Path(__file__).parent.parent, stdout=subprocess.DEVNULL)
        os.sched_setaffinity(0, asking)
        try:
            wait(asked.port)
            with_python(asked.port, ids, 2, asked.connections)
            for _ in range(asked.rounds):
                before = processor_seconds(server.pid)
                given = (asked.port, ids, asked.seconds, asked.connections)
                count, took, median, p99, errors = with_wrk(wrk, *given) if wrk else with_python(*given)
                spent = (processor_seconds(server.pid) - before) / count * 1e6
                print(
                    f"{count / took:,.0f} requests/s, median {median:.1f} ms, p99 {p99:.1f} ms, {spent:.0f} us of the processor each, {errors:.0f} errors",
                    flush=True,
                )
        finally:
            server.terminate()
            server.wait()


def wait(port: int) -> None:
    """Until the server answers."""
    for _ in range(300):
        try:
            asyncio.run(_alive(port))
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


async def _alive(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


if __name__ == "__main__":
    main()

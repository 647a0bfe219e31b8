"""1-hop neighborhoods over HTTP: one uvicorn worker, the embedded store, 32 connections, parties of a degree of at most 50.

    python -m benchmarks.neighborhood_http [--parties 20000] [--facts 200000] [--seconds 10]

The generator is bounded (each connection asks again when it has its answer), in a process of its own: ``wrk`` where it is
installed, else a client of raw sockets. It says requests per second, the median and the 99th percentile.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from service.batches import take_batch
from service.settings import read_settings
from service.stores.store import Writing
from service.workplace import Service

WORKSPACE = "bench"
MAX_DEGREE = 50
SEED = 7


def load(directory: str, parties: int, facts: int) -> None:
    """A random ecosystem in which nobody has more than ``MAX_DEGREE`` facts."""
    service = Service(read_settings(store=f"sqlite:///{directory}"))
    service.create_workspace({"id": WORKSPACE, "name": "benchmark", "focal_party_id": "p0"})
    chance, degree = random.Random(SEED), [0] * parties
    lines = [msgspec.json.encode({"type": "party", "id": f"p{number}", "name": f"Party {number}", "kind": "organization"}) for number in range(parties)]
    while facts:
        source, target = chance.randrange(parties), chance.randrange(parties)
        if source == target or degree[source] >= MAX_DEGREE or degree[target] >= MAX_DEGREE:
            continue
        degree[source], degree[target], facts = degree[source] + 1, degree[target] + 1, facts - 1
        flow = {"type": "value_flow", "id": f"v{facts}", "source": f"p{source}", "target": f"p{target}", "kind": "money", "amount": "10.5", "currency": "CNY"}
        lines.append(msgspec.json.encode(flow | {"valid_from": "2025-03"}))
    for begin in range(0, len(lines), 50_000):
        take_batch(service, WORKSPACE, b"\n".join(lines[begin : begin + 50_000]), "abort", Writing())
    service.close()


async def ask(port: int, parties: int, seconds: float, connections: int, hops: int = 1) -> list[float]:
    """The seconds that each answer took."""
    taken: list[float] = []
    end = time.perf_counter() + seconds

    async def one(seed: int) -> None:
        chance = random.Random(seed)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            begun = time.perf_counter()
            path = f"/v1/workspaces/{WORKSPACE}/parties/p{chance.randrange(parties)}/neighborhood?hops={hops}"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            taken.append(time.perf_counter() - begun)
        writer.close()

    await asyncio.gather(*(one(seed) for seed in range(connections)))
    return taken


def with_wrk(wrk: str, port: int, parties: int, seconds: float, connections: int) -> str:
    """What wrk says; each request is of a party at random."""
    script = f'request = function() return wrk.format("GET", "/v1/workspaces/{WORKSPACE}/parties/p" .. math.random(0, {parties - 1}) .. "/neighborhood") end'
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = [wrk, "-t1", f"-c{connections}", f"-d{int(seconds)}s", "--latency", "-s", file.name, f"http://127.0.0.1:{port}"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Load, serve, warm up, measure."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--parties", type=int, default=20_000)
    arguments.add_argument("--facts", type=int, default=200_000)
    arguments.add_argument("--seconds", type=float, default=10.0)
    arguments.add_argument("--connections", type=int, default=32)
    arguments.add_argument("--port", type=int, default=8099)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        load(directory, asked.parties, asked.facts)
        environment = os.environ | {"STAKEHOLDER_GRAPH_STORE": f"sqlite:///{directory}", "STAKEHOLDER_GRAPH_WORKER": "false"}
        command = [sys.executable, "-c", "from service.cli import main; main()", "serve", "--port", str(asked.port)]
        server = subprocess.Popen(command, env=environment, cwd=Path(__file__).parent.parent, stdout=subprocess.DEVNULL)
        try:
            wait(asked.port)
            asyncio.run(ask(asked.port, asked.parties, 2, asked.connections))
            if wrk := shutil.which("wrk"):
                print(with_wrk(wrk, asked.port, asked.parties, asked.seconds, asked.connections))
            else:
                taken = sorted(asyncio.run(ask(asked.port, asked.parties, asked.seconds, asked.connections)))
                p99 = taken[int(len(taken) * 0.99)]
                print(f"{len(taken) / asked.seconds:,.0f} requests/s, median {statistics.median(taken) * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms")
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

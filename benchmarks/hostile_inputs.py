"""How long other requests take while somebody sends what is made to be expensive.

    python -m benchmarks.hostile_inputs [--seconds 3]

A server as people start it (embedded store, worker) holds a small workspace. One client asks it for neighborhoods, lists and its health, one after
the other, while others send hostile inputs, one kind at a time, again and again. Said are the median and the slowest of those answers, beside what they
are when nobody else asks. The bar: the slowest is at most 0.3 s.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from benchmarks.machine import machine

BAR_S = 0.3
SENDERS = 4
NDJSON = "application/x-ndjson"
W = "/v1/workspaces/w"
ASKED = (f"{W}/parties/firm/neighborhood", "/healthz", f"{W}/parties?limit=10", f"{W}/parties/firm/neighborhood?hops=2", "/v1/workspaces")
Send = Callable[[httpx.Client], object]


def party(name: str, **more: object) -> dict[str, object]:
    return {"type": "party", "id": name, "name": name, "kind": "organization"} | more


def lines(*records: dict[str, object]) -> bytes:
    return b"\n".join(json.dumps(record).encode() for record in records)


def batch(body: bytes, **headers: str) -> Send:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda client: client.post(f"{W}/batches?on_error=skip", content=body, headers={"Content-Type": NDJSON} | named)


def form(body: bytes, path: str = f"{W}/imports") -> Send:
    return lambda client: client.post(path, content=body, headers={"Content-Type": f"multipart/form-data; boundary={'b' * 16}"})


def silent(client: httpx.Client) -> None:
    """Connections on which nothing whole is ever sent."""
    with suppress(OSError):
        held = [socket.create_connection((client.base_url.host, client.base_url.port or 80)) for _ in range(20)]
        for connection in held:
            connection.sendall(b"POST /v1/workspaces/w/batches HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 30_000)
        time.sleep(0.2)
        for connection in held:
            connection.close()


def head(client: httpx.Client) -> None:
    with suppress(OSError), socket.create_connection((client.base_url.host, client.base_url.port or 80)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 100_000)
        while connection.recv(1 << 16):
            pass


def kinds() -> dict[str, Send | None]:
    """Name -> what is sent."""
    field = b"--" + b"b" * 16 + b'\r\nContent-Disposition: form-data; name="mapping"\r\n\r\nx\r\n'
    noise = os.urandom(1 << 20).hex().encode()
    bad = [party(f"x{number}", bogus=1) for number in range(50_000)]
    return {
        "nobody else": None,
        "2 MiB of empty gzip members": batch(gzip.compress(b"") * 100_000, Content_Encoding="gzip"),
        "gzip of 1,000 : 1": batch(gzip.compress(bytes(60 << 20)), Content_Encoding="gzip"),
        "gzip of 60 MiB of noise": batch(gzip.compress(noise * 30, 1), Content_Encoding="gzip"),
        "64 MiB of blank lines": batch(b"\n" * (60 << 20)),
        "a million empty objects": batch(b"{}\n" * 999_000),
        "50,000 records that are not valid": batch(lines(*bad)),
        "a record of 200,000 keys": batch(lines(party("k", attributes={str(number): number for number in range(70_000)}))),
        "brackets nested deep": batch(b'{"type":"party","id":' + b"[" * 900_000),
        "JSON of 100,000 keys": lambda client: client.post(f"{W}/parties", json={str(number): number for number in range(70_000)}),
        "a form of 10,000 parts": form(field * 10_000 + b"--" + b"b" * 16 + b"--\r\n"),
        "a form of half boundaries": form(field.replace(b"x", (b"\r\n--" + b"b" * 15) * 500_000) + b"--" + b"b" * 16 + b"--\r\n"),
        "an upload of 100 MiB": lambda client: client.post(f"{W}/mappings/suggest", files={"file": ("a.bin", bytes(100 << 20))}),
        "half-open connections": silent,
        "heads without end": head,
        "the same key": lambda client: client.post(f"{W}/vocabulary", json={"products": []}, headers={"Idempotency-Key": "k"}),
        "jobs": lambda client: client.post(f"{W}/analyses", json={}),
    }


@contextmanager
def served(directory: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STAKEHOLDER_GRAPH_")}
    command = [sys.executable, "-c", "from service.cli.main import main; main()", "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=Path(__file__).parents[1], env=environment | {"STAKEHOLDER_GRAPH_STORE": f"sqlite:///{directory}"}, stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            with suppress(httpx.TransportError):
                httpx.get(f"{address}/healthz")
                break
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(60)


def asked(address: str, seconds: float) -> list[float]:
    """What each answer took, to one client that asks again when it has one."""
    took = []
    with httpx.Client(base_url=address, timeout=120) as client:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends or len(took) < len(ASKED):
            for path in ASKED:
                begun = time.monotonic()
                assert client.get(path).status_code == 200
                took.append(time.monotonic() - begun)
    return took


def beside(address: str, send: Send | None, seconds: float) -> list[float]:
    """The same, while others send."""
    ended = threading.Event()

    def go_on() -> None:
        with httpx.Client(base_url=address, timeout=120) as client:
            while not ended.is_set():
                with suppress(httpx.TransportError):
                    assert send is not None
                    send(client)

    senders = [threading.Thread(target=go_on) for _ in range(SENDERS if send is not None else 0)]
    for sender in senders:
        sender.start()
    try:
        return asked(address, seconds)
    finally:
        ended.set()
        for sender in senders:
            sender.join()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=3.0)
    arguments.add_argument("--only", default="")
    given = arguments.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as directory, served(directory) as address:
        with httpx.Client(base_url=address, timeout=60) as client:
            client.post("/v1/workspaces", json={"id": "w", "name": "w", "focal_party_id": "firm"})
            roles = [{"type": "role", "id": f"r{n}", "source": f"d{n}", "target": "firm", "role": "distributor"} for n in range(40)]
            client.post(f"{W}/batches", content=lines(party("firm"), *(party(f"d{n}") for n in range(40)), *roles), headers={"Content-Type": NDJSON})
        asked(address, 1.0)
        worst = 0.0
        for name, send in kinds().items():
            if given.only in name:
                took = beside(address, send, given.seconds)
                worst = max(worst, max(took))
                print(f"{name:36} {len(took):6} answers, median {statistics.median(took) * 1e3:7.1f} ms, slowest {max(took) * 1e3:7.1f} ms", flush=True)
    print(f"the slowest took {worst:.3f} s; the bar is {BAR_S} s")


if __name__ == "__main__":
    main()

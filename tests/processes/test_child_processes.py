"""Nothing that the service started outlives it, on whatever way it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import Workspace, money, party, role
from tests.cli.conftest import environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
ROOT = Path(__file__).parents[2]


def descendants(pid: int) -> set[int]:
    """All processes that this one started, and those that these did."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def left_of(pids: set[int], seconds: float) -> set[int]:
    """Those of the processes that still run after so long (a zombie does not run)."""
    limit = time.monotonic() + seconds
    while (left := {pid for pid in pids if _runs(pid)}) and time.monotonic() < limit:
        time.sleep(0.05)
    return left


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server as people start it, in a session of its own, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = [sys.executable, "-c", "from service.cli.main import main; main()", "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def with_all_its_children(process: subprocess.Popen[bytes], address: str) -> set[int]:
    """The worker and the calculating process run (and what ``multiprocessing`` has beside them)."""
    limit = time.monotonic() + 60
    with httpx.Client(base_url=address, timeout=60) as client:
        while time.monotonic() < limit:
            try:
                assert client.post("/v1/workspaces", json={"id": "w", "name": "w", "focal_party_id": "firm"}).status_code == 201
                break
            except httpx.TransportError:
                time.sleep(0.1)
        w = Workspace(client, "w")
        w.write(party("firm"), party("d1"), role(), money())
        assert w.get("/paths?from=d1&to=firm")["items"]
    found = descendants(process.pid)
    assert len(found) >= 2
    return found


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGSEGV])
def test_no_process_is_left_when_the_server_ends(serving: tuple[subprocess.Popen[bytes], str], how: signal.Signals) -> None:
    process, address = serving
    started = with_all_its_children(process, address)
    os.kill(process.pid, how)
    process.wait(30)
    assert left_of(started, 10) == set()


def test_a_terminal_that_interrupts_all_of_them_leaves_none(serving: tuple[subprocess.Popen[bytes], str]) -> None:
    process, address = serving
    started = with_all_its_children(process, address)
    os.killpg(process.pid, signal.SIGINT)
    process.wait(30)
    assert left_of(started, 10) == set()


def test_a_reader_of_a_large_import_ends_with_the_process_that_writes(tmp_path: Path) -> None:
    """The reader is in the middle of its work, and would go on for long without anybody who listens."""
    code = (
        "import os, sys, time\n"
        "from graph_models.records.vocabulary import BUILT_IN\n"
        "from service.imports.pipeline import read_process as reading\n"
        "class Slow:\n"
        "    size = 1 << 30\n"
        "    def parts(self, progress):\n"
        "        open(sys.argv[1], 'w').write(str(os.getpid()))\n"
        "        time.sleep(600)\n"
        "        yield from ()\n"
        "reading.workers = lambda: 2\n"
        "next(reading.Reading(Slow(), BUILT_IN, lambda _: None).chunks())\n"
    )
    said = tmp_path / "reader"
    writer = subprocess.Popen([sys.executable, "-c", code, str(said)], cwd=ROOT)
    try:
        limit = time.monotonic() + 60
        while not (said.exists() and said.read_text()) and time.monotonic() < limit:
            time.sleep(0.05)
        reader = int(said.read_text())
        assert reader != writer.pid
        assert _runs(reader)
    finally:
        writer.kill()
        writer.wait()
    assert left_of({reader}, 10) == set()

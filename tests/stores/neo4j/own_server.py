"""A Neo4j server of a test's own, which it may stop, kill and load."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import NamedTuple

from service.core.settings import Neo4jAddress
from service.stores.neo4j.store import Neo4jStore

TOOL = Path(__file__).parents[3] / "tools" / "neo4j" / "server"


class Server(NamedTuple):
    """A server that may be killed."""

    directory: Path
    address: Neo4jAddress
    ports: tuple[int, int]

    def tool(self, *arguments: str) -> str:
        done = subprocess.run([str(TOOL), arguments[0], str(self.directory), *arguments[1:]], capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def restart(self) -> None:
        self.tool("start", *map(str, self.ports))

    def signal(self, number: signal.Signals) -> None:
        os.kill(int((self.directory / "pid").read_text("utf-8")), number)

    def opened(self, port: int | None = None, timeout_s: float = 60.0) -> Neo4jStore:
        uri = f"bolt://127.0.0.1:{port or self.ports[0]}"
        return Neo4jStore(uri, self.address.user, self.address.password.get_secret_value(), self.address.database, timeout_s=timeout_s)


def free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        return first.getsockname()[1], second.getsockname()[1]

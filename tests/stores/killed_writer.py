"""Run as a process: writes records to an embedded store and dies on the spot just before or just after the commit."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from graph_models.records.json_codec import decode_record
from service.stores.interface.store import Writing
from service.stores.sqlite.store import EmbeddedStore
from tests.stores.plans import plan_of


def die(*_: object) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def main() -> None:
    path, moment, key, body_hash = sys.argv[1:]
    store = EmbeddedStore(Path(path))
    writer = store._writer
    if moment == "before":
        writer.set_commit_hook(die)
    else:
        writer.set_wal_hook(die)
    store.write(plan_of(map(decode_record, sys.stdin.buffer), b"answer"), Writing(key=key, body_hash=body_hash))


if __name__ == "__main__":
    main()

"""A real server that dies, stands still or loses connections: nothing acknowledged is lost, nothing is done twice, answers come in time.

The server is the tests' own, on ports of its own, for it is killed. ``tools/neo4j/server`` starts it where Java is there.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from time import monotonic, sleep
from typing import Any

import pytest

from graph_models.errors import IdempotencyKeyReused, OutcomeUnknown, StoreUnavailable
from graph_models.records.json_codec import record_of
from service.core.settings import read_settings
from service.stores.interface.store import At, Believed, Change, NewRow, Revision, Writing
from service.stores.neo4j.session import DEADLINE
from service.stores.neo4j.store import Neo4jStore
from tests.stores.neo4j.own_server import TOOL, Server, free_ports
from tests.stores.neo4j.tcp_proxy import TcpProxy
from tests.stores.plans import plan_of, state

pytestmark = pytest.mark.neo4j

DEADLINE_S = 3.0
GRACE_S = 2.0


@pytest.fixture(scope="module")
def server(neo4j_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if shutil.which("java") is None:
        pytest.skip("Java is not there: these tests kill a server, and so start one of their own")
    directory, ports = tmp_path_factory.mktemp("neo4j"), free_ports()
    environment = {"NEO4J_HEAP": "512m", "NEO4J_PAGECACHE": "64m", "NEO4J_TRANSACTION_MEMORY": "256m"}
    started = subprocess.run(
        [str(TOOL), "start", str(directory), *map(str, ports)], env={**os.environ, **environment}, capture_output=True, text=True, timeout=240, check=False
    )
    assert started.returncode == 0, started.stderr
    found = Server(directory, read_settings(store=started.stdout.strip()).neo4j, ports)
    try:
        yield found
    finally:
        found.tool("kill")


@pytest.fixture
def direct(server: Server) -> Iterator[Neo4jStore]:
    store = server.opened()
    store.clear()
    yield store
    store.close()


@pytest.fixture
def proxy(server: Server) -> Iterator[TcpProxy]:
    with TcpProxy("127.0.0.1", server.ports[0]) as found:
        yield found


def party(number: int) -> dict[str, Any]:
    return {"type": "party", "id": f"p{number}", "name": f"Party {number}", "kind": "organization"}


def written(store: Neo4jStore, number: int, key: str | None = None, body: str = "hash") -> Revision | None:
    return store.write(plan_of([record_of(party(number))], b"answer"), Writing(key=key, body_hash=body if key else None))


def parties(store: Neo4jStore) -> list[str]:
    return [row.id for row in store.find("party", {}, At(), None, 1000).rows]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_cut_at_the_commit_leaves_one_revision_and_the_key_answers(direct: Neo4jStore, server: Server, proxy: TcpProxy, when: str) -> None:
    store = server.opened(proxy.port)
    assert store.head() == 0
    proxy.cut_before_commit() if when == "before" else proxy.cut_after_commit()
    revision = written(store, 1, "k1")
    assert revision is not None
    assert (revision.number, revision.answer) == (1, b"answer 1")
    assert written(store, 1, "k1") == revision == direct.revision_of_key("k1")
    assert (direct.head(), parties(direct), len(direct.history("party", "p1", At()))) == (1, ["p1"], 1)
    with pytest.raises(IdempotencyKeyReused):
        written(store, 1, "k1", "another body")
    store.close()


def test_a_commit_that_was_cut_and_cannot_be_looked_up_is_unknown_until_the_key_is_sent_again(direct: Neo4jStore, server: Server, proxy: TcpProxy) -> None:
    store = server.opened(proxy.port, DEADLINE_S)
    assert store.head() == 0
    proxy.cut_after_commit()
    at_answer = proxy.on_request

    def cut_for_good(data: bytes) -> bool:
        goes_on = at_answer is None or at_answer(data)
        answered = proxy.on_answer
        if answered is not None:
            proxy.on_request = lambda _: proxy.on_answer is not None
            proxy.on_answer = lambda _: False
        return goes_on

    proxy.on_request = cut_for_good
    with pytest.raises(OutcomeUnknown):
        written(store, 1, "k1")
    proxy.on_request = proxy.on_answer = None
    again = written(store, 1, "k1")
    assert again is not None
    assert (again.number, direct.head(), parties(direct)) == (1, 1, ["p1"])
    store.close()


def test_a_read_survives_connections_that_died_meanwhile(direct: Neo4jStore, server: Server, proxy: TcpProxy) -> None:
    state(direct, party(1))
    store = server.opened(proxy.port)
    assert parties(store) == ["p1"]
    proxy.cut()
    assert parties(store) == ["p1"]
    proxy.cut()
    assert written(store, 2) is not None
    assert parties(direct) == ["p1", "p2"]
    store.close()


def test_a_server_that_stands_still_is_unavailable_within_the_deadline_and_nothing_is_written_later(direct: Neo4jStore, server: Server) -> None:
    state(direct, party(1))
    store = server.opened(timeout_s=DEADLINE_S)
    assert (store.head(), parties(direct)) == (1, ["p1"])  # what the server plans for the first time takes a new one longer than the deadline
    server.signal(signal.SIGSTOP)
    try:
        for work in (store.head, store.check, lambda: written(store, 2), lambda: store.query("RETURN 1", {}, 1, 1.0)):
            begin = monotonic()
            with pytest.raises(StoreUnavailable):
                work()
            assert monotonic() - begin < 5.0 + GRACE_S
        begin = monotonic()
        token = DEADLINE.set(monotonic() + 0.5)
        with pytest.raises(StoreUnavailable):
            store.head()
        DEADLINE.reset(token)
        assert monotonic() - begin < 0.5 + GRACE_S
    finally:
        server.signal(signal.SIGCONT)
    sleep(1.0)
    assert (direct.head(), parties(direct)) == (1, ["p1"])  # waits longer: a server that stood still is slow at first
    assert (store.head(), parties(store)) == (1, ["p1"])
    assert written(store, 3) is not None
    assert parties(direct) == ["p1", "p3"]
    store.close()


def test_a_write_whose_plan_outlives_the_deadline_is_not_committed_afterwards(direct: Neo4jStore, server: Server) -> None:
    store = server.opened(timeout_s=1.0)
    assert store.head() == 0
    goes_on = threading.Event()
    record = record_of(party(1))

    def slow(believed: Believed) -> Change:
        goes_on.wait(30)
        return Change((), [NewRow("party", "p1", record.period(), record, 1)], {})

    with pytest.raises(StoreUnavailable):
        store.write(slow, Writing())
    goes_on.set()
    assert written(direct, 2) is not None
    assert (direct.head(), parties(direct)) == (1, ["p2"])
    store.close()


def test_nothing_acknowledged_is_lost_when_the_server_is_killed_while_it_writes(direct: Neo4jStore, server: Server) -> None:
    store = server.opened(timeout_s=15.0)
    acknowledged: list[int] = []
    stop = threading.Event()

    def writer() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            try:
                if written(store, number, f"k{number}") is not None:
                    acknowledged.append(number)
            except (StoreUnavailable, OutcomeUnknown):
                return

    thread = threading.Thread(target=writer)
    thread.start()
    while len(acknowledged) < 20 and thread.is_alive():
        sleep(0.02)
    server.tool("kill")
    thread.join(60)
    stop.set()
    assert not thread.is_alive()
    begin = monotonic()
    with pytest.raises(StoreUnavailable):
        store.head()
    assert monotonic() - begin < 15.0 + GRACE_S
    server.restart()
    kept = parties(direct)  # waits longer than the other: a server that has just started plans each statement anew
    assert parties(store) == kept
    assert {f"p{number}" for number in acknowledged} <= set(kept)
    assert len(kept) - len(acknowledged) in (0, 1)
    assert store.head() == len(kept)
    for number in (len(acknowledged), len(acknowledged) + 1):
        assert written(store, number, f"k{number}") is not None
    assert store.head() == len(acknowledged) + 1
    assert [revision.key for revision in store.revisions(0, 1000)] == [f"k{number}" for number in range(1, len(acknowledged) + 2)]
    store.close()

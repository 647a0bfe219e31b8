"""Two writers of one import on a real Neo4j: over the same parties, beside others who write, with one that fails; nobody waits in a circle, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

import pytest

from graph_models.errors import InvalidInput
from graph_models.records.json_codec import record_of
from graph_models.records.vocabulary import BUILT_IN
from service.core.settings import read_settings
from service.facts.batch_writing import Outcome, write_batch
from service.imports.buffers.chunk import chunk_of, chunks, made_ready
from service.imports.pipeline.chunk_writer import ChunkWriter
from service.stores.interface.store import At, Believed, Change, Writing
from service.stores.neo4j.commit_order import Turns
from service.stores.neo4j.session import Attempt
from service.stores.neo4j.store import Neo4jStore
from tests.stores.plans import state

PARTIES = 10
IN_TURN = Writing(who="import", import_id="i", in_turn=True)
IN_TIME_S = 120.0


def party(number: int, name: str = "Party") -> dict[str, Any]:
    return {"type": "party", "id": f"p{number}", "name": name, "kind": "organization"}


def facts(batch: int, count: int = 100) -> list[dict[str, Any]]:
    """Flows, ties and contacts between any two of a few parties: every batch names all of them."""
    kinds: tuple[dict[str, Any], ...] = (
        {"type": "value_flow", "kind": "money", "amount": "1", "currency": "CNY"},
        {"type": "relationship", "kind": "knows"},
        {"type": "touchpoint", "kind": "call", "occurred_at": "2025-05-01"},
        {"type": "assessment", "scheme": "salience", "values": {"power": 0.5}},
    )
    return [
        kinds[n % 4] | {"id": f"f{batch}-{n}", "source": f"p{(n + batch) % PARTIES}", "target": f"p{(n + batch + 1 + n // PARTIES % 9) % PARTIES}"}
        for n in range(count)
    ]


@pytest.fixture
def store(neo4j_address: str) -> Iterator[Neo4jStore]:
    there = read_settings(store=neo4j_address).neo4j
    found = Neo4jStore(there.uri, there.user, there.password.get_secret_value(), there.database, timeout_s=IN_TIME_S)
    found.clear()
    state(found, *(party(number) for number in range(PARTIES)))
    yield found
    found.close()


def written(store: Neo4jStore, records: list[dict[str, Any]], writing: Writing = IN_TURN) -> Outcome:
    return write_batch(store, BUILT_IN, [(line, record_of(record)) for line, record in enumerate(records, 1)], writing=writing)


def everything(store: Neo4jStore) -> int:
    return sum(store.count(name, {}, At()) for name in ("value_flow", "relationship", "touchpoint", "assessment"))


@pytest.mark.neo4j
def test_two_writers_over_the_same_parties_write_all_in_the_order_of_their_numbers(store: Neo4jStore) -> None:
    begin = monotonic()
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda batch: written(store, facts(batch)), range(12)))
    assert monotonic() - begin < IN_TIME_S
    assert [outcome.created for outcome in outcomes] == [100] * 12
    assert sorted(outcome.revision or 0 for outcome in outcomes) == list(range(2, 14))
    revisions = store.revisions(0, 100)
    assert [revision.number for revision in revisions] == list(range(1, 14))
    assert [revision.time for revision in revisions] == sorted(revision.time for revision in revisions)
    assert everything(store) == 1200
    for outcome, batch in zip(outcomes, range(12), strict=True):
        rows = store.get("value_flow", [f"f{batch}-0"], At())
        assert [row.revision for row in rows] == [outcome.revision]
    assert [written(store, facts(batch)).unchanged for batch in range(2)] == [100, 100]
    assert store.head() == 13


@pytest.mark.neo4j
def test_whoever_writes_meanwhile_is_neither_lost_nor_waited_for_in_a_circle(store: Neo4jStore) -> None:
    """The other writer changes the very parties that the two tie facts to, and some of their facts."""
    stop = threading.Event()
    own: list[int] = []

    def other() -> None:
        while not stop.is_set():
            outcome = written(store, [party(len(own) % PARTIES, f"Name {len(own)}"), facts(0)[0] | {"amount": str(2 + len(own))}], Writing(who="other"))
            own.append(outcome.revision or 0)

    assert written(store, facts(0)).created == 100
    with ThreadPoolExecutor(3) as pool:
        beside = pool.submit(other)
        outcomes = list(pool.map(lambda batch: written(store, facts(batch)), range(1, 9)))
        stop.set()
        beside.result()
    assert [outcome.created for outcome in outcomes] == [100] * 8
    assert everything(store) == 900
    assert store.head() == 2 + len(outcomes) + len(own)
    assert [revision.number for revision in store.revisions(0, 1000)] == list(range(1, store.head() + 1))
    (last,) = store.get("value_flow", ["f0-0"], At())
    assert f'"amount":"{1 + len(own)}"'.encode() in (last.body or b"")


@pytest.mark.neo4j
def test_a_write_whose_predecessor_fails_is_done_again_alone(store: Neo4jStore) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def fails(believed: Believed) -> Change:
        begun.set()
        assert goes_on.wait(60)
        raise InvalidInput.of("invalid", "no", "id")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(store.write, fails, IN_TURN)
        assert begun.wait(60)
        second = pool.submit(written, store, facts(1))
        goes_on.set()
        with pytest.raises(InvalidInput):
            first.result()
        assert (second.result().created, second.result().revision) == (100, 2)
    assert (store.head(), everything(store)) == (2, 100)


@pytest.mark.neo4j
def test_an_import_of_records_in_any_order_ends_as_one_writer_would_have_it(store: Neo4jStore) -> None:
    """Ids come again in later chunks with other sources (one of 75 with the same), facts come before their parties, roles give labels."""
    role = {"type": "role", "id": "r", "source": "p1", "target": "p2", "role": "customer"}
    late = {"type": "value_flow", "id": "late", "source": "new", "target": "p1", "kind": "money"}
    again = [record | {"source": "p0", "target": "p9"} for record in facts(0) if record["type"] != "touchpoint"]
    records = [late, *facts(0), role, *facts(1), *again, *facts(2), {"type": "party", "id": "new", "name": "New", "kind": "person"}]
    parts = (made_ready(chunk, BUILT_IN)[0] for chunk in chunks([chunk_of([(line, record_of(record)) for line, record in enumerate(records, 1)])], 60))
    total = ChunkWriter(store, BUILT_IN, BUILT_IN.extended, "abort", Writing(import_id="i")).write(parts, lambda _: None)
    assert (total.sums["accepted"], total.sums["updated"], total.errors, total.revision) == (len(records), 74, [], store.head())
    rows = {
        row.id: row.body or b"" for name in ("value_flow", "relationship", "assessment") for row in store.get(name, [record["id"] for record in again], At())
    }
    assert all(b'"source":"p0","target":"p9"' in body for body in rows.values())
    assert (len(rows), everything(store)) == (75, 301)
    assert [row.id for row in store.find("party", {"role": "customer"}, At(), None, 10).rows] == ["p1"]


def test_turns_are_in_order_and_one_that_leaves_takes_those_after_it_along() -> None:
    turns, attempt = Turns(), Attempt(monotonic() + 10)
    first, second = turns.take(), turns.take()
    assert (first.before, second.before, first.name, second.name) == (None, first, "turn 0", "turn 1")
    first.begins(6, False)
    first.makes(7)
    assert first.newest(attempt) == 7
    second.makes(8)
    third = turns.take()
    first.ends(as_said=True)
    assert first.did_as_said(attempt)
    second.ends(as_said=False)
    second.ends(as_said=True)
    assert not second.did_as_said(attempt)
    third.ends(as_said=False)
    assert (third.newest(attempt), third.began.result(), turns.take().before) == (None, None, None)

"""The workspace's own vocabulary is written with the records that bring it: all of it or nothing, and nobody's is lost."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import apsw
import pytest

from graph_models.errors import InvalidInput, StoreUnavailable
from graph_models.records.vocabulary import own_body, terms_of
from service.core.settings import Settings, read_settings
from service.facts.batches import take_batch
from service.stores.interface.store import At, Change, Writing
from service.workspaces.context import Service

W = "w"


@pytest.fixture
def service(store_settings: Settings) -> Iterator[Service]:
    service = Service(store_settings)
    service.create_workspace({"id": W, "name": W})
    yield service
    service.close()


def term(name: str) -> dict[str, object]:
    return {"type": "vocabulary", "value_kinds": [{"id": name, "label": {"en": name, "zh": name}}]}


def batch(name: str, *more: dict[str, object], ids: str = "") -> bytes:
    """Terms, two parties, and a flow of a kind that only these terms know."""
    parties = [{"type": "party", "id": f"{who}{ids}", "name": who, "kind": "organization"} for who in ("a", "b")]
    flow = {"type": "value_flow", "id": f"f-{name}", "source": f"a{ids}", "target": f"b{ids}", "kind": name, "valid_from": "2025"}
    return b"\n".join(json.dumps(record).encode() for record in (term(name), *parties, flow, *more))


def kinds(service: Service) -> set[str]:
    """The own kinds that are known, by the copy and by the store."""
    known = {entry.id for entry in service.vocabulary(W).own.value_kinds}
    assert known == {entry.id for entry in service.catalog.vocabulary(W).own.value_kinds}
    return known


BAD: dict[str, object] = {"type": "role", "id": "r", "source": "a", "target": "nobody", "role": "distributor"}


def test_terms_and_records_are_one_revision(service: Service) -> None:
    outcome = take_batch(service, W, batch("goodwill"), "abort", Writing())
    assert (outcome.created, outcome.revision, kinds(service)) == (3, 1, {"goodwill"})
    again = take_batch(service, W, batch("goodwill"), "abort", Writing())
    assert (again.unchanged, again.revision) == (3, 1)


def test_terms_alone_are_a_revision_too(service: Service) -> None:
    assert take_batch(service, W, json.dumps(term("goodwill")).encode(), "abort", Writing()).revision == 1
    service.extend_vocabulary(W, terms_of({"value_kinds": [{"id": "trust", "label": {"en": "Trust", "zh": "信任"}}]}))
    assert (service.store(W).head(), kinds(service)) == (2, {"goodwill", "trust"})
    service.extend_vocabulary(W, terms_of({"value_kinds": [{"id": "trust", "label": {"en": "Trust", "zh": "信任"}}]}))
    assert service.store(W).head() == 2


def test_a_refused_batch_changes_nothing_and_what_others_brought_meanwhile_stays(service: Service) -> None:
    take_batch(service, W, batch("first"), "abort", Writing())
    with service.terms_coming(W):
        take_batch(service, W, batch("meanwhile", ids="m"), "abort", Writing())
        with pytest.raises(InvalidInput):
            take_batch(service, W, batch("refused", BAD), "abort", Writing())
    assert kinds(service) == {"first", "meanwhile"}
    assert take_batch(service, W, batch("kept", BAD), "skip", Writing()).rejected == 1
    assert kinds(service) == {"first", "meanwhile", "kept"}


def test_batches_at_once_lose_no_terms_whether_they_are_taken_or_refused(service: Service) -> None:
    def send(number: int) -> None:
        more = (BAD,) if number % 3 == 0 else ()
        try:
            take_batch(service, W, batch(f"kind{number}", *more, ids=str(number)), "abort", Writing(key=f"k{number}", body_hash="h"))
        except InvalidInput:
            assert more

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(18)))
    assert kinds(service) == {f"kind{number}" for number in range(18) if number % 3}
    assert not service.catalog.terms_are_coming(W)


def test_the_store_is_asked_while_terms_are_on_their_way(service: Service) -> None:
    """As after a process that wrote to the store died before it told the catalog."""
    take_batch(service, W, batch("first"), "abort", Writing())
    service.catalog.terms_begin(W)
    own = service.vocabulary(W).extended(terms_of({"value_kinds": [{"id": "second", "label": {"en": "2", "zh": "2"}}]}))

    service.store(W).write(lambda believed: Change((), (), {}, terms=own_body(own)), Writing())
    assert "second" in service.vocabulary(W).value_kinds
    assert "second" not in service.catalog.vocabulary(W).value_kinds
    take_batch(service, W, batch("third"), "abort", Writing())
    assert {"first", "second", "third"} <= service.vocabulary(W).value_kinds.keys()
    assert {"first", "second", "third"} <= service.catalog.vocabulary(W).value_kinds.keys()


def test_a_deleted_workspace_leaves_no_terms(service: Service) -> None:
    take_batch(service, W, batch("gone"), "abort", Writing())
    service.delete_workspace(W)
    service.create_workspace({"id": W, "name": W})
    assert kinds(service) == set()
    take_batch(service, W, batch("new"), "abort", Writing())
    assert kinds(service) == {"new"}


def test_terms_that_only_the_catalog_has_are_not_lost_by_the_first_that_the_store_gets(service: Service) -> None:
    """A workspace of an earlier version, or one that was loaded from files."""
    service.catalog.keep_terms(W, [terms_of({"products": [{"id": "p", "label": {"en": "P", "zh": "P"}}]})])
    take_batch(service, W, batch("new"), "abort", Writing())
    assert "p" in service.vocabulary(W).products
    assert kinds(service) == {"new"}


def _dies_at(settings: Settings, statement: int) -> bool:
    """Write a batch with terms in a process that kills itself before so many statements of SQLite; was it killed?"""
    child = os.fork()
    if child == 0:
        begun = 0

        def count(_: object) -> None:
            nonlocal begun
            begun += 1
            if begun == statement:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            service = Service(settings)
            service.store(W)
            for connection in (*apsw.connections(),) if hasattr(apsw, "connections") else ():
                connection.trace_v2(apsw.SQLITE_TRACE_STMT, count)
            take_batch(service, W, batch("dying", ids="x"), "abort", Writing())
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_a_process_that_dies_on_the_way_leaves_records_and_terms_or_neither(tmp_path: object) -> None:
    """Killed before each statement in turn: what is believed after it is readable by the vocabulary that is answered."""
    settings = read_settings(store=f"sqlite:///{tmp_path}")
    service = Service(settings)
    service.create_workspace({"id": W, "name": W})
    take_batch(service, W, batch("first"), "abort", Writing())
    service.close()
    statement, killed = 0, True
    moments = set()
    while killed and statement < 200:
        statement += 1
        killed = _dies_at(settings, statement)
        service = Service(settings)
        there = bool(service.store(W).get("value_flow", ["f-dying"], At()))
        known = {entry.id for entry in service.vocabulary(W).own.value_kinds}
        assert known == ({"first", "dying"} if there else {"first"})
        moments.add((killed, there))
        service.close()
        if there:
            break
    assert {(True, False)} <= moments
    assert statement > 5


def test_terms_wait_for_a_store_that_does_not_answer(service: Service) -> None:
    service.catalog.terms_begin(W)
    store = service.store(W)
    store.close()
    with pytest.raises(StoreUnavailable):
        service.vocabulary(W)

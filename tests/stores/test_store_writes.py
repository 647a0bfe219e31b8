"""Part of the contract of every store: what plans see, what a revision is, and many writers at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from graph_models.errors import Conflict, IdempotencyKeyReused
from graph_models.records.dates import ALL_TIME, FIRST_DAY, OPEN, Period, day_of, now_text
from graph_models.records.json_codec import decode_record, record_of
from service.stores.interface.store import NOW, UNSIGNED, At, Believed, Change, NewRow, Store, Writing
from tests.stores.conftest import CutWrite
from tests.stores.naive_store import Retraction
from tests.stores.plans import plan_of, state
from tests.stores.sample_records import ONE_OF_EACH, TODAY, flow, found, ids, only, party, role, tie


def asked(store: Store, question: Callable[[Believed], Any]) -> Any:
    answers = []

    def plan(believed: Believed) -> Change | None:
        answers[:] = [question(believed)]
        return None

    assert store.write(plan, UNSIGNED) is None
    return answers[0]


def test_a_plan_sees_all_believed_rows_of_an_id_by_start(store: Store) -> None:
    state(store, party("a", "First"), party("b"))
    state(store, party("a", "Second", valid_from="2025", valid_to="2025"))
    state(store, Retraction("party", "a", Period(OPEN - 10, OPEN)))
    live = asked(store, lambda believed: dict(believed.live("party", ["a", "b", "nobody"])))
    assert sorted(live) == ["a", "b"]
    assert [(row.body is None, row.version, row.current) for row in live["a"]] == [(False, 2, 3), (False, 2, 3), (False, 3, 3), (True, 3, 3)]
    assert [row.period.start for row in live["a"]] == sorted(row.period.start for row in live["a"])
    assert live["b"][0].recorded_at <= now_text()


def test_a_plan_sees_which_ids_are_there_on_some_day(store: Store) -> None:
    state(store, party("a", valid_to="2000"), party("gone"), {"type": "document", "id": "d"})
    state(store, Retraction("party", "gone", ALL_TIME))
    assert set(asked(store, lambda believed: believed.present("party", ["a", "gone", "never", "d"]))) == {"a"}
    assert set(asked(store, lambda believed: believed.present("document", ["a", "d"]))) == {"d"}
    assert not asked(store, lambda believed: believed.present("party", []))
    assert not asked(store, lambda believed: believed.live("party", []))


def test_a_plan_sees_the_facts_that_name_a_party_or_a_document(store: Store) -> None:
    cited = [{"document_id": "d", "locator": "1"}, {"document_id": "d", "locator": "2"}]
    state(store, *ONE_OF_EACH, role("old", valid_to="2000"), tie("cites", "b", "a", evidence=cited), tie("wrong", evidence=cited))
    state(store, Retraction("relationship", "wrong", ALL_TIME))

    def facts(type_name: str, record_id: str, period: Period = ALL_TIME) -> list[str]:
        return sorted(ids(asked(store, lambda believed: believed.referring(type_name, record_id, period))))

    assert facts("party", "a") == ["cites", "old", "p", "r", "t", "v"]
    assert facts("party", "b") == ["cites", "j", "old", "p", "r", "t", "v"]
    assert facts("document", "d") == ["cites", "r"]
    assert facts("document", "a") == []
    assert facts("party", "a", Period(FIRST_DAY, day_of("2001-01-01"))) == ["cites", "old"]
    assert facts("party", "a", Period(day_of("2025-05-20"), day_of("2025-05-21"))) == ["cites", "p", "r", "t", "v"]


def test_a_plan_for_tens_of_thousands_of_ids_is_answered(store: Store) -> None:
    names = [f"p{place}" for place in range(20_000)]
    state(store, *(party(name) for name in names))
    assert len(asked(store, lambda believed: believed.live("party", names))) == 20_000
    assert len(asked(store, lambda believed: believed.present("party", [*names, "nobody"]))) == 20_000


def test_a_plan_that_asks_for_an_id_twice_gets_it_once(store: Store) -> None:
    told = {"type": "value_flow", "id": "v", "source": "p", "target": "q", "kind": "knowledge"}
    state(store, party("p"), party("q"), told)
    assert len(asked(store, lambda believed: believed.live("value_flow", ["v", "v"]))["v"]) == 1
    assert len(asked(store, lambda believed: believed.live("party", ["p", "q", "p"]))["p"]) == 1
    state(store, {**told, "kind": "data"}, {**told, "kind": "goods"})
    assert [row.version for row in store.history("value_flow", "v", At(None, NOW))] == [2, 1]


def test_nothing_of_a_plan_that_fails_remains(store: Store) -> None:
    state(store, party("a"))
    change = plan_of([record_of(party("b")), record_of(party("a", "Other"))])

    class Refused(Exception):
        pass

    def refuses_in_the_end(number: int) -> bytes:
        raise Refused(number)

    def plan(believed: Believed) -> Change | None:
        planned = change(believed)
        assert planned is not None
        return planned._replace(answer=refuses_in_the_end)

    with pytest.raises(Refused):
        store.write(plan, Writing(key="k"))
    assert (store.head(), found(store), store.revision_of_key("k")) == (1, ["a"], None)
    assert len(store.history("party", "a", TODAY)) == 1
    assert state(store, party("b")) is not None


# -- revisions and idempotency keys


def test_a_revision_is_the_audit_entry_of_a_write(store: Store) -> None:
    revision = store.write(plan_of([record_of(party("a"))], b"answer"), Writing("who", "key 中", "hash", "import 1"))
    assert revision is not None
    assert revision._replace(time="") == (1, "", "who", "key 中", "hash", {"written": 1}, "import 1", b"answer 1")
    state(store, party("b"))
    first, second = store.revisions(0, 10)
    assert first == revision == store.revision_of_key("key 中")
    assert (second.number, second.key, second.who, second.answer) == (2, None, None, None)
    assert [entry.number for entry in store.revisions(1, 10)] == [2]
    assert [entry.number for entry in store.revisions(0, 1)] == [1]


def test_the_revision_of_a_time_is_the_newest_recorded_by_then(store: Store) -> None:
    before = now_text()
    times = [revision.time for place in range(3) if (revision := state(store, party(f"p{place}")))]
    assert store.revision_at(before) == 0
    assert [store.revision_at(time) for time in times] == [sum(other <= time for other in times) for time in times]
    assert store.revision_at("9999-12-31T23:59:59.999999Z") == 3


def test_a_write_that_asks_for_nothing_is_no_revision_unless_it_has_a_key(store: Store) -> None:
    state(store, party("a"))
    assert state(store, party("a")) is None
    assert store.write(lambda believed: Change((), (), {"unchanged": 1}), UNSIGNED) is None
    keyed = state(store, party("a"), writing=Writing(key="k"))
    assert keyed is not None
    assert (keyed.number, store.head()) == (2, 2)


def test_a_used_key_writes_nothing_and_gives_its_revision_again(store: Store) -> None:
    writing = Writing(key="k", body_hash="h")
    first = store.write(plan_of([record_of(party("a"))], b"answer"), writing)
    again = store.write(plan_of([record_of(party("b"))], b"another"), writing)
    assert first == again
    assert (store.head(), found(store)) == (1, ["a"])


def test_a_used_key_with_another_body_is_refused(store: Store) -> None:
    state(store, party("a"), writing=Writing(key="k", body_hash="h"))
    with pytest.raises(IdempotencyKeyReused):
        state(store, party("b"), writing=Writing(key="k", body_hash="other"))
    assert found(store) == ["a"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_write_that_was_cut_off_is_done_exactly_once_when_repeated(store: Store, cut_write: CutWrite, moment: Any) -> None:
    state(store, party("a"), party("b"))
    writing = Writing(key="k", body_hash="h")
    records = [record_of(flow("v", amount="1")), record_of(party("c"))]
    cut_write(moment, records, writing)
    done = store.revision_of_key("k")
    assert (done is not None, store.head()) == ((True, 2) if moment == "after" else (False, 1))
    repeated = store.write(plan_of(records, b"answer"), writing)
    assert repeated is not None
    assert repeated == store.revision_of_key("k")
    assert (repeated.number, repeated.answer, store.head()) == (2, b"answer 2", 2)
    assert [(row.version, row.revision) for row in store.history("value_flow", "v", TODAY)] == [(1, 2)]
    assert found(store) == ["a", "b", "c"]


# -- many at once


def add_one(believed: Believed) -> Change:
    """Adds 1 to the amount of a flow: an update is lost where two of these see the same."""
    row = only(believed.live("value_flow", ["v"])["v"])
    amount = int(decode_record(row.body or b"").amount) + 1  # type: ignore[union-attr, arg-type]
    record = record_of(flow("v", amount=str(amount)))
    return Change([row], [NewRow("value_flow", "v", record.period(), record, row.version + 1)], {})


@pytest.mark.parametrize("own_store", [False, True], ids=["one store", "a store each"])
def test_no_update_of_concurrent_writers_is_lost(store: Store, open_another: Callable[[], Store], own_store: bool) -> None:
    state(store, party("a"), party("b"), flow("v", amount="0"))
    stores = [open_another() if own_store else store for _ in range(4)]
    start = threading.Barrier(4)

    def writes(writer: Store) -> None:
        start.wait()
        for _ in range(15):
            assert writer.write(add_one, UNSIGNED) is not None

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(writes, stores))
    row = only(store.get("value_flow", ["v"], TODAY))
    assert (decode_record(row.body or b"").amount, row.version, store.head()) == (60, 61, 61)  # type: ignore[union-attr]
    assert [old.version for old in store.history("value_flow", "v", TODAY)] == list(range(61, 0, -1))
    assert [revision.number for revision in store.revisions(0, 100)] == list(range(1, 62))


def test_only_one_of_many_writers_with_the_same_key_writes(store: Store, open_another: Callable[[], Store]) -> None:
    stores = [store, open_another(), open_another()]
    start = threading.Barrier(3)

    def writes(writer: Store) -> Any:
        start.wait()
        return writer.write(plan_of([record_of(party("a"))], b"answer"), Writing(key="k", body_hash="h"))

    with ThreadPoolExecutor(3) as pool:
        revisions = list(pool.map(writes, stores))
    assert revisions[0] == revisions[1] == revisions[2]
    assert store.head() == 1


def test_one_writer_wins_where_all_insist_on_what_they_saw(store: Store, open_another: Callable[[], Store]) -> None:
    state(store, party("a", "Old"))
    stores = [store, open_another(), open_another()]
    start = threading.Barrier(3)

    def renames(place: int) -> bool:
        inner = plan_of([record_of(party("a", f"Name {place}"))])

        def plan(believed: Believed) -> Change | None:
            if only(believed.live("party", ["a"])["a"]).version != 1:
                raise Conflict("somebody was faster")
            return inner(believed)

        start.wait()
        try:
            stores[place].write(plan, UNSIGNED)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(renames, range(3))) == [False, False, True]
    assert only(store.get("party", ["a"], TODAY)).version == 2


def test_reads_go_on_while_others_write(store: Store) -> None:
    state(store, party("a"), party("b"), flow("v", amount="0"))
    done = threading.Event()

    def reads() -> int:
        last = 0
        while not done.is_set():
            row = only(store.get("value_flow", ["v"], TODAY))
            assert row.version >= last
            last = row.version
        return last

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(reads) for _ in range(2)]
        for _ in range(20):
            store.write(add_one, UNSIGNED)
        done.set()
        assert all(reader.result() <= 21 for reader in readers)


def test_columns_are_of_one_revision_while_others_write(store: Store) -> None:
    state(store, party("a"), party("b"), flow("v", amount="0"), flow("w", amount="0"))
    done = threading.Event()

    def add_to_both(believed: Believed) -> Change:
        first, second = add_one(believed), only(believed.live("value_flow", ["w"])["w"])
        amount = first.insert[0].record.amount  # type: ignore[union-attr]
        record = record_of(flow("w", amount=str(amount)))
        return Change([*first.supersede, second], [*first.insert, NewRow("value_flow", "w", record.period(), record, second.version + 1)], {})

    def loads() -> None:
        while not done.is_set():
            at = At(TODAY.day, store.head())
            flows = store.columns(at)["value_flows"].to_pylist()
            assert sorted(row["id"] for row in flows) == ["v", "w"]
            assert {row["amount"] for row in flows} == {at.revision - 1}

    with ThreadPoolExecutor(2) as pool:
        loaders = [pool.submit(loads) for _ in range(2)]
        for _ in range(20):
            store.write(add_to_both, UNSIGNED)
        done.set()
        for loader in loaders:
            loader.result()


def test_what_one_store_wrote_another_reads_at_once(store: Store, open_another: Callable[[], Store]) -> None:
    other = open_another()
    for place in range(5):
        state(store, party(f"p{place}"))
        assert (other.head(), len(found(other))) == (place + 1, place + 1)

"""What every store must do: records, pages, both clocks, neighbors,
columns (lists and writes have files beside). Each test runs on the embedded store and on Neo4j."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
import pytest

from graph_models.ecosystem.column_schema import FAMILIES
from graph_models.ecosystem.columns import Columns
from graph_models.records.dates import ALL_TIME, FIRST_DAY, OPEN, Period, day_of, now_text
from graph_models.records.json_codec import content, encode_record, record_of
from graph_models.records.record_types import RECORD_TYPES
from service.stores.interface.store import NOW, At, Row, Store, Writing
from service.stores.sqlite.store import EmbeddedStore
from tests.stores.naive_store import Retraction
from tests.stores.plans import state
from tests.stores.sample_records import DAY, EVERY_DAY, ONE_OF_EACH, RATE_ID, TODAY, flow, found, ids, only, party, role, said

# -- what is written can be read


@pytest.mark.parametrize("fields", ONE_OF_EACH, ids=lambda fields: fields["type"])
def test_a_record_of_every_type_reads_as_it_was_written(store: Store, fields: dict[str, Any]) -> None:
    state(store, *ONE_OF_EACH)
    record = record_of(fields)
    row = only(store.get(fields["type"], [fields.get("id", RATE_ID)], TODAY))
    assert row.body == encode_record(record_of({**fields, "id": row.id}))
    assert row.period == record.period()
    assert (row.type, row.version, row.current, row.revision, row.superseded) == (fields["type"], 1, 1, 1, None)


def test_a_row_tells_who_recorded_it_and_when(store: Store) -> None:
    before = now_text()
    state(store, party("a"), writing=Writing(who="测试 <script>"))
    row = only(store.get("party", ["a"], TODAY))
    assert row.recorded_by == "测试 <script>"
    assert before <= row.recorded_at <= now_text()


def test_an_empty_store_answers_everything_with_nothing(store: Store) -> None:
    for kind in RECORD_TYPES:
        assert not store.get(kind.name, ["a"], TODAY)
        assert store.find(kind.name, {}, TODAY, None, 10) == ([], None)
        assert store.count(kind.name, {}, TODAY) == 0
        assert not store.history(kind.name, "a", TODAY)
    assert not store.adjacent(["a"], TODAY, None, 10)
    assert {family: table.num_rows for family, table in store.columns(TODAY).tables.items()} == dict.fromkeys(FAMILIES, 0)
    assert (store.head(), store.revision_at(now_text()), list(store.revisions(0, 10)), store.revision_of_key("k")) == (0, 0, [], None)
    store.check()


def test_asking_for_no_ids_or_parties_or_kinds_finds_nothing(store: Store) -> None:
    state(store, *ONE_OF_EACH)
    assert not store.get("party", [], TODAY)
    assert not store.adjacent([], TODAY, None, 10)
    assert not store.adjacent(["a"], TODAY, [], 10)


def test_an_id_asked_for_twice_is_answered_once(store: Store) -> None:
    state(store, *ONE_OF_EACH)
    assert sorted(ids(store.get("party", ["b", "a", "b", "nobody"], TODAY))) == ["a", "b"]
    assert sorted(ids(store.adjacent(["b", "a", "b"], TODAY, ["money"], 10))) == ["v"]


HOSTILE = (
    "a/b", "a%2Fb", "it's", 'say "no"', "`tick`", "back\\slash", "$param", "{x: 1}", "'; DROP TABLE record; --", "\") DETACH DELETE n //", "a b ",
    " ", "ß", "é", "e\u0301",
    "中文", "\uffff", "😀", "\U0010ffff", "-1", "1e5", "NULL", "*", "%", "_", "[", "\u202e", "x" * 256,
)  # fmt: skip


def test_ids_may_hold_any_character(store: Store) -> None:
    state(store, *(party(name, name) for name in HOSTILE), *(flow(name, name, name) for name in HOSTILE))
    for name in HOSTILE:
        assert only(said(store.get("party", [name], TODAY))).id == name
        assert ids(store.adjacent([name], TODAY, None, 10)) == [name]
        assert ids(store.history("value_flow", name, TODAY)) == [name]
        assert found(store, "value_flow", party=name) == [name]
    assert sorted(ids(store.get("party", HOSTILE, TODAY))) == sorted(HOSTILE)


@pytest.mark.parametrize("text", HOSTILE)
def test_filters_and_searches_take_any_text_for_text(store: Store, text: str) -> None:
    state(store, *ONE_OF_EACH)
    for name in ("q", "kind", "role", "stage", "industry", "region", "market_tier"):
        store.find("party", {name: text}, TODAY, text, 10)
    for name in ("source", "party", "kind", "product"):
        assert not found(store, "value_flow", **{name: text})
    assert not store.adjacent([text], TODAY, [text], 10)
    assert store.revision_of_key(text) is None
    assert (store.head(), store.count("party", {}, TODAY)) == (1, 2)


# -- the order of ids, and pages


def test_lists_are_in_the_order_of_code_points(store: Store) -> None:
    names = ["Z", "a", "é", "中", "\uffff", "😀", "\U0010ffff"]
    state(store, *(party(name) for name in reversed(names)), *(flow(name, "Z") for name in reversed(names)))
    assert names == sorted(names)
    assert found(store) == names
    assert ids(store.adjacent(["Z"], TODAY, None, 100)) == names
    assert store.columns(TODAY)["parties"]["id"].to_pylist() == names


@pytest.mark.parametrize("limit", [1, 3, 7, 1000])
def test_pages_together_are_the_whole_list(store: Store, limit: int) -> None:
    names = sorted([f"n{place}" for place in range(20)] + ["\uffff", "😀", "中"])
    state(store, *(party(name) for name in names))
    walked: list[str] = []
    after = None
    for _ in range(100):
        page = store.find("party", {}, TODAY, after, limit)
        assert len(page.rows) <= limit
        walked += ids(page)
        after = page.following
        if after is None:
            break
    assert walked == names


def test_a_page_begins_after_an_id_that_need_not_be_there(store: Store) -> None:
    state(store, party("a"), party("c"), party("d"))
    assert store.find("party", {}, TODAY, "b", 1).following == "c"
    assert ids(store.find("party", {}, TODAY, "b", 1)) == ["c"]
    assert store.find("party", {}, TODAY, "d", 1) == ([], None)


def test_a_page_of_all_days_never_parts_the_slices_of_an_id(store: Store) -> None:
    state(store, party("a", "First"), party("b"))
    state(store, party("a", "Second", valid_from="2024", valid_to="2024"))
    page = store.find("party", {}, EVERY_DAY, None, 1)
    assert [record.name for record in said(page.rows)] == ["First", "Second", "First"]
    assert page.following == "a"
    assert ids(store.find("party", {}, EVERY_DAY, "a", 1)) == ["b"]
    assert store.count("party", {}, EVERY_DAY) == 4


def test_a_long_list_is_walked_in_big_pages(store: Store) -> None:
    state(store, party("a"), party("b"))
    state(store, *(flow(f"v{place:05}") for place in range(2_500)))
    first = store.find("value_flow", {"party": "a"}, TODAY, None, 1000)
    second = store.find("value_flow", {"party": "a"}, TODAY, first.following, 1000)
    third = store.find("value_flow", {"party": "a"}, TODAY, second.following, 1000)
    assert [len(page.rows) for page in (first, second, third)] == [1000, 1000, 500]
    assert third.following is None
    assert ids(first) + ids(second) + ids(third) == [f"v{place:05}" for place in range(2_500)]


# -- the two clocks


def test_a_state_reads_as_its_slice_of_the_day(store: Store) -> None:
    state(store, party("a", "Old"))
    state(store, party("a", "New", valid_from="2025-06-30"))
    assert said(store.get("party", ["a"], At(DAY - 1)))[0].name == "Old"
    assert said(store.get("party", ["a"], At(DAY)))[0].name == "New"
    assert {record.name for record in said(store.get("party", ["a"], EVERY_DAY))} == {"Old", "New"}


def test_a_period_begins_with_its_first_day_and_ends_with_its_last(store: Store) -> None:
    state(store, party("a"), party("b"), role("r", valid_from="2025-06-30", valid_to="2025-06-30"))
    assert [len(store.get("role", ["r"], At(day))) for day in (DAY - 1, DAY, DAY + 1)] == [0, 1, 0]
    assert [len(found(store, "role", At(day))) for day in (DAY - 1, DAY, DAY + 1)] == [0, 1, 0]
    assert [len(store.adjacent(["a"], At(day), None, 9)) for day in (DAY - 1, DAY, DAY + 1)] == [0, 1, 0]
    assert [store.columns(At(day))["roles"].num_rows for day in (DAY - 1, DAY, DAY + 1)] == [0, 1, 0]


def test_an_open_state_reaches_from_the_first_day_to_the_last(store: Store) -> None:
    state(store, party("a"))
    assert [len(store.get("party", ["a"], At(day))) for day in (FIRST_DAY, OPEN - 1)] == [1, 1]


def test_an_event_is_listed_from_its_first_day_on_and_readable_on_any(store: Store) -> None:
    state(store, party("a"), party("b"), flow("v", valid_from="2025-06-30", valid_to="2025-06-30"), flow("undated"))
    assert [found(store, "value_flow", At(day)) for day in (DAY - 1, DAY, DAY + 400)] == [["undated"], ["undated", "v"], ["undated", "v"]]
    assert [ids(store.adjacent(["a"], At(day), None, 9)) for day in (DAY - 1, DAY)] == [["undated"], ["undated", "v"]]
    assert ids(store.get("value_flow", ["v"], At(DAY - 1))) == ["v"]
    assert store.columns(At(DAY - 1))["value_flows"]["id"].to_pylist() == ["undated", "v"]


def test_every_read_can_be_of_an_earlier_revision(store: Store) -> None:
    state(store, party("a", "Alpha"), party("b"), flow("v", amount="1"), role("r"))
    state(store, party("a", "Omega"), flow("v", "b", "a", amount="2"), Retraction("role", "r", ALL_TIME))
    then = At(DAY, 1)
    assert (said(store.get("party", ["a"], then))[0].name, said(store.get("party", ["a"], TODAY))[0].name) == ("Alpha", "Omega")
    assert (found(store, at=then, q="alpha"), found(store, at=then, q="omega"), found(store, q="alpha"), found(store, q="omega")) == (["a"], [], [], ["a"])
    assert (found(store, "value_flow", then, source="a"), found(store, "value_flow", source="a")) == (["v"], [])
    assert (ids(store.adjacent(["a"], then, None, 9)), ids(store.adjacent(["a"], TODAY, None, 9))) == (["r", "v"], ["v"])
    assert (found(store, at=then, role="customer"), found(store, role="customer")) == (["a"], [])
    assert [store.columns(at)["value_flows"]["amount"].to_pylist() for at in (then, TODAY)] == [[1.0], [2.0]]
    assert store.columns(At(DAY, 0))["parties"].num_rows == 0
    assert not store.get("party", ["a"], At(DAY, 0))


def test_versions_count_the_writes_of_an_id_whatever_the_slice(store: Store) -> None:
    state(store, party("a", "First"))
    state(store, party("a", "Second", valid_from="2025"))
    state(store, party("a", "Third", valid_from="2026"))
    before, on = only(store.get("party", ["a"], At(day_of("2024-01-01")))), only(store.get("party", ["a"], At(day_of("2026-01-01"))))
    assert [(row.version, row.current) for row in (before, on)] == [(2, 3), (3, 3)]
    earlier = only(store.get("party", ["a"], At(day_of("2024-01-01"), 2)))
    assert (earlier.version, earlier.current, earlier.revision) == (2, 2, 2)


def test_a_period_taken_away_is_not_there_but_is_remembered(store: Store) -> None:
    state(store, party("a"), party("b"), role("r"))
    state(store, Retraction("role", "r", Period(DAY, DAY + 1)))
    assert [len(store.get("role", ["r"], At(day))) for day in (DAY - 1, DAY, DAY + 1)] == [1, 0, 1]
    assert [len(store.adjacent(["b"], At(day), None, 9)) for day in (DAY - 1, DAY, DAY + 1)] == [1, 0, 1]
    taken = [row for row in store.history("role", "r", TODAY) if row.body is None]
    assert [(row.period, row.version, row.revision, row.superseded) for row in taken] == [(Period(DAY, DAY + 1), 2, 2, None)]
    assert store.get("role", ["r"], At(DAY - 1))[0].current == 2


def test_history_has_every_row_newest_revision_first(store: Store) -> None:
    state(store, party("a", "First"))
    state(store, party("a", "Second", valid_from="2025", valid_to="2025"))
    state(store, Retraction("party", "a", ALL_TIME))
    rows = store.history("party", "a", TODAY)
    year = Period(day_of("2025-01-01"), day_of("2026-01-01"))
    assert [(row.revision, row.superseded, row.version, row.period) for row in rows] == [
        (3, None, 3, ALL_TIME),
        (2, 3, 2, Period(FIRST_DAY, year.start)), (2, 3, 2, year), (2, 3, 2, Period(year.end, OPEN)),
        (1, 2, 1, ALL_TIME),
    ]  # fmt: skip
    assert [None if record is None else record.name for record in said(rows)] == [None, "First", "Second", "First", "First"]
    assert [(row.revision, row.superseded) for row in store.history("party", "a", At(DAY, 1))] == [(1, None)]


def test_an_event_that_was_taken_away_may_be_stated_again(store: Store) -> None:
    state(store, party("a"), party("b"), flow("v"))
    state(store, Retraction("value_flow", "v", ALL_TIME))
    assert not store.get("value_flow", ["v"], TODAY)
    state(store, flow("v"))
    assert [(row.version, row.body is None) for row in store.history("value_flow", "v", TODAY)] == [(3, False), (2, True), (1, False)]
    assert only(store.get("value_flow", ["v"], TODAY)).current == 3


# -- neighbors


def test_adjacent_facts_come_by_type_and_id_and_each_once(store: Store) -> None:
    state(store, *ONE_OF_EACH, flow("self", "a", "a"))
    assert ids(store.adjacent(["a"], TODAY, None, 100)) == ["r", "t", "self", "v", "p"]
    assert ids(store.adjacent(["a", "b"], TODAY, None, 100)) == ["r", "t", "self", "v", "p", "j"]
    assert ids(store.adjacent(["a", "b"], TODAY, None, 3)) == ["r", "t", "self"]
    assert ids(store.adjacent(["b"], TODAY, ["owns", "survey_answer", "salience", "nothing such"], 100)) == ["t", "p", "j"]
    assert ids(store.adjacent(["a"], TODAY, ["customer"], 100)) == ["r"]


def test_adjacent_facts_of_many_parties_come_in_one_answer(store: Store) -> None:
    names = [f"p{place}" for place in range(500)]
    state(store, *(party(name) for name in names), *(flow(f"v{place}", f"p{place}", f"p{(place + 1) % 500}") for place in range(500)))
    assert len(store.adjacent(names, TODAY, None, 1000)) == 500


def test_what_is_beside_parties_is_the_adjacent_facts_and_all_whom_they_name(store: Store) -> None:
    moments = make_history(store)
    for at in (moment for moment in moments if moment.day is not None):
        for parties in (["a"], ["b"], ["a", "中"], ["😀", "\uffff"], ["nobody"], []):
            for kinds in (None, ["money", "customer"], []):
                facts, there = store.beside(parties, at, kinds, 100)
                rows = store.adjacent(parties, at, kinds, 100)
                assert [fact[1:2] + fact[4:] for fact in facts] == [(row.id, row.body, *_told(row)) for row in rows]
                assert [(fact.source, fact.target) for fact in facts] == [(end.get("source"), end["target"]) for end in _ends(rows)]
                named = {end[name] for end in _ends(rows) for name in ("source", "target") if name in end} | set(parties)
                expected = sorted(store.get("party", sorted(named), at), key=lambda row: row.id)
                assert [party[1:2] + party[4:] for party in there] == [(row.id, row.body, *_told(row)) for row in expected]


def _told(row: Row) -> tuple[int, int, str, str | None]:
    return row.current or row.version, row.revision, row.recorded_at, row.recorded_by


def _ends(rows: Sequence[Row]) -> list[dict[str, str]]:
    return [msgspec.json.decode(row.body or b"") for row in rows]


def test_what_is_beside_a_party_is_of_one_moment_while_others_write(store: Store) -> None:
    """Each write renames both parties and restates their flow, with its number in all three."""
    state(store, party("a", "0"), party("b", "0"), flow("v", quantity=0))
    done = threading.Event()

    def writes() -> int:
        number = 0
        while not done.is_set():
            number += 1
            state(store, party("a", str(number)), party("b", str(number)), flow("v", quantity=number))
        return number

    seen = []
    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(writes)
        try:
            until = monotonic() + 1
            while monotonic() < until or len(seen) < 5:
                facts, parties = store.beside(["a"], TODAY, None, 100)
                seen.append([row.revision for row in (*facts, *parties)])
        finally:
            done.set()
        assert writer.result() > 1
    assert all(len(revisions) == 3 for revisions in seen)
    assert all(len(set(revisions)) == 1 for revisions in seen)


# -- columns


def test_columns_hold_what_metrics_read(store: Store) -> None:
    state(store, *ONE_OF_EACH)
    columns = store.columns(TODAY)
    assert columns["parties"].to_pylist()[0] == {
        "id": "a", "valid_from": day_of("2020-01-01"),
        "valid_to": OPEN, "kind": "organization", "details": '{"name":"Able 能","country":"CN","attributes":{"deep":{"er":[1,2.5,null]}}}',
    }  # fmt: skip
    role_row = columns["roles"].to_pylist()[0]
    assert (role_row["source"], role_row["target"], role_row["kind"], role_row["tier"], role_row["documents"]) == (0, 1, "customer", "key", '["d"]')
    flow_row = columns["value_flows"].to_pylist()[0]
    assert (flow_row["amount"], flow_row["grade"], flow_row["importance"], flow_row["valid_from"]) == (1.2345678901234568e23, "B", 4, day_of("2025-01-01"))
    assert columns["relationships"].select(["share", "interest"]).to_pylist() == [{"share": 0.25, "interest": "表决权 votes"}]
    assert columns["touchpoints"].to_pylist()[0]["sentiment"] == -0.25
    assert (columns["assessments"]["source"].to_pylist(), columns["assessments"]["target"].to_pylist()) == ([None], [1])
    assert columns["exchange_rates"].to_pylist()[0]["value"] == 7.8


def test_a_fact_whose_party_is_not_there_on_the_day_is_left_out_of_columns(store: Store) -> None:
    state(store, party("a"), party("b", valid_from="2026"), flow("v"), role("r"))
    assert [store.columns(at)["value_flows"].num_rows for at in (TODAY, At(day_of("2026-01-01")), EVERY_DAY)] == [0, 1, 1]
    assert ids(store.adjacent(["a"], TODAY, None, 9)) == ["r", "v"]


def make_history(store: Store) -> list[At]:
    """The same writes make the same columns in any store."""
    state(store, *ONE_OF_EACH, *(party(name) for name in ("😀", "\uffff", "中")), flow("x", "😀", "\uffff", amount="0.1"), flow("y", "中", "中", utility=0.3))
    state(store, party("a", "Renamed", valid_from="2025-07"), role("r", stage="lapsed", valid_from="2025-07"), flow("v", amount="7", quantity=3.5, unit="kg"))
    state(store, Retraction("party", "中", ALL_TIME), Retraction("value_flow", "x", ALL_TIME), Retraction("relationship", "t", Period(DAY, OPEN)))
    return [At(day, revision) for day in (None, DAY - 1, DAY, DAY + 1, FIRST_DAY) for revision in (0, 1, 2, 3, NOW)]


def test_columns_are_the_same_bytes_from_every_store(store: Store, tmp_path: Path) -> None:
    reference = EmbeddedStore(tmp_path / "reference.sqlite")
    moments = make_history(reference)
    make_history(store)
    for at in moments:
        mine, others = store.columns(at), reference.columns(at)
        for family in FAMILIES:
            assert mine[family].schema == others[family].schema
            assert mine[family].to_pylist() == others[family].to_pylist()
        assert mine.digest == others.digest
    reference.close()


def test_columns_are_of_one_moment_while_others_write(store: Store) -> None:
    state(store, party("a"), party("b"))
    done = threading.Event()

    def writes() -> None:
        place = 0
        while not done.is_set():
            state(store, role(f"r{place:04}"), flow(f"v{place:04}"))
            place += 1

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(writes)
        seen: list[Columns] = [store.columns(TODAY) for _ in range(10)]
        done.set()
        writer.result()
    assert all(columns["roles"].num_rows == columns["value_flows"].num_rows for columns in seen)


# -- the end


def test_a_cleared_store_is_as_new(store: Store) -> None:
    state(store, *ONE_OF_EACH, writing=Writing(key="k"))
    store.clear()
    test_an_empty_store_answers_everything_with_nothing(store)
    revision = state(store, *ONE_OF_EACH)
    assert revision is not None
    assert revision.number == 1
    assert content(said(store.get("party", ["a"], TODAY))[0]) == content(record_of(ONE_OF_EACH[0]))
    assert found(store, q="able") == ["a"]
    assert [row.version for row in store.history("party", "a", TODAY)] == [1]

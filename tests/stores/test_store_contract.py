"""What every store must do. Each test runs on the embedded store and on Neo4j."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from graph_models.columns import FAMILIES, Columns
from graph_models.errors import Conflict, IdempotencyKeyReused
from graph_models.records import RECORD_TYPES, content, decode_record, encode_record, record_of
from graph_models.time import ALL_TIME, FIRST_DAY, OPEN, Period, day_of, now_text
from service.stores.embedded_store import EmbeddedStore
from service.stores.store import NOW, UNSIGNED, At, Believed, Change, Found, NewRow, Row, Store, Writing
from tests.stores.conftest import CutWrite
from tests.stores.naive_store import Retraction
from tests.stores.plans import plan_of, state

DAY = day_of("2025-06-30")
TODAY = At(DAY)
EVERY_DAY = At()


def party(record_id: str, name: str = "Name", **fields: Any) -> dict[str, Any]:
    return {"type": "party", "id": record_id, "name": name, "kind": "organization", **fields}


def role(record_id: str, source: str = "a", target: str = "b", **fields: Any) -> dict[str, Any]:
    return {"type": "role", "id": record_id, "source": source, "target": target, "role": "customer", **fields}


def tie(record_id: str, source: str = "a", target: str = "b", **fields: Any) -> dict[str, Any]:
    return {"type": "relationship", "id": record_id, "source": source, "target": target, "kind": "knows", **fields}


def flow(record_id: str, source: str = "a", target: str = "b", **fields: Any) -> dict[str, Any]:
    return {"type": "value_flow", "id": record_id, "source": source, "target": target, "kind": "money", **fields}


ONE_OF_EACH: tuple[dict[str, Any], ...] = (
    party("a", "Able 能", valid_from="2020", country="CN", identifiers={"vat": "77"}, attributes={"deep": {"er": [1, 2.5, None]}}),
    party("b", "Baker", valid_to="2030"),
    role("r", tier="key", stage="active", purpose="resale", product="fridge", evidence=[{"document_id": "d"}], valid_from="2025-02"),
    tie("t", kind="owns", share=0.25, valid_from="2021"),
    flow("v", amount="123456789012345678901234.000000000001", currency="CNY", satisfaction="B", importance=4, valid_from="2025"),
    {"type": "touchpoint", "id": "p", "source": "a", "target": "b", "kind": "survey_answer", "occurred_at": "2025-05-20T23:30:00-08:00", "measure": "nps",
     "value": 9.0, "sentiment": -0.25, "amount": "0.10", "currency": "EUR"},
    {"type": "assessment", "id": "j", "target": "b", "scheme": "salience", "values": {"power": 0.7, "urgency": 0.2}, "valid_from": "2025-06-30"},
    {"type": "document", "id": "d", "title": "Report 报告", "reliability": "A"},
    {"type": "exchange_rate", "currency": "EUR", "base_currency": "CNY", "rate": 7.8, "valid_from": "2025-01-01"},
)  # fmt: skip
RATE_ID = "EUR-CNY-2025-01-01"


def ids(found: Found | Iterable[Row]) -> list[str]:
    return [row.id for row in (found.rows if isinstance(found, Found) else found)]


def found(store: Store, type_name: str = "party", at: At = TODAY, **filters: str) -> list[str]:
    page = store.find(type_name, filters, at, None, 1000)
    assert page.following is None
    assert store.count(type_name, filters, at) == len(page.rows)
    return ids(page)


def said(rows: Iterable[Row]) -> list[Any]:
    return [row.body and decode_record(row.body) for row in rows]


def only(rows: Iterable[Row]) -> Row:
    (row,) = rows
    return row


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
    "a/b", "a%2Fb", "it's", 'say "no"', "`tick`", "back\\slash", "$param", "{x: 1}", "'; DROP TABLE record; --", "\") DETACH DELETE n //", "a b ", " ", "ß", "é", "e\u0301",
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


# -- filters and search


@pytest.fixture
def catalogue(store: Store) -> Store:
    state(
        store,
        party("1", "Huadong Appliances", names=[{"text": "华东家电有限公司", "language": "zh"}, {"text": "HDA"}], identifiers={"vat": "CN-9131"}, country="CN",
              region="华东", city="上海", market_tier=1, size_class="large", sector="private", scope="national", industry={"scheme": "gbt4754", "code": "F5137"}),
        party("2", "Müller & Söhne", country="DE", industry={"scheme": "nace", "code": "F5137"}, consumer_kind="family", business_model="b2b", purchase_channel="online"),
        {"type": "party", "id": "urn:lei/5493", "name": "家", "kind": "group"},
        role("r1", "1", "2", role="supplier", stage="active", tier="key"),
        role("r2", "1", "2", role="customer", stage="lapsed", purpose="resale", product="fridge"),
        role("r3", "2", "1", role="customer", stage="active", valid_to="2024"),
    )  # fmt: skip
    return store


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["1", "2", "urn:lei/5493"]), ({"kind": "group"}, ["urn:lei/5493"]), ({"country": "CN"}, ["1"]), ({"region": "华东"}, ["1"]), ({"city": "上海"}, ["1"]),
        ({"market_tier": "1"}, ["1"]), ({"market_tier": "01"}, []), ({"market_tier": "x"}, []), ({"size_class": "large"}, ["1"]), ({"sector": "private"}, ["1"]),
        ({"scope": "national"}, ["1"]), ({"consumer_kind": "family"}, ["2"]), ({"business_model": "b2b"}, ["2"]), ({"purchase_channel": "online"}, ["2"]),
        ({"industry": "F5137"}, ["1", "2"]), ({"industry": "nace:F5137"}, ["2"]), ({"industry": "isic:F5137"}, []),
        ({"role": "supplier"}, ["1"]), ({"role": "customer"}, ["1"]), ({"role": "supplier", "stage": "active"}, ["1"]), ({"role": "supplier", "stage": "lapsed"}, []),
        ({"stage": "lapsed", "purpose": "resale"}, ["1"]), ({"tier": "key", "purpose": "resale"}, []), ({"role": "supplier", "country": "DE"}, []),
        ({"role": "customer", "q": "华东", "market_tier": "1"}, ["1"]),
    ],
    ids=str,
)  # fmt: skip
def test_parties_are_narrowed_by_what_they_are_and_by_one_role(catalogue: Store, filters: dict[str, str], expected: list[str]) -> None:
    assert found(catalogue, **filters) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["r1", "r2"]), ({"source": "1"}, ["r1", "r2"]), ({"target": "1"}, []), ({"party": "1"}, ["r1", "r2"]), ({"kind": "supplier"}, ["r1"]),
        ({"role": "supplier"}, ["r1"]), ({"role": "supplier", "kind": "customer"}, []), ({"stage": "lapsed"}, ["r2"]), ({"tier": "key"}, ["r1"]),
        ({"purpose": "resale"}, ["r2"]), ({"product": "fridge"}, ["r2"]), ({"party": "2", "source": "1", "target": "2", "product": "fridge"}, ["r2"]),
    ],
    ids=str,
)  # fmt: skip
def test_facts_are_narrowed_by_whom_and_what_they_name(catalogue: Store, filters: dict[str, str], expected: list[str]) -> None:
    assert found(catalogue, "role", **filters) == expected


def test_a_role_of_the_day_counts_not_one_of_another_day(catalogue: Store) -> None:
    assert found(catalogue, at=At(day_of("2024-12-31")), role="customer") == ["1", "2"]
    assert found(catalogue, at=EVERY_DAY, role="customer") == ["1", "2"]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("huadong", ["1"]), ("HUA", ["1"]), ("appliances huadong", ["1"]), ("huadong müller", []), ("muller", ["2"]), ("MÜLLER", ["2"]), ("sohne", ["2"]),
        ("华东", ["1"]), ("家电", ["1"]), ("东家", ["1"]), ("华东家电", ["1"]), ("家", ["1", "urn:lei/5493"]), ("电华", []), ("华电", []), ("hda", ["1"]), ("9131", ["1"]),
        ("cn 91", ["1"]), ("lei", ["urn:lei/5493"]), ("5493", ["urn:lei/5493"]), ("华东 huadong", ["1"]), ("ppliances", []), ("", []), ("&", []), ("\"'*", []),
        ("ＨＵＡＤＯＮＧ", ["1"]), ("OR", []), ("NOT huadong", []), ("text:huadong", []),
    ],
    ids=str,
)  # fmt: skip
def test_search_finds_latin_and_chinese_names_aliases_identifiers_and_ids(catalogue: Store, q: str, expected: list[str]) -> None:
    assert found(catalogue, q=q) == expected


def test_search_finds_words_of_every_script_and_length(store: Store) -> None:
    names = {
        "dev": "हिन्दी",
        "cyr": "Газпром нефть",
        "ext": "𠀀𠀁𱍐",
        "kana": "カタカナ ひらがな",
        "hangul": "삼성전자",
        "digits": "①②③ ４５",
        "long": "x" * 400,
        "turk": "İstanbul",
        "arab": "أرامكو",
    }
    state(store, *(party(name, text) for name, text in names.items()))
    for name, text in names.items():
        assert found(store, q=text) == [name]


# -- plans: what is believed inside a write


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


def test_what_one_store_wrote_another_reads_at_once(store: Store, open_another: Callable[[], Store]) -> None:
    other = open_another()
    for place in range(5):
        state(store, party(f"p{place}"))
        assert (other.head(), len(found(other))) == (place + 1, place + 1)


# -- columns


def test_columns_hold_what_metrics_read(store: Store) -> None:
    state(store, *ONE_OF_EACH)
    columns = store.columns(TODAY)
    assert columns["parties"].to_pylist()[0] == {
        "id": "a", "valid_from": day_of("2020-01-01"), "valid_to": OPEN, "kind": "organization", "details": '{"name":"Able 能","country":"CN","attributes":{"deep":{"er":[1,2.5,null]}}}',
    }  # fmt: skip
    role_row = columns["roles"].to_pylist()[0]
    assert (role_row["source"], role_row["target"], role_row["kind"], role_row["tier"], role_row["documents"]) == (0, 1, "customer", "key", '["d"]')
    flow_row = columns["value_flows"].to_pylist()[0]
    assert (flow_row["amount"], flow_row["grade"], flow_row["importance"], flow_row["valid_from"]) == (1.2345678901234568e23, "B", 4, day_of("2025-01-01"))
    assert columns["relationships"]["share"].to_pylist() == [0.25]
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

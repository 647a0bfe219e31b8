"""The demo as data: valid, whole, the same every time, and about the size that it promises."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

import pytest

from examples.demo import DEMO_WORKSPACE, demo_records
from graph_models.records.dates import day_of
from graph_models.records.json_codec import record_of
from graph_models.records.record_types import Record
from graph_models.records.role import Role
from graph_models.records.validation import faults
from graph_models.records.vocabulary import BUILT_IN

Fields = dict[str, Any]
FIRST_DAY, LAST_DAY = day_of("2023-01-01"), day_of("2025-12-31")


@pytest.fixture(scope="module")
def told() -> list[Fields]:
    return list(demo_records())


@pytest.fixture(scope="module")
def records(told: list[Fields]) -> list[Record]:
    return [record_of(fields) for fields in told]


def of(told: list[Fields], kind: str) -> list[Fields]:
    return [fields for fields in told if fields["type"] == kind]


def test_every_record_is_valid(records: list[Record]) -> None:
    assert [(record.id, found) for record in records if (found := faults(record, BUILT_IN))] == []


def test_every_fact_names_parties_and_documents_that_are_there(told: list[Fields]) -> None:
    parties = {fields["id"] for fields in of(told, "party")}
    documents = {fields["id"] for fields in of(told, "document")}
    named = {fields[end] for fields in told for end in ("source", "target") if fields.get(end)}
    cited = {item["document_id"] for fields in told for item in fields.get("evidence", ())}
    assert named <= parties
    assert cited <= documents
    assert documents - cited <= {"annual-report-2024", "teardown-2025", "press-archive", "service-log"}


def test_every_party_is_in_some_fact(told: list[Fields]) -> None:
    named = {fields.get(end) for fields in told for end in ("source", "target")}
    assert {fields["id"] for fields in of(told, "party")} <= named


def test_a_response_answers_a_contact_that_is_there_and_comes_after_it(told: list[Fields]) -> None:
    when = {fields["id"]: fields["occurred_at"] for fields in of(told, "touchpoint")}
    answers = [fields for fields in of(told, "touchpoint") if "responds_to" in fields]
    assert answers
    assert all(when[fields["responds_to"]] <= fields["occurred_at"] for fields in answers)


def test_only_roles_have_several_slices_and_each_change_of_stage_is_allowed(records: list[Record]) -> None:
    slices: dict[tuple[type, str], list[Record]] = defaultdict(list)
    for record in records:
        if record.id:
            slices[type(record), record.id].append(record)
    several = {key: sorted(told, key=lambda record: record.period()) for key, told in slices.items() if len(told) > 1}
    assert {kind for kind, _ in several} == {Role}
    for told in several.values():
        for before, after in pairwise(told):
            assert isinstance(before, Role)
            assert isinstance(after, Role)
            assert before.period().end == after.period().start
            assert BUILT_IN.stage_may_follow(before.stage, after.stage), (before, after)


@pytest.mark.parametrize(
    ("record_type", "field", "kinds"),
    [
        ("party", "kind", BUILT_IN.party_kinds), ("role", "role", BUILT_IN.roles), ("role", "stage", BUILT_IN.stages),
        ("relationship", "kind", BUILT_IN.relationship_kinds), ("value_flow", "kind", BUILT_IN.value_kinds), ("touchpoint", "kind", BUILT_IN.touchpoint_kinds),
    ],
)  # fmt: skip
def test_all_of_the_vocabulary_occurs(told: list[Fields], record_type: str, field: str, kinds: dict[str, Any]) -> None:
    assert {fields[field] for fields in of(told, record_type)} == set(kinds)


def test_every_closed_dimension_is_used_with_all_its_values(told: list[Fields]) -> None:
    for dimension in BUILT_IN.dimensions.values():
        if not dimension.open and dimension.of in ("party", "role"):
            assert {fields[dimension.id] for fields in of(told, dimension.of) if dimension.id in fields} == {value.id for value in dimension.values}


def test_statuses_currencies_reliabilities_and_grades_of_every_sort_occur(told: list[Fields]) -> None:
    flows = of(told, "value_flow")
    assert {fields["status"] for fields in told if "status" in fields} == {"asserted", "inferred", "hypothesis"}
    assert {fields["currency"] for fields in flows if "currency" in fields} == {"CNY", "EUR", "USD", "NGN"}
    assert {fields["currency"] for fields in of(told, "exchange_rate")} == {"EUR", "USD"}
    assert {fields["reliability"] for fields in of(told, "document")} == set("ABCDEF")
    assert {fields["measure"] for fields in of(told, "touchpoint") if "measure" in fields} == {"nps", "csat", "ces"}
    assert {fields["satisfaction"] for fields in flows if "satisfaction" in fields} == set("ABCDE")
    paid_for = {fields["in_return_for"] for fields in flows if fields["kind"] == "money"}
    assert paid_for >= {"goods", "service", "capital", "permission", "social_benefit", "labour"}
    assert {fields["scheme"] for fields in of(told, "assessment")} == {"salience", "power_interest", "value_closeness", "kraljic"}


def test_every_party_has_an_english_and_a_chinese_name(told: list[Fields]) -> None:
    for fields in of(told, "party"):
        assert fields["name"].isascii(), fields["name"]
        assert [name["language"] for name in fields["names"]][:1] == ["zh"]
        assert not fields["names"][0]["text"].isascii()


def test_names_are_told_once(told: list[Fields]) -> None:
    names = Counter(fields["name"] for fields in of(told, "party"))
    assert [name for name, count in names.items() if count > 1] == []


def test_it_is_as_large_as_it_promises(told: list[Fields]) -> None:
    assert 390 <= len({fields["id"] for fields in of(told, "party")}) <= 420
    assert 10_000 <= len(told) <= 20_000


def test_its_events_lie_in_the_36_months_up_to_its_day(records: list[Record]) -> None:
    days = [record.period() for record, kind in ((record, type(record).__name__) for record in records) if kind in ("ValueFlow", "Touchpoint")]
    assert min(period.start for period in days) >= FIRST_DAY
    assert max(period.end for period in days) == LAST_DAY + 1
    assert DEMO_WORKSPACE["default_as_of"] == "2025-12-31"


def test_two_runs_are_the_same_bytes() -> None:
    runs = [subprocess.run([sys.executable, "-m", "examples.demo"], capture_output=True, check=True).stdout for _ in range(2)]
    assert runs[0] == runs[1]
    assert [json.loads(line) for line in runs[0].splitlines()] == list(demo_records())


def test_another_seed_tells_another_story_of_the_same_cast() -> None:
    one, other = list(demo_records()), list(demo_records(seed=7))
    assert one != other
    assert {"haiyue", "pinlan", "silkroad-appliances"} <= {fields["id"] for fields in of(other, "party")}

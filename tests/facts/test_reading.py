"""What is said, as it is answered: records, pages, facts of a party, history, neighborhoods, journeys, and the instant asked of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from graph_models.errors import InvalidInput, NotFound
from graph_models.records.dates import OPEN, Period, day_of
from graph_models.records.vocabulary import BUILT_IN
from service.facts import reading as reads
from service.facts.batch_writing import write_batch
from service.facts.instants import instant, known, period_asked
from service.facts.ndjson import parse_ndjson
from service.facts.neighborhood import journey, neighborhood
from service.stores.interface.store import NOW, At
from service.stores.sqlite.store import EmbeddedStore

TODAY = At(day_of("2025-12-31"))


def party(party_id: str) -> dict[str, Any]:
    return {"type": "party", "id": party_id, "name": party_id.title(), "kind": "organization"}


def tie(source: str, target: str, **more: Any) -> dict[str, Any]:
    return {"type": "relationship", "id": f"{source}-{target}", "source": source, "target": target, "kind": "knows", **more}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    opened = EmbeddedStore(tmp_path / "w.sqlite3")
    yield opened
    opened.close()


def write(store: EmbeddedStore, *records: dict[str, Any]) -> None:
    parsed = parse_ndjson([json.dumps(record).encode() for record in records])
    write_batch(store, BUILT_IN, parsed.records, parsed.errors)


def chain(store: EmbeddedStore) -> None:
    write(store, *map(party, "abcde"), tie("a", "b"), tie("b", "c"), tie("c", "d"), tie("d", "e", valid_to="2020"))


def test_a_record_is_answered_as_it_was_written_with_what_the_service_adds(store: EmbeddedStore) -> None:
    write(store, party("a"))
    answered = msgspec.json.decode(reads.answer(reads.record(store, "party", "a", TODAY)))
    added = {name: answered.pop(name) for name in ("version", "revision", "recorded_at")}
    assert answered == party("a")
    assert (added["version"], added["revision"]) == (1, 1)


def test_a_list_is_walked_by_cursor_and_counted_once(store: EmbeddedStore) -> None:
    write(store, *(party(f"p{number:03d}") for number in range(25)))
    seen: list[str] = []
    cursor, totals = None, []
    while True:
        page = reads.records(store, "party", {}, TODAY, cursor, 10)
        seen += [msgspec.json.decode(item)["id"] for item in page.items]
        totals.append(page.total)
        if (cursor := page.following) is None:
            break
    assert seen == [f"p{number:03d}" for number in range(25)]
    assert totals == [25, None, None]


def test_facts_of_a_party_are_walked_over_their_types(store: EmbeddedStore) -> None:
    roles = [{"type": "role", "id": f"r{number}", "source": "a", "target": "b", "role": "customer"} for number in range(3)]
    flows = [{"type": "value_flow", "id": f"v{number}", "source": "b", "target": "a", "kind": "goods"} for number in range(3)]
    write(store, party("a"), party("b"), *roles, *flows, tie("a", "b"))
    for limit in (1, 2, 3, 4, 7, 100):
        seen: list[str] = []
        cursor = None
        while True:
            page = reads.facts(store, "a", TODAY, reads.FACT_TYPES, cursor, limit)
            assert len(page.items) <= limit
            seen += [msgspec.json.decode(item)["id"] for item in page.items]
            if (cursor := page.following) is None:
                break
        assert seen == ["r0", "r1", "r2", "a-b", "v0", "v1", "v2"], limit


@pytest.mark.parametrize(("hops", "reached"), [(1, "ab"), (2, "abc"), (3, "abcd")])
def test_a_neighborhood_goes_so_many_steps_and_no_further(store: EmbeddedStore, hops: int, reached: str) -> None:
    chain(store)
    found = neighborhood(store, "a", TODAY, hops, 100, None)
    assert [row.id for row in found.parties] == list(reached)
    assert len(found.facts) == hops
    assert found.truncated is None


def test_a_neighborhood_goes_only_over_what_is_valid_and_of_the_kinds_asked_for(store: EmbeddedStore) -> None:
    chain(store)
    assert [row.id for row in neighborhood(store, "d", TODAY, 1, 100, None).parties] == ["d", "c"]
    assert [row.id for row in neighborhood(store, "d", At(day_of("2019-01-01")), 1, 100, None).parties] == ["d", "c", "e"]
    assert [row.id for row in neighborhood(store, "d", TODAY, 1, 100, ["owns"]).parties] == ["d"]


def test_a_neighborhood_that_is_cut_says_so(store: EmbeddedStore) -> None:
    write(store, *map(party, "abcde"), *(tie("a", other) for other in "bcde"))
    found = neighborhood(store, "a", TODAY, 1, 3, None)
    assert [row.id for row in found.parties] == ["a", "b", "c"]
    assert {row.id for row in found.facts} == {"a-b", "a-c"}
    assert found.truncated == {"shown": 3, "left_out": 2, "why": "limit is 3 parties"}


def test_a_journey_is_dated_touchpoints_and_changes_of_stage(store: EmbeddedStore) -> None:
    role = {"type": "role", "id": "r", "source": "a", "target": "b", "role": "customer"}
    call = {"type": "touchpoint", "id": "t", "source": "a", "target": "b", "kind": "call", "occurred_at": "2024-06-01"}
    write(store, party("a"), party("b"), {**role, "stage": "prospect", "valid_from": "2024", "valid_to": "2024"},
          {**role, "stage": "active", "valid_from": "2025"},
          call, {**call, "id": "later", "occurred_at": "2026-06-01"})  # fmt: skip
    items = journey(store, "a", TODAY)["items"]
    assert [(item["date"], item["kind"], item.get("stage")) for item in items] == [
        ("2024", "customer", "prospect"), ("2024-06-01", "call", None), ("2025", "customer", "active")]  # fmt: skip


def test_history_tells_what_was_said_when_and_what_was_taken_away(store: EmbeddedStore) -> None:
    from service.facts import record_editing as edits
    from service.stores.interface.store import UNSIGNED

    write(store, party("a"))
    write(store, {**party("a"), "name": "Other"})
    edits.delete(store, "party", "a", Period(day_of("2025-01-01"), OPEN), UNSIGNED)
    items = msgspec.json.decode(reads.history(store, "party", "a", TODAY))["items"]
    assert [(item["version"], item["deleted"], item["valid_from"], item["valid_to"], item["superseded_by_revision"]) for item in items] == [
        (3, False, None, "2024-12-31", None), (3, True, "2025-01-01", None, None), (2, False, None, None, 3), (1, False, None, None, 2)]  # fmt: skip
    assert [item["record"] and item["record"]["name"] for item in items] == ["Other", None, "Other", "A"]


def test_what_is_not_there_is_not_found(store: EmbeddedStore) -> None:
    with pytest.raises(NotFound):
        reads.record(store, "party", "banana", TODAY)
    with pytest.raises(NotFound):
        reads.history(store, "party", "banana", TODAY)
    with pytest.raises(NotFound):
        neighborhood(store, "banana", TODAY, 1, 10, None)


def test_the_instant_is_a_full_day_and_a_revision_or_a_time(store: EmbeddedStore) -> None:
    write(store, party("a"))
    assert instant(store, "2024-05-06", None, None) == At(day_of("2024-05-06"), NOW)
    assert instant(store, "2024-05-06", "2025-01-01", "7").revision == 7
    assert known(store, "2000-01-01T00:00:00Z") == 0
    assert known(store, "2999-01-01T00:00:00Z") == 1
    for as_of, known_at, field in (("2025-01", None, "as_of"), ("banana", None, "as_of"), (None, "yesterday", "known_at"), (None, "2025-01-01", "known_at")):
        with pytest.raises(InvalidInput) as caught:
            instant(store, "2024-05-06", as_of, known_at)
        assert caught.value.errors[0].field == field


def test_a_reversed_period_is_refused() -> None:
    with pytest.raises(InvalidInput):
        period_asked("2025", "2024")

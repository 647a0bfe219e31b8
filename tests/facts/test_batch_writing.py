"""A batch becomes one revision, or none: what is counted, refused, left out, and what a repeated key gets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_models.errors import IdempotencyKeyReused, InvalidInput, TooLarge
from graph_models.records.vocabulary import BUILT_IN
from service.facts.batch_writing import Outcome, write_batch
from service.facts.ndjson import MAX_RECORD_BYTES, parse_ndjson
from service.stores.interface.store import At, Writing
from service.stores.sqlite.store import EmbeddedStore

FIRM = {"type": "party", "id": "firm", "name": "Firm", "kind": "organization"}
ACME = {"type": "party", "id": "acme", "name": "Acme", "kind": "organization"}


def flow(flow_id: str = "v", **changes: Any) -> dict[str, Any]:
    return {"type": "value_flow", "id": flow_id, "source": "acme", "target": "firm", "kind": "money", "amount": "1.50", "currency": "CNY", **changes}


def role(**changes: Any) -> dict[str, Any]:
    return {"type": "role", "id": "r", "source": "acme", "target": "firm", "role": "customer", **changes}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    opened = EmbeddedStore(tmp_path / "w.sqlite3")
    yield opened
    opened.close()


def write(store: EmbeddedStore, *records: dict[str, Any], **options: Any) -> Outcome:
    parsed = parse_ndjson([json.dumps(record).encode() for record in records])
    return write_batch(store, BUILT_IN, parsed.records, parsed.errors, **options)


def refused(store: EmbeddedStore, *records: dict[str, Any]) -> list[tuple[int | None, str | None, str]]:
    before = store.head()
    with pytest.raises(InvalidInput) as caught:
        write(store, *records)
    assert store.head() == before
    return [(error.line, error.field, error.code) for error in caught.value.errors]


def test_a_batch_is_one_revision_and_the_same_again_is_none(store: EmbeddedStore) -> None:
    first = write(store, flow(), ACME, FIRM)
    assert (first.created, first.accepted, first.revision) == (3, 3, 1)
    again = write(store, flow(), ACME, FIRM)
    assert (again.unchanged, again.created, again.revision) == (3, 0, 1)
    assert write(store, flow(amount="2")).updated == 1


LINES = [
    json.dumps(FIRM).encode(), json.dumps(flow()).encode(), b"", b" \t", b"{", b"[]", b'"x"', b"\xff", json.dumps({**FIRM, "version": 3}).encode(),
    json.dumps({**FIRM, "colour": "red"}).encode(), json.dumps({**FIRM, "name": ""}).encode(), b'{"type":"vocabulary","roles":[{"id":"X Y"}]}',
    b'{"type":"vocabulary","roles":[{"id":"x","label":{"en":"X","zh":"x"}}]}', b'{"type":"banana"}', b'{"type":"party","id":"\\ud800"}',
    json.dumps({**FIRM, "name": "x" * MAX_RECORD_BYTES}).encode(), json.dumps(flow(amount="1e400")).encode(), json.dumps(flow(amount=1.5)).encode() + b"\r",
]  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=6), st.integers(1, 10**13))
def test_lines_read_together_give_what_each_gives_by_itself(lines: list[bytes], first: int) -> None:
    alone = [parse_ndjson([line], number) for number, line in enumerate(lines, first)]
    together = parse_ndjson(lines, first)
    assert together.records == [pair for parsed in alone for pair in parsed.records]
    assert together.errors == [error for parsed in alone for error in parsed.errors]
    assert together.terms == [pair for parsed in alone for pair in parsed.terms]


def test_a_fact_may_name_a_party_that_comes_later_in_the_batch(store: EmbeddedStore) -> None:
    assert write(store, role(), flow(), FIRM, ACME).created == 4


def test_what_is_not_there_is_dangling_with_its_line_and_field(store: EmbeddedStore) -> None:
    assert refused(store, FIRM, flow(evidence=[{"document_id": "banana"}])) == [(2, "source", "dangling"), (2, "evidence", "dangling")]


def test_skip_writes_what_is_good_and_lists_the_rest(store: EmbeddedStore) -> None:
    outcome = write(store, FIRM, ACME, flow(kind="banana"), flow("w", source="nobody"), flow("x"), on_error="skip")
    assert (outcome.accepted, outcome.rejected) == (3, 2)
    assert [(error.line, error.code) for error in outcome.errors] == [(3, "unknown-value"), (4, "dangling")]


def test_a_fact_of_a_party_that_was_refused_is_refused_with_it(store: EmbeddedStore) -> None:
    outcome = write(store, FIRM, {**ACME, "kind": "banana"}, flow(), on_error="skip")
    assert [(error.line, error.code) for error in outcome.errors] == [(2, "unknown-value"), (3, "dangling")]


def test_two_lines_of_one_event_or_of_overlapping_states_clash(store: EmbeddedStore) -> None:
    assert refused(store, FIRM, ACME, flow(), flow(amount="2")) == [(4, "id", "duplicate")]
    assert refused(store, FIRM, ACME, role(valid_from="2024"), role(valid_from="2025-06")) == [(4, "id", "overlap")]
    assert write(store, FIRM, ACME, role(valid_from="2024", valid_to="2024"), role(valid_from="2025")).accepted == 4


def test_a_stage_is_held_against_its_neighbours_of_the_whole_batch(store: EmbeddedStore) -> None:
    write(store, FIRM, ACME, role(stage="active", valid_from="2024"))
    assert refused(store, role(stage="returned", valid_from="2025")) == [(1, "stage", "stage-not-allowed")]
    both = write(store, role(stage="returned", valid_from="2025"), role(stage="lapsed", valid_from="2024-07", valid_to="2024-12"))
    assert both.updated == 2


def test_a_refused_stage_is_left_out_and_the_rest_of_the_id_is_kept(store: EmbeddedStore) -> None:
    write(store, FIRM, ACME, role(stage="active", valid_from="2024", valid_to="2024"))
    outcome = write(store, role(stage="lapsed", valid_from="2025", valid_to="2025"), role(stage="new", valid_from="2026"), on_error="skip")
    assert (outcome.updated, outcome.rejected, outcome.errors[0].line) == (1, 1, 2)
    assert not store.get("role", ["r"], At(day=740_000))


def test_rewriting_a_slice_over_its_own_period_is_a_correction(store: EmbeddedStore) -> None:
    write(store, FIRM, ACME, role(stage="active", valid_from="2024", valid_to="2024"), role(stage="lapsed", valid_from="2025"))
    assert write(store, role(stage="prospect", valid_from="2025")).updated == 1


def test_the_same_key_and_body_has_the_same_answer_and_another_body_is_refused(store: EmbeddedStore) -> None:
    key = Writing(key="k", body_hash="a")
    first = write(store, FIRM, ACME, flow(), writing=key)
    assert write(store, FIRM, ACME, flow(), writing=key) == first
    with pytest.raises(IdempotencyKeyReused):
        write(store, FIRM, writing=Writing(key="k", body_hash="b"))


def test_lines_count_from_one_blank_ones_too() -> None:
    parsed = parse_ndjson([b"", json.dumps(FIRM).encode(), b"  ", b"{", b'{"type":"party"}'])
    assert [line for line, _ in parsed.records] == [2]
    assert [(error.line, error.code) for error in parsed.errors] == [(4, "bad-json"), (5, "missing")]


def test_a_record_above_one_mebibyte_is_an_error_of_its_line(store: EmbeddedStore) -> None:
    large = json.dumps({**ACME, "attributes": {"x": "y" * MAX_RECORD_BYTES}}).encode()
    parsed = parse_ndjson([json.dumps(FIRM).encode(), large])
    assert [(error.line, error.code) for error in parsed.errors] == [(2, "too-large")]
    with pytest.raises(TooLarge):
        write_batch(store, BUILT_IN, parsed.records, parsed.errors)
    assert write_batch(store, BUILT_IN, parsed.records, parsed.errors, on_error="skip").created == 1


def test_a_line_of_own_vocabulary_is_told_apart_from_records() -> None:
    own = {"type": "vocabulary", "roles": [{"id": "guru", "label": {"en": "Guru", "zh": "大师"}}]}
    parsed = parse_ndjson([json.dumps(own).encode(), b'{"type":"vocabulary","roles":[{"id":"X Y"}]}'])
    assert [(line, terms.roles[0].id) for line, terms in parsed.terms] == [(1, "guru")]
    assert [error.line for error in parsed.errors] == [2]

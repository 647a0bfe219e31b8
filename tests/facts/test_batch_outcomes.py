"""What a batch answers, in every field; what a dry run and a part of an import do; how lines are told apart."""

from __future__ import annotations

import gc
import json
from typing import Any

import msgspec
import pytest

from graph_models.errors import FieldError, InvalidInput, TooLarge
from graph_models.records.vocabulary import BUILT_IN
from service.facts.batch_checks import checked_blocks
from service.facts.batch_writing import Outcome, batch_refused, outcome_of, write_blocks
from service.facts.ndjson import MAX_RECORD_BYTES, collector_paused, parse_ndjson
from service.stores.interface.store import At, Writing
from service.stores.sqlite.store import EmbeddedStore
from tests.facts.test_batch_writing import ACME, FIRM, flow, role, store, write

__all__ = ["store"]


def counts(outcome: Outcome) -> tuple[int, int, int, int, int, int | None]:
    return outcome[:5] + outcome[6:]  # type: ignore[return-value]


def planned(store: EmbeddedStore, *records: dict[str, Any], **options: Any) -> Outcome:
    parsed = parse_ndjson([json.dumps(record).encode() for record in records])
    blocks, errors = checked_blocks(BUILT_IN, parsed.records, parsed.errors)
    return write_blocks(store, BUILT_IN, blocks, errors, **options)


def test_an_outcome_counts_what_was_created_updated_and_left_as_it_was(store: EmbeddedStore) -> None:
    assert counts(write(store, FIRM, ACME, flow())) == (3, 3, 0, 0, 0, 1)
    assert counts(write(store, FIRM, {**ACME, "name": "Acme Ltd"}, flow("w"))) == (3, 1, 1, 1, 0, 2)
    assert counts(write(store, FIRM, flow("x", kind="banana"), on_error="skip")) == (1, 0, 0, 1, 1, 2)
    assert counts(write(store)) == (0, 0, 0, 0, 0, 2)


def test_several_lines_of_one_id_count_each(store: EmbeddedStore) -> None:
    write(store, FIRM, ACME)
    years = role(valid_from="2024", valid_to="2024"), role(valid_from="2025", valid_to="2025")
    assert counts(write(store, *years)) == (2, 1, 1, 0, 0, 2)
    assert counts(write(store, *years)) == (2, 0, 0, 2, 0, 2)
    assert counts(write(store, years[0], role(valid_from="2026"))) == (2, 0, 1, 1, 0, 3)
    rows = store.get("role", ["r"], At())
    assert sorted(row.version for row in rows) == [1, 1, 2]


def test_what_comes_again_after_it_was_taken_away_is_created(store: EmbeddedStore) -> None:
    write(store, FIRM)
    assert counts(write(store, {**FIRM, "name": "Firm Ltd"})) == (1, 0, 1, 0, 0, 2)


def test_a_dry_run_says_what_would_be_and_writes_nothing(store: EmbeddedStore) -> None:
    assert counts(planned(store, FIRM, ACME, dry_run=True)) == (2, 2, 0, 0, 0, store.head())
    assert not store.get("party", ["firm"], At())
    assert counts(planned(store, FIRM, ACME))[:2] == (2, 2)


def test_a_part_of_an_import_may_name_what_another_part_writes(store: EmbeddedStore) -> None:
    record = flow(evidence=[{"document_id": "report"}])
    with pytest.raises(InvalidInput) as refused:
        planned(store, record, coming={"party": {"acme"}})
    assert sorted((error.line, error.field) for error in refused.value.errors) == [(1, "evidence"), (1, "target")]
    assert planned(store, record, coming={"party": {"acme", "firm"}, "document": {"report"}}).created == 1


def test_a_batch_that_changes_nothing_is_remembered_only_under_a_key(store: EmbeddedStore) -> None:
    write(store, FIRM)
    assert write(store, FIRM).revision == 1
    keyed = write(store, FIRM, writing=Writing(key="k", body_hash="a"))
    assert counts(keyed) == (1, 0, 0, 1, 0, 2)
    assert write(store, FIRM, writing=Writing(key="k", body_hash="a")) == keyed


def test_an_outcome_is_json_and_reads_back() -> None:
    outcome = Outcome(2, 1, 1, 0, 1, (FieldError("missing", "a name is needed", "name", 3),), 7)
    fields = outcome.as_json()
    assert {name: fields[name] for name in ("accepted", "created", "updated", "unchanged", "rejected", "revision")} == {
        "accepted": 2,
        "created": 1,
        "updated": 1,
        "unchanged": 0,
        "rejected": 1,
        "revision": 7,
    }
    assert fields["errors"][0] | {"code": "missing", "message": "a name is needed", "field": "name", "line": 3} == fields["errors"][0]
    assert outcome_of(msgspec.json.encode(fields)) == outcome


def test_all_errors_of_a_batch_come_in_the_order_of_its_lines() -> None:
    errors = [FieldError("missing", "x", "name", 5), FieldError("missing", "x", "name", 2), FieldError("missing", "y", "kind", 5), FieldError("bad", "z")]
    refused = batch_refused(errors)
    assert type(refused) is InvalidInput
    assert [error.line for error in refused.errors] == [None, 2, 5, 5]
    assert str(refused).startswith("3 lines")


def test_only_where_every_error_is_the_size_is_the_batch_too_large() -> None:
    large, other = FieldError("too-large", "x", None, 2), FieldError("missing", "x", "name", 1)
    assert type(batch_refused([large])) is TooLarge
    assert type(batch_refused([large, other])) is InvalidInput


def test_a_record_of_exactly_one_mebibyte_is_read() -> None:
    assert MAX_RECORD_BYTES == 1024 * 1024
    empty = json.dumps({**ACME, "attributes": {"x": ""}}).encode()
    body = json.dumps({**ACME, "attributes": {"x": "y" * (MAX_RECORD_BYTES - len(empty))}}).encode()
    for lines in ([body], [body, b""]):
        assert not parse_ndjson(lines).errors
    for lines in ([body + b" "], [b"", body + b" "]):
        assert [(error.line, error.code) for error in parse_ndjson(lines).errors] == [(len(lines), "too-large")]


def test_lines_count_from_where_the_caller_says() -> None:
    lines = [json.dumps(FIRM).encode(), json.dumps(ACME).encode()]
    assert [line for line, _ in parse_ndjson(lines).records] == [1, 2]
    assert [line for line, _ in parse_ndjson(lines, 7).records] == [7, 8]
    assert [line for line, _ in parse_ndjson([*lines, b""], 7).records] == [7, 8]
    assert parse_ndjson([]) == ([], [], [])


def test_a_type_that_nobody_knows_is_an_error_and_no_vocabulary() -> None:
    parsed = parse_ndjson([b'{"type":"banana"}', b'{"type":"banana","roles":[]}', b'{"type":"vocabulary","roles":5}'])
    assert [error.line for error in parsed.errors[:2]] == [1, 2]
    assert {error.code for error in parsed.errors[:2]} == {"unknown-type"}
    assert not parsed.terms
    assert parsed.errors[-1].line == 3


def test_a_stage_is_refused_at_the_line_that_does_not_follow(store: EmbeddedStore) -> None:
    """What was active may lapse, what lapsed may not be new; the line that comes after is blamed, its neighbours stay."""
    write(store, FIRM, ACME, role(stage="active", valid_from="2024", valid_to="2024"))
    with pytest.raises(InvalidInput) as refused:
        write(store, role(stage="new", valid_from="2026"), role(stage="lapsed", valid_from="2025", valid_to="2025"))
    assert [(error.line, error.field, error.code) for error in refused.value.errors] == [(1, "stage", "stage-not-allowed")]
    assert "from lapsed to new" in refused.value.errors[0].message


def test_a_stage_that_the_next_one_may_not_follow_is_refused_itself(store: EmbeddedStore) -> None:
    write(store, FIRM, ACME, role(stage="new", valid_from="2026"))
    with pytest.raises(InvalidInput) as refused:
        write(store, role(stage="lapsed", valid_from="2025", valid_to="2025"))
    assert [(error.line, error.code) for error in refused.value.errors] == [(1, "stage-not-allowed")]


def test_the_collector_of_cycles_rests_while_a_batch_is_read_and_is_as_it_was_after() -> None:
    assert gc.isenabled()
    with collector_paused():
        assert not gc.isenabled()
        with collector_paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(RuntimeError), collector_paused():
        raise RuntimeError
    assert gc.isenabled()

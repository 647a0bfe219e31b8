"""One record at a time: slices, corrections, ends, retractions, and the version that guards them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from graph_models.errors import InUse, InvalidInput, NotFound, StageNotAllowed, VersionConflict
from graph_models.records.dates import ALL_TIME, day_of
from graph_models.records.json_codec import record_of
from graph_models.records.vocabulary import BUILT_IN
from service.facts import record_editing as edits
from service.facts.instants import period_asked
from service.facts.record_editing import Guard
from service.stores.interface.store import UNSIGNED, At, Writing
from service.stores.sqlite.store import EmbeddedStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    opened = EmbeddedStore(tmp_path / "w.sqlite3")
    for party in ("firm", "acme"):
        put(opened, type="party", id=party, name=party, kind="organization")
    yield opened
    opened.close()


def put(store: EmbeddedStore, writing: Writing = UNSIGNED, guard: Guard = edits.FREE, **fields: Any) -> edits.Written:
    return edits.put(store, BUILT_IN, record_of(fields), writing, guard)


def put_role(store: EmbeddedStore, **fields: Any) -> edits.Written:
    return put(store, type="role", id="r", source="acme", target="firm", role="customer", **fields)


def patch(store: EmbeddedStore, as_of: str = "2025-12-31", guard: Guard = edits.FREE, **fields: Any) -> edits.Written:
    return edits.patch(store, BUILT_IN, "role", "r", fields, day_of(as_of), UNSIGNED, guard)


def read(store: EmbeddedStore, day: str, type_name: str = "role", record_id: str = "r") -> dict[str, Any] | None:
    rows = store.get(type_name, [record_id], At(day_of(day)))
    return msgspec.json.decode(rows[0].body or b"") if rows else None


def test_a_patch_from_a_day_on_leaves_the_time_before(store: EmbeddedStore) -> None:
    put_role(store, stage="active", valid_from="2023-04")
    patch(store, stage="lapsed", valid_from="2025-06-01")
    before, after = read(store, "2025-05-31"), read(store, "2025-06-01")
    assert before is not None
    assert after is not None
    assert (before["stage"], before["valid_from"], before["valid_to"]) == ("active", "2023-04", "2025-05-31")
    assert (after["stage"], after["valid_from"], after.get("valid_to")) == ("lapsed", "2025-06-01", None)


def test_a_patch_without_a_day_corrects_the_slice_of_as_of(store: EmbeddedStore) -> None:
    put_role(store, stage="active", valid_from="2023", valid_to="2024")
    put_role(store, stage="at_risk", valid_from="2025")
    patch(store, as_of="2024-01-01", tier="key")
    assert (read(store, "2023-01-01") or {})["tier"] == "key"
    assert "tier" not in (read(store, "2025-01-01") or {})


def test_a_patched_end_shortens_the_slice_and_null_takes_a_field_away(store: EmbeddedStore) -> None:
    put_role(store, stage="active", tier="key", valid_from="2023")
    patch(store, valid_to="2024-06", tier=None)
    assert "tier" not in (read(store, "2024-06-30") or {"tier": 1})
    assert read(store, "2024-07-01") is None


def test_a_patch_of_what_is_not_there_is_not_found(store: EmbeddedStore) -> None:
    with pytest.raises(NotFound):
        patch(store, stage="active")
    put_role(store, valid_from="2026")
    with pytest.raises(NotFound):
        patch(store, as_of="2025-01-01", stage="active")


def test_a_stage_that_may_not_follow_is_refused(store: EmbeddedStore) -> None:
    put_role(store, stage="active", valid_from="2023")
    with pytest.raises(StageNotAllowed) as caught:
        patch(store, stage="prospect", valid_from="2025")
    assert caught.value.errors[0].field == "stage"


def test_if_match_names_the_version_and_another_one_conflicts(store: EmbeddedStore) -> None:
    put_role(store)
    patch(store, guard=Guard(("1",)), tier="key")
    with pytest.raises(VersionConflict) as caught:
        patch(store, guard=Guard(("1",)), tier="ordinary")
    assert caught.value.facts == {"current": 2, "sent": "1"}
    patch(store, guard=Guard(("*",)), tier="ordinary")
    with pytest.raises(VersionConflict):
        put(store, guard=Guard(("*",)), type="party", id="new", name="New", kind="person")


def test_deleting_a_period_leaves_the_time_around_it(store: EmbeddedStore) -> None:
    put_role(store, valid_from="2023")
    edits.delete(store, "role", "r", period_asked("2024-03", "2024-03"), UNSIGNED)
    assert read(store, "2024-02-29") is not None
    assert read(store, "2024-03-15") is None
    assert read(store, "2024-04-01") is not None


def test_a_party_with_facts_is_in_use_unless_they_go_along(store: EmbeddedStore) -> None:
    put_role(store, valid_from="2023")
    put(store, type="value_flow", id="v", source="acme", target="firm", kind="money", amount=1, currency="CNY", valid_from="2022")
    with pytest.raises(InUse) as caught:
        edits.delete(store, "party", "acme", ALL_TIME, UNSIGNED)
    assert caught.value.facts == {"count": 2}
    with pytest.raises(InUse) as caught:
        edits.delete(store, "party", "acme", period_asked("2024", "2024"), UNSIGNED)
    assert caught.value.facts == {"count": 1}
    edits.delete(store, "party", "acme", period_asked("2024", "2024"), UNSIGNED, cascade=True)
    assert read(store, "2024-06-01") is None
    assert read(store, "2023-06-01") is not None
    assert read(store, "2024-06-01", "value_flow", "v") is not None


def test_a_document_used_as_evidence_is_in_use(store: EmbeddedStore) -> None:
    put(store, type="document", id="d", title="Report")
    put_role(store, evidence=[{"document_id": "d"}])
    with pytest.raises(InUse):
        edits.delete(store, "document", "d", ALL_TIME, UNSIGNED)
    edits.delete(store, "document", "d", ALL_TIME, UNSIGNED, cascade=True)
    assert read(store, "2025-01-01") is None


def test_what_was_deleted_can_be_stated_again_under_the_next_version(store: EmbeddedStore) -> None:
    put_role(store)
    edits.delete(store, "role", "r", ALL_TIME, UNSIGNED)
    with pytest.raises(NotFound):
        edits.delete(store, "role", "r", ALL_TIME, UNSIGNED)
    assert put_role(store).created
    assert store.get("role", ["r"], At(day_of("2025-01-01")))[0].current == 3


def test_a_key_is_answered_as_it_was_the_first_time(store: EmbeddedStore) -> None:
    key = Writing(key="k", body_hash="h")
    first = put(store, key, type="party", id="new", name="New", kind="person")
    assert put(store, key, type="party", id="new", name="New", kind="person") == first
    assert first.created


def test_a_record_that_names_nobody_known_is_refused(store: EmbeddedStore) -> None:
    with pytest.raises(InvalidInput) as caught:
        put(store, type="value_flow", id="v", source="banana", target="firm", kind="money")
    assert [(error.field, error.code) for error in caught.value.errors] == [("source", "dangling")]


def test_id_and_type_do_not_change(store: EmbeddedStore) -> None:
    put_role(store)
    with pytest.raises(InvalidInput):
        patch(store, id="other")


def test_merge_patch_is_that_of_the_standard() -> None:
    assert edits.merge_patch({"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": None, "e": 3}, "d": [2]}) == {"a": {"c": 2, "e": 3}, "d": [2]}

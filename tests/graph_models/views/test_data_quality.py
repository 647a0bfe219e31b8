"""What the view of data quality counts, and what it takes for stale."""

from __future__ import annotations

from typing import Any

from graph_models import Ecosystem
from graph_models.ecosystem.parameters import DEFAULTS, parameters_of
from graph_models.views.data_quality import MAX_STALE, data_quality_view


def party(party_id: str) -> dict[str, Any]:
    return {"type": "party", "id": party_id, "name": party_id, "kind": "organization"}


def role(role_id: str, source: str, stage: str | None = "active", **more: Any) -> dict[str, Any]:
    fields = {"type": "role", "id": role_id, "source": source, "target": "firm", "role": "customer", "stage": stage, **more}
    return {name: value for name, value in fields.items() if value is not None}


def money(flow_id: str, source: str, target: str, when: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "value_flow",
        "id": flow_id,
        "source": source,
        "target": target,
        "kind": "money",
        "amount": 5,
        "currency": "CNY",
        "valid_from": when,
        **more,
    }


def quality(*records: dict[str, Any], parties: str = "firm a b c d e", **parameters: Any) -> dict[str, Any]:
    ecosystem = Ecosystem.from_records([*map(party, parties.split()), *records], focal_party="firm", as_of="2025-12-31")
    return data_quality_view(ecosystem, parameters_of(parameters) if parameters else DEFAULTS)


def test_facts_without_a_document_are_counted_by_family() -> None:
    document = {"type": "document", "id": "s", "title": "S"}
    proven = money("v1", "a", "firm", "2025", evidence=[{"document_id": "s"}])
    found = quality(document, proven, money("v2", "a", "firm", "2025"), role("r", "a"))
    by_family = {item["family"]: (item["count"], item["without_evidence"]) for item in found["facts"]}
    assert by_family == {"roles": (1, 1), "relationships": (0, 0), "value_flows": (2, 1), "touchpoints": (0, 0), "assessments": (0, 0)}
    assert found["total"] == {"parties": 6, "facts": 3, "without_evidence": 2, "inferred": 0, "hypothesis": 0}


def test_what_was_inferred_or_supposed_is_counted_beside_what_is_on_record() -> None:
    told = (("v1", "asserted"), ("v2", "inferred"), ("v3", "inferred"), ("v4", "hypothesis"))
    found = quality(
        *(money(name, "a", "firm", "2025", status=status) for name, status in told), money("v5", "a", "firm", "2025"), role("r", "a", status="inferred")
    )
    counted = {item["family"]: (item["count"], item["inferred"], item["hypothesis"]) for item in found["facts"] if item["count"]}
    assert counted == {"roles": (1, 1, 0), "value_flows": (5, 2, 1)}
    assert (found["total"]["inferred"], found["total"]["hypothesis"]) == (3, 1)


def test_what_has_not_begun_is_not_counted() -> None:
    assert quality(money("v", "a", "firm", "2026"))["total"]["facts"] == 0


def test_a_role_under_way_without_any_contact_in_the_period_is_stale() -> None:
    found = quality(
        role("ra", "a"),
        role("rb", "b"),
        role("rc", "c"),
        role("rd", "d"),
        money("v", "a", "firm", "2025-03"),
        {"type": "touchpoint", "id": "t", "source": "firm", "target": "b", "kind": "call", "occurred_at": "2025-06-01"},
        money("old", "c", "firm", "2023-05-10"),
    )
    assert found["roles"] == {"under_way": 4, "stale": 2}
    assert [(item["fact"], item["last_seen"]) for item in found["stale"]] == [("rd", None), ("rc", "2023-05-10")]


def test_a_stage_that_is_not_under_way_is_never_stale() -> None:
    found = quality(role("ra", "a", "prospect"), role("rb", "b", "lapsed"), role("rc", "c", "ended"), role("rd", "d", None), role("re", "e", "at_risk"))
    assert [item["fact"] for item in found["stale"]] == ["rd", "re"]


def test_the_period_of_the_analysis_decides() -> None:
    records = role("ra", "a"), money("v", "a", "firm", "2024-06")
    assert quality(*records)["roles"]["stale"] == 1
    assert quality(*records, period={"from": "2024-01-01", "to": "2025-12-31"})["roles"]["stale"] == 0


def test_a_long_list_is_cut_and_says_so() -> None:
    found = quality(*(role(f"r{number:04d}", "a") for number in range(MAX_STALE + 3)))
    assert len(found["stale"]) == MAX_STALE
    assert found["truncated"]["left_out"] == 3


def test_an_ecosystem_without_facts_is_no_error() -> None:
    assert quality(parties="firm")["total"] == {"parties": 1, "facts": 0, "without_evidence": 0, "inferred": 0, "hypothesis": 0}

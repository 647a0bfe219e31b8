"""Optional fields may be absent: every report is written all the same, and says no more than the records do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.core.settings import read_settings
from service.workspaces.context import Service
from tests.reports.reading import read_report
from tests.reports.test_request import flow, page_of, party, scored

FULL: list[dict[str, Any]] = [
    {"type": "document", "id": "s1", "title": "Minutes", "kind": "document", "reliability": "B", "retrieved_at": "2025-03-02"},
    party("firm", country="CN", region="East", size_class="large", sector="private", industry={"scheme": "isic", "code": "2814"}),
    party("dealer", names=[{"text": "商家", "language": "zh"}], region="East", market_tier=1, attributes={"employees": 3}),
    party("clinic", consumer_kind="family", scope="local"),
    {"type": "role", "id": "r1", "source": "dealer", "target": "firm", "role": "distributor", "stage": "active", "product": "pump", "region": "East",
     "tier": "key", "purpose": "resale", "valid_from": "2020", "evidence": [{"document_id": "s1", "locator": "p. 1"}], "confidence": 0.9, "status": "inferred"},
    {"type": "relationship", "id": "t1", "source": "clinic", "target": "firm", "kind": "owns", "share": 0.1, "strength": 0.3, "valid_from": "2021"},
    flow("v1", "dealer", "firm", "100", product="pump", channel="offline", in_return_for="goods", satisfaction="B", importance=3),
    {"type": "value_flow", "id": "v2", "source": "firm", "target": "dealer", "kind": "goods", "quantity": 3, "unit": "pieces", "valid_from": "2025"},
    flow("v3", "clinic", "dealer", "120", valid_to="2025-12-31"),
    {"type": "touchpoint", "id": "p1", "source": "dealer", "target": "firm", "kind": "survey_answer", "occurred_at": "2025-05-20", "channel": "wechat",
     "measure": "nps", "value": 9, "sentiment": 0.4, "aspect": "quality", "topics": ["price"]},
    {"type": "assessment", "id": "a1", "target": "dealer", "scheme": "salience", "values": {"power": 0.7},
     "valid_from": "2025-06-30", "reason": "board review"},
]  # fmt: skip
REQUIRED = {
    "document": {"title"},
    "party": {"name", "kind"},
    "role": {"source", "target", "role"},
    "relationship": {"source", "target", "kind"},
    "value_flow": {"source", "target", "kind", "unit", "currency"},  # an amount has a currency, a quantity a unit
    "touchpoint": {"source", "target", "kind", "occurred_at", "value"},  # a value belongs to a measure
    "assessment": {"target", "scheme", "values"},
}
OPTIONAL = [(place, field) for place, record in enumerate(FULL) for field in record if field not in REQUIRED[record["type"]] | {"type", "id"}]


def without(absent: set[tuple[int, str]]) -> list[dict[str, Any]]:
    """The full records without some of their optional fields; what belongs to an absent field goes with it."""
    goes_with = {"amount": "currency", "quantity": "unit", "measure": "value"}
    records = []
    for place, record in enumerate(FULL):
        left = {field: value for field, value in record.items() if (place, field) not in absent}
        records.append({field: value for field, value in left.items() if all(field != other or lead in left for lead, other in goes_with.items())})
    return records


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(read_settings(store=f"sqlite:///{tmp_path}"))
    yield service
    service.close()


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_a_report_is_written_of_records_without_any_optional_field(service: Service, locale: str) -> None:
    scored(service, without(set(OPTIONAL)))
    assert read_report(page_of(service, locale=locale)).sections


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(absent=st.sets(st.sampled_from(OPTIONAL), min_size=3))
def test_a_report_is_written_whichever_optional_fields_are_absent(tmp_path_factory: pytest.TempPathFactory, absent: set[tuple[int, str]]) -> None:
    service = Service(read_settings(store=f"sqlite:///{tmp_path_factory.mktemp('sparse')}"))
    try:
        scored(service, without(absent))
        assert read_report(page_of(service)).sections
    finally:
        service.close()


def summary_of(service: Service, records: list[dict[str, Any]]) -> str:
    """The sentences of the summary as plain text."""
    scored(service, records)
    return re.sub(r"<[^>]+>", "", page_of(service, locale="en").partition("</ul>")[0])


def test_a_role_without_a_stage_is_listed_as_not_stated(service: Service) -> None:
    scored(service, [party("firm"), party("dealer"), {"type": "role", "id": "r1", "source": "dealer", "target": "firm", "role": "distributor"}])
    assert "not stated" in page_of(service, locale="en")


def test_an_only_customer_is_not_said_to_have_another_way(service: Service) -> None:
    text = summary_of(service, [party("firm"), party("acme"), flow("v", "acme", "firm", "5")])
    assert "100.0% of the value passes through it; nobody else depends on it as the only way." in text
    assert not re.search(r"(?<!\d)0\.0%", text)


def test_the_share_of_others_behind_an_only_channel_is_named(service: Service) -> None:
    records = [party("firm"), party("dealer"), party("clinic"), flow("v", "dealer", "firm", "5"), flow("w", "clinic", "dealer", "5")]
    assert "passes through it, and 100.0% of the value is that of others who have no other way" in summary_of(service, records)


def test_a_firm_that_buys_nothing_adds_all_of_its_value_itself(service: Service) -> None:
    text = summary_of(service, [party("firm", "Firm"), party("acme"), flow("v", "acme", "firm", "5")])
    assert "added by Firm itself (100.0%)" in text
    assert "is not defined on this data" not in text

"""Records for tests of stores, and what a store tells of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graph_models.records.dates import day_of
from graph_models.records.json_codec import decode_record
from service.stores.interface.store import At, Found, Row, Store

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
    tie("t", kind="owns", share=0.25, interest="表决权 votes", valid_from="2021"),
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

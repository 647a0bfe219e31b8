"""The examples of the API's documentation: one of each record, and the answers that hold them."""

from __future__ import annotations

from typing import Any

Fields = dict[str, Any]

RECORDS: dict[str, Fields] = {
    "document": {
        "id": "s1",
        "title": "Annual report 2025",
        "kind": "document",
        "url": "https://example.org/ar",
        "publisher": "Firm",
        "reliability": "A",
        "retrieved_at": "2026-03-02",
    },
    "party": {
        "id": "d1",
        "name": "East China Appliances",
        "names": [{"text": "华东家电", "language": "zh"}],
        "kind": "organization",
        "identifiers": {"uscc": "91310000XXXXXXXXXX"},
        "country": "CN",
        "region": "华东",
        "city": "上海",
        "market_tier": 1,
        "industry": {"scheme": "gbt4754", "code": "F5137"},
        "size_class": "medium",
        "attributes": {"employees": 180},
    },
    "role": {
        "id": "r1",
        "source": "d1",
        "target": "firm",
        "role": "distributor",
        "stage": "active",
        "product": "refrigerator",
        "region": "华东",
        "tier": "key",
        "purpose": "resale",
        "valid_from": "2023-04",
        "evidence": [{"document_id": "s1", "locator": "p. 12"}],
        "confidence": 0.9,
        "status": "asserted",
    },
    "relationship": {"id": "t1", "source": "fund1", "target": "firm", "kind": "owns", "share": 0.12, "valid_from": "2021"},
    "value_flow": {
        "id": "v1",
        "source": "d1",
        "target": "firm",
        "kind": "money",
        "amount": "1200000.00",
        "currency": "CNY",
        "product": "refrigerator",
        "channel": "offline",
        "valid_from": "2025-03-01",
        "valid_to": "2025-03-31",
    },
    "touchpoint": {
        "id": "p1",
        "source": "d1",
        "target": "firm",
        "kind": "survey_answer",
        "occurred_at": "2025-05-20",
        "channel": "wechat",
        "measure": "nps",
        "value": 9,
        "text": "Fast delivery",
        "sentiment": 0.4,
    },
    "assessment": {
        "id": "a1",
        "source": None,
        "target": "d1",
        "scheme": "salience",
        "values": {"power": 0.7, "legitimacy": 0.8, "urgency": 0.3},
        "valid_from": "2025-06-30",
        "reason": "board review",
    },
    "exchange_rate": {"currency": "EUR", "base_currency": "CNY", "rate": 7.8, "valid_from": "2025-01-01"},
}
"""As they are sent to their collection, where ``type`` may be left out."""

PATCHES: dict[str, Fields] = {
    "document": {"reliability": "B"},
    "party": {"size_class": "large", "valid_from": "2026-01-01"},
    "role": {"stage": "at_risk", "valid_from": "2025-06-01"},
    "relationship": {"share": 0.15, "valid_from": "2026"},
    "value_flow": {"amount": "1250000.00"},
    "touchpoint": {"sentiment": 0.5},
    "assessment": {"values": {"urgency": 0.6}},
    "exchange_rate": {"rate": 7.85},
}

WORKSPACE: Fields = {
    "id": "demo",
    "name": "Home appliances",
    "focal_party_id": "firm",
    "base_currency": "CNY",
    "locale": "zh",
    "time_zone": "Asia/Shanghai",
    "default_as_of": None,
}
BATCH = (
    '{"type":"party","id":"firm","name":"Firm","kind":"organization"}\n'
    '{"type":"party","id":"d1","name":"East China Appliances","kind":"organization"}\n'
    '{"type":"role","id":"r1","source":"d1","target":"firm","role":"distributor","stage":"active","valid_from":"2023-04"}\n'
)
BATCH_ANSWER: Fields = {"accepted": 3, "created": 3, "updated": 0, "unchanged": 0, "rejected": 0, "errors": [], "revision": 1}
OWN_VOCABULARY: Fields = {
    "roles": [
        {
            "id": "installer",
            "label": {"en": "Installer", "zh": "安装商"},
            "plural": {"en": "Installers", "zh": "安装商"},
            "directed": True,
            "default_strength": 0.3,
        }
    ]
}
JOB_QUEUED: Fields = {
    "id": "6f1c8f5f2e8a4d0b9c3a7e51",
    "workspace": "demo",
    "kind": "analysis",
    "state": "queued",
    "result": None,
    "problem": None,
    "submitted_at": "2026-03-02T09:30:00.000000Z",
    "started_at": None,
    "finished_at": None,
    "progress": {"done": 0, "total": None, "stage": None},
}
JOB_DONE: Fields = JOB_QUEUED | {
    "state": "done",
    "result": {"analysis_id": "a-3f2c"},
    "started_at": "2026-03-02T09:30:00.100000Z",
    "finished_at": "2026-03-02T09:30:01.400000Z",
    "progress": {"done": 20, "total": 20, "stage": "scores"},
}

PARTY_SCORE: Fields = {
    "metric": "influence", "name": "influence", "value": 62.5, "bound": False, "reason": None, "rank": 3, "rank_range": [2, 4], "coverage": 1.0,
    "standard_error": None,
}  # fmt: skip
ANALYSIS_REQUEST: Fields = {
    "metrics": ["influence", {"metric": "pagerank", "name": "paid", "parameters": {"graph": "facts", "kinds": ["money"], "weight": "none", "alpha": 0.9}}],
    "parameters": {"period": {"from": "2025-01-01", "to": "2025-12-31"}},
    "profile": "default", "as_of": "2025-12-31", "known_at": None, "filter": {"role": ["supplier"]},
}  # fmt: skip
ANALYSIS: Fields = {
    "analysis_id": "18f2a1", "state": "done", "as_of": "2025-12-31", "known_at": 12, "snapshot_id": "5f0c2a", "parameters": {},
    "metrics": {"influence": {"metric": "influence", "parameters": {}}}, "profile": "default", "filter": {}, "parameters_hash": "9a41c7",
    "engine": {"stakeholder-graph": "0.1.0", "numpy": "2.4.0"}, "timings": {"influence": 0.012},
    "warnings": [{"code": "no-rate", "message": "no exchange rate from USD", "facts": ["v7"], "parties": []}], "recorded_at": "2026-03-02T09:30:01.300000Z",
}  # fmt: skip


def answered(type_name: str) -> Fields:
    """A record as it is answered."""
    made = {"id": "EUR-CNY-2025-01-01"} if type_name == "exchange_rate" else {}
    return {"type": type_name} | made | RECORDS[type_name] | {"version": 1, "revision": 1, "recorded_at": "2026-03-02T09:30:00.000000Z"}


def history(type_name: str) -> Fields:
    """The history of a record that was written once."""
    record = {name: value for name, value in answered(type_name).items() if name not in ("version", "revision", "recorded_at")}
    return {
        "items": [{
            "version": 1, "valid_from": record.get("valid_from"), "valid_to": record.get("valid_to"), "revision": 1,
            "recorded_at": "2026-03-02T09:30:00.000000Z", "superseded_by_revision": None, "deleted": False, "record": record,
        }]
    }  # fmt: skip

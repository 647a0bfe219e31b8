"""The fields that tell the life of a customer: tags, reasons, motives, parts in a decision, intents, dates, outcomes, costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.errors import InvalidInput
from graph_models.records.closed_lists import identified
from graph_models.records.dates import day_of
from graph_models.records.json_codec import decode_record, encode_record, record_of
from graph_models.records.role import Role
from graph_models.records.touchpoint import Touchpoint
from graph_models.records.validation import faults
from graph_models.records.vocabulary import BUILT_IN
from service.stores.interface.store import NOW, At, Store
from tests.stores.plans import state

ROLE = {"type": "role", "id": "r", "source": "acme", "target": "firm", "role": "customer"}
TOUCHPOINT = {"type": "touchpoint", "id": "t", "source": "acme", "target": "firm", "kind": "complaint", "occurred_at": "2025-03-01"}


def test_labels_are_read_as_ids_also_in_lists() -> None:
    record = record_of({**ROLE, "motives": ["价格", "Less risk", "loves the colour"], "reason_code": "竞品低价", "decision_role": "Decider", "tier": "gold"})
    found = identified(record, BUILT_IN)
    assert isinstance(found, Role)
    assert (found.motives, found.reason_code, found.decision_role, found.tier) == (
        ["price", "risk", "loves the colour"], "competitor_offer", "decider", "gold",
    )  # fmt: skip
    assert faults(found, BUILT_IN) == []
    told = identified(record_of({**TOUCHPOINT, "intent": "痛点", "outcome": "Partly solved"}), BUILT_IN)
    assert isinstance(told, Touchpoint)
    assert (told.intent, told.outcome) == ("pain", "partly")


@pytest.mark.parametrize(("cost", "code"), [("1.5000000000001", "bad-amount"), ("NaN", "not-finite"), ("1" * 25, "bad-amount")])
def test_a_cost_is_an_amount(cost: str, code: str) -> None:
    record = record_of({**TOUCHPOINT, "cost": Decimal(cost)})
    assert [(fault.code, fault.field) for fault in faults(record, BUILT_IN)] == [(code, "cost")]


def test_a_day_that_is_none_is_refused_where_it_is_due() -> None:
    assert [(fault.code, fault.field) for fault in faults(record_of({**TOUCHPOINT, "due": "2025-02-30"}), BUILT_IN)] == [("bad-date", "due")]
    assert faults(record_of({**TOUCHPOINT, "due": "2025-03"}), BUILT_IN) == []


def test_bad_records_of_many_are_found_too() -> None:
    people = [{"type": "party", "id": name, "name": name, "kind": "organization"} for name in ("acme", "firm")]
    for wrong, field in (({**TOUCHPOINT, "due": "soon"}, "due"), ({**TOUCHPOINT, "cost": "0.1234567890123"}, "cost")):
        with pytest.raises(InvalidInput) as refused:
            Ecosystem.from_records([*people, wrong], "firm", "2025-12-31")
        assert [fault.field for fault in refused.value.errors] == [field]


def test_a_cost_is_kept_as_it_was_written() -> None:
    line = b'{"type":"touchpoint","id":"t","source":"acme","target":"firm","kind":"visit","occurred_at":"2025-03-01","cost":1.50}'
    assert b'"cost":"1.50"' in encode_record(decode_record(line))
    assert b'"cost":"1000000"' in encode_record(record_of({**TOUCHPOINT, "cost": Decimal("1E6")}))


def test_both_stores_give_them_back(store: Store) -> None:
    people = [{"type": "party", "id": name, "name": name, "kind": "organization", "tags": ["reference", "样板"]} for name in ("acme", "firm")]
    role: dict[str, Any] = {**ROLE, "stage": "lapsed", "reason_code": "price", "motives": ["price", "risk"], "decision_role": "buyer"}
    told: dict[str, Any] = {**TOUCHPOINT, "intent": "pain", "due": "2025-03-15", "outcome": "solved", "cost": "12.50", "currency": "CNY"}
    state(store, *people, role, told)
    for fields, name in ((people[0], "party"), (role, "role"), (told, "touchpoint")):
        (row,) = store.get(name, [fields["id"]], At(day_of("2025-12-31"), NOW))
        assert row.body is not None
        assert decode_record(row.body) == record_of(fields)

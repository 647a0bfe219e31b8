"""Rules over HTTP: sections and versions, what is refused, and what an analysis says of those that it went by."""

from __future__ import annotations

from typing import Any

import pytest

from graph_models.ecosystem.rules import SECTIONS, SHIPPED
from tests.api.conftest import Workspace, assert_problem, party


def payments() -> list[dict[str, Any]]:
    fields = {"type": "value_flow", "target": "firm", "kind": "money"}
    days = (("d1", "2025-01-10", 900), ("d1", "2025-03-10", 20), ("d2", "2025-12-01", 30))
    return [{**fields, "id": f"p{day}", "source": party, "amount": amount, "valid_from": day, "valid_to": day} for party, day, amount in days]


@pytest.fixture
def bought(firm: Workspace) -> Workspace:
    firm.write(party("d2"), *payments())
    return firm


def analysed(w: Workspace, *metrics: str) -> str:
    job = w.job(w.ask("POST", "/analyses", {"metrics": list(metrics)}))
    assert job["state"] == "done", job
    return str(job["result"]["analysis_id"])


def test_the_rules_of_the_product_are_those_of_a_new_workspace(firm: Workspace) -> None:
    shipped, own = firm.client.get("/v1/rules").json(), firm.get("/rules")
    assert shipped["items"] == own["items"]
    assert [item["section"] for item in own["items"]] == list(SECTIONS)
    assert {item["version"] for item in own["items"]} == {0}
    assert firm.get("/rules/newness") == {"section": "newness", "version": 0, "values": {"days": 90}}


def test_a_section_is_changed_in_versions(firm: Workspace) -> None:
    changed = firm.ask("PUT", "/rules/tiers", {"key_share": 0.1})
    assert (changed.status_code, changed.json()["version"], changed.json()["values"]["key_share"]) == (200, 1, 0.1)
    assert changed.json()["values"]["key_set"] == SHIPPED.tiers.key_set
    assert firm.ask("PUT", "/rules/tiers", {"key_share": 0.1}).json()["version"] == 1  # nothing changed
    assert firm.ask("PUT", "/rules/tiers", {}).json() == {"section": "tiers", "version": 2, "values": firm.client.get("/v1/rules").json()["items"][3]["values"]}
    assert {item["section"]: item["version"] for item in firm.get("/rules")["items"]}["tiers"] == 2


@pytest.mark.parametrize(
    ("section", "body", "status", "code", "field"),
    [
        ("tiers", {"key_shares": 0.1}, 422, "invalid", "key_shares"), ("tiers", {"key_share": 2}, 422, "invalid", "key_share"),
        ("tiers", {"key_share": "much"}, 422, "invalid", "key_share"), ("stages", {"lapsed_gaps": 1}, 422, "invalid", "lapsed_gaps"),
        ("banana", {}, 404, "not-found", None), ("tiers", [1], 422, "invalid", None),
    ],
)  # fmt: skip
def test_what_is_unknown_or_out_of_range_is_refused(firm: Workspace, section: str, body: Any, status: int, code: str, field: str | None) -> None:
    assert_problem(firm.ask("PUT", f"/rules/{section}", body), status, code, **({"field": field} if field else {}))
    assert {item["version"] for item in firm.get("/rules")["items"]} == {0}


def test_an_analysis_says_by_which_rules_it_went_and_explains_by_them(bought: Workspace) -> None:
    first = analysed(bought, "newness", "tier", "side")
    assert bought.get(f"/analyses/{first}")["rules"] == {"purchases": 0, "tiers": 0, "newness": 0}
    bought.ask("PUT", "/rules/newness", {"days": 10})
    second = analysed(bought, "newness", "side")
    about = {name: bought.get(f"/analyses/{name}") for name in (first, second)}
    assert about[second]["rules"] == {"purchases": 0, "newness": 1}
    assert about[first]["parameters_hash"] != about[second]["parameters_hash"]
    scores = bought.get(f"/analyses/{second}/scores/newness")
    assert scores["rules"] == {"purchases": 0, "newness": 1}
    assert {item["party_id"]: item["value"] for item in scores["items"] if item["value"]} == {"d1": "existing", "d2": "new"}
    for name, threshold in ((first, 90.0), (second, 10.0)):
        found = bought.get(f"/analyses/{name}/parties/d1/explain?score=newness")
        assert (found["value"], found["rule"]["days_since_first_purchase"]) == ("existing", threshold)
        assert found["rules"]["newness"] == (0 if name == first else 1)
        (decided,) = [part for part in found["parts"] if part["points"]]
        assert (decided["part"], decided["evidence"][0]["facts"]) == ("purchases", ["p2025-03-10", "p2025-01-10"])
        assert found["warnings"] == []


def test_classes_are_answered_with_where_they_come_from(bought: Workspace) -> None:
    bought.write({"type": "role", "id": "gold", "source": "d2", "target": "firm", "role": "customer", "tier": "gold"})
    made = analysed(bought, "tier")
    found = {item["party_id"]: (item["value"], item["source"]) for item in bought.get(f"/analyses/{made}/scores/tier?limit=500")["items"]}
    assert (found["d1"], found["d2"]) == (("key", "computed"), ("gold", "stated"))
    assert bought.get(f"/analyses/{made}/parties/d2/explain?score=tier")["parts"][0]["part"] == "stated:gold"
    assert_problem(bought.ask("GET", f"/analyses/{made}/parties/d2/explain?score=banana"), 422, "invalid", field="score")


def test_the_registry_says_what_is_explained_and_by_which_rules(firm: Workspace) -> None:
    entries = {entry["name"]: entry for entry in firm.get("/metrics?limit=500")["items"]}
    assert {name for name, entry in entries.items() if entry["explained"]} == {
        "influence", "value_flow", "newness", "tier", "depth", "customer_kind", "visibility", "side", "churn_risk", "loyalty",
    }  # fmt: skip
    assert entries["tier"]["rules"] == ["tiers"]

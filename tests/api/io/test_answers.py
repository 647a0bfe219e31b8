"""Answers of workspaces in which little or nothing is as one would expect it have the documented shapes too, and so have problems."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Workspace, money, party, role
from tests.api.io.strict_schema import MAKER, Documented

W = MAKER["W"]
PARTY_ASKED = {"record_id", "party_id"}
DEGENERATE: list[dict[str, Any]] = [
    party("firm"),
    party("d1", valid_from="2030"),
    party("a/b ?#", name="空 / nothing"),
    party("lone", kind="person"),
    party("unit", kind="unit"),
    party("circle"),
    {"type": "document", "id": "s1"},
    role(role="customer"),
    role("r2", source="a/b ?#", role="supplier", stage="ended", valid_from="2020", valid_to="2021"),
    money(amount="-10", currency="CNY", valid_from="2025-03-01"),
    money("v2", source="firm", target="firm", amount="0", valid_from="2025"),
    money("v3", source="a/b ?#", currency="XOF", valid_from="2025", evidence=[{"document_id": "s1"}]),
    money("v4", source="firm", target="a/b ?#", amount="7", valid_from="2025", valid_to="2099-12-31", status="hypothesis"),
    {"type": "value_flow", "id": "v5", "source": "firm", "target": "a/b ?#", "kind": "goods", "quantity": 3, "unit": "t", "valid_from": "2025"},
    {"type": "value_flow", "id": "v6", "source": "a/b ?#", "target": "firm", "kind": "knowledge", "satisfaction": "E", "importance": 1, "valid_from": "2025"},
    {"type": "relationship", "id": "t1", "source": "circle", "target": "firm", "kind": "owns", "share": 1.0},
    {"type": "relationship", "id": "t2", "source": "firm", "target": "circle", "kind": "owns", "share": 1.0},
    {"type": "relationship", "id": "t3", "source": "unit", "target": "firm", "kind": "part_of"},
    {"type": "relationship", "id": "t4", "source": "a/b ?#", "target": "circle", "kind": "owns"},
    {
        "type": "touchpoint",
        "id": "p1",
        "source": "a/b ?#",
        "target": "firm",
        "kind": "survey_answer",
        "occurred_at": "2025-05-20",
        "measure": "nps",
        "value": 9,
    },
    {"type": "assessment", "id": "j1", "target": "a/b ?#", "scheme": "our own", "values": {"charm": 1.0}},
    {"type": "exchange_rate", "currency": "EUR", "base_currency": "USD", "rate": 1.1, "valid_from": "2025-01-01"},
]
"""A credit note without a sale, a delivery to oneself, a circle of owners, a rate into another currency, an id of reserved characters ..."""
IDS = {"parties": "a/b ?#", "roles": "r1", "relationships": "t1", "value-flows": "v1", "touchpoints": "p1", "assessments": "j1", "documents": "s1",
       "exchange-rates": "EUR-USD-2025-01-01"}  # fmt: skip
DATES = {"from": "2024-12-31", "to": "2025-12-31"}


def wrong_answers(w: Workspace, ids: dict[str, str], /, **parameters: str | None) -> tuple[list[str], dict[str, int]]:
    """Every GET of the workspace, with ids of its own: what is not as documented, and the status of each."""
    documented, run = Documented(w.client), MAKER["ExampleRun"](w.client)
    wrong: list[str] = []
    statuses: dict[str, int] = {}
    for name in run.names("GET"):
        if not name.startswith(f"GET {W}"):
            continue
        named = run.operations[name].get("parameters", {})
        own: dict[str, Any] = {"workspace": w.id} | {key: value for key, value in parameters.items() if key in named}
        own |= {key: ids.get(name.split("/")[4], "a/b ?#") for key in PARTY_ASKED & named.keys()}
        if {"from", "to"} <= named.keys() and not name.endswith("/changes"):
            own |= {"from": "firm", "to": "a/b ?#"}
        answer = run.ask(name, **own)
        wrong += documented.faults(name, answer)
        statuses[name] = answer.status_code
    return wrong, statuses


def test_a_workspace_of_degenerate_data_answers_in_the_documented_shapes(w: Workspace) -> None:
    w.write(*DEGENERATE)
    assert w.job(w.ask("POST", "/rankings", {"role": "supplier", "every": "year", "from": "2024-01-01", "to": "2025-12-31"}))["state"] == "done"
    job = w.job(w.ask("POST", "/scenarios", {"name": "Nobody", "edits": [{"op": "remove_party", "id": "a/b ?#"}]}))
    series = {"metrics": ["influence"], "series": {"from": "2025-11-30", "to": "2025-12-31", "step": "P1M"}}
    assert w.job(w.ask("POST", "/analyses", series))["state"] == "done"
    assert w.job(w.ask("POST", "/analyses", {}))["state"] == "done"
    wrong, statuses = wrong_answers(
        w, IDS, party="a/b ?#", scenario_id=job["result"]["scenario_id"], role=None, source=None, target=None, ids=None, product=None
    )
    assert wrong == []
    unasked = {f"GET {W}/{name}" for name in ("analyses/compare", "scenarios/compare", "mappings/{name}", "imports/{import_id}", "reports/{report_id}")}
    assert {name for name, status in statuses.items() if status != 200} == unasked


def test_an_empty_workspace_answers_in_the_documented_shapes(w: Workspace) -> None:
    assert w.job(w.ask("POST", "/analyses", {}))["state"] == "done"
    wrong, statuses = wrong_answers(w, {}, party=None)
    assert wrong == []
    views = [name for name in statuses if "/analyses/{analysis_id}/" in name and "{name}" not in name and "{party_id}" not in name]
    assert {name: statuses[name] for name in views if statuses[name] != 200} == {f"GET {W}/analyses/{{analysis_id}}/bottleneck": 422}


def test_a_counterfactual_explanation_has_the_documented_shape(w: Workspace) -> None:
    w.write(*DEGENERATE)
    assert w.job(w.ask("POST", "/analyses", {"metrics": ["influence"]}))["state"] == "done"
    name = f"GET {W}/analyses/{{analysis_id}}/parties/{{party_id}}/explain"
    answer = w.ask("GET", "/analyses/latest/parties/a%2Fb%20%3F%23/explain?score=influence&counterfactual=true")
    assert answer.json()["most_influential_fact"] is not None
    assert Documented(w.client).faults(name, answer) == []


def test_every_operation_answers_in_the_shape_of_a_struct_or_says_its_media_type(w: Workspace) -> None:
    unshaped = []
    for name, operation in Documented(w.client).operations.items():
        contents = [(status, answer.get("content", {})) for status, answer in operation["responses"].items()]
        contents.append(("body", operation.get("requestBody", {}).get("content", {})))
        unshaped += [f"{name} {status}" for status, content in contents for media, body in content.items()
                     if media in ("application/json", "multipart/form-data") and "$ref" not in body["schema"]]  # fmt: skip
    assert unshaped == []


def test_a_field_without_a_shape_says_what_may_stand_there(w: Workspace) -> None:
    schemas = Documented(w.client).document["components"]["schemas"]
    shapes = {"$ref", "type", "anyOf", "allOf", "enum", "const"}
    bare = [f"{name}.{field}" for name, schema in schemas.items() for field, about in schema.get("properties", {}).items()
            if "description" not in about and (not shapes & about.keys() or about == {"type": "object"})]  # fmt: skip
    assert bare == []

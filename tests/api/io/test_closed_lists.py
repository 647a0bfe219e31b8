"""Filters by values that the vocabulary lists: an id or a label in either language, anything else is refused with the list."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Workspace, assert_problem, money, party, role

INSTALLER = {"id": "installer", "label": {"en": "Installer", "zh": "安装商"}}


@pytest.fixture
def listed(w: Workspace) -> Workspace:
    w.write(
        {"type": "vocabulary", "roles": [INSTALLER]},
        party("firm"),
        party("d1", size_class="中型", market_tier=1, sector="民营"),
        party("d2"),
        role("r1", role="经销商", stage="流失", tier="重点", purpose="转售"),
        role("r2", source="d2", role="安装商", tier="gold"),
        money("v1", kind="Money"),
        {"type": "relationship", "id": "k1", "source": "d1", "target": "d2", "kind": "knows"},
        {"type": "touchpoint", "id": "t1", "source": "d1", "target": "firm", "kind": "投诉", "occurred_at": "2025-03-01", "channel": "微信"},
    )
    return w


def ids(page: dict[str, Any]) -> list[str]:
    return [item["id"] for item in page["items"]]


def test_labels_in_a_batch_are_kept_as_the_ids_that_they_name(listed: Workspace) -> None:
    assert (listed.get("/parties/d1")["size_class"], listed.get("/parties/d1")["sector"]) == ("medium", "private")
    found = listed.get("/roles/r1")
    assert (found["role"], found["stage"], found["tier"], found["purpose"]) == ("distributor", "lapsed", "key", "resale")
    assert (listed.get("/roles/r2")["role"], listed.get("/roles/r2")["tier"]) == ("installer", "gold")
    assert (listed.get("/value-flows/v1")["kind"], listed.get("/touchpoints/t1")["channel"]) == ("money", "wechat")
    assert listed.ask("PATCH", "/roles/r1", {"stage": "Returned"}).json()["stage"] == "returned"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/parties?size_class=中型", ["d1"]),
        ("/parties?size_class=Medium", ["d1"]),
        ("/parties?stage=流失", ["d1"]),
        ("/parties?role=distributor", ["d1"]),
        ("/parties?role=安装商", ["d2"]),
        ("/parties?role=DISTRIBUTOR&purpose=转售&tier=重点", ["d1"]),
        ("/parties?tier=gold", ["d2"]),
        ("/parties?tier=silver", []),
        ("/parties?market_tier=1", ["d1"]),
        ("/parties?kind=Organization", ["d1", "d2", "firm"]),
        ("/roles?kind=安装商", ["r2"]),
        ("/roles?stage=Lapsed", ["r1"]),
        ("/value-flows?kind=资金", ["v1"]),
        ("/relationships?kind=knows", ["k1"]),
        ("/touchpoints?kind=Complaint", ["t1"]),
    ],
)
def test_a_filter_takes_ids_and_labels_in_both_languages(listed: Workspace, path: str, expected: list[str]) -> None:
    assert ids(listed.get(path)) == expected


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("/parties?size_class=banana", "size_class", "medium"),
        ("/parties?stage=客户", "stage", "lapsed"),
        ("/parties?role=banana", "role", "installer"),
        ("/parties?kind=banana", "kind", "organization"),
        ("/parties?purpose=banana", "purpose", "own_use"),
        ("/parties?sector=banana", "sector", "private"),
        ("/parties?market_tier=6", "market_tier", "5"),
        ("/parties?market_tier=01", "market_tier", "1"),
        ("/roles?kind=banana", "kind", "distributor"),
        ("/value-flows?kind=banana", "kind", "money"),
        ("/relationships?kind=banana", "kind", "owns"),
        ("/touchpoints?kind=banana", "kind", "complaint"),
        ("/parties/d1/neighborhood?kinds=money,banana", "kinds", "owns"),
        ("/changes?from=2024-12-31&to=2025-12-31&kind=banana", "kind", "structure"),
    ],
)
def test_a_value_that_its_list_has_not_is_refused_with_those_that_it_has(listed: Workspace, path: str, field: str, value: str) -> None:
    problem = assert_problem(listed.ask("GET", path), 422, "invalid", field=field, code="unknown-value")
    assert value in problem["errors"][0]["message"]


def test_a_neighborhood_goes_along_kinds_that_are_named_by_labels_too(listed: Workspace) -> None:
    assert ids({"items": listed.get("/parties/d1/neighborhood?kinds=资金,knows")["facts"]}) == ["k1", "v1"]


def test_bodies_and_rankings_name_roles_by_their_labels_too(listed: Workspace) -> None:
    made = listed.job(listed.ask("POST", "/analyses", {"metrics": ["degree"], "filter": {"role": "安装商", "kind": ["Organization"]}}))["result"]["analysis_id"]
    about = listed.get(f"/analyses/{made}")
    assert about["filter"] == {"role": ["installer"], "kind": ["organization"]}
    assert [item["party_id"] for item in listed.get(f"/analyses/{made}/scores/degree")["items"]] == ["d2"]
    whole = listed.job(listed.ask("POST", "/analyses", {"metrics": ["degree"]}))["result"]["analysis_id"]
    assert [item["party_id"] for item in listed.get(f"/analyses/{whole}/scores/degree?role=经销商")["items"]] == ["d1"]
    assert_problem(listed.ask("GET", f"/analyses/{whole}/scores/degree?role=banana"), 422, "invalid", field="role", code="unknown-value")
    for field, body in (("filter.role", {"filter": {"role": ["banana"]}}), ("filter.kind", {"filter": {"kind": "banana"}})):
        assert_problem(listed.ask("POST", "/analyses", body), 422, "invalid", field=field, code="unknown-value")
    assert_problem(listed.ask("POST", "/analyses", {"filter": {"banana": "x"}}), 422, "invalid", field="filter.banana", code="unknown-field")
    assert listed.ask("POST", "/rankings", {"role": "安装商"}).status_code == 202
    assert_problem(listed.ask("POST", "/rankings", {"role": "banana"}), 422, "invalid", field="role", code="unknown-value")

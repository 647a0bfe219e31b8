"""Lists: filters that hold together, keyset pages, totals, and parameters that are refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Workspace, assert_problem, money, party, role


@pytest.fixture
def listed(w: Workspace) -> Workspace:
    """Four parties with two roles."""
    w.write(
        party("firm", name="Firm"),
        party("d1", name="East China Appliances", names=[{"text": "华东家电", "language": "zh"}], region="华东", market_tier=1, size_class="medium",
              industry={"scheme": "gbt4754", "code": "F5137"}, identifiers={"uscc": "91310000XY"}),
        party("d2", name="Été Électronique", kind="organization", region="西南"),
        party("p1", name="Zhang Wei", kind="person"),
        role("r1", source="d1", stage="active", tier="key", purpose="resale"),
        role("r2", source="d1", role="customer", stage="lapsed", purpose="own_use"),
        role("r3", source="d2", stage="lapsed"),
        money("v1", product="refrigerator", valid_from="2025-03"),
        money("v2", source="d2", valid_from="2026-03"),
    )  # fmt: skip
    return w


def ids(page: dict[str, Any]) -> list[str]:
    return [item["id"] for item in page["items"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["d1", "d2", "firm", "p1"]),
        ("q=east china", ["d1"]),
        ("q=APPLI", ["d1"]),
        ("q=华东", ["d1"]),
        ("q=家电", ["d1"]),
        ("q=ete electronique", ["d2"]),
        ("q=91310000XY", ["d1"]),
        ("q=banana", []),
        ("kind=person", ["p1"]),
        ("role=distributor", ["d1", "d2"]),
        ("role=distributor&stage=lapsed", ["d2"]),
        ("role=customer&purpose=resale", []),
        ("stage=active&tier=key&purpose=resale", ["d1"]),
        ("region=华东", ["d1"]),
        ("market_tier=1", ["d1"]),
        ("size_class=medium", ["d1"]),
        ("industry=F5137", ["d1"]),
        ("industry=gbt4754:F5137", ["d1"]),
        ("industry=isic:F5137", []),
    ],
)
def test_parties_are_found_by_what_is_said_of_them(listed: Workspace, query: str, expected: list[str]) -> None:
    page = listed.get(f"/parties?{query}")
    assert (ids(page), page["total"], page["next_cursor"]) == (expected, len(expected), None)


def test_facts_are_found_by_their_ends_and_kinds(listed: Workspace) -> None:
    assert ids(listed.get("/roles?source=d1&stage=lapsed")) == ["r2"]
    assert ids(listed.get("/roles?party=d2")) == ["r3"]
    assert ids(listed.get("/roles?kind=distributor")) == ["r1", "r3"]
    assert ids(listed.get("/value-flows?product=refrigerator")) == ["v1"]


def test_an_event_is_listed_once_it_has_begun(listed: Workspace) -> None:
    assert ids(listed.get("/value-flows")) == ["v1"]
    assert ids(listed.get("/value-flows?as_of=2026-03-01")) == ["v1", "v2"]
    assert listed.get("/value-flows/v2?as_of=2020-01-01")["id"] == "v2"


def test_pages_go_on_where_the_one_before_ended(listed: Workspace) -> None:
    first = listed.get("/parties?limit=3")
    assert (ids(first), first["total"]) == (["d1", "d2", "firm"], 4)
    last = listed.get(f"/parties?limit=3&cursor={first['next_cursor']}")
    assert (ids(last), last["next_cursor"]) == (["p1"], None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=many", "limit"),
        ("cursor=%21%21", "cursor"),
        ("as_of=2025", "as_of"),
        ("as_of=2025-02-30", "as_of"),
        ("known_at=soon", "known_at"),
        ("banana=1", "banana"),
        ("product=x", "product"),
        ("kind=person&kind=unit", "kind"),
    ],
)
def test_a_parameter_that_is_not_valid_is_refused_by_name(w: Workspace, query: str, field: str) -> None:
    assert_problem(w.ask("GET", f"/parties?{query}"), 422, "invalid", field=field)


def test_every_collection_refuses_filters_that_it_does_not_know(w: Workspace) -> None:
    for collection in ("roles", "relationships", "value-flows", "touchpoints", "assessments", "documents", "exchange-rates"):
        assert_problem(w.ask("GET", f"/{collection}?region=x"), 422, "invalid", field="region", code="unknown-parameter")


def test_revisions_tell_who_changed_how_much_in_order(listed: Workspace) -> None:
    listed.ask("PATCH", "/parties/p1", {"name": "Zhang"}, Idempotency_Key="k2")
    page = listed.get("/revisions?limit=1")
    assert ([item["number"] for item in page["items"]], page["items"][0]["counts"]["created"]) == ([1], 9)
    rest = listed.get(f"/revisions?cursor={page['next_cursor']}")
    assert [(item["number"], item["key"]) for item in rest["items"]] == [(2, "k2")]
    assert listed.get("/revisions?after=2")["items"] == []


def test_revisions_are_sent_as_events_as_they_are_made(listed: Workspace) -> None:
    with listed.client.stream("GET", f"{listed.path}/revisions?after=0", headers={"accept": "text/event-stream"}) as answer:
        text = next(answer.iter_text())
    assert text.startswith("id: 1\nevent: revision\ndata: {")


def test_an_export_can_be_imported_and_exported_again(listed: Workspace) -> None:
    added = listed.ask("POST", "/vocabulary", {"products": [{"id": "banana", "label": {"en": "Banana", "zh": "香蕉"}}]})
    assert added.status_code == 200
    listed.ask("PATCH", "/roles/r1", {"stage": "lapsed", "valid_from": "2025-06-01"})
    exported = listed.ask("GET", "/export?format=ndjson").content
    assert exported.count(b"\n") == 11
    made = {name: value for name, value in listed.get("").items() if value is not None}
    listed.ask("DELETE", "")
    listed.client.post("/v1/workspaces", json=made)
    assert listed.ask("POST", "/batches", exported).json()["rejected"] == 0
    assert listed.ask("GET", "/export").content == exported
    assert [line.count(b'"id":"v') for line in listed.ask("GET", "/export?as_of=2025-06-01").content.splitlines()] == [*[0] * 8, 1]
    assert_problem(listed.ask("GET", "/export?as_of=banana"), 422, "invalid", field="as_of")

"""What changed between two days, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Workspace, assert_problem, money, party, role
from tests.api.records.test_structure import analysed

YEAR = "/changes?from=2024-12-31&to=2025-12-31"


def contract(w: Workspace) -> None:
    """The larger distributor's contract ends with 2024; the smaller one goes on."""
    past = {"valid_from": "2023-01-01", "valid_to": "2024-12-31"}
    w.write(
        *(party(name) for name in ("firm", "d1", "d2", "c1", "c2")),
        money("v1", amount="900", **past),
        money("v2", source="c1", target="d1", amount="1000", **past),
        money("v3", source="d2", amount="100", valid_from="2023-01-01", valid_to="2027-12-31"),
        money("v4", source="c2", target="d2", amount="150", valid_from="2023-01-01", valid_to="2027-12-31"),
        role("r1", valid_to="2025-06-30"),
        role("r2", source="d2"),
    )


def test_the_end_of_a_contract_is_named_as_the_reason_why_a_score_fell(w: Workspace) -> None:
    contract(w)
    found = w.get(YEAR)
    assert (found["from"], found["to"], found["known_at"]) == ("2024-12-31", "2025-12-31", w.revision)
    ranks = {(item["score"], item["party_id"]): item for item in found["items"] if item["kind"] == "rank"}
    fell = ranks["value_flow", "d1"]
    assert (fell["change"], fell["before"]["rank"], fell["after"]["value"], fell["facts"]) == ("fell", 1, 0.0, ["v1", "v2"])
    assert ranks["influence", "d1"]["facts"] == ["r1", "v1", "v2"]
    facts = [(item["change"], item["type"], item["party_id"], item["facts"]) for item in found["items"] if item["kind"] == "fact"]
    assert facts == [("ended", "role", "d1", ["r1"]), ("ended", "value_flow", "d1", ["v1"]), ("ended", "value_flow", "c1", ["v2"])]
    assert found["total"] == len(found["items"])
    assert found["next_cursor"] is None


def test_changes_are_paged_and_narrowed(w: Workspace) -> None:
    contract(w)
    whole = w.get(YEAR)["items"]
    pages: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = w.get(f"{YEAR}&limit=3" + (f"&cursor={cursor}" if cursor else ""))
        pages += page["items"]
        cursor = page["next_cursor"]
    assert pages == whole
    assert {item["kind"] for item in w.get(f"{YEAR}&kind=fact")["items"]} == {"fact"}
    assert [item["facts"] for item in w.get(f"{YEAR}&kind=fact&party=c1")["items"]] == [["v2"]]


def test_stages_that_changed_and_what_was_not_known_yet(w: Workspace) -> None:
    before = w.write(party("firm"), party("d1"), role("r1", stage="active", valid_from="2024-01-01"))
    w.ask("PATCH", "/roles/r1", {"stage": "at_risk", "valid_from": "2025-06-01"})
    (changed,) = w.get(f"{YEAR}&kind=fact")["items"]
    assert (changed["change"], changed["before"]["stage"], changed["after"]["stage"]) == ("changed", "active", "at_risk")
    assert w.get(f"{YEAR}&kind=fact&known_at={before}")["items"] == []


def test_scores_of_an_analysis_of_the_day_are_used(w: Workspace) -> None:
    contract(w)
    fresh = w.get(YEAR)["items"]
    for day in ("2024-12-31", "2025-12-31"):
        analysed(w, metrics=["influence", "value_flow"], as_of=day)
    w.write(party("later", valid_from="2026-01-01"))  # a new revision, the same snapshots of both days
    assert w.get(YEAR)["items"] == fresh


def test_the_first_and_the_last_day_can_be_compared(w: Workspace) -> None:
    contract(w)
    assert w.get("/changes?from=0001-01-01&to=9999-12-31")["total"] > 0
    assert w.get("/changes?from=0001-01-01&to=0001-01-02")["items"] == []


def test_between_a_day_and_itself_nothing_changed(w: Workspace) -> None:
    contract(w)
    assert w.get("/changes?from=2025-12-31&to=2025-12-31")["items"] == []


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("", "missing", "from"),
        ("from=2025-01-01", "missing", "to"),
        ("from=2025-01&to=2025-12-31", "bad-date", "from"),
        ("from=2025-01-01&to=2025-02-30", "bad-date", "to"),
        ("from=2025-01-02&to=2025-01-01", "out-of-range", "from"),
        ("from=2025-01-01&to=2025-01-02&known_at=banana", "bad-date", "known_at"),
        ("from=2025-01-01&to=2025-01-02&kind=banana", "unknown-value", "kind"),
        ("from=2025-01-01&to=2025-01-02&cursor=banana", "bad-cursor", "cursor"),
    ],
)
def test_what_cannot_be_compared_is_refused(w: Workspace, query: str, code: str, field: str) -> None:
    body = assert_problem(w.ask("GET", f"/changes?{query}"), 422, "invalid", field=field)
    assert body["errors"][0]["code"] == code or field == "known_at"

"""Rankings over HTTP and on the command line: asked for, made period by period, read, refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Workspace, assert_problem, party


def two_years(w: Workspace) -> None:
    """Two suppliers over two years: the smaller one grows and passes the other."""
    roles = [
        {"type": "role", "id": f"r-{source}", "source": source, "target": "firm", "role": role}
        for source, role in (("a", "supplier"), ("b", "supplier"), ("c", "customer"))
    ]
    paid = {("a", "2024"): 600, ("b", "2024"): 400, ("a", "2025"): 300, ("b", "2025"): 900}
    flows: list[dict[str, Any]] = [
        {
            "type": "value_flow",
            "id": f"{kind}-{seller}-{year}",
            "source": source,
            "target": target,
            "kind": kind,
            "amount": amount,
            "currency": "CNY",
            "valid_from": f"{year}-03-01",
        }
        for (seller, year), amount in paid.items()
        for kind, source, target in (("money", "firm", seller), ("goods", seller, "firm"))
    ]
    sold = [
        {"type": "value_flow", "id": f"sold-{year}", "source": "c", "target": "firm", "kind": "money", "amount": 2000, "currency": "CNY", "valid_from": year}
        for year in ("2024", "2025")
    ]
    w.write(*(party(name) for name in ("firm", "a", "b", "c")), *roles, *flows, *sold)


def test_a_ranking_has_ranks_values_and_changes_of_each_period(w: Workspace) -> None:
    two_years(w)
    job = w.job(w.ask("POST", "/rankings", {"role": "supplier", "from": "2024-05-01", "to": "2025-12-31"}))
    found = w.get(f"/rankings/{job['result']['ranking_id']}")
    assert [(period["from"], period["to"]) for period in found["periods"]] == [("2024-01-01", "2024-12-31"), ("2025-01-01", "2025-12-31")]
    flows = {item["party_id"]: [period["value_flow"] for period in item["by_period"]] for item in found["items"]}
    assert set(flows) == {"a", "b"}
    assert [item["rank"] for item in flows["a"]] == [1, 2]
    assert [item["rank"] for item in flows["b"]] == [2, 1]
    assert flows["a"][0]["change"] is None
    before, now = flows["b"]
    assert now["change"] == {"value": pytest.approx(now["value"] - before["value"], rel=1e-12), "rank": 1}
    scores = w.get(f"/analyses/{found['periods'][1]['analysis_id']}/scores/value_flow?role=supplier")["items"]
    assert {item["party_id"]: item["value"] for item in scores} == {party: item[1]["value"] for party, item in flows.items()}
    assert w.get("/rankings/latest") == found
    (listed,) = w.get("/rankings")["items"]
    assert listed == {name: value for name, value in found.items() if name != "items"}


def test_without_days_a_ranking_is_of_those_on_which_value_flowed(w: Workspace) -> None:
    two_years(w)
    job = w.job(w.ask("POST", "/rankings", {"role": "supplier", "every": "quarter"}))
    periods = w.get(f"/rankings/{job['result']['ranking_id']}")["periods"]
    assert [period["from"] for period in periods] == ["2024-01-01", "2024-04-01", "2024-07-01", "2024-10-01", "2025-01-01"]
    assert periods[-1]["to"] == "2025-03-01"


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "missing", "role"),
        ({"role": "banana"}, "unknown-value", "role"),
        ({"role": "supplier", "every": "week"}, "unknown-value", "every"),
        ({"role": "supplier", "from": "2024-02-30"}, "bad-date", "from"),
        ({"role": "supplier", "banana": 1}, "unknown-field", "banana"),
        ({"role": 1}, "wrong-type", "role"),
    ],
)
def test_what_cannot_be_ranked_is_refused_at_once(w: Workspace, body: dict[str, Any], code: str, field: str) -> None:
    assert_problem(w.ask("POST", "/rankings", body), 422, "invalid", code=code, field=field)


def test_a_ranking_of_no_days_or_too_many_fails_with_the_reason(w: Workspace) -> None:
    two_years(w)
    for body in ({"role": "supplier", "from": "2026-01-01", "to": "2025-01-01"}, {"role": "supplier", "every": "month", "from": "1900-01-01"}):
        job = w.job(w.ask("POST", "/rankings", body))
        assert job["state"] == "failed"
        assert job["problem"]["errors"][0]["code"] == "out-of-range"


def test_there_is_no_ranking_before_one_was_made(w: Workspace) -> None:
    assert_problem(w.ask("GET", "/rankings/latest"), 404, "not-found")
    assert w.get("/rankings")["items"] == []

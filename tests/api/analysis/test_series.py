"""Analyses over time: one result a date, ids of communities that stay, a planted merge and a planted split."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from tests.api.conftest import Workspace, assert_problem, money, party
from tests.api.records.test_structure import analysed

STEPS = {"from": "2025-01-31", "to": "2025-05-31", "step": "P1M"}
DAYS = ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31"]


def knows(a: str, b: str, **fields: Any) -> dict[str, Any]:
    return {"type": "relationship", "id": f"{a}{b}", "source": a, "target": b, "kind": "knows"} | fields


def story(w: Workspace) -> None:
    """abcd and efgh are two circles until in March everybody knows everybody; stuvwx are one until in April only stu and vwx know each other."""
    w.write(
        *(party(name) for name in "abcdefghstuvwx"),
        party("firm"),
        *(knows(a, b) for circle in ("abcd", "efgh", "stu", "vwx") for a, b in combinations(circle, 2)),
        *(knows(a, b, valid_from="2025-03-01") for a in "abcd" for b in "efgh"),
        *(knows(a, b, valid_to="2025-04-15") for a in "stu" for b in "vwx"),
    )


def test_communities_keep_their_ids_and_a_merge_and_a_split_are_named(w: Workspace) -> None:
    story(w)
    analysis_id = analysed(w, metrics=["community", "degree"], series=STEPS)
    about = w.get(f"/analyses/{analysis_id}")
    assert (about["as_of"], about["series"]) == ("2025-05-31", STEPS)
    assert [date["as_of"] for date in about["dates"]] == DAYS
    assert [[(event["code"], event["message"]) for event in date["events"]] for date in about["dates"]] == [
        [],
        [],
        [("community-merged", "community 3 of 4 merged into 2")],
        [("community-split", "community 5 of 3 split from 1")],
        [],
    ]
    assert about["dates"][2]["events"][0]["parties"] == list("efgh")

    def over_time(name: str) -> list[str]:
        return [item["value"] for item in w.get(f"/analyses/{analysis_id}/series/community?party={name}")["items"]]

    assert over_time("a") == ["2"] * 5
    assert over_time("h") == ["3", "3", "2", "2", "2"]
    assert over_time("s") == ["1"] * 5
    assert over_time("x") == ["1", "1", "1", "5", "5"]
    found = w.get(f"/analyses/{analysis_id}/series/degree?party=a")
    assert [item["value"] for item in found["items"]] == [3, 3, 7, 7, 7]
    assert [item["rank"] for item in found["items"]] == [7, 7, 1, 1, 1]
    last = {item["party_id"]: item["value"] for item in w.get(f"/analyses/{analysis_id}/scores/community")["items"]}
    assert (last["h"], last["x"]) == ("2", "5")
    assert [item["community_id"] for item in w.get(f"/analyses/{analysis_id}/communities")["items"]] == ["2", "1", "5", "4"]
    assert "match_to" not in about["metrics"]["community"]["parameters"]


def test_each_date_has_its_own_period_and_absence_is_said(w: Workspace) -> None:
    w.write(party("firm"), party("d1", valid_from="2024-06-01"), money(valid_from="2024-07-01", valid_to="2024-07-31"))
    analysis_id = analysed(w, metrics=["in_degree", "degree"], series={"from": "2023-12-31", "to": "2025-12-31", "step": "P1Y"})
    items = w.get(f"/analyses/{analysis_id}/series/degree?party=d1")["items"]
    assert [(item["as_of"], item["value"], item["reason"]) for item in items] == [
        ("2023-12-31", None, "absent"),
        ("2024-12-31", 1.0, None),
        ("2025-12-31", 0.0, None),
    ]
    assert w.get("/analyses/latest/series/degree?party=d1")["items"] == items
    assert_problem(w.ask("GET", f"/analyses/{analysis_id}/series/degree?party=banana"), 404, "not-found")
    assert_problem(w.ask("GET", f"/analyses/{analysis_id}/series/banana?party=d1"), 404, "not-found")
    assert_problem(w.ask("GET", f"/analyses/{analysis_id}/series/degree"), 422, "invalid", field="party", code="missing")


def test_known_at_holds_for_the_whole_series(w: Workspace) -> None:
    w.write(party("firm"), party("d1"))
    before = w.write(knows("d1", "firm"))
    w.write(knows("d1", "firm", valid_from="2025-04-01", strength=1), party("late"), knows("late", "d1"))
    request = {"metrics": ["degree"], "series": STEPS}
    values = {known: [item["value"] for item in _series(w, known, request)] for known in (before, None)}
    assert values == {before: [1] * 5, None: [2] * 5}
    newest = w.get("/analyses?limit=1")["items"][0]
    assert newest["dates"][0]["parties"] == 3
    assert w.get("/analyses/latest/series/degree?party=d1")["items"] == w.get(f"/analyses/{newest['analysis_id']}/series/degree?party=d1")["items"]
    assert_problem(w.ask("GET", "/analyses/latest"), 404, "not-found")


def _series(w: Workspace, known_at: int | None, request: dict[str, Any]) -> Any:
    return w.get(f"/analyses/{analysed(w, **request, known_at=known_at)}/series/degree?party=d1")["items"]


def test_an_analysis_of_one_date_is_no_series(w: Workspace) -> None:
    w.write(party("firm"))
    analysis_id = analysed(w, metrics=["degree"])
    assert_problem(w.ask("GET", f"/analyses/{analysis_id}/series/degree?party=firm"), 404, "not-found")
    assert_problem(w.ask("GET", "/analyses/latest/series/degree?party=firm"), 404, "not-found")


def test_a_series_of_the_default_set_has_the_network_of_each_date(w: Workspace) -> None:
    story(w)
    about = w.get(f"/analyses/{analysed(w, series={'from': '2025-02-28', 'to': '2025-03-31', 'step': 'P1M'})}")
    assert [date["network"]["components"] for date in about["dates"]] == [4, 3]
    assert [date["network"]["parties"] for date in about["dates"]] == [15, 15]


@pytest.mark.parametrize(
    ("series", "code", "field"),
    [
        ({"from": "2025-01-31", "to": "2025-01-01", "step": "P1M"}, "out-of-range", "series.to"),
        ({"from": "2025-01", "to": "2025-12-31", "step": "P1M"}, "bad-date", "series.from"),
        ({"from": "2025-01-01", "to": "2025-02-30", "step": "P1M"}, "bad-date", "series.to"),
        ({"from": "2025-01-01", "to": "2025-12-31", "step": "PT1H"}, "invalid", "series.step"),
        ({"from": "2025-01-01", "to": "2025-12-31", "step": "P0D"}, "invalid", "series.step"),
        ({"from": "2000-01-01", "to": "2025-12-31", "step": "P1D"}, "out-of-range", "series.step"),
        ({"from": "2025-01-01", "step": "P1D"}, "missing", "series.to"),
        ({"from": "2025-01-01", "to": "2025-01-02", "banana": 1}, "unknown-field", "series.banana"),
    ],
)
def test_a_series_that_cannot_be_made_is_refused_at_once(w: Workspace, series: dict[str, Any], code: str, field: str) -> None:
    body = assert_problem(w.ask("POST", "/analyses", {"series": series}), 422, "invalid", code=code, field=field)
    if field == "series.step" and series["step"] == "P1D":
        assert "1,000" in body["detail"] + body["errors"][0]["message"]


def test_a_series_has_its_own_days(w: Workspace) -> None:
    assert_problem(w.ask("POST", "/analyses", {"series": STEPS, "as_of": "2025-12-31"}), 422, "invalid", code="invalid", field="as_of")

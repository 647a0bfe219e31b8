"""Scenarios over HTTP, on both stores: asked for, read, compared, repeated, refused; the records stay as they are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Workspace, assert_problem, money, party, role

Edit = dict[str, Any]


def chain(w: Workspace) -> None:
    """mine 50 > firm 100 > shop 70 > family 90, all of 2025; pit is the mine's rival: it sells 20 to the firm and 30 to the shop."""
    sold = [("mine", "firm", 50, "ore"), ("pit", "firm", 20, "ore"), ("pit", "shop", 30, "ore"), ("firm", "shop", 70, "pans"), ("shop", "family", 90, "pans")]
    flows = [
        money(f"{seller}-{buyer}", source=buyer, target=seller, amount=str(amount), product=product, valid_from="2025")
        for seller, buyer, amount, product in sold
    ]
    w.write(*(party(name) for name in ("firm", "mine", "pit", "shop", "family")), role("r", source="mine", target="firm", role="supplier"), *flows)


def made(w: Workspace, *edits: Edit, **more: Any) -> dict[str, Any]:
    job = w.job(w.ask("POST", "/scenarios", {"name": "what if", "edits": list(edits)} | more))
    assert job["state"] == "done", job
    assert job["kind"] == "scenario"
    found: dict[str, Any] = w.get(f"/scenarios/{job['result']['scenario_id']}")
    assert found["id"] == job["result"]["scenario_id"]
    return found


REMOVED: Edit = {"op": "remove_party", "id": "mine"}


def test_a_lost_supplier_is_seen_in_scores_money_and_substitution(w: Workspace) -> None:
    chain(w)
    revision = w.revision
    found = made(w, REMOVED, base={"as_of": "2025-12-31"})
    assert found["value_lost"] == pytest.approx(50)
    assert found["value"]["purchases"] == {"before": pytest.approx(70), "after": pytest.approx(20), "lost": pytest.approx(50)}
    (gone,) = [item for item in found["scores"] if item["party_id"] == "mine" and item["score"] == "value_flow"]
    assert (gone["after"], gone["reason"], gone["change"]) == (None, "removed", None)
    (item,) = found["substitution"]
    assert (item["buyer_id"], item["product"], item["lost"], item["facts"]) == ("firm", "ore", 50.0, ["mine-firm"])
    assert (item["from_others"], item["others_in_all"], item["at_most"]) == (20.0, 50.0, 30.0)
    assert (found["base"], found["edits"]) == ({"as_of": "2025-12-31", "known_at": revision}, [REMOVED])
    assert (found["cut_off"], found["lost_only_channel"]) == ([], [])
    assert w.revision == revision
    assert w.get("/parties/mine")["id"] == "mine"


def test_end_customers_behind_a_lost_channel_are_cut_off(w: Workspace) -> None:
    chain(w)
    found = made(w, {"op": "remove_party", "id": "shop"})
    assert (found["cut_off"], found["lost_only_channel"]) == (["family"], ["family"])
    assert found["value_lost"] == pytest.approx(70)


def test_scenarios_are_listed_compared_and_forgotten(w: Workspace) -> None:
    chain(w)
    first = made(w, REMOVED)
    second = made(w, {"op": "scale", "ids": ["mine-firm"], "factor": 0.5}, name="half")
    assert [(item["id"], item["name"], item["edit_count"]) for item in w.get("/scenarios")["items"]] == [
        (second["id"], "half", 1),
        (first["id"], "what if", 1),
    ]
    page = w.get("/scenarios?limit=1")
    assert w.get(f"/scenarios?limit=1&cursor={page['next_cursor']}")["items"][0]["id"] == first["id"]
    compared = w.get(f"/scenarios/compare?ids={first['id']},{second['id']}")
    assert compared["differs"] == []
    assert [item["id"] for item in compared["scenarios"]] == [first["id"], second["id"]]
    assert [item["value_lost"] for item in compared["scenarios"]] == pytest.approx([50, 25])
    assert all(item.items() <= one.items() for item, one in zip(compared["scenarios"], (first, second), strict=True))
    assert w.ask("DELETE", f"/scenarios/{first['id']}").json() == {"id": first["id"], "deleted": True}
    assert_problem(w.ask("GET", f"/scenarios/{first['id']}"), 404, "not-found")
    assert_problem(w.ask("DELETE", f"/scenarios/{first['id']}"), 404, "not-found")
    assert_problem(w.ask("GET", f"/scenarios/compare?ids={first['id']},{second['id']}"), 404, "not-found")


def test_a_scenario_of_what_was_known_then_gives_the_same_again(w: Workspace) -> None:
    chain(w)
    first = made(w, REMOVED)
    w.write(money("mine-firm", source="firm", target="mine", amount="500", product="ore", valid_from="2025"))
    again, now = made(w, REMOVED, base=first["base"]), made(w, REMOVED)
    told = ("id", "recorded_at")
    assert {name: value for name, value in again.items() if name not in told} == {name: value for name, value in first.items() if name not in told}
    assert now["value_lost"] > first["value_lost"]
    compared = w.get(f"/scenarios/compare?ids={first['id']},{now['id']}")
    assert compared["differs"] == ["base", "snapshot_id"]


def test_every_edit_is_done_in_order_on_stored_records(w: Workspace) -> None:
    chain(w)
    flow = {"type": "value_flow", "id": "n", "source": "shop", "target": "new", "kind": "money", "amount": "10", "currency": "CNY", "valid_from": "2025"}
    found = made(
        w,
        {"op": "add", "record": party("new")},
        {"op": "add", "record": flow},
        {"op": "replace", "record": flow | {"amount": 40}},
        {"op": "redirect", "id": "n", "source": "firm"},
        {"op": "scale", "ids": ["n"], "factor": 1.25},
        {"op": "merge", "id": "pit", "into": "new"},
        {"op": "remove_fact", "id": "r", "type": "role"},
        REMOVED,
    )
    assert found["value"]["purchases"] == {"before": pytest.approx(70), "after": pytest.approx(70), "lost": pytest.approx(0)}
    assert {(item["party_id"], item["reason"]) for item in found["scores"] if item["after"] is None} == {("mine", "removed"), ("pit", "removed")}


def test_a_period_and_a_profile_hold_for_both_sides(w: Workspace) -> None:
    chain(w)
    before = made(w, REMOVED, parameters={"period": {"from": "2024-01-01", "to": "2024-12-31"}})
    assert before["reasons"]["value_lost"] == "no-value-chain"
    w.ask("PUT", "/score-profiles/board", {"influence": {"reach": 1}, "value_flow": {"criticality": 1}})
    board = made(w, REMOVED, profile="board")
    assert (board["profile"], board["profile_version"]) == ("board", 1)
    assert w.get(f"/scenarios/compare?ids={before['id']},{board['id']}")["differs"] == ["parameters", "profile", "profile_version"]


def test_the_same_key_gives_the_same_job(w: Workspace) -> None:
    chain(w)
    answers = [w.ask("POST", "/scenarios", {"name": "a", "edits": [REMOVED]}, Idempotency_Key="k") for _ in range(2)]
    assert w.job(answers[0])["id"] == w.job(answers[1])["id"]
    assert_problem(w.ask("POST", "/scenarios", {"name": "b", "edits": [REMOVED]}, Idempotency_Key="k"), 422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "name", "missing"),
        ({"name": "", "edits": []}, "name", "out-of-range"),
        ({"name": "x"}, "edits", "missing"),
        ({"name": "x", "edits": {}}, "edits", "wrong-type"),
        ({"name": "x", "edits": [], "banana": 1}, "banana", "unknown-field"),
        ({"name": "x", "edits": [], "base": {"as_of": "2025"}}, "base.as_of", "bad-date"),
        ({"name": "x", "edits": [], "base": {"known_at": "banana"}}, "base.known_at", "bad-time"),
        ({"name": "x", "edits": [], "parameters": {"graph": "tie"}}, "parameters.graph", "unknown-parameter"),
        ({"name": "x", "edits": [], "parameters": {"max_length": 99}}, "parameters.max_length", "out-of-range"),
        ({"name": "x", "edits": [], "profile": "banana"}, "profile", "unknown-profile"),
        ({"name": "x", "edits": [REMOVED] * 1001}, "edits", "too-many"),
        ({"name": "x", "edits": [{"op": "banana"}]}, "edits[0].op", "unknown-op"),
        ({"name": "x", "edits": [{"op": "remove_party", "id": "banana"}]}, "edits[0].id", "unknown-party"),
        ({"name": "x", "edits": [REMOVED, REMOVED]}, "edits[1].id", "unknown-party"),
        ({"name": "x", "edits": [REMOVED, {"op": "scale", "ids": ["pit-firm", "mine-firm"], "factor": 2}]}, "edits[1].ids[1]", "unknown-fact"),
        ({"name": "x", "edits": [{"op": "scale", "ids": ["r"], "factor": 2}]}, "edits[0].ids[0]", "nothing-to-scale"),
        ({"name": "x", "edits": [{"op": "scale", "ids": ["mine-firm"], "factor": -1}]}, "edits[0].factor", "out-of-range"),
        ({"name": "x", "edits": [{"op": "redirect", "id": "mine-firm", "target": "banana"}]}, "edits[0].target", "unknown-party"),
        ({"name": "x", "edits": [{"op": "merge", "id": "mine", "into": "mine"}]}, "edits[0].into", "self-merge"),
        ({"name": "x", "edits": [{"op": "add", "record": party("mine")}]}, "edits[0].record.id", "duplicate"),
        ({"name": "x", "edits": [{"op": "replace", "record": money("banana")}]}, "edits[0].record.id", "unknown-fact"),
        ({"name": "x", "edits": [REMOVED, {"op": "add", "record": money("n", source="mine")}]}, "edits[1].record.source", "dangling"),
        ({"name": "x", "edits": [REMOVED, {"op": "add", "record": money("n", amount="1.5.")}]}, "edits[1].record.amount", "invalid"),
        ({"name": "x", "edits": [{"op": "remove_fact", "id": "r"}], "base": {"as_of": "2020-01-01", "known_at": 0}}, "edits[0].id", "unknown-fact"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_at_once(w: Workspace, body: dict[str, Any], field: str, code: str) -> None:
    chain(w)
    assert_problem(w.ask("POST", "/scenarios", body), 422, "invalid", field=field, code=code)


@pytest.mark.parametrize("ids", ["", "a", "a,", "a,a", ",".join("abcdefghijk")])
def test_only_two_to_ten_scenarios_are_compared(w: Workspace, ids: str) -> None:
    assert_problem(w.ask("GET", f"/scenarios/compare?ids={ids}"), 422, "invalid", field="ids")


def test_without_a_focal_party_there_are_reasons(w: Workspace) -> None:
    w.write(party("a"), party("b"))
    found = made(w, {"op": "remove_party", "id": "a"})
    assert (found["value_lost"], found["reasons"]["value_lost"], found["scores"]) == (None, "no-focal-party", [])

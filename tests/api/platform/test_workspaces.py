"""Workspaces: made, changed, isolated, deleted."""

from __future__ import annotations

import httpx
import pytest

from tests.api.conftest import Workspace, assert_problem, party


def test_a_workspace_is_answered_as_it_was_made(w: Workspace) -> None:
    expected = {"id": w.id, "name": "test", "focal_party_id": "firm", "base_currency": "CNY", "locale": "en"}
    expected |= {"time_zone": "UTC", "default_as_of": "2025-12-31"}
    assert w.get("") == expected
    assert expected in w.client.get("/v1/workspaces").json()["items"]


def test_the_fields_that_are_sent_change_and_the_others_stay(w: Workspace) -> None:
    answer = w.ask("PATCH", "", {"locale": "zh", "default_as_of": None})
    assert (answer.status_code, answer.json()["locale"], answer.json()["default_as_of"], answer.json()["name"]) == (200, "zh", None, "test")


def test_the_default_day_is_that_of_reads_without_one(w: Workspace) -> None:
    w.write(party("firm", valid_from="2030"))
    assert_problem(w.ask("GET", "/roles/r1"), 404, "not-found")
    assert w.get("/parties")["items"] == []
    w.ask("PATCH", "", {"default_as_of": "2030-01-01"})
    assert [item["id"] for item in w.get("/parties")["items"]] == ["firm"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"id": ""}, "id"),
        ({"id": "x" * 257}, "id"),
        ({"id": "a\nb"}, "id"),
        ({"id": None}, "id"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"base_currency": "XYZ"}, "base_currency"),
        ({"locale": "fr"}, "locale"),
        ({"default_as_of": "2025"}, "default_as_of"),
        ({"focal_party_id": 7}, "focal_party_id"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"time_zone": 8}, "time_zone"),
        ({"banana": 1}, "banana"),
    ],
)
def test_a_workspace_that_is_not_valid_is_refused_with_its_field(client: httpx.Client, fields: dict[str, object], field: str) -> None:
    body = {"id": "refused", "name": "Refused", "focal_party_id": "firm"} | fields
    assert_problem(client.post("/v1/workspaces", json={name: value for name, value in body.items() if value is not None}), 422, "invalid", field=field)


def test_the_id_of_a_workspace_does_not_change(w: Workspace) -> None:
    assert_problem(w.ask("PATCH", "", {"id": "other"}), 422, "invalid", field="id")


def test_an_unknown_workspace_is_not_found(client: httpx.Client) -> None:
    for path in ("", "/parties", "/vocabulary", "/revisions"):
        assert_problem(client.get(f"/v1/workspaces/banana{path}"), 404, "not-found")
    assert_problem(client.delete("/v1/workspaces/banana"), 404, "not-found")


@pytest.mark.embedded_only
def test_a_taken_id_is_refused(w: Workspace) -> None:
    assert_problem(w.client.post("/v1/workspaces", json={"id": w.id, "name": "again"}), 409, "already-exists")


@pytest.mark.embedded_only
def test_what_is_written_in_one_workspace_is_in_no_other(w: Workspace) -> None:
    w.client.post("/v1/workspaces", json={"id": "other", "name": "other"})
    other = Workspace(w.client, "other")
    w.write(party("firm"))
    assert other.get("/parties")["items"] == []
    assert other.revision == 0
    other.ask("DELETE", "")


def test_a_workspace_made_again_is_empty(w: Workspace) -> None:
    w.write(party("firm"))
    w.ask("POST", "/vocabulary", {"products": [{"id": "p", "label": {"en": "P", "zh": "P"}}]})
    assert w.ask("DELETE", "").json() == {"id": w.id, "deleted": True}
    assert_problem(w.ask("GET", ""), 404, "not-found")
    assert w.client.post("/v1/workspaces", json={"id": w.id, "name": "again", "focal_party_id": "firm"}).status_code == 201
    assert w.get("/parties")["items"] == []
    assert w.revision == 0
    assert "p" not in [item["id"] for item in w.get("/vocabulary")["products"]]


def test_a_store_with_one_place_refuses_a_second_workspace(w: Workspace, store_kind: str) -> None:
    answer = w.client.post("/v1/workspaces", json={"id": f"{w.id}-2", "name": "second"})
    if store_kind == "neo4j":
        assert_problem(answer, 409, "one-workspace")
    else:
        assert answer.status_code == 201
        w.client.delete(f"/v1/workspaces/{w.id}-2")


def test_a_workspace_is_changed_once_under_one_key(w: Workspace) -> None:
    first = w.ask("PATCH", "", {"name": "Once"}, Idempotency_Key="k")
    w.ask("PATCH", "", {"name": "Later"})
    again = w.ask("PATCH", "", {"name": "Once"}, Idempotency_Key="k")
    assert (again.json(), w.get("")["name"]) == (first.json(), "Later")
    assert_problem(w.ask("PATCH", "", {"name": "Else"}, Idempotency_Key="k"), 422, "idempotency-key-reused")

"""Records over HTTP: written, read at an instant, corrected, guarded, taken away."""

from __future__ import annotations

import pytest

from graph_models.records.record_types import RECORD_TYPES
from tests.api.conftest import Workspace, assert_problem, money, party, role
from tests.api.records.record_samples import RECORDS


@pytest.mark.parametrize("kind", RECORD_TYPES, ids=lambda kind: kind.name)
def test_one_of_each_type_is_made_read_listed_and_taken_away(w: Workspace, kind: object) -> None:
    w.write(party("firm"), party("d1"), party("fund1"), {"type": "document", "id": "s1"})
    if kind.name in ("party", "document"):
        w.ask("DELETE", f"/{kind.collection}/{RECORDS[kind.name]['id']}")
    made = w.ask("POST", f"/{kind.collection}", RECORDS[kind.name])
    assert made.status_code == 201, made.text
    record = made.json()
    assert made.headers["location"] == f"{w.path}/{kind.collection}/{record['id']}"
    assert {name: record[name] for name in RECORDS[kind.name] if record.get(name) is not None} == {
        name: value for name, value in RECORDS[kind.name].items() if value is not None
    }
    assert w.get(f"/{kind.collection}/{record['id']}")["id"] == record["id"]
    assert record["id"] in [item["id"] for item in w.get(f"/{kind.collection}")["items"]]
    gone = w.ask("DELETE", f"/{kind.collection}/{record['id']}")
    assert gone.json() == {"revision": w.revision}
    assert_problem(w.ask("GET", f"/{kind.collection}/{record['id']}"), 404, "not-found")


def test_a_post_to_an_id_that_exists_is_written_as_by_put(firm: Workspace) -> None:
    answer = firm.ask("POST", "/parties", {"id": "d1", "name": "Renamed", "kind": "organization"})
    assert (answer.status_code, answer.json()["name"], answer.json()["version"]) == (200, "Renamed", 2)


def test_a_put_takes_its_id_from_the_path(firm: Workspace) -> None:
    answer = firm.ask("PUT", "/parties/new", {"name": "New", "kind": "person"})
    assert (answer.status_code, answer.json()["id"]) == (200, "new")


def test_a_put_with_another_id_than_its_path_is_refused(firm: Workspace) -> None:
    assert_problem(firm.ask("PUT", "/parties/d1", party("d2")), 422, "invalid", field="id", code="read-only")


def test_a_record_of_another_type_is_no_member_of_the_collection(firm: Workspace) -> None:
    assert_problem(firm.ask("POST", "/roles", party("d2")), 422, "invalid", field="type")


def test_an_answer_can_be_sent_back_as_it_is(firm: Workspace) -> None:
    page = firm.get("/parties/d1")
    answer = firm.ask("PUT", "/parties/d1", page)
    assert (answer.status_code, answer.json()["version"]) == (200, 1)


def test_a_new_stage_from_a_day_on_leaves_the_time_before_as_it_was(firm: Workspace) -> None:
    before = firm.write(role(stage="active", valid_from="2023-04"))
    assert firm.ask("PATCH", "/roles/r1", {"stage": "lapsed", "valid_from": "2025-06-01"}).json()["stage"] == "lapsed"
    assert firm.get("/roles/r1?as_of=2025-05-31")["stage"] == "active"
    assert firm.get("/roles/r1?as_of=2025-06-01")["stage"] == "lapsed"
    assert firm.get(f"/roles/r1?as_of=2025-06-01&known_at={before}")["stage"] == "active"


def test_known_at_takes_a_time_with_zone_too(firm: Workspace) -> None:
    recorded = firm.get("/parties/d1")["recorded_at"]
    firm.ask("PATCH", "/parties/d1", {"name": "Renamed"})
    assert firm.get(f"/parties/d1?known_at={recorded}")["name"] == "d1"
    assert_problem(firm.ask("GET", "/parties/d1?known_at=yesterday"), 422, "invalid", field="known_at")
    assert_problem(firm.ask("GET", "/parties/d1?known_at=2020-01-01T00:00:00Z"), 404, "not-found")


def test_a_patch_without_a_start_corrects_the_slice_of_the_day(firm: Workspace) -> None:
    firm.write(role(stage="active", valid_from="2023-04"))
    firm.ask("PATCH", "/roles/r1", {"stage": "lapsed", "valid_from": "2025-06-01"})
    corrected = firm.ask("PATCH", "/roles/r1?as_of=2024-01-01", {"tier": "key"})
    assert (corrected.status_code, corrected.json()["stage"]) == (200, "active")
    assert "tier" not in firm.get("/roles/r1")


def test_an_amount_is_kept_exactly_as_it_is_written(firm: Workspace) -> None:
    answer = firm.client.post(
        f"{firm.path}/value-flows",
        content=b'{"id":"v","source":"d1","target":"firm","kind":"money","amount":123456789012345678.1234567890,"currency":"CNY"}',
        headers={"content-type": "application/json"},
    )
    assert answer.json()["amount"] == "123456789012345678.1234567890"
    patched = firm.client.patch(
        f"{firm.path}/value-flows/v",
        content=b'{"amount": 0.10000000000000000001}'.replace(b"0000000001}", b"01}"),
        headers={"content-type": "application/json"},
    )
    assert patched.json()["amount"] == "0.100000000001"


def test_if_match_guards_a_write_with_the_version_that_was_seen(firm: Workspace) -> None:
    seen = firm.ask("GET", "/parties/d1").headers["etag"]
    assert firm.ask("PATCH", "/parties/d1", {"name": "First"}, If_Match=seen).status_code == 200
    problem = assert_problem(firm.ask("PATCH", "/parties/d1", {"name": "Second"}, If_Match=seen), 412, "version-conflict")
    assert (problem["current"], problem["sent"]) == (2, "1")
    assert_problem(firm.ask("DELETE", "/parties/d1", If_Match=seen), 412, "version-conflict")
    assert_problem(firm.ask("PUT", "/parties/d1", party("d1"), If_Match='"7"'), 412, "version-conflict")
    assert firm.get("/parties/d1")["name"] == "First"


def test_the_same_key_and_body_are_done_once_and_answered_alike(firm: Workspace) -> None:
    first = firm.ask("PATCH", "/parties/d1", {"name": "Once"}, Idempotency_Key="k")
    before = firm.revision
    again = firm.ask("PATCH", "/parties/d1", {"name": "Once"}, Idempotency_Key="k")
    assert (again.status_code, again.json(), firm.revision) == (200, first.json(), before)
    assert_problem(firm.ask("PATCH", "/parties/d1", {"name": "Twice"}, Idempotency_Key="k"), 422, "idempotency-key-reused")
    gone = firm.ask("DELETE", "/parties/d1", Idempotency_Key="gone")
    assert firm.ask("DELETE", "/parties/d1", Idempotency_Key="gone").json() == gone.json()


def test_a_made_record_is_made_again_by_the_same_key_without_a_second_revision(firm: Workspace) -> None:
    first = firm.ask("POST", "/parties", party("new"), Idempotency_Key="made")
    again = firm.ask("POST", "/parties", party("new"), Idempotency_Key="made")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())


def test_a_party_with_facts_is_in_use_unless_they_go_with_it(firm: Workspace) -> None:
    firm.write(role(), money())
    problem = assert_problem(firm.ask("DELETE", "/parties/d1"), 409, "in-use")
    assert problem["count"] == 2
    before = firm.revision
    assert firm.ask("DELETE", "/parties/d1?cascade=true").json() == {"revision": before + 1}
    assert_problem(firm.ask("GET", "/value-flows/v1"), 404, "not-found")


def test_a_document_used_as_evidence_is_in_use(firm: Workspace) -> None:
    firm.write({"type": "document", "id": "s1"}, role(evidence=[{"document_id": "s1"}]))
    assert assert_problem(firm.ask("DELETE", "/documents/s1"), 409, "in-use")["count"] == 1


def test_a_period_can_be_taken_away(firm: Workspace) -> None:
    firm.write(role(valid_from="2023-01-01"))
    assert firm.ask("DELETE", "/roles/r1?from=2024-01&to=2024-06").status_code == 200
    assert_problem(firm.ask("GET", "/roles/r1?as_of=2024-06-30"), 404, "not-found")
    assert firm.get("/roles/r1?as_of=2024-07-01")["valid_from"] == "2024-07-01"
    assert firm.get("/roles/r1?as_of=2023-12-31")["valid_to"] == "2023-12-31"
    assert_problem(firm.ask("DELETE", "/roles/r1?from=2025&to=2024"), 422, "invalid", field="to")


def test_history_tells_every_version_and_what_was_taken_away(firm: Workspace) -> None:
    firm.write(role(valid_from="2023-01-01"))
    revision = firm.ask("DELETE", "/roles/r1?from=2024-01-01").json()["revision"]
    items = firm.get("/roles/r1/history")["items"]
    assert [item["deleted"] for item in items].count(True) == 1
    taken = next(item for item in items if item["deleted"])
    assert [item["version"] for item in items] == sorted((item["version"] for item in items), reverse=True)
    assert (taken["valid_from"], taken["valid_to"], taken["revision"], taken["record"]) == ("2024-01-01", None, revision, None)
    assert items[-1]["superseded_by_revision"] == revision
    assert_problem(firm.ask("GET", "/roles/banana/history"), 404, "not-found")


def test_dates_are_answered_as_written_and_bounds_made_by_a_later_write_are_days(firm: Workspace) -> None:
    firm.write(role(stage="active", valid_from="2023", valid_to="2024"), money(valid_from="2025"))
    firm.write(role(stage="at_risk", valid_from="2024-07", valid_to="2024-09"))
    firm.ask("PATCH", "/roles/r1", {"tier": "key"})
    firm.ask("PATCH", "/roles/r1?as_of=2023-05-01", {"tier": "key"})
    firm.ask("DELETE", "/roles/r1?from=2024-08&to=2024-08")
    items = firm.get("/roles/r1/history")["items"]
    believed = [(item["valid_from"], item["valid_to"]) for item in items if item["superseded_by_revision"] is None]
    assert sorted(believed) == [
        ("2023", "2024-06-30"),
        ("2024-07", "2024-07-31"),
        ("2024-08-01", "2024-08-31"),
        ("2024-09-01", "2024-09"),
        ("2024-10-01", "2024"),
    ]
    assert (items[-1]["valid_from"], items[-1]["valid_to"]) == ("2023", "2024")
    for item in items:
        if not item["deleted"]:
            assert (item["record"]["valid_from"], item["record"]["valid_to"]) == (item["valid_from"], item["valid_to"])
    assert firm.get("/roles/r1?as_of=2023-05-01")["valid_from"] == "2023"
    assert firm.get("/roles/r1?as_of=2024-12-01")["valid_to"] == "2024"
    assert [item["date"] for item in firm.get("/parties/d1/journey")["items"]] == ["2023", "2024-07", "2024-09-01", "2024-10-01"]
    event = firm.get("/value-flows/v1/history")["items"][0]
    assert (event["valid_from"], event["valid_to"], event["record"].get("valid_to")) == ("2025", "2025-12-31", None)


def test_a_stage_that_may_not_follow_is_refused(firm: Workspace) -> None:
    firm.write(role(stage="active", valid_from="2023-01-01"))
    before = firm.revision
    answer = firm.ask("PATCH", "/roles/r1", {"stage": "prospect", "valid_from": "2024-01-01"})
    assert_problem(answer, 409, "stage-not-allowed", field="stage")
    assert firm.revision == before


@pytest.mark.parametrize("record_id", ["a/history", "a b", "a%2Fb", "华东", "..", "a?b#c", "é", "a+b", "/", "a\\b", "'; DROP TABLE rows; --", "\U0001f600"])
def test_an_id_may_hold_any_character_and_stands_percent_encoded_in_paths(w: Workspace, record_id: str) -> None:
    from urllib.parse import quote

    place = "/parties/" + quote(record_id, safe="").replace(".", "%2E")
    assert w.ask("PUT", place, {"name": "Odd", "kind": "person"}).json()["id"] == record_id
    assert w.get(place)["id"] == record_id
    assert w.get(place + "/history")["items"][0]["record"]["id"] == record_id
    assert w.get(place + "/neighborhood")["parties"][0]["id"] == record_id


def test_a_path_that_is_no_utf8_is_malformed(w: Workspace) -> None:
    assert_problem(w.ask("GET", "/parties/%ff"), 400, "malformed")


def test_a_party_is_found_by_its_facts_journey_and_neighborhood(firm: Workspace) -> None:
    firm.write(
        role(stage="active", valid_from="2023"), money(valid_from="2025"),
        {"type": "touchpoint", "id": "p1", "source": "d1", "target": "firm", "kind": "visit", "occurred_at": "2025-05-20"},
    )  # fmt: skip
    assert [(item["type"], item["id"]) for item in firm.get("/parties/d1/facts")["items"]] == [("role", "r1"), ("value_flow", "v1"), ("touchpoint", "p1")]
    assert [item["id"] for item in firm.get("/parties/d1/facts?types=touchpoint")["items"]] == ["p1"]
    assert_problem(firm.ask("GET", "/parties/d1/facts?types=banana"), 422, "invalid", field="types")
    assert [(item["date"], item["type"]) for item in firm.get("/parties/d1/journey")["items"]] == [("2023", "role"), ("2025-05-20", "touchpoint")]
    found = firm.get("/parties/d1/neighborhood?kinds=money")
    assert ([item["id"] for item in found["parties"]], [item["id"] for item in found["facts"]], found["truncated"]) == (["d1", "firm"], ["v1"], None)
    cut = firm.get("/parties/d1/neighborhood?limit=1")
    assert (len(cut["parties"]), cut["truncated"]["shown"], cut["truncated"]["left_out"]) == (1, 1, 1)
    assert_problem(firm.ask("GET", "/parties/d1/neighborhood?hops=4"), 422, "invalid", field="hops")
    assert_problem(firm.ask("GET", "/parties/banana/neighborhood"), 404, "not-found")


def test_facts_of_a_party_are_paged_over_all_types(firm: Workspace) -> None:
    firm.write(role("a"), role("b", role="supplier"), money("c"), money("d"))
    seen, cursor = [], ""
    while cursor is not None:
        page = firm.get(f"/parties/d1/facts?limit=1&cursor={cursor}" if cursor else "/parties/d1/facts?limit=1")
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["a", "b", "c", "d"]

"""Batches: written as one revision or not at all; every bad input is refused with its line and field, and nothing is changed by it."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.api.conftest import Workspace, assert_problem, lines, money, party, role

HOSTILE = [
    "'; DROP TABLE rows; --", '" OR 1=1 --', "') MATCH (n) DETACH DELETE n //", "`) DELETE n //", "$id", "{0}", "%s", "\\u0000",
    "${jndi:ldap://x}", "Robert'); --",
    "MATCH (n) RETURN n", "CALL dbms.shutdown()", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "../../etc/passwd", "‮", "\u2028", "NULL", "true", "1e309",
]  # fmt: skip


def test_a_batch_is_one_revision_whatever_the_order_of_its_lines(w: Workspace) -> None:
    answer = w.batch(role(), money(), party("d1"), party("firm"))
    assert answer.json() == {"accepted": 4, "created": 4, "updated": 0, "unchanged": 0, "rejected": 0, "errors": [], "revision": 1}
    assert w.revision == 1


def test_the_same_batch_again_changes_nothing(firm: Workspace) -> None:
    before = firm.revision
    answer = firm.batch(party("firm"), party("d1")).json()
    assert (answer["unchanged"], answer["accepted"], answer["revision"], firm.revision) == (2, 2, before, before)


def test_the_same_key_has_the_same_answer_and_another_body_is_refused(w: Workspace) -> None:
    first = w.batch(party("firm"), Idempotency_Key="k").json()
    assert w.batch(party("firm"), Idempotency_Key="k").json() == first
    assert_problem(w.batch(party("other"), Idempotency_Key="k"), 422, "idempotency-key-reused")
    assert w.revision == 1


def test_a_key_with_what_is_no_visible_ascii_is_refused(w: Workspace) -> None:
    assert_problem(w.batch(party("firm"), Idempotency_Key="a b"), 422, "invalid", field="Idempotency-Key")
    assert_problem(w.batch(party("firm"), Idempotency_Key="k" * 256), 422, "invalid", field="Idempotency-Key")


def test_what_is_good_is_kept_where_the_caller_chose_so(w: Workspace) -> None:
    body = lines(party("firm"), party("bad", kind="banana"), role(source="nobody"), party("d1")) + b"\n\nnot json\n"
    answer = w.ask("POST", "/batches?on_error=skip", body)
    outcome = answer.json()
    assert (answer.status_code, outcome["created"], outcome["rejected"]) == (200, 2, 3)
    assert [(error["line"], error["field"]) for error in outcome["errors"]] == [(2, "kind"), (3, "source"), (6, None)]
    assert sorted(item["id"] for item in w.get("/parties")["items"]) == ["d1", "firm"]


def visit(**fields: Any) -> dict[str, Any]:
    return {"type": "touchpoint", "id": "p", "source": "d1", "target": "firm", "kind": "visit", "occurred_at": "2025"} | fields


BAD: dict[str, tuple[Any, str | None]] = {
    "unknown type": ({"type": "banana", "id": "x"}, "type"),
    "no type": ({"id": "x", "name": "x", "kind": "person"}, "type"),
    "unknown kind": (party("x", kind="banana"), "kind"),
    "unknown role": (role(role="banana"), "role"),
    "unknown stage": (role(stage="banana"), "stage"),
    "unknown value kind": (money(kind="banana"), "kind"),
    "unknown field": (party("x", banana=1), "banana"),
    "missing field": ({"type": "party", "id": "x", "kind": "person"}, "name"),
    "wrong type": (party("x", market_tier="one"), "market_tier"),
    "reversed period": (role(valid_from="2025", valid_to="2024"), "valid_to"),
    "no date": (role(valid_from="2025-13"), "valid_from"),
    "no day": (money(valid_from="2025-02-30"), "valid_from"),
    "dangling source": (role(source="nobody"), "source"),
    "dangling target": (money(target="nobody"), "target"),
    "dangling document": (role(evidence=[{"document_id": "nothing"}]), "evidence"),
    "no currency": (money(currency="XXQ"), "currency"),
    "NaN as text": (money(amount="NaN"), "amount"),
    "infinite as text": (money(amount="Infinity"), "amount"),
    "amount too long": (money(amount="1" * 25), "amount"),
    "amount with exponent": (money(amount="1e3"), "amount"),
    "share above one": ({"type": "relationship", "id": "t", "source": "d1", "target": "firm", "kind": "owns", "share": 1.01}, "share"),
    "confidence below zero": (role(confidence=-0.1), "confidence"),
    "role to itself": (role(target="d1"), "target"),
    "empty id": (party(""), "id"),
    "id too long": (party("x" * 257), "id"),
    "control character": (party("a\tb"), "id"),
    "NUL in an id": (party("a\x00b"), "id"),
    "nps above ten": (visit(measure="nps", value=11), "value"),
    "nps of six and a half": (visit(measure="nps", value=6.5), "value"),
    "no time": (visit(occurred_at="2025-01-01T10:00"), "occurred_at"),
    "nested too deep": (party("x", attributes={"a": json.loads("[" * 40 + "]" * 40)}), "attributes"),
    "judged above one": ({"type": "assessment", "id": "a", "source": None, "target": "d1", "scheme": "salience", "values": {"power": 2}}, "values.power"),
    "list as record": ([1, 2], None),
    "number as record": (7, None),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_with_line_and_field(firm: Workspace, name: str) -> None:
    record, field = BAD[name]
    before = firm.revision
    problem = assert_problem(firm.ask("POST", "/batches", b"\n" + lines(party("good"), record)), 422, "invalid", line=3)
    assert problem["errors"][0]["field"] == field
    assert firm.revision == before
    assert firm.client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "line",
    [
        b'{"type":"party","id":"x","name":"\xff\xfe","kind":"person"}',
        b'{"type":"party","id":"x","name":"\\ud800","kind":"person"}',
        '{"type":"party","id":"x","name":"华东","kind":"person"}'.encode("gb18030"),
        '{"type":"party","id":"x","name":"x","kind":"person"}'.encode("utf-16"),
        b'{"type":"value_flow","id":"v","source":"d1","target":"firm","kind":"money","amount":NaN,"currency":"CNY"}',
        b'{"type":"value_flow","id":"v","source":"d1","target":"firm","kind":"money","amount":-Infinity,"currency":"CNY"}',
        b'{"type":"value_flow","id":"v","source":"d1","target":"firm","kind":"goods","quantity":1e999}',
        b'{"type":"party"',
        b'{"type":"party","id":"x","name":"x","kind":"person"} trailing',
        b'{"type":"party","id":"x","name":"x","kind":"person","attributes":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"[" * 100_000,
        b"null",
        b'"text"',
    ],
    ids=lambda line: repr(line[:60]),
)
def test_a_line_that_cannot_be_read_is_an_error_of_that_line(firm: Workspace, line: bytes) -> None:
    before = firm.revision
    assert_problem(firm.ask("POST", "/batches", lines(party("good")) + b"\n" + line.replace(b"\n", b" ")), 422, "invalid", line=2)
    assert firm.revision == before


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([money("v", amount="1"), money("v", amount="2")], "duplicate"),
        ([role("r", valid_from="2024"), role("r", valid_from="2024-06-01", stage="lapsed")], "overlap"),
        ([party("p"), party("p")], "overlap"),
    ],
)
def test_two_lines_of_one_id_at_odds_are_refused(firm: Workspace, records: list[dict[str, Any]], code: str) -> None:
    assert_problem(firm.batch(*records), 422, "invalid", line=2, code=code)


def test_two_periods_of_one_state_that_do_not_overlap_are_taken(firm: Workspace) -> None:
    answer = firm.batch(role("r", valid_from="2023", valid_to="2023", stage="active"), role("r", valid_from="2024", stage="lapsed")).json()
    assert answer["accepted"] == 2
    assert [firm.get(f"/roles/r?as_of={day}")["stage"] for day in ("2023-12-31", "2024-01-01")] == ["active", "lapsed"]


def test_a_stage_that_may_not_follow_is_an_error_of_its_line(firm: Workspace) -> None:
    firm.write(role(stage="ended", valid_from="2023", valid_to="2023"))
    assert_problem(firm.batch(party("x"), role(stage="active", valid_from="2024")), 422, "invalid", line=2, field="stage", code="stage-not-allowed")


def test_a_record_above_one_mebibyte_is_too_large(firm: Workspace) -> None:
    large = party("x", attributes={"text": "x" * (1 << 20)})
    assert_problem(firm.batch(party("a"), large), 413, "too-large", line=2)
    outcome = firm.batch(party("a"), large, query="?on_error=skip").json()
    assert (outcome["created"], outcome["errors"][0]["line"], outcome["errors"][0]["code"]) == (1, 2, "too-large")
    assert_problem(firm.ask("POST", "/parties", large), 413, "too-large")


def test_more_records_than_a_batch_may_have_are_too_many(w: Workspace) -> None:
    body = b"\n".join(b'{"type":"document","id":"%d"}' % number for number in range(50_001))
    assert_problem(w.ask("POST", "/batches", body), 413, "too-large")
    assert w.revision == 0


def test_a_body_above_its_limit_is_refused_while_it_streams(w: Workspace) -> None:
    def endless() -> Any:
        for _ in range(200):
            yield b"x" * (1 << 16)

    answer = w.client.post(f"{w.path}/batches", content=endless(), headers={"content-type": "application/x-ndjson"})
    assert_problem(answer, 413, "too-large")
    assert w.client.get("/healthz").status_code == 200


def test_a_gzipped_batch_is_unpacked(w: Workspace) -> None:
    body = gzip.compress(lines(party("firm"))) + gzip.compress(b"\n" + lines(party("d1")))
    assert w.ask("POST", "/batches", body, Content_Encoding="gzip").json()["created"] == 2


def test_gzip_that_is_cut_off_or_none_is_malformed(w: Workspace) -> None:
    whole = gzip.compress(lines(*(party(f"p{number}") for number in range(500))))
    assert_problem(w.ask("POST", "/batches", whole[: len(whole) // 2], Content_Encoding="gzip"), 400, "malformed", code="truncated-gzip")
    assert_problem(w.ask("POST", "/batches", whole[:40] + b"\x00\x01\x02" + whole[43:], Content_Encoding="gzip"), 400, "malformed")
    assert_problem(w.ask("POST", "/batches", lines(party("firm")), Content_Encoding="gzip"), 400, "malformed")
    assert_problem(w.ask("POST", "/batches", b"", Content_Encoding="gzip"), 400, "malformed")
    assert w.revision == 0


def test_a_gzip_bomb_is_too_large(w: Workspace) -> None:
    assert_problem(w.ask("POST", "/batches", gzip.compress(b" " * (64 << 20)), Content_Encoding="gzip"), 413, "too-large")


@pytest.mark.parametrize("kind", ["application/json", "text/csv", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_batch_of_another_media_type_is_not_read(w: Workspace, kind: str) -> None:
    assert_problem(w.ask("POST", "/batches", lines(party("firm")), Content_Type=kind), 415, "unsupported-media")


def test_another_encoding_than_gzip_is_not_read(w: Workspace) -> None:
    assert_problem(w.ask("POST", "/batches", lines(party("firm")), Content_Encoding="br"), 415, "unsupported-media")


def test_on_error_is_skip_or_abort(w: Workspace) -> None:
    assert_problem(w.batch(party("firm"), query="?on_error=banana"), 422, "invalid", field="on_error")


def test_an_empty_batch_writes_nothing(w: Workspace) -> None:
    answer = w.ask("POST", "/batches", b"")
    assert (answer.status_code, answer.json()["accepted"], w.revision) == (200, 0, 0)


@pytest.mark.parametrize("text", HOSTILE)
def test_sql_and_cypher_in_any_text_are_text(firm: Workspace, text: str) -> None:
    firm.write(
        party("x", name=text, names=[{"text": text}], identifiers={"crm": text}, region=text, city=text, attributes={text: text}),
        {"type": "document", "id": "s", "title": text, "publisher": text},
        role("r", source="x", product=text, region=text, stage_reason=text, evidence=[{"document_id": "s", "locator": text, "quote": text}]),
        {
            "type": "touchpoint",
            "id": "p",
            "source": "x",
            "target": "firm",
            "kind": "visit",
            "occurred_at": "2025",
            "text": text,
            "topics": [text],
            "case": text,
        },
    )
    assert firm.get("/roles/r")["product"] == text
    assert firm.get("/documents/s")["title"] == text
    assert firm.get("/touchpoints/p")["topics"] == [text]
    found = firm.ask("GET", "/parties?" + str(firm.client.build_request("GET", "/", params={"region": text}).url.query.decode()))
    assert [item["id"] for item in found.json()["items"]] == ["x"]
    assert firm.ask("GET", "/parties?" + str(firm.client.build_request("GET", "/", params={"q": text}).url.query.decode())).status_code == 200
    assert sorted(item["id"] for item in firm.get("/parties")["items"]) == ["d1", "firm", "x"]

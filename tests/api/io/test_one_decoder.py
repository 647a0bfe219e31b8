"""The same mistake has the same code in every body of the API, and in every query."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from graph_models.records.record_types import BY_COLLECTION, RECORD_TYPES
from tests.api.conftest import Workspace, assert_problem, party, role
from tests.api.records.record_samples import RECORDS

PROFILE = {"influence": {"reach": 1.0}, "value_flow": {"pass_through": 1.0}}
BODIES: dict[str, tuple[dict[str, Any], str | None, tuple[str, Any]]] = {
    "POST /v1/workspaces": ({"id": "decoder", "name": "Decoder"}, "id", ("locale", 7)),
    "PATCH /v1/workspaces/{workspace}": ({"name": "Decoder"}, None, ("locale", 7)),
    "POST /v1/workspaces/{workspace}/vocabulary": ({"roles": []}, None, ("roles", 7)),
    "POST /v1/workspaces/{workspace}/analyses": ({"metrics": ["degree"]}, None, ("profile", 7)),
    "POST /v1/workspaces/{workspace}/rankings": ({"role": "supplier"}, "role", ("role", 7)),
    "POST /v1/workspaces/{workspace}/scenarios": ({"name": "x", "edits": []}, "edits", ("profile", 7)),
    "PUT /v1/workspaces/{workspace}/score-profiles/{name}": (PROFILE, "influence", ("value_flow", 7)),
    "PUT /v1/workspaces/{workspace}/rules/{section}": ({"days": 30}, None, ("days", "x")),
    "POST /v1/workspaces/{workspace}/reports": ({"kind": "strategy"}, "kind", ("analysis", 7)),
    "POST /v1/workspaces/{workspace}/imports/{import_id}/rollback": ({"later": "keep"}, None, ("dry_run", 7)),
    "POST /v1/workspaces/{workspace}/queries/{name}": ({"parameters": {}}, None, ("parameters", 7)),
    "POST /v1/workspaces/{workspace}/query": ({"cypher": "RETURN 1"}, "cypher", ("cypher", 7)),
}
"""operation -> a body that it takes, a field that it needs (if any), and one with a value of a wrong type."""
for _kind in RECORD_TYPES:
    _needed, _text = {"document": (None, "title"), "exchange_rate": ("currency", "base_currency")}.get(
        _kind.name, ("kind" if _kind.name != "role" else "role", "id")
    )
    if _kind.name == "assessment":
        _needed = "scheme"
    for _method, _end in (("POST", ""), ("PUT", "/{record_id}"), ("PATCH", "/{record_id}")):
        _body = RECORDS[_kind.name]
        _wrong = ("attributes", 7) if _kind.name != "exchange_rate" else ("currency", 7)
        BODIES[f"{_method} /v1/workspaces/{{workspace}}/{_kind.collection}{_end}"] = (_body, None if _method == "PATCH" else _needed, _wrong)
PATHS = {"record_id": "d1", "name": "roles_of_a_party", "import_id": "none", "section": "newness"}


@pytest.fixture
def known(w: Workspace) -> Workspace:
    """A workspace with a record of each type, so that each can be patched."""
    w.write(party("firm"), party("d1"), party("fund1"), {"type": "document", "id": "s1"})
    w.write(*({"type": kind.name} | RECORDS[kind.name] for kind in RECORD_TYPES if kind.name not in ("party", "document")))
    return w


def ask(w: Workspace, operation: str, body: dict[str, Any]) -> httpx.Response:
    method, _, path = operation.partition(" ")
    collection = path.split("/")[4] if path.count("/") > 3 else ""
    made = {"exchange_rate": "EUR-CNY-2025-01-01"}
    kind = BY_COLLECTION.get(collection)
    record_id = "d1" if kind is None else made.get(kind.name) or RECORDS[kind.name]["id"]
    return w.client.request(method, path.format(**{**PATHS, "record_id": record_id}, workspace=w.id), json=body)


def test_every_json_body_of_the_api_is_tried_here(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    with_json = {
        f"{method.upper()} {path}"
        for path, operations in paths.items()
        for method, operation in operations.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    }
    assert with_json == BODIES.keys()


def test_a_mistake_has_the_same_code_and_field_in_every_body(known: Workspace) -> None:
    for operation, (body, needed, (field, wrong)) in BODIES.items():
        assert_problem(ask(known, operation, body | {"bogus": 1}), 422, "invalid", code="unknown-field", field="bogus")
        assert_problem(ask(known, operation, body | {field: wrong}), 422, "invalid", code="wrong-type", field=field)
        if needed is not None:
            assert_problem(ask(known, operation, {name: value for name, value in body.items() if name != needed}), 422, "invalid", code="missing", field=needed)


def test_a_body_that_is_nested_without_end_or_has_no_number_is_refused_everywhere(known: Workspace) -> None:
    json = {"content-type": "application/json"}
    for operation in BODIES:
        method, _, path = operation.partition(" ")
        place = path.format(**PATHS, workspace=known.id)
        deep = known.client.request(method, place, content=b'{"attributes":' * 20_000 + b"1" + b"}" * 20_000, headers=json)
        assert_problem(deep, 422, "invalid", code="too-deep")
        assert_problem(known.client.request(method, place, content=b'{"a":1e999}', headers=json), 422, "invalid", code="out-of-range")
        assert_problem(known.client.request(method, place, content=b'{"a":NaN}', headers=json), 400, "malformed", code="bad-json")


def test_a_parameter_that_an_operation_does_not_know_is_refused_by_every_get(w: Workspace) -> None:
    for path, operations in w.client.get("/openapi.json").json()["paths"].items():
        if "get" not in operations:
            continue
        place = path.format(workspace=w.id, record_id="d1", name="x", import_id="x", job_id="x", analysis_id="latest", party_id="d1",
                            ranking_id="latest", scenario_id="x", report_id="x", section="tiers")  # fmt: skip
        needed = {parameter["name"]: "x" for parameter in operations["get"].get("parameters", ()) if parameter["in"] == "query" and parameter["required"]}
        answer = w.client.get(place, params={**needed, "bogus": "1"})
        assert answer.status_code == 422, (path, answer.text)
        assert ("unknown-parameter", "bogus") in [(error["code"], error["field"]) for error in answer.json()["errors"]], path


def test_the_lines_of_a_batch_that_are_too_deep_are_refused_and_the_others_kept(w: Workspace) -> None:
    deep = b'{"type":"party","id":"deep","name":"Deep","kind":"person","attributes":' + b'{"a":' * 20_000 + b"1" + b"}" * 20_001
    unknown = deep.replace(b'"type":"party"', b'"type":"party","version":1')
    shallow = b'{"type":"party","id":"33","name":"Deep","kind":"person","attributes":' + b'{"a":' * 33 + b"1" + b"}" * 34
    lines = b"\n".join([b'{"type":"party","id":"firm","name":"Firm","kind":"person"}', deep, unknown, shallow])
    problem = assert_problem(w.ask("POST", "/batches", lines), 422, "invalid", line=2, code="too-deep")
    assert [(error["line"], error["code"]) for error in problem["errors"]] == [(2, "too-deep"), (3, "too-deep"), (4, "too-deep")]
    assert w.ask("POST", "/batches?on_error=skip", lines).json()["created"] == 1
    huge = b'{"type":"value_flow","id":"v","source":"firm","target":"d","kind":"money","quantity":1e999}'
    for line, code in ((huge, "out-of-range"), (huge.replace(b"1e999", b"NaN"), "bad-json"), (huge.replace(b"1e999", b"1" * 400), "out-of-range")):
        assert_problem(w.ask("POST", "/batches", line), 422, "invalid", line=1, code=code)


def test_a_refused_version_says_which_there_is_and_which_was_sent(known: Workspace) -> None:
    seen = known.ask("GET", "/parties/d1").headers["etag"]
    known.ask("PATCH", "/parties/d1", {"name": "First"})
    for method, path, body in (
        ("PATCH", "/parties/d1", {"name": "x"}),
        ("PUT", "/parties/d1", party("d1")),
        ("POST", "/parties", party("d1")),
        ("DELETE", "/parties/d1", None),
    ):
        problem = assert_problem(known.ask(method, path, body, If_Match=seen), 412, "version-conflict")
        assert (problem["current"], problem["sent"]) == (int(seen.strip('"')) + 1, seen.strip('"')), method
    problem = assert_problem(known.ask("PUT", "/roles/new", role("new"), If_Match='"7"'), 412, "version-conflict")
    assert (problem["current"], problem["sent"]) == (0, "7")

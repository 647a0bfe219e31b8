"""One shape for every error, whichever way it arises."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from graph_models.errors import StakeholderGraphError
from service.http.problems import STATUS_BY_ERROR, problem_of, status_of
from tests.api.conftest import Workspace, assert_problem, party

JSON = {"content-type": "application/json"}


def all_errors(kind: type[StakeholderGraphError] = StakeholderGraphError) -> Iterator[type[StakeholderGraphError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from all_errors(below)


@pytest.mark.parametrize("kind", list(all_errors()), ids=lambda kind: kind.__name__)
def test_every_domain_error_has_a_status_of_its_own(kind: type[StakeholderGraphError]) -> None:
    assert kind in STATUS_BY_ERROR
    body = problem_of(kind("what happened", count=3), "/here")
    assert body["status"] == STATUS_BY_ERROR[kind]
    if kind is not StakeholderGraphError:
        assert (body["type"], body["detail"], body["count"]) == (f"/problems/{kind.code}", "what happened", 3)


def test_what_is_not_ours_says_nothing_of_what_it_was() -> None:
    body = problem_of(ZeroDivisionError("secret"))
    assert status_of(ZeroDivisionError) == body["status"] == 500
    assert "secret" not in str(body)


def test_an_unknown_path_is_not_found(client: httpx.Client) -> None:
    assert_problem(client.get("/v1/banana"), 404, "not-found")
    assert_problem(client.get("/v1/workspaces/"), 404, "not-found")


def test_a_method_that_is_not_there_is_not_allowed(client: httpx.Client) -> None:
    answer = client.put("/v1/version")
    assert_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET"


def test_a_body_that_is_no_json_is_malformed(w: Workspace) -> None:
    assert_problem(w.client.post(f"{w.path}/parties", content=b"{", headers=JSON), 400, "malformed", code="bad-json")
    assert_problem(w.client.post(f"{w.path}/parties", content=b"", headers=JSON), 400, "malformed")
    assert_problem(w.client.post(f"{w.path}/parties", content=b"[" * 100_000, headers=JSON), 400, "malformed")
    assert_problem(w.client.post(f"{w.path}/parties", content=b'{"id":"\xff"}', headers=JSON), 400, "malformed")


def test_a_body_that_is_no_object_is_not_valid(w: Workspace) -> None:
    assert_problem(w.client.post(f"{w.path}/parties", content=b"[1]", headers=JSON), 422, "invalid")


def test_a_body_of_another_media_type_is_not_read(w: Workspace) -> None:
    assert_problem(w.client.post(f"{w.path}/parties", content=b"<party/>", headers={"content-type": "application/xml"}), 415, "unsupported-media")
    assert_problem(w.client.post(f"{w.path}/parties", content=b"{}"), 415, "unsupported-media")


def test_a_field_that_is_not_valid_is_named(w: Workspace) -> None:
    assert_problem(w.ask("POST", "/parties", {"id": "x", "kind": "person"}), 422, "invalid", field="name", code="missing")
    assert_problem(w.ask("POST", "/parties", party("x", banana=1)), 422, "invalid", field="banana", code="unknown-field")


def test_a_problem_says_where_it_arose(w: Workspace) -> None:
    assert assert_problem(w.ask("GET", "/parties/a%2Fb/history"), 404, "not-found")["instance"] == f"{w.path}/parties/a%2Fb/history"


def test_an_announced_length_above_the_limit_is_too_large(w: Workspace) -> None:
    assert_problem(w.client.post(f"{w.path}/parties", content=b" " * ((1 << 20) + 1), headers=JSON), 413, "too-large")


def test_cypher_needs_neo4j(w: Workspace, store_kind: str) -> None:
    answer = w.ask("POST", "/query", {"cypher": "RETURN 1 AS one"})
    if store_kind == "embedded":
        assert_problem(answer, 501, "needs-neo4j")
    else:
        assert answer.json()["rows"] == [[1]]


def test_saved_questions_ask_about_the_workspaces_own_focal_party_and_day(firm: Workspace, store_kind: str) -> None:
    defaults = {(item["name"], parameter["name"]): parameter["default"] for item in firm.get("/queries")["items"] for parameter in item["parameters"]}
    assert {value for (_, name), value in defaults.items() if name == "focal"} == {"firm"}
    assert {value for (_, name), value in defaults.items() if name == "day"} == {"2025-12-31"}
    assert defaults["owners_of_owners", "party"] == "firm"
    if store_kind == "neo4j":
        firm.write({"type": "relationship", "id": "o", "source": "d1", "target": "firm", "kind": "owns", "share": 0.6})
        assert "d1" in str(firm.ask("POST", "/queries/owners_of_owners", {}).json()["rows"])


def test_a_question_that_is_not_valid_is_refused_with_its_field(w: Workspace) -> None:
    assert_problem(w.ask("POST", "/query", {}), 422, "invalid", field="cypher")
    assert_problem(w.ask("POST", "/query", {"cypher": "RETURN 1", "limit": 0}), 422, "invalid", field="limit")
    assert_problem(w.ask("POST", "/query", {"cypher": "RETURN 1", "banana": 0}), 422, "invalid", field="banana")
    assert_problem(w.ask("POST", "/query?known_at=3", {"cypher": "RETURN 1"}), 422, "invalid", field="known_at")
    assert_problem(w.ask("POST", "/queries/banana", {}), 404, "not-found")

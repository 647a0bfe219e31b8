"""One Idempotency-Key sent many times at once: one effect, one answer, whatever the operation; another body under it is refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.api.conftest import Workspace, assert_problem, lines, money, party, role

AT_ONCE = 32
Send = Callable[[httpx.Client, str, bool], httpx.Response]
"""Sends a request with a key; the last: with another body than before."""
MAPPING = 'name: m{}\nfiles:\n  a:\n    pattern: a.csv\n    records:\n      - {{type: party, id: "{{id}}", name: "{{id}}", kind: person}}\n'


def at_once(base_url: str, send: Send, key: str) -> list[httpx.Response]:
    """The answers to the same request, sent on as many connections."""
    clients = [httpx.Client(base_url=base_url, timeout=120) for _ in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda client: send(client, key, False), clients))
    for client in clients:
        client.close()
    return found


def of_json(method: str, path: str, body: Any, other: Any) -> Send:
    return lambda client, key, is_other: client.request(method, path, json=other if is_other else body, headers={"Idempotency-Key": key})


def of_text(method: str, path: str, media: str, body: bytes, other: bytes) -> Send:
    headers = {"Content-Type": media}
    return lambda client, key, is_other: client.request(method, path, content=other if is_other else body, headers=headers | {"Idempotency-Key": key})


def of_file(path: str, body: bytes, other: bytes, name: str = "a.ndjson") -> Send:
    return lambda client, key, is_other: client.post(path, files={"file": (name, other if is_other else body)}, headers={"Idempotency-Key": key})


PROFILE = {"value_flow": {"pass_through": 0.5, "criticality": 0.5}}
TERMS = {"products": [{"id": "p", "label": {"en": "P", "zh": "P"}}]}
WRITES: dict[str, Callable[[str], Send]] = {
    "batch": lambda w: of_text("POST", f"{w}/batches", "application/x-ndjson", lines(party("x")), lines(party("y"))),
    "create": lambda w: of_json("POST", f"{w}/parties", party("x"), party("y")),
    "put": lambda w: of_json("PUT", f"{w}/parties/d1", party("d1", name="x"), party("d1", name="y")),
    "patch": lambda w: of_json("PATCH", f"{w}/parties/d1", {"name": "x"}, {"name": "y"}),
    "delete": lambda w: lambda client, key, is_other: client.delete(f"{w}/roles/r1{'?from=2024-01-01' if is_other else ''}", headers={"Idempotency-Key": key}),
    "vocabulary": lambda w: of_json("POST", f"{w}/vocabulary", TERMS, {"topics": TERMS["products"]}),
    "workspace": lambda w: of_json("PATCH", w, {"name": "x"}, {"name": "y"}),
    "mapping": lambda w: of_text("PUT", f"{w}/mappings/m", "application/yaml", MAPPING.format("").encode(), MAPPING.format("").encode() + b"\n"),
    "profile": lambda w: of_json("PUT", f"{w}/score-profiles/board", PROFILE | {"influence": {"reach": 1.0}}, PROFILE | {"influence": {"salience": 1.0}}),
    "suggest": lambda w: of_file(f"{w}/mappings/suggest", b"id,name\n1,a\n", b"id,name\n2,b\n", "a.csv"),
}
JOBS: dict[str, Callable[[str], Send]] = {
    "analysis": lambda w: of_json("POST", f"{w}/analyses", {"metrics": ["degree"]}, {"metrics": ["wso"]}),
    "ranking": lambda w: of_json("POST", f"{w}/rankings", {"role": "distributor"}, {"role": "supplier"}),
    "report": lambda w: of_json("POST", f"{w}/reports", {"kind": "strategy", "locale": "en"}, {"kind": "strategy", "locale": "zh"}),
    "scenario": lambda w: of_json(
        "POST", f"{w}/scenarios", {"name": "a", "edits": [{"op": "remove_party", "id": "d1"}]}, {"name": "b", "edits": [{"op": "remove_party", "id": "d1"}]}
    ),
    "import": lambda w: of_file(f"{w}/imports", lines(party("z")), lines(party("zz"))),
}  # fmt: skip


@pytest.fixture
def filled(w: Workspace) -> Workspace:
    w.write(party("firm"), party("d1"), role(), money())
    return w


def all_the_same(answers: list[httpx.Response]) -> httpx.Response:
    assert {answer.status_code for answer in answers} == {answers[0].status_code}, [answer.text[:300] for answer in answers]
    assert answers[0].status_code < 300, answers[0].text
    assert {answer.content for answer in answers} == {answers[0].content}
    return answers[0]


@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_done_once(filled: Workspace, name: str) -> None:
    send, key, before = WRITES[name](filled.path), uuid.uuid4().hex, filled.revision
    first = all_the_same(at_once(str(filled.client.base_url), send, key))
    assert filled.revision - before == (name in ("batch", "create", "put", "patch", "delete", "vocabulary"))
    assert_problem(send(filled.client, key, True), 422, "idempotency-key-reused")
    assert send(filled.client, key, False).content == first.content


@pytest.mark.parametrize("name", JOBS)
def test_long_work_is_queued_once(filled: Workspace, name: str) -> None:
    send, key = JOBS[name](filled.path), uuid.uuid4().hex
    first = all_the_same(at_once(str(filled.client.base_url), send, key))
    assert_problem(send(filled.client, key, True), 422, "idempotency-key-reused")
    ended = filled.job(first)
    assert ended["state"] in ("done", "failed")
    again = send(filled.client, key, False)
    assert (again.status_code, again.content, again.headers["location"]) == (202, first.content, first.headers["location"])
    with httpx.Client(base_url=filled.client.base_url) as client:
        assert f"{ended['id']}" in client.get(first.headers["location"]).text


def test_an_import_is_taken_back_once_and_answered_so_afterwards_too(filled: Workspace) -> None:
    import_id = filled.job(imported(filled))["result"]["import_id"]
    send = of_json("POST", f"{filled.path}/imports/{import_id}/rollback", {"later": "keep"}, {"later": "refuse"})
    first = all_the_same(at_once(str(filled.client.base_url), send, "roll"))
    assert filled.job(first)["state"] == "done"
    assert send(filled.client, "roll", False).content == first.content
    assert_problem(send(filled.client, "roll", True), 422, "idempotency-key-reused")


def imported(w: Workspace) -> httpx.Response:
    return w.client.post(f"{w.path}/imports", files={"file": ("a.ndjson", lines(party("imported")))})


def test_a_job_is_cancelled_once(filled: Workspace) -> None:
    job = filled.client.post(f"{filled.path}/analyses", json={"metrics": ["degree"]}).json()["id"]
    all_the_same(
        at_once(str(filled.client.base_url), lambda client, key, _: client.delete(f"/v1/jobs/{job}", headers={"Idempotency-Key": key}), uuid.uuid4().hex)
    )


@pytest.fixture
def free_place(client: httpx.Client, w: Workspace) -> Iterator[str]:
    """The id of a workspace that is not there yet, and may be made on a store with one place too."""
    client.delete(w.path)
    name = f"n-{uuid.uuid4().hex[:8]}"
    yield name
    client.delete(f"/v1/workspaces/{name}")


def test_a_workspace_is_made_and_deleted_once(client: httpx.Client, free_place: str) -> None:
    make = of_json("POST", "/v1/workspaces", {"id": free_place, "name": "n"}, {"id": free_place, "name": "m"})
    key = uuid.uuid4().hex
    made = all_the_same(at_once(str(client.base_url), make, key))
    assert made.status_code == 201
    assert_problem(make(client, key, True), 422, "idempotency-key-reused")
    delete: Send = lambda client, key, _: client.delete(f"/v1/workspaces/{free_place}", headers={"Idempotency-Key": key})  # noqa: E731
    assert all_the_same(at_once(str(client.base_url), delete, uuid.uuid4().hex)).json() == {"id": free_place, "deleted": True}
    assert_problem(client.get(f"/v1/workspaces/{free_place}"), 404, "not-found")


def test_a_question_under_a_key_is_asked_once(filled: Workspace, store_kind: str) -> None:
    ask = of_json("POST", f"{filled.path}/query", {"cypher": "RETURN randomUUID() AS id"}, {"cypher": "RETURN 1 AS id"})
    answers = at_once(str(filled.client.base_url), ask, uuid.uuid4().hex)
    if store_kind == "embedded":
        assert {answer.status_code for answer in answers} == {501}
        return
    all_the_same(answers)

"""Imports listed and taken back over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Workspace, assert_problem, lines, money, party


def imported(w: Workspace, *records: dict[str, Any], **fields: str) -> dict[str, Any]:
    answer = w.client.post(f"{w.path}/imports", files={"file": ("r.ndjson", lines(*records))}, data=fields)
    job = w.job(answer)
    assert job["state"] == "done", job
    return dict(job["result"])


def test_an_import_is_listed_and_taken_back(firm: Workspace) -> None:
    before = firm.ask("GET", "/export").content
    done = imported(firm, party("c"), money(target="c"))
    (listed,) = firm.get("/imports")["items"]
    assert (listed["import_id"], listed["state"], listed["created"]) == (done["import_id"], "done", 2)
    job = firm.job(firm.ask("POST", f"/imports/{done['import_id']}/rollback"))
    assert (job["state"], job["result"]["records"], job["result"]["later"]) == ("done", 2, [])
    assert firm.ask("GET", "/export").content == before
    assert firm.get(f"/imports/{done['import_id']}")["state"] == "rolled_back"
    newest = firm.get("/revisions?limit=1000")["items"][-1]
    assert newest["import_id"] == f"rollback:{done['import_id']}"
    assert_problem(firm.ask("POST", f"/imports/{done['import_id']}/rollback"), 409, "conflict")


def test_a_rollback_lists_what_builds_on_the_import_and_keeps_it_where_asked(firm: Workspace) -> None:
    done = imported(firm, party("c"), party("d"))
    firm.write(money("later", target="c"))
    path = f"/imports/{done['import_id']}/rollback"
    refused = firm.job(firm.ask("POST", path, {"later": "refuse"}))
    assert (refused["state"], refused["problem"]["status"], refused["problem"]["type"]) == ("failed", 409, "/problems/built-on")
    assert [(item["id"], item["needs"]) for item in refused["problem"]["later"]] == [("later", "party c")]
    tried = firm.job(firm.ask("POST", path, {"later": "keep", "dry_run": True}))
    assert [item["id"] for item in tried["result"]["preview"]] == ["d"]
    firm.job(firm.ask("POST", path, {"later": "keep"}))
    assert {item["id"] for item in firm.get("/parties")["items"]} == {"firm", "d1", "c"}


@pytest.mark.parametrize("body", [{"later": "banana"}, {"dry_run": "yes"}, {"banana": 1}])
def test_another_wish_is_refused_at_once(firm: Workspace, body: dict[str, Any]) -> None:
    done = imported(firm, party("c"))
    assert_problem(firm.ask("POST", f"/imports/{done['import_id']}/rollback", body), 422, "invalid", field=next(iter(body)))


def test_there_is_no_such_import(firm: Workspace) -> None:
    assert_problem(firm.ask("POST", "/imports/banana/rollback"), 404, "not-found")
    assert_problem(firm.ask("GET", "/imports/banana"), 404, "not-found")

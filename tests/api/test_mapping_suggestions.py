"""A mapping suggested over HTTP and on the command line: valid, with reasons, kept nowhere."""

from __future__ import annotations

import json
from pathlib import Path

from service.ingest.mapping_model import read_mapping
from tests.api.conftest import Workspace, assert_problem
from tests.cli.conftest import runner

ORDERS = "客户名称,城市\n华东家电,上海\n".encode()


def test_a_suggestion_is_answered_and_kept_nowhere(w: Workspace) -> None:
    answer = w.client.post(f"{w.path}/mappings/suggest", files={"file": ("客户.csv", ORDERS)})
    assert answer.status_code == 200
    body = answer.json()
    assert read_mapping(body["mapping"]).model.files
    assert [(column["column"], column["read_as"]) for column in body["columns"]] == [("客户名称", "name"), ("城市", "city")]
    assert body["open_questions"]
    assert w.get("/mappings")["items"] == []
    assert w.get("/parties")["items"] == []


def test_what_is_no_file_that_is_read_is_refused(w: Workspace) -> None:
    assert_problem(w.client.post(f"{w.path}/mappings/suggest", files={"file": ("a.pdf", b"%PDF")}), 415, "unsupported-media")
    assert_problem(w.client.post(f"{w.path}/mappings/suggest", files={"other": ("a.csv", b"x")}), 422, "invalid")


def test_the_command_line_writes_the_same(tmp_path: Path) -> None:
    (tmp_path / "客户.csv").write_bytes(ORDERS)
    run = runner(tmp_path / "store")
    done = run("mapping", "suggest", str(tmp_path / "客户.csv"), "-o", str(tmp_path / "m.yaml"), "--json")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "m.yaml").read_text("utf-8") == json.loads(done.stdout)["mapping"]

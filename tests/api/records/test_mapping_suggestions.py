"""A mapping suggested over HTTP and on the command line: valid, with reasons, kept nowhere."""

from __future__ import annotations

import json
from pathlib import Path

from service.imports.mapping.model import read_mapping
from tests.api.conftest import Workspace, assert_problem
from tests.cli.conftest import runner

ORDERS = "客户名称,城市\n华东家电,上海\n".encode()


def test_a_suggestion_is_answered_and_kept_nowhere(w: Workspace) -> None:
    answer = w.client.post(f"{w.path}/mappings/suggest", files={"file": ("客户.csv", ORDERS)})
    assert answer.status_code == 200
    body = answer.json()
    assert read_mapping(body["mapping"]).model.files
    (table,) = body["tables"]
    assert [(column["column"], column["means"]) for column in table["columns"]] == [("客户名称", "customer"), ("城市", "city")]
    assert (table["file"], table["sheet"], table["header_row"], table["header_rows"], table["rows"], table["left_out"]) == ("客户.csv", None, 1, 1, 1, [])
    assert (body["encoding"], body["questions"][0]["id"]) == ({"客户.csv": "utf-8"}, "firm")
    assert w.get("/mappings")["items"] == []
    assert w.get("/parties")["items"] == []


def test_what_is_no_file_that_is_read_is_refused(w: Workspace) -> None:
    assert_problem(w.client.post(f"{w.path}/mappings/suggest", files={"file": ("a.pdf", b"%PDF")}), 415, "unsupported-media")
    assert_problem(w.client.post(f"{w.path}/mappings/suggest", files={"other": ("a.csv", b"x")}), 422, "invalid")


def test_a_set_is_asked_about_and_answered(w: Workspace) -> None:
    files = [("file", ("客户.csv", ORDERS)), ("file", ("table.csv", "sums of all\ncompany;amount\n华东家电;5\nKiwi;7\n".encode()))]
    options = {"header_row": "table.csv:2", "delimiter": "table.csv:;", "locale": "en"}
    first = w.client.post(f"{w.path}/mappings/suggest", files=files, data=options).json()
    assert [(table["file"], table["header_row"]) for table in first["tables"]] == [("客户.csv", 1), ("table.csv", 2)]
    (question,) = [question for question in first["questions"] if question["id"] == "relation:table.csv"]
    answers = json.dumps({question["id"]: question["choices"][1]})
    second = w.client.post(f"{w.path}/mappings/suggest", files=files, data=options | {"answers": answers}).json()
    assert question["choices"][1]["value"] in second["mapping"].split("files:")[1]
    assert question["id"] not in [asked["id"] for asked in second["questions"]]
    assert "# A suggestion" in second["mapping"]


def test_options_that_do_not_fit_are_refused_with_their_name(w: Workspace) -> None:
    cases = (("header_row", "0", "out-of-range"), ("delimiter", "客户.csv:ab", "invalid"), ("answers", "[1]", "wrong-type"), ("answers", "{", "bad-json"))
    for option, value, code in cases:
        answer = w.client.post(f"{w.path}/mappings/suggest", files={"file": ("客户.csv", ORDERS)}, data={option: value})
        assert answer.status_code == 422
        assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(option, code)]


def test_the_command_line_writes_the_same(tmp_path: Path) -> None:
    (tmp_path / "客户.csv").write_bytes(ORDERS)
    run = runner(tmp_path / "store")
    (tmp_path / "answers.json").write_text(json.dumps({"firm": "Ningxin"}), "utf-8")
    options = ("--locale", "en", "--header-rows", "客户.csv:1", "--answers", str(tmp_path / "answers.json"))
    done = run("mapping", "suggest", str(tmp_path / "客户.csv"), *options, "-o", str(tmp_path / "m.yaml"), "--json")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "m.yaml").read_text("utf-8") == json.loads(done.stdout)["mapping"]
    assert "name: Ningxin" in (tmp_path / "m.yaml").read_text("utf-8")

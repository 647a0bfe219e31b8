"""Every command: what it prints, what it leaves with, and that an error is a line and never a traceback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from service.cli.console import DONE, FAILED, REJECTED, WRONG_USE
from service.cli.main import COMMANDS
from service.core.settings import PREFIX, Settings
from tests.cli.conftest import Run, process_runner

FIRM = [
    {"type": "party", "id": "firm", "name": "Firm", "kind": "organization"},
    {"type": "party", "id": "d/1", "name": "Dealer [bold]", "kind": "organization"},
    {"type": "role", "id": "r", "source": "d/1", "target": "firm", "role": "distributor"},
    {"type": "value_flow", "id": "v", "source": "d/1", "target": "firm", "kind": "money", "amount": "5", "currency": "CNY", "valid_from": "2025"},
]

MAPPING = """
name: customers
workspace: {name: Shop, focal_party_id: shop, base_currency: EUR}
files:
  customers:
    pattern: customers.csv
    records:
      - {type: party, id: "customer:{id}", name: "{name}", kind: person}
"""


def file_of(directory: Path, records: list[dict[str, Any]], name: str = "facts.ndjson") -> str:
    path = directory / name
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return str(path)


def answered(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == DONE, done.stderr
    return json.loads(done.stdout)


# -- each command as a process


_NAMES = {"mapping": ("mapping", "suggest")}
"""A command of commands by one of them."""


def test_every_command_runs_as_a_process(demo_process: Run, tmp_path: Path) -> None:
    path = file_of(tmp_path, FIRM)
    process = process_runner(tmp_path / "store")
    (what_if := tmp_path / "what_if.yaml").write_text("name: without\nedits: [{op: remove_party, id: d/1}]\n", "utf-8")
    (table := tmp_path / "table.csv").write_text("name,city\nAcme,Rome\n", "utf-8")
    arguments: dict[str, tuple[str, ...]] = {
        "import": (path, "-w", "w", "--focal", "firm"),
        "neo4j-files": (path, "-w", "w", "-o", str(tmp_path / "files")),
        "analyze": ("-w", "w"),
        "top": ("influence", "-w", "w"),
        "mapping": ("suggest", str(table)),
        "imports": ("-w", "w"),
        "ranking": ("distributor", "-w", "w"),
        "explain": ("d/1", "-w", "w"),
        "customers": ("-w", "w"),
        "chains": ("d/1", "-w", "w"),
        "scenario": (str(what_if), "-w", "w"),
        "report": ("strategy", "-o", str(tmp_path / "report.html")),
        "export": ("-w", "w", "-o", str(tmp_path / "export.ndjson")),
        "template": ("-o", str(tmp_path / "template.xlsx")),
        "doctor": (),
    }
    done = {name: process(name, *given, "--json") for name, given in arguments.items()} | {"demo": demo_process("demo", "--json")}
    done["rollback"] = process("rollback", json.loads(done["import"].stdout)["import_id"], "-w", "w", "--dry-run", "--json")
    assert {name: ended.stderr for name, ended in done.items() if ended.returncode != DONE} == {}
    assert all(json.loads(ended.stdout) for ended in done.values())
    asked = process("query", "RETURN 1")  # on the embedded store it says what is missing
    assert (asked.returncode, "needs-neo4j" in asked.stderr) == (FAILED, True)
    assert process("top").returncode == WRONG_USE
    assert done.keys() | {"query", "serve"} == COMMANDS.keys()


# -- all commands


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_answers_in_json(run: Run, command: str) -> None:
    done = run(*_NAMES.get(command, (command,)), "--help")
    assert done.returncode == DONE
    assert "--json" in done.stdout


def test_an_unknown_command_is_wrong_use(run: Run) -> None:
    assert run("banana").returncode == WRONG_USE


def test_no_command_shows_the_commands(run: Run) -> None:
    assert all(name in run().stdout + run().stderr for name in COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ("top",),
        ("top", "influence", "--limit", "0"),
        ("import", "nowhere.ndjson", "-w", "w"),
        ("serve", "--port", "banana"),
        ("export", "-f", "banana"),
        ("explain",),
    ],
)
def test_wrong_use_leaves_with_two(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == WRONG_USE
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("top", "banana", "-w", "demo"), "not-found"),
        (("explain", "banana", "-w", "demo"), "not-found"),
        (("explain", "pinlan", "-w", "demo", "--score", "banana"), "not-found"),
        (("customers", "-w", "demo", "--kind", "banana"), "invalid"),
        (("chains", "banana", "-w", "demo"), "invalid"),
        (("analyze", "-w", "demo", "--metric", "banana"), "invalid"),
        (("analyze", "-w", "demo", "--as-of", "2025-13-01"), "invalid"),
        (("report", "banana", "-w", "demo", "-o", "-"), "invalid"),
        (("report", "strategy", "-w", "demo", "-o", "-", "--as-of", "1990-01-01"), "not-found"),
        (("query", "RETURN 1", "-w", "demo"), "needs-neo4j"),
        (("query", "RETURN 1", "-w", "demo", "--parameters", "[1]"), "invalid"),
        (("export", "-w", "banana"), "not-found"),
    ],
)
def test_what_goes_wrong_is_one_line_with_its_code_and_a_problem_in_json(on_demo: Run, arguments: tuple[str, ...], code: str) -> None:
    plain = on_demo(*arguments)
    assert plain.returncode == FAILED
    assert f"[{code}]" in plain.stderr.splitlines()[0]
    assert "Traceback" not in plain.stderr
    assert plain.stdout == ""
    if arguments[0] != "export":
        problem = json.loads(on_demo(*arguments, "--json").stderr)
        assert problem["type"] == f"/problems/{code}"
        assert problem["status"] >= 400


def test_a_setting_that_cannot_be_used_is_named(run: Run) -> None:
    done = run("doctor", STAKEHOLDER_GRAPH_LOG_LEVEL="banana")
    assert done.returncode == FAILED
    assert "STAKEHOLDER_GRAPH_LOG_LEVEL" in done.stderr
    assert "Traceback" not in done.stderr


# -- demo, top, explain, analyze, report


def test_the_demo_is_made_once(on_demo: Run) -> None:
    first = answered(on_demo("demo", "--json"))
    second = answered(on_demo("demo", "--json"))
    assert first["analysis_id"] == second["analysis_id"]
    assert first["as_of"] == "2025-12-31"


def test_the_workspace_may_be_left_out_where_there_is_only_one(on_demo: Run) -> None:
    assert answered(on_demo("top", "influence", "--json")) == answered(on_demo("top", "influence", "-w", "demo", "--json"))


def test_a_workspace_must_be_named_where_there_is_none(run: Run) -> None:
    done = run("top", "influence")
    assert done.returncode == WRONG_USE
    assert "there is no workspace yet" in " ".join(done.stderr.split())


def test_top_lists_the_highest(on_demo: Run) -> None:
    items = answered(on_demo("top", "influence", "--limit", "3", "--json"))["items"]
    assert [item["rank"] for item in items] == [1, 2, 3]
    table = on_demo("top", "influence", "--limit", "3").stdout
    assert all(item["name"] in table for item in items)


def test_top_can_be_narrowed_to_a_role(on_demo: Run) -> None:
    everybody = answered(on_demo("top", "value_flow", "--json"))["total"]
    assert 0 < answered(on_demo("top", "value_flow", "--role", "supplier", "--json"))["total"] < everybody
    assert answered(on_demo("top", "value_flow", "--role", "供应商", "--json")) == answered(on_demo("top", "value_flow", "--role", "supplier", "--json"))
    refused = on_demo("top", "value_flow", "--role", "banana", "--json")
    assert (refused.returncode, json.loads(refused.stderr)["errors"][0]["code"]) == (1, "unknown-value")


def test_explain_shows_parts_that_add_up(on_demo: Run) -> None:
    found = answered(on_demo("explain", "pinlan", "--score", "value_flow", "--json"))
    assert sum(part["points"] for part in found["parts"]) == pytest.approx(found["value"], abs=1e-9)
    text = on_demo("explain", "pinlan", "--score", "value_flow").stdout
    assert "Pass-through" in text
    assert "pinlan > haiyue" in text


def test_a_class_is_explained_by_its_conditions(on_demo: Run) -> None:
    found = answered(on_demo("explain", "sunmart", "--score", "tier", "--json"))
    assert [part["points"] for part in found["parts"]].count(1.0) == 1
    assert f"sunmart: tier {found['value']}" in on_demo("explain", "sunmart", "--score", "tier").stdout


def test_customers_and_chains_of_the_demo(on_demo: Run) -> None:
    found = answered(on_demo("customers", "--kind", "end", "--json"))
    assert {item["kind"] for item in found["items"]} == {"end"}
    best = found["items"][0]
    text = on_demo("customers", "--kind", "end").stdout
    assert f"customers: 20 of {found['total']} rows" in text
    assert "of the output" in text
    ways = answered(on_demo("chains", best["party_id"], "--json"))
    assert all(item["parties"][-1] == best["party_id"] for item in ways["items"])
    assert 0 < ways["shown_share"] <= ways["total_share"] + 1e-9
    assert "that comes to these ends" in on_demo("chains", best["party_id"]).stdout


def test_analyze_keeps_what_it_was_asked_for(on_demo: Run) -> None:
    about = answered(on_demo("analyze", "--metric", "pagerank", "--as-of", "2024-12-31", "--json"))
    assert (list(about["metrics"]), about["as_of"]) == (["pagerank"], "2024-12-31")
    found = answered(on_demo("top", "pagerank", "--analysis", about["analysis_id"], "--json"))
    assert sum(item["value"] or 0 for item in found["items"]) > 0


def test_analyze_makes_a_series(on_demo: Run) -> None:
    about = answered(on_demo("analyze", "--metric", "community", "--series", "2024-06-30", "2024-12-31", "P3M", "--json"))
    assert [date["as_of"] for date in about["dates"]] == ["2024-06-30", "2024-09-30", "2024-12-30"]
    assert "2024-12-30: " in on_demo("analyze", "--metric", "community", "--series", "2024-12-30", "2024-12-31", "P1M").stdout


def test_analyze_says_what_it_did(on_demo: Run) -> None:
    text = on_demo("analyze", "--metric", "degree").stdout
    assert "1 results" in text


def test_report_writes_a_page(on_demo: Run, tmp_path: Path) -> None:
    about = answered(on_demo("report", "strategy", "--locale", "zh", "-o", str(tmp_path / "r.html"), "--json"))
    assert about["locale"] == "zh"
    assert (tmp_path / "r.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert on_demo("report", "strategy", "-o", "-").stdout.startswith("<!DOCTYPE html>")


def test_a_report_that_cannot_be_written_says_so(on_demo: Run, tmp_path: Path) -> None:
    done = on_demo("report", "strategy", "-o", str(tmp_path / "no" / "r.html"))
    assert done.returncode == FAILED
    assert "Traceback" not in done.stderr


# -- import and export


def test_import_makes_the_workspace_and_takes_the_records(run: Run, tmp_path: Path) -> None:
    path = file_of(tmp_path, FIRM)
    first = answered(run("import", path, "-w", "w", "--focal", "firm", "--default-as-of", "2025-12-31", "--time-zone", "Asia/Tokyo", "--json"))
    assert (first["created"], first["rejected"]) == (4, 0)
    assert answered(run("import", path, "-w", "w", "--json"))["unchanged"] == 4
    assert run("analyze").returncode == DONE
    assert "Dealer [bold]" in run("top", "value_flow").stdout


def test_import_leaves_with_three_where_rows_were_rejected(run: Run, tmp_path: Path) -> None:
    path = file_of(tmp_path, [*FIRM, {"type": "party", "id": "x", "name": "X", "kind": "banana"}])
    done = run("import", path, "-w", "w", "--on-error", "skip", "--json")
    assert done.returncode == REJECTED
    result = json.loads(done.stdout)
    assert (result["created"], result["rejected"], result["errors"][0]["line"]) == (4, 1, 5)
    assert "line 5" in run("import", path, "-w", "w", "--on-error", "skip").stderr


def test_import_writes_nothing_where_a_row_is_wrong(run: Run, tmp_path: Path) -> None:
    done = run("import", file_of(tmp_path, [*FIRM, {"type": "party", "id": "x", "name": "X", "kind": "banana"}]), "-w", "w")
    assert done.returncode == FAILED
    assert "line 5" in done.stderr
    assert run("export", "-w", "w").returncode == FAILED  # the workspace that was made for it is gone again


def test_a_dry_run_writes_nothing(run: Run, tmp_path: Path) -> None:
    done = run("import", file_of(tmp_path, FIRM), "-w", "w", "--dry-run")
    assert done.returncode == DONE
    assert "would be: 4 accepted" in done.stdout
    assert "not-found" in run("export", "-w", "w").stderr


def test_import_reads_a_mapping(run: Run, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("id,name\n1,Ann\n2,Bob\n", "utf-8")
    (tmp_path / "customers.yaml").write_text(MAPPING, "utf-8")
    result = answered(run("import", str(tmp_path / "customers.csv"), "-m", str(tmp_path / "customers.yaml"), "-w", "w", "--json"))
    assert result["by_type"] == {"party": 2}


def test_a_mapping_that_is_not_there_is_an_error(run: Run, tmp_path: Path) -> None:
    done = run("import", file_of(tmp_path, FIRM), "-w", "w", "-m", str(tmp_path / "no.yaml"))
    assert done.returncode == FAILED
    assert "no.yaml" in done.stderr


def test_export_import_and_export_give_the_same_bytes(run: Run, tmp_path: Path) -> None:
    run("import", file_of(tmp_path, FIRM), "-w", "w")
    first = run("export", "-w", "w").stdout
    (tmp_path / "export.ndjson").write_text(first, "utf-8")
    run("import", str(tmp_path / "export.ndjson"), "-w", "other")
    done = answered(run("export", "-w", "other", "-o", str(tmp_path / "again.ndjson"), "--json"))
    assert (tmp_path / "again.ndjson").read_text("utf-8") == first
    assert done["records"] == 4
    assert len(first.splitlines()) == 4


def test_export_of_a_day_has_only_what_is_true_then(run: Run, tmp_path: Path) -> None:
    run("import", file_of(tmp_path, FIRM), "-w", "w")
    assert '"id":"v"' not in run("export", "-w", "w", "--as-of", "2024-06-30").stdout


# -- doctor and serve


def test_doctor_shows_settings_versions_and_checks(run: Run) -> None:
    found = answered(run("doctor", "--json"))
    assert found["status"] == "ok"
    assert found["settings"].keys() == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert "networkx" in found["engine"]
    assert "store" in run("doctor").stdout


def test_doctor_covers_passwords_and_leaves_with_one_where_the_store_is_down(run: Run, tmp_path: Path) -> None:
    run("import", file_of(tmp_path, FIRM), "-w", "w")
    down = {
        "STAKEHOLDER_GRAPH_STORE": "neo4j://neo4j:open-sesame@127.0.0.1:9/neo4j",
        "STAKEHOLDER_GRAPH_DATA": str(tmp_path / "data"),
        "STAKEHOLDER_GRAPH_DEADLINE_S": "2",
    }
    done = run("doctor", "--json", **down)
    assert done.returncode == FAILED
    assert "open-sesame" not in done.stdout + done.stderr
    assert json.loads(done.stdout)["checks"]["store"] != "ok"


def test_serve_serves_until_it_is_stopped(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"STAKEHOLDER_GRAPH_STORE": f"sqlite:///{tmp_path}", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", "from service.cli.main import main; main()", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert _health(port) == {"status": "ok"}
        finally:
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=30)
    assert f"http://127.0.0.1:{port}" in output
    assert "Traceback" not in errors


def _health(port: int) -> Any:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as response:
                return json.load(response)
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")

"""``scenario``: a file of edits, what it comes to as a table and as JSON, and errors by their field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.cli.console import DONE, FAILED
from tests.cli.conftest import Run
from tests.cli.test_cli import FIRM, answered, file_of


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("what_if.yaml", "name: without the dealer\nbase: {as_of: 2025-12-31}\nedits:\n  - {op: remove_party, id: d/1}\n"),
        ("what_if.json", json.dumps({"name": "without the dealer", "base": {"as_of": "2025-12-31"}, "edits": [{"op": "remove_party", "id": "d/1"}]})),
    ],
)
def test_a_file_of_edits_is_computed_and_shown(run: Run, tmp_path: Path, name: str, text: str) -> None:
    run("import", file_of(tmp_path, FIRM), "-w", "w", "--focal", "firm")
    (file := tmp_path / name).write_text(text, "utf-8")
    found = answered(run("scenario", str(file), "-w", "w", "--json"))
    assert (found["name"], found["value_lost"]) == ("without the dealer", 5.0)
    shown = run("scenario", str(file), "-w", "w").stdout
    assert "value lost: 5.00 CNY (sales 5.00 > 0.00, purchases 0.00 > 0.00)" in shown
    assert "removed" in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x\nedits: [{op: remove_party, id: banana}]", "edits[0].id: there is no party 'banana'"),
        ("- banana", "a scenario is an object"),
        ("name: [", "The scenario is not YAML"),
    ],
)
def test_what_cannot_be_done_is_an_error_with_its_field(run: Run, tmp_path: Path, text: str, said: str) -> None:
    run("import", file_of(tmp_path, FIRM), "-w", "w", "--focal", "firm")
    (file := tmp_path / "what_if.yaml").write_text(text, "utf-8")
    done = run("scenario", str(file), "-w", "w")
    assert (done.returncode, said in done.stderr) == (FAILED, True), done.stderr


def test_a_scenario_leaves_the_records_as_they_are(run: Run, tmp_path: Path) -> None:
    run("import", file_of(tmp_path, FIRM), "-w", "w", "--focal", "firm")
    before = run("export", "-w", "w").stdout
    (file := tmp_path / "what_if.yaml").write_text("name: x\nedits: [{op: remove_party, id: d/1}]", "utf-8")
    assert run("scenario", str(file), "-w", "w").returncode == DONE
    assert run("export", "-w", "w").stdout == before

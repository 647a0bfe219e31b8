"""Which settings of a Neo4j server are not safe, and that a real server can be asked for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.core.settings import read_settings
from service.stores.neo4j.server_settings import RULES, unsafe_settings
from tests.cli.conftest import runner

SAFE = {
    "db.transaction.timeout": "1m",
    "dbms.security.allow_csv_import_from_file_urls": "false",
    "dbms.security.auth_enabled": "true",
    "dbms.security.procedures.allowlist": "db.*,dbms.components",
    "dbms.security.procedures.unrestricted": "",
}
DEFAULTS = {
    "db.transaction.timeout": "0s",
    "dbms.security.allow_csv_import_from_file_urls": "true",
    "dbms.security.auth_enabled": "false",
    "dbms.security.procedures.allowlist": "*",
    "dbms.security.procedures.unrestricted": "apoc.*",
}


@pytest.mark.parametrize("setting", RULES)
def test_what_a_rule_lets_pass_and_what_it_finds(setting: str) -> None:
    is_unsafe, why = RULES[setting]
    assert (is_unsafe(SAFE[setting]), is_unsafe(DEFAULTS[setting])) == (False, True)
    assert why


@pytest.mark.neo4j
def test_a_server_is_asked_for_every_setting_that_has_a_rule(neo4j_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in RULES:
        monkeypatch.setitem(RULES, setting, (lambda value: True, "asked"))
    found = unsafe_settings(read_settings(store=neo4j_address).neo4j)
    assert [item.setting for item in found] == sorted(RULES)


@pytest.mark.neo4j
def test_doctor_names_what_is_not_safe(neo4j_address: str, tmp_path: Path) -> None:
    run = runner(tmp_path)
    found = json.loads(run("doctor", "--json", STAKEHOLDER_GRAPH_STORE=neo4j_address, STAKEHOLDER_GRAPH_DATA=str(tmp_path)).stdout)
    assert found["status"] == "ok"
    assert {item["setting"] for item in found["unsafe"]} <= RULES.keys()
    assert read_settings(store=neo4j_address).neo4j.password.get_secret_value() not in json.dumps(found["settings"])

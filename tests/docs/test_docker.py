"""What the service is packed into: Docker's own check where it is there, and what must hold in any case."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.core.settings import Settings
from tests.cli.conftest import environment

ROOT = Path(__file__).parents[2]


def compose_command() -> list[str]:
    """Docker's or the older program's ``compose``; the test is skipped where there is neither."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) and subprocess.run([*command, "version"], capture_output=True, check=False).returncode == 0:
            return command
    pytest.skip("docker compose is not there")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    return found


NEEDED = {"NEO4J_PASSWORD": "eightormore", "STAKEHOLDER_GRAPH_TOKEN": "sixteen-or-more-of-them"}


def test_docker_compose_takes_the_file() -> None:
    done = subprocess.run([*compose_command(), "config", "--quiet"], cwd=ROOT, env={**os.environ, **NEEDED}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", NEEDED)
def test_docker_compose_wants_a_password_and_a_token(name: str) -> None:
    environment = {other: value for other, value in (os.environ | NEEDED).items() if other != name}
    done = subprocess.run([*compose_command(), "config", "--quiet"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert name in done.stderr


def test_the_service_of_docker_compose_has_a_token_and_its_hosts(services: dict[str, Any]) -> None:
    environment = services["service"]["environment"]
    assert environment["STAKEHOLDER_GRAPH_TOKEN"].startswith("${STAKEHOLDER_GRAPH_TOKEN:?")
    default = environment["STAKEHOLDER_GRAPH_HOSTS"].partition(":-")[2].removesuffix("}")
    assert Settings(hosts=default).allowed_hosts == Settings().allowed_hosts


def test_the_command_of_the_image_does_not_start_without_token_and_hosts(tmp_path: Path) -> None:
    command = json.loads(next(line for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines() if line.startswith("CMD ")).removeprefix("CMD "))
    program = [sys.executable, "-c", "from service.cli.main import main; main()", *command[1:]]
    done = subprocess.run(program, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=60, check=False)
    assert (command[0], done.returncode) == ("stakeholder-graph", 2)
    said = " ".join(done.stderr.replace("│", " ").split())
    assert "STAKEHOLDER_GRAPH_HOSTS and STAKEHOLDER_GRAPH_TOKEN" in said


def test_neo4j_runs_with_safe_settings(services: dict[str, Any]) -> None:
    settings = services["neo4j"]["environment"]
    assert services["neo4j"]["image"].startswith("neo4j:5.26")
    assert settings["NEO4J_db_transaction_timeout"].endswith("s")
    assert settings["NEO4J_db_memory_transaction_max"] != "0B"
    assert settings["NEO4J_dbms_security_allow__csv__import__from__file__urls"] == "false"
    allowed = settings["NEO4J_dbms_security_procedures_allowlist"].split(",")
    assert not [name for name in allowed if re.match(r"apoc|genai|\*|dbms\.(kill|security|set|list)", name)]


def test_the_local_server_and_docker_allow_the_same_procedures(services: dict[str, Any]) -> None:
    local = re.search(r"procedures\.allowlist=(\S+)", (ROOT / "tools/neo4j/server").read_text("utf-8"))
    assert local is not None
    assert local[1] == services["neo4j"]["environment"]["NEO4J_dbms_security_procedures_allowlist"]


def test_everything_is_published_on_this_machine_only_and_has_its_data_in_volumes(services: dict[str, Any]) -> None:
    assert all(port.startswith("127.0.0.1:") for service in services.values() for port in service["ports"])
    assert all(service["volumes"] and service["mem_limit"] and service["pids_limit"] for service in services.values())
    assert services["service"]["depends_on"]["neo4j"]["condition"] == "service_healthy"
    assert services["service"]["read_only"] is True
    assert "healthcheck" in services["neo4j"]


def test_the_image_is_built_in_stages_and_runs_as_nobody_special() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    assert sum(line.startswith("FROM ") for line in lines) == 2
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users
    assert not users[-1].startswith(("0", "root"))
    assert any(line.startswith("HEALTHCHECK ") for line in lines)
    assert any("--require-hashes" in line for line in lines)


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    taken = {name.removeprefix("!") for name in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if name.startswith("!")}
    copied = {
        name
        for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for name in line.split()[1:-1]
    }
    assert copied <= taken
    assert all((ROOT / name).exists() for name in copied - {"README.md", "LICENSE"})

"""The wheel at work outside the source tree: as `pip install` leaves it, and as the image runs it, without rights and without a disk to write to."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.ship.conftest import NOBODY, ROOT, Installed

pytestmark = pytest.mark.shipped
TOKEN = "for-the-test-of-the-image"  # no secret: the server of this test alone takes it
HOSTS = "127.0.0.1,localhost"
DEMO = "/v1/workspaces/demo"


class Server(NamedTuple):
    """A running service."""

    address: str
    process: subprocess.Popen[str]

    def ask(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {TOKEN}"} | ({"Content-Type": "application/json"} if body is not None else {})
        request = urllib.request.Request(self.address + path, None if body is None else json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read()

    def json(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return json.loads(self.ask(path, body)[1])

    def finished(self, job_id: str) -> dict[str, Any]:
        for _ in range(600):
            job: dict[str, Any] = self.json(f"/v1/jobs/{job_id}")
            if job["state"] not in ("queued", "running"):
                return job
            time.sleep(0.1)
        raise AssertionError("the job did not end within a minute")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(command: list[str], port: int, **options: Any) -> Iterator[Server]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    server = Server(f"http://127.0.0.1:{port}", process)
    try:
        for _ in range(600):
            if process.poll() is not None:
                break
            try:
                server.ask("/readyz")
            except OSError:
                time.sleep(0.1)
            else:
                break
        assert process.poll() is None, (process.stdout.read() if process.stdout else "")[-3000:]
        yield server
    finally:
        process.terminate()
        process.communicate(timeout=60)


@pytest.fixture(scope="module")
def environment(installed: Installed) -> dict[str, str]:
    home = installed.directory / "home"
    home.mkdir()
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "STAKEHOLDER_GRAPH_STORE": f"sqlite:///{home / 'stores'}"}


@pytest.fixture(scope="module")
def server(installed: Installed, environment: dict[str, str]) -> Iterator[Server]:
    """The demo, made and served by the installed commands in an empty directory."""
    made = installed.run("stakeholder-graph", "demo", "--json", environment=environment)
    assert made.returncode == 0, made.stderr[-3000:]
    port = free_port()
    command = [str(installed.directory / "venv/bin/stakeholder-graph"), "serve", "--port", str(port)]
    with serving(command, port, cwd=installed.directory / "empty", env=environment) as running:
        yield running


def test_the_code_that_runs_is_that_of_the_wheel(installed: Installed) -> None:
    where = installed.run(
        "python", "-c", "import service, graph_models, examples; print(*(m.__path__[0] for m in (service, graph_models, examples)))", environment={}
    )
    assert where.returncode == 0, where.stderr
    assert all(path.startswith(str(installed.directory)) for path in where.stdout.split())


def test_a_score_and_its_explanation_are_answered(server: Server) -> None:
    first = server.json(f"{DEMO}/analyses/latest/scores/influence?limit=1")["items"][0]
    explained = server.json(f"{DEMO}/analyses/latest/parties/{first['party_id']}/explain?score=influence")
    assert explained["value"] == first["value"] > 0
    assert sum(part["points"] or 0 for part in explained["parts"]) == pytest.approx(explained["value"])
    assert any(part["evidence"] for part in explained["parts"])


def test_a_report_is_written_by_the_worker(server: Server) -> None:
    job = server.finished(server.json(f"{DEMO}/reports", {"kind": "strategy", "locale": "zh"})["id"])
    assert job["state"] == "done", job
    status, page = server.ask(f"{DEMO}/reports/{job['result']['report_id']}")
    assert status == 200
    assert '<html lang="zh-CN">' in page.decode("utf-8")


def test_the_saved_questions_are_listed_and_their_texts_are_there(server: Server, installed: Installed) -> None:
    questions = server.json(f"{DEMO}/queries")["items"]
    assert len(questions) > 10
    assert all(question["title"]["en"] and question["title"]["zh"] for question in questions)
    code = f"from service.stores.neo4j.statements import statement; print(statement('exploration/{questions[0]['name']}').text)"
    shown = installed.run("python", "-c", code, environment={})
    assert "MATCH" in shown.stdout, shown.stderr


def test_the_first_page_is_answered(server: Server) -> None:
    status, page = server.ask("/")
    assert status == 200
    assert b"<html" in page


class Image(NamedTuple):
    """What the last stage of the Dockerfile says."""

    environment: dict[str, str]
    user: str
    directory: str
    command: list[str]
    health: list[str]


def image() -> Image:
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text("utf-8")).rpartition("\nFROM ")[2]
    lines = [line.partition(" ") for line in text.splitlines()]
    last = {name: rest for name, _, rest in lines}
    environment = {name: value for word, _, rest in lines if word == "ENV" for name, _, value in (part.partition("=") for part in shlex.split(rest))}
    health = json.loads(last["HEALTHCHECK"].partition("CMD ")[2])
    return Image(environment, last["USER"], last["WORKDIR"], json.loads(last["CMD"]), health)


@contextmanager
def run_image(installed: Installed, data: Path, port: int) -> Iterator[Server]:
    """The image's command as its user, in a copy of its layout: nothing can be written but its volume and `/tmp`."""
    about = image()
    environment = {name: value.replace("/venv", f"{installed.directory}/venv").replace("/data", str(data)) for name, value in about.environment.items()}
    environment["PATH"] = environment["PATH"].replace("$PATH", "/usr/bin:/bin")
    environment |= {"STAKEHOLDER_GRAPH_TOKEN": TOKEN, "STAKEHOLDER_GRAPH_HOSTS": HOSTS}
    words = [str(installed.directory / "venv/bin" / about.command[0]), *(str(port) if word == "8000" else word for word in about.command[1:])]
    if os.geteuid() == 0 and shutil.which("unshare") and shutil.which("setpriv"):
        user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs", "--bounding-set=-all", "--", *words]
        mounts = f"mount --bind {data} {data} && mount -o remount,bind,ro / && mount -t tmpfs -o mode=1777 tmpfs /tmp && cd {data} && exec {shlex.join(user)}"
        words = ["unshare", "--mount", "sh", "-c", mounts]
    with serving(words, port, cwd=data, env=environment) as running:
        yield running


def test_the_command_of_the_image_runs_without_rights_on_a_disk_that_cannot_be_written(installed: Installed) -> None:
    about = image()
    assert about.user.split(":")[0] == str(NOBODY)
    assert about.directory == "/data"
    data = installed.directory / "data"
    data.mkdir()
    if os.geteuid() == 0:
        os.chown(data, NOBODY, NOBODY)
    port = free_port()
    with run_image(installed, data, port) as server:
        workspace = {"id": "mine", "name": "Mine", "focal_party_id": "firm"}
        assert server.ask("/v1/workspaces", workspace)[0] == 201
        records = [{"id": "firm", "name": "Firm", "kind": "organization"}, {"id": "acme", "name": "Acme", "kind": "organization"}]
        for record in records:
            assert server.ask("/v1/workspaces/mine/parties", record)[0] == 201
        job = server.finished(server.json("/v1/workspaces/mine/analyses", {"metrics": ["degree"]})["id"])
        assert job["state"] == "done", job
        check = [word.replace("8000", str(port)) for word in about.health]
        assert installed.run(*check, environment={"STAKEHOLDER_GRAPH_HOSTS": HOSTS}).returncode == 0
        if os.geteuid() == 0:
            owner = Path(f"/proc/{_serving_process(port)}").stat().st_uid
            assert owner == NOBODY
    assert any(data.rglob("*.sqlite*"))


def _serving_process(port: int) -> int:
    """The process that listens on a port."""
    listening = {line.split()[9] for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:] if line.split()[1].endswith(f":{port:04X}")}
    for folder in Path("/proc").glob("[0-9]*"):
        links = (link for link in folder.glob("fd/*") if link.is_symlink())
        try:
            if any(os.readlink(link) in {f"socket:[{inode}]" for inode in listening} for link in links):
                return int(folder.name)
        except OSError:
            continue
    raise AssertionError("nobody listens")

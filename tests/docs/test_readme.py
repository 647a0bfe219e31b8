"""The commands of the README, run as they are written against a service that was started as the README says."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
ADDRESS = "127.0.0.1:8000"
BLOCKS = [block for block in re.findall(r"```sh\n(.*?)```", README.read_text("utf-8"), re.DOTALL) if "curl" in block]
CLI = "from service.cli.main import main; main()"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What ``make run`` starts: the demo, served; on another port where that of the README is taken."""
    environment = os.environ | {"STAKEHOLDER_GRAPH_STORE": f"sqlite:///{tmp_path_factory.mktemp('readme')}"}
    subprocess.run([sys.executable, "-c", CLI, "demo"], env=environment, check=True, capture_output=True, timeout=120)
    port = _port()
    with subprocess.Popen([sys.executable, "-c", CLI, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(port)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _port() -> int:
    for wanted in (8000, 0):
        with socket.socket() as free:
            try:
                free.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return int(free.getsockname()[1])
    raise AssertionError("no free port")


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the service did not start")


def run(block: str, address: str, directory: Path) -> str:
    script = "set -euo pipefail\n" + block.replace(ADDRESS, address)
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run([bash, "-c", script], capture_output=True, text=True, encoding="utf-8", timeout=120, check=False, cwd=directory)
    assert done.returncode == 0, (script, done.stdout, done.stderr)
    return done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
class TestReadme:
    """In the order of the page."""

    def test_a_first_look(self, address: str, tmp_path: Path) -> None:
        influence, value_flow, explained, sinks, *of_customers, found, earlier = map(json.loads, _documents(run(BLOCKS[0], address, tmp_path)))
        customers, chains, risks = of_customers
        assert [len(influence["items"]), len(value_flow["items"])] == [5, 5]
        assert explained["party_id"] == "pinlan"
        assert sum(part["points"] for part in explained["parts"]) == pytest.approx(explained["value"])
        assert sinks["unattributed"]["share"] + sum(item["share"] for item in sinks["items"]) == pytest.approx(1)
        assert {item["kind"] for item in customers["items"]} == {"end"}
        assert all(item["parties"][0] == "haiyue" for item in chains["items"])
        assert len(risks["items"]) == 3
        assert [party["id"] for party in found["items"]] == ["pinlan"]
        assert earlier["id"] == "pinlan"

    def test_an_ecosystem_of_your_own(self, address: str, tmp_path: Path) -> None:
        documents = [json.loads(text) for text in _documents(run(BLOCKS[1], address, tmp_path))]
        assert documents[0]["id"] == "mine"
        assert documents[1]["created"] == 6
        assert documents[-1]["items"][0]["party_id"] == "dealer"

    def test_the_report(self, address: str, tmp_path: Path) -> None:
        run(BLOCKS[2], address, tmp_path)
        assert '<html lang="zh-CN">' in (tmp_path / "report.html").read_text("utf-8")

    def test_every_block_is_run(self) -> None:
        assert len(BLOCKS) == 3


def _documents(text: str) -> list[str]:
    """JSON values that stand one after the other, with or without line ends between them."""
    found, decoder, place = [], json.JSONDecoder(), 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        _, end = decoder.raw_decode(text, place)
        found.append(text[place:end])
        place = end
    return found

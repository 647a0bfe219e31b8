"""The examples of the contract, asked of a running service by the checks that come with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.conftest import client, pytest_generate_tests, server  # noqa: F401

CHECKS = Path(__file__).resolve().parents[3] / "shared" / "checks" / "examples.py"


@pytest.mark.skipif(not CHECKS.is_file(), reason="the contract's checks are not beside this clone (../shared/checks/examples.py)")
def test_the_examples_of_the_contract_hold(server: str) -> None:  # noqa: F811
    done = subprocess.run([sys.executable, str(CHECKS), server], capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout.count("ok ")) == (0, 4), done.stdout + done.stderr

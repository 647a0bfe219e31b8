"""The Excel template over HTTP."""

from __future__ import annotations

import time
from pathlib import Path

from tests.api.conftest import Workspace
from tests.imports.template.test_template import filled


def test_over_http_it_comes_and_goes_without_a_mapping(w: Workspace, tmp_path: Path) -> None:
    answer = w.client.get("/v1/template.xlsx", params={"locale": "zh"})
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")
    file = filled(tmp_path / "ours.xlsx", "zh")
    sent = w.client.post(f"{w.path}/imports", files={"file": (file.name, file.path.read_bytes())})
    assert sent.status_code == 202, sent.text
    until = time.monotonic() + 60
    while (job := w.client.get(sent.headers["Location"]).json())["state"] not in ("done", "failed") and time.monotonic() < until:
        time.sleep(0.05)
    assert job["state"] == "done", job
    assert len(w.get("/parties?limit=100")["items"]) >= 8

"""Changes of a large workspace: no request computes for minutes; analyses of the days are used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_models.errors import TooCostly
from service.analysis import changes
from service.analysis import run as analysis_job
from service.core.settings import read_settings
from service.jobs.job import no_progress
from service.workspaces.context import Service
from tests.analysis.test_results import W, party, write

DAYS = ("2024-12-31", "2025-12-31")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    opened = Service(read_settings(store=f"sqlite:///{tmp_path / 'stores'}", data=tmp_path / "data"))
    opened.create_workspace({"id": W, "name": "W", "focal_party_id": "p0", "default_as_of": "2025-12-31"})
    yield opened
    opened.close()


def test_above_twenty_thousand_parties_both_days_need_an_analysis(service: Service) -> None:
    write(service, *(party(f"p{number}") for number in range(changes.COMPUTED_PARTIES + 1)))
    write(service, {"type": "role", "id": "r", "source": "p1", "target": "p0", "role": "supplier", "valid_from": "2025-01-01"})
    for day, named in zip((*DAYS, None), ("2024-12-31", "2025-12-31", None), strict=True):
        if named is not None:
            with pytest.raises(TooCostly, match=f"20,001 parties .* as of {named} first"):
                changes.changes(service, W, *DAYS)
        if day is not None:
            analysis_job.run_job(service, W, {"metrics": ["influence", "value_flow"], "as_of": day}, no_progress)
    found = changes.changes(service, W, *DAYS, kind="fact")
    assert [(item["change"], item["facts"]) for item in found["items"]] == [("began", ["r"])]

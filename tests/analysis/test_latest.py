"""What ``latest`` stands for: the newest analysis that asked for nothing of its own, of the workspace's default day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph_models.errors import NotFound
from service.analysis import rankings
from service.analysis import results as analysis
from service.analysis import run as analysis_job
from service.core.settings import Settings
from service.facts.batches import take_batch
from service.reports import registry as reports
from service.stores.interface.store import Writing
from service.workspaces.context import Service
from tests.api.conftest import lines, money, party, role

W = "w"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(Settings(store=f"sqlite:///{tmp_path}", data=tmp_path))  # type: ignore[arg-type]
    service.create_workspace({"id": W, "name": "W", "focal_party_id": "firm", "default_as_of": "2025-12-31"})
    content = lines(party("firm"), party("d1"), role(valid_from="2023"), money(valid_from="2025-03"), money("v2", valid_from="2024-03"))
    take_batch(service, W, content, "abort", Writing())
    yield service
    service.close()


def made(service: Service, **request: Any) -> str:
    return str(analysis_job.run_job(service, W, {"metrics": ["degree"]} | request, lambda *_: None)["analysis_id"])


def latest(service: Service, *holding: str, **how: Any) -> str:
    return str(analysis.analysis(service, W, "latest", holding, **how)["analysis_id"])


@pytest.mark.parametrize(
    "request_",
    [
        {"filter": {"role": ["distributor"]}},
        {"known_at": 1},
        {"as_of": "2025-06-30"},
        {"parameters": {"period": {"from": "2025-01-01", "to": "2025-12-31"}}},
        {"parameters": {"product": "refrigerator"}},
        {"metrics": [{"metric": "nps", "parameters": {"toward": "d1"}}]},
        {"metrics": [{"metric": "degree", "parameters": {"graph": "facts"}}]},
        {"series": {"from": "2025-11-30", "to": "2025-12-31", "step": "P1M"}},
    ],
    ids=str,
)
def test_an_analysis_that_asked_for_something_of_its_own_is_never_latest(service: Service, request_: dict[str, Any]) -> None:
    plain = made(service)
    made(service, **request_)
    assert latest(service) == plain


def test_a_ranking_is_never_latest_and_no_series_either_but_among_series(service: Service) -> None:
    plain = made(service)
    rankings.run_job(service, W, {"role": "distributor", "from": "2025-01-01", "to": "2025-12-31"}, lambda *_: None)
    series = made(service, series={"from": "2025-11-30", "to": "2025-12-31", "step": "P1M"})
    assert (latest(service), latest(service, "degree", series=True)) == (plain, series)


def test_what_is_said_as_it_is_by_default_is_no_parameter_of_its_own(service: Service) -> None:
    made(service)
    same = made(service, metrics=[{"metric": "reach_k", "parameters": {"k": 2}}], parameters={"roll_up": "units"}, as_of="2025-12-31")
    assert latest(service) == same


def test_latest_holds_what_is_asked_for_and_follows_the_default_day(service: Service) -> None:
    scored = made(service, metrics=["influence"])
    newer = made(service, metrics=["degree"])
    assert (latest(service), latest(service, "influence")) == (newer, scored)
    service.change_workspace(W, {"default_as_of": "2025-06-30"})
    with pytest.raises(NotFound, match="2025-06-30"):
        latest(service)
    other = made(service)
    assert latest(service) == other
    service.change_workspace(W, {"default_as_of": "2025-12-31"})
    assert latest(service) == newer
    service.change_workspace(W, {"default_as_of": None})
    with pytest.raises(NotFound, match="of today"):
        latest(service)
    assert made(service) == latest(service)


def test_a_report_of_a_day_is_of_the_newest_analysis_of_that_day_with_nothing_of_its_own(service: Service) -> None:
    needed = ["influence", "value_flow", "embodied_value_added"]
    plain = made(service, metrics=needed, as_of="2025-06-30")
    made(service, metrics=needed, as_of="2025-06-30", parameters={"period": {"from": "2024-01-01", "to": "2024-12-31"}})
    _, about = reports.made(service, W, reports.check_request({"kind": "strategy", "as_of": "2025-06-30"}), lambda *_: None)
    assert about["analysis_id"] == plain

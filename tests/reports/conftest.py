"""The demo, loaded and scored once, with a server on it, and its report in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from examples.demo import DEMO_WORKSPACE, demo_records
from service.analysis import run as analysis_job
from service.core.settings import Settings, read_settings
from service.facts.batches import take_batch
from service.jobs.job import no_progress
from service.reports import registry as reports
from service.stores.interface.store import Writing
from service.workspaces.context import Service
from tests.api.conftest import Server
from tests.reports.reading import ReadReport, read_report

WORKSPACE = "demo"


@pytest.fixture(scope="session")
def demo_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    directory: Path = tmp_path_factory.mktemp("demo")
    return read_settings(store=f"sqlite:///{directory}", worker=False)


@pytest.fixture(scope="session")
def demo_service(demo_settings: Settings) -> Iterator[Service]:
    service = Service(demo_settings)
    service.create_workspace(DEMO_WORKSPACE)
    take_batch(service, WORKSPACE, b"\n".join(msgspec.json.encode(record) for record in demo_records()), "abort", Writing())
    analysis_job.run_job(service, WORKSPACE, {}, no_progress)
    yield service
    service.close()


@pytest.fixture(scope="session")
def api(demo_settings: Settings, demo_service: Service) -> Iterator[httpx.Client]:
    assert demo_service.catalog.things(WORKSPACE, "analysis")
    with Server(demo_settings) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture(scope="session", params=["en", "zh"])
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def page(demo_service: Service, locale: str) -> str:
    """The HTML of the strategy report."""
    return reports.made(demo_service, WORKSPACE, reports.check_request({"kind": "strategy", "locale": locale}), no_progress)[0]


@pytest.fixture(scope="session")
def read(page: str) -> ReadReport:
    return read_report(page)

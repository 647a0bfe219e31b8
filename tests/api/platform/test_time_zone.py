"""What "today" is: the day in the workspace's time zone, by a clock that stands still."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.analysis import results as analysis
from service.analysis import run as analysis_job
from service.analysis.rankings import ranking
from service.analysis.rankings import run_job as rank
from service.app import create_app
from service.core.settings import Settings
from service.facts.batches import take_batch
from service.reports import registry as reports
from service.stores.interface.store import Writing
from service.workspaces.context import Service
from tests.api.conftest import assert_problem, lines, money, party, role

EVENING = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)
"""Half past midnight of the next day in Shanghai."""
SHANGHAI, UTC_DAY, NEW_YORK = "2026-03-03", "2026-03-02", "2026-03-02"


def settings(directory: Path) -> Settings:
    return Settings(store=f"sqlite:///{directory}", data=directory, worker=False)  # type: ignore[arg-type]


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(settings(tmp_path), clock=lambda: EVENING)


def made(service: Service, **fields: Any) -> str:
    service.create_workspace({"id": "w", "name": "W", "focal_party_id": "firm"} | fields)
    return service.default_day(service.workspace("w"))


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({"locale": "zh"}, SHANGHAI),
        ({"locale": "en"}, UTC_DAY),
        ({"locale": "zh", "time_zone": "America/New_York"}, NEW_YORK),
        ({"locale": "en", "time_zone": "Asia/Shanghai"}, SHANGHAI),
        ({"locale": "en", "time_zone": "Pacific/Kiritimati", "default_as_of": "2025-12-31"}, "2025-12-31"),
    ],
)
def test_today_is_the_day_in_the_workspaces_time_zone(service: Service, fields: dict[str, Any], day: str) -> None:
    assert made(service, **fields) == day


def test_a_zone_that_nobody_chose_follows_the_language(service: Service) -> None:
    made(service, locale="en")
    assert service.workspace("w").as_json()["time_zone"] == "UTC"
    assert service.change_workspace("w", {"locale": "zh"}).as_json()["time_zone"] == "Asia/Shanghai"
    assert service.change_workspace("w", {"time_zone": "Europe/Berlin"}).as_json()["time_zone"] == "Europe/Berlin"
    assert service.change_workspace("w", {"locale": "en"}).as_json()["time_zone"] == "Europe/Berlin"


def test_what_a_team_writes_today_is_seen_today_over_http(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path), clock=lambda: EVENING)

    async def seen() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            for workspace, locale in (("zh", "zh"), ("en", "en")):
                body = {"id": workspace, "name": "W", "focal_party_id": "firm", "locale": locale}
                assert (await client.post("/v1/workspaces", json=body)).status_code == 201
                w = f"/v1/workspaces/{workspace}"
                content = lines(party("firm"), party("d1", valid_from=SHANGHAI), role(valid_from=SHANGHAI), money(valid_from=SHANGHAI))
                await client.post(f"{w}/batches", content=content, headers={"content-type": "application/x-ndjson"})
                is_there = locale == "zh"
                assert [item["id"] for item in (await client.get(f"{w}/value-flows")).json()["items"]] == ["v1"] * is_there
                assert (await client.get(f"{w}/roles/r1")).status_code == (200 if is_there else 404)
                near = (await client.get(f"{w}/parties/firm/neighborhood")).json()
                assert len(near["facts"]) == 2 * is_there
                assert (await client.get(f"{w}/queries?limit=1")).json()["items"][0]["parameters"][1]["default"] == (SHANGHAI if is_there else UTC_DAY)
            changed = await client.patch("/v1/workspaces/en", json={"time_zone": "Asia/Shanghai"})
            assert changed.json()["time_zone"] == "Asia/Shanghai"
            assert (await client.get("/v1/workspaces/en/roles/r1")).status_code == 200
            assert_problem(await client.patch("/v1/workspaces/en", json={"time_zone": "Mars"}), 422, "invalid", field="time_zone", code="unknown-time-zone")

    asyncio.run(seen())


def test_analyses_rankings_and_reports_are_of_today_there(service: Service) -> None:
    made(service, locale="zh")
    content = lines(party("firm"), party("d1"), role(valid_from="2025"), money(valid_from=SHANGHAI), money("v2", valid_from=UTC_DAY))
    take_batch(service, "w", content, "abort", Writing())
    found = analysis_job.run_job(service, "w", {"metrics": ["influence", "value_flow", "embodied_value_added"]}, lambda *_: None)
    about = analysis.analysis(service, "w", found["analysis_id"])
    assert (about["as_of"], about["metrics"]["value_flow"]["parameters"]["period"]["to"]) == (SHANGHAI, SHANGHAI)
    assert analysis.analysis(service, "w", "latest")["analysis_id"] == found["analysis_id"]
    ranked = rank(service, "w", {"role": "distributor", "every": "month"}, lambda *_: None)
    assert [period["to"] for period in ranking(service, "w", ranked["ranking_id"])["periods"]] == [SHANGHAI]
    assert analysis.analysis(service, "w", "latest")["analysis_id"] == found["analysis_id"]
    _, said = reports.made(service, "w", reports.check_request({"kind": "strategy"}), lambda *_: None)
    assert said["as_of"] == SHANGHAI

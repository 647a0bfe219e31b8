"""Asking for a report: requests are checked, jobs keep a file, small and odd ecosystems get a report too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from graph_models.errors import InvalidInput, NotFound
from service.analysis import run as analysis_job
from service.core.settings import read_settings
from service.facts.batches import take_batch
from service.jobs.job import no_progress
from service.reports import registry as reports
from service.stores.interface.store import Writing
from service.workspaces.context import Service
from tests.reports.reading import read_report

HOSTILE = '<script>alert("x")</script>{focal}{0}%s${jndi} & \'"'


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(read_settings(store=f"sqlite:///{tmp_path}"))
    yield service
    service.close()


def scored(service: Service, records: list[dict[str, Any]], **workspace: Any) -> None:
    """A workspace ``w`` with these records and one analysis."""
    service.create_workspace({"id": "w", "name": "W", "focal_party_id": "firm", "default_as_of": "2025-12-31"} | workspace)
    take_batch(service, "w", b"\n".join(msgspec.json.encode(record) for record in records), "abort", Writing())
    analysis_job.run_job(service, "w", {}, no_progress)


def party(party_id: str, name: str | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "party", "id": party_id, "name": name or party_id, "kind": "organization", **more}


def flow(flow_id: str, source: str, target: str, amount: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "value_flow",
        "id": flow_id,
        "source": source,
        "target": target,
        "kind": "money",
        "amount": amount,
        "currency": "CNY",
        "valid_from": "2025",
        **more,
    }


def page_of(service: Service, **request: Any) -> str:
    return reports.made(service, "w", reports.check_request({"kind": "strategy", **request}), no_progress)[0]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "banana"}, "kind"),
        ({}, "kind"),
        ({"kind": "strategy", "format": "pptx"}, "format"),
        ({"kind": "strategy", "locale": "xx"}, "locale"),
        ({"kind": "strategy", "banana": 1}, "banana"),
    ],
)
def test_a_wrong_request_names_its_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        reports.check_request(fields)
    assert [error.field for error in caught.value.errors] == [field]


def test_a_job_keeps_the_file_and_what_is_known_of_it(service: Service) -> None:
    scored(service, [party("firm"), party("acme"), flow("v", "acme", "firm", "5")])
    result = reports.run_job(service, "w", {"kind": "strategy", "locale": "zh"}, no_progress)
    kept = reports.report_file(service, "w", result["report_id"])
    assert kept.path.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert kept.media_type == "text/html; charset=utf-8"
    assert {name: result[name] for name in ("kind", "format", "locale", "as_of")} == {
        "kind": "strategy",
        "format": "html",
        "locale": "zh",
        "as_of": "2025-12-31",
    }


def test_a_report_that_is_not_there_is_not_found(service: Service) -> None:
    scored(service, [party("firm")])
    with pytest.raises(NotFound):
        reports.report_file(service, "w", "banana")


def test_a_report_without_an_analysis_says_so(service: Service) -> None:
    service.create_workspace({"id": "w", "name": "W", "focal_party_id": "firm"})
    with pytest.raises(NotFound, match="no finished analysis"):
        page_of(service)


def test_a_day_picks_the_analysis_of_that_day(service: Service) -> None:
    scored(service, [party("firm"), party("acme"), flow("v", "acme", "firm", "5")])
    analysis_job.run_job(service, "w", {"as_of": "2025-06-30"}, no_progress)
    for day in ("2025-06-30", "2025-12-31"):
        figures = read_report(page_of(service, as_of=day)).figures
        assert {figure.value for figure in figures if figure.pointer == "/as_of"} == {day}
    with pytest.raises(NotFound, match="as of 2024-01-01"):
        page_of(service, as_of="2024-01-01")


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_names_are_text_whatever_they_say(service: Service, locale: str) -> None:
    records = [party("firm", HOSTILE), party("d/1", HOSTILE + "2", region=HOSTILE), party("c?", HOSTILE + "3", region=HOSTILE)]
    records += [
        flow("v1", "d/1", "firm", "5"),
        flow("v2", "c?", "d/1", "7"),
        {"type": "role", "id": "r", "source": "d/1", "target": "firm", "role": "distributor"},
    ]
    scored(service, records)
    page = page_of(service, locale=locale)
    assert "<script" not in page
    assert HOSTILE in read_report(page).names


@pytest.mark.parametrize(
    "records", [[], [party("firm")], [party("other")], [party("firm"), party("acme")]], ids=["nothing", "alone", "no focal party", "no facts"]
)
@pytest.mark.parametrize("locale", ["en", "zh"])
def test_an_ecosystem_with_next_to_nothing_in_it_gets_a_report(service: Service, records: list[dict[str, Any]], locale: str) -> None:
    scored(service, records)
    page = page_of(service, locale=locale)
    assert len(re.findall("<li>", page.partition("</ul>")[0])) == 5
    assert read_report(page).sections == list(reports.SECTIONS)


def test_parties_are_named_in_the_language_of_the_report(service: Service) -> None:
    names = [{"text": "华东家电", "language": "zh-Hans"}, {"text": "East China Appliances", "language": "en"}]
    scored(service, [party("firm"), party("d1", "ECA", names=names), flow("v", "d1", "firm", "5")])
    assert "华东家电" in read_report(page_of(service, locale="zh")).names
    assert "East China Appliances" in read_report(page_of(service, locale="en")).names


def test_the_language_is_the_workspaces_where_none_is_asked_for(service: Service) -> None:
    scored(service, [party("firm")], locale="zh")
    assert '<html lang="zh-CN">' in page_of(service)


def test_the_kinds_are_listed_with_their_sections() -> None:
    kinds = [kind.as_json() for kind in reports.KINDS.values()]
    assert [kind["kind"] for kind in kinds] == ["strategy"]
    assert [section["name"] for section in kinds[0]["sections"]] == list(reports.SECTIONS)

"""The strategy report on the demo: every number is an answer of the API, both languages, nothing from outside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from service.jobs.job import no_progress
from service.reports import registry as reports
from service.reports.content.figures import found_at, written
from service.reports.content.texts import texts
from service.reports.registry import KINDS, SECTIONS
from service.workspaces.context import Service
from tests.reports.reading import ReadFigure, ReadReport

WORKSPACE = "demo"


def resolved(body: Any, pointer: str) -> Any:
    """What a JSON pointer leads to."""
    return found_at(body, [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]])


def exact(value: Any, counted: bool) -> str:
    """A value of an answer as the report writes it into ``data-value``."""
    if counted:
        return str(len(value))
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else repr(value)


@pytest.fixture(scope="session")
def answers(api: httpx.Client, read: ReadReport) -> Mapping[str, Any]:
    """What the API answers at every address that the report names."""
    found = {}
    for source in sorted({figure.source for figure in read.figures}):
        response = api.get(source)
        assert response.status_code == 200, (source, response.text)
        found[source] = response.json()
    return found


def test_every_number_is_an_answer_of_the_api(read: ReadReport, answers: Mapping[str, Any]) -> None:
    assert len(read.figures) > 300
    other = [figure for figure in read.figures if figure.value != exact(resolved(answers[figure.source], figure.pointer), figure.counted)]
    assert other == []


def test_what_is_read_is_the_exact_value_in_its_style(read: ReadReport, locale: str, answers: Mapping[str, Any]) -> None:
    def rounded(figure: ReadFigure) -> str:
        value = resolved(answers[figure.source], figure.pointer)
        return written(len(value) if figure.counted else value, figure.style, locale)

    assert [figure for figure in read.figures if figure.text != rounded(figure)] == []


def test_no_digit_stands_outside_of_a_figure_or_a_name(read: ReadReport) -> None:
    assert [text for text in read.prose if re.search(r"\d", text)] == []


def test_every_number_in_a_chart_also_stands_in_the_report(read: ReadReport) -> None:
    known = {figure.text for figure in read.figures}
    names = set(read.names)
    loose = [text for text in read.chart_texts if re.search(r"\d", text) and text not in known and not any(name.startswith(text.rstrip("…")) for name in names)]
    assert loose == []


def test_the_report_needs_nothing_from_outside(read: ReadReport, page: str) -> None:
    assert [address for address in read.addresses if not address.startswith("#")] == []
    assert read.tags & {"script", "iframe", "link", "img", "object", "embed", "form"} == set()
    assert "@import" not in page
    assert re.findall(r"url\((?!#)[^)]*\)", page) == []


def test_the_report_has_its_sections_in_order(read: ReadReport) -> None:
    assert read.sections == list(KINDS["strategy"].sections) == list(SECTIONS)


def test_every_reason_and_warning_reads_in_both_languages(api: httpx.Client) -> None:
    about = api.get(f"/v1/workspaces/{WORKSPACE}/analyses/latest").json()
    assert about["undefined"]
    assert about["warnings"]
    keys = {f"reason.{item['reason']}" for item in about["undefined"]} | {f"warning.{item['code']}" for item in about["warnings"]}
    assert sorted(keys - texts().keys()) == []


def test_every_part_of_what_is_explained_reads_in_both_languages(api: httpx.Client) -> None:
    where = f"/v1/workspaces/{WORKSPACE}/analyses/latest"
    names = [entry["name"] for entry in api.get(f"/v1/workspaces/{WORKSPACE}/metrics?limit=500").json()["items"] if entry["explained"]]
    kept = api.get(where).json()["metrics"]
    for name in [name for name in names if name in kept]:
        party = next(item["party_id"] for item in api.get(f"{where}/scores/{name}").json()["items"] if item["value"] is not None)
        parts = api.get(f"{where}/parties/{party}/explain?score={name}").json()["parts"]
        assert parts
        assert sorted({f"part.{part['part']}" for part in parts if not part["part"].startswith("stated:")} - texts().keys()) == [], name


def test_every_section_ends_with_the_stamp_of_its_analysis(page: str, read: ReadReport) -> None:
    stamped = re.findall(r"<footer>(.*?)</footer>", page, re.DOTALL)
    assert len(stamped) == len(read.sections)
    for pointer in ("/as_of", "/known_at", "/snapshot_id", "/parameters_hash", "/profile"):
        assert all(f'data-pointer="{pointer}"' in footer for footer in stamped)


def test_the_summary_has_five_sentences(page: str) -> None:
    summary = re.search(r'<ul class="summary">(.*?)</ul>', page, re.DOTALL)
    assert summary is not None
    assert summary[1].count("<li>") == 5


def test_the_page_speaks_its_language(page: str, locale: str) -> None:
    for key in ("who.heading", "value.heading", "give.heading", "loops.heading", "quality.heading", "method.heading"):
        assert texts()[key][locale] in page
        assert texts()[key]["zh" if locale == "en" else "en"] not in page
    assert f'<html lang="{"zh-CN" if locale == "zh" else "en"}">' in page


def test_the_same_analysis_gives_the_same_bytes(demo_service: Service, page: str, locale: str) -> None:
    again = reports.made(demo_service, WORKSPACE, reports.check_request({"kind": "strategy", "locale": locale}), no_progress)[0]
    assert again == page


def test_both_rankings_name_their_ten_highest(page: str, api: httpx.Client) -> None:
    for score in ("influence", "value_flow"):
        items = api.get(f"/v1/workspaces/{WORKSPACE}/analyses/latest/scores/{score}?limit=10").json()["items"]
        for place, _ in enumerate(items):
            assert re.search(rf'scores/{score}\?limit=10" data-pointer="/items/{place}/rank"', page)

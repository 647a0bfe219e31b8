"""The pages for people: both rankings, each party with its reasons and facts, in both languages."""

from __future__ import annotations

import re

import pytest

from tests.api.conftest import Workspace, money, party, role


@pytest.fixture
def scored(w: Workspace) -> Workspace:
    w.write(
        party("firm", name="Firm"), party("s1", name="Supplier <b>One</b>", names=[{"text": "供应商一", "language": "zh"}]),
        role("r1", source="s1", role="supplier", stage="active", valid_from="2024"),
        money("v1", source="firm", target="s1", valid_from="2025-03", product="steel"),
    )  # fmt: skip
    assert w.job(w.ask("POST", "/analyses", {}))["state"] == "done"
    return w


def links(html: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"#]*)', html) if link]


def test_what_nobody_judged_is_shown_as_computed_where_it_is(scored: Workspace) -> None:
    page = scored.client.get(f"/pages/{scored.id}/parties/s1?score=influence&lang=en").text
    (salience,) = (item for item in scored.get("/analyses/latest/parties/s1")["items"] if item["name"] == "salience")
    assert salience["value"] is not None
    assert f"computed {salience['value']:.3f}" in page
    assert "it cannot be computed" not in page


def test_the_pages_stay_with_one_analysis(scored: Workspace) -> None:
    analysis_id = scored.get("/analyses/latest")["analysis_id"]
    assert scored.job(scored.ask("POST", "/analyses", {"metrics": ["influence"]}))["state"] == "done"
    start = [link for link in links(scored.client.get("/?lang=en").text) if link.startswith("/pages/")]
    assert start
    assert all(f"analysis={analysis_id}" in link for link in start)
    why = scored.client.get(f"/pages/{scored.id}/parties/s1?score=influence&analysis={analysis_id}&lang=en").text
    assert f"/analyses/{analysis_id}/parties/s1/explain" in why
    assert all(f"analysis={analysis_id}" in link for link in links(why) if link.startswith("/pages/"))


def test_amounts_of_a_column_have_the_same_decimals(scored: Workspace) -> None:
    scored.write(money("v2", source="firm", target="s1", amount="1234567", valid_from="2025-04", product="steel"))
    assert scored.job(scored.ask("POST", "/analyses", {}))["state"] == "done"
    page = scored.client.get(f"/pages/{scored.id}/parties/s1?score=value_flow&lang=en").text
    assert "10.50 CNY" in page
    assert "1,234,567.00 CNY" in page


def test_the_start_page_shows_both_rankings_with_reasons_facts_report_and_docs(scored: Workspace) -> None:
    page = scored.client.get("/").text
    assert f"/pages/{scored.id}/parties/s1?score=influence" in page
    assert f"/pages/{scored.id}/parties/s1?score=value_flow" in page
    assert f"/pages/{scored.id}/report" in page
    assert "/docs" in page
    assert "#facts" in page


def test_every_link_of_the_pages_leads_somewhere(scored: Workspace) -> None:
    start = links(scored.client.get("/?lang=en").text)
    explanation = links(scored.client.get(f"/pages/{scored.id}/parties/s1?score=value_flow").text)
    for link in {*start, *explanation}:
        assert scored.client.get(link, follow_redirects=True).status_code == 200, link


def test_an_explanation_shows_parts_points_paths_with_names_and_facts(scored: Workspace) -> None:
    page = scored.client.get(f"/pages/{scored.id}/parties/s1?score=value_flow&lang=en").text
    why = scored.get("/analyses/latest/parties/s1/explain?score=value_flow")
    assert f"{why['value']:.1f}" in page
    assert "Pass-through" in page
    assert 'id="fact-v1"' in page
    assert "10.50 CNY" in page
    assert "steel" in page


def test_names_are_text_and_never_markup(scored: Workspace) -> None:
    page = scored.client.get("/?lang=en").text
    assert "Supplier &lt;b&gt;One&lt;/b&gt;" in page
    assert "<b>" not in page


def test_the_pages_speak_chinese_too(scored: Workspace) -> None:
    page = scored.client.get("/?lang=zh").text
    assert "影响力" in page
    assert "供应商一" in page
    assert scored.client.get("/", headers={"accept-language": "zh-CN,zh;q=0.9"}).text == page
    assert "组成部分" in scored.client.get(f"/pages/{scored.id}/parties/s1?lang=zh").text


def test_the_report_of_the_start_page_is_made_by_a_button_and_once(scored: Workspace) -> None:
    path = f"/pages/{scored.id}/report?lang=en"
    asked = scored.client.get(path)
    assert (asked.status_code, f'method="post" action="{path}&amp;analysis=latest"' in asked.text) == (200, True)
    made = scored.client.post(path)
    assert (made.status_code, scored.client.post(path).headers["location"]) == (303, made.headers["location"])
    assert scored.client.get(path).headers["location"] == made.headers["location"]
    assert "生成报告" in scored.client.get(path.replace("en", "zh")).text


def test_a_workspace_that_was_not_scored_says_so(w: Workspace) -> None:
    assert "Not scored yet" in w.client.get("/?lang=en").text


def test_the_documentation_shows_every_operation(w: Workspace) -> None:
    page = w.client.get("/docs?lang=en").text
    for path in w.client.get("/openapi.json").json()["paths"]:
        assert f"<code>{path}</code>" in page

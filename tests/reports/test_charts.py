"""Charts: text stays text, the same data gives the same bytes, nothing in a label is mark-up."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from service.reports.content.chart_data import Bar, Bars, Chart, Map, Pair, Pairs, Point
from service.reports.renderers.svg_charts import drawn

CHARTS: dict[str, Chart] = {
    "bars": Bars([Bar("华东家电 East", [3.0, 1.5], "4.5"), Bar("<script>alert(1)</script>", [2.0, 0.0], "2.0", apart=True)], ["Reach", "Brokerage"]),
    "plain bars": Bars([Bar("A $x^2$ & co", [0.0], "0.0%")]),
    "pairs": Pairs([Pair("南方分销", 120.0, 0.0, "120", "0")], "Gives us", "Gets from us"),
    "map": Map([Point(10, 20, "First"), Point(10.1, 20.1, "Second"), Point(1, 2)], "Influence", "Value flow"),
    "no bars": Bars([]),
    "an empty map": Map([], "x", "y"),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_the_same_bytes_each_time(name: str) -> None:
    assert drawn(CHARTS[name], "Title") == drawn(CHARTS[name], "Title")


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_one_svg_without_date_or_ids_of_the_library(name: str) -> None:
    svg = drawn(CHARTS[name], 'Title "quoted" <b>')
    root = ET.fromstring(svg)
    assert root.tag.endswith("svg")
    assert root.attrib["aria-label"] == 'Title "quoted" <b>'
    assert "metadata" not in svg
    assert not re.search(r' id="(figure|axes|text|patch)_\d+"', svg)


def test_labels_stay_text_in_the_fonts_of_the_page() -> None:
    texts = ["".join(element.itertext()) for element in ET.fromstring(drawn(CHARTS["bars"], "x")).iter() if element.tag.endswith("text")]
    assert {"华东家电 East", "4.5", "<script>alert(1)</script>", "Reach"} <= set(texts)
    assert "var(--font)" in drawn(CHARTS["bars"], "x")
    assert "<script" not in drawn(CHARTS["bars"], "x")


def test_dollars_in_a_name_are_no_formula() -> None:
    assert "A $x^2$ &amp; co" in drawn(CHARTS["plain bars"], "x")


def test_a_long_label_is_cut_with_a_sign_of_it() -> None:
    assert "中" * 17 + "…" in drawn(Bars([Bar("中" * 40, [1.0], "1")]), "x")


def test_labels_of_neighbours_on_a_map_do_not_stand_on_each_other() -> None:
    svg = drawn(CHARTS["map"], "x")
    heights = {name: float(re.search(rf'y="([\d.]+)"[^>]*>{name}<', svg)[1]) for name in ("First", "Second")}  # type: ignore[index]
    assert abs(heights["First"] - heights["Second"]) > 8

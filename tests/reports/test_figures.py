"""Figures: how numbers are written, and that they know where they come from."""

from __future__ import annotations

import pytest

from service.reports.content.figures import Answer, figure_markup, found_at, pointer_of, written

ANSWER = Answer("/v1/workspaces/w/x?limit=2", {"items": [{"party_id": "a/b", "value": 0.354476, "parties": ["a", "b"]}], "a/b": {"~": 3}, "none": None})


@pytest.mark.parametrize(
    ("value", "style", "locale", "expected"),
    [
        (0.354476, "percent", "en", "35.4%"),
        (0.0002, "percent", "en", "<0.1%"),
        (0.0, "percent", "en", "0.0%"),
        (51.36829, "score", "en", "51.4"),
        (1265793.0395, "amount", "zh", "1,265,793"),
        (-1234.6, "amount", "en", "\N{MINUS SIGN}1,235"),
        (-0.2, "amount", "en", "0"),
        (12_400_000, "compact", "en", "12.4 million"),
        (2_500_000_000, "compact", "en", "2.5 billion"),
        (12_400_000, "compact", "zh", "1,240.0 万"),
        (250_000_000, "compact", "zh", "2.5 亿"),
        (950, "compact", "en", "950"),
        (1, "whole_percent", "en", "100%"),
        (0.76923, "ratio", "en", "0.769"),
        (12345, "count", "en", "12,345"),
        (None, "percent", "en", "–"),
        (True, "plain", "en", "true"),
        ("2025-12-31", "plain", "en", "2025-12-31"),
    ],
)
def test_a_value_is_written_as_people_read_it(value: object, style: str, locale: str, expected: str) -> None:
    assert written(value, style, locale) == expected  # type: ignore[arg-type]


def test_a_figure_carries_address_pointer_and_exact_value() -> None:
    markup = figure_markup(ANSWER.figure("items", 0, "value"), "percent", "en")
    assert 'data-value="0.354476"' in markup
    assert 'data-source="/v1/workspaces/w/x?limit=2"' in markup
    assert 'data-pointer="/items/0/value"' in markup
    assert markup.endswith(">35.4%</data>")


def test_a_count_says_that_it_counts() -> None:
    figure = ANSWER.count("items", 0, "parties")
    assert figure.value == 2
    assert 'data-reading="count"' in figure_markup(figure, "count", "en")


def test_a_pointer_escapes_what_means_something_in_it() -> None:
    assert pointer_of(("a/b", "~")) == "/a~1b/~0"
    assert ANSWER.figure("a/b", "~").value == 3


@pytest.mark.parametrize("path", [("banana",), ("items", 7, "value"), ("none", "further"), ("items", 0, "value", "further")])
def test_a_path_that_leads_nowhere_gives_none(path: tuple[str | int, ...]) -> None:
    assert found_at(ANSWER.body, path) is None


def test_an_undefined_figure_has_no_value() -> None:
    assert 'data-value=""' in figure_markup(ANSWER.figure("none"), "score", "en")


def test_a_flag_is_written_as_json_writes_it() -> None:
    assert 'data-value="true"' in figure_markup(Answer("/x", {"done": True}).figure("done"), "plain", "en")

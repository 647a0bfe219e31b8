"""Regular expressions of mappings: the same as Python's where they are plain, in time that grows with the text and no faster."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.imports.cells.patterns import BadPattern, Pattern


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"(\d+) kg", "Widget 12 kg net", "12"), (r"\w+", "上海 x", "上海"), (r"[\w-]+", "é-1 x", "é-1"), (r"^(.*?)（", "申联机电（华东）", "申联机电"),
        (r"\s(\S+)$", "a　b", "b"), (r"(\D+)", "12ab", "ab"), (r"[^\d]+", "12ab", "ab"), (r"a{,2}b", "aaab", "aab"), (r"(x)?y", "y", None),
        (r"[]a]+", "]a", "]a"), (r"[[]", "[", "["), (r"(?i)ABC", "xabc", "abc"), (r"(?P<year>\d{4})", "in 2024", "2024"),
     (r"a\Z", "ba", "a"), (r"\\(d)", r"\d", "d"),
    ],
)  # fmt: skip
def test_a_pattern_finds_its_first_group_or_all_of_it(pattern: str, text: str, found: str | None) -> None:
    assert Pattern(pattern).find(text) == found
    assert Pattern(pattern).matches(text)


@pytest.mark.parametrize("pattern", ["(?=a)", r"(a)\1", "(", "a" * 201, "(?<!x)y", "a{5000}", r"[\W\d]"])
def test_what_is_not_read_is_refused_with_its_reason(pattern: str) -> None:
    with pytest.raises(BadPattern):
        Pattern(pattern)


@given(st.sampled_from([r"a+b?", r"[ab]*c", r"(a|b)c", r"\d+", r"^a.*", r"(b+)$", r"\w\w", r"\s"]), st.text("abc1é中 ", max_size=12))
def test_plain_patterns_find_what_pythons_find(pattern: str, text: str) -> None:
    match = re.search(pattern, text)
    assert Pattern(pattern).find(text) == (None if match is None else match[1] if match.re.groups else match[0])


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|a)*$", r"(.*)*x", r"(a?){50}a{50}$", r"(\w+\s?)*$"])
def test_no_pattern_takes_more_than_its_share_of_a_longer_text(pattern: str) -> None:
    compiled, took = Pattern(pattern), []
    for length in (20_000, 160_000):
        begun = time.process_time()
        compiled.matches("a" * length + "b!")
        took.append(time.process_time() - begun)
    assert took[1] < 8 * 4 * took[0] + 0.5

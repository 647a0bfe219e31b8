"""The texts of the reports: both languages, and no number in any of them."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import service.reports.registry
from service.reports.content.texts import LOCALES, text, text_or_id, texts

PLACEHOLDERS = string.Formatter()


def test_every_text_is_there_in_both_languages() -> None:
    assert {key: sorted(wordings) for key, wordings in texts().items() if sorted(wordings) != sorted(LOCALES) or not all(wordings.values())} == {}


def test_both_languages_fill_in_the_same_values() -> None:
    def names(wording: str) -> set[str]:
        return {name for _, name, _, _ in PLACEHOLDERS.parse(wording) if name}

    assert [key for key, wordings in texts().items() if names(wordings["en"]) != names(wordings["zh"])] == []


def test_no_text_holds_a_number() -> None:
    assert [key for key, wordings in texts().items() if any(re.search(r"\d", wording) for wording in wordings.values())] == []


def test_every_text_is_used() -> None:
    sources = "".join(path.read_text("utf-8") for path in Path(service.reports.__file__).parent.rglob("*") if path.suffix in (".py", ".html"))
    made = ("part.", "family.", "score.", "reason.", "warning.", "report.", "column.", "value.by_")  # keys that are put together from ids
    assert [key for key in texts() if f'"{key}"' not in sources and f"'{key}'" not in sources and not key.startswith(made) and not key.endswith(".none")] == []


def test_a_key_that_is_not_there_fails() -> None:
    with pytest.raises(KeyError):
        text("banana", "en")


def test_an_id_without_a_text_reads_as_words() -> None:
    assert text_or_id("reason.no-banana_today", "no-banana_today", "zh") == "no banana today"

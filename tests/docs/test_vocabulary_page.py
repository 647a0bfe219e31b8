"""The page of the vocabulary says what the vocabulary says."""

from __future__ import annotations

import runpy
from pathlib import Path

from graph_models.records.vocabulary import BUILT_IN, GROUPS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "vocabulary.md").read_text("utf-8")


def test_the_page_is_what_its_script_makes() -> None:
    assert runpy.run_path(str(DOCS / "make_vocabulary.py"))["page"]() == PAGE, "run: python docs/make_vocabulary.py"


def test_every_entry_is_on_the_page_in_both_languages() -> None:
    for group in GROUPS:
        for entry in getattr(BUILT_IN.terms, group):
            assert f"`{entry.id}`" in PAGE
            assert entry.label.en in PAGE
            assert entry.label.zh in PAGE

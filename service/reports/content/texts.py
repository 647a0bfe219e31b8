"""The texts of the reports in the two languages, as data."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Literal, get_args

Locale = Literal["en", "zh"]
LOCALES: tuple[Locale, ...] = get_args(Locale)


@cache
def texts() -> dict[str, dict[str, str]]:
    """key -> language -> text."""
    found: dict[str, dict[str, str]] = tomllib.loads(resources.files("service.reports").joinpath("texts.toml").read_text("utf-8"))
    return found


def text(key: str, locale: str) -> str:
    """One text; a key that is not there is a mistake of ours, and fails."""
    return texts()[key][locale]


def text_or_id(key: str, identifier: str, locale: str) -> str:
    """A text where the reports have one for an id that the service may add to, else the id in words."""
    found = texts().get(key)
    return found[locale] if found else identifier.replace("_", " ").replace("-", " ")

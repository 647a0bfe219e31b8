"""Plain pages for people: the start page, why a party has its score, and the API's documentation. No script, nothing from elsewhere."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any, Literal

import jinja2

from service.http.encoded_slashes import in_path
from service.reports.content.figures import written
from service.reports.content.texts import text_or_id

Locale = Literal["en", "zh"]


def locale_of(asked: str | None, accepted: str) -> Locale:
    """The language of a page: what the address asks for, else what the browser prefers."""
    if asked is not None:
        return "zh" if asked == "zh" else "en"
    return "zh" if accepted.lower().startswith("zh") else "en"


@cache
def _texts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(resources.files("service.pages").joinpath("texts.toml").read_text("utf-8"))
    return found


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("service.pages"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"in_path": in_path}
    return environment


def page(template: str, locale: Locale, **content: Any) -> str:
    """A page in a language; ``t`` gives its texts, ``number`` writes numbers as the reports do."""

    def t(key: str) -> str:
        return _texts()[key][locale]

    def number(value: Any, style: str) -> str:
        return written(value, style, locale)

    def term(group: str, identifier: str) -> str:
        return text_or_id(f"{group}.{identifier}", identifier, locale)

    return _environment().get_template(template).render(locale=locale, t=t, number=number, term=term, **content)

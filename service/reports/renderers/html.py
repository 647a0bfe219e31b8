"""A report as one HTML file that needs nothing from outside: no script, no font, no image by address."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import jinja2

from service.reports.content.blocks import Block, Drawing, Paragraph, Phrase, Sentences, Table
from service.reports.renderers.localised_page import Page

TEMPLATE_OF: dict[type, str] = {Paragraph: "paragraph", Sentences: "sentences", Table: "table", Drawing: "drawing"}
"""block -> the macro of ``blocks.html`` that draws it."""


class Part(NamedTuple):
    """One section as it was built: its name (the anchor), its heading and its blocks."""

    name: str
    heading: Phrase
    blocks: Sequence[Block]


class Document(NamedTuple):
    """A whole report, ready for any format."""

    title: Phrase
    subtitle: Phrase
    date: Phrase
    parts: Sequence[Part]
    footer: Phrase


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("service.reports"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["macro_of"] = lambda block: TEMPLATE_OF[type(block)]
    return environment


def html(document: Document, page: Page) -> str:
    """The report as a page in the page's language."""
    return _environment().get_template("report.html").render(document=document, page=page)

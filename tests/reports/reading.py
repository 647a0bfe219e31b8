"""Reads a report as a browser would, for the tests: its figures, what is written outside of them, and what its charts say."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

RECORDED = {"name", "code", "term"}
"""Classes of what comes from records and vocabulary as it is: names and ids may hold digits."""
VOID = {"meta", "br", "link", "img", "path", "use", "rect"}


class ReadFigure(NamedTuple):
    """One ``<data>`` element and the text in it."""

    value: str
    source: str
    pointer: str
    style: str
    counted: bool
    text: str


class ReadReport(NamedTuple):
    figures: list[ReadFigure]
    names: list[str]
    prose: list[str]
    chart_texts: list[str]
    addresses: list[str]
    tags: set[str]
    sections: list[str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str]]] = []
        self.report = ReadReport([], [], [], [], [], set(), [])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.report.tags.add(tag)
        self.report.addresses.extend(attributes[name] for name in ("href", "src", "xlink:href", "data", "action") if name in attributes)
        if tag == "section":
            self.report.sections.append(attributes.get("id", ""))
        if tag not in VOID:
            self.open.append((tag, attributes))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open[-1][0] == tag, f"{tag} closes {self.open[-1][0]}"
            self.open.pop()

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self.open]
        if not data.strip() or {"style", "title"} & set(tags):
            return
        tag, attributes = self.open[-1]
        classes = {name for _, inner in self.open for name in inner.get("class", "").split()}
        if tag == "data":
            counted = attributes.get("data-reading") == "count"
            found = ReadFigure(attributes["data-value"], attributes["data-source"], attributes["data-pointer"], attributes["data-style"], counted, data)
            self.report.figures.append(found)
        elif "svg" in tags:
            if "scale" not in classes:
                self.report.chart_texts.append(data.strip())
        elif classes & RECORDED:
            self.report.names.append(data)
        else:
            self.report.prose.append(data)


def read_report(html: str) -> ReadReport:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [], "every element is closed"
    return reader.report

"""The language side of a report: how names, terms, phrases and figures read in a locale, as plain text and as HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from graph_models.records.vocabulary import Vocabulary
from service.reports.content.blocks import EMPTY, Chain, Code, Inline, Label, PartyName, Phrase, RankRange, Said, Several, Shown
from service.reports.content.figures import figure_markup, written
from service.reports.content.texts import text, text_or_id

ARROW = " \N{RIGHTWARDS ARROW} "


class Page:
    """What a renderer needs to know of a language and an ecosystem; ``names`` are those of the parties."""

    def __init__(self, locale: str, names: Mapping[str, str], vocabulary: Vocabulary) -> None:
        self.locale = locale
        self.names = names
        self.vocabulary = vocabulary

    def text(self, key: str) -> str:
        return text(key, self.locale)

    def name(self, party: str) -> str:
        return self.names.get(party, party)

    def label(self, group: str, identifier: str, stance: bool = False) -> str:
        """A term of the vocabulary, or a text of the reports for ids that are no vocabulary (parts, families, reasons)."""
        entry = getattr(self.vocabulary, group, {}).get(identifier)
        if entry is None:
            return "" if stance else text_or_id(f"{group}.{identifier}", identifier, self.locale)
        if stance:
            return entry.stance.in_locale(self.locale) if entry.stance else ""
        wording: str = entry.label.in_locale(self.locale)
        return wording

    def plain(self, inline: Inline) -> str:
        """As text, for charts and formats without mark-up."""
        return str(Markup(self.html(inline)).striptags())

    def written(self, shown: Shown) -> str:
        return written(shown.figure.value, shown.style, self.locale)

    def html(self, inline: Inline) -> Markup:
        """As HTML; everything that a record says is escaped."""
        return _HTML[type(inline)](self, inline)

    def svg(self, drawing: Any) -> Markup:
        """A chart; matplotlib escapes its texts."""
        from service.reports.renderers.svg_charts import drawn  # matplotlib is loaded where a report is made, not where one is asked for

        return Markup(drawn(drawing.chart, self.plain(drawing.title)))


def _named(page: Page, party: str) -> Markup:
    return Markup('<span class="name">{}</span>').format(page.name(party))


def _shown(page: Page, shown: Shown) -> Markup:
    return figure_markup(shown.figure, shown.style, page.locale)


def _range(page: Page, ranks: RankRange) -> Markup:
    best = figure_markup(ranks.best, "count", page.locale)
    if ranks.best.value == ranks.worst.value:
        return best
    return Markup("{}–{}").format(best, figure_markup(ranks.worst, "count", page.locale))


def _chain(page: Page, chain: Chain) -> Markup:
    parties = [*chain.parties, *(chain.parties[:1] if chain.closed else ())]
    return Markup('<span class="chain">{}</span>').format(Markup(ARROW).join(_named(page, party) for party in parties))


def _label(page: Page, label: Label) -> Markup:
    return Markup('<span class="term">{}</span>').format(page.label(label.group, label.id, label.stance))


def _phrase(page: Page, phrase: Phrase) -> Markup:
    return Markup(escape(page.text(phrase.key))).format(**{name: page.html(value) for name, value in phrase.values.items()})


def _several(page: Page, several: Several) -> Markup:
    parts: Sequence[Markup] = [page.html(part) for part in several.parts]
    return Markup("<br>" if several.stacked else escape(page.text("list.separator"))).join(parts)


_HTML: dict[type, Callable[[Page, Any], Markup]] = {
    Shown: _shown,
    RankRange: _range,
    PartyName: lambda page, named: _named(page, named.party),
    Chain: _chain,
    Label: _label,
    Code: lambda page, code: Markup('<span class="code">{}</span>').format(code.text),
    Said: lambda page, said: Markup('<span class="term">{}</span>').format(said.text),
    Phrase: _phrase,
    Several: _several,
}
__all__ = ["EMPTY", "Page"]

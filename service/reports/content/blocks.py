"""What a report is made of, whatever format it is rendered to: blocks that hold figures, names and phrases, no HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from service.reports.content.chart_data import Chart
from service.reports.content.figures import Figure


class Shown(NamedTuple):
    """A figure in the style in which it is written."""

    figure: Figure
    style: str


class RankRange(NamedTuple):
    """The best and the worst rank that other weights would give."""

    best: Figure
    worst: Figure


class PartyName(NamedTuple):
    """A party, by its name in the language of the report."""

    party: str


class Chain(NamedTuple):
    """Parties one after the other; a ``closed`` one comes back to the first."""

    parties: Sequence[str]
    closed: bool = False


class Label(NamedTuple):
    """A term of the vocabulary (its group and id), or what it says should be done (``stance``)."""

    group: str
    id: str
    stance: bool = False


class Code(NamedTuple):
    """An id or another technical text that is written as it is."""

    text: str


class Said(NamedTuple):
    """A text of a record or of the service, as it is."""

    text: str


class Phrase(NamedTuple):
    """A text of the report's own (a key of ``texts.toml``) with what is filled in."""

    key: str
    values: Mapping[str, Inline] = {}


class Several(NamedTuple):
    """Inlines one after the other, as a list in a sentence or, ``stacked``, one below the other."""

    parts: Sequence[Inline]
    stacked: bool = False


Inline: TypeAlias = Shown | RankRange | PartyName | Chain | Label | Code | Said | Phrase | Several
EMPTY = Several(())


class Paragraph(NamedTuple):
    """One paragraph; a ``note`` says how to read what stands above it."""

    text: Phrase
    note: bool = False


class Sentences(NamedTuple):
    """The summary: sentences, each on its own."""

    sentences: Sequence[Phrase]


class Column(NamedTuple):
    """A column: its heading, and whether it holds numbers (right-aligned)."""

    heading: Phrase
    numeric: bool = False
    wide: bool = False


class Table(NamedTuple):
    """A table with its title; ``empty`` is said where there is no row, ``highlight`` are rows that sum up or stand apart."""

    title: Phrase
    columns: Sequence[Column]
    rows: Sequence[Sequence[Inline]]
    empty: Phrase
    highlight: frozenset[int] = frozenset()


class Drawing(NamedTuple):
    """A chart with its title and how to read it."""

    title: Phrase
    chart: Chart
    note: Phrase


Block: TypeAlias = Paragraph | Sentences | Table | Drawing

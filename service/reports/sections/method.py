"""How the numbers were made: dates, snapshot, parameters, weights, versions. The same stamp stands under every section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.reports.content.blocks import Block, Code, Column, Inline, Paragraph, Phrase, Table
from service.reports.content.figures import Answer
from service.reports.sections.report_data import Answers, shown
from service.reports.sections.who_matters import SCORES

_STAMP = {
    "method.analysis": "analysis_id",
    "method.as_of": "as_of",
    "method.known_at": "known_at",
    "method.snapshot": "snapshot_id",
    "method.hash": "parameters_hash",
    "method.profile": "profile",
}


def stamp(answers: Answers) -> Phrase:
    """The line under every section: what the numbers in it are true of."""
    analysis = answers.analysis()
    return Phrase(
        "footer.stamp",
        {
            "as_of": shown(analysis, "plain", "as_of"),
            "known_at": shown(analysis, "plain", "known_at"),
            "snapshot": shown(analysis, "plain", "snapshot_id"),
            "parameters": shown(analysis, "plain", "parameters_hash"),
            "profile": shown(analysis, "plain", "profile"),
        },
    )


def method(answers: Answers) -> Sequence[Block]:
    """What was computed, the weights of the profile, parameters and versions."""
    analysis = answers.analysis()
    columns = [Column(Phrase("column.what")), Column(Phrase("column.value"))]
    stamped: list[list[Inline]] = [[Phrase(key), shown(analysis, "plain", field)] for key, field in _STAMP.items()]
    return [
        Paragraph(Phrase("method.lead")),
        Table(Phrase("method.stamp"), columns, stamped, Phrase("method.none")),
        *(_weights(answers, score) for score in SCORES),
        Table(Phrase("method.parameters"), columns, _leaves(analysis, "parameters"), Phrase("method.parameters.default")),
        Table(Phrase("method.engine"), columns, _leaves(analysis, "engine"), Phrase("method.none")),
    ]


def _weights(answers: Answers, score: str) -> Table:
    """The weights as the explanation of the party that ranks first gives them: they are the same for all."""
    columns = [Column(Phrase("column.part")), Column(Phrase("column.meaning"), wide=True), Column(Phrase("column.weight"), numeric=True)]
    title = Phrase("method.weights.of", {"score": Phrase(f"score.{score}")})
    ranked = answers.top(score)
    if not ranked.items():
        return Table(title, columns, [], Phrase("method.none"))
    explained = answers.explain(ranked.at("items", 0, "party_id"), score)
    rows: list[list[Inline]] = [
        [Phrase(f"part.{part['part']}"), Phrase(f"part.{part['part']}.asks"), shown(explained, "whole_percent", "parts", place, "weight")]
        for place, part in enumerate(explained.items("parts"))
    ]
    return Table(title, columns, rows, Phrase("method.none"))


def _leaves(analysis: Answer, field: str) -> list[list[Inline]]:
    return [[Code(".".join(str(step) for step in path)), shown(analysis, "plain", field, *path)] for path in _paths(analysis.at(field))]


def _paths(value: Any) -> Iterator[tuple[str | int, ...]]:
    """Where every value of a nested object stands, in order; what is not set is left out."""
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    for step, content in inner:
        if isinstance(content, (Mapping, list, tuple)):
            yield from ((step, *path) for path in _paths(content))
        elif content is not None:
            yield (step,)

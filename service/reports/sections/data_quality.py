"""What is missing, doubtful or old: undefined values, warnings, facts without evidence, amounts without a rate, stale states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from service.reports.content.blocks import Block, Code, Column, Inline, Label, Paragraph, PartyName, Phrase, Said, Several, Table
from service.reports.content.figures import Answer
from service.reports.content.texts import texts
from service.reports.sections.report_data import Answers, shown

_HOW_KNOWN = ("without_evidence", "inferred", "hypothesis")
LISTED = 15
"""More rows than that are no reading matter; the API lists all."""


def data_quality(answers: Answers) -> Sequence[Block]:
    """Everything that the reader should know before quoting a number."""
    quality, analysis = answers.view("data-quality"), answers.analysis()
    return [
        Paragraph(Phrase("quality.lead")),
        _warnings(analysis),
        _flows(answers, "no-rate", "quality.no_rate"),
        _flows(answers, "net-refund", "quality.net_refund"),
        _evidence(quality),
        *_stale(quality),
        _undefined(analysis),
    ]


def _warnings(analysis: Answer) -> Table:
    rows: list[list[Inline]] = [
        [
            Label("warning", item["code"]),
            _says(item),
            shown(analysis, "count", "warnings", place, "facts", counted=True),
            shown(analysis, "count", "warnings", place, "parties", counted=True),
        ]
        for place, item in enumerate(analysis.items("warnings"))
    ]
    columns = [Column(Phrase("column.warning")), Column(Phrase("column.what"), wide=True), *_numbers("column.facts", "column.parties")]
    return Table(Phrase("quality.warnings"), columns, rows, Phrase("quality.warnings.none"))


def _says(warning: Mapping[str, Any]) -> Inline:
    """In the language of the report, where it has words for the code; else the message of the service."""
    key = f"warning.{warning['code']}.says"
    return Phrase(key) if key in texts() else Said(warning["message"])


def _flows(answers: Answers, code: str, title: str) -> Table:
    """The flows that the warnings of one code are about: who gave what to whom."""
    facts = [fact for item in answers.analysis().items("warnings") if item["code"] == code for fact in item["facts"]]
    rows: list[list[Inline]] = []
    for fact in dict.fromkeys(facts[:LISTED]):
        flow = answers.flow(fact)
        if flow is not None:
            source, target, kind = flow
            rows.append([PartyName(source), PartyName(target), Label("value_kinds", kind), Code(fact)])
    columns = [Column(Phrase(f"column.{name}")) for name in ("from", "to", "kind")]
    return Table(Phrase(title), [*columns, Column(Phrase("column.fact"), wide=True)], rows, Phrase(f"{title}.none"))


def _numbers(*headings: str) -> list[Column]:
    return [Column(Phrase(heading), numeric=True) for heading in headings]


def _evidence(quality: Answer) -> Table:
    rows: list[list[Inline]] = [
        [Label("family", item["family"]), *(shown(quality, "count", "facts", place, name) for name in ("count", *_HOW_KNOWN))]
        for place, item in enumerate(quality.items("facts"))
    ]
    rows.append([Phrase("of_all"), *(shown(quality, "count", "total", name) for name in ("facts", *_HOW_KNOWN))])
    columns = [Column(Phrase("column.family")), *_numbers("column.facts", *(f"column.{name}" for name in _HOW_KNOWN))]
    return Table(Phrase("quality.evidence"), columns, rows, Phrase("quality.evidence.none"), frozenset({len(rows) - 1}))


def _stale(quality: Answer) -> list[Block]:
    rows: list[list[Inline]] = []
    for place, item in enumerate(quality.items("stale")[:LISTED]):
        seen: Inline = shown(quality, "plain", "stale", place, "last_seen") if item["last_seen"] else Phrase("word.never")
        stage: Inline = Label("stages", item["stage"]) if item["stage"] else Phrase("word.not_stated")
        rows.append([PartyName(item["source"]), Label("roles", item["role"]), stage, PartyName(item["target"]), seen])
    columns = [
        Column(Phrase("column.party")),
        Column(Phrase("column.roles")),
        Column(Phrase("column.stage")),
        Column(Phrase("column.toward")),
        Column(Phrase("column.last_seen"), numeric=True),
    ]
    note = Phrase("quality.stale.note", {"stale": shown(quality, "count", "roles", "stale"), "roles": shown(quality, "count", "roles", "under_way")})
    return [Table(Phrase("quality.stale"), columns, rows, Phrase("quality.stale.none")), Paragraph(note, note=True)]


def _undefined(analysis: Answer) -> Table:
    """By reason and count: most metrics are undefined for the same parties."""
    alike: dict[tuple[str, int], list[int]] = {}
    for place, item in enumerate(analysis.items("undefined")):
        alike.setdefault((item["reason"], item["parties"]), []).append(place)
    rows: list[list[Inline]] = [
        [
            Label("reason", reason),
            Several([Code(analysis.at("undefined", place, "name")) for place in places]),
            shown(analysis, "count", "undefined", places[0], "parties"),
        ]
        for (reason, _), places in sorted(alike.items(), key=lambda entry: (-entry[0][1], entry[0]))
    ]
    columns = [Column(Phrase("column.reason")), Column(Phrase("column.metrics"), wide=True), *_numbers("column.parties")]
    return Table(Phrase("quality.undefined"), columns, rows, Phrase("quality.undefined.none"))

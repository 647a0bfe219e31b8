"""Where value comes from and where it ends up: value added by party, end customers, industries, regions, and what nobody can attribute."""

from __future__ import annotations

from collections.abc import Sequence

from service.reports.content.blocks import EMPTY, Block, Code, Column, Drawing, Inline, Label, Paragraph, PartyName, Phrase, Several, Table
from service.reports.content.chart_data import Bar, Bars
from service.reports.content.figures import Answer
from service.reports.sections.report_data import Answers, shown

LISTED = 10


def value_origin(answers: Answers) -> Sequence[Block]:
    """Who adds the value, who uses it, and the same by industry and region."""
    sinks = answers.view("sinks")
    return [Paragraph(Phrase("value.lead")), *_origin(answers), *_sinks(answers, sinks), _through(sinks), _by(answers, "industry"), _by(answers, "region")]


def _origin(answers: Answers) -> list[Block]:
    added = answers.scores("embodied_value_added")
    places = [place for place, item in enumerate(added.items()) if item["value"]][:LISTED]
    title = Phrase("value.origin")
    if not places:
        return [Table(title, [], [], Phrase("value.none"))]
    columns = [Column(Phrase("column.party")), Column(Phrase("column.roles")), Column(Phrase("column.share"), numeric=True)]
    parties = [added.at("items", place, "party_id") for place in places]
    rows: list[list[Inline]] = [
        [PartyName(party), _roles(answers, party), shown(added, "percent", "items", place, "value")] for party, place in zip(parties, places, strict=True)
    ]
    bars = [
        Bar(
            answers.page.name(added.at("items", place, "party_id")),
            [added.at("items", place, "value")],
            answers.page.written(shown(added, "percent", "items", place, "value")),
        )
        for place in places
    ]
    return [
        Drawing(title, Bars(bars), Phrase("value.origin.note", {"focal": PartyName(answers.focal)})),
        Table(Phrase("value.numbers"), columns, rows, Phrase("value.none")),
    ]


def _roles(answers: Answers, party: str) -> Several:
    return Several([Label("roles", role) for role in answers.roles(party)])


def _sinks(answers: Answers, sinks: Answer) -> list[Block]:
    title = Phrase("value.sinks")
    places = range(min(LISTED, len(sinks.items())))
    columns = [Column(Phrase("column.party")), Column(Phrase("column.roles")), Column(Phrase("column.share"), numeric=True), _amount_column(answers)]
    unattributed = shown(sinks, "percent", "unattributed", "share")
    if unattributed.figure.value is None:
        return [Table(title, columns, [], Phrase("value.none"))]
    parties = [sinks.at("items", place, "party_id") for place in places]
    rows: list[list[Inline]] = [
        [PartyName(party), _roles(answers, party), shown(sinks, "percent", "items", place, "share"), shown(sinks, "amount", "items", place, "amount")]
        for place, party in enumerate(parties)
    ]
    rows.append([Phrase("word.unattributed"), EMPTY, unattributed, EMPTY])
    bars = [
        Bar(
            answers.page.name(sinks.at("items", place, "party_id")),
            [sinks.at("items", place, "share")],
            answers.page.written(shown(sinks, "percent", "items", place, "share")),
        )
        for place in places
    ]
    bars.append(Bar(answers.page.text("word.unattributed"), [sinks.at("unattributed", "share")], answers.page.written(unattributed), apart=True))
    return [
        Drawing(title, Bars(bars), Phrase("value.sinks.note", {"focal": PartyName(answers.focal)})),
        Table(Phrase("value.numbers"), columns, rows, Phrase("value.none"), frozenset({len(rows) - 1})),
    ]


def _by(answers: Answers, by: str) -> Table:
    sinks = answers.view("sinks", by=by)
    columns = [
        Column(Phrase(f"column.{by}")),
        Column(Phrase("column.share"), numeric=True),
        _amount_column(answers),
        Column(Phrase("column.parties"), numeric=True),
    ]
    rows: list[list[Inline]] = [
        [
            Code(item["key"]) if item["key"] else Phrase("word.not_stated"),
            shown(sinks, "percent", "items", place, "share"),
            shown(sinks, "amount", "items", place, "amount"),
            shown(sinks, "count", "items", place, "parties", counted=True),
        ]
        for place, item in enumerate(sinks.items()[:LISTED])
    ]
    return Table(Phrase(f"value.by_{by}"), columns, rows, Phrase("value.none"))


def _through(sinks: Answer) -> Table:
    rows: list[list[Inline]] = [
        [PartyName(item["party_id"]), shown(sinks, "percent", "unattributed", "through", place, "share")]
        for place, item in enumerate(sinks.items("unattributed", "through")[:LISTED])
    ]
    return Table(
        Phrase("value.unattributed"), [Column(Phrase("column.through")), Column(Phrase("column.share"), numeric=True)], rows, Phrase("value.unattributed.none")
    )


def _amount_column(answers: Answers) -> Column:
    return Column(Phrase("column.amount", {"currency": Code(answers.currency)}), numeric=True)

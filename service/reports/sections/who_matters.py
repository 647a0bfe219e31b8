"""Who matters and why: both rankings with their parts, the strongest reason with its path, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from service.reports.content.blocks import (
    EMPTY,
    Block,
    Chain,
    Code,
    Column,
    Drawing,
    Inline,
    Label,
    Paragraph,
    PartyName,
    Phrase,
    RankRange,
    Several,
    Table,
)
from service.reports.content.chart_data import Bar, Bars, Map, Point
from service.reports.content.figures import NOTHING, Answer
from service.reports.sections.report_data import Answers, shown

SCORES = ("influence", "value_flow")
NOT_KNOWN = Code(NOTHING)
NAMED = 5
"""How many of the highest of each score are named on the map: more would hide each other."""


def who_matters(answers: Answers) -> Sequence[Block]:
    """The map of both scores, then for each score its ranking, the points behind it, and why."""
    blocks: list[Block] = [Paragraph(Phrase("who.lead", {"focal": PartyName(answers.focal)}))]
    if any(answers.top(score).at("items", 0, "value") is not None for score in SCORES):
        blocks.append(_map(answers))
    for score in SCORES:
        blocks += _ranking(answers, score)
    return [*blocks, Paragraph(Phrase("who.range.note"), note=True)]


def _map(answers: Answers) -> Drawing:
    influence, value = ({item["party_id"]: item["value"] for item in answers.scores(score).items()} for score in SCORES)
    named = {item["party_id"] for score in SCORES for item in answers.top(score).items()[:NAMED]}
    points = [
        Point(place, value[party], answers.page.name(party) if party in named else "")
        for party, place in sorted(influence.items())
        if place is not None and value.get(party) is not None
    ]
    chart = Map(points, answers.page.text("score.influence"), answers.page.text("score.value_flow"))
    return Drawing(Phrase("who.map"), chart, Phrase("who.map.note"))


def _ranking(answers: Answers, score: str) -> list[Block]:
    scores = answers.top(score)
    named = {"score": Label("score", score)}
    explained = {item["party_id"]: answers.explain(item["party_id"], score) for item in scores.items() if item["value"] is not None}
    parts = [part["part"] for part in next(iter(explained.values())).items("parts")] if explained else []
    columns = [
        Column(Phrase("column.rank"), numeric=True),
        Column(Phrase("column.rank_range"), numeric=True),
        Column(Phrase("column.party")),
        Column(Phrase("column.score"), numeric=True),
        *(Column(Phrase(f"part.{part}"), numeric=True) for part in parts),
        Column(Phrase("column.coverage"), numeric=True),
    ]
    rows = [_row(scores, place, explained[item["party_id"]], parts) for place, item in enumerate(scores.items()) if item["party_id"] in explained]
    table = Table(Phrase("who.ranking", named), columns, rows, Phrase("who.none"))
    if not explained:
        return [table]
    why = Table(
        Phrase("who.why", named),
        [Column(Phrase("column.party")), Column(Phrase("column.why"), wide=True), Column(Phrase("column.stance"))],
        [_why(answers, party, answer) for party, answer in explained.items()],
        Phrase("who.none"),
    )
    return [
        Drawing(Phrase("who.points", named), _points(answers, scores, explained, parts), Phrase("who.points.note")),
        table,
        why,
        Paragraph(Phrase("who.path.note", {"focal": PartyName(answers.focal)}), note=True),
    ]


def _row(scores: Answer, place: int, explained: Answer, parts: Sequence[str]) -> list[Inline]:
    party = scores.at("items", place, "party_id")
    ranks = RankRange(scores.figure("items", place, "rank_range", 0), scores.figure("items", place, "rank_range", 1))
    return [
        shown(scores, "count", "items", place, "rank"),
        ranks,
        PartyName(party),
        shown(scores, "score", "items", place, "value"),
        *(_points_of(explained, number) for number in range(len(parts))),
        shown(scores, "whole_percent", "items", place, "coverage"),
    ]


def _points_of(explained: Answer, number: int) -> Inline:
    """The points of a part; one for which there was no data gives none, which is not nought."""
    return NOT_KNOWN if explained.at("parts", number, "raw") is None else shown(explained, "score", "parts", number, "points")


def _points(answers: Answers, scores: Answer, explained: Mapping[str, Answer], parts: Sequence[str]) -> Bars:
    bars = []
    for place, item in enumerate(scores.items()):
        if item["party_id"] in explained:
            values = [part["points"] or 0.0 for part in explained[item["party_id"]].items("parts")]
            bars.append(Bar(answers.page.name(item["party_id"]), values, answers.page.written(shown(scores, "score", "items", place, "value"))))
    return Bars(bars, [answers.page.text(f"part.{part}") for part in parts])


def _why(answers: Answers, party: str, explained: Answer) -> list[Inline]:
    roles = answers.roles(party)
    who: list[Inline] = [PartyName(party)]
    if roles:
        who.append(Several([Label("roles", role) for role in roles]))
    stances: list[Inline] = [Label("roles", role, stance=True) for role in roles if answers.page.label("roles", role, stance=True)]
    return [Several(who, stacked=True), _reason(explained), Several(stances[:2], stacked=True) if stances else EMPTY]


def _reason(explained: Answer) -> Inline:
    """The part that gives most points, and its strongest path."""
    parts = list(enumerate(explained.items("parts")))
    place, strongest = max(parts, key=lambda numbered: (numbered[1]["points"] or 0.0, -numbered[0]))
    if not strongest["points"]:
        return NOT_KNOWN
    values: dict[str, Inline] = {
        "part": Label("part", strongest["part"]),
        "points": Phrase("word.one_point", {"points": shown(explained, "score", "parts", place, "points")}),
    }
    path = _path(strongest)
    return Phrase("word.reason", values | {"path": path}) if path else Phrase("who.no_path", values)


def _path(part: Mapping[str, Any]) -> Chain | None:
    for item in part.get("evidence") or ():
        if len(item.get("path") or ()) > 1:
            return Chain(item["path"])
    return None

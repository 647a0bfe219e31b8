"""The loops of value that leave the focal party and come back, strongest first, with the link that would break each."""

from __future__ import annotations

from collections.abc import Sequence

from service.reports.content.blocks import Block, Chain, Code, Column, Inline, Label, Paragraph, PartyName, Phrase, Table
from service.reports.sections.report_data import Answers, shown

LISTED = 10


def value_loops(answers: Answers) -> Sequence[Block]:
    """The ten strongest loops; a search that was cut says so."""
    loops = answers.view("loops", limit=LISTED)
    lead = Phrase("loops.lead", {"focal": PartyName(answers.focal), "total": shown(loops, "count", "total"), "length": shown(loops, "count", "max_length")})
    blocks: list[Block] = [Paragraph(lead)]
    rows: list[list[Inline]] = [
        [shown(loops, "ratio", "items", place, "score"), Chain(item["parties"], closed=True), _weakest(answers, item["weakest_fact"])]
        for place, item in enumerate(loops.items())
    ]
    columns = [Column(Phrase("column.score"), numeric=True), Column(Phrase("column.loop"), wide=True), Column(Phrase("column.weakest"))]
    blocks.append(Table(Phrase("loops.table"), columns, rows, Phrase("loops.none")))
    if loops.at("complete") is False:
        blocks.append(Paragraph(Phrase("loops.cut", {"threshold": shown(loops, "ratio", "min_loop_score")}), note=True))
    return blocks


def _weakest(answers: Answers, fact: str) -> Inline:
    flow = answers.flow(fact)
    if flow is None:
        return Code(fact)
    source, target, kind = flow
    return Phrase("word.weakest", {"source": PartyName(source), "target": PartyName(target), "kind": Label("value_kinds", kind)})

"""What the parties with the strongest ties give to the focal party and get from it."""

from __future__ import annotations

from collections.abc import Sequence

from service.reports.content.blocks import EMPTY, Block, Code, Column, Drawing, Inline, Label, Paragraph, PartyName, Phrase, Table
from service.reports.content.chart_data import Pair, Pairs
from service.reports.content.figures import Answer
from service.reports.sections.report_data import Answers, shown

LISTED = 10


def give_get(answers: Answers) -> Sequence[Block]:
    """The strongest ties, the money between us, and every kind of value in both directions."""
    ties = answers.view("ties", limit=LISTED)
    parties = {item["party_id"]: answers.view("give-get", party=item["party_id"]) for item in ties.items()}
    currency = {"currency": Code(answers.currency)}
    blocks: list[Block] = [Paragraph(Phrase("give.lead", {"focal": PartyName(answers.focal)})), _ties(ties), Paragraph(Phrase("give.ties.note"), note=True)]
    pairs = [pair for party, answer in parties.items() if (pair := _money(answers, party, answer))]
    if pairs:
        chart = Pairs(pairs, answers.page.text("column.given"), answers.page.text("column.received"))
        blocks.append(Drawing(Phrase("give.money", currency), chart, Phrase("give.money.note", {"focal": PartyName(answers.focal)})))
    return [*blocks, _kinds(parties), Paragraph(Phrase("give.unit.note", currency), note=True)]


def _ties(ties: Answer) -> Table:
    rows: list[list[Inline]] = [
        [PartyName(item["party_id"]), shown(ties, "ratio", "items", place, "tie"), shown(ties, "count", "items", place, "facts")]
        for place, item in enumerate(ties.items())
    ]
    return Table(
        Phrase("give.ties"),
        [Column(Phrase("column.party")), Column(Phrase("column.tie"), numeric=True), Column(Phrase("column.facts"), numeric=True)],
        rows,
        Phrase("give.none"),
    )


def _money(answers: Answers, party: str, answer: Answer) -> Pair | None:
    """The row of the kind that is a payment, where there is one."""
    for place, item in enumerate(answer.items()):
        kind = answers.page.vocabulary.value_kinds.get(item["kind"])
        if kind is not None and kind.means == "payment":
            given, received = (shown(answer, "amount", "items", place, side) for side in ("given", "received"))
            return Pair(answers.page.name(party), item["given"], item["received"], answers.page.written(given), answers.page.written(received))
    return None


_IMPLIED = ("implied", "given"), ("implied", "received")


def _kinds(parties: dict[str, Answer]) -> Table:
    columns = [
        Column(Phrase("column.party")),
        Column(Phrase("column.kind")),
        Column(Phrase("column.given"), numeric=True),
        Column(Phrase("column.received"), numeric=True),
        Column(Phrase("column.implied_given"), numeric=True),
        Column(Phrase("column.implied_received"), numeric=True),
        Column(Phrase("column.balance"), numeric=True),
        Column(Phrase("column.unit")),
    ]
    rows: list[list[Inline]] = []
    for party, answer in parties.items():
        for place, item in enumerate(answer.items()):
            unit: Inline = Phrase("word.flows") if item["unit"] == "flows" else Code(item["unit"])
            rows.append(
                [
                    PartyName(party) if place == 0 else EMPTY,
                    Label("value_kinds", item["kind"]),
                    *(shown(answer, "amount", "items", place, *path) for path in (("given",), ("received",), *_IMPLIED, ("balance",))),
                    unit,
                ]
            )
    return Table(Phrase("give.table"), columns, rows, Phrase("give.none"))

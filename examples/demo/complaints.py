"""Complaints, what was done about them, and how that was received: the feedback loops of the demo, and those left open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from examples.demo.cast import CHIEF
from examples.demo.customers import RETURNED, Buyer
from examples.demo.market import UNATTRIBUTED
from examples.demo.names import CITIES
from examples.demo.society import NEIGHBOURS
from examples.demo.story import FOCAL, Story, month

COMPLAINS_AND_STAYS = "west-lake-hospital"
"""Ten complaints in three years, each answered; it bought in every quarter all the same, and gives a nine."""
LAST_DAY = date(2025, 12, 31)


class Grievance(NamedTuple):
    """What a complaint is about."""

    text: str
    topics: tuple[str, ...]
    aspect: str
    product: str | None = None


LATE = Grievance("Installation later than promised", ("delivery",), "timeliness")
FREIGHT = Grievance("Freight damage on arrival", ("delivery",), "quality")
LEAK = Grievance("Water under the refrigerator", ("quality",), "quality", "refrigerator")
NOISE = Grievance("Noise of lorries at night", ("sustainability",), "attitude")
WARD = tuple(
    Grievance(text, ("quality", "service"), "quality", "washing_machine")
    for text in ("Drum noise at night", "Detergent drawer jams", "Door seal leaks", "Display fails", "Service hotline slow")
)


def a_day(dice: Random, index: int) -> str:
    """Some day of a month."""
    return f"{month(index)}-{dice.randint(2, 27):02d}"


def later(day: str, days: int) -> str:
    """So many days later, but not after the last day of the demo."""
    return min(date.fromisoformat(day) + timedelta(days), LAST_DAY).isoformat()


def tell_complaints(story: Story, buyers: Sequence[Buyer]) -> None:
    """All complaints; about a third of the households' and all of one exporter's stay without an answer."""
    dice = story.dice("complaints")
    for place, index in enumerate((2, 5, 8, 12, 15, 19, 22, 26, 30, 34)):
        _complain(story, dice, COMPLAINS_AND_STAYS, index, WARD[place % len(WARD)])
    for buyer in buyers:
        if buyer.seller == FOCAL and buyer.id != COMPLAINS_AND_STAYS and dice.random() < 0.4:
            _complain(story, dice, buyer.id, dice.randint(3, 10), LATE, answered=dice.random() < 0.7)
    for index in (25, 29, 33):
        _complain(story, dice, UNATTRIBUTED, index, FREIGHT, answered=False)
    for index in (20, 23, 27, 31, 34):
        _complain(story, dice, NEIGHBOURS[0][0], index, NOISE, answered=index < 30)
    for city in CITIES:
        if dice.random() < 0.35:
            _complain(story, dice, f"households-{city.id}", dice.randint(20, 34), LEAK, answered=dice.random() < 0.6)
    _lost_and_won_back(story)


def _complain(story: Story, dice: Random, party: str, index: int, about: Grievance, *, answered: bool = True) -> None:
    day, case = a_day(dice, index), f"complaint-{party}-{month(index)}"
    what: dict[str, Any] = {"text": about.text, "topics": list(about.topics), "aspect": about.aspect, "product": about.product}
    complaint = story.touch("complaint", party, day, channel="phone", sentiment=-0.6, case=case, **what)
    if answered:
        action = story.touch("action", FOCAL, later(day, 3), party, channel="phone", text="Technician sent, part replaced", responds_to=complaint, case=case)
        outcome: dict[str, Any] = {"measure": "csat", "value": dice.choice((3, 4, 4, 5)), "aspect": about.aspect}
        story.touch("survey_answer", party, later(day, 10), channel="wechat", responds_to=action, case=case, **outcome)


def _lost_and_won_back(story: Story) -> None:
    what = {"product": "air_conditioner", "channel": "offline"}
    story.touch("complaint", RETURNED, "2024-03-09", text="Third chiller failure this spring", topics=["quality"], aspect="quality", sentiment=-0.9, **what)
    story.touch("executive_visit", CHIEF, "2025-02-20", RETURNED, channel="offline", text="Apology and offer of the 24-hour promise", sentiment=0.4)
    story.touch("trial", RETURNED, "2025-03-05", text="One hotel on trial", sentiment=0.5, **what)

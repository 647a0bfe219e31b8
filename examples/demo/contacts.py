"""Dated contacts but complaints: orders and deliveries, visits and calls, surveys, articles, posts, events."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from examples.demo.cast import CHIEF, LINK
from examples.demo.chain import PRODUCTS, SEASON
from examples.demo.complaints import COMPLAINS_AND_STAYS, a_day, later
from examples.demo.customers import RETURNED, Buyer, households, months_of
from examples.demo.market import CHAINS, DISTRIBUTORS, PLATFORMS, SILKROAD
from examples.demo.names import CITIES
from examples.demo.society import COMPETITORS, GATEKEEPER, MEDIA, OPINION_LEADERS, OWNERS, SCIENCE, of
from examples.demo.story import FIRST_YEAR, FOCAL, MONTHS, YEARS, Story, month
from examples.demo.upstream import FIRST_TIER

OFFLINE: dict[str, Any] = {"channel": "offline"}
ONLINE: dict[str, Any] = {"channel": "online"}


def tell_contacts(story: Story, buyers: Sequence[Buyer]) -> None:
    """All touchpoints but complaints and referrals."""
    dice = story.dice("contacts")
    for buyer in buyers:
        for first, last in months_of(buyer.chapters):
            (_account if buyer.seller == FOCAL else _user)(story, dice, buyer, first, last)
    story.touch("co_creation", COMPLAINS_AND_STAYS, "2025-06-11", text="Workshop on a quiet ward washer", topics=["innovation"], sentiment=0.7, **OFFLINE)
    story.touch("survey_answer", COMPLAINS_AND_STAYS, "2025-12-04", channel="email", measure="nps", value=9, sentiment=0.7)
    _suppliers(story, dice)
    _channel(story, dice)
    _households(story, dice)
    _prospects(story, dice)
    _voices(story, dice)
    _year(story, dice)


def _some_day(dice: Random, year: int, first: int = 1, last: int = 12) -> str:
    return f"{year}-{dice.randint(first, last):02d}-{dice.randint(2, 27):02d}"


def _feeling(dice: Random, low: float, high: float) -> float:
    return round(dice.uniform(low, high), 1)


def _user(story: Story, dice: Random, buyer: Buyer, first: int, last: int) -> None:
    """Who buys from a distributor is known to the maker by the use of its appliances only."""
    for index in range(first, last + 1, 6):
        story.touch("usage", buyer.id, a_day(dice, index), product=buyer.products[0], text="Energy report of the building", sentiment=0.1, **ONLINE)


def _account(story: Story, dice: Random, buyer: Buyer, first: int, last: int) -> None:
    """Orders and deliveries by the quarter, a visit and a survey a year."""
    for index in range(first, last + 1, 3):
        ordered = a_day(dice, index)
        product = buyer.products[index // 3 % len(buyer.products)]
        deal = {"product": product, "case": f"{buyer.id}-{month(index)}", **OFFLINE}
        story.touch("order", buyer.id, ordered, amount=f"{buyer.base * 3 * SEASON[product][index % 12]:.2f}", currency="CNY", **deal)
        story.touch("delivery", FOCAL, later(ordered, 12), buyer.id, **deal)
    for year in range(FIRST_YEAR + first // 12, FIRST_YEAR + last // 12 + 1):
        story.touch("visit", "luo-jiaqi", _some_day(dice, year, 3, 6), buyer.id, topics=["service", "price"], **OFFLINE)
        answer = 6 if buyer.id == RETURNED else dice.choice((7, 8, 8, 9, 9, 10))
        feeling = round((answer - 6) / 5, 1)
        story.touch("survey_answer", buyer.id, _some_day(dice, year, 9, 11), channel="email", measure="nps", value=answer, sentiment=feeling)


def _suppliers(story: Story, dice: Random) -> None:
    for supplier in FIRST_TIER:
        for year in YEARS:
            story.touch("visit", "mo-lizhen", _some_day(dice, year, 3, 10), supplier.id, topics=["quality"], text="Supplier audit", **OFFLINE)
            if supplier.size in ("large", "medium"):
                talk = {"topics": ["price", "delivery"], "sentiment": _feeling(dice, -0.2, 0.5)}
                story.touch("meeting", supplier.id, _some_day(dice, year), "hy-purchasing", **talk, **OFFLINE)
        if max(supplier.recipe.values()) > 0.05:
            story.touch("executive_visit", CHIEF, _some_day(dice, 2025, 2, 11), supplier.id, topics=["innovation"], sentiment=0.3, **OFFLINE)
            story.touch("co_creation", supplier.id, _some_day(dice, 2025, 2, 11), "hy-research", topics=["innovation"], sentiment=0.5, **OFFLINE)
        else:
            story.touch("survey_answer", supplier.id, _some_day(dice, 2025, 4, 9), channel="email", measure="ces", value=dice.choice((3, 4, 5, 5, 6)))


def _channel(story: Story, dice: Random) -> None:
    for party, *_ in (*DISTRIBUTORS, *CHAINS, *PLATFORMS):
        for year in YEARS:
            for quarter in range(4):
                kind, channel = dice.choice((("call", "phone"), ("message", "wechat"), ("meeting", "offline")))
                about = {"topics": [dice.choice(("price", "delivery", "service"))], "sentiment": _feeling(dice, -0.3, 0.6)}
                story.touch(kind, party, _some_day(dice, year, 3 * quarter + 1, 3 * quarter + 3), "hy-sales-china", channel=channel, **about)
            story.touch("training", FOCAL, _some_day(dice, year, 3, 3), party, topics=["service"], **OFFLINE)
            value = 9 if party == SILKROAD else dice.choice((6, 7, 8, 8, 9))
            story.touch("survey_answer", party, _some_day(dice, year, 11, 11), channel="email", measure="nps", value=value)


def _households(story: Story, dice: Random) -> None:
    for city in CITIES:
        party = households(city)
        for index in range(1, MONTHS, 4):
            answer: dict[str, Any] = {"measure": "csat", "value": dice.choice((3, 4, 4, 4, 5, 5)), "product": dice.choice(PRODUCTS)}
            story.touch("survey_answer", party, a_day(dice, index), channel="wechat", **answer)
        for index in range(3, MONTHS, 8):
            story.touch("review", party, a_day(dice, index), sentiment=_feeling(dice, -0.4, 0.9), product=dice.choice(PRODUCTS), topics=["quality"], **ONLINE)
            story.touch("after_sales", "gold-wrench", a_day(dice, index), party, topics=["service"], **OFFLINE)
        story.touch("usage", party, _some_day(dice, 2025), LINK, text="Monthly use of HaiLink", **ONLINE)


def _prospects(story: Story, dice: Random) -> None:
    what = {"product": "air_conditioner"}
    for place, party in enumerate(of(story, "prospect-")):
        story.touch("inquiry", party, f"2025-{1 + place:02d}-10", topics=["price"], **what, **ONLINE)
        if place % 2:
            story.touch("demo", FOCAL, f"2025-{3 + place:02d}-16", party, sentiment=0.4, **what, **OFFLINE)
        if place % 3 == 0:
            story.touch("trial", party, f"2025-{4 + place:02d}-02", sentiment=0.3, **what, **OFFLINE)
    for place, party in enumerate(of(story, "dev-")):
        story.touch("training", LINK, f"2025-{1 + place:02d}-22", party, topics=["innovation"], **ONLINE)
        story.touch("message", party, f"2025-{1 + place:02d}-25", LINK, text="Question about the interface", sentiment=_feeling(dice, -0.2, 0.5), **ONLINE)


def _voices(story: Story, dice: Random) -> None:
    """What media and opinion leaders publish."""
    for party, *_ in MEDIA:
        for index in range(dice.randint(0, 3), MONTHS, 5):
            topic = dice.choice(("innovation", "quality", "price", "sustainability"))
            story.touch("article", party, a_day(dice, index), topics=[topic], sentiment=_feeling(dice, -0.5, 0.7), **ONLINE)
    for party, *_ in OPINION_LEADERS:
        for index in range(dice.randint(0, 2), MONTHS, 4):
            story.touch("post", party, a_day(dice, index), product=dice.choice(PRODUCTS), sentiment=_feeling(dice, -0.3, 0.9), **ONLINE)


def _year(story: Story, dice: Random) -> None:
    """What comes round every year."""
    for year in YEARS:
        story.touch("event", FOCAL, f"{year}-03-15", "general-public", text="Open day", topics=["sustainability"], **OFFLINE)
        for party, *_ in OWNERS[2:6]:
            story.touch("meeting", "yan-tianyu", f"{year}-04-22", party, text="Results of the year", **OFFLINE)
        for party, *_ in SCIENCE:
            story.touch("meeting", "bai-haoran", _some_day(dice, year, 10, 10), party, topics=["innovation"], **OFFLINE)
        for party, *_ in COMPETITORS[:3]:
            story.touch("event", party, _some_day(dice, year, 5, 5), "appliance-association", text="Working group on standards", **OFFLINE)
        story.touch("meeting", GATEKEEPER, f"{year}-06-05", text="Annual talk with the association", sentiment=0.5, **OFFLINE)

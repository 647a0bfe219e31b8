"""Dated contacts: orders and deliveries, visits and calls, surveys, complaints and what was done about them, articles, posts, events."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from examples.demo.cast import CHIEF, LINK
from examples.demo.chain import SEASON
from examples.demo.market import CHAINS, DISTRIBUTORS, PLATFORMS, RETURNED, SILKROAD, Buyer, Market, months_of
from examples.demo.society import COMPETITORS, GATEKEEPER, MEDIA, NEIGHBOURS, OPINION_LEADERS, OWNERS, SCIENCE, of
from examples.demo.story import FOCAL, MONTHS, YEARS, Story, month
from examples.demo.upstream import FIRST_TIER

COMPLAINS_AND_STAYS = "west-lake-hospital"
"""Ten complaints in three years, each answered, and it bought in every quarter and gives a nine."""
UNANSWERED = "danube-handel"
LAST_DAY = date(2025, 12, 31)


def tell_contacts(story: Story, market: Market) -> None:
    """All touchpoints but the referrals."""
    dice = story.dice("contacts")
    for buyer in market.buyers:
        _account(story, dice, buyer)
    _loyal_complainer(story)
    _came_back(story)
    _suppliers(story, dice)
    _channel(story, dice)
    _households(story, dice, market)
    _prospects(story, dice)
    _public(story, dice)


def _day(dice: Random, index: int) -> str:
    return f"{month(index)}-{dice.randint(2, 27):02d}"


def _later(day: str, days: int) -> str:
    return min(date.fromisoformat(day) + timedelta(days), LAST_DAY).isoformat()


def _account(story: Story, dice: Random, buyer: Buyer) -> None:
    """Orders, deliveries, visits, a survey a year; now and then a complaint, mostly answered."""
    if buyer.seller != FOCAL:
        for first, last in months_of(buyer.chapters):
            for index in range(first, last + 1, 6):
                story.touch(
                    "usage", buyer.id, _day(dice, index), channel="online", product=buyer.products[0], text="Energy report of the building", sentiment=0.1
                )
        return
    for first, last in months_of(buyer.chapters):
        for index in range(first, last + 1, 3):
            ordered = _day(dice, index)
            case = f"{buyer.id}-{month(index)}"
            product = buyer.products[index // 3 % len(buyer.products)]
            story.touch(
                "order",
                buyer.id,
                ordered,
                channel="offline",
                product=product,
                case=case,
                amount=f"{buyer.base * 3 * SEASON[product][index % 12]:.2f}",
                currency="CNY",
            )
            story.touch("delivery", FOCAL, _later(ordered, 12), buyer.id, channel="offline", product=product, case=case)
        for year in sorted({2023 + index // 12 for index in range(first, last + 1)}):
            story.touch("visit", "luo-jiaqi", f"{year}-{dice.randint(3, 6):02d}-18", buyer.id, channel="offline", topics=["service", "price"])
            answer = dice.choice((7, 8, 8, 9, 9, 10)) if buyer.id != RETURNED else 6
            story.touch(
                "survey_answer",
                buyer.id,
                f"{year}-{dice.randint(9, 11):02d}-08",
                channel="email",
                measure="nps",
                value=answer,
                sentiment=round((answer - 6) / 5, 1),
            )
    if dice.random() < 0.4:
        _complaint(story, dice, buyer.id, dice.randint(6, 33), "Installation later than promised", ("delivery",), "timeliness", answered=dice.random() < 0.7)


def _complaint(
    story: Story, dice: Random, party: str, index: int, text: str, topics: tuple[str, ...], aspect: str, *, answered: bool = True, product: str | None = None
) -> None:
    """A complaint, the action taken, and how the answer was received."""
    day = _day(dice, index)
    complaint = story.touch(
        "complaint",
        party,
        day,
        channel="phone",
        text=text,
        topics=list(topics),
        aspect=aspect,
        sentiment=-0.6,
        product=product,
        case=f"complaint-{party}-{month(index)}",
    )
    if answered:
        action = story.touch(
            "action",
            FOCAL,
            _later(day, 3),
            party,
            channel="phone",
            text="Technician sent, part replaced",
            responds_to=complaint,
            case=f"complaint-{party}-{month(index)}",
        )
        story.touch(
            "survey_answer", party, _later(day, 10), channel="wechat", measure="csat", value=dice.choice((3, 4, 4, 5)), responds_to=action, aspect=aspect
        )


def _loyal_complainer(story: Story) -> None:
    dice = story.dice("complainer")
    texts = ("Drum noise at night", "Detergent drawer jams", "Door seal leaks", "Display fails", "Service hotline slow")
    for place, index in enumerate((2, 5, 8, 12, 15, 19, 22, 26, 30, 34)):
        _complaint(story, dice, COMPLAINS_AND_STAYS, index, texts[place % len(texts)], ("quality", "service"), "quality", product="washing_machine")
    story.touch(
        "co_creation", COMPLAINS_AND_STAYS, "2025-06-11", channel="offline", text="Workshop on a quiet ward washer", topics=["innovation"], sentiment=0.7
    )
    story.touch("survey_answer", COMPLAINS_AND_STAYS, "2025-11-20", channel="email", measure="nps", value=9, sentiment=0.7)


def _came_back(story: Story) -> None:
    story.touch(
        "complaint",
        RETURNED,
        "2024-03-09",
        channel="phone",
        text="Third chiller failure this spring",
        topics=["quality"],
        aspect="quality",
        sentiment=-0.9,
        product="air_conditioner",
    )
    story.touch("executive_visit", CHIEF, "2025-02-20", RETURNED, channel="offline", text="Apology and offer of the 24-hour promise", sentiment=0.4)
    story.touch("trial", RETURNED, "2025-03-05", channel="offline", product="air_conditioner", text="One hotel on trial", sentiment=0.5)


def _suppliers(story: Story, dice: Random) -> None:
    for supplier in FIRST_TIER:
        for year in YEARS:
            story.touch(
                "visit",
                "mo-lizhen",
                f"{year}-{dice.randint(3, 10):02d}-{dice.randint(2, 27):02d}",
                supplier.id,
                channel="offline",
                topics=["quality"],
                text="Supplier audit",
            )
            if supplier.size in ("large", "medium"):
                story.touch(
                    "meeting",
                    supplier.id,
                    f"{year}-{dice.randint(1, 12):02d}-{dice.randint(2, 27):02d}",
                    "hy-purchasing",
                    channel="offline",
                    topics=["price", "delivery"],
                    sentiment=round(dice.uniform(-0.2, 0.5), 1),
                )
        if max(supplier.recipe.values()) > 0.05:
            story.touch("executive_visit", CHIEF, f"2025-{dice.randint(2, 11):02d}-14", supplier.id, channel="offline", topics=["innovation"], sentiment=0.3)
            story.touch(
                "co_creation",
                supplier.id,
                f"2025-{dice.randint(2, 11):02d}-21",
                "hy-research",
                channel="offline",
                topics=["innovation", "sustainability"],
                sentiment=0.5,
            )
        else:
            story.touch("survey_answer", supplier.id, f"2025-{dice.randint(4, 9):02d}-03", channel="email", measure="ces", value=dice.choice((3, 4, 5, 5, 6)))


def _channel(story: Story, dice: Random) -> None:
    for party, *_ in (*DISTRIBUTORS, *CHAINS, *PLATFORMS):
        for year in YEARS:
            for quarter in range(4):
                story.touch(
                    dice.choice(("call", "message", "meeting")),
                    party,
                    f"{year}-{3 * quarter + 2:02d}-{dice.randint(2, 27):02d}",
                    "hy-sales-china",
                    channel=dice.choice(("phone", "wechat", "offline")),
                    topics=[dice.choice(("price", "delivery", "service"))],
                    sentiment=round(dice.uniform(-0.3, 0.6), 1),
                )
            story.touch("training", FOCAL, f"{year}-03-{dice.randint(2, 27):02d}", party, channel="offline", topics=["service"])
            value = 9 if party == SILKROAD else dice.choice((6, 7, 8, 8, 9))
            story.touch("survey_answer", party, f"{year}-11-{dice.randint(2, 27):02d}", channel="email", measure="nps", value=value)
    for index in (25, 29, 33):  # nobody answers these
        _complaint(story, dice, UNANSWERED, index, "Freight damage on arrival", ("delivery",), "quality", answered=False)


def _households(story: Story, dice: Random, market: Market) -> None:
    for party in market.households.values():
        for index in range(1, MONTHS, 4):
            story.touch(
                "survey_answer",
                party,
                _day(dice, index),
                channel="wechat",
                measure="csat",
                value=dice.choice((3, 4, 4, 4, 5, 5)),
                product=dice.choice(tuple(SEASON)),
            )
        for index in range(3, MONTHS, 8):
            story.touch(
                "review",
                party,
                _day(dice, index),
                channel="online",
                sentiment=round(dice.uniform(-0.4, 0.9), 1),
                product=dice.choice(tuple(SEASON)),
                topics=["quality"],
            )
            story.touch("after_sales", "gold-wrench", _day(dice, index), party, channel="offline", topics=["service"])
        story.touch("usage", party, f"2025-{dice.randint(1, 12):02d}-15", LINK, channel="online", text="Monthly use of HaiLink")
        if dice.random() < 0.35:
            _complaint(
                story,
                dice,
                party,
                dice.randint(20, 34),
                "Water under the refrigerator",
                ("quality",),
                "quality",
                answered=dice.random() < 0.6,
                product="refrigerator",
            )


def _prospects(story: Story, dice: Random) -> None:
    for place, party in enumerate(of(story, "prospect-")):
        story.touch("inquiry", party, f"2025-{1 + place:02d}-10", channel="online", product="air_conditioner", topics=["price"])
        if place % 2:
            story.touch("demo", FOCAL, f"2025-{3 + place:02d}-16", party, channel="offline", product="air_conditioner", sentiment=0.4)
        if place % 3 == 0:
            story.touch("trial", party, f"2025-{4 + place:02d}-02", channel="offline", product="air_conditioner", sentiment=0.3)
    for place, party in enumerate(of(story, "dev-")):
        story.touch("training", LINK, f"2025-{1 + place:02d}-22", party, channel="online", topics=["innovation"])
        story.touch(
            "message",
            party,
            f"2025-{1 + place:02d}-25",
            LINK,
            channel="online",
            text="Question about the interface",
            sentiment=round(dice.uniform(-0.2, 0.5), 1),
        )


def _public(story: Story, dice: Random) -> None:
    for party, *_ in MEDIA:
        for index in range(dice.randint(0, 3), MONTHS, 5):
            story.touch(
                "article",
                party,
                _day(dice, index),
                channel="online",
                topics=[dice.choice(("innovation", "quality", "price", "sustainability"))],
                sentiment=round(dice.uniform(-0.5, 0.7), 1),
            )
    for party, *_ in OPINION_LEADERS:
        for index in range(dice.randint(0, 2), MONTHS, 4):
            story.touch("post", party, _day(dice, index), channel="online", product=dice.choice(tuple(SEASON)), sentiment=round(dice.uniform(-0.3, 0.9), 1))
    for year in YEARS:
        story.touch("event", FOCAL, f"{year}-03-15", "general-public", channel="offline", text="Open day", topics=["sustainability"])
        for party, *_ in OWNERS[2:6]:
            story.touch("meeting", "yan-tianyu", f"{year}-04-22", party, channel="offline", text="Results of the year")
        for party, *_ in SCIENCE:
            story.touch("meeting", "bai-haoran", f"{year}-10-{dice.randint(2, 27):02d}", party, channel="offline", topics=["innovation"])
        for party, *_ in COMPETITORS[:3]:
            story.touch("event", party, f"{year}-05-{dice.randint(2, 27):02d}", "appliance-association", channel="offline", text="Working group on standards")
        story.touch("meeting", GATEKEEPER, f"{year}-06-05", channel="offline", text="Annual talk with the association", sentiment=0.5)
    for index in (20, 23, 27, 31, 34):
        _complaint(story, dice, NEIGHBOURS[0][0], index, "Noise of lorries at night", ("sustainability",), "attitude", answered=index < 30)

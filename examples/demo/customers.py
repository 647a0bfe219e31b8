"""The end customers: households as groups by city, and organizations that use what they buy, each with its life cycle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from examples.demo.market import EXCLUSIVE_CITIES, NO_RATE, USES_TOO, WHOLESALERS, Market
from examples.demo.names import BUILDER_TRADES, CITIES, CITY, HOTEL_TRADES, City, slug
from examples.demo.story import FOCAL, MONTHS, STEADY, Chapter, Story

RETURNED = "lanyue-hotels"
"""Lapsed in June 2024, returned in April 2025."""
NET_REFUND = "xingdu-residences"
"""Sent back more than it bought in 2025."""
ABROAD = (
    ("households-hamburg", "Households in Hamburg", "汉堡家庭", "DE", "nordwind-handel", "EUR", "washing_machine"),
    ("households-seattle", "Households in Seattle", "西雅图家庭", "US", "pacific-home", "USD", "air_conditioner"),
    ("households-lagos", "Households in Lagos", "拉各斯家庭", "NG", NO_RATE, "NGN", "small_appliance"),
)
RISK = (Chapter("active", last=29), Chapter("at_risk", 30, reason="two late installations, tender announced"))
LAPSED = (Chapter("active", last=17), Chapter("at_risk", 18, 20, "price objection"), Chapter("lapsed", 21, reason="chose a competitor"))
FRESH = (Chapter("prospect", 12, 19), Chapter("new", 20, 25, "won in a tender"), Chapter("active", 26))
ENDED = (Chapter("active", last=11), Chapter("ended", 12, reason="business closed"))
CAME_BACK = (
    Chapter("active", last=13),
    Chapter("at_risk", 14, 16, "three failed chillers in one summer"),
    Chapter("lapsed", 17, 26, "contract given to a competitor"),
    Chapter("returned", 27, reason="new service contract with a 24-hour promise"),
)
COUNTY = dict(zip(("wenzhou", "yantai", "luoyang", "mianyang"), (wholesaler for wholesaler, *_ in WHOLESALERS), strict=True))
"""The small towns around these cities buy from a wholesaler each."""
HALTED = (Chapter("active", last=21), Chapter("ended", 22, reason="project halted; units sent back"))
BUYING = frozenset({"active", "new", "at_risk", "returned"})
PUBLIC_BUYERS = (
    ("west-lake-hospital", "West Lake Hospital", "西子湖医院", "Q8411", "hangzhou"),
    ("bund-hospital", "Bund General Hospital", "外滩综合医院", "Q8411", "shanghai"),
    ("yuelu-hospital", "Yuelu Hospital", "岳麓山医院", "Q8411", "changsha"),
    ("jinniu-hospital", "Jinniu Hospital", "金牛坝医院", "Q8411", "chengdu"),
    ("lakeside-school", "Lakeside Boarding School", "湖畔寄宿学校", "P8334", "hangzhou"),
    ("harbour-university-campus", "Harbour Campus Services", "海港校园后勤", "P8341", "qingdao"),
    ("civic-procurement", "Civic Procurement Centre", "市政采购中心", "S9221", "qingdao"),
    ("sunset-care-homes", "Sunset Care Homes", "夕照养老院", "Q8514", "guangzhou"),
)


class Buyer(NamedTuple):
    """An organization that uses what it buys: its seller, what, how much a month (CNY), and its life cycle."""

    id: str
    seller: str
    products: tuple[str, ...]
    base: float
    chapters: Sequence[Chapter] = STEADY


def months_of(chapters: Sequence[Chapter]) -> list[tuple[int, int]]:
    """The months in which a buyer of that life cycle buys."""
    return [(chapter.first or 0, MONTHS - 1 if chapter.last is None else chapter.last) for chapter in chapters if chapter.stage in BUYING]


def tell_households(story: Story) -> None:
    """Groups of households: of a city, of the small towns around one, abroad."""
    fields = {"sector": "household", "consumer_kind": "household"}
    for city in CITIES:
        home: dict[str, Any] = {"country": "CN", "region": city.region, "city": city.zh, "market_tier": city.market_tier}
        channel = "offline" if city.id in EXCLUSIVE_CITIES else "mixed"
        story.party(households(city), f"Households in {city.en}", f"{city.zh}家庭", "group", purchase_channel=channel, **home, **fields)
    for party, en, zh, country, *_ in ABROAD:
        story.party(party, en, zh, "group", country=country, region="海外", **fields)
    for name in COUNTY:
        city = CITY[name]
        zh = f"{city.zh}周边县域家庭"
        story.party(f"county-{name}", f"County households around {city.en}", zh, "group", country="CN", region=city.region, market_tier=5, **fields)


def households(city: City) -> str:
    """The id of the households of a city."""
    return f"households-{city.id}"


def tell_buyers(market: Market) -> list[Buyer]:
    """Hotels, property developers, hospitals and other bodies, and what each buys from whom."""
    dice = market.dice
    hotels = [_named(market, *dice.choice(HOTEL_TRADES), city, "medium") for city in _cities(market, 12)]
    builders = [_named(market, *dice.choice(BUILDER_TRADES), city, "large") for city in _cities(market, 8)]
    market.company(RETURNED, "Lanyue Hotels", "澜月酒店集团", "H6110", CITY["chengdu"], size_class="large", business_model="b2c", consumer_kind="business")
    market.company(NET_REFUND, "Xingdu Residences", "星渡置业", "K7010", CITY["wuhan"], size_class="large", consumer_kind="business")
    for party, en, zh, code, city in PUBLIC_BUYERS:
        market.company(party, en, zh, code, CITY[city], size_class="large", sector="public", consumer_kind="institution")
    lives = [STEADY] * 5 + [RISK, LAPSED, FRESH, ENDED]
    buyers = []
    for place, party in enumerate(hotels):  # every second buys from the maker itself, the others from a distributor of their region
        seller = FOCAL if place % 2 else market.regional[market.story.parties[party]["region"]][0]
        buyers.append(Buyer(party, seller, ("air_conditioner", "refrigerator"), dice.uniform(0.5, 1.6) * 1e6, dice.choice(lives)))
    buyers += [Buyer(party, FOCAL, ("air_conditioner",), dice.uniform(2.0, 5.0) * 1e6, dice.choice(lives)) for party in builders]
    for party, *_ in PUBLIC_BUYERS:
        product = "washing_machine" if "hospital" in party else "air_conditioner"
        buyers.append(Buyer(party, USES_TOO if party == "lakeside-school" else FOCAL, (product,), dice.uniform(0.6, 1.4) * 1e6))
    buyers.append(Buyer(RETURNED, FOCAL, ("air_conditioner", "refrigerator"), 2.4e6, CAME_BACK))
    buyers.append(Buyer(NET_REFUND, FOCAL, ("air_conditioner",), 3.0e6, HALTED))
    return buyers


def _cities(market: Market, count: int) -> list[City]:
    return [market.dice.choice([city for city in CITIES if city.weight > 1 and city.id not in EXCLUSIVE_CITIES]) for _ in range(count)]


def _named(market: Market, trade: str, trade_zh: str, code: str, city: City, size: str) -> str:
    brand, brand_zh = next(market.names)
    return market.company(f"{slug(brand)}-{slug(trade)}", f"{brand} {trade}", brand_zh + trade_zh, code, city, size_class=size, consumer_kind="business")

"""The market: distributors by region, shops, platforms, and the end customers behind them, with what they buy and through whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from examples.demo.names import BUILDER_TRADES, CITIES, CITY, HOTEL_TRADES, RETAIL_TRADES, City, brands, slug
from examples.demo.story import FOCAL, STEADY, Chapter, Story

SILKROAD, EXCLUSIVE_CITIES = "silkroad-appliances", ("lanzhou", "xining", "yinchuan", "urumqi")
"""The only way to the households of four cities in the north-west."""
USES_TOO = "jiangnan-supply"
"""A distributor of refrigerators that fills its own rental flats with washing machines and air conditioners."""
RETURNED = "lanyue-hotels"
NET_REFUND = "xingdu-residences"
NO_RATE = "lagos-home"
UNATTRIBUTED = "danube-handel"

DISTRIBUTORS = (
    ("jianghai-trade", "Jianghai Trading", "江桅商贸", "shanghai", "large"),
    (USES_TOO, "Jiangnan Supply", "江楠物资", "hangzhou", "medium"),
    ("qilu-appliances", "Qilu Appliances", "齐麓家电", "jinan", "medium"),
    ("yanshan-appliances", "Yanqi Appliances", "燕栖家电", "beijing", "large"),
    ("jinmen-trade", "Jinmen Trading", "津杉商贸", "tianjin", "medium"),
    ("lingnan-appliances", "Lingnan Channel", "岭南渠道", "guangzhou", "large"),
    ("zhujiang-trade", "Zhuyu Trading", "珠屿商贸", "shenzhen", "medium"),
    ("chu-home", "Chuhe Home", "楚禾家居电器", "wuhan", "medium"),
    ("zhongyuan-electric", "Zhongyuan Electric", "中垣电器", "zhengzhou", "medium"),
    ("bashu-appliances", "Bashan Appliances", "巴杉家电", "chengdu", "large"),
    ("dianchi-trade", "Dianchi Trading", "滇池渡商贸", "kunming", "small"),
    (SILKROAD, "Silk Road Appliances", "丝路家电", "lanzhou", "medium"),
    ("heitu-appliances", "Heitu Appliances", "黑土家电", "harbin", "medium"),
    ("liaohai-trade", "Liaohai Trading", "辽屿商贸", "dalian", "medium"),
)
WHOLESALERS = (
    ("yiwu-wholesale", "Yimu Wholesale", "义沐批发", "hangzhou"),
    ("linyi-wholesale", "Linqi Wholesale", "临祺批发", "jinan"),
    ("zhumadian-wholesale", "Zhuhe Wholesale", "驻禾批发", "zhengzhou"),
    ("neijiang-wholesale", "Neiyu Wholesale", "内屿批发", "chongqing"),
)
CHAINS = (("sunmart", "Sunmart Electronics", "日沐电器连锁", "nanjing"), ("guohe-living", "Guohe Living", "国禾生活连锁", "beijing"))
PLATFORMS = (
    ("pinlan", "Pinlan Mall", "品澜商城", "beijing"),
    ("yungou", "Yuntuo Shop", "云拓购", "hangzhou"),
    ("douxing", "Douxing Live", "逗星直播", "beijing"),
    ("kuaida", "Kuaihe Instant", "快禾即送", "shanghai"),
)
EXPORT = (
    (UNATTRIBUTED, "Danube Handel", "多瑙贸易", "AT", "EUR", "refrigerator", 21_000_000),
    ("nordwind-handel", "Nordwind Handel", "北风贸易", "DE", "EUR", "washing_machine", 9_000_000),
    ("pacific-home", "Pacific Home", "太平洋家居", "US", "USD", "air_conditioner", 14_000_000),
    (NO_RATE, "Lagos Home", "拉各斯家居", "NG", "NGN", "small_appliance", 1_500_000),
)
ABROAD = (
    ("households-hamburg", "Households in Hamburg", "汉堡家庭", "DE", "nordwind-handel", "EUR", "washing_machine"),
    ("households-seattle", "Households in Seattle", "西雅图家庭", "US", "pacific-home", "USD", "air_conditioner"),
    ("households-lagos", "Households in Lagos", "拉各斯家庭", "NG", NO_RATE, "NGN", "small_appliance"),
)
MONTHLY = {"refrigerator": 3_000_000, "washing_machine": 2_200_000, "air_conditioner": 3_400_000, "small_appliance": 1_200_000}
"""What the households of a city of weight 1 spend on the maker's products in an average month, CNY."""
SHOPS = {"华东": 9, "华北": 6, "华南": 6, "华中": 5, "西南": 5, "西北": 6, "东北": 4}


class Buyer(NamedTuple):
    """An organization that uses what it buys: its seller, what, how much a month, and its life cycle."""

    id: str
    seller: str
    products: tuple[str, ...]
    base: float
    chapters: Sequence[Chapter] = STEADY


def _at(city: City) -> dict[str, object]:
    return {"country": "CN", "region": city.region, "city": city.zh, "market_tier": city.market_tier}


class Market:
    """Who sells to whom on the way to the end customers."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.dice = story.dice("market")
        self.names = brands(self.dice)
        self.shops: dict[str, list[str]] = {region: [] for region in SHOPS}
        self.households: dict[str, str] = {}
        self.buyers: list[Buyer] = []
        self.regional: dict[str, list[str]] = {}

    def tell_channels(self) -> None:
        """Distributors, wholesalers, chains, platforms, shops, exporters."""
        story = self.story
        for party, en, zh, city, size in DISTRIBUTORS:
            story.party(
                party,
                en,
                zh,
                size_class=size,
                sector="private",
                business_model="b2b",
                scope="regional",
                industry={"scheme": "gbt4754", "code": "F5137"},
                **_at(CITY[city]),
            )
            self.regional.setdefault(CITY[city].region, []).append(party)
        for party, en, zh, city in WHOLESALERS:
            story.party(
                party, en, zh, size_class="small", sector="private", business_model="b2b", industry={"scheme": "gbt4754", "code": "F5137"}, **_at(CITY[city])
            )
        for party, en, zh, city in CHAINS:
            story.party(
                party,
                en,
                zh,
                size_class="large",
                sector="private",
                business_model="b2c",
                scope="national",
                purchase_channel="mixed",
                industry={"scheme": "gbt4754", "code": "F5274"},
                **_at(CITY[city]),
            )
        for party, en, zh, city in PLATFORMS:
            story.party(
                party,
                en,
                zh,
                size_class="mega" if party == "pinlan" else "large",
                sector="private",
                business_model="b2b2c",
                scope="national",
                purchase_channel="online",
                industry={"scheme": "gbt4754", "code": "F5292"},
                **_at(CITY[city]),
            )
        for region, count in SHOPS.items():
            cities = [city for city in CITIES if city.region == region]
            ordered = [CITY[city] for city in (*EXCLUSIVE_CITIES, "xian", "xian")] if region == "西北" else [self.dice.choice(cities) for _ in range(count)]
            for city in ordered:
                self._shop(city)
        for party, en, zh, country, *_ in EXPORT:
            story.party(party, en, zh, country=country, size_class="medium", sector="private", business_model="b2b", scope="global")

    def _shop(self, city: City) -> None:
        brand, brand_zh = next(self.names)
        trade, trade_zh = self.dice.choice(RETAIL_TRADES)
        party = f"shop-{slug(brand)}"
        self.story.party(
            party,
            f"{brand} {trade}",
            brand_zh + trade_zh,
            size_class=self.dice.choice(("small", "small", "medium")),
            sector="private",
            business_model="b2c",
            purchase_channel="offline",
            industry={"scheme": "gbt4754", "code": "F5274"},
            **_at(city),
        )
        self.shops[city.region].append(party)

    def tell_end_customers(self) -> None:
        """Households as groups by city, and organizations that use what they buy."""
        for city in CITIES:
            self.households[city.id] = self.story.party(
                f"households-{city.id}",
                f"Households in {city.en}",
                f"{city.zh}家庭",
                "group",
                sector="household",
                consumer_kind="household",
                purchase_channel="offline" if city.id in EXCLUSIVE_CITIES else "mixed",
                **_at(city),
            )
        for party, en, zh, country, *_ in ABROAD:
            self.story.party(party, en, zh, "group", country=country, sector="household", consumer_kind="household")
        county = [city for city in CITIES if city.id in ("wenzhou", "yantai", "luoyang", "mianyang")]
        for city in county:
            self.story.party(
                f"county-{city.id}",
                f"County households around {city.en}",
                f"{city.zh}周边县域家庭",
                "group",
                sector="household",
                consumer_kind="household",
                region=city.region,
                country="CN",
                market_tier=5,
            )
        self._organizations()

    def _organizations(self) -> None:
        hotels = [self._named(*self.dice.choice(HOTEL_TRADES), city, "medium") for city in self._cities(12)]
        builders = [self._named(*self.dice.choice(BUILDER_TRADES), city, "large") for city in self._cities(8)]
        story = self.story
        story.party(
            RETURNED,
            "Lanyue Hotels",
            "澜月酒店集团",
            size_class="large",
            sector="private",
            business_model="b2c",
            consumer_kind="business",
            industry={"scheme": "gbt4754", "code": "H6110"},
            **_at(CITY["chengdu"]),
        )
        story.party(
            NET_REFUND,
            "Xingdu Residences",
            "星渡置业",
            size_class="large",
            sector="private",
            consumer_kind="business",
            industry={"scheme": "gbt4754", "code": "K7010"},
            **_at(CITY["wuhan"]),
        )
        public = [
            story.party(
                party, en, zh, size_class="large", sector="public", consumer_kind="institution", industry={"scheme": "gbt4754", "code": code}, **_at(CITY[city])
            )
            for party, en, zh, code, city in PUBLIC_BUYERS
        ]
        life = [STEADY] * 5 + [RISK, LAPSED, FRESH, ENDED]
        for party in hotels:
            self.buyers.append(
                Buyer(party, self._seller(party), ("air_conditioner", "refrigerator"), self.dice.uniform(0.5, 1.6) * 1e6, self.dice.choice(life))
            )
        for party in builders:
            self.buyers.append(Buyer(party, FOCAL, ("air_conditioner",), self.dice.uniform(2.0, 5.0) * 1e6, self.dice.choice(life)))
        for party in public:
            self.buyers.append(
                Buyer(
                    party,
                    FOCAL if party != "lakeside-school" else USES_TOO,
                    ("washing_machine" if "hospital" in party else "air_conditioner",),
                    self.dice.uniform(0.6, 1.4) * 1e6,
                )
            )
        self.buyers.append(Buyer(RETURNED, FOCAL, ("air_conditioner", "refrigerator"), 2.4e6, CAME_BACK))
        self.buyers.append(
            Buyer(NET_REFUND, FOCAL, ("air_conditioner",), 3.0e6, (Chapter("active", last=21), Chapter("ended", 22, reason="project halted; units sent back")))
        )

    def _cities(self, count: int) -> list[City]:
        return [self.dice.choice([city for city in CITIES if city.weight > 1 and city.id not in EXCLUSIVE_CITIES]) for _ in range(count)]

    def _named(self, trade: str, trade_zh: str, code: str, city: City, size: str) -> str:
        brand, brand_zh = next(self.names)
        return self.story.party(
            f"{slug(brand)}-{slug(trade)}",
            f"{brand} {trade}",
            brand_zh + trade_zh,
            size_class=size,
            sector="private",
            consumer_kind="business",
            industry={"scheme": "gbt4754", "code": code},
            **_at(city),
        )

    def _seller(self, party: str) -> str:
        """Every second organization buys from the maker itself, the others from a distributor of their region."""
        region = str(self.story.parties[party]["region"])
        return FOCAL if len(self.buyers) % 2 else self.regional[region][0]


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


def months_of(chapters: Sequence[Chapter]) -> list[tuple[int, int]]:
    """The months in which a buyer of that life cycle buys."""
    return [(chapter.first or 0, 35 if chapter.last is None else chapter.last) for chapter in chapters if chapter.stage in BUYING]

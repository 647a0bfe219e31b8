"""The channel: distributors by region, wholesalers, chains, platforms, shops, exporters."""

from __future__ import annotations

from typing import Any

from examples.demo.names import CITIES, CITY, RETAIL_TRADES, City, brands, slug
from examples.demo.story import Story

SILKROAD, EXCLUSIVE_CITIES = "silkroad-appliances", ("lanzhou", "xining", "yinchuan", "urumqi")
"""The only way to the households of four cities in the north-west."""
USES_TOO = "jiangnan-supply"
"""A distributor of refrigerators that fills its own rental flats with washing machines and air conditioners."""
NO_RATE = "lagos-home"
UNATTRIBUTED = "danube-handel"
"""It sells on to nobody that is known: the largest part of the sales whose end is not known."""
BIGGEST_PLATFORM = "pinlan"

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
MONTHLY = {"refrigerator": 3_000_000, "washing_machine": 2_200_000, "air_conditioner": 3_400_000, "small_appliance": 1_200_000}
"""What the households of a city of weight 1 spend on the maker's products in an average month, CNY."""
SHOPS = {"华东": 9, "华北": 6, "华南": 6, "华中": 5, "西南": 5, "西北": 6, "东北": 4}


class Market:
    """Who sells in which region, and the names that are left for others of the market."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.dice = story.dice("market")
        self.names = brands(self.dice)
        self.shops: dict[str, list[str]] = {region: [] for region in SHOPS}
        self.regional: dict[str, list[str]] = {}

    def company(self, party: str, en: str, zh: str, code: str, city: City, **fields: Any) -> str:
        """A company of a trade (GB/T 4754) in a city."""
        home = {"country": "CN", "region": city.region, "city": city.zh, "market_tier": city.market_tier}
        return self.story.party(party, en, zh, industry={"scheme": "gbt4754", "code": code}, **{"sector": "private", **home, **fields})

    def tell_channel(self) -> None:
        """Everyone who sells on what the maker makes."""
        for party, en, zh, city, size in DISTRIBUTORS:
            self.company(party, en, zh, "F5137", CITY[city], size_class=size, business_model="b2b", scope="regional")
            self.regional.setdefault(CITY[city].region, []).append(party)
        for party, en, zh, city in WHOLESALERS:
            self.company(party, en, zh, "F5137", CITY[city], size_class="small", business_model="b2b")
        for party, en, zh, city in CHAINS:
            self.company(party, en, zh, "F5274", CITY[city], size_class="large", business_model="b2c", scope="national", purchase_channel="mixed")
        for party, en, zh, city in PLATFORMS:
            size = "mega" if party == BIGGEST_PLATFORM else "large"
            self.company(party, en, zh, "F5292", CITY[city], size_class=size, business_model="b2b2c", scope="national", purchase_channel="online")
        for region, count in SHOPS.items():
            cities = [city for city in CITIES if city.region == region]
            own = [CITY[name] for name in (*EXCLUSIVE_CITIES, "xian", "xian")] if region == "西北" else [self.dice.choice(cities) for _ in range(count)]
            for place in own:
                self._shop(place)
        for party, en, zh, country, *_ in EXPORT:
            self.story.party(party, en, zh, country=country, region="海外", size_class="medium", sector="private", business_model="b2b", scope="global")

    def _shop(self, city: City) -> None:
        brand, brand_zh = next(self.names)
        trade, trade_zh = self.dice.choice(RETAIL_TRADES)
        size = self.dice.choice(("small", "small", "medium"))
        party = f"shop-{slug(brand)}"
        sort = {"size_class": size, "business_model": "b2c", "purchase_channel": "offline", "scope": "local"}
        self.company(party, f"{brand} {trade}", brand_zh + trade_zh, "F5274", city, **sort)
        self.shops[city.region].append(party)

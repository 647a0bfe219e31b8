"""The suppliers: what goes into an appliance, who makes it, and who stands behind them."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from examples.demo.chain import Chain, Contract
from examples.demo.names import CITY, TIER_TWO_TRADES, brands, slug
from examples.demo.story import FOCAL, Story

LINES = {"R": "refrigerator", "W": "washing_machine", "A": "air_conditioner", "S": "small_appliance"}


class Supplier(NamedTuple):
    """A first-tier supplier; ``recipe`` says which part of the maker's price of each line is paid to it."""

    id: str
    en: str
    zh: str
    trade: str
    city: str
    size: str
    recipe: dict[str, float]


FIRST_TIER = (
    Supplier("polar-compressor", "Polar Compressors", "极地压缩机", "C3442", "wuxi", "large", {"A": 0.13, "R": 0.05}),
    Supplier("beihe-compressor", "Beihe Compressors", "北河压缩机", "C3442", "tianjin", "large", {"R": 0.09, "A": 0.05}),
    Supplier("keyuan-motors", "Keyuan Motors", "科垣电机", "C3813", "ningbo", "large", {"W": 0.10, "A": 0.05}),
    Supplier("anda-motors", "Anyue Motors", "安岳电机", "C3813", "foshan", "medium", {"W": 0.06, "A": 0.03}),
    Supplier("mingxin-controls", "Mingshu Controls", "明枢电控", "C3982", "suzhou", "large", {"R": 0.06, "W": 0.07, "A": 0.07}),
    Supplier("hualu-controls", "Hualu Controls", "骅陆电控", "C3982", "dongguan", "medium", {"A": 0.03, "W": 0.03}),
    Supplier("xianghe-displays", "Xianglan Displays", "祥岚显示", "C3974", "hefei", "medium", {"R": 0.02, "W": 0.02}),
    Supplier("wutong-wireless", "Wutong Wireless", "梧桐联物", "C3921", "shenzhen", "small", {"R": 0.01, "W": 0.01, "A": 0.015}),
    Supplier("taihu-plastics", "Taihu Plastics", "太湖塑业", "C2929", "wuxi", "medium", {"R": 0.06, "W": 0.05, "A": 0.03}),
    Supplier("yuehai-plastics", "Yueshan Plastics", "粤山塑业", "C2929", "foshan", "medium", {"R": 0.03, "W": 0.03}),
    Supplier("baolai-sheet", "Baolai Sheet Metal", "宝徕钣金", "C3311", "qingdao", "medium", {"R": 0.05, "W": 0.06, "A": 0.05}),
    Supplier("lianyi-stamping", "Lianyi Stamping", "联弋冲压", "C3311", "wuhan", "medium", {"A": 0.04, "R": 0.02}),
    Supplier("hengxin-exchangers", "Hengmo Heat Exchangers", "恒墨换热器", "C3464", "foshan", "medium", {"A": 0.07}),
    Supplier("fengshun-foam", "Fengye Insulation", "峰野隔热", "C2924", "jinan", "medium", {"R": 0.04}),
    Supplier("dongping-glass", "Dongzhen Glass", "东砧玻璃", "C3051", "luoyang", "medium", {"R": 0.03}),
    Supplier("runze-refrigerant", "Runqi Refrigerants", "润祺制冷剂", "C2614", "ningbo", "large", {"A": 0.02, "R": 0.01}),
    Supplier("haoyi-harness", "Haoyi Wire Harness", "皓弈线束", "C3831", "zhuhai", "small", {"R": 0.01, "W": 0.01, "A": 0.01}),
    Supplier("shunda-gaskets", "Shunmu Gaskets", "顺木密封", "C2913", "wenzhou", "small", {"R": 0.01, "W": 0.01}),
    Supplier("jinlu-bearings", "Jinlu Bearings", "锦麓轴承", "C3451", "luoyang", "small", {"W": 0.02}),
    Supplier("tengda-drums", "Tengyu Drums", "腾屿内筒", "C3311", "qingdao", "medium", {"W": 0.05}),
    Supplier("yongquan-valves", "Yongquan Valves", "涌泉阀件", "C3443", "ningbo", "small", {"A": 0.015, "W": 0.01}),
    Supplier("chunlei-fans", "Chunlan Fans", "椿岚风机", "C3462", "wuxi", "small", {"A": 0.02}),
    Supplier("yifeng-packaging", "Yifeng Packaging", "亦枫包装", "C2231", "hefei", "small", {"R": 0.012, "W": 0.012, "A": 0.01}),
    Supplier("haitong-packaging", "Haimu Packaging", "海沐包装", "C2231", "qingdao", "small", {"R": 0.008, "W": 0.008, "A": 0.008}),
    Supplier("meiguang-coatings", "Meiguang Coatings", "镁光涂装", "C2641", "foshan", "medium", {"R": 0.015, "W": 0.015, "A": 0.012}),
    Supplier("jieneng-sensors", "Jieneng Sensors", "捷凝传感", "C3983", "shenzhen", "small", {"R": 0.008, "A": 0.012}),
    Supplier("kitano-precision", "Kitano Precision", "北野精密", "C3484", "shanghai", "medium", {"A": 0.01, "W": 0.01}),
    Supplier("alpenglas", "Alpenglas", "阿尔本玻璃", "C3051", "shanghai", "medium", {"R": 0.01}),
    Supplier("zhongshan-oem", "Xiangshan Small Appliances", "香杉小家电制造", "C3854", "foshan", "medium", {"S": 0.62}),
    Supplier("xiwang-labels", "Xiyu Labels", "熙屿标识", "C2319", "hangzhou", "micro", {"R": 0.002, "W": 0.002, "A": 0.002}),
)
CHOKE, CHOKE_SHARES = (
    "ningxin-modules",
    {
        "mingxin-controls": 0.40,
        "hualu-controls": 0.40,
        "polar-compressor": 0.24,
        "keyuan-motors": 0.28,
        "anda-motors": 0.28,
        "wutong-wireless": 0.40,
        "zhongshan-oem": 0.07,
    },
)
"""Nobody at the maker has met them: power modules, in what seven first-tier suppliers sell. Behind them stands a chain that sells to nobody else."""
BEHIND_CHOKE = (
    ("huajing-foundry", "Huajing Wafer Foundry", "桦晶晶圆", "C3973", "wuxi", "large", 0.42),
    ("qishi-substrates", "Qishi Ceramic Substrates", "磊石陶瓷基板", "C3985", "yichang", "small", 0.14),
    ("lingbo-leadframes", "Lingbo Leadframes", "凌珀引线框架", "C3989", "ningbo", "small", 0.10),
    ("tianqing-epoxy", "Tianqing Epoxy", "天磬环氧", "C2651", "tianjin", "small", 0.06),
)
BEHIND_FOUNDRY = (
    ("yinhe-silicon", "Yinhe Silicon", "银禾硅材料", "C3985", "luoyang", "medium", 0.30),
    ("ruiguang-masks", "Ruiguang Photomasks", "睿珖光掩模", "C3985", "suzhou", "small", 0.08),
)
COPPER, COPPER_SHARES = "huaibei-copper", {"polar-compressor": 0.22, "beihe-compressor": 0.34}
"""The copper tube of both compressor makers: two sources on paper, one behind them."""
RAW = (
    ("jidong-steel", "Jidong Steel", "冀栋钢铁", "C3130", "tangshan", "mega"),
    ("ganjiang-copper", "Ganjiang Copper", "赣绛铜业", "C3211", "nanchang", "large"),
    ("dianxi-aluminium", "Dianxi Aluminium", "滇汐铝业", "C3216", "kunming", "large"),
    ("bohai-petrochem", "Bohe Petrochemicals", "渤禾石化", "C2614", "dalian", "mega"),
    ("xijiang-polymers", "Xijiang Polymers", "西绛聚合物", "C2651", "nanning", "large"),
    ("yulin-fluorine", "Yumu Fluorine", "榆木氟化工", "C2619", "xian", "medium"),
    ("huanghe-glass-sand", "Huangyuan Glass Sand", "黄垣石英砂", "B1019", "zhengzhou", "small"),
    ("mengdong-rare-earth", "Mengdong Rare Earths", "蒙峒稀土", "B0932", "hohhot", "large"),
    ("chuanxi-titanium", "Chuanxi Pigments", "川汐钛白", "C2643", "mianyang", "medium"),
    ("minnan-paper", "Minnan Paper", "闽楠纸业", "C2221", "xiamen", "medium"),
    ("liaodong-magnesium", "Liaodong Magnesium", "辽峒镁业", "C3217", "shenyang", "small"),
    ("wannan-tungsten", "Wannan Tungsten", "皖楠钨业", "B0931", "hefei", "small"),
    ("hainan-rubber", "Qiongya Rubber", "琼崖橡胶", "C2911", "haikou", "medium"),
    ("xinjiang-cotton", "Tianshan Fibres", "天杉纤维", "C1711", "urumqi", "small"),
    ("songhua-timber", "Songhe Pulp", "松禾木浆", "C2211", "harbin", "medium"),
    ("pearl-solvents", "Pearl Solvents", "珠澜溶剂", "C2614", "zhuhai", "small"),
)
SECOND_TIER = 34
CAPTIVE_OF = ("polar-compressor", "mingxin-controls", "hengxin-exchangers", "taihu-plastics")
"""Each of these has a small maker behind it that sells to nobody else."""
BOUGHT_RAW = (
    ("baolai-sheet", "jidong-steel"),
    ("lianyi-stamping", "jidong-steel"),
    ("tengda-drums", "jidong-steel"),
    ("taihu-plastics", "bohai-petrochem"),
    ("yuehai-plastics", "xijiang-polymers"),
    ("runze-refrigerant", "yulin-fluorine"),
    ("dongping-glass", "huanghe-glass-sand"),
    ("meiguang-coatings", "chuanxi-titanium"),
    ("hengxin-exchangers", "dianxi-aluminium"),
    ("yifeng-packaging", "minnan-paper"),
    ("hengxin-exchangers", "ganjiang-copper"),
    ("fengshun-foam", "bohai-petrochem"),
)
"""First-tier suppliers that buy a raw material themselves."""
HALF_YEARLY = Contract(6, in_return_for="goods")
PLANTED = (
    *((first, CHOKE, share) for first, share in CHOKE_SHARES.items()),
    *((first, COPPER, share) for first, share in COPPER_SHARES.items()),
    ("zhongshan-oem", "taihu-plastics", 0.10),
)
"""Buyer, seller, and which part of the buyer's sales is paid for it."""
BEHIND_PLANTED = (
    *((CHOKE, second, share) for second, *_, share in BEHIND_CHOKE),
    *(("huajing-foundry", raw, share) for raw, *_, share in BEHIND_FOUNDRY),
    (COPPER, "ganjiang-copper", 0.65),
)
"""What stands behind these; told after them, since what they buy follows from what they sold."""


def tell_suppliers(story: Story) -> None:
    """The suppliers' parties and roles; what they are paid follows with the chain."""
    for supplier in FIRST_TIER:
        foreign = {"kitano-precision": "JP", "alpenglas": "AT"}.get(supplier.id)
        _maker(story, supplier.id, supplier.en, supplier.zh, supplier.trade, supplier.city, supplier.size, country=foreign or "CN")
    for party, en, zh, trade, city, size, *_ in (
        (CHOKE, "Ningxin Power Modules", "凝芯功率模块", "C3973", "wenzhou", "small"),
        *BEHIND_CHOKE,
        *BEHIND_FOUNDRY,
        (COPPER, "Huaibei Copper Tube", "淮稗铜管", "C3251", "hefei", "medium"),
        *RAW,
    ):
        _maker(story, party, en, zh, trade, city, size)
    dice = story.dice("second tier")
    names = brands(dice)
    cities = sorted(CITY)
    for place in range(SECOND_TIER):
        brand, brand_zh = next(names)
        trade, trade_zh, code = TIER_TWO_TRADES[place % len(TIER_TWO_TRADES)]
        _maker(
            story,
            f"{slug(brand)}-{slug(trade)}",
            f"{brand} {trade}",
            brand_zh + trade_zh,
            code,
            dice.choice(cities),
            dice.choice(("micro", "small", "small", "medium")),
            attributes={"supplier_tier": 2},
        )


def _maker(
    story: Story, party: str, en: str, zh: str, trade: str, city: str, size: str, *, country: str = "CN", attributes: dict[str, int] | None = None
) -> None:
    where = CITY[city]
    home = (
        {"country": country, "region": where.region, "city": where.zh, "market_tier": where.market_tier}
        if country == "CN"
        else {"country": country, "scope": "global"}
    )
    sector = "state_owned" if size == "mega" else "private"
    story.party(
        party, en, zh, industry={"scheme": "gbt4754", "code": trade}, size_class=size, sector=sector, business_model="b2b", attributes=attributes, **home
    )


def second_tier(story: Story) -> list[str]:
    """The ids of the makers that have no planted place."""
    return [party for party, record in story.parties.items() if record.get("attributes") == {"supplier_tier": 2}]


def tell_purchases(story: Story, chain: Chain) -> None:
    """What the maker pays its suppliers, these theirs, and so on down to the raw materials."""
    dice = story.dice("recipes")
    for supplier in FIRST_TIER:
        currency = {"kitano-precision": "USD", "alpenglas": "EUR"}.get(supplier.id, "CNY")
        contract = Contract(1 if max(supplier.recipe.values()) > 0.04 else 3, currency, in_return_for="goods", satisfaction="C", importance=4)
        for line, share in supplier.recipe.items():
            chain.procure(FOCAL, supplier.id, share, (LINES[line],), under=LINES[line], contract=contract)
    for buyer, seller, share in PLANTED:
        chain.procure(buyer, seller, share, contract=HALF_YEARLY)
    for first, suppliers in _behind(dice, second_tier(story)).items():
        taken = CHOKE_SHARES.get(first, 0.0) + COPPER_SHARES.get(first, 0.0)
        for second in suppliers:
            chain.procure(first, second, (0.62 - taken) / len(suppliers), contract=HALF_YEARLY)
    for buyer, seller, share in BEHIND_PLANTED:
        chain.procure(buyer, seller, share, contract=HALF_YEARLY)
    for second in second_tier(story):
        for raw, *_ in dice.sample(RAW, 2):
            chain.procure(second, raw, dice.uniform(0.15, 0.28), contract=HALF_YEARLY)
    for first, raw in BOUGHT_RAW:
        chain.procure(first, raw, 0.15, contract=HALF_YEARLY)


def _behind(dice: Random, others: list[str]) -> dict[str, list[str]]:
    """First-tier supplier -> who sells to it. Nearly everyone sells to two at least, so that neither is its only way to the maker."""
    firsts = [supplier.id for supplier in FIRST_TIER]
    shared, captive = others[: -len(CAPTIVE_OF)], others[-len(CAPTIVE_OF) :]
    behind = {first: dice.sample(shared, dice.choice((2, 3, 3))) for first in firsts}
    for place, second in enumerate(shared):
        for step in (0, 11):
            if second not in (suppliers := behind[firsts[(place + step) % len(firsts)]]):
                suppliers.append(second)
    for first, second in zip(CAPTIVE_OF, captive, strict=True):
        behind[first].append(second)
    return behind

"""The maker itself: its departments and plants, its people and those who left, and what it offers."""

from __future__ import annotations

from typing import NamedTuple

from examples.demo.names import CITY, people, slug
from examples.demo.story import FOCAL, YEARS, Chapter, Story

GAVE_NAME = "lin-yue"
"""Left in March 2024, and has sent three hotels and a partner since."""
CHIEF, BUYER, SELLER, STRATEGIST = "he-siyuan", "qin-wenbo", "luo-jiaqi", "tang-minghui"
"""The people who judge: the chief executive, the heads of purchasing, sales and strategy."""
WORKFORCE = "haiyue-workforce"
LINK, APP, MODEL = "hailink", "haiyue-app", "hailink-energy-model"


class Unit(NamedTuple):
    """A department or plant; ``serves`` are its internal customers."""

    id: str
    en: str
    zh: str
    city: str
    serves: tuple[str, ...]
    delivers: str


UNITS = (
    Unit("hy-purchasing", "Purchasing", "采购部", "qingdao", ("hy-hefei-plant", "hy-qingdao-plant", "hy-foshan-plant", "hy-wuhan-plant"), "goods"),
    Unit("hy-sales-china", "Sales China", "中国营销部", "qingdao", ("hy-ecommerce", "hy-service"), "information"),
    Unit("hy-ecommerce", "E-commerce", "电商事业部", "hangzhou", ("hy-sales-china",), "data"),
    Unit("hy-export", "Overseas Business", "海外事业部", "qingdao", ("hy-sales-china",), "information"),
    Unit("hy-research", "Research Institute", "中央研究院", "qingdao", ("hy-hefei-plant", "hy-qingdao-plant", "hy-foshan-plant", "hy-hailink"), "knowledge"),
    Unit("hy-hailink", "HaiLink Smart Home", "海联智家事业部", "shenzhen", ("hy-service", "hy-research"), "data"),
    Unit("hy-quality", "Quality", "质量部", "qingdao", ("hy-hefei-plant", "hy-qingdao-plant", "hy-foshan-plant", "hy-wuhan-plant"), "service"),
    Unit("hy-service", "Customer Service", "客户服务部", "qingdao", ("hy-sales-china", "hy-quality"), "information"),
    Unit("hy-finance", "Finance", "财务部", "qingdao", ("hy-purchasing", "hy-sales-china"), "service"),
    Unit("hy-people", "Human Resources", "人力资源部", "qingdao", ("hy-research", "hy-hefei-plant"), "labour"),
    Unit("hy-strategy", "Strategy", "战略部", "qingdao", ("hy-finance",), "knowledge"),
    Unit("hy-logistics", "Supply Chain Planning", "供应链计划部", "qingdao", ("hy-purchasing", "hy-sales-china"), "service"),
    Unit("hy-hefei-plant", "Hefei Refrigerator Plant", "合肥冰箱工厂", "hefei", ("hy-sales-china", "hy-ecommerce"), "goods"),
    Unit("hy-qingdao-plant", "Qingdao Washing Machine Plant", "青岛洗衣机工厂", "qingdao", ("hy-sales-china", "hy-ecommerce"), "goods"),
    Unit("hy-foshan-plant", "Foshan Air Conditioner Plant", "佛山空调工厂", "foshan", ("hy-sales-china", "hy-export"), "goods"),
    Unit("hy-wuhan-plant", "Wuhan Components Plant", "武汉零部件工厂", "wuhan", ("hy-foshan-plant", "hy-hefei-plant"), "goods"),
)
PEOPLE = (
    (CHIEF, "He Siyuan", "何思源", "hy-strategy", "Chief executive"),
    (BUYER, "Qin Wenbo", "秦文博", "hy-purchasing", "Head of purchasing"),
    (SELLER, "Luo Jiaqi", "罗佳琪", "hy-sales-china", "Head of sales China"),
    (STRATEGIST, "Tang Minghui", "唐明慧", "hy-strategy", "Head of strategy"),
    ("bai-haoran", "Bai Haoran", "白浩然", "hy-research", "Head of research"),
    ("su-ruoxi", "Su Ruoxi", "苏若曦", "hy-service", "Head of customer service"),
    ("ye-pengfei", "Ye Pengfei", "叶鹏飞", "hy-hailink", "Head of HaiLink"),
    ("mo-lizhen", "Mo Lizhen", "莫丽珍", "hy-quality", "Head of quality"),
    ("song-yifan", "Song Yifan", "宋一帆", "hy-ecommerce", "Head of e-commerce"),
    ("yan-tianyu", "Yan Tianyu", "严天宇", "hy-finance", "Chief financial officer"),
)
OFFERINGS = (
    (LINK, "HaiLink platform", "海联智家平台", "platform"),
    (APP, "Haiyue Home app", "海悦之家应用", "application"),
    (MODEL, "HaiLink energy model", "海联节能算法", "algorithm"),
    ("line-refrigerator", "Haiyue Fresh refrigerators", "海悦鲜存冰箱", "product line"),
    ("line-washing-machine", "Haiyue Pure washing machines", "海悦净护洗衣机", "product line"),
    ("line-air-conditioner", "Haiyue Breeze air conditioners", "海悦清风空调", "product line"),
    ("line-small-appliance", "Haiyue Mini appliances", "海悦迷你小家电", "product line"),
    ("project-zero", "Project Zero (carbon-neutral plant)", "零碳工厂项目", "project"),
)


def tell_maker(story: Story) -> None:
    """The focal party, its units, people and offerings."""
    home = CITY["qingdao"]
    story.party(
        FOCAL,
        "Haiyue Appliances",
        "海悦电器",
        also=("海悦电器股份有限公司",),
        country="CN",
        region=home.region,
        city=home.zh,
        market_tier=1,
        sector="private",
        size_class="mega",
        scope="global",
        business_model="b2b2c",
        industry={"scheme": "gbt4754", "code": "C3851"},
        identifiers={"uscc": "91370200DEMO000001", "domain": "haiyue.example"},
        attributes={"employees": 21400, "founded": 1991},
    )
    for unit in UNITS:
        where = CITY[unit.city]
        story.party(unit.id, f"Haiyue {unit.en}", f"海悦{unit.zh}", "unit", country="CN", region=where.region, city=where.zh)
        story.tie("part_of", unit.id, FOCAL)
        story.role(unit.id, "department", purpose="transformation" if "plant" in unit.id else None)
    for unit in UNITS:
        for customer in unit.serves:
            story.role(customer, "customer", unit.id, purpose="own_use")
            story.yearly(unit.delivers, unit.id, customer, YEARS[-1:], satisfaction="D", importance=4)
    _people(story)
    for party, en, zh, sort in OFFERINGS:
        story.party(party, en, zh, "offering", attributes={"sort": sort})
        story.tie("part_of", party, FOCAL, strength=0.3)
    story.tie("part_of", MODEL, LINK)


def _people(story: Story) -> None:
    for party, en, zh, unit, title in PEOPLE:
        story.party(party, en, zh, "person", country="CN", attributes={"title": title})
        story.role(party, "employee")
        story.tie("member_of", party, unit)
        if party != CHIEF:
            story.tie("reports_to", party, CHIEF, strength=0.2)
    story.party(WORKFORCE, "Haiyue workforce", "海悦全体员工", "group", country="CN", attributes={"members": 21400})
    story.role(WORKFORCE, "employee", tier="key")
    story.party(GAVE_NAME, "Lin Yue", "林悦", "person", country="CN", city="上海", attributes={"title": "Key account manager until March 2024"})
    _became_alumni(story, GAVE_NAME, 15)
    names = people(story.dice("alumni"))
    for left in (5, 9, 12, 20, 26, 30):
        en, zh = next((en, zh) for en, zh in names if slug(en) not in story.parties)
        party = story.party(slug(en), en, zh, "person", country="CN")
        _became_alumni(story, party, left)


def _became_alumni(story: Story, party: str, left: int) -> None:
    """One role, two slices: an employee up to that month, one of the alumni afterwards."""
    story.role(party, "employee", chapters=(Chapter("active", last=left - 1), Chapter("active", left, reason="left on good terms", role="alumni")), name="path")

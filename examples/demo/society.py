"""Everyone around the value chain: owners, authorities, associations, science, media, competitors, partners, service providers, neighbours."""

from __future__ import annotations

from typing import Any

from examples.demo.names import CITY, DEVELOPER_TRADES, brands, people, slug
from examples.demo.story import Story

FOUNDER, TRUST, HOLDING, FUND = "he-guangping", "he-family-trust", "qilin-holding", "penglai-fund"
"""The founder holds no share himself: trust -> holding -> fund -> maker."""
GATEKEEPER = "shen-ruizhi"
"""Secretary-general of the association: suppliers and science on the one side, trade and media on the other meet through her only."""
ASSOCIATION = "appliance-association"
TWO_STEPS_AWAY = "eco-bureau"
"""It has no tie with the maker, but regulates three of its suppliers' plants."""
GIVES_ONLY = "laoshan-university"
TESTER, TESTED_CITY = "auntie-zhou", "shanghai"
"""Her tests bring the households of Shanghai, whose data improve the products that she tests: the most valuable loop."""

OWNERS = (
    (TRUST, "He Family Trust", "何氏家族信托"),
    (HOLDING, "Qilin Holding", "麒临控股"),
    (FUND, "Penglai Industrial Fund", "蓬崃产业基金"),
    ("harbour-pension", "Harbour Pension Fund", "海港养老基金"),
    ("east-sea-investment", "East Sea Investment", "东汐投资"),
    ("civic-capital", "Civic Capital", "市属资本运营"),
    ("staff-share-plan", "Haiyue Staff Share Plan", "海悦员工持股计划"),
    ("granite-partners", "Granite Partners", "花岗岩资本"),
    ("river-bank", "River Commercial Bank", "江河商业银行"),
)
AUTHORITIES = (
    ("market-supervision", "Market Supervision Administration", "市场监督管理局", "regulator"),
    (TWO_STEPS_AWAY, "Ecology and Environment Bureau", "生态环境局", "regulator"),
    ("energy-label-office", "Energy Label Office", "能效标识管理中心", "regulator"),
    ("customs-office", "Port Customs", "港口海关", "regulator"),
    ("securities-commission", "Securities Commission", "证券监督委员会", "regulator"),
    ("cyber-office", "Data Protection Office", "网络数据管理办公室", "regulator"),
    ("tax-bureau", "Tax Bureau", "税务局", "government"),
    ("industry-bureau", "Industry and Information Bureau", "工业和信息化局", "government"),
    ("district-government", "District Government", "区政府", "government"),
    ("commerce-bureau", "Commerce Bureau", "商务局", "government"),
)
ASSOCIATIONS = (
    (ASSOCIATION, "Home Appliance Association", "家用电器行业协会"),
    ("standards-committee", "Smart Home Standards Committee", "智能家居标准委员会"),
    ("retail-association", "Retail Association", "零售商业协会"),
    ("consumer-council", "Consumer Council", "消费者委员会"),
)
SCIENCE = (
    (GIVES_ONLY, "Laoshan University of Technology", "崂峰理工大学"),
    ("jiangcheng-university", "Rivercity University", "江畔大学"),
    ("cold-chain-institute", "Cold Chain Institute", "冷链研究所"),
    ("design-academy", "Academy of Design", "工业设计学院"),
    ("materials-institute", "Institute of Materials", "材料研究所"),
    ("vocational-college", "Coastal Vocational College", "滨海职业学院"),
)
MEDIA = (
    ("daily-consumer", "Consumer Daily", "消费者日刊"),
    ("home-weekly", "Home Weekly", "家居周报"),
    ("tech-lens", "Tech Lens", "科技透镜"),
    ("finance-morning", "Finance Morning", "财经早茶"),
    ("green-report", "Green Report", "绿色观察"),
    ("city-radio", "City Radio", "城市广播"),
    ("trade-journal", "Appliance Trade Journal", "家电商情"),
    ("export-herald", "Export Herald", "外贸先声"),
)
OPINION_LEADERS = (
    (TESTER, "Auntie Zhou Tests", "周姐测评"),
    ("cool-brother", "Cool Brother", "清凉哥"),
    ("home-lab-mo", "Home Lab Mo", "墨家实验室"),
    ("quiet-kitchen", "Quiet Kitchen", "安静厨房"),
    ("mum-of-three", "Mum of Three", "三宝妈妈"),
    ("repair-uncle", "Repair Uncle", "维修大叔"),
    ("smart-nest", "Smart Nest", "智巢笔记"),
    ("rent-girl", "The Renter", "租房小记"),
)
COMPETITORS = (
    ("beifeng", "Beifeng Electric", "北枫电器"),
    ("kailin", "Kailin Home", "凯霖家居电器"),
    ("zhongtai-cool", "Zhongtai Cooling", "仲泰制冷"),
    ("miracle-home", "Miracle Home", "米锐智家"),
    ("nordhaus", "Nordhaus", "诺德豪斯"),
    ("sakura-denki", "Sakura Living", "樱居电器"),
)
PARTNERS = (
    ("blue-river-foundation", "Blue River Foundation", "蓝河公益基金会"),
    ("homestead-design", "Homestead Design", "归宅设计"),
    ("volt-grid", "Volt Grid", "伏特电网服务"),
    ("chip-alliance", "Chip Alliance Lab", "芯片联合实验室"),
    ("solar-roof", "Solar Roof", "光伏屋顶"),
    ("recycle-loop", "Recycle Loop", "循环再生"),
    ("safe-home-insurance", "Safe Home Insurance", "安居保险"),
    ("wisdom-homes", "Wisdom Homes", "慧居物业"),
)
SERVICES = (
    ("beichen-logistics", "Beichi Logistics", "北驰物流", 0.030),
    ("haitian-warehousing", "Haimo Warehousing", "海墨仓储", 0.012),
    ("gold-wrench", "Gold Wrench Repairs", "金扳手维修", 0.010),
    ("silver-wrench", "Silver Wrench Installers", "银扳手安装", 0.010),
    ("bright-media", "Bright Advertising", "亮见广告", 0.022),
    ("cloud-nine", "Nine Clouds", "九云计算", 0.006),
    ("fair-audit", "Fairmind Audit", "正衡会计师事务所", 0.001),
    ("wise-counsel", "Wise Counsel", "明理律师事务所", 0.001),
    ("coastal-power", "Coastal Power", "滨海电力", 0.014),
    ("talent-bridge", "Talent Bridge", "英才桥人力", 0.003),
    ("iron-test-lab", "Ironwood Test Lab", "铁木检测", 0.003),
    ("hotline-centre", "Hotline Centre", "热线呼叫中心", 0.004),
)
"""Service providers, and which part of the maker's sales is paid to each."""
AGENTS = (
    ("builder-agent-east", "Eastgate Agency", "东门代理"),
    ("builder-agent-south", "Southgate Agency", "南门代理"),
    ("hotel-agent", "Hotel Fit-out Agency", "酒店工程代理"),
    ("hospital-agent", "Medical Fit-out Agency", "医疗工程代理"),
    ("campus-agent", "Campus Agency", "校园代理"),
)
NEIGHBOURS = (
    ("community-plant-qingdao", "Neighbours of the Qingdao plant", "青岛工厂周边社区", "community"),
    ("community-plant-foshan", "Neighbours of the Foshan plant", "佛山工厂周边社区", "community"),
    ("owners-forum", "Haiyue owners' forum", "海悦用户社区", "community"),
    ("general-public", "General public", "社会公众", "public"),
    ("future-buyers", "Young people who set up a home", "新成家青年", "public"),
)
MARKETS_OF_CARBON = (("carbon-exchange", "National Carbon Exchange", "碳排放权交易所"), ("green-power-exchange", "Green Power Exchange", "绿电交易中心"))


def tell_society(story: Story) -> None:
    """The parties around the chain; what ties them is told in ``ties`` and ``exchange``."""
    story.party(FOUNDER, "He Guangping", "何广平", "person", country="CN", attributes={"title": "Founder"})
    story.party("public-float", "Holders of listed shares", "公众股东", "group", country="CN")
    for party, en, zh in OWNERS:
        story.party(
            party,
            en,
            zh,
            sector="state_owned" if party == "civic-capital" else "private",
            size_class="large",
            country="CN",
            industry={"scheme": "gbt4754", "code": "J6760"},
        )
    for party, en, zh, _ in AUTHORITIES:
        story.party(party, en, zh, sector="public", country="CN", scope="national")
    story.party(
        GATEKEEPER, "Shen Ruizhi", "沈睿之", "person", country="CN", city="北京", attributes={"title": "Secretary-general of the Home Appliance Association"}
    )
    for group, fields in _GROUPS:
        for party, en, zh, *_ in group:
            story.party(party, en, zh, **{"country": "CN", **fields})
    _generated(story)


_GROUPS: tuple[tuple[tuple[tuple[Any, ...], ...], dict[str, Any]], ...] = (
    (ASSOCIATIONS, {"sector": "nonprofit", "scope": "national"}),
    (SCIENCE, {"sector": "public", "industry": {"scheme": "gbt4754", "code": "P8341"}}),
    (MEDIA, {"sector": "private", "scope": "national", "industry": {"scheme": "gbt4754", "code": "R8620"}}),
    (OPINION_LEADERS, {"kind": "person"}),
    (COMPETITORS, {"size_class": "large", "sector": "private", "scope": "global", "industry": {"scheme": "gbt4754", "code": "C3851"}}),
    (PARTNERS, {"size_class": "medium", "sector": "private"}),
    (SERVICES, {"size_class": "medium", "sector": "private", "business_model": "b2b"}),
    (AGENTS, {"size_class": "micro", "sector": "private", "business_model": "b2b"}),
    (NEIGHBOURS, {"kind": "group"}),
    (MARKETS_OF_CARBON, {"sector": "public", "scope": "national"}),
)


def _generated(story: Story) -> None:
    dice = story.dice("society")
    names = brands(dice)
    for place in range(10):
        brand, brand_zh = next(names)
        trade, trade_zh = DEVELOPER_TRADES[place % len(DEVELOPER_TRADES)]
        story.party(
            f"dev-{slug(brand)}",
            f"{brand} {trade}",
            brand_zh + trade_zh,
            country="CN",
            size_class="micro",
            sector="private",
            city=CITY["shenzhen"].zh,
            region="华南",
        )
    for place in range(9):
        brand, brand_zh = next(names)
        story.party(
            f"rival-buyer-{slug(brand)}",
            f"{brand} Group",
            f"{brand_zh}集团",
            country="CN",
            size_class="large",
            sector="private",
            consumer_kind="business",
            region="华东" if place % 2 else "华南",
        )
    for place in range(8):
        brand, brand_zh = next(names)
        story.party(
            f"prospect-{slug(brand)}",
            f"{brand} Apartments",
            f"{brand_zh}公寓",
            country="CN",
            size_class="medium",
            sector="private",
            consumer_kind="business",
            region="华东" if place % 2 else "西南",
        )
    faces = people(dice)
    for _ in range(8):
        en, zh = next((en, zh) for en, zh in faces if slug(en) not in story.parties)
        story.party(f"owner-{slug(en)}", en, zh, "person", country="CN", consumer_kind="individual", region=dice.choice(("华东", "华南", "华北")))


def of(story: Story, prefix: str) -> list[str]:
    """The parties whose id begins so: ``dev-``, ``rival-buyer-``, ``prospect-``, ``owner-``."""
    return [party for party in story.parties if party.startswith(prefix)]

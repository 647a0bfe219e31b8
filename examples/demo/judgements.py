"""What facts rest on, documents, and what the maker's people judge: salience, interest, closeness, supply risk."""

from __future__ import annotations

from typing import Any

from examples.demo.cast import BUYER, CHIEF, SELLER, STRATEGIST
from examples.demo.story import Story

REPORT, CONTRACTS, REGISTER, LICENCES, SURVEY, INTERVIEW, RUMOUR = (
    "annual-report-2025",
    "contract-register",
    "share-register",
    "licence-files",
    "household-panel",
    "trade-interviews",
    "forum-rumour",
)

DOCUMENTS = (
    (REPORT, "Haiyue annual report 2025", "report", "Haiyue Appliances", "A", "2026-03-20", "public"),
    ("annual-report-2024", "Haiyue annual report 2024", "report", "Haiyue Appliances", "A", "2025-03-18", "public"),
    (CONTRACTS, "Register of contracts", "database", "Haiyue Finance", "A", "2025-12-31", "internal"),
    (REGISTER, "Register of shareholders", "register", "Clearing house", "A", "2025-12-31", "public"),
    (LICENCES, "Licences and inspections", "file", "Haiyue Quality", "B", "2025-11-30", "internal"),
    (SURVEY, "Household panel 2023 to 2025", "survey", "Bright Advertising", "B", "2025-12-15", "internal"),
    ("customs-and-filings", "Customs records and filings of suppliers", "database", "Purchasing", "C", "2025-10-31", "internal"),
    (INTERVIEW, "Interviews with the trade", "interview", "Haiyue Strategy", "C", "2025-09-30", "confidential"),
    ("supplier-audit-2025", "Supplier audits 2025", "report", "Haiyue Quality", "B", "2025-08-31", "confidential"),
    ("service-log", "Log of the hotline", "database", "Hotline Centre", "B", "2025-12-31", "internal"),
    ("press-archive", "Press archive", "web page", "Trade Journal", "D", "2025-12-20", "public"),
    ("teardown-2025", "Teardown of competitors' products", "report", "Research Institute", "C", "2025-06-30", "confidential"),
    (RUMOUR, "Thread on an investors' forum", "web page", None, "F", "2025-10-08", "public"),
    ("analyst-note", "Analyst note on appliance makers", "report", "Granite Partners", "E", "2025-07-15", "restricted"),
)

SALIENCE: dict[str, tuple[float, float, float, str]] = {
    "market-supervision": (0.95, 0.95, 0.6, "decides on recalls"),
    "pinlan": (0.9, 0.7, 0.8, "a quarter of sales, terms under negotiation"),
    "qilin-holding": (0.95, 0.9, 0.5, "controls the vote"),
    "penglai-fund": (0.85, 0.9, 0.4, "largest direct shareholder"),
    "he-guangping": (0.8, 0.9, 0.3, "founder"),
    "polar-compressor": (0.75, 0.8, 0.5, "only inverter compressor in series"),
    "beihe-compressor": (0.65, 0.8, 0.3, "second source"),
    "mingxin-controls": (0.7, 0.75, 0.6, "boards for three lines"),
    "sunmart": (0.7, 0.7, 0.5, "shelf in 900 stores"),
    "guohe-living": (0.65, 0.7, 0.4, "shelf in 700 stores"),
    "yungou": (0.6, 0.6, 0.4, "small appliances online"),
    "douxing": (0.6, 0.45, 0.7, "live sellers press on price"),
    "silkroad-appliances": (0.7, 0.75, 0.6, "the north-west hangs on it"),
    "jianghai-trade": (0.6, 0.75, 0.3, "largest regional distributor"),
    "bashu-appliances": (0.5, 0.7, 0.3, "south-west"),
    "lingnan-appliances": (0.55, 0.7, 0.3, "south"),
    "yanshan-appliances": (0.55, 0.7, 0.4, "north"),
    "jiangnan-supply": (0.4, 0.6, 0.2, "sells and uses"),
    "haiyue-workforce": (0.7, 0.95, 0.5, "wage round 2026"),
    "energy-label-office": (0.75, 0.9, 0.4, "new label in 2026"),
    "cyber-office": (0.7, 0.9, 0.5, "data of HaiLink"),
    "tax-bureau": (0.8, 0.95, 0.2, "annual audit"),
    "securities-commission": (0.8, 0.95, 0.2, "listed company"),
    "customs-office": (0.6, 0.9, 0.2, "export clearance"),
    "industry-bureau": (0.6, 0.85, 0.3, "plant permits"),
    "district-government": (0.55, 0.8, 0.4, "land for the new plant"),
    "commerce-bureau": (0.5, 0.8, 0.3, "trade-in subsidy"),
    "appliance-association": (0.45, 0.7, 0.3, "standards work"),
    "shen-ruizhi": (0.5, 0.6, 0.3, "opens every door of the branch"),
    "consumer-council": (0.5, 0.85, 0.6, "complaints ranking"),
    "standards-committee": (0.5, 0.7, 0.3, "protocol of the smart home"),
    "west-lake-hospital": (0.4, 0.8, 0.7, "complains and stays"),
    "lanyue-hotels": (0.5, 0.7, 0.6, "came back, watches us"),
    "households-shanghai": (0.55, 0.8, 0.4, "largest city"),
    "households-beijing": (0.5, 0.8, 0.4, "second city"),
    "households-lanzhou": (0.3, 0.8, 0.5, "one channel only"),
    "general-public": (0.3, 0.6, 0.1, "reputation"),
    "community-plant-qingdao": (0.35, 0.75, 0.6, "noise at night"),
    "community-plant-foshan": (0.3, 0.7, 0.3, "traffic"),
    "auntie-zhou": (0.6, 0.6, 0.5, "moves Shanghai"),
    "cool-brother": (0.4, 0.4, 0.4, "air conditioners"),
    "finance-morning": (0.5, 0.6, 0.3, "read by investors"),
    "daily-consumer": (0.5, 0.65, 0.4, "read by the council"),
    "beifeng": (0.6, 0.3, 0.5, "price war in air conditioners"),
    "kailin": (0.5, 0.3, 0.3, "follows"),
    "beichen-logistics": (0.5, 0.7, 0.4, "cross-holding; all deliveries"),
    "coastal-power": (0.5, 0.8, 0.2, "power for two plants"),
    "harbour-pension": (0.55, 0.85, 0.3, "asks about climate"),
    "public-float": (0.5, 0.85, 0.3, "annual meeting"),
    "zhongshan-oem": (0.6, 0.7, 0.5, "all small appliances"),
    "keyuan-motors": (0.55, 0.75, 0.3, "motors"),
    "laoshan-university": (0.3, 0.7, 0.1, "graduates and ideas"),
    "wutong-wireless": (0.4, 0.6, 0.3, "radio modules"),
    "carbon-exchange": (0.4, 0.8, 0.3, "quota price"),
    "hailink": (0.4, 0.7, 0.4, "the platform"),
}
INTEREST = {
    "pinlan": (0.9, 0.85),
    "market-supervision": (0.95, 0.55),
    "harbour-pension": (0.55, 0.7),
    "general-public": (0.3, 0.2),
    "consumer-council": (0.5, 0.8),
    "polar-compressor": (0.75, 0.8),
    "community-plant-qingdao": (0.35, 0.9),
    "tax-bureau": (0.8, 0.3),
    "shen-ruizhi": (0.5, 0.6),
    "beifeng": (0.6, 0.7),
}
CLOSENESS = {
    "pinlan": (0.95, 0.6),
    "sunmart": (0.8, 0.7),
    "silkroad-appliances": (0.7, 0.8),
    "jiangnan-supply": (0.4, 0.75),
    "danube-handel": (0.4, 0.2),
    "west-lake-hospital": (0.3, 0.85),
    "lanyue-hotels": (0.5, 0.4),
    "wisdom-homes": (0.2, 0.3),
}
KRALJIC = {
    "polar-compressor": (0.9, 0.8),
    "beihe-compressor": (0.8, 0.7),
    "mingxin-controls": (0.85, 0.6),
    "zhongshan-oem": (0.7, 0.9),
    "keyuan-motors": (0.6, 0.4),
    "anda-motors": (0.5, 0.3),
    "taihu-plastics": (0.6, 0.2),
    "yifeng-packaging": (0.15, 0.1),
    "haitong-packaging": (0.1, 0.15),
    "xiwang-labels": (0.05, 0.1),
    "wutong-wireless": (0.3, 0.7),
    "jieneng-sensors": (0.25, 0.65),
    "runze-refrigerant": (0.4, 0.6),
    "alpenglas": (0.2, 0.6),
    "kitano-precision": (0.3, 0.7),
    "baolai-sheet": (0.7, 0.2),
    "shunda-gaskets": (0.1, 0.2),
    "hengxin-exchangers": (0.55, 0.3),
}


def proof(document: str, locator: str, quote: str | None = None) -> dict[str, str]:
    """Evidence: a place in a document."""
    return {"document_id": document, "locator": locator} | ({"quote": quote} if quote else {})


def tell_documents(story: Story) -> None:
    for document, title, kind, publisher, reliability, seen, marking in DOCUMENTS:
        story.document(
            document,
            title=title,
            kind=kind,
            publisher=publisher,
            reliability=reliability,
            retrieved_at=seen,
            marking=marking,
            url=f"https://haiyue.example/{document}" if marking == "public" else None,
        )


def tell_assessments(story: Story) -> None:
    """Judgements of a board review in June 2025; some were made before, in 2024, and have been replaced since."""
    seen = [proof("analyst-note", "p. 4")]
    for party, (power, legitimacy, urgency, reason) in SALIENCE.items():
        _judge(story, "salience", party, {"power": power, "legitimacy": legitimacy, "urgency": urgency}, STRATEGIST, reason)
    for party in ("pinlan", "polar-compressor", "silkroad-appliances", "lanyue-hotels"):
        power, legitimacy, _, _ = SALIENCE[party]
        story.judge(
            "salience",
            party,
            {"power": round(power - 0.2, 2), "legitimacy": legitimacy, "urgency": 0.2},
            by=STRATEGIST,
            valid_from="2024-06-30",
            valid_to="2025-06-29",
            reason="review of 2024",
            evidence=seen,
        )
    for party, (power, interest) in INTEREST.items():
        _judge(story, "power_interest", party, {"power": power, "interest": interest}, CHIEF, "workshop of the board")
    for party, (value, closeness) in CLOSENESS.items():
        _judge(story, "value_closeness", party, {"value": value, "closeness": closeness}, SELLER, "account review")
    for party, (impact, risk) in KRALJIC.items():
        _judge(
            story, "kraljic", party, {"profit_impact": impact, "supply_risk": risk}, BUYER, "sourcing review", evidence=[proof("supplier-audit-2025", party)]
        )


def _judge(story: Story, scheme: str, party: str, values: dict[str, float], by: str, reason: str, **fields: Any) -> None:
    story.judge(scheme, party, values, by=by, valid_from="2025-06-30", valid_to="2026-06-29", reason=reason, **fields)

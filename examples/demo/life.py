"""Who is what toward whom, and where that stands: roles with their life cycles by slices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from examples.demo.cast import LINK, WORKFORCE
from examples.demo.chain import Chain
from examples.demo.customers import ABROAD, COUNTY, FRESH, RISK, Buyer, households
from examples.demo.judgements import CONTRACTS, LICENCES, REGISTER, SURVEY, proof
from examples.demo.market import CHAINS, DISTRIBUTORS, EXCLUSIVE_CITIES, EXPORT, PLATFORMS, SILKROAD, USES_TOO, WHOLESALERS, Market
from examples.demo.names import CITIES
from examples.demo.society import (
    AGENTS,
    ASSOCIATIONS,
    AUTHORITIES,
    COMPETITORS,
    FOUNDER,
    FUND,
    HOLDING,
    MARKETS_OF_CARBON,
    MEDIA,
    NEIGHBOURS,
    OPINION_LEADERS,
    OWNERS,
    PARTNERS,
    SCIENCE,
    SERVICES,
    TRUST,
    TWO_STEPS_AWAY,
    of,
)
from examples.demo.story import FOCAL, STEADY, Chapter, Story
from examples.demo.upstream import COPPER, FIRST_TIER

CONTRACT = [proof(CONTRACTS, "framework contract")]
SINCE_2021 = (Chapter("active", -24),)
KEY_SUPPLIERS = frozenset({"polar-compressor", "beihe-compressor", "mingxin-controls", "keyuan-motors", "zhongshan-oem", "baolai-sheet"})
SUPPLIER_LIFE: dict[str, Sequence[Chapter]] = {
    "haitong-packaging": RISK,
    "xiwang-labels": FRESH,
    "chunlei-fans": (Chapter("active", last=28), Chapter("at_risk", 29, reason="price increase refused twice")),
    "kitano-precision": (
        Chapter("active", last=8),
        Chapter("lapsed", 9, 14, "resourced at home"),
        Chapter("returned", 15, 20, "the home source failed the test"),
        Chapter("active", 21),
    ),
}
REGULATED_BY_STRANGER = (COPPER, "meiguang-coatings", "runze-refrigerant")
"""The plants that the bureau regulates, which has no tie with the maker."""
BY_GROUP: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("association", ASSOCIATIONS), ("university", SCIENCE), ("media", MEDIA), ("kol", OPINION_LEADERS), ("competitor", COMPETITORS),
    ("carbon_market", MARKETS_OF_CARBON),
)  # fmt: skip


def tell_roles(story: Story, chain: Chain, market: Market, buyers: Sequence[Buyer]) -> None:
    """All roles but those within the maker."""
    _suppliers(story, chain)
    _channel(story, chain, market)
    _end_customers(story, buyers)
    _around(story)
    _beside(story)


def _suppliers(story: Story, chain: Chain) -> None:
    for supplier in FIRST_TIER:
        story.role(
            supplier.id,
            "supplier",
            chapters=SUPPLIER_LIFE.get(supplier.id, SINCE_2021),
            tier="key" if supplier.id in KEY_SUPPLIERS else "ordinary",
            purpose="transformation",
            status="asserted",
            evidence=CONTRACT,
        )
    makers = {party for party, record in story.parties.items() if str(record.get("industry", {}).get("code", "")).startswith(("B", "C"))} - {FOCAL}
    for seller, buyer in sorted(chain.pairs):
        if seller in makers and buyer in makers:
            story.role(
                seller,
                "supplier",
                buyer,
                tier="ordinary",
                purpose="transformation",
                status="inferred",
                confidence=0.8,
                evidence=[proof("customs-and-filings", f"{seller} in {buyer}")],
            )


def _channel(story: Story, chain: Chain, market: Market) -> None:
    for party, *_, size in DISTRIBUTORS:
        own = {"product": "refrigerator"} if party == USES_TOO else {}
        story.role(
            party,
            "distributor",
            chapters=SINCE_2021,
            region=str(story.parties[party]["region"]),
            tier="key" if size == "large" or party == SILKROAD else "ordinary",
            purpose="resale",
            status="asserted",
            evidence=CONTRACT,
            **own,
        )
    for product in ("washing_machine", "air_conditioner"):
        story.role(USES_TOO, "customer", name=product, product=product, purpose="own_use", tier="key", status="asserted", evidence=CONTRACT)
    for party, *_ in WHOLESALERS:
        story.role(party, "wholesaler", product="small_appliance", purpose="resale", tier="ordinary", evidence=CONTRACT)
    for party, *_ in CHAINS:
        story.role(party, "retailer", tier="key", purpose="resale", status="asserted", evidence=CONTRACT)
        story.role(party, "channel_customer", tier="key", purpose="resale")
    for party, *_ in PLATFORMS:
        story.role(party, "platform", tier="key", status="asserted", evidence=CONTRACT)
        story.role(party, "channel_customer", tier="key", purpose="resale")
    for party, _, _, _, currency, *_ in EXPORT:
        story.role(party, "distributor", chapters=FRESH if currency == "NGN" else STEADY, purpose="resale", tier="ordinary", evidence=CONTRACT)
    sellers = {seller for seller, *_ in DISTRIBUTORS}
    for place, shop in enumerate(shop for shops in market.shops.values() for shop in shops):
        for seller, buyer in sorted(chain.pairs):
            if buyer == shop and seller in sellers:
                story.role(shop, "retailer", seller, purpose="resale", chapters=RISK if place % 11 == 5 else STEADY, tier="ordinary")
        if place % 3 == 0:
            story.role(shop, "channel_customer", purpose="resale", tier="ordinary", status="inferred", confidence=0.5)


def _end_customers(story: Story, buyers: Sequence[Buyer]) -> None:
    for city in CITIES:
        party = households(city)
        story.role(party, "customer", purpose="own_use", tier="key" if city.weight >= 3 else "ordinary", region=city.region, evidence=[proof(SURVEY, city.zh)])
        if city.market_tier == 1 or city.id in EXCLUSIVE_CITIES:
            story.role(party, "user", purpose="own_use", product="air_conditioner" if city.region == "华南" else "refrigerator")
    for party, _, _, _, seller, _, product in ABROAD:
        story.role(party, "customer", seller, purpose="own_use", product=product)
    for name, wholesaler in COUNTY.items():
        story.role(f"county-{name}", "customer", wholesaler, purpose="own_use", product="small_appliance")
        story.role(f"county-{name}", "customer", purpose="own_use", tier="ordinary")
    for buyer in buyers:
        tier = "key" if buyer.base > 2e6 else "ordinary"
        own: dict[str, Any] = {"chapters": buyer.chapters, "tier": tier, "decision_stage": "retention", "purpose": "own_use"}
        if buyer.seller == FOCAL:
            story.role(buyer.id, "customer", status="asserted", evidence=CONTRACT, **own)
        else:
            story.role(buyer.id, "customer", buyer.seller, status="inferred", confidence=0.9, **own)
            story.role(buyer.id, "user", chapters=buyer.chapters, purpose="own_use")
    patients = story.party("patients-west-lake", "Patients of West Lake Hospital", "西子湖医院患者", "group", country="CN", region="华东", city="杭州")
    story.role(patients, "user", purpose="own_use", product="washing_machine")
    story.role(patients, "customer", "west-lake-hospital", purpose="own_use")
    for place, party in enumerate(of(story, "prospect-")):
        stage = ("awareness", "consideration", "decision")[place % 3]
        story.role(party, "customer", chapters=(Chapter("prospect", 24 + place % 8),), purpose="own_use", tier="ordinary", decision_stage=stage)


def _around(story: Story) -> None:
    """Owners, authorities, and those who share an opinion, a place or a market."""
    shareholders: dict[str, Any] = {"chapters": SINCE_2021, "status": "asserted", "evidence": [proof(REGISTER, "shareholders")]}
    for party, *_ in OWNERS:
        if party not in (TRUST, HOLDING):
            story.role(party, "investor", tier="key" if party == FUND else "ordinary", **shareholders)
    for party in (TRUST, HOLDING, FOUNDER):
        story.role(party, "owner", status="asserted", evidence=[proof(REGISTER, "ultimate owners")])
    story.role("public-float", "investor")
    for party, _, _, role in AUTHORITIES:
        if party != TWO_STEPS_AWAY:
            story.role(party, role, status="asserted", evidence=[proof(LICENCES, party)])
    for plant in REGULATED_BY_STRANGER:
        story.role(TWO_STEPS_AWAY, "regulator", plant, status="asserted", evidence=[proof(LICENCES, plant)])
    for role, group in BY_GROUP:
        for party, *_ in group:
            story.role(party, role)
    for party, _, _, role in NEIGHBOURS:
        story.role(party, role)


def _beside(story: Story) -> None:
    """Partners, service providers, agents, developers, competitors' customers, advocates."""
    for place, (party, *_) in enumerate(PARTNERS):
        story.role(party, "partner", chapters=FRESH if place == 4 else STEADY, tier="ordinary", evidence=CONTRACT)
    for place, (party, *_) in enumerate(SERVICES):
        story.role(party, "service_provider", chapters=RISK if place == 3 else SINCE_2021, tier="key" if place == 0 else "ordinary", evidence=CONTRACT)
    for party, *_ in AGENTS:
        story.role(party, "agent", tier="ordinary")
    for place, party in enumerate(of(story, "dev-")):
        story.role(party, "developer", LINK, chapters=FRESH if place % 3 == 0 else STEADY)
        if place % 3 == 1:
            story.role(party, "developer")
    rivals = [party for party, *_ in COMPETITORS]
    for place, party in enumerate(of(story, "rival-buyer-")):
        story.role(party, "competitor_customer", status="inferred", confidence=0.6)
        story.role(party, "customer", rivals[place % len(rivals)], purpose="own_use", status="inferred", confidence=0.7)
    for party in of(story, "owner-"):
        story.role(party, "advocate")
        story.role(party, "user", purpose="own_use", product="refrigerator")
    story.role(WORKFORCE, "user", purpose="own_use")

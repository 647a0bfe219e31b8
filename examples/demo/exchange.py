"""What is given beside the sale: services, labour, capital, permission, knowledge, data, attention, reputation, and what it is worth to the receiver."""

from __future__ import annotations

from examples.demo.cast import LINK, WORKFORCE
from examples.demo.chain import Chain, Contract
from examples.demo.customers import RETURNED, households
from examples.demo.judgements import INTERVIEW, KRALJIC, REPORT, SURVEY, proof
from examples.demo.market import BIGGEST_PLATFORM, CHAINS, DISTRIBUTORS, EXCLUSIVE_CITIES, PLATFORMS, SILKROAD, Market
from examples.demo.names import CITIES
from examples.demo.society import AGENTS, ASSOCIATION, GIVES_ONLY, MEDIA, NEIGHBOURS, OPINION_LEADERS, SERVICES, TESTED_CITY, TESTER, of
from examples.demo.story import FOCAL, YEARS, Story
from examples.demo.upstream import FIRST_TIER

JUDGED = (
    ("permission", "market-supervision", FOCAL, "E", 5),
    ("information", FOCAL, "market-supervision", "D", 4),
    ("social_benefit", FOCAL, "market-supervision", "D", 4),
    ("permission", "energy-label-office", FOCAL, "D", 4),
    ("information", FOCAL, "energy-label-office", "C", 2),
    ("permission", "cyber-office", FOCAL, "C", 4),
    ("information", FOCAL, "cyber-office", "B", 3),
    ("permission", "securities-commission", FOCAL, "D", 4),
    ("information", FOCAL, "securities-commission", "C", 3),
    ("permission", "customs-office", FOCAL, "C", 3),
    ("information", FOCAL, "customs-office", "C", 2),
    ("permission", "industry-bureau", FOCAL, "C", 3),
    ("social_benefit", FOCAL, "industry-bureau", "D", 3),
    ("permission", "district-government", FOCAL, "D", 3),
    ("social_benefit", FOCAL, "district-government", "D", 4),
    ("opportunity", "commerce-bureau", FOCAL, "D", 3),
    ("social_benefit", FOCAL, "commerce-bureau", "C", 2),
    ("knowledge", "jiangcheng-university", FOCAL, "D", 2),
    ("knowledge", "cold-chain-institute", FOCAL, "D", 3),
    ("knowledge", "materials-institute", FOCAL, "C", 3),
    ("labour", "vocational-college", FOCAL, "C", 3),
    ("opportunity", FOCAL, "vocational-college", "D", 4),
    ("opportunity", FOCAL, "design-academy", "C", 2),
    ("knowledge", "design-academy", FOCAL, "C", 2),
    ("reputation", "standards-committee", FOCAL, "C", 3),
    ("knowledge", FOCAL, "standards-committee", "D", 4),
    ("reputation", "consumer-council", FOCAL, "C", 4),
    ("information", FOCAL, "consumer-council", "B", 3),
    ("information", ASSOCIATION, FOCAL, "C", 3),
    ("knowledge", FOCAL, ASSOCIATION, "C", 3),
    ("data", "pinlan", FOCAL, "C", 5),
    ("opportunity", "pinlan", FOCAL, "D", 5),
    ("reputation", FOCAL, "pinlan", "C", 3),
    ("data", "yungou", FOCAL, "B", 3),
    ("attention", "douxing", FOCAL, "D", 3),
    ("opportunity", "sunmart", FOCAL, "D", 4),
    ("opportunity", "guohe-living", FOCAL, "D", 3),
    ("knowledge", "chip-alliance", FOCAL, "D", 4),
    ("knowledge", FOCAL, "chip-alliance", "C", 3),
    ("opportunity", "homestead-design", FOCAL, "C", 3),
    ("opportunity", FOCAL, "homestead-design", "D", 3),
    ("opportunity", "wisdom-homes", FOCAL, "D", 3),
    ("reputation", "blue-river-foundation", FOCAL, "C", 2),
    ("social_benefit", "recycle-loop", FOCAL, "C", 3),
    ("advocacy", "owners-forum", FOCAL, "D", 3),
    ("information", FOCAL, "owners-forum", "D", 3),
    ("social_benefit", FOCAL, "community-plant-qingdao", "B", 3),
    ("permission", "community-plant-qingdao", FOCAL, "C", 3),
    ("reputation", "general-public", FOCAL, "C", 3),
    ("information", FOCAL, "general-public", "B", 2),
    ("data", LINK, "volt-grid", "C", 3),
    ("information", "river-bank", FOCAL, "A", 1),
)
"""Kind, giver, receiver, and the receiver's judgement: how much it gains (A-E), how important this giver is (1-5)."""
PROFITS = (410e6, 440e6, 455e6)
FROM_PROFIT = (
    ("tax-bureau", "permission", 0.9), ("penglai-fund", "capital", 0.33), ("qilin-holding", "capital", 0.21), ("public-float", "capital", 0.20),
    ("harbour-pension", "capital", 0.09), ("east-sea-investment", "capital", 0.06), ("civic-capital", "capital", 0.05), ("staff-share-plan", "capital", 0.03),
    ("beichen-logistics", "capital", 0.03), ("blue-river-foundation", "social_benefit", 0.02), ("carbon-exchange", "permission", 0.04),
)  # fmt: skip
"""Who is paid what part of a year's profit, and for what: taxes, dividends, gifts, quotas. None of it is part of the value chain."""
RAISED = ((2023, "penglai-fund", 300e6), (2024, "civic-capital", 120e6), (2025, "penglai-fund", 180e6), (2025, "harbour-pension", 90e6))


def tell_payments(story: Story, chain: Chain) -> None:
    """What the maker pays beside goods: services, commissions, wages, taxes, dividends, gifts."""
    service = Contract(3, in_return_for="service", satisfaction="C", importance=3)
    for party, _, _, share in SERVICES:
        chain.procure(FOCAL, party, share, contract=service)
        story.yearly("service", party, FOCAL, in_return_for="money", satisfaction="D", importance=4 if share > 0.02 else 3, evidence=[proof(REPORT, "note 31")])
    for party, *_ in AGENTS:
        chain.procure(FOCAL, party, 0.0006, contract=Contract(3, in_return_for="opportunity"))
        story.yearly("opportunity", party, FOCAL, in_return_for="money", satisfaction="C", importance=2)
    chain.procure(FOCAL, WORKFORCE, 0.07, contract=Contract(1, in_return_for="labour", satisfaction="D", importance=5))
    story.yearly("labour", WORKFORCE, FOCAL, in_return_for="money", satisfaction="D", importance=5)
    chain.procure(FOCAL, "pinlan", 0.004, contract=Contract(3, in_return_for="service"))
    for party, *_ in MEDIA[:3]:
        chain.procure(FOCAL, party, 0.0004, contract=Contract(3, in_return_for="attention"))
    for year, profit in zip(YEARS, PROFITS, strict=True):
        for party, kind, part in FROM_PROFIT:
            terms = {"amount": f"{profit * part:.2f}", "currency": "CNY", "in_return_for": kind, "valid_from": f"{year}-05"}
            story.flow("money", FOCAL, party, name=f"{kind}.{year}", evidence=[proof(REPORT, "cash flow statement")], **terms)
    for year, party, amount in RAISED:
        terms = {"amount": f"{amount:.2f}", "currency": "CNY", "in_return_for": "money", "valid_from": f"{year}-07"}
        story.flow("capital", party, FOCAL, name=str(year), satisfaction="D", importance=4, **terms)
    story.yearly("permission", "carbon-exchange", FOCAL, quantity=182_000, unit="t CO2e", in_return_for="money", satisfaction="C", importance=3)
    story.yearly("permission", "green-power-exchange", FOCAL, quantity=95, unit="GWh", satisfaction="C", importance=2)
    story.yearly("permission", "tax-bureau", FOCAL, satisfaction="C", importance=3, status="inferred", confidence=0.7)


def tell_exchange(story: Story, chain: Chain, market: Market) -> None:
    """What has no price."""
    for kind, giver, receiver, satisfaction, importance in JUDGED:
        story.yearly(
            kind, giver, receiver, satisfaction=satisfaction, importance=importance, status="asserted", evidence=[proof(INTERVIEW, f"{giver} and {receiver}")]
        )
    for kind in ("knowledge", "labour", "opportunity"):
        story.yearly(kind, GIVES_ONLY, FOCAL, satisfaction="D", importance=3, evidence=[proof(INTERVIEW, "interview 12")])
    story.yearly("information", FOCAL, TESTER, utility=0.97, evidence=[proof(INTERVIEW, "interview 3")])
    story.yearly("reputation", TESTER, f"households-{TESTED_CITY}", utility=0.96, evidence=[proof(SURVEY, "question 14")])
    story.yearly("data", f"households-{TESTED_CITY}", FOCAL, utility=0.95, evidence=[proof(REPORT, "HaiLink")])
    for leader, *_ in OPINION_LEADERS[1:]:
        story.yearly("attention", leader, "future-buyers", satisfaction="B", importance=2, confidence=0.7)
        story.yearly("reputation", leader, FOCAL, satisfaction="C", importance=2, status="inferred", confidence=0.6)
    for place, (party, *_) in enumerate(MEDIA):
        story.yearly("attention", party, FOCAL, satisfaction="C", importance=2 + place % 2)
        story.yearly("information", FOCAL, party, satisfaction="B" if place % 2 else "C", importance=2)
    _suppliers(story, chain)
    _channel(story, chain, market)
    _households(story, chain)
    _platform(story)
    story.yearly("knowledge", "sakura-denki", "beifeng", YEARS[-1:], status="hypothesis", confidence=0.3, utility=0.5)
    story.yearly("information", "beifeng", RETURNED, (2024,), satisfaction="B", importance=2, status="inferred", confidence=0.5)
    story.yearly("social_benefit", FOCAL, NEIGHBOURS[1][0], satisfaction="C", importance=2)
    story.yearly("advocacy", NEIGHBOURS[4][0], FOCAL, YEARS[-1:], satisfaction="B", importance=2, status="hypothesis", confidence=0.4)
    for party in of(story, "owner-"):
        story.yearly("advocacy", party, FOCAL, YEARS[1:], satisfaction="D", importance=2, evidence=[proof(SURVEY, "question 20")])


def _suppliers(story: Story, chain: Chain) -> None:
    for supplier in FIRST_TIER:
        impact, risk = KRALJIC.get(supplier.id, (0.0, 0.0))
        judged = {"satisfaction": "D" if risk >= 0.5 else "C", "importance": 5 if risk >= 0.5 else 3} if impact >= 0.5 else None
        chain.deliver(supplier.id, FOCAL, judged)
        if impact >= 0.5 and risk >= 0.5:
            story.yearly("knowledge", FOCAL, supplier.id, satisfaction="C", importance=3)
            story.yearly("knowledge", supplier.id, FOCAL, YEARS[1:], satisfaction="C", importance=3)
    for seller, buyer in sorted(chain.pairs):
        if buyer in _FIRST and seller not in _FIRST:
            chain.deliver(seller, buyer)


_FIRST = frozenset(supplier.id for supplier in FIRST_TIER)


def _channel(story: Story, chain: Chain, market: Market) -> None:
    for party, *_ in (*CHAINS, *PLATFORMS):
        chain.deliver(FOCAL, party, {"satisfaction": "D", "importance": 5 if party == BIGGEST_PLATFORM else 3})
    for party, *_, size in DISTRIBUTORS:
        chain.deliver(FOCAL, party, {"satisfaction": "D", "importance": 5} if party == SILKROAD else {"satisfaction": "C", "importance": 4})
        story.yearly("information", party, FOCAL, satisfaction="C", importance=4 if size == "large" else 3)
        story.yearly("knowledge", FOCAL, party, satisfaction="C", importance=2)
    for shops in market.shops.values():
        for shop in shops[:2]:
            story.yearly("information", shop, FOCAL, YEARS[1:], satisfaction="C", importance=2, confidence=0.8)


def _households(story: Story, chain: Chain) -> None:
    for city in CITIES:
        party = households(city)
        if city.market_tier <= 2 or city.id in EXCLUSIVE_CITIES:
            seller = SILKROAD if city.id in EXCLUSIVE_CITIES else BIGGEST_PLATFORM
            story.yearly("service", seller, party, YEARS[1:], satisfaction="D", importance=5, evidence=[proof(SURVEY, f"question 9, {city.zh}")])
        if city.market_tier > 2:
            continue
        if city.market_tier == 1:
            story.yearly("service", FOCAL, party, satisfaction="C", importance=3, evidence=[proof(SURVEY, city.zh)])
        if city.id != TESTED_CITY:
            story.yearly("data", party, FOCAL, satisfaction="D" if city.market_tier == 1 else "C", importance=3)
        if city.weight >= 3:
            story.yearly("advocacy", party, FOCAL, satisfaction="D", importance=2, confidence=0.7)
    for seller, buyer in sorted(chain.pairs):
        if buyer.startswith("households-") and seller.startswith("shop-"):
            chain.deliver(seller, buyer, years=YEARS[-1:])


def _platform(story: Story) -> None:
    for party in of(story, "dev-"):
        story.yearly("service", party, LINK, YEARS[1:], satisfaction="C", importance=3)
        story.yearly("opportunity", LINK, party, YEARS[1:], satisfaction="D", importance=3)
        story.yearly("data", LINK, party, YEARS[1:], satisfaction="C", importance=4)

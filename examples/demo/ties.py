"""Ties without an amount: who owns, partners with, regulates, belongs to, knows, refers, competes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from examples.demo.cast import GAVE_NAME, PEOPLE
from examples.demo.customers import Buyer
from examples.demo.judgements import CONTRACTS, INTERVIEW, LICENCES, REGISTER, RUMOUR, proof
from examples.demo.life import REGULATED_BY_STRANGER
from examples.demo.society import ASSOCIATION, COMPETITORS, FOUNDER, FUND, GATEKEEPER, HOLDING, MEDIA, OPINION_LEADERS, SCIENCE, TRUST, TWO_STEPS_AWAY, of
from examples.demo.story import FOCAL, Story
from examples.demo.upstream import FIRST_TIER

SHARES = (
    (FOUNDER, TRUST, 0.70),
    (TRUST, HOLDING, 0.64),
    (HOLDING, FUND, 0.55),
    (FUND, FOCAL, 0.33),
    (HOLDING, FOCAL, 0.21),
    ("public-float", FOCAL, 0.20),
    ("harbour-pension", FOCAL, 0.09),
    ("east-sea-investment", FOCAL, 0.06),
    ("civic-capital", FOCAL, 0.05),
    ("staff-share-plan", FOCAL, 0.03),
    ("beichen-logistics", FOCAL, 0.03),
    (FOCAL, "beichen-logistics", 0.12),
    (FOCAL, "wutong-wireless", 0.30),
    ("granite-partners", FUND, 0.25),
    ("river-bank", "east-sea-investment", 0.40),
    ("civic-capital", "coastal-power", 0.51),
    ("east-sea-investment", "beifeng", 0.10),
)
"""The founder controls through a chain of four; the maker and its carrier hold shares of one another."""
PARTNERSHIPS = (
    ("chip-alliance", "technology", 0.6),
    ("homestead-design", "channel", 0.5),
    ("volt-grid", "technology", 0.4),
    ("solar-roof", "marketing", 0.3),
    ("recycle-loop", "channel", 0.4),
    ("safe-home-insurance", "marketing", 0.3),
    ("wisdom-homes", "channel", 0.5),
    ("blue-river-foundation", "marketing", 0.2),
    ("wutong-wireless", "strategic_investment", 0.6),
    ("laoshan-university", "research", 0.5),
    ("jiangcheng-university", "research", 0.4),
)


def tell_ties(story: Story, buyers: Sequence[Buyer]) -> None:
    """All relationships but the maker's own structure."""
    for owner, owned, share in SHARES:
        story.tie(
            "owns", owner, owned, share=share, valid_from="2021", status="asserted", evidence=[proof(REGISTER, f"{owner}, 31 December 2025", f"{share:.0%}")]
        )
    story.tie(
        "owns", "beifeng", "east-sea-investment", share=0.35, valid_from="2025-09", status="hypothesis", confidence=0.3, evidence=[proof(RUMOUR, "post 118")]
    )
    for partner, sort, strength in PARTNERSHIPS:
        story.tie("partners_with", partner, FOCAL, partnership=sort, strength=strength, valid_from="2023", evidence=[proof(CONTRACTS, "cooperation")])
    for authority in ("market-supervision", "energy-label-office", "customs-office", "securities-commission", "cyber-office"):
        story.tie("regulates", authority, FOCAL, evidence=[proof(LICENCES, authority)])
    for plant in REGULATED_BY_STRANGER:
        story.tie("regulates", TWO_STEPS_AWAY, plant, strength=0.8, evidence=[proof(LICENCES, f"{plant}, discharge permit")])
    story.tie("regulates", "market-supervision", "pinlan", strength=0.6)
    _branch(story)
    _referrals(story, buyers)


def _branch(story: Story) -> None:
    """The branch meets in the association, and the association's doors are opened by one person."""
    for party in (FOCAL, *(party for party, *_ in COMPETITORS)):
        story.tie("member_of", party, ASSOCIATION, valid_from="2022")
    story.tie("reports_to", GATEKEEPER, ASSOCIATION)
    for party in (*(supplier.id for supplier in FIRST_TIER if supplier.size == "large"), *(party for party, *_ in SCIENCE)):
        story.tie("knows", GATEKEEPER, party, strength=0.3, status="asserted", evidence=[proof(INTERVIEW, "interview 7")])
    for party in ("pinlan", "sunmart", "guohe-living", "retail-association", "consumer-council", "standards-committee", "yungou"):
        story.tie("knows", GATEKEEPER, party, strength=0.3, status="asserted", evidence=[proof(INTERVIEW, "interview 7")])
    for party, *_ in MEDIA[:5]:
        story.tie("knows", GATEKEEPER, party)
    for rival, *_ in COMPETITORS:
        story.tie("competes_with", rival, FOCAL, strength=0.4)
    for first, second in (("beifeng", "kailin"), ("nordhaus", "sakura-denki"), ("zhongtai-cool", "beifeng")):
        story.tie("competes_with", first, second)
    for (first, *_), (second, *_) in pairwise(PEOPLE):
        story.tie("knows", first, second, strength=0.1)


def _referrals(story: Story, buyers: Sequence[Buyer]) -> None:
    hotels = [buyer.id for buyer in buyers if "hotel" in buyer.id or "inns" in buyer.id or "resorts" in buyer.id][:3]
    for place, client in enumerate((*hotels, "wisdom-homes")):
        story.tie("refers", GAVE_NAME, client, strength=0.5, valid_from=f"2024-{5 + 2 * place:02d}")
        story.touch(
            "referral", GAVE_NAME, f"2024-{5 + 2 * place:02d}-12", channel="wechat", case=f"referral-{client}", text="Introduced a former client", sentiment=0.8
        )
    for leader, *_ in OPINION_LEADERS[1:5]:
        story.tie("refers", leader, "future-buyers", strength=0.2)
    for place, party in enumerate(of(story, "owner-")):
        story.tie("refers", party, "households-" + ("shanghai", "hangzhou", "beijing", "guangzhou")[place % 4], strength=0.2)
        story.tie("member_of", party, "owners-forum")

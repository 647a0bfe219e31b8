"""The life of customers in detail: who looks after whom, who decides, what was asked and offered, and why some left."""

from __future__ import annotations

from examples.demo.cast import SELLER
from examples.demo.society import of
from examples.demo.story import FOCAL, YEARS, Story

ASKED = ("registration", "survey_sent", "interview", "offer")
"""What the maker does toward a prospect, one kind a prospect."""
LAST_YEAR = YEARS[-1]


def tell_portraits(story: Story) -> None:
    """A few facts of each kind, about parties that little else hangs on."""
    dice = story.dice("portraits")
    prospects, owners = of(story, "prospect-"), of(story, "owner-")
    for party in owners[:3]:
        story.role(party, "holder", product="refrigerator", name="holds")
    for place, party in enumerate(prospects[: 2 * len(ASKED)]):
        day = f"{LAST_YEAR}-0{1 + place}-1{place % 8}"
        story.touch(ASKED[place % len(ASKED)], FOCAL, day, party, intent="question" if place % 2 else "need", topics=["customisation"])
    for party in ("market-supervision", "energy-label-office"):
        story.touch("requirement", party, f"{LAST_YEAR}-03-02", topics=["compliance"], due=f"{LAST_YEAR}-09-30", text="Energy labels by the new class")
    story.touch("briefing", FOCAL, f"{LAST_YEAR}-10-20", "general-public", topics=["emissions"], text="How the plants save energy")
    story.touch("publication", FOCAL, f"{LAST_YEAR}-11-11", "general-public", topics=["voice_control"], text="White paper on kitchens that listen")
    for place, party in enumerate(sorted(prospects)[-3:], 1):
        story.tie("looks_after", SELLER, party, valid_from=str(LAST_YEAR), strength=0.1)
        names = (f"Purchasing of prospect {place}", f"潜在客户{place}采购负责人")
        decides = story.party(f"{party}-decides", *names, "person", country="CN", tags=["采购"])
        story.tie("buying_centre_of", decides, party, strength=0.1)
        story.role(decides, "user", party, decision_role="decider", motives=[dice.choice(("price", "quality", "risk"))], purpose="own_use")

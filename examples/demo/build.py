"""The whole demo, from first to last: records in batch form, the same bytes for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from examples.demo.cast import tell_maker
from examples.demo.chain import RATES, Chain
from examples.demo.complaints import tell_complaints
from examples.demo.contacts import tell_contacts
from examples.demo.customers import tell_buyers, tell_households
from examples.demo.exchange import tell_exchange, tell_payments
from examples.demo.judgements import tell_assessments, tell_documents
from examples.demo.life import tell_roles
from examples.demo.market import Market
from examples.demo.portraits import tell_portraits
from examples.demo.sales import tell_sales
from examples.demo.society import tell_society
from examples.demo.story import FOCAL, Story, month
from examples.demo.ties import tell_ties
from examples.demo.upstream import tell_purchases, tell_suppliers

DEMO_SEED = 1991
DEMO_WORKSPACE: dict[str, Any] = {
    "id": "demo",
    "name": "海悦电器生态 / Ecosystem of Haiyue Appliances",
    "focal_party_id": FOCAL,
    "base_currency": "CNY",
    "locale": "zh",
    "default_as_of": "2025-12-31",
}


def demo_records(seed: int = DEMO_SEED) -> Iterator[dict[str, Any]]:
    """About 400 parties and what passed between them from January 2023 to December 2025."""
    story = Story(seed)
    market, chain = Market(story), Chain(story)
    tell_documents(story)
    for currency, quarters in RATES.items():
        for place, rate in enumerate(quarters):
            story.rate(currency, rate, f"{month(3 * place)}-01")
    tell_maker(story)
    tell_suppliers(story)
    market.tell_channel()
    tell_households(story)
    buyers = tell_buyers(market)
    tell_society(story)
    tell_sales(story, chain, market, buyers)
    tell_purchases(story, chain)
    tell_payments(story, chain)
    tell_exchange(story, chain, market)
    tell_roles(story, chain, market, buyers)
    tell_ties(story, buyers)
    tell_complaints(story, buyers)
    tell_contacts(story, buyers)
    tell_portraits(story)
    tell_assessments(story)
    yield from story.records

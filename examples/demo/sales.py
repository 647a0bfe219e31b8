"""What end customers pay, and what the channel pays before: from the household's bill up to the maker's."""

from __future__ import annotations

from collections.abc import Sequence

from examples.demo.chain import PRODUCTS, Chain, Contract
from examples.demo.customers import ABROAD, COUNTY, NET_REFUND, Buyer, households, months_of
from examples.demo.market import BIGGEST_PLATFORM, CHAINS, DISTRIBUTORS, EXCLUSIVE_CITIES, EXPORT, MONTHLY, PLATFORMS, USES_TOO, WHOLESALERS, Market
from examples.demo.names import CITIES, City
from examples.demo.story import FOCAL, Story

SHOP_COST, CHAIN_COST, PLATFORM_COST, DISTRIBUTOR_COST, WHOLESALE_COST = 0.84, 0.83, 0.86, 0.90, 0.92
"""What a trader pays of what it sells for: enough below 1 that no year's purchases exceed its sales."""
FROM_CHAIN = Contract(1, channel="offline", in_return_for="goods", satisfaction="D", importance=4)
FROM_PLATFORM = Contract(1, channel="online", in_return_for="goods", satisfaction="D", importance=4)
FROM_DISTRIBUTOR = Contract(1, channel="offline", in_return_for="goods", satisfaction="C", importance=4)
AT_SHOP, ONLINE, DIRECT = (
    Contract(3, channel="offline", in_return_for="goods"),
    Contract(3, channel="online", in_return_for="goods"),
    Contract(3, channel="direct", in_return_for="goods"),
)


def tell_sales(story: Story, chain: Chain, market: Market, buyers: Sequence[Buyer]) -> None:
    """All sales down the chain, the end customers' first."""
    for city in CITIES:
        _households(chain, market, city)
    _county(chain)
    for buyer in buyers:
        for product in buyer.products:
            amounts = chain.demand(product, buyer.base / len(buyer.products), months=months_of(buyer.chapters))
            if buyer.id == NET_REFUND:
                amounts[24:27] = [-2_400_000.0, -1_100_000.0, -600_000.0]
            chain.sell(buyer.seller, buyer.id, product, amounts, DIRECT)
    for party, _, _, _, seller, currency, product in ABROAD:
        base = {seller_id: amount for seller_id, *_, amount in EXPORT}[seller]
        chain.sell(seller, party, product, chain.demand(product, base * 1.25), Contract(3, currency, "offline", "goods"))
    _channel(chain, market)
    _refunds(story)


def _households(chain: Chain, market: Market, city: City) -> None:
    dice = market.dice
    buyer = households(city)
    shops = market.shops[city.region]
    if city.id in EXCLUSIVE_CITIES:
        own = shops[EXCLUSIVE_CITIES.index(city.id)]
        for product in PRODUCTS:
            chain.sell(own, buyer, product, chain.demand(product, MONTHLY[product] * city.weight), AT_SHOP)
        return
    shop, other = dice.sample(shops[4:] if city.region == "西北" else shops, 2)
    for product, halves in {
        "refrigerator": ((shop, AT_SHOP, 0.5), (BIGGEST_PLATFORM, ONLINE, 0.5)),
        "washing_machine": ((other, AT_SHOP, 0.5), (dice.choice(CHAINS)[0], AT_SHOP, 0.5)),
        "air_conditioner": ((shop, AT_SHOP, 0.4), (dice.choice(CHAINS)[0], AT_SHOP, 0.3), (BIGGEST_PLATFORM, ONLINE, 0.3)),
        "small_appliance": (("yungou", ONLINE, 0.55), (dice.choice(("douxing", "kuaida")), ONLINE, 0.45)),
    }.items():
        for seller, contract, share in halves:
            growth = 0.14 if contract is ONLINE else 0.02
            chain.sell(seller, buyer, product, chain.demand(product, MONTHLY[product] * city.weight * share, growth=growth), contract)


def _refunds(story: Story) -> None:
    """What was paid back: a negative payment of its own, with its reason."""
    for party, product, day, amount in (
        ("sunmart", "washing_machine", "2025-07-18", "-3150000.00"),
        ("douxing", "small_appliance", "2025-11-29", "-2240000.00"),
        ("jinmen-trade", "air_conditioner", "2024-10-09", "-980000.00"),
    ):
        terms = {"amount": amount, "currency": "CNY", "product": product, "in_return_for": "goods", "valid_from": day, "valid_to": day}
        story.flow("money", party, FOCAL, name=f"refund.{day}", attributes={"reason": "returned goods"}, **terms)


def _county(chain: Chain) -> None:
    """Small towns buy from the wholesalers' vans, and online."""
    for city, wholesaler in COUNTY.items():
        party = f"county-{city}"
        chain.sell(wholesaler, party, "small_appliance", chain.demand("small_appliance", 1_800_000), AT_SHOP)
        chain.sell("yungou", party, "small_appliance", chain.demand("small_appliance", 900_000), ONLINE)
        chain.sell(BIGGEST_PLATFORM, party, "refrigerator", chain.demand("refrigerator", 1_200_000), ONLINE)


def _channel(chain: Chain, market: Market) -> None:
    for region, shops in market.shops.items():
        regional = market.regional[region]
        for place, shop in enumerate(shops):
            first = regional[place % len(regional)]
            others = [party for party in regional if party != first and party != USES_TOO]
            if first == USES_TOO:
                chain.restock(shop, [(USES_TOO, 0.12), ("jianghai-trade", 0.88)], SHOP_COST, AT_SHOP)
            else:
                chain.restock(shop, [(first, 0.7), (others[0], 0.3)] if others and place % 2 else [(first, 1.0)], SHOP_COST, AT_SHOP)
    for party, *_ in CHAINS:
        chain.restock(party, [(FOCAL, 1.0)], CHAIN_COST, FROM_CHAIN)
    for party, *_ in PLATFORMS:
        chain.restock(party, [(FOCAL, 1.0)], PLATFORM_COST, FROM_PLATFORM)
    for party, *_ in WHOLESALERS:
        chain.restock(party, [(FOCAL, 1.0)], WHOLESALE_COST, DIRECT)
    for party, *_ in DISTRIBUTORS:
        chain.restock(party, [(FOCAL, 1.0)], DISTRIBUTOR_COST, FROM_DISTRIBUTOR)
    for product, base in (("washing_machine", 5_500_000), ("air_conditioner", 6_500_000)):  # for its own flats
        chain.sell(FOCAL, USES_TOO, product, chain.demand(product, base), FROM_DISTRIBUTOR)
    for party, _, _, _, currency, product, base in EXPORT:
        chain.sell(FOCAL, party, product, chain.demand(product, base), Contract(3, currency, "offline", "goods", "C", 3))

"""The value chain's engine: what end customers buy is what shops, distributors, the maker and its suppliers sell and buy before.

Demand comes from below and is handed upward month by month, so that every party's purchases follow from its sales: a
trader sells for more than it buys, a maker adds its own work. Money is told by month or by quarter, goods by the year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from examples.demo.story import MONTHS, YEARS, Story, month

SEASON: dict[str, tuple[float, ...]] = {
    "refrigerator": (0.9, 0.8, 0.9, 1.0, 1.1, 1.3, 1.1, 1.0, 0.9, 0.9, 1.2, 0.9),
    "washing_machine": (0.9, 0.8, 1.0, 1.0, 1.0, 1.2, 0.9, 0.9, 1.0, 1.0, 1.4, 0.9),
    "air_conditioner": (0.5, 0.5, 0.8, 1.1, 1.5, 1.9, 1.8, 1.3, 0.7, 0.5, 0.8, 0.6),
    "small_appliance": (1.1, 0.9, 0.9, 0.9, 1.0, 1.2, 0.9, 0.9, 0.9, 1.0, 1.5, 0.8),
}
"""How much of a product is bought in each month of the year: heat sells air conditioners, 18 June and 11 November sell all else."""
PRODUCTS = tuple(SEASON)
PIECE, GROWTH = 2500.0, 1.05
"""What one piece costs on average, CNY, and how sales grow a year: quantities of goods follow from them."""
RATES = {
    "EUR": (7.35, 7.62, 7.60, 7.75, 7.80, 7.74, 7.66, 7.63, 7.58, 8.05, 8.32, 8.28),
    "USD": (6.87, 7.02, 7.25, 7.22, 7.19, 7.24, 7.17, 7.19, 7.25, 7.21, 7.17, 7.12),
}
"""CNY for one unit, a quarter at a time from 2023 on. There is none for the Nigerian naira: what is paid in it is listed, never guessed."""
PAID_AT = {**RATES, "CNY": (1.0,) * 12, "NGN": (0.0048,) * 12}

Amounts = list[float]


class Contract(NamedTuple):
    """How a sale is told: every so many months, in what currency, how well it is judged by the seller."""

    every: int = 3
    currency: str = "CNY"
    channel: str | None = None
    in_return_for: str | None = None
    satisfaction: str | None = None
    importance: int | None = None


PLAIN = Contract()


class Chain:
    """What everyone has sold so far, by product and month."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.dice = story.dice("chain")
        self.turnover: dict[str, dict[str | None, Amounts]] = defaultdict(dict)
        self.pairs: dict[tuple[str, str], float] = defaultdict(float)

    def demand(self, product: str, base: float, *, months: Sequence[tuple[int, int]] = ((0, MONTHS - 1),), growth: float = GROWTH - 1) -> Amounts:
        """What somebody wants to buy: ``base`` is CNY in an average month of 2023; only within ``months``."""
        spread = self.dice.uniform
        return [
            base * SEASON[product][index % 12] * (1 + growth) ** (index / 12) * spread(0.93, 1.07)
            if any(first <= index <= last for first, last in months)
            else 0.0
            for index in range(MONTHS)
        ]

    def sell(self, seller: str, buyer: str, product: str | None, amounts: Amounts, contract: Contract = PLAIN) -> None:
        """The buyer pays the seller, and the seller must buy or make what it sold."""
        sold = self.turnover[seller].setdefault(product, [0.0] * MONTHS)
        for index, amount in enumerate(amounts):
            sold[index] += amount
            self.pairs[seller, buyer] += amount if index >= MONTHS - 12 else 0.0
        for first in range(0, MONTHS, contract.every):
            last = first + contract.every - 1
            if total := sum(amounts[first : last + 1]):
                self._pay(buyer, seller, product, total, first, last, contract)

    def _pay(self, buyer: str, seller: str, product: str | None, total: float, first: int, last: int, contract: Contract) -> None:
        terms = contract._asdict()
        del terms["every"]
        total /= PAID_AT[contract.currency][first // 3]
        self.story.flow(
            "money",
            buyer,
            seller,
            name=".".join(filter(None, (product, month(first)))),
            amount=f"{total:.2f}",
            product=product,
            valid_from=month(first),
            valid_to=month(last) if last > first else None,
            **terms,
        )

    def restock(self, buyer: str, suppliers: Sequence[tuple[str, float]], cost: float, contract: Contract = PLAIN) -> None:
        """A trader buys each product that it sold, for ``cost`` of its price, from suppliers by their shares."""
        for product, sold in sorted(self.turnover[buyer].items(), key=lambda item: item[0] or ""):
            for supplier, share in suppliers:
                self.sell(supplier, buyer, product, self._part(sold, cost * share), contract)

    def procure(
        self, buyer: str, supplier: str, share: float, products: Sequence[str] | None = None, *, under: str | None = None, contract: Contract = PLAIN
    ) -> None:
        """A maker buys a part for ``share`` of what it sold of these products (default: of everything); told under a product or under none."""
        sold = [sum(amounts[index] for product, amounts in self.turnover[buyer].items() if products is None or product in products) for index in range(MONTHS)]
        self.sell(supplier, buyer, under, self._part(sold, share), contract)

    def _part(self, sold: Amounts, share: float) -> Amounts:
        return [amount * share * self.dice.uniform(0.97, 1.03) for amount in sold]

    def deliver(self, seller: str, buyer: str, judged: Mapping[str, Any] | None = None, *, years: Sequence[int] = YEARS) -> None:
        """The goods that were paid for, in pieces a year."""
        paid = self.pairs[seller, buyer]
        for year in years if paid > 0 else ():
            quantity = round(paid / GROWTH ** (YEARS[-1] - year) / PIECE)
            terms = {"quantity": quantity, "unit": "piece", "in_return_for": "money", "valid_from": str(year), **(judged or {})}
            self.story.flow("goods", seller, buyer, name=str(year), **terms)

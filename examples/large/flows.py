"""What passes between the parties: goods down the chain and money up it, and the contacts beside; amounts and degrees with heavy tails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from examples.large.days import day_texts
from examples.large.parties import Texts, numbered
from examples.large.shape import FIRST_DAY, LAST_DAY, Shape

ROWS = 250_000
PRODUCTS = ("refrigerator", "washing_machine", "air_conditioner", "oven", "steel", "compressor", "controller", "plastics", "logistics", "advertising")
Numbers = np.ndarray[Any, Any]


class Layer(NamedTuple):
    """One step of the chain: who buys of whom, its share of all sales, the median amount, and what is sold."""

    buyers: str
    sellers: str
    share: float
    median: float
    products: tuple[int, ...]


LAYERS: tuple[Layer, ...] = (
    Layer("cb", "r", 0.52, 900, (0, 1, 2, 3)), Layer("r", "w", 0.13, 9_000, (0, 1, 2, 3)), Layer("w", "d", 0.05, 60_000, (0, 1, 2, 3)),
    Layer("d", "firm", 0.02, 400_000, (0, 1, 2, 3)), Layer("firm", "s", 0.04, 150_000, (5, 6)), Layer("s", "t", 0.08, 40_000, (4, 5, 6)),
    Layer("t", "u", 0.1, 12_000, (4, 7)), Layer("firm", "v", 0.02, 30_000, (8, 9)), Layer("firm", "e", 0.04, 8_000, (9,)),
)  # fmt: skip
"""Each layer's median is what the layer above it makes of it; people buy for hundreds, distributors for hundreds of thousands."""
ZIPF = 0.8
"""The n-th largest seller of a layer has a share proportional to n to the power of minus this."""
SIGMA = 1.3
"""Of the logarithm of amounts: the largest hundredth then makes about two fifths of the sum."""
MONTHS = np.array([0.07, 0.06, 0.08, 0.08, 0.08, 0.1, 0.07, 0.07, 0.08, 0.09, 0.13, 0.09])
"""The shares of the months: June and November are the great sales."""


class Sales(NamedTuple):
    """Sales in the order of their numbers: giver and receiver of the goods, amount in hundredths, day, product."""

    seller: Numbers
    buyer: Numbers
    cents: Numbers
    day: Numbers
    product: Numbers


def sales(shape: Shape, count: int) -> Sales:
    """So many sales along the chain: pairs that deal with each other again and again, few of them often."""
    chance = shape.random("sales")
    counts = (np.array([layer.share for layer in LAYERS]) * count).astype(np.int64)
    counts[0] += count - counts.sum()
    parts = [_layer(shape, layer, int(rows), chance) for layer, rows in zip(LAYERS, counts, strict=True)]
    made = Sales(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    order = np.argsort(made.day, kind="stable")
    return Sales(*(column[order] for column in made))


def _layer(shape: Shape, layer: Layer, rows: int, chance: np.random.Generator) -> Sales:
    pairs = max(rows // 4, 1)
    buyers, sellers = _some(shape, layer.buyers, pairs, chance), _some(shape, layer.sellers, pairs, chance)
    pair = np.minimum((pairs * chance.random(rows) ** 1.5).astype(np.int64), pairs - 1)
    cents = np.exp(np.log(layer.median * 100) + SIGMA * chance.standard_normal(rows)).astype(np.int64).clip(100)
    month = chance.choice(12, rows, p=MONTHS / MONTHS.sum())
    year = chance.integers(0, 5, rows)
    day = np.minimum(FIRST_DAY + year * 365 + month * 30 + chance.integers(0, 30, rows), LAST_DAY)
    product = np.array(layer.products)[pair % len(layer.products)]
    return Sales(sellers[pair], buyers[pair], cents, day, product)


def _some(shape: Shape, letters: str, count: int, chance: np.random.Generator) -> Numbers:
    """Members of groups, the first of them far more often than the last."""
    if letters == "firm":
        return np.zeros(count, np.int64)
    low, high = shape.members(letters)
    shares = np.cumsum(np.arange(1, high - low + 1) ** -ZIPF)
    found: Numbers = low + np.searchsorted(shares, chance.random(count) * shares[-1])
    return found


def flow_tables(shape: Shape, ids: Texts, made: Sales) -> Iterator[pa.Table]:
    """Two facts a sale: the goods that are given and the money that comes back."""
    products = pa.array(PRODUCTS)
    for start in range(0, len(made.day), ROWS // 2):
        part = Sales(*(column[start : start + ROWS // 2] for column in made))
        n = len(part.day)
        amounts, days, names = _amounts(part.cents), day_texts(part.day), products.take(pa.array(part.product))
        seller, buyer = ids.take(pa.array(part.seller)), ids.take(pa.array(part.buyer))
        for kind, source, target, back in (("goods", seller, buyer, "money"), ("money", buyer, seller, "goods")):
            yield pa.table({
                "type": _same("value_flow", n), "id": numbered(kind, np.arange(start + 1, start + n + 1)), "source": source, "target": target,
                "kind": _same(kind, n), "amount": amounts, "currency": _same("CNY", n), "product": names, "in_return_for": _same(back, n),
                "valid_from": days,
            })  # fmt: skip


def touchpoint_tables(shape: Shape, ids: Texts, count: int) -> Iterator[pa.Table]:
    """Orders, calls, complaints and answers to surveys, of those who deal with the firm or its channel."""
    chance = shape.random("touchpoints")
    kinds = pa.array(["order", "usage", "call", "complaint", "survey_answer", "review"])
    low, high = shape.members("cbdwrstuv")
    for start in range(0, count, ROWS):
        n = min(ROWS, count - start)
        kind = chance.choice(6, n, p=(0.4, 0.15, 0.2, 0.08, 0.12, 0.05))
        survey = kind == 4
        answers = np.where(survey, chance.binomial(10, 0.78, n), -1)
        yield pa.table({
            "type": _same("touchpoint", n), "id": numbered("touch", np.arange(start + 1, start + n + 1)),
            "source": ids.take(pa.array(low + ((high - low) * chance.random(n) ** 2).astype(np.int64))), "target": ids.take(pa.array(np.zeros(n, np.int64))),
            "kind": kinds.take(pa.array(kind)), "measure": pc.if_else(pa.array(survey), "nps", None),
            "value": pa.array(answers.astype(np.float64), mask=~survey), "occurred_at": day_texts(chance.integers(FIRST_DAY, LAST_DAY + 1, n)),
        })  # fmt: skip


def _amounts(cents: Numbers) -> pa.Array:
    """Hundredths as decimals with two places."""
    whole, rest = pa.array(cents // 100).cast(pa.string()), pc.utf8_lpad(pa.array(cents % 100).cast(pa.string()), 2, "0")
    return pc.binary_join_element_wise(whole, rest, ".")


def _same(text: str, count: int) -> pa.Array:
    return pa.array([text]).take(pa.array(np.zeros(count, np.int8)))

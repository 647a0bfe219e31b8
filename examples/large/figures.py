"""What the large ecosystem looks like, in numbers, beside what real data look like."""

from __future__ import annotations

from typing import Any

import numpy as np

from examples.large.flows import Numbers, sales
from examples.large.life import LIVES
from examples.large.parties import REGION_SHARES, REGIONS
from examples.large.shape import Shape

TRIED = 200_000
"""So many sales are looked at."""
SHEFFIELD = "Sheffield City Council 2016, payments (shared/data/sheffield_2016)"


def figures(shape: Shape) -> list[dict[str, Any]]:
    """Figures of the sales and lives, each with what stands beside it: the same of real data, or what it is made from."""
    made = sales(shape, TRIED)
    degree = np.bincount(np.concatenate([made.seller, made.buyer]), minlength=shape.parties)
    degree = degree[degree > 0]
    low, high = shape.members("r")
    retail = made.cents[(made.seller >= low) & (made.seller < high)]
    items: list[tuple[str, float, str]] = [
        ("facts a party", shape.facts / shape.parties, "Sheffield 2016: 10.8"),
        ("exponent of the degrees' tail (Hill, highest 5 %)", hill(degree.astype(float)), "scale-free networks: 2 to 3 (Barabási & Albert 1999)"),
        ("Gini of the amounts", gini(made.cents), f"0.89: {SHEFFIELD}"),
        ("Gini of what sellers earn", gini(np.bincount(made.seller, made.cents)), f"0.90: {SHEFFIELD}, by payee"),
        ("share of the highest hundredth of the amounts", float(np.sort(made.cents)[-len(made.cents) // 100 :].sum() / made.cents.sum()), f"0.48: {SHEFFIELD}"),
        ("median sale of a retailer, CNY", float(np.median(retail)) / 100, "made from: 900"),
        ("share of June and November", float(np.isin((made.day - made.day.min()) % 365 // 30, (5, 10)).mean()), "made from: 0.23"),
        ("roles ever at risk or lapsed", sum(share for share, stages in LIVES if {"at_risk", "lapsed"} & set(stages)), "made from"),
        (f"parties in {REGIONS[0]}", REGION_SHARES[0], "made from: its share of China's output"),
    ]
    return [{"figure": name, "value": round(float(value), 4), "beside": beside} for name, value, beside in items]


def hill(values: Numbers) -> float:
    """The exponent of a distribution's tail by Hill's estimator, from its highest twentieth."""
    tail = np.sort(values)[-max(len(values) // 20, 10) :]
    return float(1 + len(tail) / np.log(tail / tail[0]).sum())


def gini(values: Numbers) -> float:
    """0 where all are equal, towards 1 where one has all; those that have nothing are left out."""
    ordered = np.sort(values[values > 0].astype(float))
    n = len(ordered)
    return float(2 * (np.arange(1, n + 1) * ordered).sum() / (n * ordered.sum()) - (n + 1) / n)

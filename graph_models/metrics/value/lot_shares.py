"""What of a party's value is of which of its lots, as views show it."""

from __future__ import annotations

from typing import Any

import numpy as np

from graph_models.arrays.ranking import rounded
from graph_models.arrays.types import Floats
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.flows.lots import POOL
from graph_models.flows.value_chain import ValueChain


class LotShares:
    """Which parties trade in several lots and pools, and what they are named."""

    def __init__(self, ecosystem: Ecosystem, chain: ValueChain) -> None:
        self._lots = chain.lots
        self._texts = ecosystem.families["value_flows"].coded("product").texts
        self._several = np.bincount(chain.lots.owner, minlength=chain.parties) > 1

    def of(self, party: int, values: Floats, name: str) -> dict[str, Any]:
        """``lots``: one item for each lot of the party, and its pool, with a value above 0, the largest first; nothing where it has one only."""
        if not self._several[party]:
            return {}
        nodes = self._lots.of(party)
        nodes = nodes[values[nodes] > 0]
        order = nodes[np.argsort(-rounded(values[nodes]), kind="stable")]
        return {"lots": [self.named(node) | {name: float(values[node])} for node in order.tolist()]}

    def named(self, node: int) -> dict[str, Any]:
        """The product of a lot, null where it has no name, or the pool: what a party makes, uses, or cannot be told."""
        product = int(self._lots.product[node])
        return {"product": self._texts[product] if product >= 0 else None, "pool": product == POOL}

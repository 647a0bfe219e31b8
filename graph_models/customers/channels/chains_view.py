"""The ways on which the focal party's output comes to its end customers, the widest first (customers.md section 1)."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.customers.channels.customer_kinds import CustomerShares, customer_shares
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of
from graph_models.metrics.focal import place_of

STEPS = 200_000
"""So many beginnings of ways are looked at before the search gives up."""


def chains_view(
    ecosystem: Ecosystem, parameters: Parameters, *, to: str | None = None, through: str | None = None, product: str | None = None, limit: int = 10
) -> dict[str, Any]:
    """The chains from the focal party to one end customer (``to``), through one party (``through``), or to all end customers.

    A chain passes on one product; its ``share`` is the product of the shares that each party on it passes on (B, or B' where quantities decide), times
    the part that is used at its end. No chain has a party twice; what comes round in circles makes ``shown_share`` smaller than ``total_share``.

    Returns
    -------
    dict
        ``items`` by share with ``parties product facts share amount``; ``total_share``: of all walks; ``shown_share``: of the chains listed;
        ``truncated``: there are more; ``warnings``.

    Examples
    --------
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("family", "firm", "shop")]
    >>> for supplier, customer, amount in (("firm", "shop", 60), ("shop", "family", 70), ("firm", "family", 40)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> found = chains_view(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS, to="family")
    >>> [(item["parties"], item["share"]) for item in found["items"]], found["total_share"]
    ([(['firm', 'shop', 'family'], 0.6), (['firm', 'family'], 0.4)], 1.0)
    """
    parameters = parameters if product is None else parameters.with_(product=product)
    answer: dict[str, Any] = {"items": [], "total_share": 0.0, "shown_share": 0.0, "truncated": False, "warnings": []}
    if focal_of(ecosystem, parameters) is None:
        return answer
    found = customer_shares(ecosystem, parameters)
    if not found.made_of.chain.defined:
        return answer
    search = _Search(found, None if to is None else place_of(ecosystem, to, "to"), None if through is None else place_of(ecosystem, through, "through"))
    chains, more = search.best(limit)
    output = found.made_of.output()
    notices = [warning._asdict() for warning in found.made_of.chain.warnings]
    items = [_chain(ecosystem, found, nodes, share, output) for nodes, share in chains]
    return {"items": items, "total_share": search.total(), "shown_share": float(sum(share for _, share in chains)), "truncated": more, "warnings": notices}


class _Search:
    """Best first: beginnings of chains by the most that they can still come to, which is exact."""

    def __init__(self, found: CustomerShares, to: int | None, through: int | None) -> None:
        chain = found.made_of.chain
        self._b: csr_array = chain.b
        self._owner, self._start = chain.lots.owner, chain.start(chain.focal or 0)
        self._used: Floats = np.zeros(chain.nodes)
        self._used[chain.lots.node] = chain.ended[chain.lots.node] * found.used_part
        if to is not None:
            self._used[self._owner != to] = 0.0
        self._used[self._owner == chain.focal] = 0.0
        self._through: Mask = np.ones(chain.nodes, bool) if through is None else self._owner == through
        self._after = self._most(self._used)
        """Per node the most that a beginning that ends there can come to, once it is through; at first where it still has to go through."""
        self._before = self._after if through is None else self._most(np.where(self._through, self._after, 0.0))
        self._received = np.nan_to_num(chain.received_by(chain.focal or 0))

    def _most(self, ends: Floats) -> Floats:
        """Per node the greatest product of shares along a way from it, times the value of the node where it ends."""
        n = len(ends)
        there = np.flatnonzero(ends > 0)
        if not len(there):
            return np.zeros(n)
        matrix = self._b.tocoo()
        kept = matrix.data > 0
        source, target = np.concatenate([matrix.row[kept], there]), np.concatenate([matrix.col[kept], np.full(len(there), n)])
        share = np.concatenate([np.minimum(matrix.data[kept], 1.0), np.minimum(ends[there], 1.0)])
        cost = csr_array((-np.log(share) + 1e-300, (target, source)), shape=(n + 1, n + 1))  # backward from one end of all
        return np.asarray(np.exp(-dijkstra(cost, indices=np.array([n])))[0, :n], np.float64)

    def best(self, limit: int) -> tuple[list[tuple[list[int], float]], bool]:
        """The chains with the greatest shares, and whether there are more than those."""
        heap: list[tuple[float, int, float, list[int], bool]] = []
        count = 0
        for node in np.flatnonzero(self._start).tolist():
            if (most := float(self._start[node] * self._before[node])) > 0:
                heappush(heap, (-most, count, float(self._start[node]), [node], bool(self._through[node])))
                count += 1
        chains: list[tuple[list[int], float]] = []
        for _ in range(STEPS):
            if not heap or len(chains) > limit:
                break
            bound, _, share, nodes, passed = heappop(heap)
            if nodes[-1] < 0:
                chains.append((nodes[:-1], -bound))
                continue
            last = nodes[-1]
            if passed and self._used[last] > 0:
                heappush(heap, (-share * float(self._used[last]), count, share, [*nodes, -1], True))
                count += 1
            begin, end = self._b.indptr[last], self._b.indptr[last + 1]
            seen = {int(self._owner[node]) for node in nodes}
            for target, part in zip(self._b.indices[begin:end].tolist(), self._b.data[begin:end].tolist(), strict=True):
                through = passed or bool(self._through[target])
                most = share * part * float((self._after if through else self._before)[target])
                if most > 0 and int(self._owner[target]) not in seen:
                    heappush(heap, (-most, count, share * part, [*nodes, target], through))
                    count += 1
        return chains[:limit], len(chains) > limit or bool(heap)

    def total(self) -> float:
        """The share of the output that comes to these ends on all walks; of a party that it must pass, what comes there and on to them."""
        if self._through.all():
            return float(self._received @ self._used)
        answer = 0.0
        for node in np.flatnonzero(self._through & (self._received > 0)).tolist():
            answer += float(self._received[node] * self._onward(node))
        return min(answer, 1.0)

    def _onward(self, node: int) -> float:
        """What of the output of a node comes to the ends, counted until it is back at a node of the same party."""
        term = np.zeros(len(self._used))
        term[node] = 1.0
        total, back = float(self._used[node]), csr_array(self._b.T)
        for _ in range(STEPS):
            term = np.where(self._through, 0.0, back @ term)
            total += float(term @ self._used)
            if term.sum() <= 1e-15:
                break
        return total


def _chain(ecosystem: Ecosystem, found: CustomerShares, nodes: list[int], share: float, output: float) -> dict[str, Any]:
    chain = found.made_of.chain
    parties = [int(chain.lots.owner[node]) for node in nodes]
    product = int(chain.lots.product[nodes[-1]])
    return {
        "parties": [ecosystem.parties[place] for place in parties],
        "names": [ecosystem.names[place] for place in parties],
        "product": None if product < 0 else found.made_of.products[product],
        "facts": ecosystem.fact_ids(np.concatenate([_facts(ecosystem, found, u, v, product) for u, v in pairwise(parties)])),
        "share": share,
        "amount": share * output,
    }


def _facts(ecosystem: Ecosystem, found: CustomerShares, supplier: int, customer: int, product: int) -> Longs:
    """The numbers of the flows of a product between two parties."""
    deliveries = found.made_of.chain.deliveries
    n = len(ecosystem.parties)
    pair = int(np.searchsorted(deliveries.source * n + deliveries.target, supplier * n + customer))
    flows = deliveries.flows[deliveries.first[pair] : deliveries.first[pair + 1]]
    flows = flows[deliveries.traded.product[flows] == product]
    numbers: Longs = ecosystem.families["value_flows"].first_ref + deliveries.traded.rows[flows]
    return numbers

"""What the parts of the value-flow score rest on: the ways of value along lots, told by parties and the facts of the lots on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
from scipy.sparse import coo_array, csr_array

from graph_models.arrays.types import Floats, Longs
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.flows.choke_points import dominators
from graph_models.flows.value_chain import ValueChain, value_chain_of
from graph_models.graphs.best_walks import Walks, shortest_walks, walk_to, walks_from
from graph_models.kernels.neighbours import neighbours
from graph_models.kernels.structure.removals import cut_off

T = TypeVar("T")


class Way(NamedTuple):
    """A way of value between a party and the focal party."""

    path: list[int]
    """Places of parties, from the party to the focal one."""
    products: list[str | None]
    """Along the path the product in whose lot the value passes a party; none for a pool and for what has no name."""
    facts: Longs
    """The numbers of the flows on the way, step by step."""
    share: float


def ways_through(ecosystem: Ecosystem, parameters: Parameters, party: int, count: int) -> list[Way]:
    """The ways that carry most of what comes through the party, on the side (up or down) that counts."""
    chain = value_chain_of(ecosystem, parameters)
    focal = chain.focal or 0
    nodes = chain.lots.of(party)
    up = chain.inverse_column(focal)[nodes].sum() >= chain.inverse_row(focal)[nodes].sum()
    if up:
        walks = _kept(ecosystem, parameters, "up", lambda: _walks(chain, csr_array(chain.a.T)))
    else:
        walks = _kept(ecosystem, parameters, "down", lambda: _walks(chain, chain.b))
    found = walks.to([int(node) for node in nodes], count, first_arrival=True)
    return [_told(ecosystem, chain, walk.places[::-1], walk.product, up=up) for walk in found]


def _walks(chain: ValueChain, matrix: csr_array) -> Walks:
    """From the focal party on, its lots as one start, each with its share; nothing leads back to them."""
    share = chain.start(chain.focal or 0)
    lots = np.flatnonzero(share)
    entries = coo_array(matrix)
    onward = share[entries.col] == 0
    source, target, value = (array[onward] for array in (entries.row, entries.col, entries.data))
    of_focal = share[source] > 0
    value = np.where(of_focal, value * share[source], value)
    source = np.where(of_focal, lots[0], source)
    return walks_from(csr_array((value, (source, target)), shape=matrix.shape), int(lots[0]))


def others_hanging(ecosystem: Ecosystem, parameters: Parameters, party: int) -> list[Way]:
    """One way a party: everyone whose value comes from the focal party, or to it, only through the party, by share."""
    chain = value_chain_of(ecosystem, parameters)
    focal = chain.focal or 0
    sinks, makers = chain.received_by(focal) * chain.used, chain.taken_from(focal) * chain.added
    down = _kept(ecosystem, parameters, "hanging down", lambda: _hanging(chain, chain.z))
    up = _kept(ecosystem, parameters, "hanging up", lambda: _hanging(chain, csr_array(chain.z.T)))
    below, above = down.on(party, sinks), up.on(party, makers)
    share, hanging, nodes = (sinks, down, below) if sinks[below].sum() >= makers[above].sum() else (makers, up, above)
    owner = chain.lots.owner[nodes]
    ways = []
    for other in np.unique(owner):
        lots = nodes[owner == other]
        largest = int(lots[share[lots].argmax()])
        ways.append(_told(ecosystem, chain, walk_to(hanging.before, largest)[::-1], float(share[lots].sum()), up=hanging is up))
    return sorted(ways, key=lambda way: -way.share)


class _Hanging(NamedTuple):
    """Whom the focal party reaches only through whom, and by which shortest walk."""

    chain: ValueChain
    matrix: csr_array
    first: Longs
    """Where those who hang on each node at the next step begin in ``nodes``; one more at the end."""
    nodes: Longs
    before: Longs

    def on(self, party: int, share: Floats) -> Longs:
        """Which nodes of others, with a share, the focal party reaches through the party only; in order."""
        own = self.chain.lots.of(party)
        own = own[self.before[own] >= 0]
        everyone = self._without(own) if len(own) > 1 else self._below(own)
        return np.asarray(everyone[(share[everyone] > 0) & (self.chain.lots.owner[everyone] != party)], np.int64)

    def _without(self, nodes: Longs) -> Longs:
        """What hangs on some nodes together."""
        return np.flatnonzero(cut_off(self.matrix, self.chain.focal_nodes, nodes))

    def _below(self, nodes: Longs) -> Longs:
        """What hangs on a single node."""
        found = [np.zeros(0, np.int64)]
        while len(nodes):
            _, places = neighbours(self.first, nodes)
            nodes = self.nodes[places]
            found.append(nodes)
        return np.sort(np.concatenate(found))


def _hanging(chain: ValueChain, matrix: csr_array) -> _Hanging:
    start = chain.focal_nodes
    above = dominators(matrix, start)[0][:-1]
    above[above == chain.nodes] = -1  # of the starts, and of what the focal party reaches in more than one of its lots
    order = np.argsort(above, kind="stable")
    first = np.searchsorted(above[order], np.arange(chain.nodes + 1))
    return _Hanging(chain, matrix, first, order, shortest_walks(matrix, start))


def _told(ecosystem: Ecosystem, chain: ValueChain, nodes: Sequence[int], share: float, *, up: bool) -> Way:
    """A walk of nodes, from the party to the focal party. ``up``: in the direction of the deliveries."""
    texts = ecosystem.families["value_flows"].coded("product").texts
    products = [texts[code] if code >= 0 else None for code in chain.lots.product[list(nodes)].tolist()]
    lots: list[Longs] = [np.array([node]) for node in nodes]
    lots[-1] = chain.focal_nodes
    products[-1] = None if len(lots[-1]) > 1 else products[-1]
    steps = [_flows(chain, *(pair if up else pair[::-1])) for pair in pairwise(lots)]
    rows = np.concatenate(steps) if steps else np.zeros(0, np.int64)
    return Way(chain.lots.owner[list(nodes)].tolist(), products, rows + ecosystem.families["value_flows"].first_ref, share)


def _flows(chain: ValueChain, sources: Longs, targets: Longs) -> Longs:
    """The rows of the flows by which some lots of one party delivered to some of another; sorted."""
    z, lots = chain.deliveries, chain.lots
    source, target = int(lots.owner[sources[0]]), int(lots.owner[targets[0]])
    low, high = np.searchsorted(z.source, [source, source + 1])
    pair = low + int(np.searchsorted(z.target[low:high], target))
    flows = z.flows[z.first[pair] : z.first[pair + 1]]
    product = z.traded.product[flows].astype(np.int64)
    sold, bought = (lots.nodes_of(np.full(len(flows), party, np.int64), product) for party in (source, target))
    return np.sort(z.traded.rows[flows[np.isin(sold, sources) & np.isin(bought, targets)]])


def _kept(ecosystem: Ecosystem, parameters: Parameters, what: str, make: Callable[[], T]) -> T:
    """What the explanations of all parties share, made with the first of them."""
    return ecosystem.kept(("chain evidence", what, parameters.given_key()), make)

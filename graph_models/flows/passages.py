"""Passages: how much of a party's value comes to each other party at all, however often it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.flows.value_chain import ValueChain, series
from graph_models.kernels.flow.open_inverse import OpenInverse

COLUMNS = 8
"""So many columns of an inverse are solved for at once."""


def coming_back(chain: ValueChain, visits: Floats) -> Mask:
    """The parties to which value may come more than once: in one of their lots, or in one after another. Of the others the visits are exact."""
    visited = visits > 0
    again = chain.lots.total((visited & (chain.cycle >= 0) & ~chain.closed).astype(np.float64)) > 0
    if not chain.lots.plain:
        again |= (chain.lots.total(visited.astype(np.float64)) > 1) & (chain.party_cycle >= 0)
    return np.asarray(again)


def passages(chain: ValueChain, parties: Sequence[int], visits: Floats, *, up: bool) -> Floats:
    """Of each of these parties, exactly: the share of the value that comes to it at all.

    ``visits`` (t, along the nodes) counts what comes back again: a column of L (``up``) or a row of G. With S the nodes of the party that are
    visited, it is ``1' L_SS^-1 t_S``, ``t_S' G_SS^-1 1``: of one node ``L_uf / L_uu``, ``G_fi / G_ii``. It is the share that is missing
    where the party is taken away.

    References
    ----------
    Kemeny, J., Snell, J., Finite Markov Chains, 1960, section 3.5 (probability of ever being in a set of states).
    """
    visited = visits > 0
    answer = np.zeros(len(parties))
    nodes = [places[visited[places]] for places in (chain.lots.of(party) for party in parties)]
    blocks: dict[tuple[bool, int], list[int]] = {}
    for at, (party, places) in enumerate(zip(parties, nodes, strict=True)):
        several = len(places) > 1
        cycle = int(chain.party_cycle[party]) if several else int(chain.cycle[places[0]]) if len(places) else -1
        if cycle < 0:
            answer[at] = visits[places].sum()
        else:
            blocks.setdefault((several, cycle), []).append(at)
    for (several, cycle), wanted in sorted(blocks.items()):
        on_cycle = chain.party_cycle[chain.lots.owner] if several else chain.cycle
        members = np.flatnonzero((on_cycle == cycle) & visited)
        inverses = _inside(chain, members, [nodes[at] for at in wanted], up=up)
        for at, inverse in zip(wanted, inverses, strict=True):
            answer[at] = np.linalg.solve(inverse, visits[nodes[at]]).sum()
    return np.minimum(answer, 1.0)


def _inside(chain: ValueChain, members: Longs, wanted: Sequence[Longs], *, up: bool) -> list[Floats]:
    """``L_SS`` (up) or ``G_SS'`` of each set of nodes, within the members of a cycle: no way from a node back to itself leads outside."""
    inverse = _Inside(chain, members, up=up)
    places = np.searchsorted(members, np.concatenate(wanted))
    columns = np.concatenate([inverse.columns(places[at : at + COLUMNS], places) for at in range(0, len(places), COLUMNS)], axis=1)
    first = np.cumsum([0, *(len(nodes) for nodes in wanted)])
    return [columns[begin:end, begin:end] for begin, end in pairwise(first)]


class _Inside:
    """Columns of ``(I - M)^-1``, M = A or B' within some nodes: by the series, and once that does not end, by LU."""

    def __init__(self, chain: ValueChain, members: Longs, *, up: bool) -> None:
        whole, ends = (chain.a, chain.added) if up else (csr_array(chain.b.T), chain.ended)
        self._matrix = csr_array(whole[members][:, members])
        self._weight = chain.x[members]
        self._inverse: OpenInverse | None = None

        def leaving() -> Floats:
            """What of each member does not stay among them."""
            outside = np.ones(chain.nodes)
            outside[members] = 0.0
            return np.asarray(ends[members] + outside @ whole[:, members], np.float64)

        self._leaving = leaving

    def columns(self, some: Longs, rows: Longs) -> Floats:
        """These columns; of each only the rows asked for."""
        right = np.zeros((self._matrix.shape[0], len(some)))
        right[some, np.arange(len(some))] = 1.0
        if self._inverse is None:
            if (total := series(self._matrix, right)) is not None:
                return total[rows]
            self._inverse = OpenInverse(self._matrix, self._leaving(), self._weight)
        return self._inverse.solve(right)[rows]

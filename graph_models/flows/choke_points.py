"""Choke points: what of the focal party's value comes to others only through one party, in whichever of its lots."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from graph_models.arrays.types import Floats, Longs, Mask, Matrix
from graph_models.flows.value_chain import ValueChain
from graph_models.kernels.structure.dominators import immediate_dominators, sums_below
from graph_models.kernels.structure.removals import sums_cut_off

ROUNDING = 1e-12
"""Who passes on no more than this passes nothing on."""


class Hanging(NamedTuple):
    """Per party the sum of the shares of the others that are reached only through it; where ``open`` it is at most that."""

    share: Floats
    open: Mask


def hanging(chain: ValueChain, matrix: Matrix, visits: Floats, share: Floats) -> Hanging:
    """By dominators of the lots. Who is visited in several lots may cut off what none of them cuts off alone: at most all that it passes on."""
    start = np.flatnonzero(chain.start(chain.focal or 0))
    below = sums_below(*dominators(matrix, start), np.append(share, 0.0))[:-1]
    if chain.lots.plain:
        return Hanging(below, np.zeros(chain.parties, bool))
    several = chain.lots.total((visits > 0).astype(np.float64)) > 1
    at_most = np.maximum(np.minimum(chain.total(visits), 1.0) - chain.total(share), 0.0)
    passes_on = at_most > ROUNDING
    alone = chain.total(np.where(visits > 0, below, 0.0))
    return Hanging(np.where(several, np.where(passes_on, at_most, 0.0), alone), several & passes_on)


def hanging_exactly(chain: ValueChain, matrix: Matrix, visits: Floats, share: Floats, parties: Longs) -> Floats:
    """The same of some parties, by taking each away with all its lots."""
    start = np.flatnonzero(chain.start(chain.focal or 0))
    removals = [nodes[visits[nodes] > 0] for nodes in (chain.lots.of(party) for party in parties.tolist())]
    return sums_cut_off(matrix, start, removals, share)


def dominators(matrix: Matrix, start: Longs) -> tuple[Longs, Longs]:
    """Immediate dominators and their order from one more node, the last, that leads to every start."""
    n, edges = matrix.shape[0], len(matrix.indices) + len(start)
    columns = (np.ones(edges), np.concatenate([matrix.indices, start]), np.append(matrix.indptr, edges))
    return immediate_dominators(csr_array(columns, shape=(n + 1, n + 1)), n)

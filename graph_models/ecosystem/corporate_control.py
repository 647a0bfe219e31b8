"""Who controls whom: the least fixed point of "holds more than a threshold of the shares together with all that it controls"."""

from __future__ import annotations

from collections import deque

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from graph_models.arrays.types import Floats, Longs, Mask

ROUNDING = 1e-12
"""A share equal to the threshold, to so much, does not control."""


def controlled_by(holder: int, shares: csr_array, threshold: float) -> Longs:
    """The places of all that one party controls, in order; never itself. ``shares[u, v]`` is the share of v that u holds."""
    return np.array(sorted(_steered(holder, shares, threshold, frozenset())[0]), np.int64)


def _steered(holder: int, shares: csr_array, threshold: float, goal: set[int] | frozenset[int]) -> tuple[set[int], bool]:
    """What a party controls, as far as the first that is in ``goal``; and whether there was one."""
    indptr, indices, data = shares.indptr, shares.indices, shares.data
    held: dict[int, float] = {}
    controlled: set[int] = set()
    waiting = [holder]
    limit = threshold + ROUNDING
    while waiting:
        controller = waiting.pop()
        row = slice(indptr[controller], indptr[controller + 1])
        for company, share in zip(indices[row].tolist(), data[row].tolist(), strict=True):
            held[company] = held.get(company, 0.0) + share
            if company != holder and company not in controlled and held[company] > limit:
                if company in goal:
                    return controlled, True
                controlled.add(company)
                waiting.append(company)
    return controlled, False


def controllers_of(place: int, shares: csr_array, threshold: float) -> Mask:
    """Who controls one party.

    Control is handed on: who controls a controller is one, and whom somebody controls that is none is none either. So the holders are tried from
    both ends of the chains, those nearest to the party and those farthest, and each answer settles many others.
    """
    above = breadth_first_order(shares.T.tocsr(), place, return_predecessors=False)  # the party itself, then the nearest first
    inner = csr_array(shares[above][:, above])
    holders, limit = csr_array(inner.T), threshold + ROUNDING
    majority = np.bincount(np.repeat(np.arange(len(above)), np.diff(inner.indptr)), inner.data > limit) > 0
    untried = deque(np.flatnonzero(majority[1:]) + 1)  # who holds no majority by itself begins to control nothing
    answer, refuted = {0}, set[int]()
    _add_majorities(0, holders, limit, answer)
    nearest = True
    while untried:
        holder = int(untried.popleft() if nearest else untried.pop())
        if holder in answer or holder in refuted:
            continue
        nearest = not nearest
        controlled, found = _steered(holder, inner, threshold, answer)
        if found:
            _add_majorities(holder, holders, limit, answer)
        else:
            refuted |= controlled
    mask = np.zeros(shares.shape[0], bool)
    mask[above[list(answer - {0})]] = True
    return mask


def _add_majorities(first: int, holders: csr_array, limit: float, answer: set[int]) -> None:
    """Add a controller, and all who hold the majority of one by their own shares alone."""
    answer.add(first)
    waiting = [first]
    while waiting:
        company = waiting.pop()
        row = slice(holders.indptr[company], holders.indptr[company + 1])
        for holder, share in zip(holders.indices[row].tolist(), holders.data[row].tolist(), strict=True):
            if share > limit and holder not in answer:
                answer.add(holder)
                waiting.append(holder)


def control_pairs(shares: csr_array, threshold: float) -> tuple[Longs, Longs]:
    """All pairs (controller, controlled), sorted."""
    holders = np.flatnonzero(np.diff(shares.indptr))
    found = [controlled_by(int(holder), shares, threshold) for holder in holders]
    sizes = np.array([len(companies) for companies in found], np.int64)
    return np.repeat(holders, sizes).astype(np.int64), np.concatenate([np.zeros(0, np.int64), *found])


def share_matrix(n: int, source: Longs, target: Longs, share: Floats) -> csr_array:
    """Shares as a matrix; parallel ones add up."""
    matrix = csr_array((share, (source, target)), shape=(n, n))
    matrix.sum_duplicates()
    return matrix

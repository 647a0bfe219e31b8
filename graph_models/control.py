"""Who controls whom: the least fixed point of "holds more than a threshold of the shares together with all that it controls"."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from graph_models.ecosystem import Floats, Longs


def controlled_by(holder: int, shares: csr_array, threshold: float) -> Longs:
    """The places of all that one party controls, in order; never itself.

    ``shares[u, v]`` is the share of v that u holds. A share equal to the threshold (to 12 digits) does not control.
    """
    indptr, indices, data = shares.indptr, shares.indices, shares.data
    held: dict[int, float] = {}
    controlled: set[int] = set()
    waiting = [holder]
    limit = threshold + 1e-12
    while waiting:
        controller = waiting.pop()
        row = slice(indptr[controller], indptr[controller + 1])
        for company, share in zip(indices[row].tolist(), data[row].tolist(), strict=True):
            held[company] = held.get(company, 0.0) + share
            if company != holder and company not in controlled and held[company] > limit:
                controlled.add(company)
                waiting.append(company)
    return np.array(sorted(controlled), np.int64)


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

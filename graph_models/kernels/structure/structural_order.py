"""An order of the nodes of a graph that follows from its edges and not from the numbers of its nodes (colour refinement)."""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import connected_components

from graph_models.arrays.types import Floats, Longs, Matrix, Words
from graph_models.kernels.compiled import compiled, rows

STEPS = 5_000_000
"""So many (node or edge) steps of refinement are done; what is still alike then goes by the numbers of the nodes."""
LEAST_ROUNDS = 3
ROUNDED = 1 << 12
"""So much of the last part of a float is rounded away: 40 of 52 bits, 12 decimal digits, are left."""


def structural_order(matrix: Matrix) -> Longs:
    """The nodes in an order that renaming and reordering them does not change.

    Each node begins with the colour of its number of edges; round by round it takes a colour made of its own and of those of its neighbours, with the
    weights between, until no more colours are told apart (Weisfeiler and Leman). Of nodes that are alike to the end, twins are numbered as they
    come, which changes nothing, and in each connected part the first of the smallest group is singled out and its neighbours are told apart again.

    Parameters
    ----------
    matrix : csr_array
        Symmetric, sorted indices.

    Returns
    -------
    array of int
        The nodes by connected part, then by colour.

    Notes
    -----
    O((nodes + edges) rounds), in at most ``STEPS`` steps, three rounds at least. The same order of the same graph under any numbering, but for nodes
    that refinement cannot tell apart and no symmetry exchanges (strongly regular graphs), and for what is left where the steps are used up.

    Examples
    --------
    >>> from graph_models.kernels.neighbours import matrix_of
    >>> path = matrix_of(4, [0, 1, 1, 2, 2, 3], [1, 0, 2, 1, 3, 2], [1, 1, 1, 1, 2, 2])
    >>> renamed = path[[2, 0, 3, 1]][:, [2, 0, 3, 1]].tocsr()
    >>> (path[structural_order(path)][:, structural_order(path)] != renamed[structural_order(renamed)][:, structural_order(renamed)]).nnz
    0

    References
    ----------
    Weisfeiler, B., Leman, A., The reduction of a graph to canonical form and the algebra which appears therein, 1968. McKay, B., Piperno, A.,
    Practical graph isomorphism II, Journal of Symbolic Computation 60, 2014 (refinement and singling out).
    """
    nodes = matrix.shape[0]
    count, part = connected_components(matrix, directed=False) if nodes else (0, np.zeros(0, np.int64))
    refined = _Refined(matrix, part.astype(np.int64))
    if refined.refine():
        refined.number_twins()
        while refined.refine() and refined.single_out():
            pass
    total = np.zeros(count, np.uint64)
    np.add.at(total, part, _mixed(refined.colour))
    first = np.full(count, nodes, np.int64)
    np.minimum.at(first, part, np.arange(nodes))
    rank = np.empty(count, np.int64)
    rank[np.lexsort((first, total))] = np.arange(count)
    return np.lexsort((np.arange(nodes), refined.colour, rank[part]))


class _Refined:
    """The colours of the nodes, which are told apart further and further."""

    def __init__(self, matrix: Matrix, part: Longs) -> None:
        self.indptr, self.neighbour, weights = rows(matrix)
        self.weight = without_rounding(weights).view(np.uint64)
        self.nodes, self.part = matrix.shape[0], part
        self.colour = np.diff(self.indptr).astype(np.uint64)
        self.left = max(STEPS, LEAST_ROUNDS * (self.nodes + len(self.neighbour)))

    def refine(self) -> bool:
        """Until nothing more is told apart; are some alike, and steps left?"""
        before, groups = 0, self._groups()
        while before < groups < self.nodes and self._spend():
            self.colour = self._with_neighbours(_mixed(self.colour))
            before, groups = groups, self._groups()
        return bool(groups < self.nodes and self.left > 0)

    def number_twins(self) -> None:
        """Nodes with the same neighbours by the same weights are told apart as they come: whichever is first, the graph is the same."""
        names = _mixed(np.arange(self.nodes, dtype=np.uint64))
        same = self._with_neighbours(names) - names
        order = np.lexsort((np.arange(self.nodes), same))
        begins = np.flatnonzero(np.concatenate([[True], same[order][1:] != same[order][:-1]]))
        place = np.arange(self.nodes) - np.repeat(begins, np.diff(np.append(begins, self.nodes)))
        alone = np.diff(self.indptr)[order] == 0  # who has no edges is a part of its own, and stays alike
        self.colour[order] += np.where(alone, np.uint64(0), _mixed(place.astype(np.uint64)))

    def single_out(self) -> bool:
        """In each part, the first node of its smallest group of nodes that are alike; false where all are told apart."""
        order = np.lexsort((np.arange(self.nodes), self.colour, self.part))
        part, colour = self.part[order], self.colour[order]
        begins = np.flatnonzero(np.concatenate([[True], (part[1:] != part[:-1]) | (colour[1:] != colour[:-1])]))
        size = np.diff(np.append(begins, self.nodes))
        several = np.flatnonzero(size > 1)
        if not len(several):
            return False
        several = several[np.lexsort((colour[begins[several]], size[several], part[begins[several]]))]
        _, chosen = np.unique(part[begins[several]], return_index=True)
        self.colour[order[begins[several[chosen]]]] += np.uint64(1)
        return True

    def _groups(self) -> int:
        """How many nodes differ from all others of their part."""
        return len(np.unique(self.colour + _mixed(self.part.astype(np.uint64))))

    def _spend(self) -> bool:
        self.left -= self.nodes + len(self.neighbour)
        return bool(self.left >= 0)

    def _with_neighbours(self, colour: Words) -> Words:
        """Per node its colour and the sum over its edges, which does not depend on their order."""
        answer = colour.copy()
        _add_neighbours(self.indptr, self.neighbour, self.weight, colour, answer)
        return answer


def without_rounding(weights: Floats) -> Floats:
    """Weights to 12 digits, so that those that differ by rounding only are the same number."""
    bits = (np.ascontiguousarray(weights, np.float64).view(np.uint64) + np.uint64(ROUNDED // 2)) & ~np.uint64(ROUNDED - 1)
    return bits.view(np.float64)


def _mixed(values: Words) -> Words:
    """Numbers that look drawn at random, one for each number (Steele, Lea, Flood, Fast splittable pseudorandom number generators, 2014)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@compiled("starts", "nodes", "words", "words", "out words")
def _add_neighbours(indptr, nodes, weight, colour, answer):  # type: ignore[no-untyped-def]
    """Adds, of each edge, its weight and the colour of its other end, mixed as in ``_mixed``."""
    for u in range(len(colour)):
        total = np.uint64(0)
        for j in range(indptr[u], indptr[u + 1]):
            x = colour[nodes[j]] + weight[j] * np.uint64(0x9E3779B97F4A7C15)
            x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            total += x ^ (x >> np.uint64(31))
        answer[u] += total

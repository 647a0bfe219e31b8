"""Loops through one node, depth first: only along edges whose best way back still scores enough."""

from __future__ import annotations

import numpy as np

from graph_models.kernels.compiled import compiled

NONE = np.uint32(0xFFFFFFFF)
"""What fills up a row."""
FEW = 32
"""Edges of a node that are sorted by moving each to its place."""


@compiled(
    "starts", "longs", "nodes", "floats", "floats", "longs", "number", "float", "number",
    "out longs", "out longs", "out longs", "out longs", "out floats", "out longs", "out nodes", "out floats",
)  # fmt: skip
def grow(first, order, target, utility, bound, shape, strict, limit, most, at, end, node, edge, score, state, rows, scores):  # type: ignore[no-untyped-def]
    """Writes loops into ``rows`` and ``scores`` until these are full, all are found, or ``most`` steps are made; answers how many were written.

    ``shape``: nodes, focal node, longest loop. ``order`` has the edges to try at each place on the way, from each node the best first; ``first``
    where those of a place and node begin; ``bound`` what they can still come to. ``at end node edge score`` are the way so far, ``state`` its
    depth (-1: all is done) and the steps made: the next call goes on from there.
    """
    nodes, focal, longest = shape[0], shape[1], shape[2]
    depth, steps, found = state[0], state[1], 0
    while depth >= 0 and found < len(scores) and steps < most:
        place = at[depth]
        if place == end[depth]:
            depth -= 1
            continue
        best = score[depth] * bound[place]
        if best < limit or (strict and best == limit):
            depth -= 1
            continue
        at[depth] += 1
        steps += 1
        along = order[place]
        to = np.int64(target[along])
        edge[depth] = along
        if to == focal:
            for k in range(longest):
                rows[found * longest + k] = edge[k] if k <= depth else NONE
            scores[found] = score[depth] * utility[along]
            found += 1
            continue
        seen = False
        for k in range(1, depth + 1):
            seen |= node[k] == to
        if seen:
            continue
        score[depth + 1] = score[depth] * utility[along]
        depth += 1
        node[depth] = to
        row = depth * (nodes + 1) + to
        at[depth], end[depth] = first[row], first[row + 1]
    state[0], state[1] = depth, steps
    return found


@compiled("starts", "out longs", "out floats")
def best_first(first, order, bound):  # type: ignore[no-untyped-def]
    """Sorts the edges of each node by their bounds, the greatest first; equal ones stay as they are."""
    for node in range(len(first) - 1):
        low, high = first[node], first[node + 1]
        if high - low > FEW:
            places = np.argsort(-bound[low:high], kind="mergesort")
            order[low:high], bound[low:high] = order[low:high][places], bound[low:high][places]
            continue
        for k in range(low + 1, high):
            along, value, at = order[k], bound[k], k
            while at > low and bound[at - 1] < value:
                order[at], bound[at] = order[at - 1], bound[at - 1]
                at -= 1
            order[at], bound[at] = along, value


@compiled("nodes", "longs", "number", "number", "out nodes")
def first_of_each(rows, ends, longest, most, firsts):  # type: ignore[no-untyped-def]
    """Per node the first ``most`` rows (of ``longest`` edges each) one of whose edges ends at it; ``firsts`` comes full of ``NONE``."""
    for at in range(len(rows)):
        if rows[at] != NONE:
            place = ends[rows[at]] * most
            for k in range(place, place + most):
                if firsts[k] == NONE:
                    firsts[k] = at // longest
                    break


@compiled("nodes", "longs", "floats", "out floats")
def sums_of_each(rows, what, scores, sums):  # type: ignore[no-untyped-def]
    """Per thing that edges stand for (``what``) the sum of the scores of the rows that one of its edges is in."""
    longest = len(rows) // max(len(scores), 1)
    for row in range(len(scores)):
        for at in range(row * longest, (row + 1) * longest):
            if rows[at] != NONE:
                sums[what[rows[at]]] += scores[row]

"""The loops of streams through one party, strongest first: exact, pruned, and never more than asked for.

Paths grow from the focal party. One is given up as soon as the best way back that its remaining length allows cannot reach the
threshold. Where there may be too many loops the threshold comes down from the best score in strides, each search finding a few
times as many as the one before; once more are found than may be kept, it rises to the weakest that may stay.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from graph_models.arrays.ranking import rounded
from graph_models.arrays.types import Floats, Ints, Longs
from graph_models.kernels.flow.loops import best_first, grow

SLACK = 1e-12
"""Scores that agree to 12 digits are the same score, whatever the order of their products."""
ROOM = 262_144
"""So many loops are fetched at once."""
MOST_STEPS = 100
"""A search that takes so many steps for every loop that may be kept is given up: seconds, whatever the network is like."""
FEWEST = 1_000_000
"""But so many steps are always taken."""
STRIDE, LONG_STRIDE = 0.3, 0.1
"""By so much the threshold falls from one search to the next; by the long one while few loops are found."""
SLOW = 1.5
"""Where a stride finds less than so many times the loops of the one before, the next one is twice as long (on a logarithmic scale)."""
LOWEST = 1e-18
"""Below this part of the best score strides lead nowhere."""


class Loops(NamedTuple):
    """Sorted by score, then by streams. ``streams`` has one row a loop, from the focal party on, filled up with -1."""

    streams: Ints
    score: Floats
    complete: bool
    """All loops of that length above the threshold asked for are here."""
    threshold: float
    """The score that loops reach (complete) or exceed (not complete)."""
    given_up: bool = False
    """The search for weaker ones took too many steps."""


class _Network(NamedTuple):
    """The streams, and what every stream can come to as number 1 .. of a loop; -1 where it cannot be that."""

    nodes: int
    focal: int
    source: Ints
    target: Ints
    utility: Floats
    by_source: Longs
    before: list[Floats]
    """Per place on a loop and party: the best product of a way to it from the focal party."""
    bound: list[Floats]
    """Per place on a loop and stream: the best product of it and a way back of the length that is left."""


def find_loops(
    nodes: int,
    focal: int,
    source: Ints,
    target: Ints,
    utility: Floats,
    max_length: int,
    min_score: float,
    max_loops: int,
    *,
    guess: float | None = None,
    in_order: bool = True,
) -> Loops:
    """All elementary loops through ``focal`` of at most ``max_length`` streams whose product of utilities is at least ``min_score``.

    Where there are more than ``max_loops``: those strictly above the score of number ``max_loops`` + 1. Where finding them takes more than
    ``MOST_STEPS`` for each: those strictly above a score that the search did come down to. ``guess``: a score above which about ``max_loops`` are thought
    to be; it saves strides, and changes nothing. Only sums are asked of loops that need not be ``in_order``.
    """
    network = _network(nodes, focal, source, target, utility, max_length)
    best = float(max((bound[source == focal].max(initial=-1.0) for bound in network.bound[:1]), default=-1.0))
    known = Loops(np.zeros((0, max_length), np.int32), np.zeros(0), False, max(best, 0.0))
    few = guess is None and _walks(nodes, focal, source, target, max_length) <= 4 * max_loops
    least = min_score if few else max(LONG_STRIDE * best if guess is None else guess, min_score)
    stride = LONG_STRIDE
    while True:
        loops = _above(network, least, max_loops)
        if loops.given_up:
            loops = known._replace(given_up=True)
            break
        if not loops.complete or least <= min_score:
            break
        slow = len(loops.score) < SLOW * len(known.score)
        stride = stride**2 if slow else LONG_STRIDE if 100 * len(loops.score) < max_loops else STRIDE
        known = _strictly_above(loops, least)
        least = max(least * stride, min_score) if least * stride > LOWEST * best else min_score
    if not in_order:
        return loops
    rows, score = ranked(loops.streams, loops.score)
    return loops._replace(streams=rows, score=score)


def _strictly_above(loops: Loops, least: float) -> Loops:
    strictly = rounded(loops.score) > rounded(np.array([least]))[0]
    return Loops(loops.streams[strictly], loops.score[strictly], False, least)


def _walks(nodes: int, focal: int, source: Ints, target: Ints, max_length: int) -> float:
    """How many walks leave the focal party and come back to it once, in at most so many steps."""
    step = csr_array((np.ones(len(source)), (target, source)), shape=(nodes, nodes))
    at: Floats = np.zeros(nodes)
    home = 0.0
    at[focal] = 1.0
    for _ in range(max_length):
        at = np.asarray(step @ at, np.float64)
        home += float(at[focal])
        at[focal] = 0.0
    return home


def _network(nodes: int, focal: int, source: Ints, target: Ints, utility: Floats, max_length: int) -> _Network:
    """Ways to each party grow from the focal one, ways back to it from its givers; neither passes it in between."""
    by_source, by_target = np.argsort(source, kind="stable"), np.argsort(target, kind="stable")
    start = np.full(nodes, -1.0)
    start[focal] = 1.0
    before, bound, back = [start], [], start
    for _ in range(max_length):
        bound.append(np.where(back[target] >= 0, utility * back[target], -1.0))
        back = _best(nodes, source, by_source, bound[-1])
        back[focal] = 1.0
    for _ in range(max_length - 1):
        reached = _best(nodes, target, by_target, np.where(before[-1][source] >= 0, before[-1][source] * utility, -1.0))
        reached[focal] = -1.0
        before.append(reached)
    return _Network(nodes, focal, source, target, utility, by_source, before, bound[::-1])


def _best(nodes: int, end: Ints, order: Longs, value: Floats) -> Floats:
    """The largest value among the streams at each party; -1 where there is none. ``order`` sorts them by party."""
    answer = np.full(nodes, -1.0)
    heads = np.flatnonzero(np.diff(end[order], prepend=-1))
    if len(heads):
        answer[end[order[heads]]] = np.maximum.reduceat(value[order], heads)
    return answer


def _above(network: _Network, least: float, max_loops: int) -> Loops:
    """The loops that score at least that much; where they are too many, those above the score of number ``max_loops`` + 1."""
    longest = len(network.bound)
    first, order, bound = _tried(network, least * (1 - SLACK))
    shape = np.array([network.nodes, network.focal, longest], np.int64)
    at, end, node, edge, score = (np.zeros(longest + 1, kind) for kind in (np.int64, np.int64, np.int64, np.int64, np.float64))
    at[0], end[0], score[0] = first[network.focal], first[network.focal + 1], 1.0
    state = np.zeros(2, np.int64)
    target = network.target.astype(np.uint32)
    limit, strict, count, most = least * (1 - SLACK), 0, 0, max(MOST_STEPS * max_loops, FEWEST)
    found: list[tuple[Ints, Floats]] = []
    while state[0] >= 0:
        rows, scores = np.empty(ROOM * longest, np.uint32), np.empty(ROOM)
        new = grow(first, order, target, network.utility, bound, shape, strict, limit, most, at, end, node, edge, score, state, rows, scores)
        found.append((rows.view(np.int32)[: new * longest].reshape(new, longest).copy(), scores[:new].copy()))
        count += new
        if new < ROOM and state[0] >= 0:
            return Loops(*found[0], False, least, True)
        if count > 2 * (max_loops + 1):
            kept, nth = _strongest(*_joined(found), max_loops)
            found, count, limit, strict = [kept], len(kept[1]), nth * (1 + SLACK), 1
    return _cut_off(*_joined(found), least, max_loops)


def _tried(network: _Network, limit: float) -> tuple[Longs, Longs, Floats]:
    """(where the streams of each place on a loop and party begin, the streams, their bounds): those that can be on a loop above the limit, best first."""
    firsts, orders, bounds, total = [], [], [], 0
    for before, bound in zip(network.before, network.bound, strict=True):
        led = before[network.source]
        there = (led >= 0) & (bound >= 0) & (led * bound >= limit * (1 - SLACK))
        order = network.by_source[there[network.by_source]]
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(network.source[order], minlength=network.nodes))])
        bounded = bound[order]
        best_first(first, order, bounded)
        firsts.append(total + first)
        orders.append(order)
        bounds.append(bounded)
        total += len(order)
    return np.concatenate(firsts), np.concatenate(orders), np.concatenate(bounds)


def _joined(found: list[tuple[Ints, Floats]]) -> tuple[Ints, Floats]:
    return np.concatenate([rows for rows, _ in found]), np.concatenate([score for _, score in found])


def _strongest(rows: Ints, score: Floats, max_loops: int) -> tuple[tuple[Ints, Floats], float]:
    """Only loops above the score of number ``max_loops`` + 1 can count: those, it, and that score. The rest goes."""
    nth = float(np.partition(score, len(score) - max_loops - 1)[len(score) - max_loops - 1])
    strong = np.flatnonzero(score >= nth * (1 - SLACK))
    order = strong[np.argsort(-score[strong], kind="stable")[: max_loops + 1]]
    return (rows[order], score[order]), nth


def _cut_off(rows: Ints, score: Floats, least: float, max_loops: int) -> Loops:
    if len(score) <= max_loops:
        return Loops(rows, score, True, least)
    equal = rounded(score)
    threshold = np.partition(equal, len(equal) - max_loops - 1)[len(equal) - max_loops - 1]
    strictly = equal > threshold
    return Loops(rows[strictly], score[strictly], False, float(threshold))


def ranked(rows: Ints, score: Floats) -> tuple[Ints, Floats]:
    """Loops by score, equal ones (to 12 digits) by their streams."""
    equal = rounded(score)
    order = np.argsort(-equal, kind="stable")
    same = np.diff(equal[order]) == 0
    tied = np.flatnonzero(np.append(same, False) | np.insert(same, 0, False)) if len(order) else order
    if len(tied):
        rivals = order[tied]
        order[tied] = rivals[np.lexsort(np.vstack([rows[rivals].T[::-1], -equal[rivals]]))]
    return rows[order], score[order]

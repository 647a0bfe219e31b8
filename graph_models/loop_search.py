"""The loops of streams through one party, strongest first: exact, pruned, and never more than asked for.

Paths grow from the focal party, many at a time. A path is given up as soon as the best way back that its remaining length
allows cannot reach the threshold; once more loops are found than may be kept, the threshold rises to the weakest that may stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from graph_models.ecosystem import Floats, Ints, Longs, Mask
from graph_models.ranking import rounded

EXPANSIONS = 1_000_000
"""So many paths grow at once: bounds the memory, not the answer."""
SLACK = 1e-12
"""Scores that agree to 12 digits are the same score, whatever the order of their products."""
FINENESS = 0.1
BINS = 150
"""Scores from 1 down to e^-15 are told apart when walks are counted."""
WORTH_GUESSING = 20_000
"""To find fewer loops than this, the threshold that rises by itself is as quick."""
MOST_COUNTERS = 20_000_000


class Loops(NamedTuple):
    """Sorted by score, then by streams. ``streams`` has one row a loop, from the focal party on, filled up with -1."""

    streams: Ints
    score: Floats
    complete: bool
    """All loops of that length above the threshold asked for are here."""
    threshold: float
    """The score that loops reach (complete) or exceed (not complete)."""


class _Paths(NamedTuple):
    edges: list[Ints]
    nodes: list[Ints]
    score: Floats


class _Step(NamedTuple):
    """Streams in the order in which they are tried with a certain length left: from each party, best bound first."""

    order: Longs
    first: Longs
    bound: Floats


def find_loops(nodes: int, focal: int, source: Ints, target: Ints, utility: Floats, max_length: int, min_score: float, max_loops: int) -> Loops:
    """All elementary loops through ``focal`` of at most ``max_length`` streams whose product of utilities is at least ``min_score``.

    Where there are more than ``max_loops``: those strictly above the score of number ``max_loops`` + 1.
    """
    steps = _steps(nodes, focal, source, target, utility, max_length)

    def above(least: float) -> Loops:
        search = _Search(focal, target, utility, steps, max_length, least, max_loops)
        search.run()
        return search.loops()

    for guess in _guesses(nodes, focal, source, target, utility, max_length, max_loops):
        if guess > min_score and not (loops := above(guess)).complete:
            return loops
    return above(min_score)


def _guesses(nodes: int, focal: int, source: Ints, target: Ints, utility: Floats, max_length: int, max_loops: int) -> list[float]:
    """Scores, falling, above which there may be just more than ``max_loops`` loops; none where there are too few to cut off.

    There are at most as many loops as walks, and walks are counted by their score in steps of ``FINENESS`` (on a logarithmic scale) in one pass a
    stream. A guess that proves too high costs a search that finds few loops, and changes nothing.
    """
    if max_loops < WORTH_GUESSING or nodes * BINS > MOST_COUNTERS or _walks(nodes, focal, source, target, max_length) < 4 * max_loops:
        return []
    positive = utility > 0
    source, target, utility = source[positive], target[positive], utility[positive]
    fall = np.minimum(np.floor(-np.log(utility) / FINENESS), BINS - 1).astype(np.int64)
    if not len(fall):
        return []
    by_fall = np.argsort(fall, kind="stable")
    starts = np.flatnonzero(np.diff(fall[by_fall], prepend=-1))
    groups = [
        (int(fall[edges[0]]), csr_array((np.ones(len(edges)), (target[edges], source[edges])), shape=(nodes, nodes))) for edges in np.split(by_fall, starts[1:])
    ]
    walks = np.zeros((nodes, BINS))
    walks[focal, 0] = 1.0
    home = np.zeros(BINS)
    for _ in range(max_length):
        longer = np.zeros((nodes, BINS))
        for shift, step in groups:
            longer[:, shift:] += np.asarray(step @ walks[:, : BINS - shift])
        home += longer[focal]
        longer[focal] = 0.0
        walks = longer
    enough = np.cumsum(home)
    wanted = [factor * (max_loops + 1) for factor in (1.5, 6.0, 24.0)]
    places = [int(np.searchsorted(enough, count)) for count in wanted if count < enough[-1]]
    return [float(np.exp(-FINENESS * (place + 1))) for place in places if place < BINS - 1]


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


def _steps(nodes: int, focal: int, source: Ints, target: Ints, utility: Floats, max_length: int) -> list[_Step]:
    """For each number of streams that may still follow (0 .. max_length - 1) the streams with the best product that they allow."""
    best = np.full(nodes, -1.0)
    best[focal] = 1.0
    steps = []
    by_source = np.argsort(source, kind="stable")
    heads = np.flatnonzero(np.diff(source[by_source], prepend=-1))
    for _ in range(max_length):
        bound = np.where(best[target] >= 0, utility * best[target], -1.0)
        order = np.lexsort((-bound, source))
        order = order[bound[order] >= 0]
        steps.append(_Step(order, np.searchsorted(source[order], np.arange(nodes + 1)), bound[order]))
        reached = np.full(nodes, -1.0)
        if len(heads):
            reached[source[by_source[heads]]] = np.maximum.reduceat(bound[by_source], heads)
        reached[focal] = 1.0
        best = reached
    return steps


class _Search:
    def __init__(self, focal: int, target: Ints, utility: Floats, steps: Sequence[_Step], max_length: int, min_score: float, max_loops: int) -> None:
        self.focal, self.target, self.utility, self.steps = focal, target, utility, steps
        self.max_length, self.min_score, self.max_loops = max_length, min_score, max_loops
        self.limit = min_score * (1 - SLACK)
        self.raised = False
        self.found: list[tuple[Ints, Floats]] = []
        self.count = 0

    def run(self) -> None:
        start = _Paths([], [np.array([self.focal], np.int32)], np.ones(1))
        waiting = [start]
        while waiting:
            paths = waiting.pop()
            lows, counts = self._promising(paths)
            kept = counts > 0
            paths, lows, counts = _chosen(paths, kept), lows[kept], counts[kept]
            total = np.cumsum(counts)
            if not len(total):
                continue
            now = max(1, int(np.searchsorted(total, EXPANSIONS, side="right")))
            if now < len(total):
                rest = np.arange(now, len(total))
                waiting.append(_chosen(paths, rest))
                paths, lows, counts = _chosen(paths, np.arange(now)), lows[:now], counts[:now]
            longer = self._grown(paths, lows, counts)
            if longer is not None:
                waiting.append(longer)

    def _promising(self, paths: _Paths) -> tuple[Longs, Longs]:
        """Where the streams begin that can follow each path, and how many of them may still lead to a loop that counts."""
        step = self.steps[self.max_length - len(paths.edges) - 1]
        node = paths.nodes[-1]
        low = step.first[node]
        first, last = low.copy(), step.first[node + 1]
        while (open_ := first < last).any():  # binary search in each party's own streams, all at once
            middle = (first + last) // 2
            enough = self._enough(paths.score * step.bound[np.minimum(middle, len(step.bound) - 1)]) & open_
            first = np.where(enough, middle + 1, first)
            last = np.where(open_ & ~enough, middle, last)
        return low, first - low

    def _enough(self, bound: Floats) -> Mask:
        return np.greater(bound, self.limit) if self.raised else np.greater_equal(bound, self.limit)

    def _grown(self, paths: _Paths, lows: Longs, counts: Longs) -> _Paths | None:
        length = len(paths.edges) + 1
        step = self.steps[self.max_length - length]
        which = np.repeat(np.arange(len(counts)), counts)
        place = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts) + lows[which]
        edge = step.order[place].astype(np.int32)
        node = self.target[edge]
        home = node == self.focal
        self._keep([*(column[which[home]] for column in paths.edges), edge[home]], paths.score[which[home]] * self.utility[edge[home]])
        if length == self.max_length:
            return None
        on = np.flatnonzero(~home)
        for column in paths.nodes[1:]:
            on = on[column[which[on]] != node[on]]
        if not len(on):
            return None
        from_ = which[on]
        return _Paths(
            [*(column[from_] for column in paths.edges), edge[on]],
            [*(column[from_] for column in paths.nodes), node[on]],
            paths.score[from_] * self.utility[edge[on]],
        )

    def _keep(self, edges: list[Ints], score: Floats) -> None:
        good = self._enough(score)
        if not good.any():
            return
        rows = np.full((int(good.sum()), self.max_length), -1, np.int32)
        for column, values in enumerate(edges):
            rows[:, column] = values[good]
        self.found.append((rows, score[good]))
        self.count += len(rows)
        if self.count > 2 * (self.max_loops + 1):
            self._raise_limit()

    def _raise_limit(self) -> None:
        """Only loops above the score of number ``max_loops`` + 1 can count: let the rest go."""
        rows, score = self._joined()
        nth = np.partition(score, len(score) - self.max_loops - 1)[len(score) - self.max_loops - 1]
        strong = score >= nth * (1 - SLACK)
        order = np.argsort(-score[strong], kind="stable")[: self.max_loops + 1]
        self.found = [(rows[strong][order], score[strong][order])]
        self.count = len(order)
        self.limit, self.raised = float(nth) * (1 + SLACK), True

    def _joined(self) -> tuple[Ints, Floats]:
        if not self.found:
            return np.zeros((0, self.max_length), np.int32), np.zeros(0)
        return np.concatenate([rows for rows, _ in self.found]), np.concatenate([score for _, score in self.found])

    def loops(self) -> Loops:
        rows, score = self._joined()
        rows, score = ranked(rows, score)
        if len(score) <= self.max_loops:
            return Loops(rows, score, True, self.min_score)
        equal = rounded(score)
        threshold = equal[self.max_loops]
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


def _chosen(paths: _Paths, which: Mask | Longs) -> _Paths:
    return _Paths([column[which] for column in paths.edges], [column[which] for column in paths.nodes], paths.score[which])

"""Which community of today is which of before, so that ids stay as they were, and what became of the others: born, gone, merged, split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from graph_models.communities import Communities
from graph_models.ecosystem import Longs
from graph_models.warning import Warning

EVENT = "community-"
"""How the codes of the warnings begin that say what became of communities."""
MAX_NAMED = 100
"""So many events of a kind are named, the largest first; of the others it is said how many there are."""
MAX_PARTIES = 100
"""So many parties are named with an event."""


class Matched(NamedTuple):
    """The id of each community, and what happened to those that are not simply the same."""

    ids: list[str]
    events: list[Warning]


class Overlap(NamedTuple):
    """How many parties each community of before and each of today share, pair by pair, and how large both are."""

    before: Longs
    now: Longs
    shared: Longs
    size_before: Longs
    size_now: Longs
    old: Longs
    """Per party its place among the ids of before, -1 where it had none."""


def matched(communities: Communities, parties: Sequence[str], before: Mapping[str, str], first_id: int | None = None) -> Matched:
    """Give each community the id of the one before with which it shares most.

    Two are the same where they share more than half of either; of several pairs that do, the one that shares most comes first. New ids are
    numbers above all of before (and from ``first_id`` on), so that none names two things. Events are told of communities of two parties or more:
    ``merged``, where more than half of one went into another; ``split``, where more than half of one came from another; ``born`` and ``gone``,
    where there is no such other.

    Greene, D., Doyle, D., Cunningham, P., Tracking the evolution of communities in dynamic social networks, ASONAM 2010.
    """
    names = sorted(set(before.values()), key=_order)
    overlap = _overlap(communities, parties, before, names)
    of_before, of_now = np.full(len(names), -1, np.int64), np.full(len(communities.size), -1, np.int64)
    same = 2 * overlap.shared > np.minimum(overlap.size_before[overlap.before], overlap.size_now[overlap.now])
    order = np.lexsort((overlap.now, overlap.before, -overlap.shared))
    for pair in order[same[order]].tolist():
        a, b = int(overlap.before[pair]), int(overlap.now[pair])
        if of_before[a] < 0 and of_now[b] < 0:
            of_before[a], of_now[b] = b, a
    following = max([first_id or 1, *(int(name) + 1 for name in names if _is_number(name))])
    ids = []
    for a in of_now.tolist():
        ids.append(names[a] if a >= 0 else str(following))
        following += a < 0
    return Matched(ids, _events(overlap, communities, parties, names, ids, of_before, of_now))


def highest(ids: Sequence[str | None]) -> int:
    """The highest of the ids that are numbers; 0 where there is none."""
    return max((int(name) for name in set(ids) if name is not None and _is_number(name)), default=0)


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdecimal() and len(name) < 16


def _order(name: str) -> tuple[bool, int, str]:
    """Numbers first, as numbers."""
    return (not _is_number(name), int(name) if _is_number(name) else 0, name)


def _overlap(communities: Communities, parties: Sequence[str], before: Mapping[str, str], names: Sequence[str]) -> Overlap:
    code = {name: place for place, name in enumerate(names)}
    old = np.fromiter((-1 if (name := before.get(party)) is None else code[name] for party in parties), np.int64, len(parties))
    size_before = np.bincount(np.fromiter((code[name] for name in before.values()), np.int64, len(before)), minlength=len(names))
    both = (old >= 0) & (communities.number >= 0)
    count = max(len(communities.size), 1)
    pair, shared = np.unique(old[both] * count + communities.number[both], return_counts=True)
    return Overlap(pair // count, pair % count, shared, size_before, communities.size, old)


def _events(
    overlap: Overlap, communities: Communities, parties: Sequence[str], names: Sequence[str], ids: Sequence[str], of_before: Longs, of_now: Longs
) -> list[Warning]:
    """``merged`` and ``gone`` of what lost its id, ``split`` and ``born`` of what got a new one."""
    went, came = np.full(len(names), -1, np.int64), np.full(len(ids), -1, np.int64)
    most = 2 * overlap.shared > overlap.size_before[overlap.before]
    went[overlap.before[most]] = overlap.now[most]
    most = 2 * overlap.shared > overlap.size_now[overlap.now]
    came[overlap.now[most]] = overlap.before[most]
    found: dict[str, list[_Event]] = {"merged": [], "split": [], "born": [], "gone": []}
    for a in np.flatnonzero((of_before < 0) & (overlap.size_before > 1)).tolist():
        size, into = int(overlap.size_before[a]), int(went[a])
        words = f"community {names[a]} of {size} " + (f"merged into {ids[into]}" if into >= 0 else "is gone")
        found["merged" if into >= 0 else "gone"].append(_Event(size, words, overlap.old, a))
    for b in np.flatnonzero((of_now < 0) & (overlap.size_now > 1)).tolist():
        size, origin = int(overlap.size_now[b]), int(came[b])
        words = f"community {ids[b]} of {size} " + (f"split from {names[origin]}" if origin >= 0 else "was born")
        found["split" if origin >= 0 else "born"].append(_Event(size, words, communities.number, b))
    return [warning for what, events in found.items() for warning in _named(what, events, parties)]


class _Event(NamedTuple):
    """Of a community: how large it is, what became of it, and where its parties are: those with its number among ``numbers``."""

    size: int
    words: str
    numbers: Longs
    number: int


def _named(what: str, events: list[_Event], parties: Sequence[str]) -> list[Warning]:
    code = EVENT + what
    named = []
    for event in sorted(events, key=lambda event: -event.size)[:MAX_NAMED]:
        places = np.flatnonzero(event.numbers == event.number)[:MAX_PARTIES].tolist()
        named.append(Warning(code, event.words, (), tuple(parties[place] for place in places)))
    left_out = len(events) - len(named)
    return [*named, Warning(code, f"{left_out} smaller communities {what} are not named")] if left_out else named

"""Which community of today is which of before, so that ids stay as they were, and what became of the others: born, gone, merged, split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from graph_models.arrays.types import Longs
from graph_models.graphs.communities import Communities
from graph_models.notices import Warning

EVENT = "community-"
"""How the codes of the warnings begin that say what became of communities."""
MAX_NAMED = 100
"""So many events of a kind are named, the largest first; of the others it is said how many there are."""
MAX_PARTIES = 100
"""So many parties are named with an event."""


class Event(NamedTuple):
    """What became of a community: ``before`` and ``after`` are ids, ``size`` that of the one that came or went (without ids: how many are not named)."""

    what: str
    size: int
    before: str | None = None
    after: str | None = None
    parties: tuple[str, ...] = ()
    """Of the one that came or went, as far as they are here now."""

    @property
    def code(self) -> str:
        return EVENT + self.what

    @property
    def message(self) -> str:
        told = {
            "merged": f"community {self.before} of {self.size} merged into {self.after}",
            "split": f"community {self.after} of {self.size} split from {self.before}",
            "born": f"community {self.after} of {self.size} was born",
            "gone": f"community {self.before} of {self.size} is gone",
        }
        return told[self.what] if self.before or self.after else f"{self.size} smaller communities {self.what} are not named"

    def warning(self) -> Warning:
        return Warning(self.code, self.message, (), self.parties)


class Matched(NamedTuple):
    """The id of each community, and what happened to those that are not simply the same."""

    ids: list[str]
    events: list[Event]


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
) -> list[Event]:
    """``merged`` and ``gone`` of what lost its id, ``split`` and ``born`` of what got a new one."""
    went, came = np.full(len(names), -1, np.int64), np.full(len(ids), -1, np.int64)
    most = 2 * overlap.shared > overlap.size_before[overlap.before]
    went[overlap.before[most]] = overlap.now[most]
    most = 2 * overlap.shared > overlap.size_now[overlap.now]
    came[overlap.now[most]] = overlap.before[most]
    found: dict[str, list[tuple[Event, Longs, int]]] = {what: [] for what in ("merged", "split", "born", "gone")}
    for a in np.flatnonzero((of_before < 0) & (overlap.size_before > 1)).tolist():
        event = Event("merged" if went[a] >= 0 else "gone", int(overlap.size_before[a]), names[a], ids[went[a]] if went[a] >= 0 else None)
        found[event.what].append((event, overlap.old, a))
    for b in np.flatnonzero((of_now < 0) & (overlap.size_now > 1)).tolist():
        event = Event("split" if came[b] >= 0 else "born", int(overlap.size_now[b]), names[came[b]] if came[b] >= 0 else None, ids[b])
        found[event.what].append((event, communities.number, b))
    return [event for events in found.values() for event in _named(events, parties)]


def _named(events: list[tuple[Event, Longs, int]], parties: Sequence[str]) -> list[Event]:
    """The largest with their parties; the others as one event without ids that only says how many they are."""
    named = []
    events = sorted(events, key=lambda found: -found[0].size)
    for event, numbers, number in events[:MAX_NAMED]:
        places = np.flatnonzero(numbers == number)[:MAX_PARTIES].tolist()
        named.append(event._replace(parties=tuple(parties[place] for place in places)))
    left_out = len(events) - len(named)
    return [*named, Event(events[0][0].what, left_out)] if left_out else named

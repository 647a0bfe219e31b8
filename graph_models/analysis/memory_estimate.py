"""How much memory an analysis will take, told before it starts: so that one that cannot fit is refused, not killed."""

from __future__ import annotations

from collections.abc import Collection

from graph_models.ecosystem.parameters import DEFAULTS, Parameters

PROCESS = 300 << 20
"""Interpreter, libraries and compiled loops."""
FACT = 250
"""Bytes a fact: its columns, mapped or read, their arrays, and the streams and edges that it becomes."""
PARTY = 450
"""Bytes a party: its id, its place, and its rows in the graphs."""
RESULT = 30
"""Bytes a party and metric: value, reason, rank."""
LANES = 700
"""Bytes a party while betweenness follows 32 sources at once, on two threads."""
RANGES = 300
"""Bytes a party while a score is ranked under every corner of its weights."""
LOOP, STREAM = 60, 40
"""Bytes a loop, and each stream that a loop may have, while loops are searched and ranked."""
LOOPS_A_FACT = 100
"""More than so many loops a fact are not expected."""
OF_LOOPS = frozenset({"wso", "wvfo", "implicit", "influence", "value_flow"})
"""Both scores say whether few parties are on a loop."""
OF_PATHS = frozenset({"betweenness", "influence"})
OF_SCORES = frozenset({"influence", "value_flow"})


def estimated_bytes(parties: int, facts: int, metrics: Collection[str], parameters: Parameters = DEFAULTS) -> int:
    """The most that a process holds while it computes metrics on an ecosystem of that size; calibrated on the large demo of 10,000 to a million parties.

    It is meant to be above what is taken, and on an ecosystem of that kind below three times that.

    >>> estimated_bytes(1_000_000, 10_000_000, ["reach"]) >> 20
    3141
    """
    asked = frozenset(metrics)
    a_party = PARTY + RESULT * len(asked)
    a_party += LANES * bool(asked & OF_PATHS) + RANGES * bool(asked & OF_SCORES)
    loops = min(parameters.max_loops, LOOPS_A_FACT * facts) if asked & OF_LOOPS else 0
    return PROCESS + FACT * facts + a_party * parties + loops * (LOOP + STREAM * parameters.max_length)

"""Life cycles: the roles of all parties toward the firm, as slices of stages that the vocabulary allows to follow each other; and who is tied to whom."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from examples.large.days import day_texts
from examples.large.parties import Texts, numbered
from examples.large.shape import FIRST_DAY, FOCAL, LAST_DAY, Shape

LIVES: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.14, ("prospect",)), (0.3, ("active",)), (0.14, ("prospect", "new", "active")), (0.12, ("new", "active")), (0.1, ("active", "at_risk")),
    (0.08, ("new", "active", "at_risk", "lapsed")), (0.06, ("active", "lapsed", "returned")), (0.03, ("active", "lapsed", "returned", "active")),
    (0.03, ("active", "ended")),
)  # fmt: skip
"""Share of the roles, and the stages of their lives."""


def role_table(shape: Shape, ids: Texts) -> pa.Table:
    """One role toward the firm for each party; who buys elsewhere has it toward a competitor. One record a stage."""
    chance = shape.random("roles")
    party = np.arange(1, shape.parties)
    group = np.repeat(np.arange(len(shape.groups)), np.diff(shape.first))
    lives = chance.choice(len(LIVES), len(party), p=[share for share, _ in LIVES])
    lengths = np.array([len(stages) for _, stages in LIVES])[lives]
    begin = chance.integers(FIRST_DAY, LAST_DAY - 900, len(party))
    owner = np.repeat(np.arange(len(party)), lengths)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    lasting = 60 + chance.geometric(1 / 150, len(owner)).clip(1, 170)
    within = np.cumsum(lasting) - np.repeat(np.concatenate([[0], np.cumsum(lasting)])[np.cumsum(lengths) - lengths], lengths)
    ends = begin[owner] + within
    starts = np.where(place == 0, begin[owner], ends - lasting)
    last = place == lengths[owner] - 1
    stages = [stage for _, life in LIVES for stage in life]
    first_stage = np.cumsum([0, *(len(life) for _, life in LIVES[:-1])])
    low, high = shape.members("x")
    rival = shape.first[-2]
    toward = np.where(party >= rival, chance.integers(low, high, len(party)), 0)
    roles = pa.array([each.role for each in shape.groups])
    return pa.table({
        "type": pa.array(["role"]).take(pa.array(np.zeros(len(owner), np.int8))), "id": numbered("role", owner + 1),
        "source": ids.take(pa.array(party[owner])), "target": ids.take(pa.array(toward[owner])),
        "role": roles.take(pa.array(group[owner])), "stage": pa.array(stages).take(pa.array(first_stage[lives[owner]] + place)),
        "tier": pa.array(["ordinary", "key"]).take(pa.array((chance.random(len(party)) < 0.04).astype(np.int8)[owner])),
        "valid_from": day_texts(starts), "valid_to": day_texts(ends - 1, missing=last),
    })  # fmt: skip


def relationship_table(shape: Shape, ids: Texts, count: int) -> pa.Table:
    """Partners, owners, members, and people who know each other; the well-connected are known by more."""
    chance = shape.random("relationships")
    kinds = np.array(["knows", "partners_with", "refers", "member_of", "owns", "regulates"])
    kind = chance.choice(6, count, p=(0.6, 0.1, 0.2, 0.06, 0.03, 0.01))
    sources = {0: "cbdwrstuvea", 1: "dwrstup", 2: "cb", 3: "dwrstuvp", 4: "i", 5: "g"}
    targets = {0: "cbdwrstuvea", 1: "dwrstup", 2: "cb", 3: "o", 4: "dwrstuv", 5: "bdwrstuv"}
    source, target = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for place in sources:
        rows = np.flatnonzero(kind == place)
        for ends, letters in ((source, sources[place]), (target, targets[place])):
            low, high = shape.members(letters)
            ends[rows] = low + ((high - low) * chance.random(len(rows)) ** (1 if ends is source else 2)).astype(np.int64)
    target = np.where(source == target, target + 1, target)
    share = np.where(kind == 4, np.round(chance.beta(1, 6, count), 4).clip(0.001), np.nan)
    return pa.table({
        "type": pa.array(["relationship"]).take(pa.array(np.zeros(count, np.int8))), "id": numbered("tie", np.arange(1, count + 1)),
        "source": ids.take(pa.array(source)), "target": ids.take(pa.array(target)), "kind": pa.array(kinds).take(pa.array(kind)),
        "strength": pa.array(np.round(chance.beta(2, 3, count), 3)), "share": pa.array(share, from_pandas=True),
        "valid_from": day_texts(chance.integers(FIRST_DAY, LAST_DAY, count)),
    })  # fmt: skip


def assessment_table(shape: Shape, ids: Texts, count: int) -> pa.Table:
    """What the firm judged of some of its parties: salience, a power and an interest as JSON."""
    chance = shape.random("assessments")
    numbers = [pa.array(np.round(chance.beta(2, 3, count), 2).clip(0.01, 0.99)).cast(pa.string()) for _ in range(3)]
    values = pa.compute.binary_join_element_wise('{"power":', numbers[0], ',"legitimacy":', numbers[1], ',"urgency":', numbers[2], "}", "")
    return pa.table({
        "type": pa.array(["assessment"]).take(pa.array(np.zeros(count, np.int8))), "id": numbered("view", np.arange(1, count + 1)),
        "source": pa.array([FOCAL]).take(pa.array(np.zeros(count, np.int8))), "target": ids.take(pa.array(chance.integers(1, shape.parties, count))),
        "scheme": pa.array(["salience"]).take(pa.array(np.zeros(count, np.int8))), "values": values,
        "valid_from": day_texts(chance.integers(FIRST_DAY, LAST_DAY, count)),
    })  # fmt: skip

"""All by which one party moves another: the w_k of metrics.md section 1, one item each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.ecosystem import Ecosystem, Floats, Ints, Longs
from graph_models.items import Items
from graph_models.parameters import Parameters
from graph_models.roll_up import roll_up_of, states_of
from graph_models.streams import streams_of
from graph_models.utilities import NO_SHARE, pair_shares_of, utilities_of


class _Moves(NamedTuple):
    source: Ints
    target: Ints
    weight: Floats
    item: Longs
    """(with ``ref``) facts: which item, of these, they belong to."""
    ref: Longs


def influence_items(ecosystem: Ecosystem, parameters: Parameters) -> Items:
    """Roles, relationships and what is given, each with its weight times confidence, in the direction in which it moves."""
    parts = [_states(ecosystem, parameters, "roles"), _states(ecosystem, parameters, "relationships"), _given(ecosystem, parameters)]
    offsets = np.cumsum([0, *(len(part.source) for part in parts)])
    weight = np.clip(np.concatenate([part.weight for part in parts]), 0.0, 1.0)
    return Items(
        np.concatenate([part.source for part in parts]),
        np.concatenate([part.target for part in parts]),
        weight,
        lambda: (np.concatenate([part.item + offset for part, offset in zip(parts, offsets, strict=False)]), np.concatenate([part.ref for part in parts])),
    )


def strength_of(ecosystem: Ecosystem, family: str, rows: Longs, *, shares: bool) -> Floats:
    """Strength without confidence: of a role its default; of a relationship its own, else its kind's; with ``shares``, of ownership its share."""
    facts = ecosystem.families[family]
    kind = facts.coded("kind")
    if family == "roles":
        roles = ecosystem.vocabulary.roles
        return kind.looked_up(lambda text: roles[text].default_strength if text in roles else NO_SHARE)[rows]
    kinds = ecosystem.vocabulary.relationship_kinds
    default = kind.looked_up(lambda text: kinds[text].default_strength if text in kinds else NO_SHARE)[rows]
    own = facts.number("strength")[rows]
    if shares:
        owns = kind.flags(lambda text: text in kinds and kinds[text].means == "ownership")[rows]
        own = np.where(owns, facts.number("share")[rows], own)
    return np.asarray(np.where(np.isnan(own), default, own), np.float64)


def _states(ecosystem: Ecosystem, parameters: Parameters, family: str) -> _Moves:
    facts = ecosystem.families[family]
    rows = states_of(ecosystem, family, parameters)
    source, target, left = roll_up_of(ecosystem, parameters).ends(facts.source[rows], facts.target[rows])
    left &= source != target
    rows, source, target = rows[left], source[left], target[left]
    weight = strength_of(ecosystem, family, rows, shares=True) * facts.confidence[rows]
    kinds = ecosystem.vocabulary.roles if family == "roles" else ecosystem.vocabulary.relationship_kinds
    one_way = facts.coded("kind").flags(lambda text: text in kinds and kinds[text].one_way)[rows]
    back = ~one_way
    ref = np.concatenate([rows, rows[back]]) + facts.first_ref
    return _Moves(
        np.concatenate([source, target[back]]), np.concatenate([target, source[back]]), np.concatenate([weight, weight[back]]), np.arange(len(ref)), ref
    )


def _given(ecosystem: Ecosystem, parameters: Parameters) -> _Moves:
    """Of each pair and kind of value its judged streams, each; where there are none, the pair's share."""
    streams, utilities, pairs = streams_of(ecosystem, parameters), utilities_of(ecosystem, parameters), pair_shares_of(ecosystem, parameters)
    first_ref = ecosystem.families["value_flows"].first_ref
    other = streams.source != streams.target
    each = np.flatnonzero(utilities.judged & other)
    sizes = np.diff(pairs.first)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    nobody = np.ones(len(sizes), bool)
    nobody[owner[each]] = False
    heads = pairs.first[:-1]
    nobody &= other[heads] if len(heads) else nobody
    whole = np.flatnonzero(nobody)
    share = np.where(np.isnan(pairs.share), NO_SHARE, pairs.share) * pairs.confidence
    counted = np.concatenate([each, heads[whole]])
    item_of_stream = np.full(len(streams), -1, np.int64)
    item_of_pair = np.full(len(sizes), -1, np.int64)
    item_of_pair[whole] = len(each) + np.arange(len(whole))
    item_of_stream[:] = item_of_pair[owner]
    item_of_stream[each] = np.arange(len(each))
    item = np.repeat(item_of_stream, np.diff(streams.first))
    kept = item >= 0
    return _Moves(
        streams.source[counted],
        streams.target[counted],
        np.concatenate([utilities.utility[each], share[whole]]),
        item[kept],
        streams.flows.rows[streams.order[kept]] + first_ref,
    )

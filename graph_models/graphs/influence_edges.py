"""Edges of the influence graph before they are joined: one a role, relationship and kind of value given (w_k of metrics.md section 1)."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Floats, Longs
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import claims_of, roll_up_of
from graph_models.flows.implied_returns import exchanges_of
from graph_models.flows.utilities import NO_SHARE, pair_shares_of, utilities_of
from graph_models.graphs.edge_list import FactsOfItems, Items, joined


def influence_items(ecosystem: Ecosystem, parameters: Parameters) -> Items:
    """Roles, relationships and what is given, each with its weight times confidence, in the direction in which it moves."""
    return joined([_states(ecosystem, parameters, "roles"), _states(ecosystem, parameters, "relationships"), _given(ecosystem, parameters)])


def strength_of(ecosystem: Ecosystem, family: str, rows: Longs, *, shares: bool) -> Floats:
    """Strength without confidence: of a role its default times the weight of its stage (no stage: 1); of a relationship its own, else its kind's;
    with ``shares``, of ownership its share."""
    facts = ecosystem.families[family]
    kind = facts.coded("kind")
    if family == "roles":
        roles, stages = ecosystem.vocabulary.roles, ecosystem.vocabulary.stages
        default = kind.looked_up(lambda text: roles[text].default_strength if text in roles else NO_SHARE)[rows]
        return default * facts.coded("stage").looked_up(lambda text: stages[text].weight if text in stages else 1.0, missing=1.0)[rows]
    kinds = ecosystem.vocabulary.relationship_kinds
    default = kind.looked_up(lambda text: kinds[text].default_strength if text in kinds else NO_SHARE)[rows]
    own = facts.number("strength")[rows]
    if shares:
        owns = kind.flags(lambda text: text in kinds and kinds[text].means == "ownership")[rows]
        own = np.where(owns, facts.number("share")[rows], own)
    return np.asarray(np.where(np.isnan(own), default, own), np.float64)


def _states(ecosystem: Ecosystem, parameters: Parameters, family: str) -> Items:
    facts = ecosystem.families[family]
    claims = claims_of(ecosystem, family, parameters)
    rows = claims.rows
    source, target, left = roll_up_of(ecosystem, parameters).ends(facts.source[rows], facts.target[rows])
    left &= source != target
    rows, source, target = rows[left], source[left], target[left]
    weight = np.clip(strength_of(ecosystem, family, rows, shares=True) * facts.confidence[rows], 0.0, 1.0)
    kinds = ecosystem.vocabulary.roles if family == "roles" else ecosystem.vocabulary.relationship_kinds
    back = np.flatnonzero(~facts.coded("kind").flags(lambda text: text in kinds and kinds[text].one_way)[rows])
    there, again = np.arange(len(rows)), len(rows) + np.arange(len(back))

    def also_stated() -> tuple[Longs, Longs]:
        forth, forth_row = claims.stated_by(rows)
        come_back, back_row = claims.stated_by(rows[back])
        return np.concatenate([forth, len(rows) + come_back]), np.concatenate([forth_row, back_row]) + facts.first_ref

    return Items(
        np.concatenate([source, target[back]]),
        np.concatenate([target, source[back]]),
        np.concatenate([weight, weight[back]]),
        facts=lambda: (np.concatenate([there, again]), np.concatenate([rows, rows[back]]) + facts.first_ref),
        also_stated=also_stated,
    )


def _given(ecosystem: Ecosystem, parameters: Parameters) -> Items:
    """Of each pair and kind of value its judged streams, each; where there are none, the pair's share."""
    streams, utilities, pairs = exchanges_of(ecosystem, parameters), utilities_of(ecosystem, parameters), pair_shares_of(ecosystem, parameters)
    other = streams.source != streams.target
    each = np.flatnonzero(utilities.judged & other)
    sizes = np.diff(pairs.first)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    nobody = np.ones(len(sizes), bool)
    nobody[owner[each]] = False
    heads = pairs.first[:-1]
    nobody &= other[heads] if len(heads) else nobody
    whole = np.flatnonzero(nobody)
    share: Floats = np.where(np.isnan(pairs.share), NO_SHARE, pairs.share) * pairs.confidence
    counted = np.concatenate([each, heads[whole]])
    item = np.full(len(sizes), -1, np.int64)
    item[whole] = len(each) + np.arange(len(whole))
    item = item[owner]
    item[each] = np.arange(len(each))

    def facts_of(implied: bool) -> FactsOfItems:
        def facts() -> tuple[Longs, Longs]:
            chosen = np.flatnonzero((item >= 0) & (streams.implied == implied))
            place, ref = streams.facts_of(chosen, ecosystem.families["value_flows"].first_ref)
            return item[chosen][place], ref

        return facts

    weight = np.clip(np.concatenate([utilities.utility[each], share[whole]]), 0.0, 1.0)
    return Items(streams.source[counted], streams.target[counted], weight, facts=facts_of(False), implied=facts_of(True))

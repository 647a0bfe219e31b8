"""The graph of bare facts: one edge a relationship, role or value flow of the kinds that are named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from graph_models.arrays.types import Longs
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import claims_of, roll_up_of, states_of
from graph_models.flows.implied_returns import exchanges_of
from graph_models.flows.utilities import utilities_of
from graph_models.graphs.edge_list import Items, joined
from graph_models.graphs.influence_edges import strength_of


def facts_items(ecosystem: Ecosystem, parameters: Parameters) -> Items:
    """Source to target; by ``weight`` each counts 1, its strength, its amount or its utility. A fact that has no such value is no edge.

    Value flows are taken as streams, so that cutting a flow into parts changes nothing. Strengths are those of claims: what two sources state counts once.
    """
    return joined([*(_states(ecosystem, parameters, family) for family in ("roles", "relationships")), _flows(ecosystem, parameters)])


def _named(parameters: Parameters) -> Callable[[str], bool]:
    return (lambda kind: True) if parameters.kinds is None else frozenset(parameters.kinds).__contains__


def _states(ecosystem: Ecosystem, parameters: Parameters, family: str) -> Items:
    facts = ecosystem.families[family]
    claims = claims_of(ecosystem, family, parameters)
    rows = claims.rows if parameters.weight == "strength" else states_of(ecosystem, family, parameters)
    rows = rows[facts.coded("kind").flags(_named(parameters))[rows]]
    source, target, left = roll_up_of(ecosystem, parameters).ends(facts.source[rows], facts.target[rows])
    rows, source, target = rows[left], source[left], target[left]
    if parameters.weight == "strength":
        value = strength_of(ecosystem, family, rows, shares=False) * facts.confidence[rows]
    else:
        value = np.full(len(rows), 1.0 if parameters.weight in (None, "none") else np.nan)
    there = np.flatnonzero(~np.isnan(value))
    rows = rows[there]

    def also_stated() -> tuple[Longs, Longs]:
        place, row = claims.stated_by(rows)
        return place, row + facts.first_ref

    items = Items(source[there], target[there], value[there], lambda: (np.arange(len(rows)), rows + facts.first_ref))
    return replace(items, also_stated=also_stated) if parameters.weight == "strength" else items


def _flows(ecosystem: Ecosystem, parameters: Parameters) -> Items:
    streams, first_ref = exchanges_of(ecosystem, parameters), ecosystem.families["value_flows"].first_ref
    wanted = np.array([_named(parameters)(kind) for kind in streams.kinds] or [False], bool)[streams.kind] & ~streams.implied
    value = np.full(len(streams), np.nan if parameters.weight == "strength" else 1.0)
    if parameters.weight in ("amount", "utility"):
        value = streams.amount if parameters.weight == "amount" else utilities_of(ecosystem, parameters).utility
    there = np.flatnonzero(wanted & ~np.isnan(value))
    return Items(streams.source[there], streams.target[there], value[there], lambda: streams.facts_of(there, first_ref))

"""The graph of bare facts: one edge a relationship, role or value flow of the kinds that are named."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from graph_models.ecosystem import Ecosystem, Floats, Ints, Longs
from graph_models.influence import strength_of
from graph_models.items import Items
from graph_models.parameters import Parameters
from graph_models.roll_up import roll_up_of, states_of
from graph_models.streams import streams_of
from graph_models.utilities import utilities_of


def facts_items(ecosystem: Ecosystem, parameters: Parameters) -> Items:
    """Source to target; by ``weight`` each counts 1, its strength, its amount or its utility. A fact that has no such value is no edge.

    Value flows are taken as streams, so that cutting a flow into parts changes nothing.
    """
    parts: list[Items] = [_states(ecosystem, parameters, family) for family in ("roles", "relationships")]
    parts.append(_flows(ecosystem, parameters))
    offsets = np.cumsum([0, *(len(part.source) for part in parts)])

    def facts() -> tuple[Longs, Longs]:
        found = [part.facts() for part in parts]
        return np.concatenate([item + offset for (item, _), offset in zip(found, offsets, strict=False)]), np.concatenate([ref for _, ref in found])

    return Items(
        np.concatenate([part.source for part in parts]), np.concatenate([part.target for part in parts]), np.concatenate([part.value for part in parts]), facts
    )


def _named(parameters: Parameters) -> Callable[[str], bool]:
    return (lambda kind: True) if parameters.kinds is None else frozenset(parameters.kinds).__contains__


def _items(source: Ints, target: Ints, value: Floats, facts: Callable[[Longs], tuple[Longs, Longs]]) -> Items:
    there = np.flatnonzero(~np.isnan(value))
    return Items(source[there], target[there], value[there], lambda: facts(there))


def _states(ecosystem: Ecosystem, parameters: Parameters, family: str) -> Items:
    facts = ecosystem.families[family]
    rows = states_of(ecosystem, family, parameters)
    rows = rows[facts.coded("kind").flags(_named(parameters))[rows]]
    source, target, left = roll_up_of(ecosystem, parameters).ends(facts.source[rows], facts.target[rows])
    rows, source, target = rows[left], source[left], target[left]
    if parameters.weight == "strength":
        value = strength_of(ecosystem, family, rows, shares=False) * facts.confidence[rows]
    else:
        value = np.full(len(rows), 1.0 if parameters.weight in (None, "none") else np.nan)
    return _items(source, target, value, lambda there: (np.arange(len(there)), rows[there] + facts.first_ref))


def _flows(ecosystem: Ecosystem, parameters: Parameters) -> Items:
    streams, facts = streams_of(ecosystem, parameters), ecosystem.families["value_flows"]
    wanted = np.array([_named(parameters)(kind) for kind in facts.coded("kind").texts] or [False], bool)[streams.kind]
    value = np.full(len(streams), np.nan if parameters.weight == "strength" else 1.0)
    if parameters.weight in ("amount", "utility"):
        value = streams.amount if parameters.weight == "amount" else utilities_of(ecosystem, parameters).utility
    sizes = np.diff(streams.first)

    def refs(there: Longs) -> tuple[Longs, Longs]:
        chosen = np.zeros(len(streams), bool)
        chosen[there] = True
        return np.repeat(np.arange(len(there)), sizes[there]), streams.flows.rows[streams.order[np.repeat(chosen, sizes)]] + facts.first_ref

    return _items(streams.source, streams.target, np.where(wanted, value, np.nan), refs)

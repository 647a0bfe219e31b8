"""How far the facts can be trusted: which of them name no evidence, and which states nobody has seen at work for long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from graph_models.arrays.types import Longs, Mask
from graph_models.ecosystem.claims import Claims, contradictions_of
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.fact_table import Family
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import claims_of
from graph_models.records.dates import day_text

MAX_STALE = 1_000
NEVER = 0
"""No day: the two were not seen together."""


def data_quality_view(ecosystem: Ecosystem, parameters: Parameters) -> dict[str, Any]:
    """Facts by family with those that name no document, are inferred or mere hypotheses, and the roles under way between two without value flow or touchpoint.

    ``claims``: how many claims the roles and relationships of the day make, for what several sources state counts once; ``contradictions``: where they
    state different shares, strengths or stages, the statement that counts first.

    Facts that begin after ``as_of`` are not counted. The roles are stale where nothing was between their two parties in the period. A role whose stage is
    not under way (a prospect, a lapsed one) is never stale; one without a stage can be. Stale ones come longest unseen first.
    """
    facts = [_evidence(name, family, ecosystem.as_of) for name, family in ecosystem.families.items()]
    under_way, seen = _under_way(ecosystem), _last_seen(ecosystem)
    start = ecosystem.period(parameters).start
    stale = np.flatnonzero(under_way & (seen < start))
    stale = stale[np.argsort(seen[stale], kind="stable")]
    left_out = max(len(stale) - MAX_STALE, 0)
    claims = {family: claims_of(ecosystem, family, parameters) for family in ("roles", "relationships")}
    contradictions = [item for family, found in claims.items() for item in _contradictions(ecosystem, family, found)]
    return {
        "total": {
            "parties": len(ecosystem.parties),
            "facts": sum(item["count"] for item in facts),
            **{name: sum(item[name] for item in facts) for name in ("without_evidence", "inferred", "hypothesis")},
        },
        "facts": facts,
        "roles": {"under_way": int(under_way.sum()), "stale": len(stale)},
        "stale": [_stale(ecosystem, int(row), int(seen[row])) for row in stale[:MAX_STALE]],
        "claims": {
            "facts": sum(len(found.rows) + len(found.others) for found in claims.values()),
            "claims": sum(len(found.rows) for found in claims.values()),
        },
        "contradictions": contradictions[:MAX_STALE],
        "contradictions_left_out": max(len(contradictions) - MAX_STALE, 0),
        "truncated": {"shown": MAX_STALE, "left_out": left_out, "why": "the longest unseen are shown"} if left_out else None,
    }


def _begun(family: Family, as_of: int) -> Mask:
    begun: Mask = family.start <= as_of
    return begun


def _evidence(name: str, family: Family, as_of: int) -> dict[str, Any]:
    begun = _begun(family, as_of)
    proven = family.coded("documents").codes >= 0
    status = family.coded("status")
    counts = {"without_evidence": ~proven} | {wanted: status.flags(lambda text, wanted=wanted: text == wanted) for wanted in ("inferred", "hypothesis")}  # type: ignore[misc]
    return {"family": name, "count": int(begun.sum())} | {name: int((begun & mask).sum()) for name, mask in counts.items()}


def _under_way(ecosystem: Ecosystem) -> Mask:
    """Per role: is its stage one in which the two deal with each other? Without a stage it is taken to be."""
    roles = ecosystem.families["roles"]
    stage = roles.coded("stage")
    stages = ecosystem.vocabulary.stages
    under_way: Mask = (stage.codes < 0) | stage.flags(lambda name: name not in stages or stages[name].under_way)
    return under_way


def _last_seen(ecosystem: Ecosystem) -> Longs:
    """Per role: the last day, up to ``as_of``, of a value flow or touchpoint between its two parties, whichever way; ``NEVER`` where there is none."""
    roles = ecosystem.families["roles"]
    wanted, place = np.unique(_pairs(ecosystem, roles), return_inverse=True)
    seen = np.full(len(wanted), NEVER, np.int64)
    for name in ("value_flows", "touchpoints"):
        family = ecosystem.families[name]
        pairs = _pairs(ecosystem, family)
        at = np.minimum(np.searchsorted(wanted, pairs), max(len(wanted) - 1, 0))
        between = np.flatnonzero(_begun(family, ecosystem.as_of) & (family.source >= 0))
        if len(wanted):
            between = between[wanted[at[between]] == pairs[between]]
            np.maximum.at(seen, at[between], np.minimum(family.event_end[between] - 1, ecosystem.as_of))
    last: Longs = seen[place]
    return last


def _pairs(ecosystem: Ecosystem, family: Family) -> Longs:
    """One number for the two parties of each fact, the same in both directions."""
    low, high = np.minimum(family.source, family.target).astype(np.int64), np.maximum(family.source, family.target).astype(np.int64)
    pairs: Longs = low * max(len(ecosystem.parties), 1) + high
    return pairs


def _contradictions(ecosystem: Ecosystem, family: str, claims: Claims) -> Iterator[dict[str, Any]]:
    facts = ecosystem.families[family]
    for column, rows, values in contradictions_of(ecosystem, family, claims):
        yield {
            "family": family,
            "source": ecosystem.parties[facts.source[rows[0]]],
            "target": ecosystem.parties[facts.target[rows[0]]],
            "kind": facts.texts("kind", np.array(rows[:1]))[0],
            "field": column,
            "facts": facts.texts("id", np.array(rows)),
            "values": values,
        }


def _stale(ecosystem: Ecosystem, row: int, seen: int) -> dict[str, Any]:
    roles = ecosystem.families["roles"]
    rows = np.array([row])
    fact, role, stage = (roles.texts(column, rows)[0] for column in ("id", "kind", "stage"))
    return {
        "fact": fact,
        "source": ecosystem.parties[roles.source[row]],
        "target": ecosystem.parties[roles.target[row]],
        "role": role,
        "stage": stage,
        "last_seen": None if seen == NEVER else day_text(seen),
    }

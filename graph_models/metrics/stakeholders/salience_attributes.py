"""Power, legitimacy and urgency of every party: as people judged them, else computed from facts."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.focal_facts import focal_roles, negative_touchpoints, touchpoints_of
from graph_models.ecosystem.parameters import STRUCTURAL, Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.metrics.result import FOCAL_PARTY, NO_FOCAL_PARTY, ROLLED_UP
from graph_models.metrics.structure.centrality import reach
from graph_models.records.dates import Period
from graph_models.records.vocabulary import DEFAULT_CLAIM

__all__ = ["Attribute", "attribute_of", "judged_values", "valid_assessments"]

ATTRIBUTES = POWER, LEGITIMACY, URGENCY = "power", "legitimacy", "urgency"
JUDGED, COMPUTED = "judged", "computed"
RECENCY_DAYS = 90.0
"""A touchpoint weighs ``exp(-days / 90)``, as in the closeness to the focal party."""
URGENT_DAYS = 365
"""Negative touchpoints count toward urgency for this many days, the last of them ``as_of``."""
HALF = 0.5
"""How much of the calm a negative touchpoint of today takes away, and an urgent stage."""
NOT_JUDGED = "not-judged"
NO_ROLE = "no-role"
NO_CONTACT = "no-touchpoints-or-stages"


class Attribute(NamedTuple):
    """One attribute of every party: NaN where it is not known, with the reason; ``judged``: a person said so."""

    values: Floats
    judged: Mask
    reasons: dict[str, Mask]


def attribute_of(ecosystem: Ecosystem, parameters: Parameters, name: str) -> Attribute:
    """One attribute as the parameter ``salience`` wants it: judged, computed, or judged and else computed. Power of the focal party is none."""
    attribute = _attribute(ecosystem, parameters, name)
    focal = focal_of(ecosystem, parameters)
    if name != POWER or focal is None:
        return attribute
    values, judged = attribute.values.copy(), attribute.judged.copy()
    values[focal], judged[focal] = np.nan, False
    return Attribute(values, judged, {FOCAL_PARTY: np.arange(len(values)) == focal} | attribute.reasons)


def _attribute(ecosystem: Ecosystem, parameters: Parameters, name: str) -> Attribute:
    n = len(ecosystem.parties)
    judged = np.full(n, np.nan) if parameters.salience == COMPUTED else judged_values(ecosystem, parameters)[ATTRIBUTES.index(name)]
    if parameters.salience == JUDGED:
        return Attribute(judged, ~np.isnan(judged), {NOT_JUDGED: np.isnan(judged)})
    compute = {POWER: _computed_power, LEGITIMACY: _computed_legitimacy, URGENCY: _computed_urgency}[name]
    computed, reasons = compute(ecosystem, parameters)
    said = ~np.isnan(judged)
    return Attribute(np.where(said, judged, computed), said, {reason: mask & ~said for reason, mask in reasons.items()})


def judged_values(ecosystem: Ecosystem, parameters: Parameters) -> Floats:
    """(power, legitimacy, urgency) x party by the newest valid assessment; of several of one day, the last by id. NaN where nobody judged."""
    return ecosystem.kept(("judged salience", parameters.roll_up, parameters.hypotheses), lambda: _judged_values(ecosystem, parameters))


def _judged_values(ecosystem: Ecosystem, parameters: Parameters) -> Floats:
    answer = np.full((len(ATTRIBUTES), len(ecosystem.parties)), np.nan)
    facts = ecosystem.families["assessments"]
    rows = valid_assessments(ecosystem, parameters)
    rows = rows[facts.coded("kind").flags("salience".__eq__)[rows]]
    rows = rows[np.argsort(facts.start[rows], kind="stable")]  # a later one is written over an earlier one
    counts_as = roll_up_of(ecosystem, parameters).counts_as
    for place, details in zip(counts_as[facts.target[rows]].tolist(), facts.texts("details", rows), strict=True):
        values = msgspec.json.decode(details)
        answer[:, place] = [values.get(name, np.nan) for name in ATTRIBUTES]
    return answer


def valid_assessments(ecosystem: Ecosystem, parameters: Parameters) -> Longs:
    """The rows of the assessments that hold at ``as_of``."""
    facts = ecosystem.families["assessments"]
    holds = (facts.start <= ecosystem.as_of) & (facts.end > ecosystem.as_of)
    return np.flatnonzero(holds if parameters.hypotheses else holds & ~facts.hypothesis)


def _computed_power(ecosystem: Ecosystem, parameters: Parameters) -> tuple[Floats, dict[str, Mask]]:
    """Reach as a share of the largest of the parties other than the focal one."""
    reached = reach(ecosystem, parameters.with_(**dict.fromkeys(STRUCTURAL), alpha=None))
    values = np.where(reached.defined, reached.array, np.nan)
    reasons = {name: reached.reason_codes == code + 1 for code, name in enumerate(reached.reason_names) if name != ROLLED_UP}
    focal = focal_of(ecosystem, parameters)
    if focal is None:
        return values, reasons
    largest = float(np.nanmax(np.delete(values, focal), initial=0.0))
    return (np.minimum(values / largest, 1.0) if largest > 0 else values * 0.0), reasons


def _computed_legitimacy(ecosystem: Ecosystem, parameters: Parameters) -> tuple[Floats, dict[str, Mask]]:
    """The highest ``claim`` of the roles toward the focal party."""
    n, focal = len(ecosystem.parties), focal_of(ecosystem, parameters)
    if focal is None:
        return np.full(n, np.nan), {NO_FOCAL_PARTY: np.ones(n, bool)}
    source, rows, _ = focal_roles(ecosystem, parameters)
    known = ecosystem.vocabulary.roles
    claim = ecosystem.families["roles"].coded("kind").looked_up(lambda kind: known[kind].claim if kind in known else DEFAULT_CLAIM)[rows]
    answer = np.full(n, -1.0)
    np.maximum.at(answer, source, claim)
    return np.where(answer < 0, np.nan, answer), {NO_ROLE: answer < 0}


def _computed_urgency(ecosystem: Ecosystem, parameters: Parameters) -> tuple[Floats, dict[str, Mask]]:
    """``1 - prod(1 - .5 e^(-days / 90))`` over the negative touchpoints with the focal party, and a factor .5 where a role toward it is urgent."""
    n, vocabulary, focal = len(ecosystem.parties), ecosystem.vocabulary, focal_of(ecosystem, parameters)
    if focal is None:
        return np.full(n, np.nan), {NO_FOCAL_PARTY: np.ones(n, bool)}
    calm = np.ones(n)
    facts = ecosystem.families["touchpoints"]
    rows = touchpoints_of(ecosystem, parameters, Period(ecosystem.as_of + 1 - URGENT_DAYS, ecosystem.as_of + 1))
    source, target, left = roll_up_of(ecosystem, parameters).ends(facts.source[rows], facts.target[rows])
    left &= (source != target) & ((source == focal) | (target == focal))
    rows, source, target = rows[left], source[left], target[left]
    bad = negative_touchpoints(ecosystem)[rows]
    spared = 1.0 - HALF * np.exp(-(ecosystem.as_of - facts.start[rows[bad]]) / RECENCY_DAYS)
    for ends in (source, target):
        np.multiply.at(calm, ends[bad], spared)
    holder, staged, _ = focal_roles(ecosystem, parameters)
    stage = ecosystem.families["roles"].coded("stage")
    urgent = stage.flags(lambda text: text in vocabulary.stages and vocabulary.stages[text].urgent)[staged]
    calm[np.unique(holder[urgent])] *= HALF
    unknown = not len(rows) and not (stage.codes[staged] >= 0).any()
    return (np.full(n, np.nan) if unknown else 1.0 - calm), {NO_CONTACT: np.full(n, unknown)}

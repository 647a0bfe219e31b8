"""Power, legitimacy and urgency of every party: as people judged them, else computed from facts."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from graph_models.amounts import flows_of
from graph_models.ecosystem import FACT_FAMILIES, Ecosystem, Floats, Ints, Longs, Mask
from graph_models.metrics.centrality import reach
from graph_models.metrics.result import ROLLED_UP
from graph_models.parameters import Parameters
from graph_models.roll_up import roll_up_of, states_of

__all__ = ["Attribute", "attribute_of", "judged_values", "touchpoints_of", "valid_assessments"]

ATTRIBUTES = ("power", "legitimacy", "urgency")
JUDGED, COMPUTED = "judged", "computed"
RECENCY_DAYS = 90.0
"""A touchpoint weighs ``exp(-days / 90)``, as in the closeness to the focal party (docs/decisions/salience.md)."""
RELIABLE = frozenset("ABC")
NOT_JUDGED = "not-judged"
NO_EVIDENCE = "no-evidence"
NO_FACTS = "no-facts"
NO_CONTACT = "no-touchpoints-or-stages"


class Attribute(NamedTuple):
    """One attribute of every party: NaN where it is not known, with the reason; ``judged``: a person said so."""

    values: Floats
    judged: Mask
    reasons: dict[str, Mask]


def attribute_of(ecosystem: Ecosystem, parameters: Parameters, name: str) -> Attribute:
    """One attribute as the parameter ``salience`` wants it: judged, computed, or judged and else computed."""
    n = len(ecosystem.parties)
    judged = np.full(n, np.nan) if parameters.salience == COMPUTED else judged_values(ecosystem, parameters)[ATTRIBUTES.index(name)]
    if parameters.salience == JUDGED:
        return Attribute(judged, ~np.isnan(judged), {NOT_JUDGED: np.isnan(judged)})
    computed, reasons = {"power": _computed_power, "legitimacy": _computed_legitimacy, "urgency": _computed_urgency}[name](ecosystem, parameters)
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
    plain = parameters.with_(graph=None, kinds=None, weight=None, distance_of=None, directed=None, reversed=None, alpha=None)
    reached = reach(ecosystem, plain)
    values, missing = np.where(reached.defined, reached.array, np.nan), ~reached.defined
    reasons = {name: reached.reason_codes == code + 1 for code, name in enumerate(reached.reason_names) if name != ROLLED_UP}
    return (values if missing.all() else values / np.nanmax(values)), reasons


def _computed_legitimacy(ecosystem: Ecosystem, parameters: Parameters) -> tuple[Floats, dict[str, Mask]]:
    n = len(ecosystem.parties)
    borne_out, total, any_evidence = np.zeros(n), np.zeros(n), False
    table = ecosystem.columns["documents"]
    reliable = {document for document, grade in zip(table["id"].to_pylist(), table["grade"].to_pylist(), strict=True) if grade in RELIABLE}
    decode = msgspec.json.Decoder(list[str]).decode
    for name in FACT_FAMILIES:
        facts = ecosystem.families[name]
        documents = facts.coded("documents")
        any_evidence |= bool(documents.texts)
        rows, source, target = _facts_of(ecosystem, parameters, name)
        status = facts.coded("status")
        asserted = (status.codes < 0) | status.flags("asserted".__eq__)
        good = (asserted & documents.flags(lambda text: not reliable.isdisjoint(decode(text))))[rows]
        other = target != source
        for ends, counted in ((source, source >= 0), (target, other)):
            total += np.bincount(ends[counted], minlength=n)
            borne_out += np.bincount(ends[counted & good], minlength=n)
    if not any_evidence:
        return np.full(n, np.nan), {NO_EVIDENCE: np.ones(n, bool)}
    return np.divide(borne_out, total, out=np.full(n, np.nan), where=total > 0), {NO_FACTS: total == 0}


def _facts_of(ecosystem: Ecosystem, parameters: Parameters, family: str) -> tuple[Longs, Ints, Ints]:
    """(rows, source, target) of the facts that count: states and assessments of the day, flows and touchpoints of the period."""
    if family == "value_flows":
        flows = flows_of(ecosystem, parameters)
        return flows.rows, flows.source, flows.target
    facts = ecosystem.families[family]
    if family == "assessments":
        rows = valid_assessments(ecosystem, parameters)
        counts_as = roll_up_of(ecosystem, parameters).counts_as
        return rows, np.where(facts.source[rows] >= 0, counts_as[facts.source[rows]], -1).astype(np.int32), counts_as[facts.target[rows]]
    rows = touchpoints_of(ecosystem, parameters) if family == "touchpoints" else states_of(ecosystem, family, parameters)
    source, target, left = roll_up_of(ecosystem, parameters).ends(facts.source[rows], facts.target[rows])
    return rows[left], source[left], target[left]


def touchpoints_of(ecosystem: Ecosystem, parameters: Parameters) -> Longs:
    """The rows of the touchpoints of the period."""
    facts, period = ecosystem.families["touchpoints"], ecosystem.period(parameters)
    inside = (facts.start >= period.start) & (facts.start < period.end)
    return np.flatnonzero(inside if parameters.hypotheses else inside & ~facts.hypothesis)


def _computed_urgency(ecosystem: Ecosystem, parameters: Parameters) -> tuple[Floats, dict[str, Mask]]:
    n, vocabulary = len(ecosystem.parties), ecosystem.vocabulary
    negative, total = np.zeros(n), np.zeros(n)
    facts = ecosystem.families["touchpoints"]
    rows, source, target = _facts_of(ecosystem, parameters, "touchpoints")
    weight = np.exp(-(ecosystem.period(parameters).end - 1 - facts.start[rows]) / RECENCY_DAYS)
    kinds = vocabulary.touchpoint_kinds
    bad = facts.coded("kind").flags(lambda kind: kind in kinds and kinds[kind].means == "negative")[rows] | (facts.number("sentiment")[rows] < 0)
    for ends, counted in ((source, np.ones(len(rows), bool)), (target, target != source)):
        total += np.bincount(ends[counted], weight[counted], n)
        negative += np.bincount(ends[counted & bad], weight[counted & bad], n)
    roles = ecosystem.families["roles"]
    rows, source, _ = _facts_of(ecosystem, parameters, "roles")
    stage = roles.coded("stage")
    staged = stage.codes[rows] >= 0
    at_risk = stage.flags(lambda text: text in vocabulary.stages and vocabulary.stages[text].urgent)[rows]
    total += np.bincount(source[staged], minlength=n)
    negative += np.bincount(source[at_risk], minlength=n)
    return np.divide(negative, total, out=np.full(n, np.nan), where=total > 0), {NO_CONTACT: total == 0}

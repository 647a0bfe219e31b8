"""Salience: whose claim must be answered now, by power, legitimacy and urgency (Mitchell, Agle and Wood)."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from graph_models.amounts import flows_of
from graph_models.ecosystem import FACT_FAMILIES, Ecosystem, Floats, Ints, Longs, Mask
from graph_models.metrics.centrality import reach
from graph_models.metrics.result import ROLLED_UP, TEXT, Metric, MetricResult, number_result, text_result
from graph_models.parameters import Parameters
from graph_models.roll_up import roll_up_of, states_of

__all__ = ["legitimacy", "power", "salience", "salience_class", "urgency"]

ATTRIBUTES = ("power", "legitimacy", "urgency")
CUT = 0.5
CLASSES = {
    (True, True, True): "definitive",
    (True, True, False): "dominant",
    (True, False, True): "dangerous",
    (False, True, True): "dependent",
    (True, False, False): "dormant",
    (False, True, False): "discretionary",
    (False, False, True): "demanding",
    (False, False, False): "non_stakeholder",
}
RECENCY_DAYS = 90.0
"""A touchpoint weighs ``exp(-days / 90)``, as in the closeness to the focal party (docs/decisions/salience.md)."""
RELIABLE = frozenset("ABC")
NOT_JUDGED = "not-judged"
NO_EVIDENCE = "no-evidence"
NO_FACTS = "no-facts"
NO_CONTACT = "no-touchpoints-or-stages"
JUDGED, COMPUTED, BLENDED = "judged", "computed", "blended"


class Attribute(NamedTuple):
    """One attribute of every party: NaN where it is not known, with the reason; ``judged``: a person said so."""

    values: Floats
    judged: Mask
    reasons: dict[str, Mask]


def power(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who could impose their will on us?

    Judged by a person (the newest valid assessment of the scheme ``salience``), else computed: ``reach / max reach``, the maximum taken
    over all parties.

    Notes
    -----
    Not known where nobody judged it and there is no focal party (``no-focal-party``); with ``salience: judged`` where nobody judged it.

    Examples
    --------
    >>> from graph_models.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> records.append({"type": "assessment", "id": "a", "target": "acme", "scheme": "salience", "values": {"power": 0.7}, "valid_from": "2025"})
    >>> power(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values["acme"]
    0.7

    References
    ----------
    Mitchell, R., Agle, B., Wood, D., Toward a theory of stakeholder identification and salience. Academy of Management Review 22, 1997.
    """
    return _single(ecosystem, parameters, "power")


def legitimacy(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Whose claim is borne out?

    Judged by a person, else computed: the share of the party's facts that are asserted, with evidence from a document of reliability A to C.

    Notes
    -----
    Not known where nobody judged it and no fact of the workspace has evidence (``no-evidence``), or the party has no fact (``no-facts``).

    Examples
    --------
    >>> from graph_models.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> records += [{"type": "document", "id": "d", "reliability": "B"},
    ...             {"type": "role", "id": "r", "source": "acme", "target": "firm", "role": "supplier", "evidence": [{"document_id": "d"}]},
    ...             {"type": "role", "id": "s", "source": "acme", "target": "firm", "role": "partner"}]
    >>> legitimacy(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values["acme"]
    0.5

    References
    ----------
    Mitchell, Agle and Wood 1997 (see ``power``).
    """
    return _single(ecosystem, parameters, "legitimacy")


def urgency(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who presses for an answer now?

    Judged by a person, else computed: the weighted share of what is negative in its touchpoints of the period (weight ``exp(-days / 90)``
    up to the period's end; negative are complaints and a sentiment below 0) and in its roles that have a stage (weight 1; negative is ``at_risk``).

    Notes
    -----
    Not known where nobody judged it and the party has neither touchpoint nor stage (``no-touchpoints-or-stages``).

    Examples
    --------
    >>> from graph_models.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> records += [{"type": "role", "id": "r", "source": "acme", "target": "firm", "role": "supplier", "stage": "active"},
    ...             {"type": "touchpoint", "id": "t", "source": "acme", "target": "firm", "kind": "complaint", "occurred_at": "2025-12-31"}]
    >>> urgency(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values["acme"]
    0.5

    References
    ----------
    Mitchell, Agle and Wood 1997 (see ``power``).
    """
    return _single(ecosystem, parameters, "urgency")


def salience(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Whose claim must be answered?

    The mean of those of power, legitimacy and urgency that are known; ``coverage`` = how many of the three are.

    Notes
    -----
    Undefined where none is known (``not-judged``).

    Examples
    --------
    >>> from graph_models.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> records.append({"type": "assessment", "id": "a", "target": "acme", "scheme": "salience", "values": {"power": 0.7, "legitimacy": 0.5}})
    >>> salience(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS.with_(salience="judged")).values
    {'acme': 0.6, 'firm': None}

    References
    ----------
    Mitchell, Agle and Wood 1997 (see ``power``).
    """
    known, origin, coverage = _three(ecosystem, parameters)
    count = np.maximum((~np.isnan(known)).sum(axis=0), 1)
    values = np.nansum(known, axis=0) / count
    return number_result(
        ecosystem,
        "salience",
        values,
        undefined={NOT_JUDGED: coverage == 0},
        present=roll_up_of(ecosystem, parameters).present,
        coverage=coverage,
        origin=origin,
    )


def salience_class(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """What kind of stakeholder is it: one to be answered now, one to be watched, or none?

    Which of power, legitimacy and urgency reach .5: all three ``definitive``, PL ``dominant``, PU ``dangerous``, LU ``dependent``, P ``dormant``,
    L ``discretionary``, U ``demanding``, none ``non_stakeholder``. What is not known does not reach it: see ``coverage``.

    Notes
    -----
    Undefined where none of the three is known (``not-judged``).

    Examples
    --------
    >>> from graph_models.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> records.append({"type": "assessment", "id": "a", "target": "acme", "scheme": "salience", "values": {"power": 0.7, "legitimacy": 0.5}})
    >>> salience_class(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS.with_(salience="judged")).values
    {'acme': 'dominant', 'firm': None}

    References
    ----------
    Mitchell, Agle and Wood 1997 (see ``power``).
    """
    known, origin, coverage = _three(ecosystem, parameters)
    high = (np.nan_to_num(known, nan=-1.0) >= CUT).T.tolist()
    texts = [CLASSES[tuple(reached)] if some else None for reached, some in zip(high, (coverage > 0).tolist(), strict=True)]
    return text_result(
        ecosystem,
        "salience_class",
        texts,
        undefined={NOT_JUDGED: coverage == 0},
        present=roll_up_of(ecosystem, parameters).present,
        coverage=coverage,
        origin=origin,
    )


def _single(ecosystem: Ecosystem, parameters: Parameters, name: str) -> MetricResult:
    attribute = _attribute(ecosystem, parameters, name)
    origin = [JUDGED if judged else COMPUTED for judged in attribute.judged.tolist()]
    return number_result(
        ecosystem,
        name,
        attribute.values,
        undefined=attribute.reasons,
        present=roll_up_of(ecosystem, parameters).present,
        origin=_where_known(origin, attribute.values),
    )


def _three(ecosystem: Ecosystem, parameters: Parameters) -> tuple[Floats, list[str | None], Floats]:
    """(attribute x party, judged or computed or both, share of the three that is known)."""
    attributes = [_attribute(ecosystem, parameters, name) for name in ATTRIBUTES]
    values = np.array([attribute.values for attribute in attributes])
    known = ~np.isnan(values)
    judged = known & np.array([attribute.judged for attribute in attributes])
    origin = np.where(judged.any(axis=0), np.where((known & ~judged).any(axis=0), BLENDED, JUDGED), COMPUTED).tolist()
    coverage = known.sum(axis=0) / len(ATTRIBUTES)
    return values, _where_known(origin, np.where(coverage > 0, 0.0, np.nan)), coverage


def _where_known(origin: list[str], values: Floats) -> list[str | None]:
    return [text if known else None for text, known in zip(origin, (~np.isnan(values)).tolist(), strict=True)]


def _attribute(ecosystem: Ecosystem, parameters: Parameters, name: str) -> Attribute:
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


_REFERENCE = "Mitchell, Agle, Wood, Academy of Management Review 22, 1997"
POWER = Metric(
    "power",
    "salience",
    "Who could impose their will on us?",
    "judged, else reach / max",
    "nobody judged it, and there is no focal party (no-focal-party)",
    _REFERENCE,
    power,
)
LEGITIMACY = Metric(
    "legitimacy",
    "salience",
    "Whose claim is borne out?",
    "judged, else the share of its facts that are asserted with evidence of reliability A-C",
    "nobody judged it, and the workspace has no evidence (no-evidence) or the party no fact (no-facts)",
    _REFERENCE,
    legitimacy,
)
URGENCY = Metric(
    "urgency",
    "salience",
    "Who presses for an answer now?",
    "judged, else the share of negative touchpoints, weighted exp(-days / 90), and of roles at_risk",
    "nobody judged it, and the party has neither touchpoint nor stage (no-touchpoints-or-stages)",
    _REFERENCE,
    urgency,
)
SALIENCE = Metric(
    "salience",
    "salience",
    "Whose claim must be answered now?",
    "mean of those known of power, legitimacy, urgency",
    "none of the three is known (not-judged)",
    _REFERENCE,
    salience,
)
SALIENCE_CLASS = Metric(
    "salience_class",
    "salience",
    "What kind of stakeholder is it?",
    "which of power, legitimacy, urgency reach .5",
    "none of the three is known (not-judged)",
    _REFERENCE,
    salience_class,
    kind=TEXT,
)

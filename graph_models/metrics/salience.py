"""Salience: whose claim must be answered now, by power, legitimacy and urgency (Mitchell, Agle and Wood)."""

from __future__ import annotations

import numpy as np

from graph_models.ecosystem import Ecosystem, Floats, Longs
from graph_models.metrics.result import TEXT, Metric, MetricResult, number_result, text_result
from graph_models.metrics.salience_attributes import ATTRIBUTES, COMPUTED, JUDGED, NOT_JUDGED, attribute_of
from graph_models.parameters import Parameters
from graph_models.roll_up import roll_up_of

__all__ = ["legitimacy", "power", "salience", "salience_class", "urgency"]

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
BLENDED = "blended"
ORIGINS = (JUDGED, COMPUTED, BLENDED)


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
    combinations = list(CLASSES)
    names = np.array([*(CLASSES[reached] for reached in combinations), None], object)
    high = np.nan_to_num(known, nan=-1.0) >= CUT
    which = np.full(high.shape[1], len(combinations))
    for place, reached in enumerate(combinations):
        which[np.all(np.equal(high.T, np.array(reached)), axis=1) & (coverage > 0)] = place
    texts = names[which].tolist()
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
    attribute = attribute_of(ecosystem, parameters, name)
    origin = np.where(attribute.judged, 0, 1)
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
    attributes = [attribute_of(ecosystem, parameters, name) for name in ATTRIBUTES]
    values = np.array([attribute.values for attribute in attributes])
    known = ~np.isnan(values)
    judged = known & np.array([attribute.judged for attribute in attributes])
    origin = np.where(judged.any(axis=0), np.where((known & ~judged).any(axis=0), 2, 0), 1)
    coverage = known.sum(axis=0) / len(ATTRIBUTES)
    return values, _where_known(origin, np.where(coverage > 0, 0.0, np.nan)), coverage


def _where_known(origin: Longs, values: Floats) -> list[str | None]:
    """``origin``: places in ``ORIGINS``. One text for all, not one a party."""
    answer: list[str | None] = np.array([*ORIGINS, None], object)[np.where(np.isnan(values), len(ORIGINS), origin)].tolist()
    return answer


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

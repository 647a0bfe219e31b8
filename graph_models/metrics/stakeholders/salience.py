"""Salience: whose claim must be answered now, by power, legitimacy and urgency (Mitchell, Agle and Wood)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.metrics.result import FOCAL_PARTY, TEXT, Metric, MetricResult, number_result, text_result
from graph_models.metrics.stakeholders.salience_attributes import ATTRIBUTES, COMPUTED, JUDGED, NOT_JUDGED, attribute_of

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

    Judged by a person (the newest valid assessment of the scheme ``salience``), else computed: ``min(1, reach / max reach)``, the maximum taken
    over the parties other than the focal one.

    Notes
    -----
    Not known for the focal party (``focal-party``); where nobody judged it and there is no focal party (``no-focal-party``); with
    ``salience: judged`` where nobody judged it (``not-judged``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
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
    """Whose claim on us is accepted?

    Judged by a person, else computed: the highest ``claim`` (0 to 1, a field of roles in the vocabulary: how accepted a claim of such a party
    is) among its valid roles toward the focal party. How well its facts are documented says nothing about it.

    Notes
    -----
    Not known where nobody judged it and the party has no role toward the focal party (``no-role``), or there is none (``no-focal-party``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> records += [{"type": "role", "id": "r", "source": "acme", "target": "firm", "role": "supplier"},
    ...             {"type": "role", "id": "s", "source": "acme", "target": "firm", "role": "partner"}]
    >>> legitimacy(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values["acme"]
    0.8

    References
    ----------
    Mitchell, Agle and Wood 1997 (see ``power``).
    """
    return _single(ecosystem, parameters, "legitimacy")


def urgency(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who presses for an answer now?

    Judged by a person, else computed: ``1 - prod (1 - .5 exp(-days / 90))`` over its negative touchpoints with the focal party (complaints, and a
    sentiment below 0) of the 365 days up to ``as_of``, with one more factor .5 where a role toward the focal party is ``at_risk``.

    Notes
    -----
    Not known where nobody judged it and the focal party has no touchpoint in these days and no role toward it a stage
    (``no-touchpoints-or-stages``), or there is no focal party (``no-focal-party``). Who is content is at 0.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
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
    Undefined for the focal party (``focal-party``), and where none is known (``not-judged``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> records.append({"type": "assessment", "id": "a", "target": "acme", "scheme": "salience", "values": {"power": 0.7, "legitimacy": 0.5}})
    >>> salience(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS.with_(salience="judged")).values
    {'acme': 0.6, 'firm': None}

    References
    ----------
    Mitchell, Agle and Wood 1997 (see ``power``).
    """
    known, origin, coverage, undefined = _three(ecosystem, parameters)
    count = np.maximum((~np.isnan(known)).sum(axis=0), 1)
    values = np.nansum(known, axis=0) / count
    return number_result(
        ecosystem,
        "salience",
        values,
        undefined=undefined,
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
    Undefined for the focal party (``focal-party``), and where none of the three is known (``not-judged``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> records.append({"type": "assessment", "id": "a", "target": "acme", "scheme": "salience", "values": {"power": 0.7, "legitimacy": 0.5}})
    >>> salience_class(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS.with_(salience="judged")).values
    {'acme': 'dominant', 'firm': None}

    References
    ----------
    Mitchell, Agle and Wood 1997 (see ``power``).
    """
    known, origin, coverage, undefined = _three(ecosystem, parameters)
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
        undefined=undefined,
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


class _Three(NamedTuple):
    """The three attributes of every party, and what they say together."""

    known: Floats
    """Attribute x party; NaN where it is not known."""
    origin: list[str | None]
    coverage: Floats
    """The share of the three that is known."""
    undefined: dict[str, Mask]


def _three(ecosystem: Ecosystem, parameters: Parameters) -> _Three:
    attributes = [attribute_of(ecosystem, parameters, name) for name in ATTRIBUTES]
    values = np.array([attribute.values for attribute in attributes])
    itself = np.arange(values.shape[1]) == focal_of(ecosystem, parameters)
    values[:, itself] = np.nan
    known = ~np.isnan(values)
    judged = known & np.array([attribute.judged for attribute in attributes])
    origin = np.where(judged.any(axis=0), np.where((known & ~judged).any(axis=0), 2, 0), 1)
    coverage = known.sum(axis=0) / len(ATTRIBUTES)
    undefined = {FOCAL_PARTY: itself, NOT_JUDGED: coverage == 0}
    return _Three(values, _where_known(origin, np.where(coverage > 0, 0.0, np.nan)), coverage, undefined)


def _where_known(origin: Longs, values: Floats) -> list[str | None]:
    """``origin``: places in ``ORIGINS``. One text for all, not one a party."""
    answer: list[str | None] = np.array([*ORIGINS, None], object)[np.where(np.isnan(values), len(ORIGINS), origin)].tolist()
    return answer


_REFERENCE = "Mitchell, Agle, Wood, Academy of Management Review 22, 1997"
POWER = Metric(
    "power",
    "salience",
    "Who could impose their will on us?",
    "judged, else min(1, reach / max over the parties other than the focal one)",
    "for the focal party (focal-party); nobody judged it, and there is no focal party (no-focal-party)",
    _REFERENCE,
    power,
)
LEGITIMACY = Metric(
    "legitimacy",
    "salience",
    "Whose claim on us is accepted?",
    "judged, else the highest claim (vocabulary) of its valid roles toward the focal party",
    "nobody judged it, and the party has no role toward the focal party (no-role) or there is none (no-focal-party)",
    _REFERENCE,
    legitimacy,
)
URGENCY = Metric(
    "urgency",
    "salience",
    "Who presses for an answer now?",
    "judged, else 1 - prod (1 - .5 exp(-days / 90)) over its negative touchpoints of 365 days, one more factor .5 where a role is at_risk",
    "nobody judged it, and the focal party has no touchpoint and no role toward it a stage (no-touchpoints-or-stages) or is not there (no-focal-party)",
    _REFERENCE,
    urgency,
)
SALIENCE = Metric(
    "salience",
    "salience",
    "Whose claim must be answered now?",
    "mean of those known of power, legitimacy, urgency",
    "for the focal party (focal-party); none of the three is known (not-judged)",
    _REFERENCE,
    salience,
)
SALIENCE_CLASS = Metric(
    "salience_class",
    "salience",
    "What kind of stakeholder is it?",
    "which of power, legitimacy, urgency reach .5",
    "for the focal party (focal-party); none of the three is known (not-judged)",
    _REFERENCE,
    salience_class,
    kind=TEXT,
)

"""How close every party is to the focal one, and in which of four circles around it."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Floats, Ints, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.focal_facts import touchpoints_of
from graph_models.ecosystem.parameters import STRUCTURAL, Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of, states_of
from graph_models.flows.streams import streams_of
from graph_models.graphs.graph_types import graph_of
from graph_models.metrics.result import FOCAL_PARTY, NO_FOCAL_PARTY, TEXT, Metric, MetricResult, number_result, text_result, undefined_result
from graph_models.metrics.stakeholders.salience_attributes import RECENCY_DAYS

__all__ = ["circle", "closeness_to_focal"]

CORE, INNER = 0.66, 0.33


def closeness_to_focal(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who is close to us?

    The mean of those that are known of: the tie with the focal party / the strongest; log(1 + touchpoints with it in the period) / the largest;
    exp(-days from the last of them to the period's end / 90); the number of fact families between the two (roles, relationships, each
    kind of value, touchpoints) / the largest.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``period``, ``roll_up``, ``hypotheses`` and what else the graph ``tie`` takes.

    Returns
    -------
    MetricResult
        0 to 1; ``coverage``: how many of the four are known.

    Notes
    -----
    Tie and families are always known (0 without); the two of touchpoints where the focal party has any in the period, and then 0 for a party without.
    Undefined for all without a focal party (``no-focal-party``), and for the focal party (``focal-party``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme", "bolt", "cord")]
    >>> records += [{"type": "relationship", "id": "a", "source": "acme", "target": "firm", "kind": "partners_with"},
    ...             {"type": "role", "id": "b", "source": "acme", "target": "firm", "role": "supplier"},
    ...             {"type": "relationship", "id": "c", "source": "bolt", "target": "firm", "kind": "refers", "strength": 0.455}]
    >>> closeness_to_focal(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'acme': 1.0, 'bolt': 0.5, 'cord': 0.0, 'firm': None}

    References
    ----------
    Marsden, P., Campbell, K., Measuring tie strength, Social Forces 63, 1984 (closeness, frequency, recency and number of kinds of contact).
    """
    present, focal = roll_up_of(ecosystem, parameters).present, focal_of(ecosystem, parameters)
    if focal is None:
        return undefined_result(ecosystem, "closeness_to_focal", NO_FOCAL_PARTY, present=present)
    parts, _ = _parts(ecosystem, parameters, focal)
    known = np.array([not np.isnan(part).any() for part in parts])
    values = np.mean([part for part, is_known in zip(parts, known, strict=True) if is_known], axis=0)
    coverage = np.full(len(values), known.mean())
    return number_result(ecosystem, "closeness_to_focal", values, undefined={FOCAL_PARTY: _is(ecosystem, focal)}, present=present, coverage=coverage)


def circle(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who is in the inner circle?

    By ``closeness_to_focal``: ``core`` from .66, ``inner`` from .33, ``middle`` whoever else has any fact with the focal party, ``outer`` the rest.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        As ``closeness_to_focal`` has them.

    Returns
    -------
    MetricResult
        The name of the circle; no rank.

    Notes
    -----
    Undefined for all without a focal party (``no-focal-party``), and for the focal party (``focal-party``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme", "bolt", "cord")]
    >>> records += [{"type": "relationship", "id": "a", "source": "acme", "target": "firm", "kind": "partners_with"},
    ...             {"type": "relationship", "id": "c", "source": "cord", "target": "acme", "kind": "refers"},
    ...             {"type": "role", "id": "b", "source": "bolt", "target": "firm", "role": "public"}]
    >>> circle(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'acme': 'core', 'bolt': 'inner', 'cord': 'outer', 'firm': None}

    References
    ----------
    Roberts, S., Dunbar, R., Communication in social networks: effects of kinship, network size, and emotional closeness, Personal Relationships 18, 2011.
    """
    close = closeness_to_focal(ecosystem, parameters)
    reasons = {reason: close.reason_codes == code for code, reason in enumerate(close.reason_names, 1)}
    focal = focal_of(ecosystem, parameters)
    tied = np.zeros(len(close.parties), bool) if focal is None else _parts(ecosystem, parameters, focal)[1]
    values = np.where(close.defined, close.array, 0.0)
    names = np.select([values >= CORE, values >= INNER, tied], ["core", "inner", "middle"], "outer").tolist()
    texts = [name if known else None for name, known in zip(names, close.defined.tolist(), strict=True)]
    return text_result(ecosystem, "circle", texts, undefined=reasons, coverage=close.coverage)


def _parts(ecosystem: Ecosystem, parameters: Parameters, focal: int) -> tuple[list[Floats], Mask]:
    """(the four parts, NaN for all where one is not known; who has any fact with the focal party)"""
    n, period = len(ecosystem.parties), ecosystem.period(parameters)
    graph = graph_of(ecosystem, "tie", parameters.with_(**dict.fromkeys(STRUCTURAL)))
    tie = np.zeros(n)
    edges = (graph.source == focal) & (graph.target != focal)
    tie[graph.target[edges]] = graph.weight[edges]
    contacts, touched = _others(ecosystem, parameters, focal, "touchpoints")
    families = np.zeros(n)
    for family in ("roles", "relationships"):
        families[np.unique(_others(ecosystem, parameters, focal, family)[1])] += 1
    streams = streams_of(ecosystem, parameters)
    given = ((streams.source == focal) | (streams.target == focal)) & (streams.source != streams.target)
    other = np.where(streams.source == focal, streams.target, streams.source)[given].astype(np.int64)
    families += np.bincount(np.unique(streams.kind[given] * np.int64(n) + other) % n, minlength=n)
    times = np.bincount(touched, minlength=n).astype(np.float64)
    families += times > 0
    often, lately = np.full(n, np.nan), np.full(n, np.nan)
    if len(contacts):
        often, lately = _over_largest(np.log1p(times)), np.zeros(n)
        days = period.end - 1 - ecosystem.families["touchpoints"].start[contacts]
        np.maximum.at(lately, touched, np.exp(-days / RECENCY_DAYS))
    return [_over_largest(tie), often, lately, _over_largest(families)], families > 0


def _others(ecosystem: Ecosystem, parameters: Parameters, focal: int, family: str) -> tuple[Longs, Ints]:
    """The rows of the facts of a family between the focal party and another, and who the other is."""
    facts = ecosystem.families[family]
    rows = touchpoints_of(ecosystem, parameters) if family == "touchpoints" else states_of(ecosystem, family, parameters)
    source, target, left = roll_up_of(ecosystem, parameters).ends(facts.source[rows], facts.target[rows])
    between = left & (source != target) & ((source == focal) | (target == focal))
    return rows[between], np.where(source == focal, target, source)[between]


def _over_largest(values: Floats) -> Floats:
    return values / (values.max(initial=0.0) or 1.0)


def _is(ecosystem: Ecosystem, place: int) -> Mask:
    return np.asarray(np.arange(len(ecosystem.parties)) == place)


CLOSENESS_TO_FOCAL = Metric(
    "closeness_to_focal",
    "influence",
    "Who is close to us?",
    "mean of those known: tie / max; log(1 + touchpoints) / max; exp(-days since the last / 90); fact families / max",
    "there is no focal party (no-focal-party), or it is this one (focal-party)",
    "Marsden, Campbell, Measuring tie strength, Social Forces 63, 1984",
    closeness_to_focal,
)
CIRCLE = Metric(
    "circle",
    "influence",
    "Who is in the inner circle?",
    "by closeness_to_focal: core >= .66, inner >= .33, middle any fact with the focal party, outer the rest",
    "there is no focal party (no-focal-party), or it is this one (focal-party)",
    "Roberts, Dunbar, Personal Relationships 18, 2011",
    circle,
    kind=TEXT,
)

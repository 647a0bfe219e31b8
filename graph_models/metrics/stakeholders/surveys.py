"""What parties answered when they were asked: net promoter score, satisfaction, effort, each with how sure it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from graph_models.arrays.grouping import group_starts, sums
from graph_models.arrays.types import Floats, Ints, Longs
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameter, Parameters, period_json
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.metrics.focal import place_of
from graph_models.metrics.result import NO_FOCAL_PARTY, Metric, MetricResult, number_result, undefined_result
from graph_models.records.dates import FIRST_DAY, Period

__all__ = ["ces", "csat", "nps"]

NO_ANSWERS = "no-answers"
RESAMPLES = 1000
LOW, HIGH = 0.025, 0.975
NORMAL = 1.959963984540054
"""The quantile of the normal distribution that belongs to 95 %."""


class Answers(NamedTuple):
    """Who answered what, an item an answer; sorted by party, then by answer."""

    party: Ints
    value: Floats


def nps(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Would a party recommend us?

    ``100 (promoters - detractors) / n`` over its answers, whole numbers from 0 to 10: promoters are 9 and 10, detractors 0 to 6.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``toward``: whom the answers are about (the focal party); ``period``: when they were given (default: any time up to ``as_of``; the
        parameters of the answer say which); ``seed``; ``roll_up hypotheses``.

    Returns
    -------
    MetricResult
        -100 to 100, with ``n`` answers and a 95 % interval ``low``, ``high``: percentiles of 1,000 bootstrap resamples, the same for the same
        answers and ``seed``.

    Notes
    -----
    Undefined without answers (``no-answers``), and for all where there is neither focal party nor ``toward`` (``no-focal-party``). Of a single
    answer there is no interval.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for place, answer in enumerate((10, 9, 8, 3)):
    ...     records.append({"type": "touchpoint", "id": f"t{place}", "source": "acme", "target": "firm", "kind": "survey_answer",
    ...                     "occurred_at": "2025-03-01", "measure": "nps", "value": answer})
    >>> nps(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'acme': 25.0, 'firm': None}

    See Also
    --------
    csat, ces

    References
    ----------
    Reichheld, F., The one number you need to grow, Harvard Business Review 81, 2003. Efron, B., Tibshirani, R., An Introduction to the
    Bootstrap, 1993, chapter 13 (percentile intervals).
    """
    return _survey(ecosystem, parameters, "nps", lambda value: np.where(value >= 9, 100.0, np.where(value <= 6, -100.0, 0.0)), _bootstrap)


def csat(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Is a party satisfied with us?

    The percentage of 4 and 5 among its answers, whole numbers from 1 to 5 (top two boxes).

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        As ``nps``.

    Returns
    -------
    MetricResult
        0 to 100, with ``n`` answers and Wilson's 95 % interval ``low``, ``high``.

    Notes
    -----
    Undefined as ``nps``.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for place, answer in enumerate((5, 4, 4, 2)):
    ...     records.append({"type": "touchpoint", "id": f"t{place}", "source": "acme", "target": "firm", "kind": "survey_answer",
    ...                     "occurred_at": "2025-03-01", "measure": "csat", "value": answer})
    >>> csat(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values["acme"]
    75.0

    References
    ----------
    Wilson, E., Probable inference, the law of succession, and statistical inference, Journal of the American Statistical Association 22, 1927.
    """
    return _survey(ecosystem, parameters, "csat", lambda value: np.where(value >= 4, 100.0, 0.0), _wilson)


def ces(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How easy are we to deal with?

    The mean of its answers, whole numbers from 1 to 7: how far a party agrees that we made it easy (CES 2.0). High is good, unlike on the
    effort scale from 1 to 5 of 2010.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        As ``nps``.

    Returns
    -------
    MetricResult
        1 to 7, with ``n`` answers and a 95 % bootstrap interval ``low``, ``high`` as ``nps``.

    Notes
    -----
    Undefined as ``nps``.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for place, answer in enumerate((7, 6, 2)):
    ...     records.append({"type": "touchpoint", "id": f"t{place}", "source": "acme", "target": "firm", "kind": "survey_answer",
    ...                     "occurred_at": "2025-03-01", "measure": "ces", "value": answer})
    >>> ces(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values["acme"]
    5.0

    References
    ----------
    Dixon, M., Toman, N., DeLisi, R., The Effortless Experience, 2013 (CES 2.0). Dixon, M., Freeman, K., Toman, N., Stop trying to delight your
    customers, Harvard Business Review 88, 2010.
    """
    return _survey(ecosystem, parameters, "ces", lambda value: value, _bootstrap)


Interval = Callable[[Floats, Longs, int], tuple[Floats, Floats]]
"""(points of all answers, where those of each party begin and one more, seed) -> low and high of each party; NaN where there is none."""


def _survey(ecosystem: Ecosystem, parameters: Parameters, measure: str, points_of: Callable[[Floats], Floats], interval: Interval) -> MetricResult:
    """The mean of the points of each party's answers."""
    n, present = len(ecosystem.parties), roll_up_of(ecosystem, parameters).present
    ran_with = {"period": period_json(answer_period(ecosystem, parameters))}
    answers = answers_of(ecosystem, parameters, measure)
    if answers is None:
        return undefined_result(ecosystem, measure, NO_FOCAL_PARTY, present=present, parameters=ran_with)
    first = group_starts(answers.party)
    places, points = answers.party[first[:-1]], points_of(answers.value)
    values, low, high = np.full((3, n), np.nan)
    values[places] = sums(points, first) / np.diff(first)
    low[places], high[places] = interval(points, first, parameters.seed)
    columns = {"n": np.bincount(answers.party, minlength=n), "low": low, "high": high}
    undefined = {NO_ANSWERS: np.isnan(values)}
    return number_result(ecosystem, measure, values, undefined=undefined, present=present, columns=columns, parameters=ran_with)


def answer_period(ecosystem: Ecosystem, parameters: Parameters) -> Period:
    """The days whose answers count: those of the period that was asked for, else all up to ``as_of``."""
    return Period(FIRST_DAY, ecosystem.as_of + 1) if parameters.period is None else Period(*parameters.period)


def answers_of(ecosystem: Ecosystem, parameters: Parameters, measure: str) -> Answers | None:
    """The answers toward the focal party or ``toward``, up to ``as_of`` or in the period; ``None`` where there is nobody to answer about."""
    roll_up = roll_up_of(ecosystem, parameters)
    toward = focal_of(ecosystem, parameters)
    if parameters.toward is not None:
        toward = int(roll_up.counts_as[place_of(ecosystem, parameters.toward, "toward")])
    if toward is None:
        return None
    facts = ecosystem.families["touchpoints"]
    period = answer_period(ecosystem, parameters)
    value = facts.number("value")
    counts = facts.coded("measure").flags(measure.__eq__) & ~np.isnan(value) & (facts.start >= period.start) & (facts.start < period.end)
    if not parameters.hypotheses:
        counts &= ~facts.hypothesis
    source, target, left = roll_up.ends(facts.source, facts.target)
    rows = np.flatnonzero(counts & left & (target == toward) & (source != toward))
    rows = rows[np.lexsort((value[rows], source[rows]))]
    return Answers(source[rows], value[rows])


def _wilson(points: Floats, first: Longs, _: int) -> tuple[Floats, Floats]:
    n = np.diff(first).astype(np.float64)
    share, spread = sums(points, first) / n / 100.0, NORMAL * NORMAL / n
    centre = share + spread / 2
    half = np.sqrt(spread * (share * (1 - share) + spread / 4))
    return np.maximum(100.0 * (centre - half) / (1 + spread), 0.0), np.minimum(100.0 * (centre + half) / (1 + spread), 100.0)


def _bootstrap(points: Floats, first: Longs, seed: int) -> tuple[Floats, Floats]:
    """Parties with the same points have the same interval, so that none depends on who else was asked; most have few and share theirs."""
    low, high = np.full(len(first) - 1, np.nan), np.full(len(first) - 1, np.nan)
    known: dict[bytes, Floats] = {}
    for place in np.flatnonzero(np.diff(first) > 1).tolist():
        own = np.sort(points[first[place] : first[place + 1]])
        key = own.tobytes()
        if key not in known:
            values, counts = np.unique(own, return_counts=True)
            drawn = np.random.default_rng([seed, *counts.tolist()]).multinomial(len(own), counts / len(own), RESAMPLES)
            known[key] = np.quantile(drawn @ values / len(own), (LOW, HIGH))
        low[place], high[place] = known[key]
    return low, high


def _answered(measure: str) -> Callable[[Ecosystem, Parameters], bool]:
    def asked(ecosystem: Ecosystem, parameters: Parameters) -> bool:
        answers = answers_of(ecosystem, parameters, measure)
        return answers is not None and len(answers.party) > 0

    return asked


_TOWARD = (Parameter("toward", "text"),)
_UNDEFINED = "the party gave no answer (no-answers), or there is neither focal party nor `toward` (no-focal-party)"
_COST = "linear in the touchpoints; bootstrap: 1,000 draws for each different set of answers"
NPS = Metric(
    "nps",
    "customers",
    "Would a party recommend us?",
    "100 (promoters 9-10 - detractors 0-6) / n; with n and a bootstrap interval",
    _UNDEFINED,
    "Reichheld, Harvard Business Review 81, 2003; Efron, Tibshirani, An Introduction to the Bootstrap, 1993",
    nps,
    parameters=_TOWARD,
    cost=_COST,
    default_where=_answered("nps"),
)
CSAT = Metric(
    "csat",
    "customers",
    "Is a party satisfied with us?",
    "100 x share of 4 and 5 of 5; with n and Wilson's interval",
    _UNDEFINED,
    "Wilson, Journal of the American Statistical Association 22, 1927",
    csat,
    parameters=_TOWARD,
    cost="linear in the touchpoints",
    default_where=_answered("csat"),
)
CES = Metric(
    "ces",
    "customers",
    "How easy are we to deal with?",
    "mean of answers from 1 to 7, high is easy; with n and a bootstrap interval",
    _UNDEFINED,
    "Dixon, Toman, DeLisi, The Effortless Experience, 2013 (CES 2.0)",
    ces,
    parameters=_TOWARD,
    cost=_COST,
    default_where=_answered("ces"),
)

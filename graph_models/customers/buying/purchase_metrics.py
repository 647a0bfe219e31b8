"""Recency, frequency and monetary value of customers, and the three as fifths (RFM)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import rankdata

from graph_models.arrays.ranking import rounded
from graph_models.arrays.types import Floats
from graph_models.customers.buying.purchases import NO_PURCHASES, Purchases, purchase_period, purchases_of
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameter, Parameters, period_json
from graph_models.ecosystem.roll_up import roll_up_of
from graph_models.metrics.result import NO_FOCAL_PARTY, Metric, MetricResult, number_result, text_result, undefined_result

FIFTHS = 5
TOWARD = (Parameter("toward", "text"),)
RULES = ("purchases",)


def recency_days(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How long ago did a party last buy?

    Days from its last purchase day to the last day of the period (``as_of``, where none is asked for).

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``toward``: of whom it buys (the focal party); ``period`` (default: all up to ``as_of``); ``roll_up hypotheses in_return_for``.

    Returns
    -------
    MetricResult
        Whole days, 0 or more.

    Notes
    -----
    Undefined without a purchase day (``no-purchases``), and for all without focal party or ``toward`` (``no-focal-party``).

    Examples
    --------
    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day, amount in (("2025-03-01", 40), ("2025-12-01", 5)):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": amount, "valid_from": day,
    ...                     "valid_to": day})
    >>> ecosystem = Ecosystem.from_records(records, "firm", "2025-12-31")
    >>> [compute(ecosystem, metric).values["acme"] for metric in ("recency_days", "frequency", "monetary", "rfm")]
    [30.0, 2.0, 45.0, '555']

    References
    ----------
    Hughes, A. M., Strategic Database Marketing, 1994.
    """
    return _of_purchases(ecosystem, parameters, "recency_days", lambda purchases: np.where(purchases.days > 0, purchases.until - purchases.last, np.nan))


def frequency(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """On how many days did a party buy?

    Notes
    -----
    Parameters as of :func:`recency_days`. Undefined without a purchase (``no-purchases``), and for all without focal party or ``toward``
    (``no-focal-party``).

    Examples
    --------
    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day, amount in (("2025-03-01", 40), ("2025-12-01", 5)):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": amount, "valid_from": day,
    ...                     "valid_to": day})
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "frequency").values
    {'acme': 2.0, 'firm': None}

    References
    ----------
    Hughes, A. M., Strategic Database Marketing, 1994.
    """
    return _of_purchases(ecosystem, parameters, "frequency", lambda purchases: np.where(purchases.days > 0, purchases.days, np.nan))


def monetary(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How much did a party pay, net of refunds, in base currency, also for long times?

    Notes
    -----
    Parameters as of :func:`recency_days`. Undefined without a purchase (``no-purchases``), and for all without focal party or ``toward``
    (``no-focal-party``).

    Examples
    --------
    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day, amount in (("2025-03-01", 40), ("2025-12-01", 5)):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": amount, "valid_from": day,
    ...                     "valid_to": day})
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "monetary").values
    {'acme': 45.0, 'firm': None}

    References
    ----------
    Hughes, A. M., Strategic Database Marketing, 1994.
    """
    return _of_purchases(ecosystem, parameters, "monetary", lambda purchases: purchases.net)


def rfm(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who bought lately, often and much?

    Three digits from 1 to 5 for recency, frequency and monetary value: ``ceil(5 midrank / n)`` among the n parties with purchase days, where equal
    values share their mean rank; 5 is best, so the shortest recency has 5.

    Notes
    -----
    Parameters as of :func:`recency_days`. Undefined without a purchase (``no-purchases``), and for all without focal party or ``toward``
    (``no-focal-party``).

    Examples
    --------
    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day, amount in (("2025-03-01", 40), ("2025-12-01", 5)):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": amount, "valid_from": day,
    ...                     "valid_to": day})
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "rfm").values
    {'acme': '555', 'firm': None}

    References
    ----------
    Hughes, A. M., Strategic Database Marketing, 1994.
    """
    purchases = purchases_of(ecosystem, parameters)
    present = roll_up_of(ecosystem, parameters).present
    if purchases is None:
        return undefined_result(ecosystem, "rfm", NO_FOCAL_PARTY, present=present)
    bought = purchases.days > 0
    texts: list[str | None] = [None] * len(ecosystem.parties)
    columns = (-(purchases.until - purchases.last[bought]), purchases.days[bought], purchases.net[bought])
    digits = np.stack([_fifths(np.asarray(column, np.float64)) for column in columns], axis=1)
    for place, of_party in zip(np.flatnonzero(bought).tolist(), digits.tolist(), strict=True):
        texts[place] = "".join(map(str, of_party))
    undefined = {NO_PURCHASES: ~bought}
    return text_result(
        ecosystem, "rfm", texts, undefined=undefined, present=present, warnings=list(purchases.warnings), parameters=ran_with(ecosystem, parameters)
    )


def _fifths(values: Floats) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """In which fifth each value is, by its mean rank among all; 5 holds the greatest."""
    if not len(values):
        return np.zeros(0, np.int64)
    return np.ceil(rounded(FIFTHS * rankdata(rounded(values)) / len(values))).astype(np.int64)


def _of_purchases(ecosystem: Ecosystem, parameters: Parameters, metric: str, values_of: Callable[[Purchases], Floats]) -> MetricResult:
    purchases = purchases_of(ecosystem, parameters)
    present = roll_up_of(ecosystem, parameters).present
    if purchases is None:
        return undefined_result(ecosystem, metric, NO_FOCAL_PARTY, present=present)
    values = values_of(purchases).astype(np.float64)
    undefined = {NO_PURCHASES: np.isnan(values)}
    return number_result(
        ecosystem, metric, values, undefined=undefined, present=present, warnings=list(purchases.warnings), parameters=ran_with(ecosystem, parameters)
    )


def ran_with(ecosystem: Ecosystem, parameters: Parameters) -> dict[str, object]:
    """The period of the purchases that counted, as the result says it."""
    return {"period": period_json(purchase_period(ecosystem, parameters))}


def anybody_buys(ecosystem: Ecosystem, parameters: Parameters) -> bool:
    """Does anybody buy of the focal party? An analysis of the default set computes the metrics of customers only then."""
    purchases = purchases_of(ecosystem, parameters)
    return purchases is not None and not np.isnan(purchases.net).all()


_UNDEFINED = "the party has no purchase day (no-purchases), or there is neither focal party nor `toward` (no-focal-party)"
_HUGHES = "Hughes, Strategic Database Marketing, 1994"
_COST = "linear in the value flows and touchpoints"


def _metric(name: str, question: str, formula: str, compute: Callable[[Ecosystem, Parameters], MetricResult], kind: str = "number") -> Metric:
    return Metric(
        name, "customers", question, formula, _UNDEFINED, _HUGHES, compute, parameters=TOWARD, cost=_COST, kind=kind, rules=RULES, default_where=anybody_buys
    )


RECENCY_DAYS = _metric("recency_days", "How long ago did a party last buy?", "days from the last purchase day to the end of the period", recency_days)
FREQUENCY = _metric("frequency", "On how many days did a party buy?", "number of purchase days", frequency)
MONETARY = _metric("monetary", "How much did a party pay?", "sum of what it paid, net of refunds, in base currency", monetary)
RFM = _metric("rfm", "Who bought lately, often and much?", "three digits, each ceil(5 midrank / n), recency reversed", rfm, "text")

"""Lifetime value: is a customer still there, what will it buy, and what is that worth?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.customers.buying.purchase_metrics import ran_with
from graph_models.customers.buying.purchase_model import LEAST_REPEATING, BuyingModel, History, SpendModel, fit_buying, fit_spend
from graph_models.customers.buying.purchases import NO_PURCHASES, Purchases, purchases_key, purchases_of
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameter, Parameters
from graph_models.ecosystem.roll_up import roll_up_of
from graph_models.metrics.result import NO_FOCAL_PARTY, Metric, MetricResult, number_result, undefined_result

TOO_FEW, NO_FIT = "too-few-repeat-buyers", "no-fit"
WEEK, WEEKS_A_MONTH, A_MONTH = 7.0, 52.0 / 12.0, 1.01
"""Days; weeks of the months of ``clv``; what is due in a month is worth so much less now."""
HORIZON, MONTHS = 365, 12


class Fitted(NamedTuple):
    """The models of all buyers of a workspace."""

    buyers: Longs
    history: History
    buying: BuyingModel | None
    spend: SpendModel | None
    few: bool


def fitted_models(ecosystem: Ecosystem, parameters: Parameters, purchases: Purchases) -> Fitted:
    """Both models, fitted once for the same purchases: to all that have a purchase day, and to those that bought on a second one."""
    return ecosystem.kept(("purchase models", *purchases_key(ecosystem, parameters)), lambda: _fitted(purchases))


def _fitted(purchases: Purchases) -> Fitted:
    buyers = np.flatnonzero(purchases.days > 0)
    repeats = purchases.days[buyers].astype(np.float64) - 1.0
    total = np.add.reduceat(purchases.amount, purchases.first[buyers]) if len(buyers) else np.zeros(0)
    later = total - purchases.amount[purchases.first[buyers]]
    spend = np.divide(later, repeats, out=np.full(len(buyers), np.nan), where=repeats > 0)
    first = purchases.earliest[buyers]
    history = History(repeats, (purchases.last[buyers] - first) / WEEK, (purchases.until - first) / WEEK, spend)
    few = int((repeats > 0).sum()) < LEAST_REPEATING
    return Fitted(buyers, history, None if few else fit_buying(history), None if few else fit_spend(history), few)


def p_alive(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How likely is a customer still one?

    By the BG/NBD model, fitted to all buyers of the workspace: a customer buys by chance around its own rate, and may leave after each purchase. Who
    bought on one day only has 1 by construction of the model (``bound``).

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``toward period roll_up hypotheses in_return_for`` as ``recency_days``; rules ``purchases``.

    Returns
    -------
    MetricResult
        0 to 1; ``parameters["fit"]`` has the fitted ``r alpha a b`` and the log-likelihood.

    Notes
    -----
    Undefined without a purchase day (``no-purchases``); for all with fewer than ten repeated buyers (``too-few-repeat-buyers``), where the likelihood
    has its maximum at a bound (``no-fit``), and without focal party or ``toward`` (``no-focal-party``).

    Examples
    --------
    One buyer is too few for a model: ten that bought again are needed.

    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day in ("2025-03-01", "2025-12-01"):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": 5, "valid_from": day})
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "p_alive").reasons
    {'acme': 'too-few-repeat-buyers', 'firm': 'no-purchases'}

    References
    ----------
    Fader, P., Hardie, B., Lee, K. L., "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model, Marketing Science 24, 2005.


    """
    return _of_models(ecosystem, parameters, "p_alive", lambda buying, _, history: buying.p_alive(history), bound=True)


def expected_purchases(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """On how many days will a customer buy within ``horizon_days`` (365) from the end of the period?

    Notes
    -----
    Model, parameters and reasons as of :func:`p_alive`.

    Examples
    --------
    One buyer is too few for a model: ten that bought again are needed.

    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day in ("2025-03-01", "2025-12-01"):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": 5, "valid_from": day})
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "expected_purchases").reasons
    {'acme': 'too-few-repeat-buyers', 'firm': 'no-purchases'}

    References
    ----------
    Fader, P., Hardie, B., Lee, K. L., "Counting Your Customers" the Easy Way, Marketing Science 24, 2005.
    """
    weeks = (parameters.horizon_days or HORIZON) / WEEK
    return _of_models(ecosystem, parameters, "expected_purchases", lambda buying, _, history: buying.expected(history, weeks))


def expected_spend(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """What will a customer pay on a day on which it buys, in base currency?

    By the Gamma-Gamma model of those who bought again: between the mean of a customer's own purchases and the mean of all.

    Notes
    -----
    Model, parameters and reasons as of :func:`p_alive`.

    Examples
    --------
    One buyer is too few for a model: ten that bought again are needed.

    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day in ("2025-03-01", "2025-12-01"):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": 5, "valid_from": day})
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "expected_spend").reasons
    {'acme': 'too-few-repeat-buyers', 'firm': 'no-purchases'}

    References
    ----------
    Fader, P., Hardie, B., The Gamma-Gamma Model of Monetary Value, 2013.
    """
    return _of_models(ecosystem, parameters, "expected_spend", lambda _, spend, history: spend.expected(history), spends=True)


def clv(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """What will a customer bring in the next ``months`` (12), in base currency of today?

    ``sum over months k of (E[Y(k w)] - E[Y((k-1) w)]) x expected_spend x 1.01^-k`` with months of w = 52/12 weeks; revenue, no margin.

    Notes
    -----
    Model, parameters and reasons as of :func:`p_alive`.

    Examples
    --------
    One buyer is too few for a model: ten that bought again are needed.

    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day in ("2025-03-01", "2025-12-01"):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": 5, "valid_from": day})
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "clv").reasons
    {'acme': 'too-few-repeat-buyers', 'firm': 'no-purchases'}

    References
    ----------
    Fader, P., Hardie, B., Lee, K. L., RFM and CLV: Using Iso-Value Curves for Customer Base Analysis, Journal of Marketing Research 42, 2005.
    """
    months = parameters.months or MONTHS

    def value(buying: BuyingModel, spend: SpendModel, history: History) -> Floats:
        total, before = np.zeros(len(history.repeats)), np.zeros(len(history.repeats))
        for month in range(1, months + 1):
            by_now = buying.expected(history, month * WEEKS_A_MONTH)
            total += (by_now - before) / A_MONTH**month
            before = by_now
        return total * spend.expected(history)

    return _of_models(ecosystem, parameters, "clv", value, spends=True)


def _of_models(
    ecosystem: Ecosystem,
    parameters: Parameters,
    metric: str,
    values_of: Callable[[BuyingModel, SpendModel, History], Floats],
    *,
    bound: bool = False,
    spends: bool = False,
) -> MetricResult:
    present = roll_up_of(ecosystem, parameters).present
    purchases = purchases_of(ecosystem, parameters)
    if purchases is None:
        return undefined_result(ecosystem, metric, NO_FOCAL_PARTY, present=present)
    fitted = fitted_models(ecosystem, parameters, purchases)
    n = len(ecosystem.parties)
    values, at_bound, once = np.full(n, np.nan), np.zeros(n, bool), purchases.days == 1
    no_fit = fitted.buying is None or (spends and fitted.spend is None)
    if not no_fit:
        values[fitted.buyers] = values_of(fitted.buying, fitted.spend, fitted.history)  # type: ignore[arg-type]
        at_bound = once if bound else at_bound
    undefined: dict[str, Mask | bool] = {NO_PURCHASES: purchases.days == 0, TOO_FEW: fitted.few, NO_FIT: no_fit}
    fit = {name: model._asdict() for name, model in (("buying", fitted.buying), ("spend", fitted.spend)) if model is not None}
    about: dict[str, Any] = ran_with(ecosystem, parameters) | ({"fit": fit} if fit else {})
    return number_result(ecosystem, metric, values, undefined=undefined, present=present, bound=at_bound, warnings=list(purchases.warnings), parameters=about)


_UNDEFINED = (
    "the party has no purchase day (no-purchases), fewer than ten parties bought on a second day (too-few-repeat-buyers), the likelihood has its maximum "
    "at a bound (no-fit), or there is neither focal party nor `toward` (no-focal-party)"
)
_BG_NBD = "Fader, Hardie, Lee, Marketing Science 24, 2005"
_GAMMA = "Fader, Hardie, The Gamma-Gamma Model of Monetary Value, 2013"
_TOWARD = Parameter("toward", "text")


def _metric(name: str, question: str, formula: str, reference: str, compute: Callable[[Ecosystem, Parameters], MetricResult], *own: Parameter) -> Metric:
    return Metric(
        name,
        "customers",
        question,
        formula,
        _UNDEFINED,
        reference,
        compute,
        parameters=(_TOWARD, *own),
        cost="a fit by maximum likelihood",
        rules=("purchases",),
    )


P_ALIVE = _metric("p_alive", "How likely is a customer still one?", "P(alive | x, t_x, T) of BG/NBD", _BG_NBD, p_alive)
EXPECTED_PURCHASES = _metric(
    "expected_purchases",
    "On how many days will a customer buy?",
    "E[Y(horizon_days / 7) | x, t_x, T] of BG/NBD",
    _BG_NBD,
    expected_purchases,
    Parameter("horizon_days", "integer", HORIZON, low=1, high=36_525),
)
EXPECTED_SPEND = _metric("expected_spend", "What will a customer pay on a day on which it buys?", "E[M | x, mean] of Gamma-Gamma", _GAMMA, expected_spend)
CLV = _metric(
    "clv",
    "What will a customer bring?",
    "sum over months k of expected purchases of the month x expected_spend x 1.01^-k",
    f"{_BG_NBD}; {_GAMMA}",
    clv,
    Parameter("months", "integer", MONTHS, low=1, high=1_200),
)

"""How likely a customer is to leave: silence, the model, decline, complaints, satisfaction and competitors together (customers.md section 4)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.customers.buying.lifetime_value import fitted_models
from graph_models.customers.buying.purchase_metrics import anybody_buys
from graph_models.customers.buying.purchases import NO_PURCHASES, Purchases, purchase_period, purchases_of
from graph_models.customers.buying.silence import silence_of
from graph_models.customers.rivals import rival_ties
from graph_models.customers.weighted import Weighted, WeightedPart
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.focal_facts import PartyFacts, contacts_of, negative_touchpoints
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import roll_up_of
from graph_models.metrics.result import NO_FOCAL_PARTY, Metric, MetricResult
from graph_models.records.touchpoint import SCALES

TOO_FEW_PURCHASES = "too-few-purchases"


def churn_risk(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How likely is a customer to leave?

    The weighted mean, from 0 to 1, of what is known of: ``silence`` (0 at one usual gap between purchases, 1 at the gaps from which a party is lapsed),
    ``p_alive`` (1 - it, of who bought again), ``decline`` (1 - receipts of the last ``recent_days`` / of as many days before), ``complaints`` (the
    negative part of its touchpoints, each weighted by ``e^(-days / decay_days)``), ``satisfaction`` (1 - the latest survey answer scaled from 0 to 1)
    and ``competitor`` (1 with a role or trade with a competitor). Weights are the rule's ``churn.weights``.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``period`` (of the touchpoints; default: the 12 months), ``roll_up hypotheses``; rules ``churn``, ``stages``, ``purchases``.

    Returns
    -------
    MetricResult
        0 to 1, with the ``coverage`` of the weights.

    Notes
    -----
    Undefined without a purchase day (``no-purchases``), where neither the silence nor the model is known (``too-few-purchases``), and for all without a
    focal party (``no-focal-party``).

    Examples
    --------
    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day, amount in (("2025-01-01", 40), ("2025-03-01", 5), ("2025-05-01", 5)):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": amount, "valid_from": day,
    ...                     "valid_to": day})
    >>> result = compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "churn_risk")
    >>> round(result.values["acme"], 6), result.coverage[0].round(6).item()
    (0.818182, 0.55)

    References
    ----------
    Neslin, S., Gupta, S., Kamakura, W., Lu, J., Mason, C., Defection Detection, Journal of Marketing Research 43, 2006.
    """
    return churn_parts(ecosystem, parameters).result(ecosystem, "churn_risk")


def churn_parts(ecosystem: Ecosystem, parameters: Parameters) -> Weighted:
    """The parts of :func:`churn_risk`."""
    present = roll_up_of(ecosystem, parameters).present
    ever = parameters.with_(period=None)
    purchases = purchases_of(ecosystem, ever)
    if purchases is None:
        return Weighted((), {NO_FOCAL_PARTY: True}, present)
    rules, weights = parameters.rules.churn, parameters.rules.churn.weights
    silence = silence_of(ecosystem, ever, purchases).silence
    alive = _p_alive(ecosystem, ever, purchases)
    decline = _decline(ecosystem, purchases, rules.recent_days)
    touched = contacts_of(ecosystem, "touchpoints", parameters, ecosystem.period(parameters))
    complaints = _complaints(ecosystem, touched, rules.decay_days)
    asked = contacts_of(ecosystem, "touchpoints", ever, purchase_period(ecosystem, ever))
    satisfaction = _latest_answers(ecosystem, asked)
    rivals = rival_ties(ecosystem, parameters)
    tied = rivals.has(ecosystem).astype(np.float64)
    bought = purchases.facts_of
    lapsed = parameters.rules.stages.lapsed_gaps
    parts: tuple[WeightedPart, ...] = (
        WeightedPart("silence", weights.silence, silence, np.clip((silence - 1.0) / max(lapsed - 1.0, 1e-9), 0.0, 1.0), "too-few-purchases", bought),
        WeightedPart("p_alive", weights.p_alive, alive, 1.0 - alive, "too-few-repeat-buyers", bought),
        WeightedPart("decline", weights.decline, decline, np.clip(decline, 0.0, 1.0), "no-purchases", bought),
        WeightedPart("complaints", weights.complaints, complaints, complaints, "no-contact", touched.of),
        WeightedPart("satisfaction", weights.satisfaction, satisfaction.value, 1.0 - satisfaction.value, "no-answers", satisfaction.facts_of),
        WeightedPart("competitor", weights.competitor, tied, tied, "", rivals.of),
    )
    parts = tuple(part for part in parts if part.weight > 0)
    undefined: dict[str, Mask | bool] = {NO_PURCHASES: purchases.days == 0, TOO_FEW_PURCHASES: np.isnan(silence) & np.isnan(alive)}
    return Weighted(parts, undefined, present, purchases.warnings)


def _p_alive(ecosystem: Ecosystem, parameters: Parameters, purchases: Purchases) -> Floats:
    """Of who bought on more than one day; NaN elsewhere, and for all where there is no model."""
    fitted, answer = fitted_models(ecosystem, parameters, purchases), np.full(len(ecosystem.parties), np.nan)
    if fitted.buying is not None:
        answer[fitted.buyers] = fitted.buying.p_alive(fitted.history)
    answer[purchases.days < 2] = np.nan
    return answer


def _decline(ecosystem: Ecosystem, purchases: Purchases, days: int) -> Floats:
    """1 - what was paid in the last so many days / in as many before; NaN where nothing was paid then."""
    back, n = ecosystem.as_of - purchases.day, len(ecosystem.parties)
    late, early = (
        np.bincount(purchases.party[within], purchases.amount[within], n) for within in ((back < days) & (back >= 0), (back >= days) & (back < 2 * days))
    )
    return np.asarray(1.0 - np.divide(late, early, out=np.full(n, np.nan), where=early > 0), np.float64)


def _complaints(ecosystem: Ecosystem, touched: PartyFacts, decay_days: int) -> Floats:
    """The part of the touchpoints that are negative, by kind or by sentiment, later ones with more weight; NaN without any."""
    rows, n = touched.rows, len(ecosystem.parties)
    negative = negative_touchpoints(ecosystem)[rows]
    weight = np.exp((ecosystem.families["touchpoints"].start[rows] - ecosystem.as_of) / decay_days)
    total = np.bincount(touched.party, weight, n)
    bad = np.bincount(touched.party, weight * negative, n)
    return np.asarray(np.divide(bad, total, out=np.full(n, np.nan), where=total > 0), np.float64)


class _Answers(NamedTuple):
    value: Floats
    fact: Longs

    def facts_of(self, place: int) -> list[int]:
        return [int(self.fact[place])] if self.fact[place] >= 0 else []


def _latest_answers(ecosystem: Ecosystem, touched: PartyFacts) -> _Answers:
    """Per party its latest survey answer about the focal party, scaled from 0 to 1 by the scale of its measure."""
    facts, n = ecosystem.families["touchpoints"], len(ecosystem.parties)
    measures = facts.coded("measure")
    scales = np.array([SCALES[measure] for measure in measures.texts] + [(0, 1)], np.float64).reshape(-1, 2)
    rows = touched.rows
    answers = (measures.codes[rows] >= 0) & ~np.isnan(facts.number("value")[rows])
    rows, party, numbers = rows[answers], touched.party[answers], touched.numbers[answers]
    low, high = scales[measures.codes[rows]].T
    order = np.lexsort((rows, facts.start[rows]))  # of a party the last one stays
    value, fact = np.full(n, np.nan), np.full(n, -1, np.int64)
    value[party[order]] = ((facts.number("value")[rows] - low) / (high - low))[order]
    fact[party[order]] = numbers[order]
    return _Answers(value, fact)


CHURN_RISK = Metric(
    "churn_risk",
    "customers",
    "How likely is a customer to leave?",
    "weighted mean of silence, 1 - p_alive, decline, complaints, dissatisfaction and competitor, of what is known",
    "the party has no purchase day (no-purchases), neither its silence nor the model is known (too-few-purchases), or there is no focal party (no-focal-party)",
    "customers.md, section 4",
    churn_risk,
    cost="a fit by maximum likelihood",
    rules=("purchases", "stages", "churn"),
    explained_by=churn_parts,
    default_where=anybody_buys,
)

"""Loyal customers: how regularly they buy, how much of what they need, whether they speak for us; and points and levels for it."""

from __future__ import annotations

from datetime import date

import numpy as np

from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.customers.buying.purchase_metrics import anybody_buys
from graph_models.customers.buying.purchases import NO_PURCHASES, Purchases, purchases_of
from graph_models.customers.rivals import rivals_of
from graph_models.customers.tiers import receipts_of
from graph_models.customers.weighted import Weighted, WeightedPart
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.focal_facts import contacts_of, focal_roles, touchpoints_of
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of, states_of
from graph_models.flows.deliveries import deliveries_of
from graph_models.metrics.result import NO_FOCAL_PARTY, TEXT, Metric, MetricResult, number_result, text_result, undefined_result
from graph_models.metrics.stakeholders.surveys import answers_of
from graph_models.records.dates import FIRST_DAY, Period

MONTHS_A_QUARTER, MOST_LIKELY = 3, 10.0
BEFORE_1970 = date(1970, 1, 1).toordinal()


def loyalty(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How loyal is a customer?

    The mean, from 0 to 1, of what is known of: ``regularity`` (calendar quarters with a purchase / from that of the first to that of ``as_of``),
    ``wallet`` (what it paid us / us and our competitors for the same products in the period, where it paid any of them anything) and ``advocacy`` (1 with
    the role of an advocate or a referral; else the mean of its answers to the recommendation question / 10).

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``period roll_up hypotheses basis``; rules ``purchases``.

    Returns
    -------
    MetricResult
        0 to 1, with coverage.

    Notes
    -----
    Undefined without a purchase day (``no-purchases``), and for all without a focal party (``no-focal-party``).

    Examples
    --------
    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day, amount in (("2025-01-01", 40), ("2025-03-01", 5), ("2025-05-01", 5)):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": amount, "valid_from": day,
    ...                     "valid_to": day})
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "loyalty").values
    {'acme': 0.5, 'firm': None}

    References
    ----------
    Dick, A., Basu, K., Customer Loyalty: Toward an Integrated Conceptual Framework, Journal of the Academy of Marketing Science 22, 1994.
    """
    return loyalty_parts(ecosystem, parameters).result(ecosystem, "loyalty")


def loyalty_parts(ecosystem: Ecosystem, parameters: Parameters) -> Weighted:
    """The parts of :func:`loyalty`, all of one weight."""
    present = roll_up_of(ecosystem, parameters).present
    purchases = purchases_of(ecosystem, parameters.with_(period=None))
    if purchases is None:
        return Weighted((), {NO_FOCAL_PARTY: True}, present)
    regular, wallet = _regularity(ecosystem, purchases), _wallet(ecosystem, parameters)
    advocacy, spoke = _advocacy(ecosystem, parameters)
    parts = (
        WeightedPart("regularity", 1.0, regular, regular, NO_PURCHASES, purchases.facts_of),
        WeightedPart("wallet", 1.0, wallet, wallet, "no-competitor-paid", purchases.facts_of),
        WeightedPart("advocacy", 1.0, advocacy, advocacy, "no-answers", lambda place: spoke.get(place, [])),
    )
    return Weighted(parts, {NO_PURCHASES: purchases.days == 0}, present, purchases.warnings)


def _regularity(ecosystem: Ecosystem, purchases: Purchases) -> Floats:
    quarters = _quarters(purchases.day)
    n = len(ecosystem.parties)
    new = np.ones(len(quarters), bool)
    new[1:] = (quarters[1:] != quarters[:-1]) | (purchases.party[1:] != purchases.party[:-1])
    bought = np.bincount(purchases.party[new], minlength=n)
    since = _quarters(np.array([ecosystem.as_of])) - _quarters(purchases.earliest) + 1
    return np.asarray(np.divide(bought, since, out=np.full(n, np.nan), where=purchases.days > 0), np.float64)


def _quarters(days: Longs) -> Longs:
    """The calendar quarter of each day, counted from 1970."""
    months = (days - BEFORE_1970).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months // MONTHS_A_QUARTER


def _wallet(ecosystem: Ecosystem, parameters: Parameters) -> Floats:
    """NaN where nothing that a party paid to a competitor is recorded."""
    deliveries, focal = deliveries_of(ecosystem, parameters), focal_of(ecosystem, parameters)
    entries, n = deliveries.by_product, len(ecosystem.parties)
    theirs = rivals_of(ecosystem, parameters)[entries.source]
    ours = entries.source == focal
    sold = np.unique(entries.product[ours])
    same = theirs & np.isin(entries.product, sold)
    paid_us, paid_them = (np.bincount(entries.target[of], entries.value[of], n) for of in (ours, same))
    told = np.bincount(entries.target[theirs], minlength=n) > 0
    both = paid_us + paid_them
    return np.asarray(np.divide(paid_us, both, out=np.full(n, np.nan), where=told & (both > 0)), np.float64)


def _advocacy(ecosystem: Ecosystem, parameters: Parameters) -> tuple[Floats, dict[int, list[int]]]:
    """1 with a role, a relationship or a touchpoint of who recommends; else the mean recommendation / 10. And the facts by party."""
    n = len(ecosystem.parties)
    facts: dict[int, list[int]] = {}
    answer = np.full(n, np.nan)
    answers = answers_of(ecosystem, parameters, "nps")
    if answers is not None and len(answers.party):
        count = np.bincount(answers.party, minlength=n)
        answer = np.divide(np.bincount(answers.party, answers.value, n), count * MOST_LIKELY, out=answer, where=count > 0)
    roles = focal_roles(ecosystem, parameters, "advocate")
    told = list(zip(roles.party.tolist(), roles.numbers.tolist(), strict=True)) + _referrals(ecosystem, parameters)
    for party, fact in told:
        answer[party] = 1.0
        facts.setdefault(party, []).append(fact)
    return answer, facts


def _referrals(ecosystem: Ecosystem, parameters: Parameters) -> list[tuple[int, int]]:
    """(party, fact) of who refers others: by a relationship, or a touchpoint of the kind in the period."""
    counts_as = roll_up_of(ecosystem, parameters).counts_as
    rows = {"relationships": states_of(ecosystem, "relationships", parameters), "touchpoints": touchpoints_of(ecosystem, parameters)}
    found: list[tuple[int, int]] = []
    for name, of_family in rows.items():
        facts, told = ecosystem.families[name], of_family[ecosystem.means(name, "referral")[of_family]]
        found += zip(counts_as[facts.source[told]].tolist(), (facts.first_ref + told).tolist(), strict=True)
    return found


def loyalty_points(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How many points has a customer?

    ``per_unit`` for each unit of base currency that it paid in the last ``window_days``, and those of the rule's ``events`` for each of its touchpoints
    of these kinds in that time.

    Notes
    -----
    Undefined for who never bought (``no-purchases``), and for all without a focal party (``no-focal-party``).

    Examples
    --------
    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day, amount in (("2025-03-01", 40), ("2025-12-01", 5)):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": amount, "valid_from": day,
    ...                     "valid_to": day})
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "loyalty_points").values
    {'acme': 45.0, 'firm': None}

    References
    ----------
    Dowling, G., Uncles, M., Do Customer Loyalty Programs Really Work?, Sloan Management Review 38, 1997.
    """
    present, points, never = _points(ecosystem, parameters)
    if points is None:
        return undefined_result(ecosystem, "loyalty_points", NO_FOCAL_PARTY, present=present)
    return number_result(ecosystem, "loyalty_points", points, undefined={NO_PURCHASES: never}, present=present)


def loyalty_level(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Which level has a customer reached with its points?

    The highest of the rule's ``levels`` whose points it has; ``points_missing`` and ``amount_missing`` are what it lacks to the next one (NaN at the
    highest).

    Notes
    -----
    Undefined for who never bought (``no-purchases``), and for all without a focal party (``no-focal-party``).

    Examples
    --------
    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day, amount in (("2025-03-01", 40), ("2025-12-01", 5)):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": amount, "valid_from": day,
    ...                     "valid_to": day})
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "loyalty_level").values
    {'acme': 'member', 'firm': None}

    References
    ----------
    Dowling, G., Uncles, M., Do Customer Loyalty Programs Really Work?, Sloan Management Review 38, 1997.
    """
    present, points, never = _points(ecosystem, parameters)
    if points is None:
        return undefined_result(ecosystem, "loyalty_level", NO_FOCAL_PARTY, present=present)
    rules = parameters.rules.loyalty
    names = sorted(rules.levels, key=lambda name: (rules.levels[name], name))
    least = np.array([rules.levels[name] for name in names], np.float64)
    reached = np.maximum(np.searchsorted(least, points, side="right") - 1, 0)
    missing = np.append(least, np.nan)[reached + 1] - points
    columns = {"points_missing": missing, "amount_missing": missing / rules.per_unit if rules.per_unit > 0 else np.full(len(points), np.nan)}
    texts = [names[place] for place in reached.tolist()]
    return text_result(ecosystem, "loyalty_level", texts, undefined={NO_PURCHASES: never}, present=present, columns=columns)


def _points(ecosystem: Ecosystem, parameters: Parameters) -> tuple[Mask, Floats | None, Mask]:
    """(who is a node, points, who never bought)."""
    present = roll_up_of(ecosystem, parameters).present
    purchases = purchases_of(ecosystem, parameters.with_(period=None))
    if purchases is None:
        return present, None, ~present
    rules, n = parameters.rules.loyalty, len(ecosystem.parties)
    window = Period(max(ecosystem.as_of + 1 - rules.window_days, FIRST_DAY + 1), ecosystem.as_of + 1)
    points = rules.per_unit * receipts_of(ecosystem, parameters.with_(period=(window.start, window.end), product=None)).amount
    touched = contacts_of(ecosystem, "touchpoints", parameters, window)
    worth = ecosystem.families["touchpoints"].coded("kind").looked_up(lambda kind: rules.events.get(kind, 0.0), 0.0)
    points = points + np.bincount(touched.party, worth[touched.rows], n)
    return present, points, np.isnan(purchases.net)


_UNDEFINED = "the party has no purchase (no-purchases), or there is no focal party (no-focal-party)"
LOYALTY = Metric(
    "loyalty",
    "customers",
    "How loyal is a customer?",
    "mean of what is known of regularity (quarters with a purchase), wallet (our share among competitors) and advocacy",
    _UNDEFINED,
    "customers.md, section 4",
    loyalty,
    cost="linear in the facts",
    rules=("purchases",),
    explained_by=loyalty_parts,
    default_where=anybody_buys,
)
LOYALTY_POINTS = Metric(
    "loyalty_points",
    "customers",
    "How many points has a customer?",
    "per_unit x receipts of the window + points of events",
    _UNDEFINED,
    "customers.md, section 4",
    loyalty_points,
    rules=("purchases", "loyalty"),
)
LOYALTY_LEVEL = Metric(
    "loyalty_level",
    "customers",
    "Which level has a customer reached?",
    "the highest level whose points it has",
    _UNDEFINED,
    "customers.md, section 4",
    loyalty_level,
    kind=TEXT,
    rules=("purchases", "loyalty"),
)

"""How deep the cooperation with a party is: one purchase, repeated ones, or a strategic partnership."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Longs
from graph_models.customers.buying.purchase_metrics import anybody_buys, ran_with
from graph_models.customers.buying.purchases import NO_PURCHASES, purchase_period, purchases_of
from graph_models.customers.classification import Classification, Condition
from graph_models.ecosystem.ecosystem import FACT_FAMILIES, Ecosystem
from graph_models.ecosystem.focal_facts import PartyFacts, contacts_of, focal_roles
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import roll_up_of
from graph_models.metrics.result import NO_FOCAL_PARTY, TEXT, Metric, MetricResult
from graph_models.records.dates import Period

PARTNER, REPEAT, TRANSACTIONAL = "strategic_partner", "repeat", "transactional"


def depth(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How deep is the cooperation with a party?

    The first that holds: ``strategic_partner``: a partnership or the role of a partner, or enough purchase days, days since the first, and families
    of facts; ``repeat``: enough purchase days and days since the first; ``transactional``: one purchase day.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``period roll_up hypotheses in_return_for``, as ``recency_days``; rules ``depth``, ``purchases``.

    Returns
    -------
    MetricResult
        Texts ``transactional repeat strategic_partner``.

    Notes
    -----
    Undefined where none holds (``no-purchases``), and for all without a focal party (``no-focal-party``).

    Examples
    --------
    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day, amount in (("2025-03-01", 40), ("2025-12-01", 5)):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": amount, "valid_from": day,
    ...                     "valid_to": day})
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "depth").values
    {'acme': 'transactional', 'firm': None}

    References
    ----------
    Dwyer, F. R., Schurr, P., Oh, S., Developing Buyer-Seller Relationships, Journal of Marketing 51, 1987.
    """
    return depth_classes(ecosystem, parameters).result(ecosystem, "depth")


def depth_classes(ecosystem: Ecosystem, parameters: Parameters) -> Classification:
    """The conditions of :func:`depth`."""
    purchases = purchases_of(ecosystem, parameters)
    present = roll_up_of(ecosystem, parameters).present
    if purchases is None:
        return Classification((), {NO_FOCAL_PARTY: True}, present)
    rules = parameters.rules.depth
    partners, tied = focal_roles(ecosystem, parameters, "partner"), _partnerships(ecosystem, parameters)
    days = purchases.days
    tenure = np.where(days > 0, purchases.until - purchases.earliest, -1)
    period = purchase_period(ecosystem, parameters)
    families = np.sum([contacts_of(ecosystem, family, parameters, period).has(ecosystem) for family in FACT_FAMILIES], axis=0)
    joined = (days >= rules.partner_days) & (tenure >= rules.partner_tenure) & (families >= rules.partner_families)
    repeated = (days >= rules.repeat_days) & (tenure >= rules.repeat_tenure)
    counts = days.astype(np.float64)

    def partner_facts(place: int) -> Longs:
        return np.concatenate([tied.of(place), partners.of(place)])

    conditions = (
        Condition("partnership", PARTNER, tied.has(ecosystem) | partners.has(ecosystem), facts=partner_facts),
        Condition("purchase_days_of_partner", PARTNER, joined, counts, float(rules.partner_days), purchases.facts_of),
        Condition("purchase_days_of_repeat", REPEAT, repeated, counts, float(rules.repeat_days), purchases.facts_of),
        Condition("purchase_day", TRANSACTIONAL, days >= 1, counts, 1.0, purchases.facts_of),
    )
    about = ran_with(ecosystem, parameters)
    return Classification(conditions, {}, present, warnings=purchases.warnings, parameters=about, otherwise=NO_PURCHASES)


def _partnerships(ecosystem: Ecosystem, parameters: Parameters) -> PartyFacts:
    """The partnerships with the focal party that hold."""
    found = contacts_of(ecosystem, "relationships", parameters, Period(ecosystem.as_of, ecosystem.as_of + 1))
    return found.where(ecosystem.means("relationships", "partnership")[found.rows])


DEPTH = Metric(
    "depth",
    "customers",
    "How deep is the cooperation with a party?",
    "the first that holds of strategic_partner (a partnership, or purchase days, tenure and families of facts), repeat (purchase days and tenure), "
    "transactional (one purchase day)",
    "none of them holds (no-purchases), or there is no focal party (no-focal-party)",
    "customers.md, section 4",
    depth,
    kind=TEXT,
    rules=("depth", "purchases"),
    explained_by=depth_classes,
    default_where=anybody_buys,
)

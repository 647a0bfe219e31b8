"""New and old customers: who never bought, bought lately for the first time, buys, or is lost."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Longs
from graph_models.customers.buying.purchase_metrics import anybody_buys, ran_with
from graph_models.customers.buying.purchases import purchase_period, purchases_of
from graph_models.customers.classification import Classification, Condition
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.focal_facts import contacts_of, focal_roles
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import roll_up_of
from graph_models.metrics.result import NO_FOCAL_PARTY, TEXT, Metric, MetricResult

NOT_A_BUYER, NO_CONTACT = "not-a-buyer", "no-contact"
FORMER, NEW, EXISTING, PROSPECT = "former", "new", "existing", "prospect"


def newness(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Is a party a prospect, a new customer, an old one, or a lost one?

    The first that holds: ``former``: all its roles that buy are in a stage that is over (lapsed, ended); ``new``: it bought on one day, or for the
    first time within the rule's ``days``; ``existing``: it bought; ``prospect``: it has a touchpoint with the focal party or a role in a first stage.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``period roll_up hypotheses in_return_for``, as ``recency_days``; rules ``newness``, ``purchases``.

    Returns
    -------
    MetricResult
        Texts ``former new existing prospect``.

    Notes
    -----
    Asked of parties that have a role that buys or that a competitor's customer has, or no role at all; others are undefined (``not-a-buyer``), as
    are those without any contact (``no-contact``) and, for all, a missing focal party (``no-focal-party``).

    Examples
    --------
    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day, amount in (("2025-03-01", 40), ("2025-12-01", 5)):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": amount, "valid_from": day,
    ...                     "valid_to": day})
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "newness").values
    {'acme': 'existing', 'firm': None}

    References
    ----------
    Blattberg, R., Kim, B.-D., Neslin, S., Database Marketing, 2008, chapters 20 and 24 (acquiring and winning back customers).
    """
    return newness_classes(ecosystem, parameters).result(ecosystem, "newness")


def newness_classes(ecosystem: Ecosystem, parameters: Parameters) -> Classification:
    """The conditions of :func:`newness`."""
    purchases = purchases_of(ecosystem, parameters)
    present = roll_up_of(ecosystem, parameters).present
    if purchases is None:
        return Classification((), {NO_FOCAL_PARTY: True}, present)
    every, kinds = focal_roles(ecosystem, parameters), ecosystem.vocabulary.roles
    buys = ecosystem.families["roles"].coded("kind").flags(lambda kind: kind in kinds and kinds[kind].buys)[every.rows]
    buying = every.where(buys)
    stages = ecosystem.vocabulary.stages
    stage = ecosystem.families["roles"].coded("stage")
    first_stages = {stage.id for stage in stages.values() if not stage.under_way and not stage.after_any}
    over = stage.flags(lambda name: name in stages and not stages[name].under_way and stages[name].after_any)
    bought = ~np.isnan(purchases.net)
    since = np.where(purchases.days > 0, purchases.until - purchases.earliest, np.nan)
    touched = contacts_of(ecosystem, "touchpoints", parameters, purchase_period(ecosystem, parameters))
    met = np.bincount(touched.party, minlength=len(bought)).astype(np.float64)
    hoped = every.where(stage.flags(first_stages.__contains__)[every.rows]).has(ecosystem)
    days = parameters.rules.newness.days
    may_buy = every.where(buys | ecosystem.means("roles", "competitor_customer")[every.rows])
    asked = may_buy.has(ecosystem) | ~every.has(ecosystem)

    def contacts(place: int) -> Longs:
        return np.concatenate([touched.of(place), every.of(place)])

    conditions = (
        Condition("stage_over", FORMER, buying.has(ecosystem) & ~buying.where(~over[buying.rows]).has(ecosystem), facts=buying.of),
        Condition("one_purchase_day", NEW, purchases.days == 1, purchases.days.astype(np.float64), 1.0, purchases.facts_of),
        Condition("days_since_first_purchase", NEW, since <= days, since, float(days), purchases.facts_of),
        Condition("purchases", EXISTING, bought, purchases.net, facts=purchases.facts_of),
        Condition("contacts", PROSPECT, (met > 0) | hoped, met, facts=contacts),
    )
    about = ran_with(ecosystem, parameters)
    return Classification(conditions, {NOT_A_BUYER: ~asked}, present, warnings=purchases.warnings, parameters=about, otherwise=NO_CONTACT)


NEWNESS = Metric(
    "newness",
    "customers",
    "Is a party a prospect, a new customer, an old one, or a lost one?",
    "the first that holds of former (stage over), new (one purchase day, or the first within the rule's days), existing (bought), prospect (contact)",
    "the party has a role that does not buy (not-a-buyer), there is no contact with it (no-contact), or there is no focal party (no-focal-party)",
    "customers.md, section 4",
    newness,
    kind=TEXT,
    rules=("newness", "purchases"),
    explained_by=newness_classes,
    default_where=anybody_buys,
)

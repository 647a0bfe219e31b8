"""Whom the focal party deals with in the open, who matters unseen, and who belongs to it."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Longs, Mask
from graph_models.customers.buying.purchase_metrics import anybody_buys
from graph_models.customers.classification import Classification, Condition
from graph_models.customers.tiers import receipt_facts, receipts_of
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.focal_facts import focal_roles
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, related, roll_up_of
from graph_models.metrics.result import FOCAL_PARTY, NO_FOCAL_PARTY, TEXT, Metric, MetricResult
from graph_models.metrics.value.end_customers import implicit

EXPLICIT, IMPLICIT, NONE = "explicit", "implicit", "none"
INTERNAL, EXTERNAL = "internal", "external"


def visibility(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Is a party a customer in the open, one unseen, or none?

    ``explicit``: it pays the focal party in the period (``Z_fi > 0``); ``implicit``: the metric ``implicit`` is 1; ``none`` otherwise.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``period roll_up hypotheses basis`` and what ``implicit`` takes.

    Returns
    -------
    MetricResult
        Texts ``explicit implicit none``.

    Notes
    -----
    Undefined for the focal party itself (``focal-party``), and for all without one (``no-focal-party``).

    Examples
    --------
    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day, amount in (("2025-03-01", 40), ("2025-12-01", 5)):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": amount, "valid_from": day,
    ...                     "valid_to": day})
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "visibility").values
    {'acme': 'explicit', 'firm': None}

    References
    ----------
    Mitchell, R., Agle, B., Wood, D., Toward a Theory of Stakeholder Identification and Salience, Academy of Management Review 22, 1997.
    """
    return visibility_classes(ecosystem, parameters).result(ecosystem, "visibility")


def visibility_classes(ecosystem: Ecosystem, parameters: Parameters) -> Classification:
    """The conditions of :func:`visibility`."""
    present, focal = roll_up_of(ecosystem, parameters).present, focal_of(ecosystem, parameters)
    if focal is None:
        return Classification((), {NO_FOCAL_PARTY: True}, present)
    receipts, unseen = receipts_of(ecosystem, parameters), implicit(ecosystem, parameters)
    conditions = (
        Condition("receipts", EXPLICIT, receipts.amount > 0, receipts.amount, 0.0, lambda place: receipt_facts(ecosystem, parameters, receipts, place)),
        Condition("implicit", IMPLICIT, np.nan_to_num(unseen.array) == 1, unseen.array, 1.0),
        Condition("otherwise", NONE, np.ones(len(present), bool)),
    )
    return Classification(conditions, {FOCAL_PARTY: np.arange(len(present)) == focal}, present, warnings=tuple(unseen.warnings))


def side(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Does a party belong to the focal party, or does it meet it from outside?

    ``internal``: it is part of the focal party over any number of steps, or it has roles toward it and all of them are of the internal side;
    ``external`` otherwise. It speaks of the record and not of the graph, so units have it too, rolled up or not.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``hypotheses``.

    Returns
    -------
    MetricResult
        Texts ``internal external``.

    Notes
    -----
    Undefined for the focal party itself (``focal-party``), and for all without one (``no-focal-party``).

    Examples
    --------
    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "side").values
    {'acme': 'external', 'firm': None}

    References
    ----------
    Freeman, R. E., Strategic Management: A Stakeholder Approach, 1984.
    """
    return side_classes(ecosystem, parameters).result(ecosystem, "side")


def side_classes(ecosystem: Ecosystem, parameters: Parameters) -> Classification:
    """The conditions of :func:`side`."""
    if ecosystem.focal is None:
        return Classification((), {NO_FOCAL_PARTY: True})
    roles = focal_roles(ecosystem, parameters, units=True)
    kinds, coded = ecosystem.vocabulary.roles, ecosystem.families["roles"].coded("kind")
    outside = ~coded.flags(lambda kind: kind in kinds and kinds[kind].side == "internal")[roles.rows]
    belongs, through = _parts(ecosystem, parameters, ecosystem.focal)

    def parts(place: int) -> list[int]:
        return [int(through[place])] if belongs[place] else []

    conditions = (
        Condition("part_of", INTERNAL, belongs, facts=parts),
        Condition("all_roles_internal", INTERNAL, roles.has(ecosystem) & ~roles.where(outside).has(ecosystem), facts=roles.of),
        Condition("otherwise", EXTERNAL, np.ones(len(belongs), bool), facts=roles.of),
    )
    return Classification(conditions, {FOCAL_PARTY: np.arange(len(belongs)) == ecosystem.focal})


def _parts(ecosystem: Ecosystem, parameters: Parameters, focal: int) -> tuple[Mask, Longs]:
    """Who is part of the focal party over any number of steps, and the number of the fact that says its own step."""
    source, target, rows = related(ecosystem, parameters, "part")
    numbers = ecosystem.families["relationships"].first_ref + rows
    belongs, through = np.zeros(len(ecosystem.parties), bool), np.zeros(len(ecosystem.parties), np.int64)
    found = np.array([focal])
    while len(found):
        there = np.isin(target, found) & ~belongs[source] & (source != focal)
        through[source[there]] = numbers[there]
        found = np.unique(source[there])
        belongs[found] = True
    return belongs, through


_NO_FOCAL = "for the focal party itself (focal-party), or there is no focal party (no-focal-party)"
VISIBILITY = Metric(
    "visibility",
    "customers",
    "Is a party a customer in the open, one unseen, or none?",
    "explicit: it pays the focal party; implicit: the metric implicit is 1; none otherwise",
    _NO_FOCAL,
    "customers.md, section 1",
    visibility,
    cost="that of implicit",
    kind=TEXT,
    explained_by=visibility_classes,
    default_where=anybody_buys,
)
SIDE = Metric(
    "side",
    "customers",
    "Does a party belong to the focal party, or does it meet it from outside?",
    "internal: part of the focal party over any number of steps, or all its roles toward it are internal; external otherwise",
    _NO_FOCAL,
    "customers.md, section 1",
    side,
    cost="linear in roles and relationships",
    kind=TEXT,
    explained_by=side_classes,
    default_where=anybody_buys,
)

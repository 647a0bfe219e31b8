"""Key and ordinary customers: as people say, else by what they pay and how much they matter."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

import numpy as np

from graph_models.arrays.ranking import ranks, rounded
from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.customers.buying.purchase_metrics import anybody_buys
from graph_models.customers.classification import Classification, Condition
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.focal_facts import focal_roles
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.flows.deliveries import deliveries_of
from graph_models.metrics.result import NO_FOCAL_PARTY, TEXT, Metric, MetricResult
from graph_models.scores.scores import SCORES, values_of

KEY, ORDINARY = "key", "ordinary"
STATED, COMPUTED = "stated", "computed"


class Receipts(NamedTuple):
    """What each party paid the focal party in the period, by the basis, in base currency, and the facts behind it."""

    amount: Floats
    pair: Longs
    """Per party its place among the pairs of ``Deliveries``; -1 where it paid nothing."""

    @property
    def share(self) -> Floats:
        """Of all receipts; 0 where there are none."""
        total = self.amount.sum()
        return self.amount / total if total > 0 else self.amount


def receipts_of(ecosystem: Ecosystem, parameters: Parameters) -> Receipts:
    """The receipts of the focal party, by payer. The focal party must be there."""
    focal = focal_of(ecosystem, parameters)
    deliveries = deliveries_of(ecosystem, parameters)
    pairs = np.flatnonzero((deliveries.source == focal) & (deliveries.target != focal))
    n = len(ecosystem.parties)
    amount, pair = np.zeros(n), np.full(n, -1, np.int64)
    amount[deliveries.target[pairs]], pair[deliveries.target[pairs]] = deliveries.value[pairs], pairs
    return Receipts(amount, pair)


def receipt_facts(ecosystem: Ecosystem, parameters: Parameters, receipts: Receipts, place: int) -> Longs:
    """The numbers of the flows behind what a party paid."""
    deliveries, pair = deliveries_of(ecosystem, parameters), receipts.pair[place]
    if pair < 0:
        return np.zeros(0, np.int64)
    flows = deliveries.flows[deliveries.first[pair] : deliveries.first[pair + 1]]
    return ecosystem.families["value_flows"].first_ref + deliveries.traded.rows[flows]


def tier(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Is a party a key account?

    As the newest valid role toward the focal party states it; else ``key`` where its share of the receipts is at least ``key_share``, or it is in the
    smallest set that makes ``key_set`` of them and in the top ``key_top`` of those who pay, or one of the scores is at least ``key_score`` of its
    maximum; else ``ordinary``.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``period roll_up hypotheses basis`` and what both scores take; rules ``tiers``.

    Returns
    -------
    MetricResult
        Texts: a level as stated, ``key``, or ``ordinary``; ``origin`` says ``stated`` or ``computed``.

    Notes
    -----
    Undefined for all without a focal party (``no-focal-party``). The set that makes 80 % alone would make 900 of the 2,349 buyers of CDNOW key.

    Examples
    --------
    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> for day, amount in (("2025-03-01", 40), ("2025-12-01", 5)):
    ...     records.append({"type": "value_flow", "id": day, "source": "acme", "target": "firm", "kind": "money", "amount": amount, "valid_from": day,
    ...                     "valid_to": day})
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "tier").values
    {'acme': 'key', 'firm': 'ordinary'}

    References
    ----------
    Zeithaml, V., Rust, R., Lemon, K., The Customer Pyramid, California Management Review 43, 2001.
    """
    return tier_classes(ecosystem, parameters).result(ecosystem, "tier")


def tier_classes(ecosystem: Ecosystem, parameters: Parameters) -> Classification:
    """The conditions of :func:`tier`: one a stated level, then the computed ones."""
    present = roll_up_of(ecosystem, parameters).present
    if focal_of(ecosystem, parameters) is None:
        return Classification((), {NO_FOCAL_PARTY: True}, present)
    rules, n = parameters.rules.tiers, len(ecosystem.parties)
    stated = _stated(ecosystem, parameters)
    receipts = receipts_of(ecosystem, parameters)
    share = receipts.share

    def paid(place: int) -> Longs:
        return receipt_facts(ecosystem, parameters, receipts, place)

    parts = {score: _part_of_most(values_of(ecosystem, parameters, score)) for score in SCORES}
    before, rank = _before(receipts.amount)
    payers = int((receipts.amount > 0).sum())
    in_set = (receipts.amount > 0) & (rounded(before) < rules.key_set) & (rank <= ceil(rules.key_top * payers))
    conditions = (
        *stated.conditions,
        Condition("receipts_share", KEY, (share > 0) & (rounded(share) >= rules.key_share), share, rules.key_share, paid),
        Condition("receipts_share_before", KEY, in_set, np.where(receipts.amount > 0, before, np.nan), rules.key_set, paid),
        *(Condition(f"{score}_of_most", KEY, np.nan_to_num(part) >= rules.key_score, part, rules.key_score) for score, part in parts.items()),
        Condition("otherwise", ORDINARY, np.ones(n, bool)),
    )
    origin = np.where(stated.known, STATED, COMPUTED).tolist()
    return Classification(conditions, {}, present, origin, deliveries_of(ecosystem, parameters).warnings)


class _Stated(NamedTuple):
    conditions: tuple[Condition, ...]
    known: Mask


def _stated(ecosystem: Ecosystem, parameters: Parameters) -> _Stated:
    """One condition a level that some role states; of several roles of a party the newest counts, of those the first by id."""
    facts, n = ecosystem.families["roles"], len(ecosystem.parties)
    roles, levels = focal_roles(ecosystem, parameters), facts.coded("tier")
    named = levels.codes[roles.rows] >= 0
    party, rows = roles.party[named], roles.rows[named]
    order = np.lexsort((-rows, facts.start[rows]))  # of a party the last one stays
    newest = np.full(n, -1, np.int64)
    newest[party[order]] = rows[order]
    code = np.where(newest >= 0, levels.codes[newest], -1) if len(facts) else np.full(n, -1, np.int64)

    def role(place: int) -> list[int]:
        return [facts.first_ref + int(newest[place])] if newest[place] >= 0 else []

    conditions = tuple(
        Condition(f"stated:{levels.texts[level]}", levels.texts[level], code == level, facts=role) for level in np.unique(code[code >= 0]).tolist()
    )
    return _Stated(conditions, code >= 0)


def _part_of_most(values: Floats) -> Floats:
    """Each score as a part of the largest; NaN where there is none."""
    most = np.nanmax(values) if not np.isnan(values).all() else 0.0
    return values / most if most > 0 else np.full(len(values), np.nan)


def _before(amount: Floats) -> tuple[Floats, Longs]:
    """Per party the share of the receipts of those who pay more, and its rank among those who pay; equal amounts share both."""
    rank = ranks(amount, amount > 0)
    total = amount.sum()
    order = np.argsort(-amount, kind="stable")
    paid_before = np.concatenate([np.zeros(1), np.cumsum(amount[order])])
    before = paid_before[np.maximum(rank - 1, 0)] / total if total > 0 else np.zeros(len(amount))
    return before, rank


TIER = Metric(
    "tier",
    "customers",
    "Is a party a key account?",
    "as a valid role states it, else key by share of receipts, by the set that makes most of them within the top fifth, or by a score; else ordinary",
    "there is no focal party (no-focal-party)",
    "customers.md, section 4",
    tier,
    cost="that of both scores",
    kind=TEXT,
    rules=("tiers",),
    explained_by=tier_classes,
    default_where=anybody_buys,
)

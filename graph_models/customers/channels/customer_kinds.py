"""End customer, channel, processor, or several of them: what a party does with what it buys (customers.md section 1)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.customers.buying.purchase_metrics import anybody_buys
from graph_models.customers.buying.purchases import NO_PURCHASES
from graph_models.customers.channels.product_chain import ProductChain, product_chain_of
from graph_models.customers.channels.stated_purposes import StatedPurposes, stated_purposes
from graph_models.customers.classification import Classification, Condition
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.ecosystem.rules import Kinds
from graph_models.metrics.result import FOCAL_PARTY, NO_FOCAL_PARTY, TEXT, Metric, MetricResult

KINDS = ("end", "channel", "processor", "both")
END, CHANNEL, PROCESSOR, BOTH = range(len(KINDS))
SHARES = ("resale", "own_use", "transformation", "unattributed")
RESALE, OWN_USE, TRANSFORMATION, UNATTRIBUTED = range(len(SHARES))


class CustomerShares(NamedTuple):
    """What becomes of what each party bought of each product. Arrays run along the keys of the product chain."""

    made_of: ProductChain
    shares: Floats
    """One row for each of ``SHARES``; each column sums to 1."""
    kind: Longs
    """Codes of ``KINDS``."""
    listed: Mask
    """Is it a customer of the product: does some of the focal party's output come there, or is enough use shown?"""
    purposes: StatedPurposes
    conflict: np.ndarray[tuple[int], np.dtype[np.object_]]
    """A code where what is stated and what is recorded differ, else ``None``."""

    @property
    def used_part(self) -> Floats:
        """Per key the part of what ends there that is used or transformed; the rest is unattributed."""
        used = self.shares[OWN_USE] + self.shares[TRANSFORMATION]
        return np.asarray(np.divide(used, used + self.shares[UNATTRIBUTED], out=np.zeros(len(used)), where=used > 0), np.float64)


def customer_shares(ecosystem: Ecosystem, parameters: Parameters) -> CustomerShares:
    """The shares and kinds of all customers, product by product; made once for the same parameters."""
    return ecosystem.kept(("customer_shares", parameters.given_key()), lambda: _made(ecosystem, parameters, parameters.rules.kinds))


def _made(ecosystem: Ecosystem, parameters: Parameters, rules: Kinds) -> CustomerShares:
    chain = product_chain_of(ecosystem, parameters)
    purposes = stated_purposes(ecosystem, parameters, chain.keys, chain.products)
    passed_on = np.where(chain.sold > 0, chain.passed_on, 0.0)
    rest = 1.0 - passed_on
    uses, transforms, resells = purposes.own_use, purposes.transformation, purposes.resale
    several = uses & transforms
    unstated = ~uses & ~transforms
    found_use = unstated & ~resells & ((passed_on == 0) | (chain.confidence_of_use > 0))
    shares = np.zeros((len(SHARES), len(rest)))
    shares[RESALE] = passed_on
    shares[OWN_USE] = np.where(several, rest / 2, np.where(uses | found_use, rest, 0.0))
    shares[TRANSFORMATION] = np.where(several, rest / 2, np.where(transforms, rest, 0.0))
    shares[UNATTRIBUTED] = np.where(unstated & ~found_use, rest, 0.0)
    kind = np.full(len(rest), BOTH, np.int64)
    kind[shares[TRANSFORMATION] >= rules.share] = PROCESSOR
    kind[shares[OWN_USE] >= rules.share] = END
    kind[shares[RESALE] + np.where(resells, shares[UNATTRIBUTED], 0.0) >= rules.share] = CHANNEL
    conflict = np.full(len(rest), None, object)
    bought = chain.bought > 0
    conflict[resells & bought & (passed_on == 0)] = "resale-stated-none-sold"
    conflict[uses & ~resells & (passed_on > rules.conflict)] = "own-use-stated-but-sold"
    buys = (chain.received > 0) & bought & ~chain.is_focal
    of_any_product = (chain.keys.product < 0) & np.isin(chain.keys.party, chain.keys.party[buys])  # its use of what it buys, not of something else
    listed = buys | ((chain.confidence_of_use >= rules.min_use) & ~chain.is_focal & ~of_any_product)
    return CustomerShares(chain, shares, kind, listed, purposes, conflict)


def customer_kind(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Is a party an end customer, a channel, a processor, or several of them?

    Product by product: ``s = min(1, sold / bought)`` of what it buys is ``resale``; the rest goes by the purposes that its roles state, else it is
    own use where nothing is sold on or use is shown, else nobody knows (``unattributed``). ``channel``, ``end`` and ``processor`` are at least the
    rule's ``share`` of it; over several products the one kind, or ``both``.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``period product roll_up hypotheses basis in_return_for``; rules ``kinds``.

    Returns
    -------
    MetricResult
        Texts ``end channel processor both``.

    Notes
    -----
    Asked of those whom the focal party's output reaches, or whose touchpoints show use (the rule's ``min_use``); others are undefined
    (``no-purchases``), as is the focal party itself (``focal-party``) and all without one (``no-focal-party``).

    Examples
    --------
    >>> from graph_models import compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("family", "firm", "shop")]
    >>> for supplier, customer, amount in (("firm", "shop", 60), ("shop", "family", 70)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> compute(Ecosystem.from_records(records, "firm", "2025-12-31"), "customer_kind").values
    {'family': 'end', 'firm': None, 'shop': 'channel'}

    References
    ----------
    Miller, R., Blair, P., Input-Output Analysis, 2009, chapter 2 (intermediate and final demand).
    """
    return customer_classes(ecosystem, parameters).result(ecosystem, "customer_kind")


def customer_classes(ecosystem: Ecosystem, parameters: Parameters) -> Classification:
    """The conditions of :func:`customer_kind`."""
    present, focal = roll_up_of(ecosystem, parameters).present, focal_of(ecosystem, parameters)
    if focal is None:
        return Classification((), {NO_FOCAL_PARTY: True}, present)
    found = customer_shares(ecosystem, parameters)
    keys, n = found.made_of.keys, len(present)
    party = keys.party[found.listed]
    count = np.bincount(party, minlength=n)
    amount = found.made_of.chain.purchases[found.made_of.chain.lots.node]

    def facts(place: int) -> Longs:
        return np.concatenate([purchase_facts(ecosystem, found.made_of, key) for key in found.made_of.keys_of(place).tolist() if found.listed[key]])

    def all_are(kind: int) -> Mask:
        return np.asarray((count > 0) & (np.bincount(party[found.kind[found.listed] == kind], minlength=n) == count), bool)

    def mean(row: int) -> Floats:
        weight = np.maximum(amount[found.listed], np.finfo(float).tiny)
        total = np.bincount(party, weight, n)
        summed = np.bincount(party, weight * found.shares[row][found.listed], n)
        return np.asarray(np.divide(summed, total, out=np.full(n, np.nan), where=total > 0), np.float64)

    least = parameters.rules.kinds.share
    conditions = (
        Condition("resale", KINDS[CHANNEL], all_are(CHANNEL), mean(RESALE), least, facts),
        Condition("own_use", KINDS[END], all_are(END), mean(OWN_USE), least, facts),
        Condition("transformation", KINDS[PROCESSOR], all_are(PROCESSOR), mean(TRANSFORMATION), least, facts),
        Condition("several", KINDS[BOTH], count > 0, count.astype(np.float64), facts=facts),
    )
    itself = {FOCAL_PARTY: np.arange(n) == focal}
    return Classification(conditions, itself, present, warnings=found.made_of.chain.warnings, otherwise=NO_PURCHASES)


def purchase_facts(ecosystem: Ecosystem, chain: ProductChain, key: int) -> Longs:
    """The numbers of the flows by which a party bought a product, and of the touchpoints that show that it uses it."""
    party, product = int(chain.keys.party[key]), int(chain.keys.product[key])
    deliveries, pairs = chain.chain.deliveries, chain.pairs_to(party)
    flows = [deliveries.flows[deliveries.first[pair] : deliveries.first[pair + 1]] for pair in pairs.tolist()]
    places = np.concatenate(flows) if flows else np.zeros(0, np.int64)
    places = places[deliveries.traded.product[places] == product]
    bought = ecosystem.families["value_flows"].first_ref + deliveries.traded.rows[places]
    return np.concatenate([bought, use_facts(chain, party, product)])


def use_facts(chain: ProductChain, party: int, product: int) -> Longs:
    """The numbers of the touchpoints that show that a party uses a product."""
    use = chain.use
    (item,) = np.nonzero((use.party == party) & (use.product == product)) if len(use.party) else (np.zeros(0, np.int64),)
    return use.facts[use.first[item[0]] : use.first[item[0] + 1]] if len(item) else np.zeros(0, np.int64)


CUSTOMER_KIND = Metric(
    "customer_kind",
    "customers",
    "Is a party an end customer, a channel, a processor, or several of them?",
    "s = min(1, sold / bought) is resale, the rest goes by stated purposes or shown use; the kind with at least the rule's share, over all products",
    "nothing of the focal party's output reaches the party and no use is shown (no-purchases), for the focal party itself (focal-party), or there is "
    "no focal party (no-focal-party)",
    "customers.md, section 1",
    customer_kind,
    cost="one sparse solve",
    kind=TEXT,
    rules=("kinds",),
    explained_by=customer_classes,
    default_where=anybody_buys,
)

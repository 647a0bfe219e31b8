"""Tiers: what a party's output takes from its suppliers, from their suppliers, and so on."""

from __future__ import annotations

from typing import Any

import numpy as np

from graph_models.arrays.ranking import largest_first
from graph_models.arrays.types import Floats
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.errors import InvalidInput
from graph_models.flows.value_chain import ValueChain, value_chain_of
from graph_models.metrics.focal import asked_party
from graph_models.metrics.value.end_customers import no_chain_of
from graph_models.metrics.value.lot_shares import LotShares

__all__ = ["tiers_view"]

DEFAULT_TIERS, MOST_TIERS = 4, 100


def tiers_view(ecosystem: Ecosystem, parameters: Parameters, *, party: str | None = None, max_tier: int | None = None) -> dict[str, Any]:
    """On whom does what a party (default: the focal one) delivers draw, in which tier?

    Tier k: ``(A^k)_uf``, what one unit of output takes from u over chains of k deliveries. ``total`` over all tiers: ``L_uf - [u = f]``.

    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "mine", "smelter")]
    >>> for supplier, customer, amount in (("mine", "smelter", 30), ("smelter", "firm", 60)):
    ...     records.append({"type": "value_flow", "id": supplier, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> tiers_view(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS)["items"]
    [{'tier': 1, 'party_id': 'smelter', 'requirement': 1.0}, {'tier': 2, 'party_id': 'mine', 'requirement': 0.5}]

    References
    ----------
    Miller, R., Blair, P., Input-Output Analysis, 2nd edition, Cambridge University Press, 2009, section 2.4 (round-by-round effects).
    """
    count = max_tier if max_tier is not None else parameters.max_tier if parameters.max_tier is not None else DEFAULT_TIERS
    if not 1 <= count <= MOST_TIERS:
        raise InvalidInput.of("out-of-range", f"max_tier is in [1, {MOST_TIERS}], not {count}", "max_tier")
    place, party_id, reason = asked_party(ecosystem, parameters, party)
    chain = value_chain_of(ecosystem, parameters)
    answer: dict[str, Any] = {"party_id": party_id, "items": [], "total": []}
    if place is not None:
        reason = no_chain_of(chain, place)
    if place is None or reason:
        return answer | {"reason": reason, "warnings": [warning._asdict() for warning in chain.warnings]}
    lots = LotShares(ecosystem, chain)
    items = [{"tier": tier} | item for tier, required in enumerate(chain.tiers(place, count), 1) for item in _listed(ecosystem, chain, lots, required)]
    total = np.asarray(chain.a @ np.nan_to_num(chain.taken_from(place)))  # (L - I) of the party's lots, without a difference
    return answer | {"items": items, "total": _listed(ecosystem, chain, lots, total), "warnings": [warning._asdict() for warning in chain.warnings]}


def _listed(ecosystem: Ecosystem, chain: ValueChain, lots: LotShares, required: Floats) -> list[dict[str, Any]]:
    by_party = chain.total(required)
    return [
        {"party_id": ecosystem.parties[place], "requirement": float(by_party[place])} | lots.of(place, required, "requirement")
        for place in largest_first(by_party)
    ]

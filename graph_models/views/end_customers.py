"""Where the output of a party ends, as a view: by party, industry or region, with what cannot be attributed."""

from __future__ import annotations

from typing import Any

import numpy as np

from graph_models.arrays.ranking import largest_first, rounded
from graph_models.arrays.types import Floats
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.errors import InvalidInput
from graph_models.flows.value_chain import value_chain_of
from graph_models.metrics.focal import asked_party
from graph_models.metrics.value.end_customers import no_chain_of
from graph_models.metrics.value.lot_shares import LotShares

GROUPINGS = ("party", "industry", "region")


def sinks_view(ecosystem: Ecosystem, parameters: Parameters, *, party: str | None = None, product: str | None = None, by: str = "party") -> dict[str, Any]:
    """Where does what a party (default: the focal one) delivers end, by end customer, industry or region?

    ``share`` of its output, ``amount`` = share x output in base currency; ``unattributed``: what ends with parties that do not use it, and with whom.

    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("family", "firm", "shop")]
    >>> for supplier, customer, amount in (("firm", "shop", 60), ("shop", "family", 45)):
    ...     records.append({"type": "value_flow", "id": supplier + customer, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> answer = sinks_view(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS)
    >>> answer["items"], answer["unattributed"]
    ([{'party_id': 'family', 'name': 'family', 'share': 0.75, 'amount': 45.0}], {'share': 0.25, 'through': [{'party_id': 'shop', 'share': 0.25}]})
    """
    if by not in GROUPINGS:
        raise InvalidInput.of("out-of-range", f"by is one of {', '.join(GROUPINGS)}", "by")
    parameters = parameters if product is None else parameters.with_(product=product)
    place, party_id, reason = asked_party(ecosystem, parameters, party)
    chain = value_chain_of(ecosystem, parameters)
    answer: dict[str, Any] = {"party_id": party_id, "by": by, "items": [], "unattributed": {"share": None, "through": []}}
    if place is not None:
        reason = no_chain_of(chain, place)
    if place is None or reason:
        return answer | {"reason": reason, "warnings": [warning._asdict() for warning in chain.warnings]}
    through = chain.received_by(place)
    used, lost, output = through * chain.used, through * chain.unattributed, chain.output(place)
    by_party, left_with, lots = chain.total(used), chain.total(lost), LotShares(ecosystem, chain)
    items = [
        {"party_id": ecosystem.parties[i], "name": ecosystem.names[i], "share": float(by_party[i]), "amount": float(by_party[i]) * output}
        | lots.of(i, used, "share")
        for i in largest_first(by_party)
    ]
    passed = [{"party_id": ecosystem.parties[i], "share": float(left_with[i])} | lots.of(i, lost, "share") for i in largest_first(left_with)]
    grouped = items if by == "party" else _grouped(ecosystem, by_party, output, by)
    left = {"share": float(lost.sum()), "through": passed}
    return answer | {"items": grouped, "unattributed": left, "output": output, "warnings": [warning._asdict() for warning in chain.warnings]}


def _grouped(ecosystem: Ecosystem, used: Floats, output: float, by: str) -> list[dict[str, Any]]:
    """End customers by industry (``scheme:code``) or region; key null for those of whom it is not known."""
    groups: dict[str | None, list[int]] = {}
    for place in largest_first(used):
        value = ecosystem.details[place].get(by)
        groups.setdefault(f"{value['scheme']}:{value['code']}" if isinstance(value, dict) else value, []).append(place)
    items = [
        {"key": key, "share": (share := float(used[places].sum())), "amount": share * output, "parties": [ecosystem.parties[place] for place in places]}
        for key, places in groups.items()
    ]
    return sorted(items, key=lambda item: (-float(rounded(np.array([item["share"]]))[0]), item["key"] is None, item["key"] or ""))

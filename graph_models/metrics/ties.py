"""Ties: who is tied to a party, all that is between the two taken together, strongest first."""

from __future__ import annotations

from typing import Any

from graph_models.ecosystem import Ecosystem
from graph_models.graphs import graph_of
from graph_models.metrics.asked_party import asked_party
from graph_models.parameters import Parameters

__all__ = ["ties_view"]


def ties_view(ecosystem: Ecosystem, parameters: Parameters, *, party: str | None = None, limit: int = 100) -> dict[str, Any]:
    """With whom does a party (default: the focal one) have the strongest ties?

    The weight is that of the graph ``tie``: every relationship, role and value flow between the two, without direction, from 0 to 1. Equal ones come
    in the order of their ids.

    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> records.append({"type": "relationship", "id": "t", "source": "acme", "target": "firm", "kind": "knows", "strength": 0.5})
    >>> from graph_models.parameters import DEFAULTS
    >>> ties_view(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS)["items"]
    [{'party_id': 'acme', 'name': 'acme', 'tie': 0.75}]
    """
    place, party_id, reason = asked_party(ecosystem, parameters, party)
    if place is None:
        return {"party_id": party_id, "items": [], "total": 0, "truncated": None, "reason": reason}
    matrix = graph_of(ecosystem, "tie", parameters).matrix()
    first, last = int(matrix.indptr[place]), int(matrix.indptr[place + 1])
    tied = [(-weight, other) for other, weight in zip(matrix.indices[first:last].tolist(), matrix.data[first:last].tolist(), strict=True) if other != place]
    shown = sorted(tied)[:limit]
    items = [{"party_id": ecosystem.parties[other], "name": ecosystem.names[other], "tie": -weight} for weight, other in shown]
    left_out = len(tied) - len(shown)
    truncated = {"shown": len(shown), "left_out": left_out, "why": "limit"} if left_out else None
    return {"party_id": party_id, "items": items, "total": len(tied), "truncated": truncated}

"""Ties: who is tied to a party, all that is between the two taken together, strongest first."""

from __future__ import annotations

from typing import Any

import numpy as np

from graph_models.arrays.ranking import rounded
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.graphs.graph_types import graph_of
from graph_models.metrics.focal import asked_party

__all__ = ["ties_view"]


def ties_view(ecosystem: Ecosystem, parameters: Parameters, *, party: str | None = None, limit: int = 100) -> dict[str, Any]:
    """With whom does a party (default: the focal one) have the strongest ties?

    The weight is that of the graph ``tie``: every relationship, role and value flow between the two, without direction, from 0 to 1. Of equal ones
    those with more facts between the two come first, then the order of ids.

    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> records.append({"type": "relationship", "id": "t", "source": "acme", "target": "firm", "kind": "knows", "strength": 0.5})
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> ties_view(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS)["items"]
    [{'party_id': 'acme', 'name': 'acme', 'tie': 0.75, 'facts': 1}]
    """
    place, party_id, reason = asked_party(ecosystem, parameters, party)
    if place is None:
        return {"party_id": party_id, "items": [], "total": 0, "truncated": None, "reason": reason}
    graph = graph_of(ecosystem, "tie", parameters)
    edges = np.flatnonzero((graph.source == place) & (graph.target != place))
    weight = rounded(graph.weight[edges])
    order = np.argsort(-weight, kind="stable")
    if len(order) > limit:  # facts are counted for those only that may be shown
        order = order[weight[order] >= weight[order[limit - 1]]]
    counts = {int(at): len(graph.edge_facts(int(edges[at]))) for at in order}
    shown = sorted(counts, key=lambda at: (-weight[at], -counts[at], at))[:limit]
    items = [_item(ecosystem, int(graph.target[edges[at]]), float(graph.weight[edges[at]]), counts[at]) for at in shown]
    left_out = len(edges) - len(shown)
    truncated = {"shown": len(shown), "left_out": left_out, "why": "limit"} if left_out else None
    return {"party_id": party_id, "items": items, "total": len(edges), "truncated": truncated}


def _item(ecosystem: Ecosystem, other: int, tie: float, facts: int) -> dict[str, Any]:
    return {"party_id": ecosystem.parties[other], "name": ecosystem.names[other], "tie": tie, "facts": facts}

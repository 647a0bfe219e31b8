"""Bottleneck: how much value can flow from one party to another, and where it is narrowest."""

from __future__ import annotations

from typing import Any

import numpy as np

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.errors import InvalidInput
from graph_models.graphs.graph_types import graph_of
from graph_models.kernels.flow.maximum_flow import maximum_flow
from graph_models.metrics.focal import asked_party

__all__ = ["bottleneck_view"]


def bottleneck_view(ecosystem: Ecosystem, parameters: Parameters, **ends: str) -> dict[str, Any]:
    """How much value can reach one party from another through the chain, and which deliveries hold it back?

    A maximum flow on Z from ``from`` to ``to``, by a minimum cut: its value is the sum of the amounts cut. There can be several
    minimum cuts; this one lies nearest to ``from``. ``rounding``: how far the whole numbers that were computed with lie from it.

    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("a", "b", "c")]
    >>> records += [{"type": "value_flow", "id": "x", "source": "b", "target": "a", "kind": "money", "amount": 5},
    ...             {"type": "value_flow", "id": "y", "source": "c", "target": "b", "kind": "money", "amount": 3}]
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> bottleneck_view(Ecosystem.from_records(records, "c", "2025-12-31"), DEFAULTS, **{"from": "a", "to": "c"})["cut"]
    [{'source': 'b', 'target': 'c', 'amount': 3.0}]

    References
    ----------
    Ford, L., Fulkerson, D., Maximal flow through a network, Canadian Journal of Mathematics 8, 1956.
    """
    missing = [field for field in ("from", "to") if not ends.get(field)]
    if missing:
        raise InvalidInput.of("missing", "from and to name the two parties", missing[0])
    if ends["from"] == ends["to"]:
        raise InvalidInput.of("same-party", "from and to are two different parties", "to")
    (source, _, no_source), (target, _, no_target) = (asked_party(ecosystem, parameters, ends[field], field) for field in ("from", "to"))
    answer: dict[str, Any] = {"from": ends["from"], "to": ends["to"], "value": None, "cut": [], "source_side": []}
    if source is None or target is None:
        return answer | {"reason": no_source or no_target}
    plain = parameters.with_(weight=None, distance_of=None, directed=None, reversed=None, kinds=None)
    graph = graph_of(ecosystem, "value_chain", plain)
    cut = maximum_flow(graph.matrix(), source, target)
    ids = ecosystem.parties
    edges = [
        {"source": ids[u], "target": ids[v], "amount": amount}
        for u, v, amount in zip(cut.source.tolist(), cut.target.tolist(), cut.amount.tolist(), strict=True)
    ]
    side = [ids[place] for place in np.flatnonzero(cut.source_side).tolist()]
    warnings = [warning._asdict() for warning in graph.warnings]
    return answer | {"value": cut.value, "cut": edges, "source_side": side, "rounding": cut.rounding, "warnings": warnings}

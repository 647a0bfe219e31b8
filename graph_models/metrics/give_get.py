"""Give and get: what a party gives to the focal party and receives from it, by kind of value."""

from __future__ import annotations

from typing import Any

import numpy as np

from graph_models.amounts import Flows, flows_of
from graph_models.ecosystem import Ecosystem, Longs
from graph_models.metrics.asked_party import asked_party
from graph_models.metrics.result import NO_FOCAL_PARTY
from graph_models.parameters import Parameters
from graph_models.roll_up import focal_of

__all__ = ["give_get_view"]

COUNT = "flows"
"""The unit of what has neither an amount nor a quantity: how many flows there are."""


def give_get_view(ecosystem: Ecosystem, parameters: Parameters, *, party: str | None = None) -> dict[str, Any]:
    """What does a party give us, and what does it get from us?

    Per kind of value: given by the party to the focal party, received by it from there, and the balance = given - received. The focal
    party itself is held against all others. Amounts in base currency where a flow has one, else quantities by their unit, else the count of
    flows; a kind in several units has an item for each. ``one_sided``: on the item, that it only goes one way; beside the items, that the whole
    relation does.

    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> records.append({"type": "value_flow", "id": "v", "source": "acme", "target": "firm", "kind": "money", "amount": 5})
    >>> from graph_models.parameters import DEFAULTS
    >>> give_get_view(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS, party="acme")["items"]
    [{'kind': 'money', 'given': 5.0, 'received': 0.0, 'unit': 'CNY', 'balance': 5.0, 'one_sided': True, 'facts': ['v']}]
    """
    place, party_id, reason = asked_party(ecosystem, parameters, party)
    focal = focal_of(ecosystem, parameters)
    if place is None or focal is None:
        return {"party_id": party_id, "items": [], "one_sided": False, "reason": reason or NO_FOCAL_PARTY, "warnings": []}
    flows = flows_of(ecosystem, parameters)
    between = flows.source != flows.target
    given, received = between & (flows.source == place), between & (flows.target == place)
    if place != focal:
        given &= flows.target == focal
        received &= flows.source == focal
    items = _items(ecosystem, flows, np.flatnonzero(given), np.flatnonzero(received))
    refs = set(ecosystem.families["value_flows"].texts("id", flows.rows[given | received]))
    warnings = [warning._asdict() | {"facts": listed} for warning in flows.warnings if (listed := [fact for fact in warning.facts if fact in refs])]
    return {"party_id": party_id, "items": items, "one_sided": bool(given.any() != received.any()), "warnings": warnings}


def _items(ecosystem: Ecosystem, flows: Flows, given: Longs, received: Longs) -> list[dict[str, Any]]:
    """Sorted by the vocabulary's order of kinds, then by unit, base currency first and the count last."""
    facts = ecosystem.families["value_flows"]
    kinds, units = facts.coded("kind").texts, facts.coded("unit")
    sums: dict[tuple[int, int, str], list[Any]] = {}
    order = {kind: place for place, kind in enumerate(ecosystem.vocabulary.value_kinds)}
    for side, places in enumerate((given, received)):
        for place in places.tolist():
            row = int(flows.rows[place])
            amount, quantity, unit = float(flows.amount[place]), float(flows.quantity[place]), int(units.codes[row])
            if not np.isnan(amount):
                key, value = (0, ecosystem.base_currency), amount
            elif not np.isnan(quantity) and unit >= 0:
                key, value = (1, units.texts[unit]), quantity
            else:
                key, value = (2, COUNT), 1.0
            item = sums.setdefault((int(flows.kind[place]), *key), [0.0, 0.0, []])
            item[side] += value
            item[2].append(row)
    answer = []
    for (kind, _, unit_name), (gives, gets, rows) in sorted(sums.items(), key=lambda entry: (order[kinds[entry[0][0]]], entry[0])):
        answer.append(
            {
                "kind": kinds[kind],
                "given": gives,
                "received": gets,
                "unit": unit_name,
                "balance": gives - gets,
                "one_sided": (gives == 0) != (gets == 0),
                "facts": facts.texts("id", np.array(sorted(rows), np.int64)),
            }
        )
    return answer

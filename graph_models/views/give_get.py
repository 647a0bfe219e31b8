"""Give and get: what a party gives to the focal party and receives from it, by kind of value."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from graph_models.arrays.types import Ints, Longs
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of
from graph_models.flows.flow_amounts import Flows
from graph_models.flows.implied_returns import exchanges_of
from graph_models.flows.streams import Streams
from graph_models.metrics.focal import asked_party
from graph_models.metrics.result import NO_FOCAL_PARTY

__all__ = ["give_get_view"]

COUNT = "flows"
"""The unit of what has neither an amount nor a quantity: how many flows there are."""


def give_get_view(ecosystem: Ecosystem, parameters: Parameters, *, party: str | None = None) -> dict[str, Any]:
    """What does a party give us, and what does it get from us?

    Per kind of value: given by the party to the focal party, received by it from there. The focal party itself is held against all others. Amounts
    in base currency where a flow has one, else quantities by their unit, else the count of flows; a kind in several units has an item for each.
    Credit notes are set off as in every graph, and what is a net refund is left out and listed.

    ``implied``: what must have been given or received for money of which no return is recorded (graphs.md), with the payments. ``balance`` = given
    - received, implied ones included; ``balance_includes_implied`` says whether there are any. ``one_sided``: on the item, that it only goes one
    way; beside the items, that the whole relation does; an implied return is one.

    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
    >>> records.append({"type": "value_flow", "id": "v", "source": "acme", "target": "firm", "kind": "money", "amount": 5})
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> money, goods = give_get_view(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS, party="acme")["items"]
    >>> money["given"], money["balance"], goods["received"], goods["implied"], goods["balance"]
    (5.0, 5.0, 0.0, {'given': 0.0, 'received': 5.0, 'facts': ['v']}, -5.0)
    """
    place, party_id, reason = asked_party(ecosystem, parameters, party)
    focal = focal_of(ecosystem, parameters)
    if place is None or focal is None:
        return {"party_id": party_id, "items": [], "one_sided": False, "reason": reason or NO_FOCAL_PARTY, "warnings": []}
    streams = exchanges_of(ecosystem, parameters)
    items = _Items(ecosystem, streams.flows)
    recorded = np.sort(np.concatenate([streams.at(np.flatnonzero(~streams.implied)).order, streams.set_off]))
    flows = streams.flows
    for side, chosen in enumerate(_sides(flows.source[recorded], flows.target[recorded], place, focal)):
        items.add_flows(side, recorded[chosen], set(streams.set_off.tolist()))
    for side, chosen in enumerate(_sides(streams.source, streams.target, place, focal)):
        items.add_implied(side, streams, chosen[streams.implied[chosen]])
    between = np.concatenate(_sides(flows.source, flows.target, place, focal))
    facts = set(ecosystem.families["value_flows"].texts("id", flows.rows[between]))
    warnings = [warning._asdict() | {"facts": listed} for warning in streams.warnings if (listed := [fact for fact in warning.facts if fact in facts])]
    return {"party_id": party_id, "items": items.as_json(), "one_sided": items.goes_one_way(), "warnings": warnings}


def _sides(source: Ints, target: Ints, place: int, focal: int) -> tuple[Longs, Longs]:
    """What a party gives, and what it receives: to and from the focal party; the focal party itself to and from all others."""
    given, received = (source == place) & (target != place), (target == place) & (source != place)
    if place != focal:
        given &= target == focal
        received &= source == focal
    return np.flatnonzero(given), np.flatnonzero(received)


class _Item:
    """One kind of value in one unit; each pair of numbers is (given, received)."""

    def __init__(self) -> None:
        self.recorded = [0.0, 0.0]
        self.implied = [0.0, 0.0]
        self.rows: list[int] = []
        self.payments: list[int] = []


class _Items:
    """Sums by kind and unit."""

    def __init__(self, ecosystem: Ecosystem, flows: Flows) -> None:
        self.ecosystem = ecosystem
        self.flows = flows
        self.facts = ecosystem.families["value_flows"]
        self._items: dict[tuple[str, int, str], _Item] = {}

    def add_flows(self, side: int, places: Longs, set_off: set[int]) -> None:
        """Recorded flows. One that was set off adds nothing: the amounts of the others are what is left."""
        kinds, units = self.facts.coded("kind").texts, self.facts.coded("unit")
        for place in places.tolist():
            row = int(self.flows.rows[place])
            amount, quantity, unit = float(self.flows.amount[place]), float(self.flows.quantity[place]), int(units.codes[row])
            if not np.isnan(amount):
                key, value = (0, self.ecosystem.base_currency), 0.0 if place in set_off else amount
            elif not np.isnan(quantity) and unit >= 0:
                key, value = (1, units.texts[unit]), quantity
            else:
                key, value = (2, COUNT), 1.0
            item = self._items.setdefault((kinds[self.flows.kind[place]], *key), _Item())
            item.recorded[side] += value
            item.rows.append(row)

    def add_implied(self, side: int, streams: Streams, chosen: Longs) -> None:
        for stream in chosen.tolist():
            item = self._items.setdefault((streams.kinds[streams.kind[stream]], 0, self.ecosystem.base_currency), _Item())
            item.implied[side] += float(streams.amount[stream])
            item.payments += streams.flow_rows(stream).tolist()

    def goes_one_way(self) -> bool:
        given, received = (any(item.recorded[side] or item.implied[side] for item in self._items.values()) for side in (0, 1))
        return given != received

    def as_json(self) -> list[dict[str, Any]]:
        """Sorted by the vocabulary's order of kinds, then by unit, base currency first and the count last."""
        order = {kind: place for place, kind in enumerate(self.ecosystem.vocabulary.value_kinds)}
        answer = []
        for (kind, _, unit), item in sorted(self._items.items(), key=lambda entry: (order[entry[0][0]], entry[0])):
            given, received = (recorded + implied for recorded, implied in zip(item.recorded, item.implied, strict=True))
            answer.append(
                {
                    "kind": kind,
                    "given": item.recorded[0],
                    "received": item.recorded[1],
                    "implied": {"given": item.implied[0], "received": item.implied[1], "facts": self._ids(item.payments)},
                    "unit": unit,
                    "balance": given - received,
                    "balance_includes_implied": any(item.implied),
                    "one_sided": (given == 0) != (received == 0),
                    "facts": self._ids(item.rows),
                }
            )
        return answer

    def _ids(self, rows: list[int]) -> list[str]:
        return cast("list[str]", self.facts.texts("id", np.unique(np.array(rows, np.int64))))

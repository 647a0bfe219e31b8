"""The neighborhood of a party, and its journey: what is around it at an instant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from graph_models.errors import NotFound
from graph_models.records.dates import OPEN
from service.facts.reading import _added, _encode, record
from service.stores.interface.store import At, Brief, Row, Store

MAX_FACTS = 20_000


class Neighborhood(NamedTuple):
    """Parties within some steps of one, the nearest first, and the facts among them."""

    parties: Sequence[Brief]
    facts: Sequence[Brief]
    truncated: dict[str, Any] | None

    def as_json(self) -> bytes:
        parties, facts = (
            b",".join([row.body[:-1] + _added(row.current, row.revision, row.recorded_at, row.recorded_by) for row in rows])
            for rows in (self.parties, self.facts)
        )
        return b'{"parties":[%b],"facts":[%b],"truncated":%b}' % (parties, facts, _encode(self.truncated))


def neighborhood(store: Store, party: str, at: At, hops: int, limit: int, kinds: Collection[str] | None) -> Neighborhood:
    """All parties at most ``hops`` facts away; ``limit`` bounds them, the party itself included. ``NotFound`` where it is not there."""
    reached: dict[str, Brief] = {}
    frontier: Sequence[str] = [party]
    found: dict[Any, Brief] = {}
    left_out, cut_facts = 0, False
    for _ in range(hops):
        facts, parties = store.beside(frontier, at, kinds, MAX_FACTS)
        cut_facts = cut_facts or len(facts) >= MAX_FACTS
        found.update([(fact.handle, fact) for fact in facts])
        new = {row.id: row for row in parties if row.id not in reached}
        if not reached:
            if party not in new:
                raise NotFound(f"There is no party {party!r} on that day")
            reached[party] = new.pop(party)
        frontier = list(new)[: max(limit - len(reached), 0)]
        left_out += len(new) - len(frontier)
        reached.update([(name, new[name]) for name in frontier])
        if not frontier:
            break
    among = [fact for fact in found.values() if fact.target in reached and (fact.source is None or fact.source in reached)]
    return Neighborhood(list(reached.values()), among, _cut(len(reached), left_out, limit, cut_facts))


def _cut(shown: int, left_out: int, limit: int, cut_facts: bool) -> dict[str, Any] | None:
    if not left_out and not cut_facts:
        return None
    why = f"only {MAX_FACTS} facts are read at a step" if cut_facts else f"limit is {limit} parties"
    return {"shown": shown, "left_out": left_out, "why": why}


def journey(store: Store, party: str, at: At) -> dict[str, Any]:
    """Dated touchpoints of a party and the changes of stage of its roles, oldest first."""
    record(store, "party", party, At(None, at.revision))
    rows = store.adjacent([party], At(None, at.revision), None, MAX_FACTS)
    begun = [row for row in rows if row.body is not None and row.period.start <= (at.day or OPEN)]
    begun.sort(key=lambda row: (row.period.start, row.type, row.id))
    items = [item for row in begun for item in _steps(row, party)]
    return {"party_id": party, "items": items, "truncated": _cut(len(items), 0, MAX_FACTS, len(rows) >= MAX_FACTS)}


def _steps(row: Row, party: str) -> Iterable[dict[str, Any]]:
    fields = msgspec.json.decode(row.body or b"")
    if row.type == "touchpoint":
        yield {"date": fields["occurred_at"], "type": "touchpoint", "id": row.id, "kind": fields["kind"], "record": fields}
    elif row.type == "role" and fields["source"] == party:
        yield {"date": fields.get("valid_from"), "type": "role", "id": row.id, "kind": fields["role"], "stage": fields.get("stage"), "record": fields}

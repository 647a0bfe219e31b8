"""How the network changed between two days: parties that came, went or changed, communities, and the parts that it falls into."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_models.communities import communities_of
from graph_models.community_matching import matched
from graph_models.ecosystem import Ecosystem, Longs
from graph_models.metrics.network import component_of, tie_graph
from graph_models.parameters import DEFAULTS


def structure_changes(before: Ecosystem, after: Ecosystem) -> list[dict[str, Any]]:
    """Parties that came, went, changed; communities that merged, split, were born, are gone; how many components there are."""
    return [*_parties(before, after), *_communities(before, after), *_components(before, after)]


def _item(change: str, party: str | None, before: Any, after: Any, **more: Any) -> dict[str, Any]:
    return {"kind": "structure", "change": change, "party_id": party, "before": before, "after": after, **more}


def _parties(before: Ecosystem, after: Ecosystem) -> list[dict[str, Any]]:
    old, new = before.columns["parties"], after.columns["parties"]
    at = pc.fill_null(pc.index_in(new["id"], value_set=old["id"].combine_chunks()), -1).to_numpy().astype(np.int64)
    came, stayed = np.flatnonzero(at < 0), np.flatnonzero(at >= 0)
    went = np.setdiff1d(np.arange(old.num_rows), at[stayed])
    same = [_equal(old[column].take(pa.array(at[stayed])), new[column].take(pa.array(stayed))) for column in ("kind", "details")]
    changed = stayed[~(same[0] & same[1])]
    items = [_item("party-came", new["id"][row].as_py(), None, _said(after, row)) for row in came.tolist()]
    items += [_item("party-went", old["id"][row].as_py(), _said(before, row), None) for row in went.tolist()]
    for row in changed.tolist():
        was, now = _said(before, int(at[row])), _said(after, row)
        fields = [field for field in sorted(was.keys() | now.keys()) if was.get(field) != now.get(field)]
        items.append(_item("party-changed", new["id"][row].as_py(), *({field: side.get(field) for field in fields} for side in (was, now))))
    return items


def _equal(one: pa.ChunkedArray, other: pa.ChunkedArray) -> Longs:
    return np.asarray(pc.or_(pc.fill_null(pc.equal(one, other), False), pc.and_(pc.is_null(one), pc.is_null(other))).to_numpy(), bool)


def _said(ecosystem: Ecosystem, row: int) -> dict[str, Any]:
    text = ecosystem.columns["parties"]["details"][row].as_py()
    return {"kind": ecosystem.columns["parties"]["kind"][row].as_py()} | (msgspec.json.decode(text, type=dict[str, Any]) if text else {})


def _communities(before: Ecosystem, after: Ecosystem) -> list[dict[str, Any]]:
    was = communities_of(before, DEFAULTS).number.tolist()
    ids = {party: str(number + 1) for party, number in zip(before.parties, was, strict=True) if number >= 0}
    events = matched(communities_of(after, DEFAULTS), after.parties, ids).events
    return [_item(event.code, None, event.before, event.after, message=event.message, parties=list(event.parties)) for event in events]


def _components(before: Ecosystem, after: Ecosystem) -> list[dict[str, Any]]:
    counts = [int(component_of(tie_graph(side, DEFAULTS)).max(initial=-1)) + 1 for side in (before, after)]
    return [_item("components", None, *counts)] if counts[0] != counts[1] else []

"""How the network changed between two days: parties that came, went or changed, communities, and the parts that it falls into."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_models.arrays.types import Longs
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.graphs.communities import communities_of
from graph_models.graphs.community_matching import matched
from graph_models.graphs.components import component_of, tie_graph
from graph_models.metrics.structure.articulation import articulation, bridges_of


def structure_changes(before: Ecosystem, after: Ecosystem) -> list[dict[str, Any]]:
    """Parties that came, went, changed; communities that merged, split, were born, are gone; what holds the network together, and how many components it has.

    Articulation points and bridges are told of parties that are there on both days: a newcomer's only tie is a bridge, and nothing to tell.
    """
    return [*_parties(before, after), *_communities(before, after), *_articulation(before, after), *_bridges(before, after), *_components(before, after)]


class BothDays(NamedTuple):
    """All parties of two ecosystems in the order of ids, and where each is in either; -1: not there."""

    ids: pa.Array
    before: Longs
    after: Longs


def both_days(before: Ecosystem, after: Ecosystem) -> BothDays:
    columns = [side.columns["parties"]["id"] for side in (before, after)]
    ids = pc.unique(pa.chunked_array([*columns[0].chunks, *columns[1].chunks], pa.string())).sort()
    places = [pc.fill_null(pc.index_in(ids, value_set=column.combine_chunks()), -1).to_numpy().astype(np.int64) for column in columns]
    return BothDays(ids, *places)


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


def _articulation(before: Ecosystem, after: Ecosystem) -> list[dict[str, Any]]:
    parties = both_days(before, after)
    there = (parties.before >= 0) & (parties.after >= 0)
    was, now = (
        np.append(np.nan_to_num(articulation(side, DEFAULTS).array), 0.0)[places] > 0 for side, places in ((before, parties.before), (after, parties.after))
    )
    changed = np.flatnonzero(there & (was != now))
    items = [(f"articulation-{'gained' if now[at] else 'lost'}", parties.ids[at].as_py(), bool(was[at]), bool(now[at])) for at in changed.tolist()]
    return [_item(*item) for item in sorted(items)]


def _bridges(before: Ecosystem, after: Ecosystem) -> list[dict[str, Any]]:
    parties = both_days(before, after)
    there = (parties.before >= 0) & (parties.after >= 0)
    keys = []
    for side, places in ((before, parties.before), (after, parties.after)):
        number = np.full(len(side.parties), -1, np.int64)  # of each party among those of both days
        number[places[there]] = np.flatnonzero(there)
        ends = np.sort(number[np.array(bridges_of(tie_graph(side, DEFAULTS)), np.int64).reshape(-1, 2)], axis=1)
        keys.append(np.unique(ends[ends[:, 0] >= 0] @ np.array([len(there), 1])))
    found = []
    for change, ours, others in (("bridge-gained", keys[1], keys[0]), ("bridge-lost", keys[0], keys[1])):
        for key in np.setdiff1d(ours, others).tolist():
            ends_of = [parties.ids[place].as_py() for place in divmod(key, len(there))]
            bridge = dict(zip(("source", "target"), ends_of, strict=True))
            found.append(_item(change, None, *((None, bridge) if change == "bridge-gained" else (bridge, None)), parties=ends_of))
    return found


def _components(before: Ecosystem, after: Ecosystem) -> list[dict[str, Any]]:
    counts = [int(component_of(tie_graph(side, DEFAULTS)).max(initial=-1)) + 1 for side in (before, after)]
    return [_item("components", None, *counts)] if counts[0] != counts[1] else []

"""Two analyses held against each other: one result, party by party, and in what the two differ otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_models.arrays.ranking import difference
from graph_models.arrays.types import Floats, Longs
from graph_models.ecosystem.columns import numbers
from graph_models.errors import InvalidInput
from service.analysis import result_files as results
from service.analysis import results as analysis
from service.workspaces.context import Service

HELD = ("as_of", "known_at", "snapshot_id", "parameters", "profile", "profile_version", "base_currency", "focal_party_id", "engine")
"""What two analyses may differ in, beside what they found. Where ``parameters`` or later ones differ, so does what the numbers mean."""


def compared(service: Service, workspace_id: str, ids: str, name: str, *, offset: int, limit: int) -> dict[str, Any]:
    """A page of the parties of either analysis, those first whose value changed most; who has a value in one of them only comes last.

    ``change`` is after - before, ``rank_change`` the places won.
    """
    named = ids.split(",")
    if len(named) != 2 or not all(named):
        raise InvalidInput.of("invalid", "ids are those of two analyses: before,after", "ids")
    abouts = [analysis.analysis(service, workspace_id, analysis_id, [name]) for analysis_id in named]
    sides = [_side(service, workspace_id, about, name) for about in abouts]
    parties = pc.unique(pa.chunked_array([*sides[0]["id"].chunks, *sides[1]["id"].chunks], pa.string())).sort()
    before, after = (side.take(pc.index_in(parties, value_set=side["id"].combine_chunks())) for side in sides)
    order = _order(numbers(before["value"]), numbers(after["value"]))
    places = pa.array(order[offset : offset + limit])
    rows = zip(parties.take(places).to_pylist(), before.take(places).to_pylist(), after.take(places).to_pylist(), strict=True)
    return {
        "name": name,
        "analyses": [{field: about[field] for field in ("analysis_id", "as_of", "known_at", "snapshot_id", "parameters_hash")} for about in abouts],
        "differs": [field for field in HELD if _held(abouts[0], field, name) != _held(abouts[1], field, name)],
        "items": [_item(*row) for row in rows],
        "total": len(parties),
    }


def _side(service: Service, workspace_id: str, about: Mapping[str, Any], name: str) -> pa.Table:
    where = analysis.directory(service, workspace_id, about["analysis_id"])
    table = results.named(where, name).table
    if pa.types.is_string(table["value"].type):
        raise InvalidInput.of("invalid", f"{name} is a text, not a number: it has no change", "name")
    parties = results.parties(where)
    return pa.table({"id": parties["id"], "name": parties["name"]} | {column: table[column] for column in ("value", "reason", "rank")})


def _held(about: Mapping[str, Any], field: str, name: str) -> Any:
    """Of the parameters those of the result that is compared."""
    return about["metrics"][name] if field == "parameters" else about.get(field)


def _order(before: Floats, after: Floats) -> Longs:
    """The largest change first, equal ones by id; parties are in the order of their ids."""
    change = np.abs(after - before)
    return np.argsort(np.where(np.isnan(change), np.inf, -change), kind="stable")


def _item(party: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    both = before["value"] is not None and after["value"] is not None
    ranked = before["rank"] is not None and after["rank"] is not None
    return {
        "party_id": party,
        "name": after["name"] or before["name"],
        "before": _said(before),
        "after": _said(after),
        "change": difference(after["value"], before["value"]) if both else None,
        "rank_change": before["rank"] - after["rank"] if ranked else None,
    }


def _said(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """``None`` where the party is not in that analysis at all."""
    return None if row["name"] is None else {field: row[field] for field in ("value", "reason", "rank")}

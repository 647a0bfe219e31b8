"""What an analysis found, kept as one Arrow file a metric beside its index entry, and read page by page."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.fact_table import Places
from graph_models.errors import NotFound
from graph_models.metrics.result import TEXT, MetricResult
from service.workspaces.context import UNFINISHED

PARTIES = "parties.arrow"
COLUMNS = ("value", "reason", "bound", "rank", "rank_low", "rank_high", "coverage", "standard_error")
"""What every value is answered with; a metric may have columns beside them."""


class Scores(NamedTuple):
    """One named result as it is kept: columns along the parties, in their order."""

    name: str
    metric: str
    parameters: dict[str, Any]
    table: pa.Table


def keep(directory: Path, ecosystem: Ecosystem, results: Mapping[str, MetricResult]) -> None:
    """Write all results of an analysis, beside those of the dates of its series; the directory is there whole or not at all."""
    making = _unfinished(directory)
    _keep(making, _parties(ecosystem), results)
    making.rename(directory)


def keep_date(directory: Path, ecosystem: Ecosystem, results: Mapping[str, MetricResult]) -> None:
    """Write the results of one date of a series; they are there once the analysis is."""
    _keep(_unfinished(directory) / ecosystem.as_of_text, pa.table({"id": pa.array(ecosystem.parties, pa.string())}), results)


def discard(directory: Path) -> None:
    """Of an analysis that was not finished nothing is kept."""
    shutil.rmtree(_unfinished(directory), ignore_errors=True)


def _unfinished(directory: Path) -> Path:
    return directory.with_name(directory.name + UNFINISHED)


def _keep(directory: Path, parties: pa.Table, results: Mapping[str, MetricResult]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    _write(directory / PARTIES, parties, {})
    for place, (name, result) in enumerate(results.items()):
        about = {"name": name, "metric": result.metric, "parameters": msgspec.json.encode(result.parameters).decode()}
        _write(directory / f"{place:03d}.arrow", _columns(result), about)


def _parties(ecosystem: Ecosystem) -> pa.Table:
    roles = ecosystem.families["roles"]
    kinds = roles.coded("kind")
    many = max(len(kinds.texts), 1)
    held = np.unique(roles.source.astype(np.int64) * many + kinds.codes)  # by party, then by text, each once
    first = np.searchsorted(held, np.arange(len(ecosystem.parties) + 1) * many)
    return pa.table(
        {
            "id": pa.array(ecosystem.parties, pa.string()),
            "name": pa.array(ecosystem.names, pa.string()),
            "kind": ecosystem.columns["parties"]["kind"],
            "roles": pa.ListArray.from_arrays(pa.array(first, pa.int32()), pa.array(kinds.texts, pa.string()).take(pa.array(held % many))),
        }
    )


def _columns(result: MetricResult) -> pa.Table:
    undefined = ~result.defined
    ranks = result.ranks
    low, high = (result.rank_range[:, 0], result.rank_range[:, 1]) if result.rank_range is not None else (np.zeros(len(ranks), np.int64),) * 2
    values = pa.array(result.texts, pa.string()) if result.kind == TEXT else pa.array(result.array, mask=undefined)
    optional = {
        name: pa.array(column, mask=~np.isfinite(column))
        for name, column in (("coverage", result.coverage), ("standard_error", result.standard_error))
        if column is not None
    }
    if result.origin is not None:
        optional["source"] = pa.array(result.origin, pa.string(), mask=undefined)
    optional |= {name: pa.array(column, mask=undefined | ~np.isfinite(column)) for name, column in result.columns.items()}
    return pa.table(
        {
            "value": values,
            "reason": pa.array([None, *result.reason_names], pa.string()).take(pa.array(result.reason_codes.astype(np.int32))),
            "bound": pa.array(result.bound if result.bound is not None else np.zeros(len(ranks), bool)),
            "rank": pa.array(ranks, mask=ranks == 0),
            "rank_low": pa.array(low, mask=low == 0),
            "rank_high": pa.array(high, mask=high == 0),
            **optional,
        }
    )


def _write(path: Path, table: pa.Table, about: Mapping[str, str]) -> None:
    table = table.replace_schema_metadata(dict(about))
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


@lru_cache(maxsize=256)
def _read(path: Path) -> pa.Table:
    """Results never change once they are kept: a file is mapped, not copied, and may be kept open."""
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def parties(directory: Path) -> pa.Table:
    """Ids, names, kinds and roles of the parties of an analysis, in the order of its results."""
    return _read(directory / PARTIES)


def every(directory: Path) -> list[Scores]:
    """All results of an analysis, in the order in which they were asked for."""
    return [_scores(_read(path)) for path in sorted(directory.glob("[0-9]*.arrow"))]


def named(directory: Path, name: str) -> Scores:
    """``NotFound`` where the analysis did not compute it."""
    for scores in every(directory):
        if scores.name == name:
            return scores
    raise NotFound(f"This analysis has no metric {name!r}")


def _scores(table: pa.Table) -> Scores:
    about = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    return Scores(about["name"], about["metric"], msgspec.json.decode(about["parameters"]), table)


def page(directory: Path, scores: Scores, shown: np.ndarray[Any, np.dtype[np.bool_]], descending: bool, first: int, limit: int) -> dict[str, Any]:
    """A page of a result in the order of values (equal ones by id; texts by text), undefined ones last."""
    order = _order(directory, scores.name, descending)
    order = order[shown[order]]
    items = _items(parties(directory), scores.table, order[first : first + limit])
    return {"items": items, "total": len(order), "metric": scores.metric, "parameters": scores.parameters}


@lru_cache(maxsize=16)
def _order(directory: Path, name: str, descending: bool) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Kept for the next page: a result never changes."""
    table = named(directory, name).table
    values = table["value"].combine_chunks()
    undefined = np.asarray(values.is_null())
    if pa.types.is_string(values.type):
        order = pc.array_sort_indices(values, null_placement="at_end").to_numpy()
    else:
        ranks = table["rank"].combine_chunks().fill_null(0).to_numpy(zero_copy_only=False)
        order = np.argsort(np.where(undefined, len(ranks) + 1, ranks if descending else -ranks), kind="stable")
    answer: np.ndarray[Any, np.dtype[np.int32]] = order.astype(np.int32)
    answer.flags.writeable = False
    return answer


def _items(about: pa.Table, table: pa.Table, places: Sequence[int] | np.ndarray[Any, np.dtype[np.int64]]) -> list[dict[str, Any]]:
    taken = pa.array(places)
    rows = table.take(taken).to_pylist()
    ids, names = about["id"].take(taken).to_pylist(), about["name"].take(taken).to_pylist()
    return [{"party_id": party, "name": name, **item(row)} for party, name, row in zip(ids, names, rows, strict=True)]


def item(row: Mapping[str, Any]) -> dict[str, Any]:
    """One value as it is answered."""
    rank_range = None if row["rank_low"] is None else [row["rank_low"], row["rank_high"]]
    return {
        "value": row["value"],
        "bound": row["bound"],
        "reason": row["reason"],
        "rank": row["rank"],
        "rank_range": rank_range,
        "coverage": row.get("coverage"),
        "standard_error": row.get("standard_error"),
        **{name: value for name, value in row.items() if name not in COLUMNS},
    }


def place_of(directory: Path, party: str) -> int:
    """The place of a party in the results; ``NotFound`` where it was not there at that instant."""
    place = Places(parties(directory)["id"]).get(party)
    if place is None:
        raise NotFound(f"There is no party {party!r} in this analysis")
    return place


def on_date(directory: Path, day: str, name: str, party: str) -> dict[str, Any] | None:
    """What one result said of a party on one date of a series; ``None`` where the party was not there, or the result was not computed."""
    where = directory / day
    place = Places(parties(where)["id"]).get(party)
    found = [] if place is None else [scores.table for scores in every(where) if scores.name == name]
    return found[0].slice(place, 1).to_pylist()[0] if found else None


def shown(directory: Path, roles: Sequence[str], kinds: Sequence[str] = ()) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which parties an answer is about: those that have one of the roles (and kinds), all where none is named."""
    table = parties(directory)
    mask = np.ones(table.num_rows, bool)
    if roles:
        held = table["roles"].combine_chunks()
        has = np.zeros(len(mask), bool)
        has[pc.list_parent_indices(held).filter(pc.is_in(held.flatten(), pa.array(roles, pa.string()))).to_numpy()] = True
        mask &= has
    if kinds:
        mask &= pc.is_in(table["kind"], pa.array(kinds, pa.string())).to_numpy()
    return mask

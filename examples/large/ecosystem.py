"""The large ecosystem as columns, without a store: for benchmarks of what is computed on it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from examples.large.days import day_numbers
from examples.large.shape import FOCAL, LAST_DAY, Shape
from examples.large.writing import tables
from graph_models import Ecosystem
from graph_models.ecosystem.column_schema import FAMILIES, FAMILY_OF, arrow_type
from graph_models.ecosystem.columns import columns_of
from graph_models.records.dates import ALL_TIME

_CALLED = {"role": "kind", "scheme": "kind", "values": "details"}
"""Field of a record -> its column."""


def ecosystem(shape: Shape) -> Ecosystem:
    """What a store gives that holds the same records, as of the last day of 2025."""
    found: dict[str, list[pa.Table]] = defaultdict(list)
    for table in tables(shape):
        name = table["type"][0].as_py()
        found[FAMILY_OF[name]].append(_columns(FAMILY_OF[name], table))
    rows = {family: pa.concat_tables(found[family]) if family in found else _empty(family) for family in FAMILIES}
    return Ecosystem.from_columns(columns_of(rows), FOCAL, LAST_DAY)


def _names(family: str) -> tuple[str, ...]:
    return ("id", "valid_from", "valid_to", *FAMILIES[family])


def _empty(family: str) -> pa.Table:
    return pa.table({name: pa.array([], arrow_type(name)) for name in _names(family)})


def _columns(family: str, table: pa.Table) -> pa.Table:
    table = table.rename_columns([_CALLED.get(name, name) for name in table.schema.names])
    start, end = _period(family, table)
    if family in ("roles", "relationships", "parties"):
        holds = pa.array((start.to_numpy() <= LAST_DAY) & (end.to_numpy() > LAST_DAY))
        table, start, end = table.filter(holds), start.filter(holds), end.filter(holds)
    if family == "parties":
        table = table.append_column("details", _details(table))
    made: dict[str, Any] = {"valid_from": start, "valid_to": end}
    for name in _names(family):
        if name not in made:
            made[name] = table[name].cast(arrow_type(name)) if name in table.schema.names else pa.nulls(len(table), arrow_type(name))
    return pa.table({name: made[name] for name in _names(family)})


def _period(family: str, table: pa.Table) -> tuple[pa.Array, pa.Array]:
    """First day, and the day after the last."""
    names = table.schema.names
    if family == "parties":
        n = len(table)
        return pa.array(np.full(n, ALL_TIME.start, np.int32)), pa.array(np.full(n, ALL_TIME.end, np.int32))
    begin = table["occurred_at" if "occurred_at" in names else "valid_from"]
    if family in ("roles", "relationships"):
        end = day_numbers(table["valid_to"], ALL_TIME.end, following=True) if "valid_to" in names else pa.array(np.full(len(table), ALL_TIME.end, np.int32))
        return day_numbers(begin, ALL_TIME.start), end
    if family == "assessments":  # a judgement holds until the next
        return day_numbers(begin, 0), pa.array(np.full(len(table), ALL_TIME.end, np.int32))
    return day_numbers(begin, 0), day_numbers(begin, 0, following=True)


def _details(table: pa.Table) -> pa.ChunkedArray:
    """The details of parties, as JSON in the order in which the store keeps them."""
    size = pc.fill_null(pc.binary_join_element_wise(',"size_class":"', table["size_class"], '"', ""), "")
    tier = table["market_tier"].cast(pa.string())
    parts = ['{"name":"', table["name"], '","country":"', table["country"], '","region":"', table["region"], '","market_tier":', tier, size, "}"]
    return pc.binary_join_element_wise(*parts, "")

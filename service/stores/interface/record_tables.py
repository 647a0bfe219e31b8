"""Tables of what metrics read of records, from the bodies of the records: Arrow reads the JSON, so that no Python object is made of a record.

What comes out is what ``hot_values`` gives of each record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import methodcaller
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from graph_models.ecosystem.column_schema import FAMILIES, FAMILY_OF, PARTY_DETAILS, arrow_type
from graph_models.records.json_codec import decode_record

_NAMES = {
    "role": {"kind": "role"}, "value_flow": {"grade": "satisfaction"}, "assessment": {"kind": "scheme"}, "document": {"grade": "reliability"},
    "exchange_rate": {"kind": "base_currency", "value": "rate"},
}  # fmt: skip
"""record type -> column -> the field that it is, where that has another name."""
_PERIOD = ("valid_from", "valid_to", "occurred_at")
_MADE = frozenset({"documents", "details"})
"""The columns that are made of more than one field."""
_CITED = pa.list_(pa.struct([("document_id", pa.string())]))
_FIRST = 20
"""Bodies that are looked at to know which fields the others are likely to have."""
_json = msgspec.json.Encoder().encode


class _Cited(msgspec.Struct, gc=False):
    document_id: str


class _Evidence(msgspec.Struct, gc=False):
    evidence: list[_Cited]


class _Values(msgspec.Struct, gc=False):
    values: dict[str, float]


_DETAILS: Any = msgspec.defstruct("_Details", [(name, Any, None) for name in PARTY_DETAILS], omit_defaults=True, gc=False)
_details, _evidence, _values = (msgspec.json.Decoder(kind).decode for kind in (_DETAILS, _Evidence, _Values))


def _documents(body: str) -> str:
    return _json(list(dict.fromkeys(cited.document_id for cited in _evidence(body).evidence))).decode()


_OF_BODY: dict[str, Callable[[str], str]] = {
    "party": lambda body: _json(_details(body)).decode(),
    "assessment": lambda body: _json(_values(body).values).decode(),
}
"""record type -> the column ``details`` of a body."""


def by_type(bodies: Sequence[str]) -> dict[str, Sequence[str]]:
    """Bodies by the type of their records, with which each begins; most often it is that of the first."""
    beginning = bodies[0][: bodies[0].index('"', 9) + 1]
    if all(map(methodcaller("startswith", beginning), bodies)):
        return {beginning[9:-1]: bodies}
    found: dict[str, list[str]] = {}
    for body in bodies:
        found.setdefault(body[9 : body.index('"', 9)], []).append(body)
    return {**found}


def table_of_bodies(type_name: str, bodies: Sequence[str]) -> pa.Table:
    """The table of a family: ``id valid_from valid_to`` and its columns, one row a body."""
    columns = FAMILIES[FAMILY_OF[type_name]]
    fields = {name: _NAMES.get(type_name, {}).get(name, name) for name in columns if name not in _MADE}
    read = _read(bodies, {"id": pa.string(), **{field: _read_as(name) for name, field in fields.items()}})
    arrays = {name: pc.cast(read[field], arrow_type(name)) for name, field in fields.items()}
    if "documents" in columns:
        arrays["documents"] = _where(pc.is_valid(read["evidence"]), bodies, _documents)
    if "details" in columns:
        arrays["details"] = pa.array([_OF_BODY[type_name](body) for body in bodies], pa.string())
    starts, ends = _periods(bodies, [read[name] for name in _PERIOD])
    return pa.table({"id": read["id"], "valid_from": starts, "valid_to": ends, **{name: arrays[name] for name in columns}})


def _read_as(column: str) -> pa.DataType:
    """Amounts are texts in a body, so that none loses a digit."""
    return pa.string() if column == "amount" else arrow_type(column)


def _read(bodies: Sequence[str], fields: Mapping[str, pa.DataType]) -> dict[str, pa.Array]:
    """Some fields of bodies, as columns. Most bodies have the same fields as the first, and what none has takes half of the time."""
    wanted = {"type": pa.string(), **fields, **dict.fromkeys(_PERIOD, pa.string()), "evidence": _CITED}
    text = "\n".join(bodies).encode()
    said = {name for body in bodies[:_FIRST] for name in msgspec.json.decode(body)}
    read = _table(text, {name: kind for name, kind in wanted.items() if name in said}, "error") if said <= wanted.keys() else None
    read = read or _table(text, wanted, "ignore")
    return {name: read[name] if name in read else pa.nulls(len(bodies), kind) for name, kind in wanted.items()}


def _table(text: bytes, fields: Mapping[str, pa.DataType], others: str) -> dict[str, pa.Array]:
    """The fields as columns; nothing where there are others and this is an error."""
    try:
        table = pj.read_json(
            pa.BufferReader(text),
            pj.ReadOptions(use_threads=False, block_size=len(text) + 1),
            pj.ParseOptions(explicit_schema=pa.schema(list(fields.items())), unexpected_field_behavior=others),
        ).combine_chunks()
    except pa.ArrowInvalid:
        if others == "error":
            return {}
        raise
    return {name: table[name].combine_chunks() for name in table.column_names}


def _where(said: pa.Array, bodies: Sequence[str], value: Callable[[str], str]) -> pa.Array:
    """A value of those bodies that say something of it."""
    places: list[int] = np.flatnonzero(said.to_numpy(zero_copy_only=False)).tolist()
    if not places:
        return pa.nulls(len(bodies), pa.string())
    made = np.full(len(bodies), None, dtype=object)
    made[places] = [value(bodies[place]) for place in places]
    return pa.array(made, pa.string())


def _periods(bodies: Sequence[str], texts: Sequence[pa.Array]) -> tuple[pa.Array, pa.Array]:
    """The days of each body: few periods differ, so one body of each period is asked."""
    key = np.zeros(len(bodies), np.int64)
    for column in texts:
        if column.null_count < len(column):
            codes = column.dictionary_encode()
            key = key * (len(codes.dictionary) + 1) + pc.fill_null(pc.add(codes.indices, 1), 0).to_numpy()
            key = np.unique(key, return_inverse=True)[1]
    _, first, places = np.unique(key, return_index=True, return_inverse=True)
    periods = [decode_record(bodies[int(place)]).period() for place in first]
    starts, ends = (pa.array(np.asarray([period[end] for period in periods], np.int32)[places]) for end in (0, 1))
    return starts, ends

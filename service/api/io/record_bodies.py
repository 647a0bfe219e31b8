"""Bodies of single records: numbers stay as they are written, the id may stand in the path only."""

from __future__ import annotations

from typing import Any

import msgspec

from graph_models.errors import InvalidInput
from graph_models.records.json_codec import SERVICE_FIELDS, decode_record
from graph_models.records.record_types import DECIMALS, Record, RecordType, finished
from service.http.request_bodies import object_of

_parts = msgspec.json.Decoder(dict[str, msgspec.Raw])


def record_sent(content: bytes, kind: RecordType, record_id: str | None = None) -> Record:
    """The record of a POST, or of a PUT to an id."""
    parts = _parts_of(content)
    if parts.get("type") is not None and msgspec.json.decode(parts["type"]) != kind.name:
        raise InvalidInput.of("read-only", f"{kind.collection} hold records of type {kind.name}", "type")
    if record_id is not None and kind.name != "exchange_rate":
        parts.setdefault("id", msgspec.Raw(msgspec.json.encode(record_id)))
    record = decode_record(msgspec.json.encode(parts), kind.name)
    if record_id is not None and finished_id(record) != record_id:
        raise InvalidInput.of("read-only", "the id of the body is not that of the path", "id")
    return record


def fields_sent(content: bytes) -> dict[str, Any]:
    """The fields of a PATCH; amounts are kept as the text that it is written in."""
    parts, fields = _parts_of(content), object_of(content)
    for name in DECIMALS:
        if isinstance(fields.get(name), (int, float)) and not isinstance(fields[name], bool):
            fields[name] = bytes(parts[name]).decode().strip()
    return fields


def finished_id(record: Record) -> str:
    """The id of a record; that of an exchange rate is made of what it says, where it says something sensible."""
    try:
        return finished(record).id
    except ValueError as error:
        raise InvalidInput.of("bad-date", str(error), "valid_from") from None


def _parts_of(content: bytes) -> dict[str, msgspec.Raw]:
    object_of(content)
    return {name: part for name, part in _parts.decode(content).items() if name not in SERVICE_FIELDS}

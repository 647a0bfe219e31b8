"""Records from JSON and into JSON: one decoder, one encoder, and errors that name the field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

import msgspec

from graph_models.decoding import TOO_DEEP, field_error
from graph_models.errors import FieldError, InvalidInput
from graph_models.records.record_types import BY_CLASS, BY_NAME, DECIMALS, RECORD_TYPES, Record

SERVICE_FIELDS = frozenset({"version", "revision", "recorded_at", "superseded_at", "recorded_by", "roles", "scores", "give_get", "touchpoints"})
"""What the service adds to its answers: ignored where a client sends it back."""
MAX_NESTING = 32
_any = msgspec.json.Decoder(Record)
_typed = {kind.name: msgspec.json.Decoder(kind.record) for kind in RECORD_TYPES}
_encoder = msgspec.json.Encoder(decimal_format="string")
_encode = _encoder.encode


def decode_record(line: bytes | str, type_name: str | None = None) -> Record:
    """The record that a line of JSON holds; with a ``type_name`` the field ``type`` may be left out.

    Raises ``InvalidInput`` with one :class:`FieldError` (no line) where it is no valid record.
    """
    decoder = _any if type_name is None else _typed[type_name]
    try:
        return decoder.decode(line)
    except msgspec.ValidationError as error:
        if "unknown field" not in str(error):
            raise _refused(error, type_name) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidInput("The record is not valid", errors=[_unreadable(error, line)]) from None
    try:
        fields = msgspec.json.decode(line)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise InvalidInput("The record is not valid", errors=[_unreadable(error, line)]) from None
    return record_of(fields, type_name)


def _unreadable(error: Exception, line: bytes | str) -> FieldError:
    if isinstance(error, RecursionError):
        return TOO_DEEP
    code = "not-utf8" if "utf-8" in str(error).lower() or ("truncated" in str(error) and _not_utf8(line)) else "bad-json"
    return FieldError(code, str(error))


def _refused(error: Exception, type_name: str | None) -> InvalidInput:
    """The error of values that are no record: an unknown ``type`` is told with those that there are."""
    fault = field_error(error, Record if type_name is None else BY_NAME[type_name].record)
    if fault.field == "type" and fault.code != "missing":
        fault = FieldError("unknown-type", f"{fault.message}; a type is one of {', '.join(BY_NAME)}", "type")
    return InvalidInput("The record is not valid", errors=[fault])


decode_plainly: Callable[[bytes | str], Record] = _any.decode
"""As :func:`decode_record` in a third of the time, for a line that holds nothing unusual; raises msgspec's errors for any other."""


def record_of(fields: Any, type_name: str | None = None) -> Record:
    """The record of a ``dict`` as in a batch; fields of the service's own are left out."""
    if isinstance(fields, dict):
        fields = {name: value for name, value in fields.items() if name not in SERVICE_FIELDS}
    try:
        return msgspec.convert(fields, Record if type_name is None else BY_NAME[type_name].record)
    except (msgspec.ValidationError, RecursionError) as error:
        raise _refused(error, type_name) from None


def encode_record(record: Record) -> bytes:
    """The canonical body of a record."""
    long = {field: amount_text(value) for field in DECIMALS if (value := getattr(record, field, None)) is not None and "E" in str(value)}
    return _encode(msgspec.to_builtins(record) | long if long else record)


def encode_records(records: Sequence[Record]) -> list[bytes]:
    """The canonical bodies of many records of one type."""
    for field in DECIMALS:
        if hasattr(records[0], field) and "E" in "".join(map(str, map(attrgetter(field), records))):
            return [encode_record(record) for record in records]
    return _encoder.encode_lines(records).split(b"\n")[:-1]


def content(record: Record) -> bytes:
    """What a state says, apart from the period for which it says so."""
    if not BY_CLASS[type(record)].is_state:
        return encode_record(record)
    return encode_record(msgspec.structs.replace(record, valid_from=None, valid_to=None))


def nesting(value: Any) -> int:
    """How deep lists and objects are nested."""
    depth, level = 0, [value]
    while containers := [item for item in level if isinstance(item, (dict, list))]:
        level = [inner for item in containers for inner in (item.values() if isinstance(item, dict) else item)]
        depth += 1
    return depth


def amount_text(amount: Decimal) -> str:
    """An amount as people write it, without an exponent."""
    return format(amount, "f")


def _not_utf8(line: bytes | str) -> bool:
    if isinstance(line, str):
        return False
    try:
        line.decode()
    except UnicodeDecodeError:
        return True
    return False

"""All record types in one visible list, and the way between a record and its JSON.

A record is what is stored under an id. The canonical body of a record is its JSON with the fields in the order of its
class and nothing that is empty: two records read the same exactly if their bodies are the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

import msgspec
from msgspec.structs import astuple

from graph_models.decoding import TOO_DEEP, field_error
from graph_models.errors import FieldError, InvalidInput
from graph_models.records.assessment import Assessment
from graph_models.records.dates import Period, day_text, first_day_text, last_day_text
from graph_models.records.evidence import Document
from graph_models.records.party import Party
from graph_models.records.relationship import Relationship
from graph_models.records.role import Role
from graph_models.records.touchpoint import Touchpoint
from graph_models.records.value_flow import ExchangeRate, ValueFlow

Record: TypeAlias = Party | Role | Relationship | ValueFlow | Touchpoint | Assessment | Document | ExchangeRate
FactRecord: TypeAlias = Role | Relationship | ValueFlow | Touchpoint | Assessment
StateRecord: TypeAlias = Party | Role | Relationship


class RecordType(NamedTuple):
    """One type of record: its name in files, its collection in URLs, its class, and whether it is a state."""

    name: str
    collection: str
    record: type[Record]
    is_state: bool = False
    is_fact: bool = True


RECORD_TYPES: tuple[RecordType, ...] = (
    RecordType("party", "parties", Party, is_state=True, is_fact=False),
    RecordType("role", "roles", Role, is_state=True),
    RecordType("relationship", "relationships", Relationship, is_state=True),
    RecordType("value_flow", "value-flows", ValueFlow),
    RecordType("touchpoint", "touchpoints", Touchpoint),
    RecordType("assessment", "assessments", Assessment),
    RecordType("document", "documents", Document, is_fact=False),
    RecordType("exchange_rate", "exchange-rates", ExchangeRate, is_fact=False),
)
BY_NAME = {kind.name: kind for kind in RECORD_TYPES}
BY_COLLECTION = {kind.collection: kind for kind in RECORD_TYPES}
BY_CLASS: dict[type, RecordType] = {kind.record: kind for kind in RECORD_TYPES}
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
    amount = getattr(record, "amount", None)
    if amount is not None and "E" in str(amount):
        fields = msgspec.to_builtins(record)
        fields["amount"] = format(amount, "f")
        return _encode(fields)
    return _encode(record)


def encode_records(records: Sequence[Record]) -> list[bytes]:
    """The canonical bodies of many records of one type."""
    if hasattr(records[0], "amount") and "E" in "".join(map(str, map(attrgetter("amount"), records))):
        return [encode_record(record) for record in records]
    return _encoder.encode_lines(records).split(b"\n")[:-1]


Fields: TypeAlias = Mapping[str, Sequence[Any]]
"""The fields of records of one type, each as a column."""


def fields_of(records: Sequence[Any]) -> Fields:
    """The fields of many records of one type, of which there is at least one."""
    return dict(zip(records[0].__struct_fields__, zip(*map(astuple, records), strict=True), strict=True))


def of_period(record: Record, period: Period) -> Record:
    """The same state for another period: bounds that a later write made are days."""
    return msgspec.structs.replace(record, valid_from=first_day_text(period.start), valid_to=last_day_text(period.end))


def content(record: Record) -> bytes:
    """What a state says, apart from the period for which it says so."""
    if not BY_CLASS[type(record)].is_state:
        return encode_record(record)
    return encode_record(msgspec.structs.replace(record, valid_from=None, valid_to=None))


def finished(record: Record) -> Record:
    """The record with what the service makes itself: the id of an exchange rate."""
    if isinstance(record, ExchangeRate):
        return msgspec.structs.replace(record, id=f"{record.currency}-{record.base_currency}-{day_text(record.period().start)}")
    return record


def parties_named(record: Record) -> Iterable[tuple[str, str]]:
    """(field, party id) of each party that a fact names."""
    if isinstance(record, (Party, Document, ExchangeRate)):
        return
    if record.source is not None:
        yield "source", record.source
    yield "target", record.target


def documents_named(record: Record) -> tuple[str, ...]:
    """The ids of the documents that a fact names as evidence, each once, in order."""
    evidence = getattr(record, "evidence", None)
    return tuple(dict.fromkeys(item.document_id for item in evidence)) if evidence else ()


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

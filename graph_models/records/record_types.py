"""All record types in one visible list, and the way between a record and its JSON.

A record is what is stored under an id. The canonical body of a record is its JSON with the fields in the order of its
class and nothing that is empty: two records read the same exactly if their bodies are the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import msgspec
from msgspec.structs import astuple

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
DECIMALS = ("amount", "cost")
"""The fields of any record that hold an exact decimal: taken as a number or a text, answered as a text."""
BY_NAME = {kind.name: kind for kind in RECORD_TYPES}
BY_COLLECTION = {kind.collection: kind for kind in RECORD_TYPES}
BY_CLASS: dict[type, RecordType] = {kind.record: kind for kind in RECORD_TYPES}


Fields: TypeAlias = Mapping[str, Sequence[Any]]
"""The fields of records of one type, each as a column."""


def fields_of(records: Sequence[Any]) -> Fields:
    """The fields of many records of one type, of which there is at least one."""
    return dict(zip(records[0].__struct_fields__, zip(*map(astuple, records), strict=True), strict=True))


def of_period(record: Record, period: Period) -> Record:
    """The same state for another period: bounds that a later write made are days."""
    return msgspec.structs.replace(record, valid_from=first_day_text(period.start), valid_to=last_day_text(period.end))


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

"""The ecosystem: all that is known of parties and facts at one instant, as immutable columns, around one focal party."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar, cast

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_models.ecosystem.columns import FAMILIES, FAMILY_OF, Columns, columns_of, numbers, tables_of
from graph_models.errors import FieldError, InvalidInput
from graph_models.records.closed_lists import identified
from graph_models.records.dates import FIRST_DAY, OPEN, Period, day_of, day_text, months_before, now_text
from graph_models.records.record_types import BY_CLASS, Record, finished, parties_named, record_of
from graph_models.records.validation import clash, faults
from graph_models.records.vocabulary import BUILT_IN, Vocabulary

if TYPE_CHECKING:
    import networkx as nx

    from graph_models.ecosystem.parameters import Parameters
    from graph_models.networkx_backend.array_graph import ArrayGraph

T = TypeVar("T")
Ints: TypeAlias = np.ndarray[Any, np.dtype[np.int32]]
Longs: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

FACT_FAMILIES = ("roles", "relationships", "value_flows", "touchpoints", "assessments")
"""The order in which facts are numbered."""
PERIOD_MONTHS = 12
AMOUNT_DIGITS = 12


class Coded(NamedTuple):
    """A column of text as numbers: ``codes`` are places in ``texts`` (sorted), -1 where there is nothing."""

    codes: Ints
    texts: list[str]

    def flags(self, wanted: Callable[[str], bool]) -> Mask:
        """Per row: is its text wanted? Nothing is not."""
        table = np.array([wanted(text) for text in self.texts] + [False], bool)
        return cast(Mask, table[self.codes])

    def looked_up(self, value: Callable[[str], float], missing: float = float("nan")) -> Floats:
        """Per row the number that its text stands for."""
        table = np.array([value(text) for text in self.texts] + [missing], np.float64)
        return cast(Floats, table[self.codes])


class Family:
    """The columns of one family of facts as arrays; each is made when it is first asked for."""

    def __init__(self, table: pa.Table, first_ref: int) -> None:
        self.table = table
        self.first_ref = first_ref
        self._made: dict[str, Any] = {}

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def _once(self, name: str, make: Callable[[], T]) -> T:
        if name not in self._made:
            self._made[name] = make()
        return cast(T, self._made[name])

    @property
    def ids(self) -> pa.ChunkedArray:
        return self.table["id"]

    @property
    def source(self) -> Ints:
        """Places of the source parties; -1 where nobody is named (an assessment by no one in particular)."""
        return self._once("source", lambda: _places(self.table["source"]))

    @property
    def target(self) -> Ints:
        return self._once("target", lambda: _places(self.table["target"]))

    @property
    def start(self) -> Ints:
        return self._once("start", lambda: _places(self.table["valid_from"]))

    @property
    def end(self) -> Ints:
        return self._once("end", lambda: _places(self.table["valid_to"]))

    @property
    def event_end(self) -> Ints:
        """As ``end``, of events: one with a first day and an open end lasts for that day."""
        return self._once("event end", lambda: np.where(self.open_ended, self.start + 1, self.end) if self.open_ended.any() else self.end)

    @property
    def open_ended(self) -> Mask:
        """Which facts have a first day and no last one."""
        return self._once("open ended", lambda: (self.end >= OPEN) & (self.start > FIRST_DAY))

    def number(self, column: str) -> Floats:
        """A numeric column, NaN where there is nothing."""
        return self._once("number " + column, lambda: numbers(self.table[column]))

    def coded(self, column: str) -> Coded:
        """A column of text as codes in the order of the texts."""
        return self._once("coded " + column, lambda: _coded(self.table[column]))

    @property
    def confidence(self) -> Floats:
        """1 where none is given."""
        return self._once("confidence", lambda: np.nan_to_num(self.number("confidence"), nan=1.0))

    @property
    def hypothesis(self) -> Mask:
        return self._once("hypothesis", lambda: self.coded("status").flags("hypothesis".__eq__))

    def texts(self, column: str, rows: Longs | Ints | None = None) -> list[Any]:
        """The values of some rows of a column, as Python has them."""
        chunked = self.table[column]
        return cast("list[Any]", (chunked if rows is None else chunked.take(pa.array(rows))).to_pylist())


def _places(column: pa.ChunkedArray) -> Ints:
    whole = pc.fill_null(column, -1) if column.null_count else column
    return cast(Ints, whole.to_numpy().astype(np.int32, copy=False))


def _coded(column: pa.ChunkedArray) -> Coded:
    if column.null_count == len(column):
        return Coded(np.full(len(column), -1, np.int32), [])
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    texts = cast("list[str]", encoded.dictionary.to_pylist())
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int32)
    order = sorted(range(len(texts)), key=texts.__getitem__)
    places = np.full(len(texts) + 1, -1, np.int32)
    places[np.array(order, np.int64)] = np.arange(len(texts), dtype=np.int32)
    return Coded(places[codes], [texts[place] for place in order])


class Places(Mapping[str, int]):
    """Party -> its place, looked up among the ids, which are sorted: where few are asked for, no dictionary of all is made."""

    def __init__(self, ids: pa.ChunkedArray) -> None:
        self._ids = ids

    def __getitem__(self, party: object) -> int:
        place = bisect_left(range(len(self._ids)), party, key=self._id) if isinstance(party, str) else len(self._ids)
        if place == len(self._ids) or self._id(place) != party:
            raise KeyError(party)
        return place

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids.to_pylist())

    def __len__(self) -> int:
        return len(self._ids)

    def _id(self, place: int) -> str:
        return cast(str, self._ids[place].as_py())


class Ecosystem:
    """Immutable. ``parties`` are ids in order; a party's place among them is its number in every graph and array."""

    def __init__(self, columns: Columns, focal_party: str, as_of: int, base_currency: str, vocabulary: Vocabulary) -> None:
        self.columns = columns
        self.focal_party = focal_party
        self.as_of = as_of
        self.base_currency = base_currency
        self.vocabulary = vocabulary
        self.origin: Ecosystem | None = None
        """Where this is another ecosystem changed: that one. What is known of it may save work here, never change a result."""
        self.families: dict[str, Family] = {}
        first = 0
        for family in FACT_FAMILIES:
            self.families[family] = Family(columns[family], first)
            first += len(self.families[family])
        self.facts = first
        self._kept: dict[Hashable, Any] = {}

    @classmethod
    def from_columns(
        cls, columns: Columns, focal_party: str, as_of: int | str | date, base_currency: str = "CNY", vocabulary: Vocabulary = BUILT_IN
    ) -> Ecosystem:
        """From the columns that a store delivers: states as they read on the day, all events."""
        return cls(columns, focal_party, _day(as_of), base_currency, vocabulary)

    @classmethod
    def from_records(
        cls,
        records: Iterable[Mapping[str, Any]],
        focal_party: str,
        as_of: int | str | date | None = None,
        base_currency: str = "CNY",
        vocabulary: Vocabulary = BUILT_IN,
    ) -> Ecosystem:
        """From the dicts of a batch. ``InvalidInput`` names line and field of each that is wrong.

        >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
        >>> records.append({"type": "value_flow", "id": "v", "source": "acme", "target": "firm", "kind": "money", "amount": 5})
        >>> ecosystem = Ecosystem.from_records(records, focal_party="firm", as_of="2025-12-31")
        >>> ecosystem.parties, ecosystem.focal
        (['acme', 'firm'], 1)
        """
        day = _day(now_text()[:10] if as_of is None else as_of)
        return cls(columns_of(tables_of(_checked(records, vocabulary), day)), focal_party, day, base_currency, vocabulary)

    @cached_property
    def parties(self) -> list[str]:
        return cast("list[str]", self.columns["parties"]["id"].to_pylist())

    @cached_property
    def places(self) -> Places:
        return Places(self.columns["parties"]["id"])

    def index(self, party: str) -> int:
        """The place of a party; ``KeyError`` where there is none of that id."""
        return self.places[party]

    @cached_property
    def focal(self) -> int | None:
        """The place of the focal party itself, ``None`` where it is not there. (Rolled up: see ``roll_up.focal_of``.)"""
        return self.places.get(self.focal_party)

    @cached_property
    def details(self) -> list[dict[str, Any]]:
        """What the segments, pages and reports show of each party: name, region, industry ..."""
        decode = msgspec.json.Decoder(dict[str, Any]).decode
        return [decode(text) if text else {} for text in self.columns["parties"]["details"].to_pylist()]

    @cached_property
    def names(self) -> list[str]:
        return [details.get("name", party) for details, party in zip(self.details, self.parties, strict=True)]

    @cached_property
    def party_kind(self) -> Coded:
        return _coded(self.columns["parties"]["kind"])

    @cached_property
    def snapshot_id(self) -> str:
        """The same records, day, focal party, currency and vocabulary give the same."""
        parts = (self.columns.digest, self.focal_party, str(self.as_of), self.base_currency, self.vocabulary.hash)
        return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()

    @cached_property
    def default_period(self) -> Period:
        """The 12 months up to and including ``as_of``."""
        return Period(months_before(self.as_of, PERIOD_MONTHS), self.as_of + 1)

    def period(self, parameters: Parameters) -> Period:
        return self.default_period if parameters.period is None else Period(*parameters.period)

    @property
    def as_of_text(self) -> str:
        return day_text(self.as_of)

    def family_of(self, ref: int) -> tuple[str, int]:
        """The family of a fact's number, and its row there."""
        for name, family in self.families.items():
            if ref < family.first_ref + len(family):
                return name, ref - family.first_ref
        raise IndexError(ref)

    def fact_id(self, ref: int) -> str:
        """The id of a fact. Numbers run over roles, relationships, value flows, touchpoints, assessments."""
        name, row = self.family_of(int(ref))
        return cast(str, self.families[name].ids[row].as_py())

    def fact_ids(self, refs: Iterable[int]) -> list[str]:
        numbers = np.array(list(refs), np.int64)
        answer = np.full(len(numbers), None, object)
        for family in self.families.values():
            there = np.flatnonzero((numbers >= family.first_ref) & (numbers < family.first_ref + len(family)))
            if len(there):
                answer[there] = family.texts("id", numbers[there] - family.first_ref)
        return cast("list[str]", answer.tolist())

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made once for these parameters; graphs and streams are shared by all metrics."""
        if key not in self._kept:
            self._kept[key] = make()
        return cast(T, self._kept[key])

    def without(self, facts: Iterable[str]) -> Ecosystem:
        """The ecosystem as if these facts were not there (of each id, those of every family)."""
        gone = pa.array(sorted(facts), pa.string())
        tables = {family: self.columns[family].filter(pc.invert(pc.is_in(self.columns[family]["id"], value_set=gone))) for family in self.families}
        return self.changed(tables)

    def changed(self, tables: Mapping[str, pa.Table], focal_party: str | None = None) -> Ecosystem:
        """The same instant with other tables in the place of some; what stays is not made anew."""
        columns = Columns(self.columns.tables | dict(tables))
        answer = Ecosystem(columns, focal_party or self.focal_party, self.as_of, self.base_currency, self.vocabulary)
        if "parties" not in tables:
            answer.__dict__.update({name: value for name, value in self.__dict__.items() if name in ("parties", "places", "details", "party_kind")})
        for name in set(self.families) - set(tables):
            answer.families[name]._made = self.families[name]._made
        answer.origin = self
        return answer

    def graph(self, name: str, **parameters: Any) -> ArrayGraph:
        """One of the graphs of metrics.md section 1, as networkx functions accept it."""
        from graph_models.ecosystem.parameters import parameters_of
        from graph_models.networkx_backend.ecosystem_graphs import graph_for_networkx

        return graph_for_networkx(self, name, parameters_of(parameters, None, self.vocabulary))

    def to_networkx(self) -> nx.MultiDiGraph:
        """A plain ``MultiDiGraph`` of everything: parties with their details; roles, relationships and value flows, keyed by type and id."""
        import networkx

        graph = networkx.MultiDiGraph(focal_party=self.focal_party, as_of=self.as_of_text, base_currency=self.base_currency)
        kinds = self.columns["parties"]["kind"].to_pylist()
        graph.add_nodes_from((party, {"kind": kind, **details}) for party, kind, details in zip(self.parties, kinds, self.details, strict=True))
        for type_name in ("role", "relationship", "value_flow"):
            family = self.families[FAMILY_OF[type_name]]
            columns = [name for name in ("id", "valid_from", "valid_to", *FAMILIES[FAMILY_OF[type_name]]) if name not in ("source", "target", "documents")]
            rows = zip(family.source.tolist(), family.target.tolist(), *(family.texts(name) for name in columns), strict=True)
            for source, target, *values in rows:
                attributes = {name: value for name, value in zip(columns, values, strict=True) if value is not None}
                graph.add_edge(self.parties[source], self.parties[target], key=(type_name, attributes["id"]), type=type_name, **attributes)
        return graph


def _day(as_of: int | str | date) -> int:
    if isinstance(as_of, str):
        return day_of(as_of)
    return as_of.toordinal() if isinstance(as_of, date) else int(as_of)


def _checked(records: Iterable[Mapping[str, Any]], vocabulary: Vocabulary) -> list[Record]:
    answer: list[Record] = []
    lines: list[int] = []
    errors: list[FieldError] = []
    for line, fields in enumerate(records, 1):
        try:
            record = identified(finished(record_of(_exact(fields))), vocabulary)
        except InvalidInput as error:
            errors += [fault.at(line) for fault in error.errors]
            continue
        errors += [fault.at(line) for fault in faults(record, vocabulary)]
        answer.append(record)
        lines.append(line)
    named = {record.id for record in answer if BY_CLASS[type(record)].name == "party"}
    errors += [
        FieldError("dangling", f"there is no party {party!r}", field, line)
        for record, line in zip(answer, lines, strict=True)
        for field, party in parties_named(record)
        if party not in named
    ]
    errors += _doubled(answer, lines)
    if errors:
        first = errors[0]
        raise InvalidInput(f"Line {first.line}: {first.message}" + (f" ({len(errors)} errors)" if len(errors) > 1 else ""), errors=errors)
    return answer


def _exact(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """An amount that Python computed as a float is meant to the 12 digits after the point that amounts have."""
    amount = fields.get("amount")
    if isinstance(amount, float) and isfinite(amount):
        return {**fields, "amount": Decimal(f"{amount:.{AMOUNT_DIGITS}f}")}
    return fields


def _doubled(records: list[Record], lines: list[int]) -> list[FieldError]:
    seen: dict[tuple[type, str], list[tuple[Period, int]]] = {}
    errors = []
    for record, line in zip(records, lines, strict=True):
        before = seen.setdefault((type(record), record.id), [])
        period = record.period()
        if before and (rival := clash(type(record), period, before)):
            errors.append(rival.at(line))
        before.append((period, line))
    return errors

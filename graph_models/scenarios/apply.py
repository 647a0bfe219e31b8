"""Scenarios: another ecosystem, made of one by edits. Nothing is written anywhere; the edits are done on the columns, in order.

Every row that will ever be there is laid out first, those of the edits behind those that are there; an edit then turns rows
on and off, moves their ends, or multiplies their amounts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_models.arrays.types import Floats, Ints, Longs, Mask
from graph_models.ecosystem.column_schema import FAMILIES, FAMILY_OF
from graph_models.ecosystem.columns import numbers
from graph_models.ecosystem.ecosystem import FACT_FAMILIES, Ecosystem
from graph_models.ecosystem.record_columns import tables_of
from graph_models.errors import FieldError, InvalidInput
from graph_models.records.record_types import BY_CLASS, Record, documents_named, parties_named
from graph_models.scenarios.edits import Add, Edit, Merge, Redirect, RemoveFact, RemoveParty, Replace, Scale, record_in, refused

TIES = ("roles", "relationships")
"""What may not go from a party to itself."""
SCALED = {"value_flows": ("amount", "quantity"), "touchpoints": ("amount",)}
LARGEST = 1e24
"""Amounts have at most 24 digits before the point."""
TYPE_OF = {family: name for name, family in FAMILY_OF.items()}


class Place(NamedTuple):
    """Where a row is: its family and its number there."""

    family: str
    row: int


def edited(ecosystem: Ecosystem, edits: Sequence[Edit]) -> Ecosystem:
    """The ecosystem as it would be. ``InvalidInput`` names each edit that cannot be done after those before it (``edits[2].id``).

    >>> from graph_models.scenarios.edits import edits_of
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "shop", "family")]
    >>> records += [{"type": "value_flow", "id": "a", "source": "shop", "target": "firm", "kind": "money", "amount": 100},
    ...             {"type": "value_flow", "id": "b", "source": "family", "target": "shop", "kind": "money", "amount": 150}]
    >>> ecosystem = Ecosystem.from_records(records, focal_party="firm", as_of="2025-12-31")
    >>> without = edited(ecosystem, edits_of([{"op": "remove_party", "id": "shop"}], ecosystem.vocabulary))
    >>> without.parties, without.facts
    (['family', 'firm'], 0)
    """
    return _Draft(ecosystem, edits).done()


class _Rows:
    """The rows of one family while edits are done: those of the ecosystem, then those that edits bring, off until their edit."""

    def __init__(self, table: pa.Table, coming: pa.Table) -> None:
        self.base = table
        self.coming = coming
        self.on: Mask = np.concatenate([np.ones(table.num_rows, bool), np.zeros(coming.num_rows, bool)])
        self.source: Ints = np.zeros(0, np.int32)
        self.target: Ints = np.zeros(0, np.int32)
        self.moved = False
        self.scaled: dict[str, Floats] = {}

    def values(self, column: str) -> Floats:
        """A column of numbers that may be multiplied."""
        if column not in self.scaled:
            self.scaled[column] = np.concatenate([numbers(self.base[column]), numbers(self.coming[column])])
        return self.scaled[column]

    def order(self) -> Longs:
        """The rows that are on, by id."""
        first = self.base.num_rows
        kept = np.flatnonzero(self.on[:first])
        new = np.flatnonzero(self.on[first:])
        if not len(new):
            return kept
        named = sorted(zip(self.coming["id"].take(pa.array(new)).to_pylist(), new.tolist(), strict=True))
        ids = self.base["id"]
        before = [bisect_left(range(first), name, key=lambda row: ids[row].as_py()) for name, _ in named]
        return np.insert(kept, np.searchsorted(kept, before), [first + row for _, row in named])

    def table(self, place: Ints | None) -> pa.Table:
        """The family as it is now; ``place``: where each party of the draft is (``None``: as they were)."""
        order = self.order()
        table = self.base
        if len(order) != table.num_rows or self.coming.num_rows:
            table = (pa.concat_tables([self.base, self.coming]) if self.coming.num_rows else self.base).take(pa.array(order)).combine_chunks()
        for column, values in self.scaled.items():
            now = values[order]
            table = table.set_column(table.schema.get_field_index(column), column, pa.array(now, mask=np.isnan(now)))
        if self.moved or place is not None:
            for column, ends in (("source", self.source), ("target", self.target)):
                there: Ints = ends[order] if place is None else np.append(place, np.int32(-1))[ends[order]]
                table = table.set_column(table.schema.get_field_index(column), column, pa.array(there, pa.int32(), mask=there < 0))
        return table

    @property
    def unchanged(self) -> bool:
        first = self.base.num_rows
        return not (self.moved or self.scaled or self.on[first:].any() or not self.on[:first].all())


class _Draft:
    """The ecosystem between one edit and the next. Parties have numbers: those that are there, then those that edits bring."""

    def __init__(self, ecosystem: Ecosystem, edits: Sequence[Edit]) -> None:
        self.ecosystem = ecosystem
        self.focal_party = ecosystem.focal_party
        self.errors: list[FieldError] = []
        self.party: dict[str, int | None] = {}
        """The numbers of the parties that edits brought or took."""
        self.row: dict[tuple[str, str], int] = {}
        self.records = [record_in(edit, ecosystem.vocabulary) if isinstance(edit, Add | Replace) else None for edit in edits]
        self._lay_out(edits)
        for at, edit in enumerate(edits):
            try:
                _DO[type(edit)](self, at, edit)
            except InvalidInput as error:
                self.errors += [fault._replace(field=f"edits[{at}].{fault.field}") for fault in error.errors]
        if self.errors:
            raise refused(self.errors)

    # -- the rows

    def _lay_out(self, edits: Sequence[Edit]) -> None:
        there = [record for record in self.records if record is not None]
        coming = tables_of([record for record in there if self._holds(record)], self.ecosystem.as_of)
        self.rows = {family: _Rows(self.ecosystem.columns[family], _empty_ends(family, coming[family])) for family in FAMILIES}
        first = {family: rows.base.num_rows for family, rows in self.rows.items()}
        self.new: list[int] = []
        for record in self.records:
            family = "" if record is None or not self._holds(record) else FAMILY_OF[BY_CLASS[type(record)].name]
            self.new.append(first.get(family, -1))
            first[family] = first.get(family, -1) + 1
        for family in FACT_FAMILIES:
            rows, facts = self.rows[family], self.ecosystem.families[family]
            rows.source, rows.target = (np.concatenate([ends, np.full(rows.coming.num_rows, -1, np.int32)]) for ends in (facts.source, facts.target))
        self._find({name for edit in edits for name in _named(edit)} | {record.id for record in there})

    def _holds(self, record: Record) -> bool:
        return not BY_CLASS[type(record)].is_state or self.ecosystem.as_of in record.period()

    def _find(self, names: set[str]) -> None:
        """Where the records that edits name are."""
        wanted = pa.array(sorted(names), pa.string())
        for family in FAMILIES:
            ids = self.ecosystem.columns[family]["id"]
            found = np.flatnonzero(pc.is_in(ids, value_set=wanted).to_numpy())
            self.row |= {(family, name): row for name, row in zip(ids.take(pa.array(found)).to_pylist(), found.tolist(), strict=True)}

    def number(self, party: str, field: str) -> int:
        """The number of a party that is there now."""
        found = self.party[party] if party in self.party else self.ecosystem.places.get(party)
        if found is None:
            raise InvalidInput.of("unknown-party", f"there is no party {party!r} on {self.ecosystem.as_of_text}, after the edits before", field)
        return found

    def there(self, family: str, name: str) -> int | None:
        """The row of a record that is there now."""
        if family == "parties":
            return self.party[name] if name in self.party else self.ecosystem.places.get(name)
        row = self.row.get((family, name))
        return row if row is not None and self.rows[family].on[row] else None

    def fact(self, name: str, type_name: str | None, field: str) -> Place:
        """The one fact of an id that is there now."""
        families = FACT_FAMILIES if type_name is None else (FAMILY_OF[type_name],)
        found = [Place(family, row) for family in families if (row := self.there(family, name)) is not None]
        if not found:
            raise InvalidInput.of("unknown-fact", f"there is no fact {name!r} on {self.ecosystem.as_of_text}, after the edits before", field)
        if len(found) > 1:
            types = ", ".join(TYPE_OF[place.family] for place in found)
            raise InvalidInput.of("ambiguous", f"several facts have the id {name!r}: {types}; say which `type`", field)
        return found[0]

    def switch_on(self, at: int, record: Record) -> Place:
        """Put a record of an edit among those that are there."""
        if not self._holds(record):
            message = f"it does not hold on {self.ecosystem.as_of_text}, so the scenario would not see it"
            raise InvalidInput.of("not-valid-then", message, "record.valid_from")
        errors = []
        ends: dict[str, int] = {}
        for field, party in parties_named(record):
            try:
                ends[field] = self.number(party, f"record.{field}")
            except InvalidInput:
                errors.append(FieldError("dangling", f"there is no party {party!r}", f"record.{field}"))
        missing = [document for document in documents_named(record) if self.there("documents", document) is None and not self._stored(document)]
        errors += [FieldError("dangling", f"there is no document {document!r}", "record.evidence") for document in missing]
        if errors:
            raise InvalidInput("The record is not valid", errors=errors)
        place = Place(FAMILY_OF[BY_CLASS[type(record)].name], self.new[at])
        rows = self.rows[place.family]
        rows.on[place.row] = True
        for field, number in ends.items():
            getattr(rows, field)[place.row] = number
            rows.moved = True
        if place.family == "parties":
            self.party[record.id] = place.row
        else:
            self.row[place.family, record.id] = place.row
        return place

    def _stored(self, document: str) -> bool:
        if ("documents", document) not in self.row:
            self._find({document})
        return self.there("documents", document) is not None

    # -- the edits

    def remove_party(self, at: int, edit: RemoveParty) -> None:
        number = self.number(edit.id, "id")
        for family in FACT_FAMILIES:
            rows = self.rows[family]
            rows.on &= (rows.source != number) & (rows.target != number)
        self._take_party(edit.id, number)

    def _take_party(self, party: str, number: int) -> None:
        self.rows["parties"].on[number] = False
        self.party[party] = None

    def remove_fact(self, at: int, edit: RemoveFact) -> None:
        place = self.fact(edit.id, edit.type, "id")
        self.rows[place.family].on[place.row] = False

    def add(self, at: int, edit: Add) -> None:
        record = cast(Record, self.records[at])
        kind = BY_CLASS[type(record)].name
        if self.there(FAMILY_OF[kind], record.id) is not None:
            raise InvalidInput.of("duplicate", f"there is a {kind} {record.id!r}; replace it, or give the new one another id", "record.id")
        self.switch_on(at, record)

    def replace(self, at: int, edit: Replace) -> None:
        record = cast(Record, self.records[at])
        kind = BY_CLASS[type(record)].name
        before = self.there(FAMILY_OF[kind], record.id)
        if before is None:
            code = "unknown-party" if kind == "party" else "unknown-fact" if BY_CLASS[type(record)].is_fact else "unknown-record"
            raise InvalidInput.of(code, f"there is no {kind} {record.id!r} on {self.ecosystem.as_of_text}, after the edits before", "record.id")
        place = self.switch_on(at, record)
        self.rows[place.family].on[before] = False
        if place.family == "parties":
            self._move(before, place.row)

    def scale(self, at: int, edit: Scale) -> None:
        for which, name in enumerate(edit.ids):
            field = f"ids[{which}]"
            place = self.fact(name, None, field)
            rows = self.rows[place.family]
            columns = [column for column in SCALED.get(place.family, ()) if not np.isnan(rows.values(column)[place.row])]
            if not columns:
                raise InvalidInput.of("nothing-to-scale", f"the {TYPE_OF[place.family]} {name!r} has no amount and no quantity", field)
            for column in columns:
                now = rows.values(column)[place.row] * edit.factor
                if abs(now) >= LARGEST:
                    raise InvalidInput.of("bad-amount", f"the {column} of {name!r} would be {now:.3g}; it has at most 24 digits", field)
                rows.values(column)[place.row] = now

    def redirect(self, at: int, edit: Redirect) -> None:
        place = self.fact(edit.id, edit.type, "id")
        rows = self.rows[place.family]
        ends = {field: self.number(party, field) for field in ("source", "target") if (party := getattr(edit, field)) is not None}
        now = {"source": int(rows.source[place.row]), "target": int(rows.target[place.row])} | ends
        if place.family in TIES and now["source"] == now["target"]:
            raise InvalidInput.of("self-tie", f"a {TYPE_OF[place.family]} is between two parties", next(iter(ends)))
        for field, number in ends.items():
            getattr(rows, field)[place.row] = number
        rows.moved = True

    def merge(self, at: int, edit: Merge) -> None:
        gone, kept = self.number(edit.id, "id"), self.number(edit.into, "into")
        for family in FACT_FAMILIES:
            rows = self.rows[family]
            between = np.isin(rows.source, (gone, kept)) & np.isin(rows.target, (gone, kept))
            rows.on &= ~between | ((rows.source == kept) & (rows.target == kept))
        self._move(gone, kept)
        self._take_party(edit.id, gone)
        if self.focal_party == edit.id:
            self.focal_party = edit.into

    def _move(self, before: int, now: int) -> None:
        """Facts of one number are those of another."""
        for family in FACT_FAMILIES:
            rows = self.rows[family]
            for ends in (rows.source, rows.target):
                mine = ends == before
                rows.moved |= bool(mine.any())
                ends[mine] = now

    # -- the answer

    def done(self) -> Ecosystem:
        parties = self.rows["parties"]
        place = None
        if not parties.unchanged:
            order = parties.order()
            place = np.full(len(parties.on), -1, np.int32)
            place[order] = np.arange(len(order), dtype=np.int32)
        tables = {family: rows.table(None) for family, rows in self.rows.items() if family not in FACT_FAMILIES and not rows.unchanged}
        tables |= {family: self.rows[family].table(place) for family in FACT_FAMILIES if place is not None or not self.rows[family].unchanged}
        return self.ecosystem.changed(tables, self.focal_party)


def _empty_ends(family: str, table: pa.Table) -> pa.Table:
    """Rows that come, in the types of an ecosystem's columns: their ends are set by their edit."""
    for column in ("source", "target") if "target" in FAMILIES[family] else ():
        table = table.set_column(table.schema.get_field_index(column), column, pa.nulls(table.num_rows, pa.int32()))
    return table


def _named(edit: Edit) -> Sequence[str]:
    """The facts that an edit names."""
    return edit.ids if isinstance(edit, Scale) else [edit.id] if isinstance(edit, RemoveFact | Redirect) else ()


_DO: dict[type, Any] = {
    RemoveParty: _Draft.remove_party,
    RemoveFact: _Draft.remove_fact,
    Add: _Draft.add,
    Replace: _Draft.replace,
    Scale: _Draft.scale,
    Redirect: _Draft.redirect,
    Merge: _Draft.merge,
}

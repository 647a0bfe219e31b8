"""What a store is, told as naively as possible: a list of statements, and rows made anew from all of them at every write.

Nothing here knows how slices are cut: on each stretch of days that no statement's bound divides, the last statement counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import count, pairwise
from typing import Any, NamedTuple

from graph_models.ecosystem.column_schema import FAMILIES, FAMILY_OF, HOT_NAMES
from graph_models.ecosystem.columns import Columns, columns_of
from graph_models.ecosystem.record_columns import hot_values, table_of
from graph_models.records.dates import Period
from graph_models.records.json_codec import content, decode_record
from graph_models.records.party import Party
from graph_models.records.record_types import BY_CLASS, BY_NAME, RECORD_TYPES, Record, documents_named, finished, parties_named
from graph_models.records.role import Role
from service.stores.interface.search_text import search_text, search_words
from service.stores.interface.store import At, Row

_PLACE = {kind.name: place for place, kind in enumerate(RECORD_TYPES)}


class Retraction(NamedTuple):
    """A period to take away."""

    type: str
    id: str
    period: Period


class Statement(NamedTuple):
    number: int
    period: Period
    record: Record | None


class Told(NamedTuple):
    """What one statement says for a stretch of days, and when it was believed."""

    type: str
    id: str
    period: Period
    statement: Statement
    version: int
    revision: int
    superseded: int | None = None

    @property
    def record(self) -> Record:
        assert self.statement.record is not None
        return self.statement.record

    def known(self, revision: int) -> bool:
        return self.revision <= revision and (self.superseded is None or self.superseded > revision)


class Seen(NamedTuple):
    """What a read of one row tells, in either store. Bounds are compared as days, for cut slices may write them in another way."""

    type: str
    id: str
    period: Period
    says: bytes | None
    version: int
    revision: int
    superseded: int | None
    current: int


def seen(row: Row) -> Seen:
    """A row of a real store."""
    record = None if row.body is None else decode_record(row.body)
    if record is not None:
        assert record.id == row.id
        assert record.period() == row.period
    return Seen(row.type, row.id, row.period, record and content(record), row.version, row.revision, row.superseded, row.current)


class NaiveStore:
    """Statements in the order in which they came, and all rows that they ever made."""

    def __init__(self) -> None:
        self.statements: dict[tuple[str, str], list[Statement]] = {}
        self.told: list[Told] = []
        self.revision = 0
        self._numbers = count()

    def write(self, operations: Iterable[Record | Retraction]) -> bool:
        """State and take away, as one revision; was there anything new in it?"""
        touched: dict[tuple[str, str], list[Statement]] = {}
        for operation in operations:
            key = self._key(operation)
            before = touched.get(key) or list(self.statements.get(key, ()))
            period = operation.period if isinstance(operation, Retraction) else operation.period()
            record = None if isinstance(operation, Retraction) else finished(operation)
            if not _says_so_already(key[0], before, period, record):
                touched[key] = [*before, Statement(next(self._numbers), period, record)]
        if not touched:
            return False
        self.revision += 1
        for key, statements in touched.items():
            self._tell(key, statements)
        return True

    def _key(self, operation: Record | Retraction) -> tuple[str, str]:
        if isinstance(operation, Retraction):
            return operation.type, operation.id
        return BY_CLASS[type(operation)].name, finished(operation).id

    def _tell(self, key: tuple[str, str], statements: list[Statement]) -> None:
        self.statements[key] = statements
        now = _runs(key[0], statements)
        version = self._current(key, self.revision) + 1
        for place, told in enumerate(self.told):
            if (told.type, told.id) == key and told.superseded is None:
                if (told.period, told.statement) in now:
                    now.remove((told.period, told.statement))
                else:
                    self.told[place] = told._replace(superseded=self.revision)
        self.told += [Told(*key, period, statement, version, self.revision) for period, statement in now]

    def _current(self, key: tuple[str, str], revision: int) -> int:
        return max((told.version for told in self.told if (told.type, told.id) == key and told.revision <= revision), default=0)

    def _at(self, at: At, *, any_event: bool = False) -> list[Told]:
        """What reads so at an instant, in order."""
        found = []
        for told in self.told:
            if told.statement.record is None or not told.known(at.revision):
                continue
            on_day = at.day in told.period if BY_NAME[told.type].is_state else any_event or at.day is None or told.period.start <= at.day
            if on_day or at.day is None:
                found.append(told)
        return sorted(found, key=lambda told: (_PLACE[told.type], told.id, told.period))

    def _seen(self, told: Iterable[Told], at: At) -> list[Seen]:
        return [
            Seen(
                one.type, one.id, one.period, one.statement.record and content(one.statement.record), one.version, one.revision,
                one.superseded if one.superseded is not None and one.superseded <= at.revision else None, self._current((one.type, one.id), at.revision),
            )
            for one in told
        ]  # fmt: skip

    def get(self, type_name: str, ids: Collection[str], at: At) -> list[Seen]:
        return self._seen((told for told in self._at(at, any_event=True) if told.type == type_name and told.id in ids), at)

    def find(self, type_name: str, filters: Mapping[str, str], at: At) -> list[Seen]:
        """All pages of it."""
        there = self._at(at)
        return self._seen((told for told in there if told.type == type_name and self._fits(told, filters, there)), at)

    def _fits(self, told: Told, filters: Mapping[str, str], there: Sequence[Told]) -> bool:
        record = told.record
        if not isinstance(record, Party):
            return all(_fact_fits(record, name, value) for name, value in filters.items())
        of_role = {name: value for name, value in filters.items() if name in ("role", "stage", "tier", "purpose")}
        own = all(_party_fits(record, name, value) for name, value in filters.items() if name not in of_role)
        roles = [one.record for one in there if isinstance(one.record, Role) and one.record.source == record.id]
        return own and (not of_role or any(all(getattr(role, name) == value for name, value in of_role.items()) for role in roles))

    def adjacent(self, parties: Collection[str], at: At, kinds: Collection[str] | None, limit: int) -> list[Seen]:
        found = [
            told for told in self._at(at)
            if {party for _, party in parties_named(told.record)}.intersection(parties) and (kinds is None or _hot(told.record)["kind"] in kinds)
        ]  # fmt: skip
        return self._seen(found[:limit], at)

    def history(self, type_name: str, record_id: str, at: At) -> list[Seen]:
        told = [one for one in self.told if (one.type, one.id) == (type_name, record_id) and one.revision <= at.revision]
        return self._seen(sorted(told, key=lambda one: (-one.revision, one.period)), at)

    def present(self, type_name: str) -> set[str]:
        return {told.id for told in self._at(At()) if told.type == type_name}

    def referring(self, type_name: str, record_id: str, period: Period) -> set[tuple[str, str]]:
        found = set()
        for told in self._at(At()):
            named = {party for _, party in parties_named(told.record)} if type_name == "party" else set(documents_named(told.record))
            if record_id in named and told.period.overlaps(period):
                found.add((told.type, told.id))
        return found

    def columns(self, at: At) -> Columns:
        there = self._at(at, any_event=True)
        tables = {}
        for kind, family in FAMILY_OF.items():
            rows = [told for told in there if told.type == kind]
            values: dict[str, list[Any]] = {"id": [told.id for told in rows]}
            values |= {"valid_from": [told.period.start for told in rows], "valid_to": [told.period.end for told in rows]}
            values |= {name: [_hot(told.record)[name] for told in rows] for name in FAMILIES[family]}
            tables[family] = table_of(family, values)
        return columns_of(tables)


def _hot(record: Record) -> dict[str, Any]:
    return dict(zip(HOT_NAMES, hot_values(record), strict=True))


def _says_so_already(type_name: str, before: Sequence[Statement], period: Period, record: Record | None) -> bool:
    runs = _runs(type_name, before)
    if not BY_NAME[type_name].is_state:
        return (before[-1].record if before else None) == record
    if record is None:
        return not any(run.overlaps(period) and statement.record is not None for run, statement in runs)
    covering = [statement for run, statement in runs if run.start <= period.start and period.end <= run.end]
    return any(statement.record is not None and content(statement.record) == content(record) for statement in covering)


def _runs(type_name: str, statements: Sequence[Statement]) -> list[tuple[Period, Statement]]:
    """The longest stretches of days on which one and the same statement was the last one."""
    if not BY_NAME[type_name].is_state:
        said = next((statement for statement in reversed(statements) if statement.record is not None), None)
        return [(said.period, statements[-1])] if said else []
    bounds = sorted({bound for statement in statements for bound in statement.period})
    runs: list[tuple[Period, Statement]] = []
    for start, end in pairwise(bounds):
        last = next((statement for statement in reversed(statements) if start in statement.period), None)
        if last is not None and runs and runs[-1][1] is last and runs[-1][0].end == start:
            runs[-1] = (Period(runs[-1][0].start, end), last)
        elif last is not None:
            runs.append((Period(start, end), last))
    return runs


def _fact_fits(record: Any, name: str, value: str) -> bool:
    if name == "party":
        return value in {party for _, party in parties_named(record)}
    if name == "role":
        return isinstance(record, Role) and record.role == value
    return bool(_hot(record)[name] == value)


def _party_fits(party: Party, name: str, value: str) -> bool:
    if name == "q":
        words = search_text(party).split(" ")
        wanted = search_words(value)
        return bool(wanted) and all(any(word.startswith(want[:-1]) if want.endswith("*") else word == want for word in words) for want in wanted)
    if name == "industry":
        return party.industry is not None and value in (party.industry.code, f"{party.industry.scheme}:{party.industry.code}")
    found = getattr(party, name)
    return found is not None and str(found) == value

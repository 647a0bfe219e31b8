"""What one write does to an embedded store, inside its transaction: what a plan may ask, and how its change is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import apsw
import msgspec

from graph_models.columns import HOT, hot_values
from graph_models.evidence import Fact
from graph_models.party import Party
from graph_models.records import documents_named, encode_record
from graph_models.time import Period, now_text
from service.stores import embedded_statements as sql
from service.stores.embedded_reads import head, text_array
from service.stores.embedded_schema import BELIEVED, CODES, NAMES
from service.stores.search_text import search_text
from service.stores.store import Change, NewRow, Revision, Row, Writing

_NOTHING = (None,) * (len(HOT) + 1)
_tuple: Any = tuple.__new__


class EmbeddedBelieved:
    """What is believed now, seen from inside the transaction of a write."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._written_by = _WrittenBy(connection)

    def live(self, type_name: str, ids: Collection[str]) -> Mapping[str, Sequence[Row]]:
        array = text_array(ids)
        rows = self._rows(self._connection.execute(sql.LIVE, {"type": CODES[type_name], "ids": array})) if array else []
        found = {row.id: (row,) for row in rows}
        return found if len(found) == len(rows) else _grouped(rows)

    def present(self, type_name: str, ids: Collection[str]) -> Collection[str]:
        array = text_array(ids)
        return {found for (found,) in self._connection.execute(sql.PRESENT, {"type": CODES[type_name], "ids": array})} if array else set()

    def referring(self, type_name: str, record_id: str, period: Period) -> Sequence[Row]:
        return self._rows(self._connection.execute(sql.REFERRING[type_name], {"id": record_id, "start": period.start, "stop": period.end}))

    def _rows(self, found: Iterable[tuple[Any, ...]]) -> list[Row]:
        written_by = self._written_by
        return [
            _tuple(Row, (NAMES[code], name, _tuple(Period, (start, stop)), body, version, revision, *written_by[revision], None, version, n))
            for code, name, start, stop, body, version, revision, n in found
        ]


class _WrittenBy(dict[int, tuple[str, str | None]]):
    """When and by whom each revision was recorded; looked up once each."""

    def __init__(self, connection: apsw.Connection) -> None:
        super().__init__()
        self._connection = connection

    def __missing__(self, number: int) -> tuple[str, str | None]:
        time, who = self._connection.execute(sql.WRITTEN_BY, (number,)).get
        self[number] = time, who
        return time, who


def _grouped(rows: Sequence[Row]) -> dict[str, Sequence[Row]]:
    """The rows of each id by start; the newest version is that of one of them."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.id].append(row)
    newest = {name: max(row.version for row in of_id) for name, of_id in found.items()}
    return {name: [row._replace(current=newest[name]) for row in sorted(of_id, key=lambda row: row.period)] for name, of_id in found.items()}


def revise(connection: apsw.Connection, change: Change, writing: Writing) -> Revision:
    """Write all of a change as the next revision. Its time is never before that of the one before, whatever the clock does."""
    last, last_time = head(connection)
    number = last + 1
    connection.executemany(sql.SUPERSEDE, ((number, row.handle) for row in change.supersede))
    first = connection.execute(sql.NEXT_ROW).get
    connection.executemany(sql.INSERT, (_values(n, row, number) for n, row in enumerate(change.insert, first)))
    connection.executemany(sql.INSERT_WORDS, [(n, search_text(row.record)) for n, row in enumerate(change.insert, first) if type(row.record) is Party])
    sourced = [(n, row.record) for n, row in enumerate(change.insert, first) if isinstance(row.record, Fact) and row.record.evidence]
    connection.executemany(sql.INSERT_EVIDENCE, [(document, n) for n, record in sourced for document in documents_named(record)])
    answer = None if change.answer is None else change.answer(number)
    revision = Revision(number, max(now_text(), last_time), writing.who, writing.key, writing.body_hash, dict(change.counts), writing.import_id, answer)
    connection.execute(sql.INSERT_REVISION, [msgspec.json.encode(value).decode() if name == "counts" else value for name, value in revision._asdict().items()])
    return revision


def _values(n: int, row: NewRow, number: int) -> tuple[Any, ...]:
    record = row.record
    key = (n, CODES[row.type], row.id, row.version, number, BELIEVED, *row.period)
    return key + _NOTHING if record is None else (*key, *hot_values(record), encode_record(record))

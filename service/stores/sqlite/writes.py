"""What one write does to an embedded store, inside its transaction: what a plan may ask, and how its change is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import count, groupby, repeat
from typing import Any

import apsw
import msgspec

from graph_models.records.dates import Period, now_text
from service.stores.interface.record_batch import Block, block_of
from service.stores.interface.store import Change, Compared, NewRow, Revision, Row, Writing
from service.stores.sqlite import statements as sql
from service.stores.sqlite.reads import head, terms, text_array
from service.stores.sqlite.schema import BELIEVED, CODES, NAMES

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

    def compared(self, type_name: str, bodies: Mapping[str, bytes]) -> Compared:
        bound = {"type": CODES[type_name], "ids": apsw.carray(tuple(bodies)) if bodies else None}
        found: list[Any] = self._connection.execute(sql.LIVE_BODIES, bound).fetchall() if bodies else []
        if not found:
            return Compared((), {})
        same = {name for name, body in found if body == bodies[name]}
        if len(same) == len(found):
            return Compared(same, {})
        rows = self.live(type_name, {name for name, _ in found})
        same = {name for name in same if len(rows[name]) == 1}
        return Compared(same, {name: of_id for name, of_id in rows.items() if name not in same})

    def present(self, type_name: str, ids: Collection[str]) -> Collection[str]:
        array = text_array(ids)
        return {found for (found,) in self._connection.execute(sql.PRESENT, {"type": CODES[type_name], "ids": array})} if array else set()

    def terms(self) -> bytes | None:
        found = terms(self._connection)
        return None if found is None else found.body

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


def next_revision(connection: apsw.Connection) -> tuple[int, str]:
    """The number and time of a revision that is written now: never before that of the one before, whatever the clock does."""
    last, last_time = head(connection)
    return last + 1, max(now_text(), last_time)


def revise(connection: apsw.Connection, change: Change, writing: Writing) -> Revision:
    """Write all of a change as the next revision."""
    number, time = next_revision(connection)
    write_rows(connection, change, number)
    if change.terms is not None:
        connection.execute(sql.PUT_TERMS, (change.terms, number))
    answer = None if change.answer is None else change.answer(number)
    revision = Revision(number, time, writing.who, writing.key, writing.body_hash, dict(change.counts), writing.import_id, answer)
    connection.execute(sql.INSERT_REVISION, [msgspec.json.encode(value).decode() if name == "counts" else value for name, value in revision._asdict().items()])
    return revision


def write_rows(connection: apsw.Connection, change: Change, number: int) -> None:
    """Write the rows of a change under the number of a revision."""
    connection.executemany(sql.SUPERSEDE, ((number, row.handle) for row in change.supersede))
    first = connection.execute(sql.NEXT_ROW).get
    for block in change.new:
        first += _insert(connection, block, repeat(1), first, number)
    for (_, is_stated), rows in groupby(change.insert, key=lambda row: (row.type, row.record is not None)):
        slices = list(rows)
        first += _insert(connection, (_stated if is_stated else _taken_away)(slices), [row.version for row in slices], first, number)


def _stated(rows: Sequence[NewRow]) -> Block:
    starts, ends = zip(*(row.period for row in rows), strict=True)
    return block_of([row.record for row in rows if row.record is not None], range(len(rows)))._replace(starts=starts, ends=ends)


def _taken_away(rows: Sequence[NewRow]) -> Block:
    starts, ends = zip(*(row.period for row in rows), strict=True)
    return Block(rows[0].type, range(len(rows)), [row.id for row in rows], starts, ends, [None] * len(rows))


def _insert(connection: apsw.Connection, block: Block, versions: Iterable[int], first: int, number: int) -> int:
    """Write the rows of a block under the numbers from ``first`` on; how many they are."""
    keys = (count(first), repeat(CODES[block.type]), block.ids, versions, repeat(number), repeat(BELIEVED), block.starts, block.ends)
    connection.executemany(sql.insert_statement(tuple(block.hot)), zip(*keys, *block.hot.values(), block.bodies))  # noqa: B905 - some of the keys have no end
    if block.words:
        connection.executemany(sql.INSERT_WORDS, list(enumerate(block.words, first)))
    cited = enumerate(block.documents(), first)
    connection.executemany(sql.INSERT_EVIDENCE, [(document, n) for n, documents in cited for document in documents])
    return block.size

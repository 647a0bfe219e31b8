"""The beginning of each table of a set of files: which sheet, which lines name the columns, which lines are sums; what titles say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from graph_models.errors import FieldError, InvalidInput
from service.imports.formats.byte_source import FileOfSet
from service.imports.formats.excel.reader import visible_sheets
from service.imports.formats.registry import open_table
from service.imports.formats.table import ReadOptions, Table
from service.imports.formats.total_lines import is_total_word, sums_in, totals_of
from service.imports.mapping.ambiguous_cells import date_readings
from service.imports.suggestion.column_meanings import PARTIES, Column, columns_of

SAMPLE = 2_000
"""So many lines of a table are looked at."""
HEADERS = 20
"""So many lines are looked at where the header is to be found."""
_WIDEST = 256
_PLAIN = re.compile(r"[-+]?[\d,.]+%?")
_AS_OF = re.compile(r"(?:截至|截止|as of|as at)\s*:?\s*(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2})", re.IGNORECASE)


class Hints(NamedTuple):
    """What whoever asks says of a file: each option, where it is known."""

    sheet: str | None = None
    header_row: int | None = None
    header_rows: int | None = None
    encoding: str | None = None
    delimiter: str | None = None


class Sample(NamedTuple):
    """The beginning of one table."""

    file: FileOfSet
    options: dict[str, Any]
    """How a mapping reads it."""
    shown: Mapping[str, str]
    columns: list[Column]
    numbers: list[int]
    """The line of each line of cells."""
    left_out: list[tuple[int, str, str]]
    """Lines that are not taken: where, why (``total``, ``sum``, ``fault``), and the cell or message that says so."""
    titles: list[str]

    @property
    def name(self) -> str:
        """What people call it: the file, and the sheet where it is one of several."""
        return f"{self.file.name} {self.options['sheet']}" if "sheet" in self.options and self.options.get("several") else self.file.name

    @property
    def list_as_of(self) -> str | None:
        """The day that a title says the list is of."""
        for title in self.titles:
            if (found := _AS_OF.search(title)) is not None and (days := date_readings(found[1])):
                return days[0]
        return None


def samples_of(file: FileOfSet, hints: Hints) -> list[Sample]:
    """The tables of a file: one, but for a workbook with several sheets that hold some."""
    if not file.plain_name.lower().endswith((".csv", ".tsv", ".txt", ".tab", ".xlsx", ".xlsm")):
        with open_table(file, ReadOptions(encoding=hints.encoding)) as table:
            return [_sampled(file, {}, table, table.columns, list(islice(table.lines, SAMPLE)), [])]
    sheets = [hints.sheet] if hints.sheet is not None else _sheets(file)
    found = []
    for sheet in sheets:
        try:
            found.append(_sample(file, hints._replace(sheet=sheet)))
        except InvalidInput:
            if len(sheets) == 1:
                raise
    tables = [one for one in found if len(one.columns) > 1 and one.numbers] or found[:1]
    if not tables:
        raise InvalidInput.of("no-header", f"{file.name}: no sheet holds a table", "sheet")
    return tables


def _sheets(file: FileOfSet) -> list[str | None]:
    """The sheets of a workbook with several; else the only table there is."""
    if not file.plain_name.lower().endswith((".xlsx", ".xlsm")):
        return [None]
    try:
        with open_table(file, ReadOptions(header_row="auto")):
            return [None]
    except InvalidInput as error:
        several = bool(error.errors) and error.errors[0].code == "which-sheet"
        return [*visible_sheets(file)] if several else [None]


def _sample(file: FileOfSet, hints: Hints) -> Sample:
    options: dict[str, Any] = {name: value for name in ("sheet", "encoding", "delimiter") if (value := getattr(hints, name)) is not None}
    rows = _raw(file, options)
    row = hints.header_row or _header_row(rows)
    count = hints.header_rows or _header_rows(rows, row)
    options |= ({"header_row": row} if row > 1 else {}) | ({"header_rows": count} if count > 1 else {})
    titles = [cell for number, cells in rows if number < row and not isinstance(cells, FieldError) for cell in dict.fromkeys(cells) if cell]
    with open_table(file, msgspec.convert(options, ReadOptions)) as table:
        lines = list(islice(table.lines, SAMPLE))
        return _sampled(file, options, table, table.columns, lines, titles)


def _raw(file: FileOfSet, options: Mapping[str, Any]) -> list[tuple[int, list[str] | FieldError]]:
    """The first lines as they are, titles and all; cells at the end that are empty are left away."""
    wide = ReadOptions(header_row=0, columns=[f"c{place}" for place in range(_WIDEST)], short_lines="empty")
    read = {name: options[name] for name in ("sheet", "encoding", "delimiter") if name in options}
    if not file.plain_name.lower().endswith((".xlsx", ".xlsm")) and "delimiter" not in read:
        try:
            with open_table(file, msgspec.convert(read | {"header_row": "auto"}, ReadOptions)) as table:
                read["delimiter"] = table.shown.get("delimiter", ",")
        except InvalidInput as error:
            if not error.errors or error.errors[0].code not in ("no-header", "duplicate-column"):
                raise
    with open_table(file, msgspec.structs.replace(wide, **read)) as table:
        return [(line, cells if isinstance(cells, FieldError) else _cut(cells)) for line, cells in islice(table.lines, HEADERS + 40)]


def _cut(cells: Sequence[str]) -> list[str]:
    found = [cell.strip() for cell in cells]
    while found and not found[-1]:
        found.pop()
    return found


def _header_row(rows: Sequence[tuple[int, list[str] | FieldError]]) -> int:
    """The first line that names nearly as many columns as any line has, and holds no number."""
    filled = {line: [cell for cell in cells if cell] for line, cells in rows[:HEADERS] if not isinstance(cells, FieldError)}
    width = max((len(cells) for cells in filled.values() if len(set(cells)) > 1), default=0)
    good = (line for line, cells in filled.items() if len(set(cells)) >= 0.75 * width and not any(_PLAIN.fullmatch(cell) for cell in cells))
    return next(good, min(filled, default=1))


def _header_rows(rows: Sequence[tuple[int, list[str] | FieldError]], row: int) -> int:
    """Two where the line below a header only says more of some columns: of those that have no name, or share one."""
    lines = {line: cells for line, cells in rows if not isinstance(cells, FieldError)}
    head, below = lines.get(row, []), lines.get(row + 1, [])
    filled = [place for place, cell in enumerate(below) if cell and (place >= len(head) or cell != head[place])]
    width = max(len(head), len(below))
    nameless = [place for place in range(width) if place >= len(head) or not head[place] or (place > 0 and head[place] == head[place - 1])]
    if not nameless or not filled or len(filled) > max(len(head) // 2, len(nameless) * 2):
        return 1
    return 2 if set(nameless) <= set(filled) else 1


def _sampled(
    file: FileOfSet, options: dict[str, Any], table: Table, names: Sequence[str], read: Sequence[tuple[int, list[str] | FieldError]], titles: list[str]
) -> Sample:
    is_total = totals_of(None)
    left_out: list[tuple[int, str, str]] = []
    kept: list[tuple[int, list[str]]] = []
    for line, cells in read:
        if isinstance(cells, FieldError):
            left_out.append((line, "fault", cells.message))
        elif is_total([cell or None for cell in map(str.strip, cells)]):
            left_out.append((line, "total", next(cell.strip() for cell in cells if is_total_word(cell))))
        else:
            kept.append((line, cells))
    columns = columns_of(names, [cells for _, cells in kept])
    if not any(why == "total" for _, why, _ in left_out):
        sums = _sum_lines(columns, len(kept))
        left_out += [(kept[place][0], "sum", next((cell for cell in map(str.strip, kept[place][1]) if cell), "")) for place in sums]
    return Sample(file, options, table.shown, columns, [line for line, _ in kept], sorted(left_out), titles)


def _sum_lines(columns: Sequence[Column], count: int) -> list[int]:
    """The lines that say the sum of the lines before in every column of amounts (most of all at the end of a table)."""
    found: set[int] | None = None
    for column in columns:
        if column.meaning in ("amount", "capital"):
            places = set(sums_in(map(_number, column.cells)))
            found = places if found is None else found & places
    named = [column.cells for column in columns if column.meaning in PARTIES]
    return sorted(place for place in found or () if (place == count - 1 or place > 3) and not any(cells.count(cells[place]) > 1 for cells in named))


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None

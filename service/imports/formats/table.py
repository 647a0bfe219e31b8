"""What a reader makes of a file: columns, and numbered lines of cells, as text; and what is done about lines that do not fit the columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Annotated, Literal, NamedTuple

import msgspec

from graph_models.errors import FieldError, InvalidInput
from service.imports.formats.byte_source import FileOfSet

MAX_COLUMNS = 16_384
LOOKED_AT = 20
"""So many lines are looked at where the header is to be found."""
MAX_DOTS = 64
"""Of a name so many are looked at: objects are not nested deeper."""
_DOT = re.compile(r"\.")
_NUMBER = re.compile(r"[-+]?[\d,.]+%?")
LIST_SEPARATOR = "\n"
"""Between the items of a list in one cell: ``split: "\\n"`` takes them apart."""
Cells = list[str]
Line = tuple[int, "Cells | FieldError"]
"""A line's number in its file and its cells, or what keeps it from being read. An empty cell is the empty text."""


class FaultyCells(list[str]):
    """The cells of a line of which some cannot be read: ``faults`` says which, by their place, and why. A line is only wrong where such a cell is used."""

    __slots__ = ("faults",)

    def __init__(self, cells: Iterable[str], faults: Mapping[int, FieldError]) -> None:
        super().__init__(cells)
        self.faults = faults


class Density:
    """Watches that a table is not nearly empty: some bytes that name 10,000 columns would make cells without end of every further line."""

    FREE_CELLS = 10_000_000
    MOST_EMPTY = 1_000

    def __init__(self, name: str) -> None:
        self._name = name
        self._cells = self._filled = 0

    def add(self, cells: int, filled: int) -> None:
        """A line: as many cells as there are columns, and how many of them the file holds."""
        self._cells += cells
        self._filled += filled
        if self._cells > self.FREE_CELLS and self._cells > self.MOST_EMPTY * self._filled:
            message = f"{self._name}: of {self._cells} cells only {self._filled} hold anything; leave out columns that are nearly always empty"
            raise InvalidInput.of("too-sparse", message)


def ignored_among(columns: Iterable[str], ignore: Sequence[str]) -> set[str]:
    """The columns that an `ignore` leaves out: those that it names, those that begin as a name with `*` at its end, and those
    within an object that it names and that is no column itself."""
    columns = set(columns)
    begins = tuple(name[:-1] for name in ignore if name.endswith("*"))
    objects = {f"{name}." for name in ignore if name not in columns}
    found = columns & set(ignore)
    if objects:
        found |= {column for column in columns if any(column[: dot.end()] in objects for dot in islice(_DOT.finditer(column), MAX_DOTS))}
    return found | {column for column in columns if column.startswith(begins)} if begins else found


def is_about_lines(column: str) -> bool:
    """Is it a column that a reader adds, as the number of an item (``a.#``)? It may be used, and need not be ignored."""
    return column.rpartition(".")[2].startswith("#")


class ReadOptions(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How a file is read, as a mapping says it; what is left out is detected."""

    format: str | None = None
    encoding: str | None = None
    delimiter: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] | None = None
    quote: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] | Literal["none"] = '"'
    sheet: str | None = None
    items: str | None = None
    """Of a JSON document that is an object: the name of the list that holds the lines."""
    lists: dict[str, str] = {}
    """Of JSON: a list of objects -> the member that tells its items apart; ``names: type`` makes columns ``names.legal.text`` ..."""
    lines_of: str | None = None
    """Of JSON: the list of objects whose items are lines, each with the rest of its object; ``a.#`` is the number of the item."""
    header_row: Annotated[int, msgspec.Meta(ge=0)] | Literal["auto"] = 1
    """The line that names the columns; 0: none does, and ``columns`` names them; auto: the first that looks so, below titles."""
    header_rows: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1
    """So many lines name the columns together: a name above several columns (a merged cell) goes before each of theirs."""
    columns: list[str] | None = None
    surplus_into: str | list[str] | None = None
    short_lines: Literal["error", "empty"] = "error"
    merged: Literal["text", "all", "first"] = "text"
    """Of merged cells of a workbook: which values stand for all their cells; ``first``: none does."""


class Table(NamedTuple):
    """An open file as a table. ``shown`` tells how it was read: format, encoding, delimiter, sheet."""

    file: FileOfSet
    columns: list[str]
    lines: Iterator[Line]
    shown: dict[str, str]
    position: Callable[[], int]
    size: int


def header(file: FileOfSet, cells: Sequence[str], line: int) -> list[str]:
    """The names of the columns; empty ones at the end are left away. ``InvalidInput`` for a name that is missing or there twice."""
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise InvalidInput.of("no-header", f"{file.name}: line {line} should name the columns and is empty", None, line)
    if "" in names:
        raise InvalidInput.of("no-header", f"{file.name}: column {names.index('') + 1} has no name in line {line}", None, line)
    if len(names) > MAX_COLUMNS:
        raise InvalidInput.of("too-many-columns", f"{file.name}: line {line} names more than {MAX_COLUMNS} columns", None, line)
    if twice := sorted(name for name, count in Counter(names).items() if count > 1):
        raise InvalidInput.of("duplicate-column", f"{file.name}: line {line} names {', '.join(map(repr, twice))} more than once", twice[0], line)
    return names


Below = Callable[[Iterator[Line], int, int], Iterator[Line]]
"""What is done to the lines below the header: they, how many columns there are, and the number of the header's line."""


def of_rows(file: FileOfSet, rows: Iterator[Line], options: ReadOptions, below: Below | None = None) -> tuple[list[str], Iterator[Line], dict[str, str]]:
    """Columns and the lines after them, from all the lines of a file, and what is to be shown of that. Blank lines are left out, but counted."""
    below = below or (lambda lines, _, __: lines)
    if options.header_row == 0:
        if not options.columns:
            raise InvalidInput.of("no-header", f"{file.name}: `header_row: 0` needs `columns`, the names of the columns in their order", "columns")
        columns = header(file, options.columns, 0)
        return columns, fitted(below(rows, len(columns), 0), columns, options), {}
    wanted = options.header_row
    if wanted == "auto":
        rows, wanted = _looked_for(rows)
    for line, cells in rows:
        if line < wanted:
            continue
        _refuse_faults(file, line, cells)
        assert not isinstance(cells, FieldError)
        if line > wanted > 1:
            raise InvalidInput.of("no-header", f"{file.name}: line {wanted} should name the columns and is empty", None, wanted)
        columns = header(file, _under_each_other([cells, *_more(file, rows, options.header_rows - 1)]), line)
        shown = {"header_row": str(line)} if options.header_row == "auto" or options.header_rows > 1 else {}
        return columns, fitted(below(rows, len(columns), line), columns, options), shown
    raise InvalidInput.of("empty-file", f"{file.name}: the file is empty: no line names the columns")


def _refuse_faults(file: FileOfSet, line: int, cells: Cells | FieldError) -> None:
    """A line that names columns must be whole."""
    faults = [cells] if isinstance(cells, FieldError) else list(getattr(cells, "faults", {}).values())
    if faults:
        raise InvalidInput(f"{file.name} line {line}, which names the columns: {faults[0].message}", errors=[fault.at(line) for fault in faults])


def _looked_for(rows: Iterator[Line]) -> tuple[Iterator[Line], int]:
    """The first line that names nearly as many columns as any line has, and holds no number; the lines are given back."""
    first = list(islice(rows, LOOKED_AT))
    filled = {line: [cell for cell in cells if cell.strip()] for line, cells in first if not isinstance(cells, FieldError)}
    width = max(map(len, filled.values()), default=0)
    found = (line for line, cells in filled.items() if len(cells) >= 0.8 * width and not any(_NUMBER.fullmatch(cell.strip()) for cell in cells))
    return chain(first, rows), next(found, 1)


def _more(file: FileOfSet, rows: Iterator[Line], count: int) -> list[Cells]:
    found: list[Cells] = []
    for line, cells in islice(rows, count):
        _refuse_faults(file, line, cells)
        assert not isinstance(cells, FieldError)
        found.append(cells)
    return found


def _under_each_other(lines: Sequence[Cells]) -> Cells:
    """One name a column of several lines: an empty cell above goes on with the one to its left."""
    if len(lines) == 1:
        return lines[0]
    width = max(map(len, lines))
    names: list[list[str]] = [[] for _ in range(width)]
    for place, cells in enumerate(lines):
        last = ""
        for column in range(width):
            cell = cells[column].strip() if column < len(cells) else ""
            last = cell or (last if place < len(lines) - 1 else "")
            if last and last not in names[column]:
                names[column].append(last)
    return [" ".join(parts) for parts in names]


def fitted(rows: Iterator[Line], columns: Sequence[str], options: ReadOptions) -> Iterator[Line]:
    """Lines with as many cells as there are columns; others are errors, unless the options say what to do."""
    width = len(columns)
    surplus, density = _surplus(columns, options.surplus_into), Density("the file")
    for line, cells in rows:
        if isinstance(cells, FieldError) or len(cells) == width:
            yield line, cells
        elif len(cells) > width and not any(cells[width:]):
            kept = {place: fault for place, fault in getattr(cells, "faults", {}).items() if place < width}
            yield line, FaultyCells(cells[:width], kept) if kept else cells[:width]
        elif len(cells) > width:
            yield line, surplus(cells)
        elif options.short_lines == "empty":
            density.add(width, len(cells))
            yield line, cells + [""] * (width - len(cells))
        else:
            message = f"the line has {len(cells)} fields and the header {width}; `short_lines: empty` fills up"
            yield line, FieldError("too-few-fields", message, columns[len(cells)])


def _surplus(columns: Sequence[str], into: str | list[str] | None) -> Callable[[Cells], Cells | FieldError]:
    width = len(columns)
    named = [into] if isinstance(into, str) else into or []
    if unknown := [name for name in named if name not in columns]:
        raise InvalidInput.of("unknown-column", f"`surplus_into` names {unknown[0]!r}, which is no column of the file", "surplus_into")
    places = {columns.index(name) for name in named}

    def refuse(cells: Cells) -> FieldError:
        return FieldError("too-many-fields", f"the line has {len(cells)} fields and the header {width}; the first surplus one is {cells[width]!r}", None)

    def into_one(cells: Cells) -> Cells:
        place, more = columns.index(named[0]), len(cells) - width
        return [*cells[:place], ",".join(cells[place : place + more + 1]), *cells[place + more + 1 :]]

    def into_several(cells: Cells) -> Cells | FieldError:
        """A cell that begins with a space goes on with the one before it, as ``Dante, 75``; that has to explain the whole surplus."""
        joined: Cells = []
        touched: set[int] = set()
        for cell in cells:
            if joined and cell.startswith(" "):
                joined[-1] += "," + cell
                touched.add(len(joined) - 1)
            else:
                joined.append(cell)
        return joined if len(joined) == width and touched <= places else refuse(cells)

    return refuse if not named else into_one if isinstance(into, str) else into_several

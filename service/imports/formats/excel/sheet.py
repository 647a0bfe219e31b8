"""The cells of one sheet of a workbook, row by row, as text; and the cells that were merged into one."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from graph_models.errors import FieldError, InvalidInput, Malformed
from service.imports.formats.excel.cell_formats import CannotBeShown, Formats, Show, plain_number
from service.imports.formats.excel.package import unescaped
from service.imports.formats.table import Density, FaultyCells, Line
from service.imports.formats.xml_events import Attributes, XmlEvents, local

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
MAX_MERGED_COLUMNS = 1_000_000
"""Of all merged regions together."""
_MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main}", "http://purl.oclc.org/ooxml/spreadsheetml/main}", "")
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_TRUTHS = {"1": "true", "true": "true", "0": "false", "false": "false"}
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+Z?)?")


class Region(NamedTuple):
    """Cells that were merged: the first and last row and column, from 1 and from 0."""

    top: int
    bottom: int
    left: int
    right: int

    def __str__(self) -> str:
        return f"{column_name(self.left)}{self.top}:{column_name(self.right)}{self.bottom}"


class RowCells(list[str]):
    """The texts of a row, which of them are numbers, and what cannot be read of it."""

    __slots__ = ("faults", "number", "numbers")

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.numbers: set[int] = set()
        self.faults: dict[int, FieldError] = {}


class SheetEvents:
    """What the parser told so far: the rows that are complete."""

    def __init__(self, name: str, texts: list[str], formats: Formats) -> None:
        self.name, self._texts, self._formats = name, texts, formats
        self.rows: list[RowCells] = []
        self._row: RowCells | None = None
        self._number = 0
        self._column, self._filled = -1, 0
        self._type = "n"
        self._style: str | None = None
        self._value: str | None = None
        self._has_formula = False
        self._parts: list[str] | None = None
        self._spoken = 0
        self._columns: dict[str, int] = {}
        self._shows: dict[str | None, Show] = {}
        self._density = Density(name)
        starts = {"row": self._begin_row, "c": self._begin_cell, "v": self._begin_text, "t": self._begin_text, "f": self._formula, "rPh": self._begin_spoken}
        ends = {"row": self._end_row, "c": self._end_cell, "v": self._end_value, "t": self._end_text, "rPh": self._end_spoken}
        self._starts = {space + kind: handler for space in _MAIN for kind, handler in starts.items()}
        self._ends = {space + kind: handler for space in _MAIN for kind, handler in ends.items()}
        self.events = XmlEvents(name, self._start, self._end, self._text)

    def _start(self, name: str, about: Attributes) -> None:
        handler = self._starts.get(name)
        if handler is not None:
            handler(about)

    def _end(self, name: str) -> None:
        handler = self._ends.get(name)
        if handler is not None:
            handler()

    def _text(self, text: str) -> None:
        if self._parts is not None:
            self._parts.append(text)

    # --- rows

    def _begin_row(self, about: Attributes) -> None:
        number = self._number + 1
        if (said := about.get("r")) is not None:
            number = int(said) if said.isascii() and said.isdigit() and len(said) < 8 else 0
        if not self._number < number <= MAX_ROW:
            raise Malformed(f"{self.name}: after row {self._number} comes row {said or number}, which cannot be")
        self._number, self._column, self._filled = number, -1, 1
        self._row = RowCells(number)

    def _end_row(self) -> None:
        if self._row is not None:
            self.rows.append(self._row)
            self._density.add(len(self._row), self._filled)
        self._row = None

    # --- cells

    def _begin_cell(self, about: Attributes) -> None:
        if self._row is None:
            raise Malformed(f"{self.name}: a cell stands outside of a row")
        said = about.get("r")
        if said is None:
            self._column += 1
        else:
            letters = said.rstrip("0123456789")
            column = self._columns.get(letters)
            if column is None:
                column = self._columns[letters] = column_number(letters, self.name)
            if column <= self._column:
                raise Malformed(f"{self.name} row {self._number}: the cell {said[:20]!r} stands twice, or behind a later one")
            self._column = column
        if self._column >= MAX_COLUMN:
            raise Malformed(f"{self.name} row {self._number}: a sheet has at most {MAX_COLUMN} columns")
        self._type, self._style = about.get("t", "n"), about.get("s")
        self._value, self._has_formula, self._parts = None, False, None

    def _begin_text(self, _: Attributes) -> None:
        if not self._spoken:
            self._parts = []

    def _begin_spoken(self, _: Attributes) -> None:
        self._spoken += 1

    def _end_spoken(self) -> None:
        self._spoken -= 1

    def _formula(self, _: Attributes) -> None:
        self._has_formula = True

    def _end_value(self) -> None:
        if self._parts is not None:
            self._value = "".join(self._parts)
            self._parts = None

    def _end_text(self) -> None:
        if self._parts is not None:
            self._value = (self._value or "") + "".join(self._parts)
            self._parts = None

    def _end_cell(self) -> None:
        row, column = self._row, self._column
        if row is None:
            return
        try:
            text = self._shown(row)
        except CannotBeShown as reason:
            row.faults[column] = FieldError("cell-error", str(reason))
            text = self._value or ""
        except (ValueError, OverflowError):
            row.faults[column] = FieldError("cell-error", f"the value {(self._value or '')[:40]!r} is not of the type that the cell has ({self._type[:20]!r})")
            text = self._value or ""
        if text or column in row.faults:
            row.extend([""] * (column - len(row)))
            row.append(text)
            self._filled += 1

    def _shown(self, row: RowCells) -> str:
        """The text of the cell that ends. What cannot be given raises ``CannotBeShown`` or ``ValueError``; it is never taken for an empty cell."""
        value, kind = self._value, self._type
        if kind == "e":
            raise CannotBeShown(f"the cell holds the error {(value or '?')[:40]} of a formula")
        if value is None or (value == "" and kind == "n"):
            if self._has_formula:
                raise CannotBeShown("the cell holds a formula whose result was not stored: open the workbook in a program that calculates, and save it")
            return ""
        if kind == "s":
            return self._shared(value)
        if kind == "n":
            show = self._shows.get(self._style)
            if show is None:
                show = self._shows[self._style] = self._formats.show(self._style)
            if show is plain_number:
                row.numbers.add(self._column)
            return show(value.strip())
        if kind in ("str", "inlineStr"):
            return unescaped(value)
        if kind == "b" and value.strip().lower() in _TRUTHS:
            return _TRUTHS[value.strip().lower()]
        if kind == "d" and _ISO.fullmatch(value.strip()):
            return _day_and_time(value.strip())
        raise ValueError(kind)

    def _shared(self, value: str) -> str:
        place = int(value)
        if not 0 <= place < len(self._texts):
            raise CannotBeShown(f"the cell names the shared text {value[:20]}, which is not there")
        return self._texts[place]


def _day_and_time(text: str) -> str:
    found = datetime.fromisoformat(text)
    clock = found.time().isoformat()
    return found.date().isoformat() if clock == "00:00:00" else f"{found.date().isoformat()} {clock}"


def column_number(letters: str, name: str) -> int:
    """The place of a column from 0: A is 0, AA is 26."""
    letters = letters.replace("$", "").upper()
    if not (0 < len(letters) <= 3 and letters.isascii() and letters.isalpha()):
        raise Malformed(f"{name}: {letters[:20]!r} is no column of a sheet")
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def column_name(place: int) -> str:
    """The letters of a column: 0 is A."""
    letters, rest = "", place + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


# --- merged cells


def merged_regions(name: str, chunks: Iterable[bytes]) -> list[Region]:
    """The regions of a sheet that are merged, by their first row; only the beginnings of elements are looked at."""
    found: list[Region] = []
    width = 0

    def start(tag: str, about: Attributes) -> None:
        nonlocal width
        if local(tag) != "mergeCell":
            return
        ends = about.get("ref", "").split(":")
        corners = [_REFERENCE.fullmatch(end) for end in ends]
        if len(corners) != 2 or corners[0] is None or corners[1] is None:
            return
        left, right = sorted(column_number(corner[1], name) for corner in corners if corner)
        top, bottom = sorted(int(corner[2]) for corner in corners if corner)
        found.append(Region(top, bottom, left, min(right, MAX_COLUMN - 1)))
        width += right - left + 1
        if width > MAX_MERGED_COLUMNS:
            raise InvalidInput.of("too-many-merged", f"{name}: merged cells stand over more than {MAX_MERGED_COLUMNS} columns in all; unmerge them")

    events = XmlEvents(name, start, lambda _: None, lambda _: None)
    for chunk in chunks:
        events.feed(chunk)
    events.feed(b"")
    return sorted(found, key=lambda region: (region.top, region.left))


def names_merged_cells(chunks: Iterable[bytes]) -> bool:
    """May a sheet have merged cells? Its bytes are asked, which takes a small part of the time of reading them."""
    before = b""
    for chunk in chunks:
        if b"mergeCell" in (text := before + chunk) or b"m\0e\0r\0g\0e\0C" in text:
            return True
        before = chunk[-16:]
    return False


class Merged(NamedTuple):
    """What the first cell of a region holds."""

    region: Region
    text: str
    is_number: bool
    fault: FieldError | None


class Filling:
    """Gives merged cells their value, by one rule: a text, a date or a yes stands for all its cells; a number may be of each or of all together.

    So a number over several cells is an error of their lines, unless ``merged`` of the mapping says that it is of each (``all``), or that it stands in its
    first cell alone (``first``). Rows without a cell of their own stay empty.
    """

    def __init__(self, name: str, regions: list[Region], rule: str) -> None:
        self._name, self._rule = name, rule
        self.regions = [] if rule == "first" else regions
        self._seen = 0
        self._noted: deque[Merged] = deque()
        self._active: dict[int, Merged] = {}

    def note(self, row: RowCells) -> None:
        """Keep the values of the regions that begin in a row; rows come in order."""
        while self._seen < len(self.regions) and self.regions[self._seen].top <= row.number:
            region = self.regions[self._seen]
            self._seen += 1
            if region.top == row.number and region.left < len(row):
                self._noted.append(Merged(region, row[region.left], region.left in row.numbers, row.faults.get(region.left)))

    def lines(self, rows: Iterable[Line], width: int) -> Iterator[Line]:
        """Rows as lines of as many cells as there are columns, or more; merged cells hold their value."""
        density = Density(self._name)
        for number, row in rows:
            assert isinstance(row, RowCells)
            density.add(width, len(row))
            row.extend([""] * (width - len(row)))
            if self.regions:
                self._fill(row, width)
            yield number, FaultyCells(row, row.faults) if row.faults else list(row)

    def _fill(self, row: RowCells, width: int) -> None:
        while self._noted and self._noted[0].region.top <= row.number:
            merged = self._noted.popleft()
            if merged.region.bottom >= row.number:
                self._active.update(dict.fromkeys(range(merged.region.left, min(merged.region.right + 1, width)), merged))
        for column, merged in list(self._active.items()):
            region = merged.region
            if region.bottom < row.number:
                del self._active[column]
            elif merged.fault is not None:
                row.faults[column] = merged.fault
            elif merged.is_number and self._rule == "text" and (region.bottom > region.top or min(region.right, width - 1) > region.left):
                message = f"the number {merged.text} of the merged cells {region} may be of each or of all together: unmerge them, or say `merged: all`"
                row.faults[column] = FieldError("merged-number", message)
            elif not row[column]:
                row[column] = merged.text

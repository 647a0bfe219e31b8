"""Reads one sheet of an Excel workbook: every cell as the text that a person would write for its value."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from graph_models.errors import FieldError, InvalidInput, Malformed, TooLarge
from service.ingest.sources import FileOfSet, opened
from service.ingest.tables import Line, ReadOptions, Table, of_rows

MAX_BYTES = 256 << 20
MAX_UNPACKED_BYTES = 1 << 30
"""A workbook is held in memory: larger data comes as CSV."""
_ERROR_CELL = re.compile(rb'<c\b(?=[^>]*\bt="e")[^>]*\br="[A-Z]+(\d+)"')
_SHEET = re.compile(rb"<sheet\b[^>]*>")
_RELATION = re.compile(rb"<Relationship\b[^>]*>")


@contextmanager
def workbook_table(file: FileOfSet, options: ReadOptions) -> Iterator[Table]:
    """The sheet that the options name as a table; without a name the only one."""
    with opened(file) as source:
        content = source.stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise TooLarge(f"{file.name}: a workbook is at most {MAX_BYTES >> 20} MiB; save the sheet as CSV", file=file.name)
    _check_unpacked(file, content)
    name, rows, place = _sheet(file, content, options.sheet)
    size = len(rows)
    read = [0]
    try:
        broken = _rows_with_errors(content, place)
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, RuntimeError) as error:
        raise Malformed(f"{file.name}: the workbook is damaged ({error})", file=file.name) from None
    columns, lines, more = of_rows(file, _lines(rows, broken, read), options)
    yield Table(file, columns, lines, {"format": "xlsx", "sheet": name} | more, lambda: source.size * read[0] // max(size, 1), source.size)


def _check_unpacked(file: FileOfSet, content: bytes) -> None:
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise Malformed(f"{file.name}: the workbook is damaged ({error})", file=file.name) from None
    if unpacked > MAX_UNPACKED_BYTES:
        raise TooLarge(f"{file.name}: the workbook is larger than {MAX_UNPACKED_BYTES >> 20} MiB when unpacked; save the sheet as CSV", file=file.name)


def _sheet(file: FileOfSet, content: bytes, wanted: str | None) -> tuple[str, list[list[Any]], int]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            names = workbook.sheet_names
            if wanted is None and len(names) != 1:
                raise InvalidInput.of("which-sheet", f"{file.name}: the workbook has the sheets {', '.join(map(repr, names))}; say which (`sheet`)", "sheet")
            if wanted is not None and wanted not in names:
                raise InvalidInput.of("no-sheet", f"{file.name}: there is no sheet {wanted!r}; there are {', '.join(map(repr, names))}", "sheet")
            name = wanted or names[0]
            return name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False), names.index(name)
    except CalamineError as error:
        raise Malformed(f"{file.name}: this is no workbook that can be read ({error})", file=file.name) from None


def _rows_with_errors(content: bytes, place: int) -> set[int]:
    """The rows that hold one of Excel's errors (#DIV/0!, #REF! ...): the library gives these cells as empty ones."""
    if not content.startswith(b"PK"):
        return set()
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = packed.namelist()
        if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
            return set()
        sheets = _SHEET.findall(packed.read("xl/workbook.xml"))
        relation = _attribute(sheets[place], b"r:id") if place < len(sheets) else b""
        targets = {_attribute(item, b"Id"): _attribute(item, b"Target") for item in _RELATION.findall(packed.read("xl/_rels/workbook.xml.rels"))}
        target = targets.get(relation, b"").decode()
        path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        return {int(row) for row in _ERROR_CELL.findall(packed.read(path))} if path in names else set()


def _attribute(element: bytes, name: bytes) -> bytes:
    found = re.search(rb"\s" + name + rb'="([^"]*)"', element)
    return found[1] if found else b""


def _lines(rows: list[list[Any]], broken: set[int], read: list[int]) -> Iterator[Line]:
    for number, row in enumerate(rows, 1):
        read[0] = number
        cells = [value if type(value) is str else cell_text(value) for value in row]
        if number in broken:
            yield number, FieldError("cell-error", "a cell of the line holds an error of Excel, such as #DIV/0! or #REF!")
        elif not any(cells):
            continue
        else:
            yield number, cells


def cell_text(value: Any) -> str:
    """A value of a typed table as a person would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, (int, timedelta)) else "" if value is None else str(value)

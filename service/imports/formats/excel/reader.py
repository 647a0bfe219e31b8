"""Reads one sheet of an Excel workbook: every cell as the text that a person would write for its value, row by row.

What a cell holds and the file does not tell (errors, formulas without a stored result) is a fault of the cell, never an empty one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import IO

from graph_models.errors import InvalidInput, TooLarge
from service.imports.formats.byte_source import FileOfSet, opened
from service.imports.formats.excel.package import Package, Sheet, damaged_is_said
from service.imports.formats.excel.sheet import Filling, SheetEvents, merged_regions, names_merged_cells
from service.imports.formats.table import Line, ReadOptions, Table, of_rows

MAX_BYTES = 256 << 20
SHOWN_REGIONS = 20


@contextmanager
def workbook_table(file: FileOfSet, options: ReadOptions) -> Iterator[Table]:
    """The sheet that the options name as a table; without a name the only one that is not hidden."""
    with _unpacked(file) as (stream, size):
        with damaged_is_said(file.name):
            package = Package(file.name, stream)
            sheet = _chosen(file, package.sheets, options.sheet)
            name = f"{file.name}: the sheet {sheet.name!r}"
            regions = merged_regions(name, package.chunks(sheet.part)) if names_merged_cells(package.chunks(sheet.part)) else []
        filling = Filling(name, regions, options.merged)
        header_line = [0]
        fed = [0]

        def below(lines: Iterator[Line], width: int, line: int) -> Iterator[Line]:
            header_line[0] = line
            return filling.lines(lines, width)

        columns, lines, more = of_rows(file, _rows(name, package, sheet, filling, fed), options, below)
        shown = {"format": "xlsx", "sheet": sheet.name} | more
        if hidden := [other.name for other in package.sheets if other.is_hidden]:
            shown["hidden_sheets"] = ", ".join(hidden)
        if filled := [str(region) for region in filling.regions if region.bottom > header_line[0] and region.left < len(columns)]:
            shown["merged"] = " ".join(filled[:SHOWN_REGIONS]) + (f" and {len(filled) - SHOWN_REGIONS} more" if len(filled) > SHOWN_REGIONS else "")
        total = max(package.size(sheet.part), 1)
        yield Table(file, columns, lines, shown, lambda: min(size * fed[0] // total, size), size)


def visible_sheets(file: FileOfSet) -> list[str]:
    """The names of the sheets of a workbook that are not hidden."""
    with _unpacked(file) as (stream, _), damaged_is_said(file.name):
        return [sheet.name for sheet in Package(file.name, stream).sheets if not sheet.is_hidden]


@contextmanager
def _unpacked(file: FileOfSet) -> Iterator[tuple[IO[bytes], int]]:
    """The workbook's bytes, to be read anywhere, and the size of its file."""
    with opened(file) as source, tempfile.TemporaryFile() as copy:
        if not source.packed:
            if source.size > MAX_BYTES:
                raise _too_large(file)
            yield source.stream, source.size
            return
        left = MAX_BYTES
        while chunk := source.stream.read(1 << 20):
            left -= len(chunk)
            if left < 0:
                raise _too_large(file)
            copy.write(chunk)
        copy.seek(0)
        yield copy, source.size


def _too_large(file: FileOfSet) -> TooLarge:
    return TooLarge(f"{file.name}: a workbook is at most {MAX_BYTES >> 20} MiB; save the sheet as CSV", file=file.name)


def _chosen(file: FileOfSet, sheets: Sequence[Sheet], wanted: str | None) -> Sheet:
    names = ", ".join(f"{sheet.name!r}{' (hidden)' if sheet.is_hidden else ''}" for sheet in sheets)
    if wanted is not None:
        found = next((sheet for sheet in sheets if sheet.name == wanted), None)
        if found is None:
            raise InvalidInput.of("no-sheet", f"{file.name}: there is no sheet {wanted!r}; there are {names or 'none'}", "sheet")
        return found
    visible = [sheet for sheet in sheets if not sheet.is_hidden]
    if len(visible) != 1:
        raise InvalidInput.of("which-sheet", f"{file.name}: the workbook has the sheets {names or 'none'}; say which (`sheet`)", "sheet")
    return visible[0]


def _rows(name: str, package: Package, sheet: Sheet, filling: Filling, fed: list[int]) -> Iterator[Line]:
    """The rows of the sheet that hold anything; ``fed`` says how many bytes were read for them."""
    with damaged_is_said(package.name):
        reading = SheetEvents(name, package.texts(), package.formats)
        for chunk in chain(package.chunks(sheet.part), (b"",)):
            reading.events.feed(chunk)
            fed[0] += len(chunk)
            for row in reading.rows:
                filling.note(row)
                if row.faults or any(row):
                    yield row.number, row
            reading.rows.clear()

"""Export for spreadsheets: CSV, one file a type of record in a ZIP, and an Excel workbook with one sheet each."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter

from graph_models.records.record_types import BY_NAME
from service.exports.cells import NUMBERS, fields_of, flat, harmless, values
from service.exports.source import ORDER, Sink, Source

MAX_ROWS = 1_048_575
"""So many records fit on a sheet of Excel below its header; further ones go on in a sheet of their own."""
MAX_CELL = 32_767
SHEETS = {
    "document": "文档", "exchange_rate": "汇率", "party": "相关方", "role": "角色", "relationship": "关系", "value_flow": "价值流",
    "touchpoint": "触点", "assessment": "评估",
}  # fmt: skip
_BYTE_ORDER_MARK = "\ufeff"
_READ = 1 << 20
_WIDE = frozenset({"id", "source", "target", "name", "title", "text", "reason", "attributes", "names", "identifiers"})


def csv_files(source: Source) -> Iterator[bytes]:
    """A ZIP of one CSV a type: UTF-8 with a byte order mark, since Excel reads Chinese names rightly only so."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for type_name in ORDER:
            fields = fields_of(type_name)
            with packed.open(zipfile.ZipInfo(f"{BY_NAME[type_name].collection}.csv", (1980, 1, 1, 0, 0, 0)), "w", force_zip64=True) as member:
                member.write(_BYTE_ORDER_MARK.encode() + _lines([fields]))
                for rows in source.pages(type_name):
                    member.write(_lines([[_text(field, record.get(field)) for field in fields] for record in values(rows)]))
                    yield sink.taken()
    yield sink.taken()


def _lines(cells: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(cells)
    return text.getvalue().encode()


def _text(field: str, value: Any) -> str:
    if value is None:
        return ""
    text = str(flat(value))
    return text if field in NUMBERS else harmless(text)


def workbook(source: Source) -> Iterator[bytes]:
    """An Excel workbook. It is made beside, row by row, and then given: an Excel file cannot be written in order."""
    with tempfile.TemporaryDirectory(prefix="export") as directory:
        path = Path(directory) / "export.xlsx"
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": directory}
        with xlsxwriter.Workbook(str(path), options) as book:
            bold = book.add_format({"bold": True, "bottom": 1})
            for type_name in ORDER:
                _sheets(book, source, type_name, bold)
        with path.open("rb") as made:
            while piece := made.read(_READ):
                yield piece


def _sheets(book: xlsxwriter.Workbook, source: Source, type_name: str, bold: Any) -> None:
    fields = fields_of(type_name)
    sheet, row, number = None, MAX_ROWS, 0
    for record in (record for rows in source.pages(type_name) for record in values(rows)):
        if row >= MAX_ROWS:
            number += 1
            sheet, row = _sheet(book, source, type_name, number, fields, bold), 0
        row += 1
        assert sheet is not None
        for column, field in enumerate(fields):
            _write(sheet, row, column, field, record.get(field))
    if sheet is None:
        _sheet(book, source, type_name, 1, fields, bold)


def _sheet(book: xlsxwriter.Workbook, source: Source, type_name: str, number: int, fields: list[str], bold: Any) -> Any:
    name = SHEETS[type_name] if source.locale == "zh" else BY_NAME[type_name].collection
    sheet = book.add_worksheet(name if number == 1 else f"{name} {number}")
    for column, field in enumerate(fields):
        sheet.set_column(column, column, 28 if field in _WIDE else 14)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, 0, len(fields) - 1)
    sheet.write_row(0, 0, fields, bold)
    return sheet


def _write(sheet: Any, row: int, column: int, field: str, value: Any) -> None:
    if value is None:
        return
    cell = flat(value)
    if field in NUMBERS and (isinstance(cell, (int, float)) or (len(str(cell)) <= 15)):
        sheet.write_number(row, column, float(str(cell)))  # Excel keeps 15 digits of a number: a longer one stays text
    else:
        text = str(cell) if field in NUMBERS else harmless(str(cell))
        sheet.write_string(row, column, text if len(text) <= MAX_CELL else text[: MAX_CELL - 40] + f" … (cut: {len(text)} characters)")

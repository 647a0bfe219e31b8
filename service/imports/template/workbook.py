"""The Excel template: made of the vocabulary, filled in by hand, and imported without a mapping."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from graph_models.records.vocabulary import Text, Vocabulary
from service.imports.formats.byte_source import FileOfSet
from service.imports.formats.excel.reader import visible_sheets
from service.imports.formats.registry import open_table
from service.imports.formats.table import ReadOptions
from service.imports.mapping.model import Written, read_mapping
from service.imports.template.sheets import EXAMPLE, FIRM_SHEET, MARK, Sheet, derived_of, sheets

PROPERTY = "stakeholder-graph-template"
LINES = 2_000
"""So many lines have drop-downs."""
_MARK_WORDS = Text(en="Mark", zh="标记")
_FIRM = Text(en="Name of our firm", zh="本公司名称")
_PROPERTIES = "docProps/custom.xml"
_EXPLAINED = (
    Text(en="Fill in the sheets that you have data for; leave the others as they are.", zh="有数据的表就填，没有的表留空即可。"),
    Text(en="Each sheet begins with an example line, marked so in its first column: it is never imported. Write below it.",
         zh="每张表的第一行是示例，首列标有「示例」，不会导入。请从下一行开始填。"),
    Text(en="The same name in several sheets is the same party. Columns marked * are needed.", zh="各表中同名即同一方。带 * 的列必填。"),
    Text(en="Cells with a list take one of its words. Dates: 2024-05-17, or a month or a year.",
         zh="有下拉列表的格子请选其中之一。日期写 2024-05-17，也可只写年月或年。"),
    Text(en="An empty currency is that of the workspace. Do not change the hidden second line.", zh="币种空着时按工作区的本位币。隐藏的第二行请勿改动。"),
    Text(en="Then import the workbook: stakeholder-graph import FILE --workspace NAME, or over HTTP without a mapping.",
         zh="填好后直接导入，不需要映射：stakeholder-graph import 文件 --workspace 名称，或通过 HTTP 导入。"),
)  # fmt: skip


def template(vocabulary: Vocabulary, locale: str) -> bytes:
    """The workbook, in one language."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_custom_property(PROPERTY, 1, "number")
        book.set_custom_property("language", locale)
        bold, grey = book.add_format({"bold": True, "bottom": 1}), book.add_format({"italic": True, "font_color": "#808080"})
        made = sheets(vocabulary, "firm")
        _explain(book, made, locale, bold)
        lists = book.add_worksheet("lists")
        lists.hide()
        for number, sheet in enumerate(made):
            _sheet(book, lists, number, sheet, locale, (bold, grey))
    return out.getvalue()


def _explain(book: Any, made: Sequence[Sheet], locale: str, bold: Any) -> None:
    page = book.add_worksheet(FIRM_SHEET.in_locale(locale))
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 100)
    page.write_row(0, 0, [_FIRM.in_locale(locale), ""], bold)
    for place, text in enumerate(_EXPLAINED, 2):
        page.write(place, 1, text.in_locale(locale))
    for place, sheet in enumerate(made, len(_EXPLAINED) + 3):
        page.write_row(place, 0, [sheet.name.in_locale(locale), sheet.purpose.in_locale(locale)])


def _sheet(book: Any, lists: Any, number: int, sheet: Sheet, locale: str, formats: tuple[Any, Any]) -> None:
    bold, grey = formats
    page = book.add_worksheet(sheet.name.in_locale(locale))
    page.set_column(0, 0, 8)
    page.set_column(1, len(sheet.fields), 18)
    page.freeze_panes(2, 2)
    page.write_row(0, 0, [_MARK_WORDS.in_locale(locale), *(one.words.in_locale(locale) + " *" * one.needed for one in sheet.fields)], bold)
    page.write_row(1, 0, [MARK, *(one.id for one in sheet.fields)])
    page.set_row(1, None, None, {"hidden": True})
    page.write_row(2, 0, [EXAMPLE.in_locale(locale), *(one.example.in_locale(locale) for one in sheet.fields)], grey)
    for place, one in enumerate(sheet.fields, 1):
        if not one.choices:
            continue
        column = number * 20 + place
        words = [entry.label.in_locale(locale) for entry in one.choices]
        lists.write_column(0, column, words)
        name = xlsxwriter.utility.xl_col_to_name(column, True)
        page.data_validation(2, place, LINES + 2, place, {"validate": "list", "source": f"=lists!{name}$1:{name}${len(words)}", "ignore_blank": True})


# --- the way back


def is_template(file: FileOfSet) -> bool:
    """Is a file a workbook that was made from the template?"""
    if not file.plain_name.lower().endswith(".xlsx"):
        return False
    try:
        with zipfile.ZipFile(file.path) as packed, packed.open(_PROPERTIES) as properties:
            return PROPERTY.encode() in properties.read(1 << 16)
    except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        return False


def template_mapping(files: Sequence[FileOfSet], vocabulary: Vocabulary, firm: str | None = None, *, is_there: bool = True) -> Written:
    """The mapping that reads filled-in templates. ``firm``: the id of the focal party, if it has one; where it is not there yet, the workbook names it."""
    target = firm or "firm"
    parts: dict[str, Any] = {}
    locale, name = "en", None
    for number, file in enumerate(files, 1):
        there = visible_sheets(file)
        found = [(sheet, words) for sheet in sheets(vocabulary, target) for words in (sheet.name.en, sheet.name.zh) if words in there]
        locale = "zh" if any(words == sheet.name.zh for sheet, words in found) else locale
        name = name or _firm_name(file, there)
        parts |= {f"{sheet.id}{number}": _part(file, sheet, words) for sheet, words in found}
    model: dict[str, Any] = {"name": "template", "files": parts}
    if firm is None or not is_there:
        called = name or {"en": "Our firm", "zh": "本公司"}[locale]
        model |= {"workspace": {"name": called, "focal_party_id": target, "locale": locale}}
        model |= {"records": [{"type": "party", "id": target, "name": called, "kind": "organization"}]}
    return read_mapping(json.dumps(model, ensure_ascii=False, indent=1))


def _part(file: FileOfSet, sheet: Sheet, words: str) -> dict[str, Any]:
    columns = [one.id for one in sheet.fields]
    return {
        "pattern": re.sub(r"([\[*?])", r"[\1]", file.name), "sheet": words, "header_row": 2, "decimal": "auto", "totals": [], "optional": columns,
        "when": {"column": MARK, "not_in": [EXAMPLE.en, EXAMPLE.zh]}, "records": sheet.records, "derive": derived_of(sheet),
    }  # fmt: skip


def _firm_name(file: FileOfSet, there: Sequence[str]) -> str | None:
    """What the page that explains says under the name of the firm."""
    for words in (FIRM_SHEET.en, FIRM_SHEET.zh):
        if words in there:
            with open_table(file, ReadOptions(sheet=words, header_row=0, columns=["what", "said"], short_lines="empty")) as table:
                for _, cells in table.lines:
                    if isinstance(cells, list) and cells[0] in (_FIRM.en, _FIRM.zh):
                        return cells[1].strip() or None
    return None

"""Writes the parts of workbooks by hand, in any of the ways that writers of them have: prefixes, quotes, references or none, shared or inline texts."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
FORMATS = {
    "General": 0,
    "yyyy-mm-dd": 164,
    "yyyy/m/d h:mm": 165,
    "00000000": 166,
    '"No. "000-000': 167,
    "[h]:mm:ss": 168,
    "0.00E+00": 169,
    '#,##0.00" kg"': 170,
    "h:mm": 171,
}


class Cell(NamedTuple):
    """A cell as it stands in the XML: its type, value, format and formula."""

    kind: str
    value: str | None
    style: str = "General"
    formula: str | None = None


class Style(NamedTuple):
    """How a writer writes."""

    prefix: str = ""
    quote: str = '"'
    references: bool = True
    shared: bool = False
    runs: bool = False
    namespace: str = MAIN
    seed: int = 0


PLAIN = Style()


def text(value: str) -> Cell:
    return Cell("inlineStr", value)


def number(value: str, style: str = "General") -> Cell:
    return Cell("n", value, style)


def letters(column: int) -> str:
    return chr(65 + column) if column < 26 else letters(column // 26 - 1) + chr(65 + column % 26)


class Writer:
    """Writes one workbook in one style."""

    def __init__(self, style: Style) -> None:
        self.style, self.order = style, random.Random(style.seed)
        self.texts: list[str] = []

    def element(self, name: str, about: dict[str, str], inner: str | None = None) -> str:
        quote, pairs = self.style.quote, list(about.items())
        self.order.shuffle(pairs)
        marks = {'"': "&quot;", "'": "&apos;"}
        attributes = "".join(f" {key}={quote}{escape(value, {quote: marks[quote]})}{quote}" for key, value in pairs)
        tag = f"{self.style.prefix}:{name}" if self.style.prefix else name
        return f"<{tag}{attributes}/>" if inner is None else f"<{tag}{attributes}>{inner}</{tag}>"

    def root(self, name: str, inner: str) -> str:
        space = f"xmlns:{self.style.prefix}" if self.style.prefix else "xmlns"
        return self.element(name, {space: self.style.namespace, "xmlns:rel": OFFICE}, inner)

    def written(self, value: str) -> str:
        if self.style.runs and len(value) > 1:
            runs = [value[: len(value) // 2], value[len(value) // 2 :]]
            spoken = self.element("rPh", {"sb": "0", "eb": "1"}, self.element("t", {}, "spoken"))
            return "".join(self.element("r", {}, self.element("t", {"xml:space": "preserve"}, escape(run))) for run in runs) + spoken
        return self.element("t", {"xml:space": "preserve"}, escape(value))

    def cell(self, cell: Cell, reference: str) -> str:
        about = {"s": str(list(FORMATS).index(cell.style))} | ({"r": reference} if self.style.references else {})
        formula = "" if cell.formula is None else self.element("f", {}, escape(cell.formula))
        if cell.kind == "inlineStr" and self.style.shared:
            self.texts.append(cell.value or "")
            return self.element("c", about | {"t": "s"}, formula + self.element("v", {}, str(len(self.texts) - 1)))
        if cell.kind == "inlineStr":
            return self.element("c", about | {"t": "inlineStr"}, self.element("is", {}, self.written(cell.value or "")))
        kind = {} if cell.kind == "n" and self.order.random() < 0.5 else {"t": cell.kind}
        return self.element("c", about | kind, formula + ("" if cell.value is None else self.element("v", {}, escape(cell.value))))

    def sheet(self, rows: Sequence[Sequence[Cell | None]], merged: Sequence[str]) -> str:
        found = []
        for line, row in enumerate(rows, 1):
            cells = [self.cell(cell or text(""), f"{letters(place)}{line}") for place, cell in enumerate(row) if cell is not None or not self.style.references]
            found.append(self.element("row", {"r": str(line)} if self.style.references else {}, "".join(cells)))
        regions = self.element("mergeCells", {}, "".join(self.element("mergeCell", {"ref": region}) for region in merged)) if merged else ""
        return self.root("worksheet", self.element("sheetData", {}, "".join(found)) + regions)


def workbook(
    rows: Sequence[Sequence[Cell | None]], *, style: Style = PLAIN, merged: Sequence[str] = (), from_1904: bool = False, more: Sequence[tuple[str, str]] = ()
) -> bytes:
    """A workbook of one sheet; ``more`` are other sheets, which are empty, and their state."""
    writer = Writer(style)
    sheet = writer.sheet(rows, merged)
    formats = "".join(writer.element("numFmt", {"numFmtId": str(number), "formatCode": code}) for code, number in FORMATS.items() if number)
    styles = writer.element("numFmts", {}, formats) + writer.element(
        "cellXfs", {}, "".join(writer.element("xf", {"numFmtId": str(n)}) for n in FORMATS.values())
    )
    names = [("Sheet", "visible"), *more]
    listed = "".join(writer.element("sheet", {"name": name, "sheetId": str(n), "state": state, "rel:id": f"r{n}"}) for n, (name, state) in enumerate(names, 1))
    dates = writer.element("workbookPr", {"date1904": "1"}) if from_1904 else ""
    parts: dict[str, str] = {
        "_rels/.rels": _relations([("r1", "officeDocument", "/xl/workbook.xml")]),
        "xl/workbook.xml": writer.root("workbook", dates + writer.element("sheets", {}, listed)),
        "xl/_rels/workbook.xml.rels": _relations(
            [(f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(names) + 1)]
            + [("s", "styles", "styles.xml"), ("t", "sharedStrings", "/xl/sharedStrings.xml")]
        ),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/styles.xml": writer.root("styleSheet", styles),
        "xl/sharedStrings.xml": writer.root("sst", "".join(writer.element("si", {}, writer.written(value)) for value in writer.texts)),
    }
    for number in range(2, len(names) + 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = writer.root("worksheet", writer.element("sheetData", {}, ""))
    return zipped(parts)


def zipped(parts: dict[str, str | bytes] | dict[str, str]) -> bytes:
    """The parts as one archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _relations(items: Sequence[tuple[str, str, str]]) -> str:
    listed = "".join(f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>' for name, kind, target in items)
    return f'<Relationships xmlns="{PACKAGE}">{listed}</Relationships>'

"""What a file does not say is told by its bytes and cells, or refused with both readings: encodings, numbers, dates, headers, units, sums."""

from __future__ import annotations

import io
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models.errors import FieldError, InvalidInput, StakeholderGraphError
from graph_models.records.vocabulary import BUILT_IN
from service.imports.cells.number_formats import Numbers, readings
from service.imports.formats.byte_source import FileOfSet
from service.imports.formats.encoding_detection import detected
from service.imports.formats.registry import open_table
from service.imports.formats.table import ReadOptions, of_rows
from service.imports.mapping.ambiguous_cells import date_readings, unit_in
from service.imports.mapping.bound_mapping import BoundMapping
from service.imports.mapping.model import read_mapping
from tests.imports.files import made

CHINESE = "名称,城市\n华东家电有限公司,上海\n镕基贸易,北京\n"
GERMAN = "Name;Ort\nMüller & Söhne GmbH;Köln\nBäckerei Groß;Düsseldorf\n"
FRENCH = "nom;ville\nSociété Générale d’Énergie;Orléans\nCafé de la Gare – Créteil;Nîmes\n"


def read(file: FileOfSet, **options: Any) -> tuple[list[str], list[Any], dict[str, str]]:
    with open_table(file, ReadOptions(**options)) as table:
        return table.columns, list(table.lines), table.shown


def refused(file: FileOfSet, **options: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read(file, **options)
    return caught.value


def rows_of(tmp_path: Path, spec: str, *files: FileOfSet) -> tuple[list[Any], BoundMapping]:
    bound = BoundMapping(read_mapping(f"name: x\nfiles:\n  a:\n    pattern: '*'\n{spec}"), files, BUILT_IN)
    return [record for _, record in bound.records(lambda _: None)], bound


# --- encodings


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        (CHINESE, "utf-8", "utf-8"), (CHINESE, "utf-8-sig", "utf-8"), (CHINESE, "gb18030", "gb18030"), (CHINESE.replace("镕", "荣"), "gbk", "gb18030"),
        (CHINESE, "utf-16", "utf-16"), (CHINESE, "utf-16-le", "utf-16-le"), (CHINESE, "utf-16-be", "utf-16-be"),
        (GERMAN, "utf-8", "utf-8"), (GERMAN, "cp1252", "windows-1252"), (FRENCH, "cp1252", "windows-1252"), ("id,name\n1,x\n", "ascii", "utf-8"),
        ("id,name\n1,x\n", "utf-16-le", "utf-16-le"), ("name,x\nCréances à Orléans déjà reçues,1\n", "cp1252", "windows-1252"),
    ],
)  # fmt: skip
def test_an_encoding_is_told_by_the_bytes_and_shown(tmp_path: Path, text: str, encoding: str, shown: str) -> None:
    columns, lines, read_as = read(made(tmp_path, "a.csv", text, encoding))
    delimiter = ";" if ";" in text else ","
    assert (read_as["encoding"], columns) == (shown, text.splitlines()[0].split(delimiter))
    assert [cells for _, cells in lines] == [line.split(delimiter) for line in text.splitlines()[1:]]


@pytest.mark.parametrize("content", [b"name,x\n\xb1\xb1\xbe\xa9,1\n", b"name,x\n\xe9\xe9,1\n", "x\n\u9555\n".encode("gb18030")])
def test_one_that_cannot_be_told_is_refused_with_both_readings(tmp_path: Path, content: bytes) -> None:
    file = made(tmp_path, "a.csv", content)
    error = refused(file)
    assert error.errors[0].code == "ambiguous-encoding"
    for name, codec in (("GB18030", "gb18030"), ("Windows-1252", "cp1252")):
        cell = content.decode(codec).splitlines()[1].split(",")[0]
        assert f"{name} reads {cell!r}" in error.message
        assert read(file, encoding=codec)[1][0][1][0] == cell


def test_one_that_is_named_is_taken_and_its_faults_have_their_line(tmp_path: Path) -> None:
    file = made(tmp_path, "a.csv", b"id,name\n" + b"1,Banana\n" * 5000 + "2,Café à Orléans\n3,Société Générale\n".encode("cp1252"))
    assert refused(file, encoding="utf-8").errors[0].line == 5002
    assert read(file, encoding="auto")[2]["encoding"] == "windows-1252"
    assert refused(made(tmp_path, "b.csv", b"x\n\x81 \x81\xff\xff\n")).errors[0].code in ("wrong-encoding", "ambiguous-encoding")


_COMMON = [chr(code) for code in range(0x4E00, 0x9FA6) if len(data := chr(code).encode("gb2312", "ignore")) == 2 and 0xB0 <= data[0] < 0xD8]
_WORDS = st.lists(
    st.sampled_from(["Müller", "Köln", "Café", "Société", "naïve", "Größe", "señor", "Århus", "façade", "plain", "12 €"]), min_size=1, max_size=30
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.sampled_from(_COMMON), min_size=1, max_size=6), min_size=1, max_size=20), st.sampled_from([",", "\n", "|x;"]))
def test_chinese_text_is_told_or_refused_and_never_read_wrong(words: list[str], between: str) -> None:
    text = between.join(words)
    try:
        codec = detected("a", text.encode("gb18030"), whole=True)
    except InvalidInput:
        return
    assert text.encode("gb18030").decode(codec) == text


@settings(max_examples=40, deadline=None)
@given(_WORDS, st.sampled_from([",", "\n", "; "]))
def test_western_text_is_told_or_refused_and_never_read_wrong(words: list[str], between: str) -> None:
    text = between.join(words)
    with suppress(InvalidInput):
        assert text.encode("cp1252").decode(detected("a", text.encode("cp1252"), whole=True)) == text


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_have_a_codec_that_reads_them_or_are_refused(content: bytes) -> None:
    with suppress(InvalidInput):
        codec = detected("a", content, whole=True)
        assert content.decode(codec, "replace" if codec.startswith("utf-16") else "strict") is not None


# --- numbers and dates


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,234.56", "1234.56"), ("1.234,56", "1234.56"), ("12.5", "12.5"), ("12,5", "12.5"), ("1 234", "1234"), ("1,234,567", "1234567"), ("１２．５", "12.5"),
     ("12.5%", "0.125"), ("３％", "0.03"), ("-7", "-7"), ("1'234.5", "1234.5")],
)  # fmt: skip
def test_a_number_that_tells_by_itself_how_it_is_written(text: str, number: str) -> None:
    assert Numbers("auto").parser()(text) == Decimal(number)


@pytest.mark.parametrize(("text", "meant"), [("1,234", ["1234", "1.234"]), ("1.234", ["1234", "1.234"])])
def test_a_number_that_may_be_two_is_refused_with_both(tmp_path: Path, text: str, meant: list[str]) -> None:
    assert Numbers("auto").parser()(text) is None
    assert [str(number) for number in readings(text)] == meant
    record = '{type: value_flow, id: "{id}", source: a, target: b, kind: money, amount: "{n}"}'
    (fault,), _ = rows_of(tmp_path, f"    decimal: auto\n    records:\n      - {record}\n", made(tmp_path, "a.csv", f"id;n\n1;{text}\n"))
    assert isinstance(fault, FieldError)
    assert (fault.code, all(number in fault.message for number in meant)) == ("ambiguous-number", True)


@pytest.mark.parametrize(
    ("text", "dates"),
    [("2025年3月1日", ["2025-03-01"]), ("2025/3/1", ["2025-03-01"]), ("20250301", ["2025-03-01"]), ("25.12.2025", ["2025-12-25"]), ("2025年3月", ["2025-03"]),
     ("12/25/2025", ["2025-12-25"]), ("03/04/2025", ["2025-04-03", "2025-03-04"]), ("04/04/2025", ["2025-04-04"]), ("２０２５年", ["2025"]), ("31/31/2025", []),
     ("banana", []), ("2025-03-01 00:00:00", ["2025-03-01"])],
)  # fmt: skip
def test_the_days_that_a_date_may_be(text: str, dates: list[str]) -> None:
    assert list(date_readings(text)) == dates


def test_a_date_that_may_be_two_days_is_refused_with_both(tmp_path: Path) -> None:
    record = '{type: value_flow, id: "{id}", source: a, target: b, kind: money, valid_from: {column: on, date: auto}}'
    found, _ = rows_of(tmp_path, f"    records:\n      - {record}\n", made(tmp_path, "a.csv", "id,on\n1,2025年3月1日\n2,03/04/2025\n3,x\n"))
    assert found[0].valid_from == "2025-03-01"
    assert [(fault.code, "2025-04-03" in fault.message and "2025-03-04" in fault.message) for fault in found[1:]] == [
        ("ambiguous-date", True),
        ("bad-date", False),
    ]


# --- workbooks as people have them


def workbook(rows: list[list[Any]], *merged: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SALES = [
    ["2024年经销商销售情况表"], ["单位：万元"], ["经销商", "城市", "销售额（万元）", None], [None, None, "2023年", "2024年"],
    ["华东家电", "上海", "１２．５", 30], ["小计", None, 12.5, 30], ["华南电器", "广州", 7, "1,200.5"], ["合　计：", None, 19.5, 1230.5],
]  # fmt: skip
SPEC = """    header_row: {row}
    header_rows: 2
    thousands: ","
    totals: [合计, 小计]
    units: {"销售额（万元） 2023年": 10000, "销售额（万元） 2024年": 10000}
    ignore: [城市]
    records:
      - {type: value_flow, id: "{经销商}/2023", source: a, target: b, kind: money, amount: "{销售额（万元） 2023年}"}
      - {type: value_flow, id: "{经销商}/2024", source: a, target: b, kind: money, amount: {column: "销售额（万元） 2024年"}}
"""


@pytest.mark.parametrize("row", ["3", "auto"])
def test_a_chinese_workbook_with_titles_merged_headers_units_and_sums(tmp_path: Path, row: str) -> None:
    file = made(tmp_path, "a.xlsx", workbook(SALES, "A1:D1", "A3:A4", "B3:B4", "C3:D3"))
    if row == "auto":
        file = made(tmp_path, "a.xlsx", workbook([SALES[0], SALES[1], ["经销商", "城市", "销售额（万元）", "销售额（万元）"], *SALES[3:]]))
    found, bound = rows_of(tmp_path, SPEC.replace("{row}", row), file)
    assert {flow.id: flow.amount for flow in found} == {
        "华东家电/2023": Decimal(125_000), "华东家电/2024": Decimal(300_000), "华南电器/2023": Decimal(70_000), "华南电器/2024": Decimal(12_005_000),
    }  # fmt: skip
    assert bound.left_out() == [{"file": "a.xlsx", "lines": [6, 8], "why": "total"}]
    assert bound.read_as()[0]["header_row"] == "3"


def test_units_and_sums_are_not_passed_over_in_silence(tmp_path: Path) -> None:
    record = '    records:\n      - {type: value_flow, id: "{经销商}", source: a, target: b, kind: money, amount: "{销售额（万元）}"}\n'
    file = made(tmp_path, "a.csv", "经销商,销售额（万元）\n华东,1\n合计,1\n")
    with pytest.raises(InvalidInput) as caught:
        rows_of(tmp_path, record, file)
    assert [(error.code, "10000" in error.message) for error in caught.value.errors] == [("unit-not-said", True)]
    found, _ = rows_of(tmp_path, '    units: {"销售额（万元）": 1}\n' + record, file)
    assert [item.code if isinstance(item, FieldError) else item.amount for item in found] == [Decimal(1), "total-line"]
    found, _ = rows_of(tmp_path, '    totals: []\n    units: {"销售额（万元）": 1}\n' + record, file)
    assert len([item for item in found if not isinstance(item, FieldError)]) == 2


@pytest.mark.parametrize(
    ("header", "unit"), [("金额(亿元)", 10**8), ("销量【千台】", 1000), ("金额（单位：万元）", 10_000), ("千禧年", None), ("金额(元)", None), ("万科", None)]
)
def test_the_unit_that_a_header_says(header: str, unit: int | None) -> None:
    assert unit_in(header) == unit


@settings(max_examples=100)
@given(st.lists(st.lists(st.text(max_size=6), max_size=4), max_size=8), st.integers(1, 3))
def test_any_cells_have_a_header_or_are_refused(rows: list[list[str]], header_rows: int) -> None:
    lines: Any = ((number, cells) for number, cells in enumerate(rows, 1) if any(cells))
    with suppress(StakeholderGraphError):
        columns, rest, _ = of_rows(FileOfSet(Path("a"), "a"), lines, ReadOptions(header_row="auto", header_rows=header_rows))
        assert all(isinstance(cells, FieldError) or len(cells) == len(columns) for _, cells in rest)

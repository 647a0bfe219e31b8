"""Workbooks of any writer give the same lines; what a cell holds and the file does not tell is a fault of the cell, never an empty one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_models.errors import FieldError, InvalidInput, Malformed, StakeholderGraphError, TooLarge
from service.imports.formats.byte_source import FileOfSet
from service.imports.formats.excel import package as workbook_package
from service.imports.formats.excel.cell_formats import DateSystem, date_and_time, length_of_time, plain_number, zero_padded
from service.imports.formats.registry import open_table
from service.imports.formats.table import FaultyCells, ReadOptions
from tests.imports.files import made
from tests.imports.formats.excel_files import STRICT, Cell, Style, number, text, workbook, zipped

HEAD = [text("name"), text("day"), text("code"), text("n")]
ROWS: list[list[Cell | None]] = [
    HEAD,
    [text("Ä & <b> 香蕉"), number("45000", "yyyy-mm-dd"), number("123", "00000000"), number("1234.5")],
    [text(" two  spaces "), number("45000.375", "yyyy/m/d h:mm"), number("7", '"No. "000-000'), number("0.30000000000000004")],
    [None, None, number("98765432101"), number("1E+20")],
    [text("line_x000A_end"), number("1.5", "[h]:mm:ss"), Cell("b", "1"), Cell("str", "x", formula="A1")],
]
LINES = [
    (2, ["Ä & <b> 香蕉", "2023-03-15", "00000123", "1234.5"]),
    (3, [" two  spaces ", "2023-03-15 09:00:00", "No. 000-007", "0.3"]),
    (4, ["", "", "98765432101", "100000000000000000000"]),
    (5, ["line\nend", "36:00:00", "true", "x"]),
]
STYLES = st.builds(
    Style, prefix=st.sampled_from(["", "x", "ss"]), quote=st.sampled_from(['"', "'"]), references=st.booleans(), shared=st.booleans(),
    runs=st.booleans(), namespace=st.sampled_from([Style().namespace, STRICT]), seed=st.integers(0, 99),
)  # fmt: skip


def read(file: FileOfSet, **options: Any) -> tuple[list[str], list[Any], dict[str, str]]:
    with open_table(file, ReadOptions(**options)) as table:
        return table.columns, list(table.lines), table.shown


def refused(file: FileOfSet, **options: Any) -> StakeholderGraphError:
    with pytest.raises(StakeholderGraphError) as caught:
        read(file, **options)
    return caught.value


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STYLES)
def test_a_workbook_gives_the_same_lines_however_it_is_written(tmp_path: Path, style: Style) -> None:
    columns, lines, shown = read(made(tmp_path, "a.xlsx", workbook(ROWS, style=style)))
    assert (columns, lines) == (["name", "day", "code", "n"], LINES)
    assert shown == {"format": "xlsx", "sheet": "Sheet"}


@pytest.mark.parametrize("style", [Style(), Style(prefix="x", quote="'", references=False, shared=True, runs=True)])
@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (Cell("e", "#N/A"), "the error #N/A"),
        (Cell("e", "#DIV/0!", formula="1/0"), "the error #DIV/0!"),
        (Cell("n", None, formula="SUM(A1:A9)"), "whose result was not stored"),
        (Cell("n", "", formula="SUM(A1:A9)"), "whose result was not stored"),
        (Cell("str", None, formula="A1"), "whose result was not stored"),
        (Cell("s", "99"), "shared text 99"),
        (Cell("n", "banana"), "is not of the type"),
        (Cell("b", "banana"), "is not of the type"),
        (Cell("banana", "1"), "is not of the type"),
        (number("60", "yyyy-mm-dd"), "a day that never was"),
        (number("0", "yyyy-mm-dd"), "a day that never was"),
        (number("-3", "yyyy-mm-dd"), "no day that a workbook knows"),
        (number("2958466", "yyyy-mm-dd"), "no day that a workbook knows"),
        (number("1e999"), "no number"),
    ],
)
def test_what_a_cell_holds_and_cannot_be_given_is_a_fault_of_that_cell(tmp_path: Path, style: Style, cell: Cell, words: str) -> None:
    rows = [[text("id"), text("n")], [text("a"), number("1")], [text("b"), cell], [text("c"), number("3")]]
    _, lines, _ = read(made(tmp_path, "a.xlsx", workbook(rows, style=style)))
    assert [(line, cells[0]) for line, cells in lines] == [(2, "a"), (3, "b"), (4, "c")]
    assert isinstance(lines[1][1], FaultyCells)
    assert [(place, fault.code, words in fault.message) for place, fault in lines[1][1].faults.items()] == [(1, "cell-error", True)]
    assert type(lines[0][1]) is type(lines[2][1]) is list


def test_a_column_with_errors_that_is_named_in_the_header_is_refused_there(tmp_path: Path) -> None:
    error = refused(made(tmp_path, "a.xlsx", workbook([[text("id"), Cell("e", "#REF!")], [text("a"), text("b")]])))
    assert (error.errors[0].code, error.errors[0].line) == ("cell-error", 1)


# --- merged cells


def test_merged_texts_and_days_stand_for_all_their_cells_and_it_is_said(tmp_path: Path) -> None:
    rows = [
        [text("Sales of 2024"), None, None, None], [text("region"), text("name"), text("day"), text("note")],
        [text("East"), text("a"), number("45000", "yyyy-mm-dd"), text("-")], [None, text("b"), None, text("-")], [None, text("c"), text("x"), text("both")],
        [None, None, None, None], [text("West"), text("d"), text("stopped"), None],
    ]  # fmt: skip
    book = workbook(rows, merged=["A1:D1", "A3:A6", "C3:C4", "C7:D7"])
    columns, lines, shown = read(made(tmp_path, "a.xlsx", book), header_row="auto")
    assert columns == ["region", "name", "day", "note"]
    assert lines == [
        (3, ["East", "a", "2023-03-15", "-"]), (4, ["East", "b", "2023-03-15", "-"]), (5, ["East", "c", "x", "both"]), (7, ["West", "d", "stopped", "stopped"]),
    ]  # fmt: skip
    assert shown["merged"] == "A3:A6 C3:C4 C7:D7"
    assert read(made(tmp_path, "b.xlsx", book), header_row=2, merged="first")[1][1] == (4, ["", "b", "", "-"])


def test_a_merged_number_may_be_of_each_line_or_of_all_together_and_is_refused_until_the_mapping_says(tmp_path: Path) -> None:
    file = made(tmp_path, "a.xlsx", workbook([[text("id"), text("n")], [text("a"), number("300")], [text("b"), None]], merged=["B2:B3"]))
    lines = read(file)[1]
    assert [[fault.code for fault in cells.faults.values()] for _, cells in lines] == [["merged-number"], ["merged-number"]]
    assert read(file, merged="all")[1] == [(2, ["a", "300"]), (3, ["b", "300"])]
    assert read(file, merged="first")[1] == [(2, ["a", "300"]), (3, ["b", ""])]


def test_an_error_in_merged_cells_is_a_fault_of_all_their_lines(tmp_path: Path) -> None:
    file = made(tmp_path, "a.xlsx", workbook([[text("id"), text("n")], [text("a"), Cell("e", "#N/A")], [text("b"), None]], merged=["B2:B3"]))
    assert [list(cells.faults) for _, cells in read(file)[1]] == [[1], [1]]


# --- sheets


def test_hidden_sheets_are_said_and_read_only_where_they_are_named(tmp_path: Path) -> None:
    file = made(tmp_path, "a.xlsx", workbook([[text("id")], [text("a")]], more=[("Old", "hidden"), ("Deep", "veryHidden")]))
    _, lines, shown = read(file)
    assert (lines, shown) == ([(2, ["a"])], {"format": "xlsx", "sheet": "Sheet", "hidden_sheets": "Old, Deep"})
    assert "'Old' (hidden)" in refused(file, sheet="Banana").message
    assert refused(file, sheet="Old").errors[0].code == "empty-file"
    assert refused(made(tmp_path, "b.xlsx", workbook([[text("id")]], more=[("Other", "visible")]))).errors[0].code == "which-sheet"


def test_days_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    rows = [[text("day")], [number("0", "yyyy-mm-dd")], [number("43538", "yyyy-mm-dd")]]
    assert read(made(tmp_path, "a.xlsx", workbook(rows, from_1904=True)))[1] == [(2, ["1904-01-01"]), (3, ["2023-03-15"])]


# --- what is no workbook


def _with(parts: dict[str, str]) -> bytes:
    good = {
        "_rels/.rels": '<Relationships><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="S" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="a" Type="x/worksheet" Target="s.xml"/></Relationships>',
        "xl/s.xml": "<worksheet><sheetData><row><c t='str'><v>id</v></c></row></sheetData></worksheet>",
    }
    return zipped(good | parts)


def test_parts_without_a_namespace_are_read_as_others(tmp_path: Path) -> None:
    assert read(made(tmp_path, "a.xlsx", _with({})))[0] == ["id"]


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        ("<worksheet><sheetData><row><c t='str'><v>id</v></c>", "not XML"),
        ("<!DOCTYPE w [<!ENTITY a 'x'>]><worksheet>&a;</worksheet>", "entities"),
        ("<worksheet>" + "<x>" * 300 + "</x>" * 300 + "</worksheet>", "nested more than"),
        ("<worksheet><sheetData><row r='2'/><row r='1'/></sheetData></worksheet>", "which cannot be"),
        ("<worksheet><sheetData><row r='9999999'/></sheetData></worksheet>", "which cannot be"),
        ("<worksheet><sheetData><row><c r='B1'/><c r='A1'/></row></sheetData></worksheet>", "stands twice"),
        ("<worksheet><sheetData><row><c r='AAAA1'/></row></sheetData></worksheet>", "no column"),
        ("<worksheet><sheetData><c/></sheetData></worksheet>", "outside of a row"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused_in_words(tmp_path: Path, sheet: str, words: str) -> None:
    error = refused(made(tmp_path, "a.xlsx", _with({"xl/s.xml": sheet})))
    assert isinstance(error, (Malformed, InvalidInput))
    assert words in error.message


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_package, "MAX_UNPACKED_BYTES", 1 << 20)
    assert isinstance(refused(made(tmp_path, "a.xlsx", _with({"xl/media.bin": "0" * (2 << 20)}))), TooLarge)


# --- numbers and days


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("39002.329999999994", "39002.33"), ("777711159064846000", "777711159064846000"), ("123456789012345678", "123456789012345678"), ("1E-7", "0.0000001"),
     ("-0", "0"), ("-12.50", "-12.5"), ("1.0E7", "10000000"), ("007", "7"), ("0.1", "0.1"), ("1234567.891", "1234567.891")],
)  # fmt: skip
def test_numbers_have_fifteen_digits_and_whole_ones_all_of_theirs(raw: str, shown: str) -> None:
    assert plain_number(raw) == shown


@pytest.mark.parametrize(
    ("code", "raw", "shown"),
    [("00000000", "123", "00000123"), ("00000000", "123456789", "123456789"), ("000-0000", "1234567", "123-4567"), ('"SZ"0000', "42", "SZ0042"),
     ("0000\\.00", "123456", "1234.56"), ("00000", "-7", "-00007"), ("00000;-00000", "7", "00007")],
)  # fmt: skip
def test_a_format_of_zeros_shows_them(code: str, raw: str, shown: str) -> None:
    show = zero_padded(code)
    assert show is not None
    assert show(raw) == shown


@pytest.mark.parametrize("code", ["0", "0.00", "#,##0", "0%", "General", "yyyy-mm-dd", "00.00", "0E+00"])
def test_other_formats_do_not(code: str) -> None:
    assert zero_padded(code) is None


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("45000.99999999", "2023-03-15 23:59:59.999"), ("45000.604166666664", "2023-03-15 14:30:00"), ("0.5", "12:00:00"), ("1", "1900-01-01"),
     ("59", "1900-02-28"), ("61", "1900-03-01"), ("2958465", "9999-12-31")],
)  # fmt: skip
def test_days_and_times_are_those_that_the_program_shows(raw: str, shown: str) -> None:
    assert date_and_time(raw, DateSystem.FROM_1900) == shown


def test_lengths_of_time_are_hours_however_many() -> None:
    assert [length_of_time(raw) for raw in ("1.5", "0.25", "-1", "100.000011574")] == ["36:00:00", "06:00:00", "-24:00:00", "2400:00:01"]


def test_a_fault_is_an_error_of_its_line_only_where_the_cell_is_used(tmp_path: Path) -> None:
    from graph_models.records.vocabulary import BUILT_IN
    from service.imports.mapping.bound_mapping import BoundMapping
    from service.imports.mapping.model import read_mapping

    rows = [[text("id"), text("n"), text("m")], [text("a"), Cell("e", "#N/A"), Cell("e", "#REF!")], [text("b"), number("2"), number("3")]]
    file = made(tmp_path, "a.xlsx", workbook(rows))
    flow = '{type: value_flow, id: "{id}", source: a, target: b, kind: money, amount: "{n}", product: "{m}"}'

    def found(ignore: str, record: str) -> list[Any]:
        spec = f"name: x\nfiles:\n  a:\n    pattern: '*'\n    ignore: [{ignore}]\n    records:\n      - {record}\n"
        return [item for _, item in BoundMapping(read_mapping(spec), [file], BUILT_IN).records(lambda _: None)]

    wrong = found("", flow)
    assert [(item.code, item.field) for item in wrong if isinstance(item, FieldError)] == [("cell-error", "n"), ("cell-error", "m")]
    assert len(found("n, m", '{type: party, id: "{id}", name: "{id}", kind: organization}')) == 2

"""Readers give every line with its number, or say what is wrong with the file; they never guess."""

from __future__ import annotations

import gzip
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_models.errors import FieldError, InvalidInput, Malformed, StakeholderGraphError, TooLarge, UnsupportedMedia
from service.imports.formats.byte_source import FileOfSet
from service.imports.formats.excel import package as workbook_package
from service.imports.formats.excel import reader as workbook
from service.imports.formats.registry import READERS, open_table
from service.imports.formats.table import FaultyCells, Line, ReadOptions
from tests.imports.files import made

ANYTHING = st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))


def read(file: FileOfSet, **options: Any) -> tuple[list[str], list[Line], dict[str, str]]:
    with open_table(file, ReadOptions(**options)) as table:
        return table.columns, list(table.lines), table.shown


def refused(file: FileOfSet, **options: Any) -> StakeholderGraphError:
    with pytest.raises(StakeholderGraphError) as caught:
        read(file, **options)
    return caught.value


def book(rows: list[list[Any]], *more_sheets: str) -> bytes:
    made_book = openpyxl.Workbook()
    sheet = made_book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for name in more_sheets:
        made_book.create_sheet(name)
    out = io.BytesIO()
    made_book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_detected_and_shown(tmp_path: Path, delimiter: str) -> None:
    file = made(tmp_path, "a.csv", f"id{delimiter}name\n1{delimiter}Banana\n")
    columns, lines, shown = read(file)
    assert (columns, lines) == (["id", "name"], [(2, ["1", "Banana"])])
    assert shown == {"format": "csv", "encoding": "utf-8", "delimiter": delimiter}


def test_a_comma_in_one_cell_of_a_semicolon_file_does_not_mislead(tmp_path: Path) -> None:
    file = made(tmp_path, "a.csv", "id;name, first\n1;Banana\n2;Kiwi, green\n")
    assert read(file)[2]["delimiter"] == ";"


def test_two_possible_delimiters_are_refused_and_a_named_one_is_taken(tmp_path: Path) -> None:
    file = made(tmp_path, "a.csv", "a;b,c\n1;2,3\n")
    assert refused(file).errors[0].code == "ambiguous-delimiter"
    assert read(file, delimiter=";")[1] == [(2, ["1", "2,3"])]


def test_lines_count_in_the_file_with_blank_ones_and_line_ends_in_cells(tmp_path: Path) -> None:
    file = made(tmp_path, "a.csv", 'id,name\r\n\r\n1,"Ba\r\nnana"\r\n\r\n2,Kiwi\r\n')
    assert read(file)[1] == [(3, ["1", "Ba\r\nnana"]), (6, ["2", "Kiwi"])]


def test_a_packed_file_reads_as_the_file_itself(tmp_path: Path) -> None:
    assert read(made(tmp_path, "a.csv.gz", "id,name\n1,香蕉\n"))[1] == [(2, ["1", "香蕉"])]


@pytest.mark.parametrize("name", ["a.csv.gz", "a.ndjson.gz", "a.xlsx.gz"])
def test_a_packed_file_that_is_cut_off_says_so(tmp_path: Path, name: str) -> None:
    packed = gzip.compress(b"id,name\n" + bytes(range(48, 90)) * 500)
    error = refused(made(tmp_path, name, packed[: len(packed) // 2]))
    assert isinstance(error, Malformed)
    assert "cut off" in error.message


def test_a_packed_file_that_is_damaged_says_so(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(b"id,name\n1,Banana\n" * 100))
    packed[-8] ^= 0xFF
    assert "damaged" in refused(made(tmp_path, "a.csv.gz", bytes(packed))).message


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_names_the_encoding(tmp_path: Path, encoding: str) -> None:
    assert read(made(tmp_path, "a.csv", "名称,x\n华东家电,1\n", encoding))[1] == [(2, ["华东家电", "1"])]


def test_an_encoding_that_is_not_known_is_refused(tmp_path: Path) -> None:
    assert refused(made(tmp_path, "a.csv", "id\n1\n"), encoding="banana").errors[0].code == "unknown-encoding"


@pytest.mark.parametrize("content", ["", "\n\n", "﻿"])
def test_an_empty_file_is_an_error(tmp_path: Path, content: str) -> None:
    assert refused(made(tmp_path, "a.csv", content)).errors[0].code == "empty-file"
    assert refused(made(tmp_path, "a.ndjson", content)).errors[0].code == "empty-file"


def test_columns_without_name_or_with_the_same_name_are_errors(tmp_path: Path) -> None:
    assert refused(made(tmp_path, "a.csv", "id,name,id\n1,2,3\n")).errors[0][:3:2] == ("duplicate-column", "id")
    assert refused(made(tmp_path, "b.csv", "id,,name\n1,2,3\n")).errors[0].code == "no-header"


def test_a_header_may_stand_lower_or_be_missing(tmp_path: Path) -> None:
    file = made(tmp_path, "a.csv", "Report of 2025\n\nid,name\n1,Banana\n")
    assert read(file, header_row=3, delimiter=",")[1] == [(4, ["1", "Banana"])]
    assert refused(file, header_row=2, delimiter=",").errors[0].code == "no-header"
    bare = made(tmp_path, "b.csv", "1,Banana\n")
    assert read(bare, header_row=0, columns=["id", "name"])[:2] == (["id", "name"], [(1, ["1", "Banana"])])
    assert refused(bare, header_row=0).errors[0].code == "no-header"


def test_a_line_with_too_many_or_too_few_fields_is_an_error_of_that_line(tmp_path: Path) -> None:
    lines = read(made(tmp_path, "a.csv", "id,name\n1,a,b\n2\n3,c\n4,d,,\n"))[1]
    assert [(line, cells.code if isinstance(cells, FieldError) else cells) for line, cells in lines] == [
        (2, "too-many-fields"), (3, "too-few-fields"), (4, ["3", "c"]), (5, ["4", "d"]),
    ]  # fmt: skip
    assert read(made(tmp_path, "b.csv", "id,name\n2\n"), short_lines="empty")[1] == [(2, ["2", ""])]


def test_a_named_column_takes_the_surplus(tmp_path: Path) -> None:
    file = made(tmp_path, "a.csv", "id,street,city\n1,Rua do Paço, 67,Rio\n2,a,b,c,Rio\n")
    assert read(file, surplus_into="street")[1] == [(2, ["1", "Rua do Paço, 67", "Rio"]), (3, ["2", "a,b,c", "Rio"])]
    assert refused(file, surplus_into="banana").errors[0].field == "surplus_into"


def test_among_several_columns_the_surplus_is_what_begins_with_a_space(tmp_path: Path) -> None:
    file = made(tmp_path, "a.csv", "name,street,city\nPavlova, Ltd.,Rose St.,Melbourne\nRossi,Viale Dante, 75,Ravenna\nx,y,z,w\nx,y,z, w\n")
    lines = read(file, surplus_into=["name", "street"])[1]
    assert [cells if isinstance(cells, list) else cells.code for _, cells in lines] == [
        ["Pavlova, Ltd.", "Rose St.", "Melbourne"], ["Rossi", "Viale Dante, 75", "Ravenna"], "too-many-fields", "too-many-fields",
    ]  # fmt: skip


@pytest.mark.parametrize(("content", "words"), [('id,name\n1,"Ba\n', 'no " ends it'), ('id,name\n1,"Ba"na\n', "text follows")])
def test_broken_quotes_name_the_line_and_the_way_out(tmp_path: Path, content: str, words: str) -> None:
    file = made(tmp_path, "a.csv", content)
    error = refused(file)
    assert isinstance(error, Malformed)
    assert words in error.message
    assert "line 2" in error.message
    assert read(file, quote="none")[1][0][0] == 2


def test_a_file_without_line_ends_does_not_fill_the_memory(tmp_path: Path) -> None:
    assert "longer than" in refused(made(tmp_path, "a.csv", "id\n" + "x" * (5 << 20))).message
    assert "longer than" in refused(made(tmp_path, "b.csv", "id\n" + "x" * (2 << 20))).message


def test_ndjson_gives_flat_columns_and_keeps_the_digits_of_numbers(tmp_path: Path) -> None:
    file = made(tmp_path, "a.ndjson", '{"id": 1, "to": {"city": "Rio"}, "n": 0.10}\n\n{"tags": ["a", "b"], "id": "2", "ok": true, "no": null}\n')
    columns, lines, _ = read(file)
    assert columns == ["id", "to.city", "n", "tags", "ok", "no"]
    assert lines == [(1, ["1", "Rio", "0.10", "", "", ""]), (3, ["2", "", "", "a\nb", "true", ""])]


@pytest.mark.parametrize("line", ["[1]", "{", '{"a": 1, "b": {"c": 1, "c": 2}}', '{"a": {"b": 1}, "a.b": 2}', "{" + '"a":{' * 40 + "}" * 41])
def test_a_line_of_ndjson_that_is_no_table_row_is_an_error_of_that_line(tmp_path: Path, line: str) -> None:
    lines = read(made(tmp_path, "a.ndjson", f'{{"id": 1}}\n{line}\n{{"id": 3}}\n'))[1]
    assert [number for number, _ in lines] == [1, 2, 3]
    assert isinstance(lines[1][1], FieldError)
    assert lines[1][1].code in ("bad-json", "duplicate-name")


def test_ndjson_with_endless_new_names_is_refused(tmp_path: Path) -> None:
    content = "".join(f'{{"n{number}": 1}}\n' for number in range(10_002))
    assert refused(made(tmp_path, "a.ndjson", content)).errors[0].code == "too-many-columns"


def test_a_workbook_gives_values_as_people_write_them(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["id", "name", "n", "day", "at", "ok"],
        [1, "香蕉", 0.1, date(2025, 3, 1), datetime(2025, 3, 1, 9, 30), True],  # noqa: DTZ001 - a workbook knows no zones
        [],
        [2.0, None, 1e20, None, None, False],
    ]
    columns, lines, shown = read(made(tmp_path, "a.xlsx", book(rows)))
    assert columns == ["id", "name", "n", "day", "at", "ok"]
    assert lines == [(2, ["1", "香蕉", "0.1", "2025-03-01", "2025-03-01 09:30:00", "true"]), (4, ["2", "", "100000000000000000000", "", "", "false"])]
    assert shown == {"format": "xlsx", "sheet": "Sheet"}


def test_a_workbook_with_several_sheets_wants_one_named(tmp_path: Path) -> None:
    file = made(tmp_path, "a.xlsx", book([["id"], [1]], "Other"))
    assert refused(file).errors[0].code == "which-sheet"
    assert refused(file, sheet="Banana").errors[0].code == "no-sheet"
    assert read(file, sheet="Sheet")[1] == [(2, ["1"])]


def test_a_cell_with_an_error_of_excel_is_an_error_of_its_line_and_not_an_empty_cell(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["id", "n"], [1, 5], [2, "#DIV/0!"], [3, 7]]
    lines = read(made(tmp_path, "a.xlsx", book(rows)))[1]
    assert lines == [(2, ["1", "5"]), (3, ["2", "#DIV/0!"]), (4, ["3", "7"])]
    assert isinstance(lines[1][1], FaultyCells)
    assert {place: fault.code for place, fault in lines[1][1].faults.items()} == {1: "cell-error"}


@pytest.mark.parametrize("content", [b"banana", b"PK\x03\x04banana", b""])
def test_what_is_no_workbook_is_malformed(tmp_path: Path, content: bytes) -> None:
    assert isinstance(refused(made(tmp_path, "a.xlsx", content)), Malformed)


def test_a_workbook_above_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = made(tmp_path, "a.xlsx", book([["id"], [1]]))
    monkeypatch.setattr(workbook_package, "MAX_UNPACKED_BYTES", 100)
    assert isinstance(refused(file), TooLarge)
    monkeypatch.setattr(workbook, "MAX_BYTES", 100)
    assert isinstance(refused(file), TooLarge)


def test_a_format_is_named_or_told_by_the_ending(tmp_path: Path) -> None:
    assert isinstance(refused(made(tmp_path, "a.banana", "id\n1\n")), UnsupportedMedia)
    assert read(made(tmp_path, "a.banana", "id\n1\n"), format="csv")[0] == ["id"]
    assert refused(made(tmp_path, "a.csv", "id\n1\n"), format="banana").errors[0].code == "unknown-format"
    assert refused(FileOfSet(tmp_path / "absent.csv", "absent.csv")).errors[0].code == "no-file"


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=ANYTHING, reader=st.sampled_from(READERS), packed=st.booleans())
def test_no_bytes_make_a_reader_fail_but_with_an_error_of_ours(tmp_path: Path, content: bytes, reader: Any, packed: bool) -> None:
    if packed:
        content = gzip.compress(content)[: -3 if len(content) % 2 else None]
    file = made(tmp_path, "fuzz" + reader.endings[0], content)
    try:
        columns, lines, _ = read(file)
    except (InvalidInput, Malformed, UnsupportedMedia, TooLarge):
        return
    for line, cells in lines:
        assert line >= 1
        assert isinstance(cells, FieldError) or len(cells) == len(columns)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(place=st.integers(0, 4000), value=st.integers(0, 255))
def test_no_damaged_workbook_makes_the_reader_fail_but_with_an_error_of_ours(tmp_path: Path, place: int, value: int) -> None:
    content = bytearray(book([["id", "name"], [1, "a"], [2, "b"]]))
    content[place % len(content)] = value
    try:
        read(made(tmp_path, "fuzz.xlsx", bytes(content)))
    except (InvalidInput, Malformed, UnsupportedMedia, TooLarge):
        return

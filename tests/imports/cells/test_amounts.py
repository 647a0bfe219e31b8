"""Amounts and days as people write them: read where the mapping says how, and refused with what they may mean where it does not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_models.errors import FieldError, InvalidInput
from graph_models.records.vocabulary import BUILT_IN
from service.imports.cells.amount_text import CURRENCIES, STYLES, amount_parser, style_of
from service.imports.cells.number_formats import Numbers
from service.imports.mapping.ambiguous_cells import date_readings
from service.imports.mapping.bound_mapping import BoundMapping
from service.imports.mapping.model import read_mapping
from tests.imports.files import made

ACCOUNTING = {
    "￥1,200.00": "1200", "(300.00)": "-300", "1234.50-": "-1234.5", "−20.00": "-20", "–7": "-7", "- 20": "-20", "US$ 1,000": "1000", "12 EUR": "12",
    "（1,234.50）": "-1234.5", "-€5": "-5", "€-5": "-5", "１，２００．５０": "1200.5", "2.5E3": "2500", "人民币300元": "300", "HK$12.5": "12.5",
}  # fmt: skip
WAN = {"1.5万": "15000", "12.5万元": "125000", "3亿": "300000000", "-2.5 万": "-25000", "(1.2千万元)": "-12000000", "￥6.5万": "65000", "100": "100"}
NONE = ["-", "", "五万", "1_000", "NaN", "-(3)", "--3", "(-3)", "1e999", "12,34,567.00", "1.5万万", "$5€", "abc", "3%万", "1" * 70]


@pytest.mark.parametrize(("text", "number"), [*ACCOUNTING.items(), *WAN.items()])
def test_amounts_are_read_in_the_style_that_the_mapping_names(text: str, number: str) -> None:
    assert amount_parser("wan", Numbers())(text) == Decimal(number)
    assert amount_parser("accounting", Numbers())(text) == (Decimal(number) if text in ACCOUNTING or text == "100" else None)
    assert amount_parser("auto", Numbers())(text) in (Decimal(number), None)


@pytest.mark.parametrize("text", NONE)
@pytest.mark.parametrize("style", STYLES)
def test_what_is_no_amount_is_none_in_any_style(text: str, style: Any) -> None:
    assert amount_parser(style, Numbers())(text) is None


def test_the_sign_of_the_decimals_is_that_of_the_file() -> None:
    european, english = Numbers(","), Numbers(".")
    assert amount_parser("accounting", european)("€ 1.234,50") == Decimal("1234.50")
    assert amount_parser("accounting", english)("€ 1.234,50") is None
    assert amount_parser("accounting", english)("$1,234") == 1234
    assert amount_parser("auto", english)("$1,234") is None
    assert amount_parser("auto", english)("1.234,50 €") == Decimal("1234.50")


def test_an_amount_in_another_currency_than_the_record_is_none_and_so_is_one_with_two_units() -> None:
    in_yuan = amount_parser("wan", Numbers(), currency="CNY", unit=Decimal(10_000))
    assert (in_yuan("￥5"), in_yuan("5"), in_yuan("€5"), in_yuan("5万")) == (5, 5, None, None)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9), st.sampled_from(sorted(CURRENCIES)))
def test_any_amount_is_read_back_however_it_is_shown(amount: Decimal, sign: str) -> None:
    shown = f"{abs(amount):,.2f}"
    ways = [f"({sign}{shown})", f"{shown}-", f"-{sign} {shown}", f"{shown[:0]}−{shown}{sign}"] if amount < 0 else [f"{sign}{shown}", f"{shown} {sign}", shown]
    assert {amount_parser("accounting", Numbers())(way) for way in ways} == {amount}


@pytest.mark.parametrize(
    ("texts", "style"),
    [
        (["1", "2.5"], "plain"),
        (["￥1,200.00", "300"], "accounting"),
        (["1.5万", "100"], "wan"),
        (["1.234,50", "7"], "auto"),
        (["￥1", "€2"], None),
        (["x"], None),
    ],
)
def test_the_narrowest_style_that_reads_a_column_is_found(texts: list[str], style: str | None) -> None:
    assert style_of(texts) == style


def produced(tmp_path: Path, amount: str, *cells: str, more: str = "") -> list[Any]:
    flow = f'{{type: value_flow, id: "{{#line}}", source: a, target: b, kind: money, amount: {amount}, currency: CNY}}'
    spec = f'name: x\nfiles:\n  a:\n    pattern: "*"\n{more}    records:\n      - {flow}\n'
    file = made(tmp_path, "a.csv", "n\n" + "".join(f'"{cell}"\n' for cell in cells))
    return [item for _, item in BoundMapping(read_mapping(spec), [file], BUILT_IN).records(lambda _: None)]


def test_a_mapping_says_how_amounts_are_written(tmp_path: Path) -> None:
    found = produced(tmp_path, "{column: n, number: wan}", "100", "￥1,200.00", "(300.00)", "1.5万", "€5")
    assert [item.amount for item in found[:4]] == [100, Decimal("1200.00"), Decimal("-300.00"), 15_000]
    assert (found[4].code, "the currency" in found[4].message) == ("bad-number", True)


def test_without_it_they_are_refused_with_what_they_may_be(tmp_path: Path) -> None:
    found = produced(tmp_path, "{column: n}", "(300.00)", "1.5万", "1.0E7")
    assert [item.code for item in found[:2]] == ["bad-number", "bad-number"]
    assert "`number: accounting`" in found[0].message
    assert "-300" in found[0].message
    assert "`number: wan`" in found[1].message
    assert found[2].amount == 10_000_000
    with pytest.raises(InvalidInput, match="auto, plain, accounting, wan"):
        produced(tmp_path, "{column: n, number: banana}", "1")


def test_what_is_derived_as_a_number_can_be_calculated_with(tmp_path: Path) -> None:
    found = produced(tmp_path, "{calculate: m * 2}", "1.5万", more="    derive: {m: {column: n, number: wan}}\n")
    assert found[0].amount == 30_000


def test_all_that_is_wrong_with_a_line_is_told_and_each_thing_once(tmp_path: Path) -> None:
    spec = (
        'name: x\nfiles:\n  a:\n    pattern: "*"\n    records:\n'
        '      - {type: party, id: "{id}", name: "{id}", kind: organization, valid_from: {column: on, date: auto}}\n'
        '      - {type: value_flow, id: "{#line}", source: "{id}", target: b, kind: money, amount: "{n}", quantity: "{q}",'
        " valid_from: {column: on, date: auto}}\n"
    )
    file = made(tmp_path, "a.csv", "id,on,n,q\na,banana,x,y\nb,2024-01-02,1,2\n")
    found = [item for _, item in BoundMapping(read_mapping(spec), [file], BUILT_IN).records(lambda _: None)]
    assert [(item.code, item.field) for item in found if isinstance(item, FieldError)] == [
        ("bad-date", "valid_from"), ("bad-number", "amount"), ("bad-number", "quantity"),
    ]  # fmt: skip
    assert len(found) == 5


@pytest.mark.parametrize(
    "text",
    ["2024-01-02 09:15", "2024-01-02 14:15:00", "2024-01-02T14:15:00Z", "2024-01-02T23:30:00-05:00", "2024-01-02 23:59:59.999", "2024/1/2 7:05 PM",
     "2024年1月2日14:30", "2024年1月2日 下午2点30分", "20240102 12:00", "2.1.2024 08:00"],
)  # fmt: skip
def test_a_day_with_a_time_is_the_day_that_is_written(text: str) -> None:
    assert "2024-01-02" in date_readings(text)


@pytest.mark.parametrize("text", ["12:00:00", "36:00:00", "24/3/8", "3月5日", "45293", "2024-W05-2", "2024-01-02 25", "2024-01-02 x", "1900-01-00", "2" * 100])
def test_what_tells_no_day_is_none(text: str) -> None:
    assert date_readings(text) == ()

"""Cells that may be read in two ways: what each reading would be, in the words of the error; and dates that tell their order by themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from service.imports.cells.amount_text import amount_parser, style_of
from service.imports.cells.number_formats import Numbers, readings
from service.imports.mapping.row_layout import CellError, Frame, Getter, text_of

_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_YEAR = re.compile(r"(\d{4})\s*年?")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})")
_SIX = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(
    r"(?:\s*T\s*|\s+|(?<=日)\s*)(?:(?:[AaPp]\.?[Mm]\.?|上午|下午|早上|晚上)?\s*\d{1,2}(?::\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?|[时点]\d{1,2}分?(?:\d{1,2}秒)?)"
    r"\s*(?:[AaPp]\.?[Mm]\.?)?|上午|下午)\s*(?:Z|UTC|GMT|[-+]\d{2}:?\d{2})?$"
)
"""A time of day at the end, with the zone in which it is: the day is the one that is written."""
_LONGEST_DATE = 64
_UNIT = re.compile(r"[（(\[【]\s*(?:单位[:：]\s*)?(?:人民币)?\s*(亿|千万|百万|十万|万|千)\s*(?:元|人民币|美元|欧元|台|件|吨)?\s*[)）\]】]")
_UNITS = {"千": 1_000, "万": 10_000, "十万": 100_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}


def unit_in(header: str) -> int | None:
    """What the numbers of a column count in, as its header says: ``销售额（万元）`` in ten thousands."""
    found = _UNIT.search(header)
    return None if found is None else _UNITS[found[1]]


def not_a_number(column: str, text: str) -> CellError:
    """The error of a cell that is no number as the mapping says numbers are written; shows what it may mean."""
    found = readings(text)
    if len(found) == 2:
        message = f"this may be {found[0]} (`thousands`) or {found[1]} (`decimal`): say which in the mapping"
        return CellError("ambiguous-number", message, column, text)
    if found:
        return CellError("bad-number", f"this is not a number as the mapping says; it may be {found[0]}: see `decimal` and `thousands`", column, text)
    if (style := style_of([text])) is not None and (number := amount_parser(style, Numbers())(text)) is not None:
        message = f"this is not a number as the mapping says; it may be {number:f}: see `number: {style}`, the currency and the unit of the column"
        return CellError("bad-number", message, column, text)
    return CellError("bad-number", "this is not a number", column, text)


def not_a_date(column: str, text: str, formats: Sequence[str]) -> CellError:
    """The error of a cell that is no date of the mapping's formats."""
    return CellError("bad-date", f"this is not a date like {' or '.join(formats)}", column, text)


def date_readings(text: str) -> tuple[str, ...]:
    """The ISO dates that a text may mean: ``2025年3月1日`` is one, ``03/04/2025`` is 3 April or 4 March. A time of day behind it does not count."""
    return _readings(text) if len(text) <= _LONGEST_DATE else ()


@lru_cache(maxsize=65_536)
def _readings(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKC", text).strip()
    day = _TIME.sub("", plain)
    if (found := _YEAR_FIRST.fullmatch(day) or _SIX.fullmatch(day)) is not None:
        return _dates([(found[1], found[2], found[3])])
    if (found := _YEAR_LAST.fullmatch(day)) is not None:
        return _dates([(found[3], found[2], found[1]), (found[3], found[1], found[2])])
    if (found := _MONTH.fullmatch(plain)) is not None:
        return (f"{found[1]}-{int(found[2]):02d}",) if 1 <= int(found[2]) <= 12 else ()
    if (found := _YEAR.fullmatch(plain)) is not None:
        return (found[1],)
    return ()


def _dates(parts: Sequence[tuple[str, str, str]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for year, month, day in parts:
        try:
            found[date(int(year), int(month), int(day)).isoformat()] = None
        except ValueError:
            continue
    return tuple(found)


def dated_by_itself(get: Getter, column: str) -> Getter:
    """Dates whose order shows by itself; one that may be two days is refused with both."""

    def value(frame: Frame) -> str | None:
        text = get(frame)
        if text is None:
            return None
        found = date_readings(text_of(text))
        if len(found) == 1:
            return found[0]
        if found:
            message = f'this may be {found[0]} (`date: "%d/%m/%Y"`) or {found[1]} (`date: "%m/%d/%Y"`): say which in the mapping'
            raise CellError("ambiguous-date", message, column or "date", text)
        raise CellError("bad-date", "this is not a date", column or "date", text)

    return value

"""How the numbers of a workbook are to be read: the formats of cells tell dates, times, lengths of time and numbers with leading zeros."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from enum import Enum

from service.imports.cells.cell_texts import clock_text, float_text, length_text
from service.imports.formats.xml_events import Attributes, local

_DATES = {*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58}
_TIMES = {18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56}
_LENGTHS = {46}
"""The formats that have a number of their own and no text; 27 to 58 are those of East Asia."""
_QUIET = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]|am/pm|a/p|上午/下午', re.IGNORECASE)
"""What a format shows as it stands, and colours and conditions."""
_INTEGER = re.compile(r"-?\d{1,400}")
_MILLISECONDS = 86_400_000
_LAST_DAY = 2_958_465  # 9999-12-31


class DateSystem(Enum):
    """The day that the number 0 stands for."""

    FROM_1900 = date(1899, 12, 30)
    FROM_1904 = date(1904, 1, 1)


class CannotBeShown(Exception):
    """A number that its format cannot show; the message says why."""


Show = Callable[[str], str]


class Formats:
    """The formats of a workbook's cells, gathered while its part is read."""

    def __init__(self, dates: DateSystem) -> None:
        self._dates = dates
        self._codes: dict[str, str] = {}
        self._styles: list[str] = []
        self._is_inside = False
        self._shown: dict[str, Show] = {}

    def start(self, name: str, about: Attributes) -> None:
        kind = local(name)
        if kind == "numFmt":
            self._codes[about.get("numFmtId", "")] = about.get("formatCode", "")
        elif kind == "cellXfs":
            self._is_inside = True
        elif kind == "xf" and self._is_inside:
            self._styles.append(about.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        if local(name) == "cellXfs":
            self._is_inside = False

    def show(self, style: str | None) -> Show:
        """What makes the text of a number in a cell of this style. It raises ``CannotBeShown``."""
        if style is None:
            return plain_number
        found = self._shown.get(style)
        if found is None:
            place = int(style) if style.isascii() and style.isdigit() and len(style) < 8 else -1
            number = self._styles[place] if 0 <= place < len(self._styles) else "0"
            found = self._shown[style] = self._of(number)
        return found

    def _of(self, number: str) -> Show:
        code = self._codes.get(number)
        known = int(number) if number.isascii() and number.isdigit() and len(number) < 8 else 0
        if code is None:
            is_date, is_time, is_length = known in _DATES, known in _TIMES, known in _LENGTHS
        elif code.lower().startswith("general"):
            return plain_number
        else:
            if (padded := zero_padded(code)) is not None:
                return padded
            is_date, is_time, is_length = _kinds(code)
        if is_length:
            return length_of_time
        if is_date or is_time:
            return lambda raw: date_and_time(raw, self._dates)
        return plain_number


def _kinds(code: str) -> tuple[bool, bool, bool]:
    """Does a format show a date, a time of day, a length of time?"""
    signs = _QUIET.sub("", code.partition(";")[0]).lower()
    if re.search(r"\[[hms]+\]", signs):
        return False, False, True
    if re.search("[0#?]", re.sub(r"s\.0+", "s", signs)):
        return False, False, False
    return bool(re.search(r"[ydegb年月日]", signs) or re.fullmatch(r"[^hs]*m[^hs]*", signs)), bool(re.search("[hs]", signs)), False


def plain_number(raw: str) -> str:
    """A number as a person writes it. Whole numbers keep their digits; of others, 15 count, as in Excel: 0.30000000000000004 is 0.3."""
    if raw.isdigit() and raw.isascii() and raw[0] != "0":
        return raw
    if _INTEGER.fullmatch(raw):
        return str(int(raw))
    value = float(raw)
    if value != value or abs(value) == float("inf"):
        raise CannotBeShown(f"{raw!r} is no number")
    return float_text(value)


def zero_padded(code: str) -> Show | None:
    """The text of whole numbers where a format is made of zeros, as 00000000 or 000-0000: an id keeps the zeros at its beginning."""
    parts: list[str] = []
    for quoted, escaped, sign in re.findall(r'"([^"]*)"|\\(.)|(.)', code.partition(";")[0]):
        if sign and sign not in "0 -()":
            return None
        parts.append("0" if sign == "0" else "'" + (quoted or escaped or sign))
    zeros = parts.count("0")
    if zeros < 2:
        return None

    def show(raw: str) -> str:
        value = float(raw)
        if not value.is_integer():
            return plain_number(raw)
        whole = int(raw) if _INTEGER.fullmatch(raw) else int(value)
        digits = str(abs(whole)).zfill(zeros)
        left, place = digits[: len(digits) - zeros], len(digits) - zeros
        text = ""
        for part in parts:
            if part == "0":
                text, place = text + left + digits[place], place + 1
                left = ""
            else:
                text += part[1:]
        return f"-{text}" if whole < 0 else text

    return show


def date_and_time(raw: str, system: DateSystem) -> str:
    """The day of a number, with its time where it has one; a time alone where it is below one day."""
    value = float(raw)
    if not 0 <= value < _LAST_DAY + 1:
        raise CannotBeShown(f"{raw} is no day that a workbook knows")
    days, left = divmod(round(value * _MILLISECONDS), _MILLISECONDS)
    clock = clock_text(left * 1_000_000)
    if days == 0 and left and value < 1 and system is DateSystem.FROM_1900:
        return clock
    if system is DateSystem.FROM_1900:
        if days in (0, 60):
            raise CannotBeShown(f"{raw} is {'0 January 1900' if days == 0 else '29 February 1900'}, a day that never was")
        days += days < 60
    try:
        day = (system.value + timedelta(days=days)).isoformat()
    except OverflowError:
        raise CannotBeShown(f"{raw} is no day that a workbook knows") from None
    return f"{day} {clock}" if left else day


def length_of_time(raw: str) -> str:
    """Hours, minutes and seconds, however many hours: 36:00:00."""
    value = float(raw)
    if not abs(value) < _LAST_DAY:
        raise CannotBeShown(f"{raw} is no length of time that a workbook knows")
    return length_text(round(value * _MILLISECONDS) * 1_000_000)

"""Numbers as they are written in files: which sign stands before the fraction, which between thousands, in which digits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

AUTO = "auto"
_PERCENT = Decimal("0.01")
_ANY = re.compile(r"[-+]?(\d+(?:([.,' ])\d{3})*)(?:([.,])(\d+))?", re.ASCII)
_FRACTION = re.compile(r"[-+]?[.,]\d+", re.ASCII)
_EXPONENT = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)[eE][-+]?\d{1,3}", re.ASCII)
_LARGEST = 60
"""Powers of ten beyond this are no amounts of anything."""
_GROUPED = re.compile(r"[-+]?\d{1,3}([.,' ])\d{3}(?:\1\d{3})*", re.ASCII)


class Numbers(NamedTuple):
    """How numbers are written in a file; ``decimal`` auto: as each number tells by itself, and one that does not is refused."""

    decimal: str = "."
    thousands: str = ""

    def parser(self) -> Callable[[str], Decimal | None]:
        """Text -> number, ``None`` for what is none. Thousands are only taken between groups of three digits; ``12 %`` is 0.12, ``1.0E7`` ten million."""
        plain = _told_by_itself if self.decimal == AUTO else self._plain()

        def parse(text: str) -> Decimal | None:
            number = plain(text)
            if number is not None or len(text) > 64:
                return number
            text = unicodedata.normalize("NFKC", text).strip()
            if text.endswith("%"):
                share = plain(text[:-1].strip())
                return None if share is None else share * _PERCENT
            return plain(text)

        return parse

    def _plain(self) -> Callable[[str], Decimal | None]:
        point, between = re.escape(self.decimal), re.escape(self.thousands)
        whole = rf"(?:\d{{1,3}}(?:{between}\d{{3}})+|\d+)" if self.thousands else r"\d+"
        number = re.compile(rf"[-+]?(?:{whole}(?:{point}\d*)?|{point}\d+)", re.ASCII)

        def parse(text: str) -> Decimal | None:
            if number.fullmatch(text) is None or len(text) > 64:
                return _with_exponent(text if self.decimal == "." else text.replace(self.decimal, ".", 1))
            if self.thousands:
                text = text.replace(self.thousands, "")
            return Decimal(text if self.decimal == "." else text.replace(self.decimal, "."))

        return parse


def _with_exponent(text: str) -> Decimal | None:
    if len(text) > 64 or _EXPONENT.fullmatch(text) is None:
        return None
    number = Decimal(text)
    return Decimal(format(number, "f")) if abs(number.adjusted()) <= _LARGEST or not number else None


def _told_by_itself(text: str) -> Decimal | None:
    """``1,234.56``, ``1.234,56``, ``12.5`` and ``1 234`` are clear; ``1.234`` is not, nor ``1,234``."""
    found = readings(text)
    return found[0] if len(found) == 1 else None


def readings(text: str) -> list[Decimal]:
    """The numbers that a text may mean: none, one, or two (``1,234`` is 1234 or 1.234)."""
    text = unicodedata.normalize("NFKC", text).strip()
    if len(text) > 64:
        return []
    if (exact := _with_exponent(text)) is not None:
        return [exact]
    if (found := _GROUPED.fullmatch(text)) is not None:
        sign = found[1]
        grouped = Decimal(text.replace(sign, ""))
        return [grouped] if sign in "' " or text.count(sign) > 1 else [grouped, Decimal(text.replace(sign, "."))]
    if _FRACTION.fullmatch(text) is not None:
        return [Decimal(text.replace(",", "."))]
    if (found := _ANY.fullmatch(text)) is None or (found[2] is not None and found[2] == found[3]):
        return []
    whole = text if found[2] is None else text.replace(found[2], "")
    return [Decimal(whole.replace(",", "."))]


def json_number(number: Decimal) -> int | float:
    """A number as JSON has it."""
    return int(number) if number == number.to_integral_value() else float(number)

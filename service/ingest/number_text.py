"""Numbers as they are written in files: which sign stands before the fraction, which between thousands."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple


class Numbers(NamedTuple):
    """How numbers are written in a file."""

    decimal: str = "."
    thousands: str = ""

    def parser(self) -> Callable[[str], Decimal | None]:
        """Text -> number, ``None`` for what is none. Thousands are only taken where they stand between groups of three digits."""
        point, between = re.escape(self.decimal), re.escape(self.thousands)
        whole = rf"(?:\d{{1,3}}(?:{between}\d{{3}})+|\d+)" if self.thousands else r"\d+"
        number = re.compile(rf"[-+]?(?:{whole}(?:{point}\d*)?|{point}\d+)", re.ASCII)

        def parse(text: str) -> Decimal | None:
            if number.fullmatch(text) is None or len(text) > 64:
                return None
            if self.thousands:
                text = text.replace(self.thousands, "")
            return Decimal(text if self.decimal == "." else text.replace(self.decimal, "."))

        return parse


def json_number(number: Decimal) -> int | float:
    """A number as JSON has it."""
    return int(number) if number == number.to_integral_value() else float(number)

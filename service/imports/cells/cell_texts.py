"""Values of typed files as the texts that a person would write for them: numbers, days and times. Workbooks and Parquet share them."""

from __future__ import annotations

from decimal import Decimal

DIGITS = 15
"""So many digits of a binary number count, as in spreadsheets: 0.1 + 0.2 is 0.3."""
SECOND = 1_000_000_000
"""Times are counted in nanoseconds."""


def float_text(value: float) -> str:
    """A number in plain digits, 15 of which count; whole numbers keep all of theirs. What is no number is named: NaN, inf."""
    if value != value:
        return "NaN"
    if abs(value) == float("inf"):
        return "inf" if value > 0 else "-inf"
    if value.is_integer():
        return str(int(value)) if abs(value) < 1e15 else format(Decimal(repr(value)), "f")
    return decimal_text(Decimal(f"{value:.{DIGITS}g}"))


def decimal_text(value: Decimal) -> str:
    """Plain digits without an exponent, without zeros at the end of the fraction, and without the minus of zero."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def clock_text(nanoseconds: int) -> str:
    """A time of day: 09:30:00, with as much of a second as there is."""
    seconds, fraction = divmod(nanoseconds, SECOND)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{fraction:09d}".rstrip("0") if fraction else text


def length_text(nanoseconds: int) -> str:
    """A length of time in hours, however many: 36:00:00."""
    return f"{'-' if nanoseconds < 0 else ''}{clock_text(abs(nanoseconds))}"

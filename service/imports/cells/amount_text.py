"""Amounts as people write them in spreadsheets: with a currency, in parentheses or with a minus behind them where negative, in 万 and 亿.

They are read where a mapping says so (``number``), since the same signs may mean something else elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Literal, NamedTuple

from service.imports.cells.number_formats import AUTO, Numbers

NumberStyle = Literal["auto", "plain", "accounting", "wan"]
STYLES: tuple[NumberStyle, ...] = ("auto", "plain", "accounting", "wan")
UNITS = {
    "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12,
}  # fmt: skip
CURRENCIES: dict[str, frozenset[str]] = {
    sign: frozenset(codes.split())
    for sign, codes in {
        "¥": "CNY JPY", "元": "CNY", "圆": "CNY JPY", "人民币": "CNY", "RMB": "CNY", "CN¥": "CNY", "$": "USD HKD AUD CAD SGD TWD NZD MXN",
        "US$": "USD", "美元": "USD",
        "HK$": "HKD", "港元": "HKD", "港币": "HKD", "NT$": "TWD", "A$": "AUD", "C$": "CAD", "S$": "SGD", "€": "EUR", "欧元": "EUR", "£": "GBP", "英镑": "GBP",
        "JP¥": "JPY", "日元": "JPY", "₩": "KRW", "韩元": "KRW", "₹": "INR", "₽": "RUB", "฿": "THB", "₫": "VND", "₪": "ILS", "₴": "UAH", "₺": "TRY",
    }.items()
}  # fmt: skip
"""Sign or word -> the currencies that it may stand for. Any three capitals are a code of a currency too."""
_LONGEST = 64
_CURRENCY = "|".join(map(re.escape, sorted(CURRENCIES, key=len, reverse=True))) + "|[A-Z]{3}"
_AMOUNT = re.compile(
    rf"(?P<sign>[-+])?\s*(?P<before>{_CURRENCY})?\s*(?P<inner>[-+])?\s*(?P<number>[0-9.,' ]*[0-9](?:[eE][-+]?[0-9]{{1,3}})?%?)"
    rf"\s*(?P<unit>{'|'.join(sorted(UNITS, key=len, reverse=True))})?\s*(?P<after>{_CURRENCY})?\s*(?P<behind>-)?"
)
_DASHES = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{FIGURE DASH}": "-"})


class Amount(NamedTuple):
    """The parts of an amount: its digits, what they are multiplied by, and the currencies that it may be in (none: it names none)."""

    digits: str
    factor: int
    has_unit: bool
    currencies: frozenset[str]


def parted(text: str) -> Amount | None:
    """An amount in its parts; ``None`` for a text that is none. Two signs, or parentheses around a sign, are none."""
    if len(text) > _LONGEST:
        return None
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    in_parentheses = plain.startswith("(") and plain.endswith(")")
    found = _AMOUNT.fullmatch(plain[1:-1].strip() if in_parentheses else plain)
    if found is None or (found["before"] and found["after"] and not _named(found["before"]) & _named(found["after"])):
        return None
    signs = [sign for sign in (found["sign"], found["inner"], found["behind"]) if sign]
    if len(signs) + in_parentheses > 1:
        return None
    factor = UNITS.get(found["unit"] or "", 1) * (-1 if in_parentheses or signs == ["-"] else 1)
    sign = found["before"] or found["after"]
    if found["number"].endswith("%") and (sign or found["unit"]):
        return None
    return Amount(found["number"], factor, found["unit"] is not None, _named(sign) if sign else frozenset())


def _named(sign: str) -> frozenset[str]:
    return CURRENCIES.get(sign) or frozenset([sign])


def amount_parser(style: NumberStyle, numbers: Numbers, currency: str | None = None, unit: Decimal | None = None) -> Callable[[str], Decimal | None]:
    """Text -> number, ``None`` for what is none in this style.

    ``plain``: as the file's `decimal` and `thousands` say; ``accounting``: besides with a currency, in parentheses, with a minus behind; ``wan``: besides in
    万 and 亿; ``auto``: besides with a decimal sign that each number tells. ``currency``: that of the record; an amount in another one is none.
    ``unit``: what the column's numbers are multiplied by; a number with a unit of its own is none then.
    """
    if style == "plain":
        return numbers.parser()
    thousands = numbers.thousands or {".": ",", ",": "."}.get(numbers.decimal, "")
    parse = Numbers(AUTO if style == AUTO else numbers.decimal, thousands).parser()

    def amount(text: str) -> Decimal | None:
        parts = parted(text)
        if parts is None or (parts.has_unit and (style == "accounting" or (unit is not None and unit != 1))):
            return None
        if currency is not None and parts.currencies and currency not in parts.currencies:
            return None
        number = parse(parts.digits)
        return None if number is None else number * parts.factor

    return amount


def style_of(texts: Iterable[str], numbers: Numbers | None = None) -> NumberStyle | None:
    """The narrowest style in which all texts are numbers; ``None`` where there is none, or where they name different currencies."""
    texts = list(texts)
    named = [parts.currencies for text in texts if (parts := parted(text)) is not None and parts.currencies]
    if named and not frozenset.intersection(*named):
        return None
    styles: tuple[NumberStyle, ...] = ("plain", "accounting", "wan", "auto")
    for style in styles:
        parse = amount_parser(style, numbers or Numbers())
        if all(parse(text) is not None for text in texts):
            return style
    return None

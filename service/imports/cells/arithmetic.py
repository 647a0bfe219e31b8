"""Exact arithmetic over the columns of a line: ``unitPrice * quantity * (1 - discount)``. Nothing is evaluated but numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

Number = Callable[[list[object]], Decimal | None]
"""The number in a line; ``None`` where a column that it needs is empty."""
EXACT = Context(prec=100, traps=[InvalidOperation])
"""Products of the largest amounts fit: only a division is ever rounded, to a hundred digits."""
MAX_LENGTH = 1_000
MAX_DEPTH = 50
_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[^\W\d][\w.]*)|\[(?P<quoted>[^\]]+)\]|(?P<sign>[-+*/(),]))")
_SIGNS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply, "/": EXACT.divide}
_PRECEDENCE = (("+", "-"), ("*", "/"))
ZERO = Decimal(0)


class ExpressionError(ValueError):
    """The text is no expression; says where."""


class DivisionByZero(ArithmeticError):
    """A line divides by a column that is 0."""


def compiled(text: str, column: Callable[[str], Number]) -> Number:
    """The expression as a function of a line. ``column`` gives the reader of a column by name; ``[Any name]`` in brackets is one too."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"an expression has at most {MAX_LENGTH} characters")
    parser = _Parser(text, column)
    result = parser.sum(0)
    if parser.token is not None:
        raise ExpressionError(f"{parser.token[1]!r} is not expected at place {parser.start + 1} of {text!r}")
    return result


class _Parser:
    """One token of look-ahead; ``token`` is (kind, text), ``None`` at the end."""

    def __init__(self, text: str, column: Callable[[str], Number]) -> None:
        self.text, self.column = text, column
        self.end = self.start = 0
        self.token: tuple[str, str] | None = None
        self.advance()

    def advance(self) -> None:
        self.start = self.end
        rest = self.text[self.end :]
        if not rest.strip():
            self.token = None
            return
        match = _TOKEN.match(rest)
        if match is None:
            raise ExpressionError(f"{rest.strip()[0]!r} is not expected at place {self.end + 1} of {self.text!r}")
        self.end += match.end()
        kind = match.lastgroup or ""
        self.token = (kind, match[kind])

    def take(self, sign: str) -> bool:
        if self.token != ("sign", sign):
            return False
        self.advance()
        return True

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            raise ExpressionError(f"{sign!r} is expected at place {self.start + 1} of {self.text!r}")

    def sum(self, depth: int, level: int = 0) -> Number:
        if level == len(_PRECEDENCE):
            return self.factor(depth)
        result = self.sum(depth, level + 1)
        while self.token is not None and self.token[0] == "sign" and self.token[1] in _PRECEDENCE[level]:
            sign = self.token[1]
            self.advance()
            result = _operation(sign, result, self.sum(depth, level + 1))
        return result

    def factor(self, depth: int) -> Number:
        if depth > MAX_DEPTH:
            raise ExpressionError(f"an expression is nested at most {MAX_DEPTH} deep")
        if self.take("-"):
            return _operation("-", lambda _: ZERO, self.factor(depth + 1))
        if self.take("("):
            inner = self.sum(depth + 1)
            self.expect(")")
            return inner
        if self.token is None or self.token[0] == "sign":
            raise ExpressionError(f"a number or a column is expected at place {self.start + 1} of {self.text!r}")
        kind, text = self.token
        self.advance()
        if kind == "number":
            constant = Decimal(text)
            return lambda _: constant
        if kind == "name" and text == "round" and self.take("("):
            return self.rounded(depth + 1)
        return self.column(text)

    def rounded(self, depth: int) -> Number:
        inner = self.sum(depth)
        self.expect(",")
        if self.token is None or self.token[0] != "number" or not self.token[1].isdigit() or int(self.token[1]) > 12:
            raise ExpressionError(f"round(..., n) needs a number of digits from 0 to 12 in {self.text!r}")
        unit = Decimal(1).scaleb(-int(self.token[1]))
        self.advance()
        self.expect(")")

        def value(line: list[object]) -> Decimal | None:
            number = inner(line)
            return None if number is None else number.quantize(unit, rounding=ROUND_HALF_UP, context=EXACT)

        return value


def _operation(sign: str, left: Number, right: Number) -> Number:
    operate = _SIGNS[sign]

    def value(line: list[object]) -> Decimal | None:
        first, second = left(line), right(line)
        if first is None or second is None:
            return None
        if sign == "/" and second == 0:
            raise DivisionByZero
        return operate(first, second)

    return value

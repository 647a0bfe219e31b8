"""Figures: numbers that know which answer of the API they are, and how each style of number is written in a language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup, escape

Value = str | float | int | bool | None


class Figure(NamedTuple):
    """One number (or date, or id) of an answer: ``pointer`` is a JSON pointer (RFC 6901) into what ``source`` answers.

    ``counted``: the figure is how many items the pointer leads to.
    """

    value: Value
    source: str
    pointer: str
    counted: bool = False


class Answer:
    """What the API answers at one address."""

    def __init__(self, source: str, body: Mapping[str, Any]) -> None:
        self.source = source
        self.body = body

    def at(self, *path: str | int) -> Any:
        """The part of the answer that a path leads to; ``None`` where the answer does not go that far."""
        return found_at(self.body, path)

    def figure(self, *path: str | int) -> Figure:
        """The number at the end of a path."""
        return Figure(self.at(*path), self.source, pointer_of(path))

    def count(self, *path: str | int) -> Figure:
        """How many items are at the end of a path."""
        return Figure(len(self.at(*path) or ()), self.source, pointer_of(path), counted=True)

    def items(self, *path: str | int) -> Sequence[Mapping[str, Any]]:
        """The list at the end of a path (default ``items``), empty where there is none."""
        found: Sequence[Mapping[str, Any]] = self.at(*(path or ("items",))) or ()
        return found


def found_at(body: Any, path: Sequence[str | int]) -> Any:
    """Follow keys and places into JSON; ``None`` where they lead nowhere."""
    for step in path:
        if isinstance(body, Mapping):
            body = body.get(str(step))
        elif isinstance(body, Sequence) and not isinstance(body, str) and int(step) < len(body):
            body = body[int(step)]
        else:
            return None
    return body


def pointer_of(path: Sequence[str | int]) -> str:
    """The JSON pointer of a path."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _grouped(value: float, digits: int) -> str:
    text = f"{value:,.{digits}f}"
    return text.replace("-", "\N{MINUS SIGN}", 1) if float(text.replace(",", "")) else text.removeprefix("-")


def _compact(value: float, locale: str) -> str:
    """A large amount in the words of the language: millions and billions, 万 and 亿."""
    steps = ((1e8, " 亿"), (1e4, " 万")) if locale == "zh" else ((1e9, " billion"), (1e6, " million"))
    for size, word in steps:
        if abs(value) >= size:
            return _grouped(value / size, 1) + word
    return _grouped(value, 0)


def _small_percent(value: float, locale: str) -> str:
    """A share that is there but rounds to nothing is not written as nothing."""
    return "<0.1%" if 0 < value < 0.0005 else _grouped(100 * value, 1) + "%"


STYLES: dict[str, Callable[[float, str], str]] = {
    "score": lambda value, locale: _grouped(value, 1),
    "percent": _small_percent,
    "whole_percent": lambda value, locale: _grouped(100 * value, 0) + "%",
    "count": lambda value, locale: _grouped(value, 0),
    "amount": lambda value, locale: _grouped(value, 0),
    "compact": _compact,
    "ratio": lambda value, locale: _grouped(value, 3),
    "plain": lambda value, locale: f"{value:g}",
}
"""style -> how a number is written."""
NOTHING = "–"


def written(value: Value, style: str, locale: str) -> str:
    """A value as people read it; what is undefined is a dash, never a zero."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else STYLES[style](value, locale)


def figure_markup(figure: Figure, style: str, locale: str) -> Markup:
    """A figure as HTML: what is read, and the address, pointer and exact value behind it."""
    exact = (
        ""
        if figure.value is None
        else str(figure.value).lower()
        if isinstance(figure.value, bool)
        else figure.value
        if isinstance(figure.value, str)
        else repr(figure.value)
    )
    reading = Markup(' data-reading="count"') if figure.counted else Markup("")
    return Markup(
        '<data class="figure" value="{exact}" data-value="{exact}" data-style="{style}" data-source="{source}" data-pointer="{pointer}"{reading}>{text}</data>'
    ).format(exact=exact, style=style, source=figure.source, pointer=figure.pointer, reading=reading, text=escape(written(figure.value, style, locale)))
